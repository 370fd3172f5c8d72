//! Whose host is it, and what is in the path: host forms, absolute targets, odd targets.

use crate::server::Server;
use crate::support::{Call, check_outcomes, outcome};
use expect_test::expect;

fn with_object() -> Server {
    let server = Server::start_with(|settings| settings.domains = vec!["spaces.test".to_owned()]);
    server.prepare(&[
        "PUT /b-one",
        "PUT /b-one/k\nx-amz-acl: public-read\n\nx",
        "PUT /dotted.name",
        "PUT /dotted.name/k\n\ny",
    ]);
    server
}

#[test]
fn virtual_hosts() {
    let server = with_object();
    let hosts = [
        "b-one.nyc3.digitaloceanspaces.com",
        "b-one.nyc3.digitaloceanspaces.com:9000",
        "B-ONE.NYC3.DIGITALOCEANSPACES.COM",
        "b-one.localhost",
        "b-one.localhost:9000",
        "b-one.nyc3.localhost",
        "b-one.spaces.test",
        "b-one.nyc3.spaces.test",
        "dotted.name.nyc3.digitaloceanspaces.com",
        "b-one.ams3.digitaloceanspaces.com",
    ];
    let requests: Vec<String> = hosts.iter().map(|h| format!("GET /k at {h}")).collect();
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /k at b-one.nyc3.digitaloceanspaces.com → 200
        GET /k at b-one.nyc3.digitaloceanspaces.com:9000 → 200
        GET /k at B-ONE.NYC3.DIGITALOCEANSPACES.COM → 404 NoSuchBucket
        GET /k at b-one.localhost → 200
        GET /k at b-one.localhost:9000 → 200
        GET /k at b-one.nyc3.localhost → 200
        GET /k at b-one.spaces.test → 200
        GET /k at b-one.nyc3.spaces.test → 200
        GET /k at dotted.name.nyc3.digitaloceanspaces.com → 200
        GET /k at b-one.ams3.digitaloceanspaces.com → 404 NoSuchBucket
    "#]],
    );
}

#[test]
fn service_hosts_are_path_style() {
    let server = with_object();
    let hosts = [
        "nyc3.digitaloceanspaces.com",
        "ams3.digitaloceanspaces.com",
        "localhost",
        "localhost:1",
        "nyc3.localhost",
        "127.0.0.1",
        "[::1]:9000",
        "spacelet:9000",
        "cdn.example.com",
        "nyc3.spaces.test",
    ];
    let requests: Vec<String> = hosts.iter().map(|h| format!("GET /b-one/k at {h}")).collect();
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one/k at nyc3.digitaloceanspaces.com → 200
        GET /b-one/k at ams3.digitaloceanspaces.com → 404 NoSuchBucket
        GET /b-one/k at localhost → 200
        GET /b-one/k at localhost:1 → 200
        GET /b-one/k at nyc3.localhost → 200
        GET /b-one/k at 127.0.0.1 → 200
        GET /b-one/k at [::1]:9000 → 200
        GET /b-one/k at spacelet:9000 → 200
        GET /b-one/k at cdn.example.com → 200
        GET /b-one/k at nyc3.spaces.test → 200
    "#]],
    );
}

#[test]
fn absolute_targets_are_served_and_win_over_the_host() {
    let server = with_object();
    let get = |target: &str, host: &str| {
        let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let answer = crate::wire::exchange(server.address(), request.as_bytes()).unwrap();
        format!("{} {}", outcome(&answer), answer.text().chars().take(1).collect::<String>())
    };
    assert_eq!(get("http://b-one.nyc3.digitaloceanspaces.com/k", "b-one.nyc3.digitaloceanspaces.com"), "200 x");
    assert_eq!(get("http://nyc3.digitaloceanspaces.com/b-one/k", "nyc3.digitaloceanspaces.com"), "200 x");
    assert_eq!(get("http://b-one.nyc3.digitaloceanspaces.com/k", "localhost"), "200 x");
    assert_eq!(get("http://localhost/b-one/k", "localhost"), "200 x");
}

#[test]
fn a_trailing_slash_after_the_bucket_means_the_bucket() {
    let server = with_object();
    check_outcomes(
        &server,
        &["GET /b-one/?max-keys=1", "HEAD /b-one/", "PUT /b-slash/", "DELETE /b-slash/"],
        expect![[r#"
        GET /b-one/?max-keys=1 → 200
        HEAD /b-one/ → 200
        PUT /b-slash/ → 200
        DELETE /b-slash/ → 204
    "#]],
    );
}

#[test]
fn odd_targets_get_an_answer() {
    let server = with_object();
    let mut seen = String::new();
    for target in [
        "/%zz",
        "/b-one/%zz",
        "/b-one/%",
        "//",
        "//b-one",
        "/b-one//",
        "/?",
        "/?&&=&",
        "/b-one/k?",
        "/b-one?prefix=%zz",
        "*",
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let answer = crate::wire::exchange(server.address(), request.as_bytes()).unwrap();
        seen += &format!("{target} → {}\n", outcome(&answer));
    }
    expect![[r#"
        /%zz → 400 InvalidURI
        /b-one/%zz → 400 InvalidURI
        /b-one/% → 400 InvalidURI
        // → 403 AccessDenied
        //b-one → 404 NoSuchBucket
        /b-one// → 403 AccessDenied
        /? → 403 AccessDenied
        /?&&=& → 403 AccessDenied
        /b-one/k? → 200
        /b-one?prefix=%zz → 403 AccessDenied
        * → 404 NoSuchBucket
    "#]]
    .assert_eq(&seen);
}

#[test]
fn a_signed_region_is_not_enforced() {
    let server = with_object();
    let call = Call::new("GET /b-one/k at ams3.digitaloceanspaces.com");
    assert_eq!(outcome(&call.send(&server)), "404 NoSuchBucket");
}
