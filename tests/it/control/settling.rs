//! What was changed takes its time to be known (spaces-reference 2, 4.2, 4.6, 8.2), on the world's clock.

use super::{api, cdn, json, start_with};
use crate::server::Server;
use crate::sign::Key;
use crate::support::{Call, outcome};
use spacelet_engine::Clock;
use spacelet_s3::Settling;
use std::time::Duration;

const TIME: Duration = Duration::from_secs(10);

fn start(settling: Settling, endpoints: Duration) -> (Server, Clock) {
    let mut clock = None;
    let server = start_with(|settings| {
        (settings.settling, settings.endpoints_settle) = (settling, endpoints);
        settings.buckets = vec![spacelet::settings::InitialBucket {
            name: spacelet_engine::BucketName::parse("b-first").unwrap(),
            acl: spacelet_engine::CannedAcl::Private,
        }];
        clock = Some(settings.clock.clone());
    });
    // What is made in the first millisecond would count as there from the start.
    let clock = clock.unwrap();
    clock.advance_ms(1);
    (server, clock)
}

#[test]
fn a_new_key_is_unknown_at_first() {
    let (server, clock) = start(Settling { key: TIME, ..Settling::default() }, Duration::ZERO);
    let full = r#"POST /v2/spaces/keys {"name":"k","grants":[{"bucket":"","permission":"fullaccess"}]}"#;
    let made = json(&api(&server, full), 201);
    let text = |field: &str| made["key"][field].as_str().unwrap().to_owned();
    let list = || Call::new("GET /").by(Key::new(&text("access_key"), &text("secret_key"))).send(&server);
    let refused = list();
    assert_eq!(outcome(&refused), "403 InvalidAccessKeyId");
    let why = "the access key was made a moment ago and is not known everywhere yet (--settling)";
    assert_eq!(refused.header("x-spacelet-explain"), Some(why));
    // A key that was there from the start is known.
    server.prepare(&["GET /"]);
    clock.advance_ms(10_000);
    assert_eq!(outcome(&list()), "200");
}

#[test]
fn a_new_space_is_not_found_at_first() {
    let (server, clock) = start(Settling { space: TIME, ..Settling::default() }, Duration::ZERO);
    server.prepare(&["PUT /b-one"]);
    for request in [
        "HEAD /b-one",
        "GET /b-one?location",
        "PUT /b-one/k\n\nx",
        "GET /b-one/k as nobody",
        "PUT /b-two/k\nx-amz-copy-source: b-one/k",
    ] {
        assert_eq!(server.send(request).status, 404, "{request}");
    }
    assert_eq!(outcome(&server.send("GET /b-one")), "404 NoSuchBucket");
    clock.advance_ms(10_000);
    server.prepare(&["HEAD /b-one", "PUT /b-one/k\n\nx"]);
}

#[test]
fn what_was_there_at_the_start_has_settled() {
    let (server, _) = start(Settling { space: TIME, key: TIME, cors: TIME }, TIME);
    server.prepare(&["GET /"]);
    server.prepare(&["GET /b-first"]);
}

#[test]
fn new_cors_rules_act_later() {
    let (server, clock) = start(Settling { cors: TIME, ..Settling::default() }, Duration::ZERO);
    let rules = |origin: &str| {
        format!(
            "PUT /b-one?cors\n\n<CORSConfiguration><CORSRule><AllowedOrigin>http://{origin}</AllowedOrigin>\
             <AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>"
        )
    };
    let preflight = |origin: &str| {
        let request =
            format!("OPTIONS /b-one/k as nobody\nOrigin: http://{origin}\nAccess-Control-Request-Method: GET");
        server.send(&request).status
    };
    let allowed = |origin: &str| {
        let answer = server.send(&format!("GET /b-one\nOrigin: http://{origin}"));
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    server.prepare(&["PUT /b-one"]);
    let put = server.send(&rules("one"));
    assert_eq!(put.header("x-spacelet-explain"), Some("the former CORS rules act for another 10000 ms (--settling)"));
    assert!(server.send("GET /b-one?cors").text().contains("http://one"), "the configuration itself is the new one");
    assert_eq!((preflight("one"), allowed("one")), (403, None));
    clock.advance_ms(10_000);
    assert_eq!((preflight("one"), allowed("one").as_deref()), (200, Some("http://one")));
    server.prepare(&[&rules("two")]);
    assert_eq!((preflight("one"), preflight("two"), allowed("two")), (200, 403, None));
    clock.advance_ms(10_000);
    assert_eq!((preflight("one"), preflight("two")), (403, 200));
    server.prepare(&["DELETE /b-one?cors"]);
    assert_eq!(preflight("two"), 200);
    clock.advance_ms(10_000);
    assert_eq!(preflight("two"), 403);
}

#[test]
fn a_new_cdn_endpoint_is_not_found_at_first() {
    let (server, clock) = start(Settling::default(), TIME);
    server.prepare(&["PUT /b-one"]);
    let path = cdn::make(&server, "b-one", "");
    assert_eq!(api(&server, &format!("GET {path}")).status, 404);
    clock.advance_ms(10_000);
    assert_eq!(api(&server, &format!("GET {path}")).status, 200);
}
