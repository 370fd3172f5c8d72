//! The CDN's edge on the S3 port (spaces-reference 10): what is kept, for how long, and what a purge takes.

use super::{api, start_with};
use crate::control::cdn::make;
use crate::server::Server;
use crate::sign::{self, Scope};
use crate::support::{Call, key, outcome};
use crate::wire::Answer;
use spacelet_engine::{Clock, Timestamp};

const HOST: &str = "b-one.nyc3.cdn.digitaloceanspaces.com";

/// A server whose clock stands, with a Space, two public files and an endpoint of one minute.
fn edge() -> (Server, Clock, String) {
    let clock = Clock::fixed(Timestamp(1_800_000_000_000));
    let server = start_with(|settings| settings.clock = clock.clone());
    server.prepare(&[
        "PUT /b-one",
        "PUT /b-one/css/a.css\nx-amz-acl: public-read\n\none",
        "PUT /b-one/own.txt\nx-amz-acl: public-read\nCache-Control: public, max-age=600\n\none",
        "PUT /b-one/no.txt\nx-amz-acl: public-read\nCache-Control: no-store\n\none",
        "PUT /b-one/private.txt\n\none",
    ]);
    let path = make(&server, "b-one", r#","ttl":60"#);
    (server, clock, path)
}

fn get(server: &Server, target: &str) -> Answer {
    server.send(&format!("GET {target} as nobody at {HOST}"))
}

/// Status, what the cache did, and the body.
fn seen(answer: &Answer) -> String {
    format!("{} {} {}", answer.status, answer.header("cf-cache-status").unwrap_or("-"), answer.text())
}

#[test]
fn a_file_is_kept_for_the_endpoints_ttl() {
    let (server, clock, path) = edge();
    let first = get(&server, "/css/a.css");
    assert_eq!(seen(&first), "200 MISS one");
    assert_eq!(first.header("cache-control"), Some("max-age=60"));
    let vary = first.header("vary");
    assert_eq!(vary, Some("Origin, Access-Control-Request-Headers, Access-Control-Request-Method"));
    assert_eq!(first.header("x-do-cdn-uuid"), path.rsplit('/').next());
    assert_eq!(first.header("age"), None);
    server.prepare(&["PUT /b-one/css/a.css\nx-amz-acl: public-read\n\ntwo"]);
    clock.advance_ms(59_000);
    let kept = get(&server, "/css/a.css");
    assert_eq!((seen(&kept).as_str(), kept.header("age")), ("200 HIT one", Some("59")));
    assert_eq!(kept.header("x-amz-request-id"), first.header("x-amz-request-id"));
    clock.advance_ms(1_000);
    assert_eq!(seen(&get(&server, "/css/a.css")), "200 MISS two");
    assert_eq!(seen(&get(&server, "/css/a.css")), "200 HIT two");
}

#[test]
fn a_files_own_rule_wins_and_a_longer_ttl_counts_at_once() {
    let (server, clock, path) = edge();
    get(&server, "/own.txt");
    get(&server, "/css/a.css");
    clock.advance_ms(599_000);
    let own = get(&server, "/own.txt");
    assert_eq!((seen(&own).as_str(), own.header("cache-control")), ("200 HIT one", Some("public, max-age=600")));
    clock.advance_ms(1_000);
    assert_eq!(seen(&get(&server, "/own.txt")), "200 MISS one");
    assert_eq!(api(&server, &format!(r#"PUT {path} {{"ttl":3600}}"#)).status, 200);
    assert_eq!(seen(&get(&server, "/css/a.css")), "200 HIT one");
    for _ in 0..2 {
        assert_eq!(seen(&get(&server, "/no.txt")), "200 BYPASS one");
    }
}

#[test]
fn the_whole_url_and_the_origin_of_the_page_are_the_key() {
    let (server, ..) = edge();
    assert_eq!(seen(&get(&server, "/css/a.css")), "200 MISS one");
    assert_eq!(seen(&get(&server, "/css/a.css?v=1")), "200 MISS one");
    assert_eq!(seen(&get(&server, "/css/a.css?v=1")), "200 HIT one");
    let page = format!("GET /css/a.css as nobody at {HOST}\nOrigin: http://page.example");
    assert_eq!(seen(&server.send(&page)), "200 MISS one");
    assert_eq!(seen(&server.send(&page)), "200 HIT one");
}

#[test]
fn heads_ranges_and_conditions_are_answered_from_what_is_kept() {
    let (server, ..) = edge();
    let etag = get(&server, "/css/a.css").header("etag").unwrap().to_owned();
    let head = server.send(&format!("HEAD /css/a.css as nobody at {HOST}"));
    assert_eq!((seen(&head).as_str(), head.header("content-length")), ("200 HIT ", Some("3")));
    let part = server.send(&format!("GET /css/a.css as nobody at {HOST}\nRange: bytes=1-9"));
    assert_eq!((seen(&part).as_str(), part.header("content-range")), ("206 HIT ne", Some("bytes 1-2/3")));
    let beyond = server.send(&format!("GET /css/a.css as nobody at {HOST}\nRange: bytes=9-"));
    assert_eq!(beyond.status, 416);
    let same = server.send(&format!("GET /css/a.css as nobody at {HOST}\nIf-None-Match: {etag}"));
    assert_eq!(seen(&same), "304 HIT ");
}

#[test]
fn a_purge_takes_files_and_directories_and_everything() {
    let (server, _, path) = edge();
    let fill = || {
        for target in ["/css/a.css", "/css/a.css?v=1", "/own.txt"] {
            get(&server, target);
            assert!(seen(&get(&server, target)).contains("HIT"), "{target}");
        }
    };
    let purged = |files: &str| {
        fill();
        assert_eq!(api(&server, &format!(r#"DELETE {path}/cache {{"files":[{files}]}}"#)).status, 204);
        ["/css/a.css", "/css/a.css?v=1", "/own.txt"].map(|target| seen(&get(&server, target)).contains("MISS"))
    };
    assert_eq!(purged(r#""css/a.css""#), [true, true, false]);
    assert_eq!(purged(r#""css/*""#), [true, true, false]);
    assert_eq!(purged(r#""*""#), [true, true, true]);
    assert_eq!(purged(r#""own""#), [false, false, false]);
}

#[test]
fn what_is_private_stays_so_and_api_calls_are_refused() {
    let (server, ..) = edge();
    for _ in 0..2 {
        let refused = get(&server, "/private.txt");
        assert_eq!((refused.status, refused.header("cf-cache-status")), (403, Some("DYNAMIC")));
    }
    assert_eq!(server.send(&format!("PUT /new.txt at {HOST}\n\nx")).status, 403);
    assert_eq!(server.send(&format!("DELETE /css/a.css at {HOST}")).status, 403);
    assert_eq!(server.send("HEAD /b-one/new.txt").status, 404);
    assert_eq!(server.send("HEAD /b-one/css/a.css").status, 200);
}

#[test]
fn a_link_that_was_signed_for_the_origin_works_on_the_cdns_name_and_is_not_kept() {
    let (server, ..) = edge();
    let link = |host: &str| {
        let at = time::OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let headers = [("host".to_owned(), host.to_owned())];
        let query =
            sign::presign_v4(&key("A"), &Scope { at, ..Scope::now(0) }, "GET", "/private.txt", "", "600", &headers);
        format!("/private.txt?{query}")
    };
    let good = link("b-one.nyc3.digitaloceanspaces.com");
    for _ in 0..2 {
        assert_eq!(seen(&get(&server, &good)), "200 DYNAMIC one");
    }
    assert_eq!(get(&server, &link("b-two.nyc3.digitaloceanspaces.com")).status, 403);
    assert_eq!(get(&server, "/private.txt").status, 403);
}

#[test]
fn a_custom_domain_serves_the_same_files() {
    let (server, _, path) = edge();
    let at = |host: &str| server.send(&format!("GET /css/a.css as nobody at {host}"));
    assert_eq!(at("static.example.com").header("cf-cache-status"), None);
    let domain = r#"{"custom_domain":"static.example.com","certificate_id":"needs-cloudflare-cert"}"#;
    assert_eq!(api(&server, &format!("PUT {path} {domain}")).status, 200);
    assert_eq!(seen(&at("static.example.com")), "200 MISS one");
    assert_eq!(seen(&at("STATIC.example.com:9000")), "200 MISS one");
    assert_eq!(seen(&at("static.example.com")), "200 HIT one");
    assert_eq!(server.send("PUT /new.txt at static.example.com\n\nx").status, 403);
    assert_eq!(api(&server, &format!(r#"PUT {path} {{"custom_domain":""}}"#)).status, 200);
    assert_eq!(at("static.example.com").header("cf-cache-status"), None);
}

#[test]
fn without_an_endpoint_nothing_is_kept() {
    let (server, _, path) = edge();
    get(&server, "/css/a.css");
    assert_eq!(api(&server, &format!("DELETE {path}")).status, 204);
    for _ in 0..2 {
        assert_eq!(get(&server, "/css/a.css").header("cf-cache-status"), None);
    }
    let path = make(&server, "b-one", "");
    assert_eq!(seen(&get(&server, "/css/a.css")), "200 MISS one", "{path} begins empty");
}

#[test]
fn an_endpoint_goes_with_its_space() {
    let (server, _, path) = edge();
    let domain = r#"{"custom_domain":"static.example.com","certificate_id":"needs-cloudflare-cert"}"#;
    assert_eq!(api(&server, &format!("PUT {path} {domain}")).status, 200);
    get(&server, "/css/a.css");
    for key in ["css/a.css", "own.txt", "no.txt", "private.txt"] {
        server.prepare(&[&format!("DELETE /b-one/{key}")]);
    }
    server.prepare(&[
        "DELETE /b-one",
        "PUT /b-one as B",
        "PUT /b-one/css/a.css as B\nx-amz-acl: public-read\n\nanother's",
    ]);
    assert_eq!(api(&server, &format!("GET {path}")).status, 404);
    let at = |host: &str| server.send(&format!("GET /css/a.css as nobody at {host}"));
    assert_eq!(at(HOST).header("cf-cache-status"), None);
    assert_eq!(at("static.example.com").header("cf-cache-status"), None);
    server.prepare(&["PUT /b-two", "PUT /b-two/css/a.css\nx-amz-acl: public-read\n\ntwo"]);
    let domain = r#","custom_domain":"static.example.com","certificate_id":"needs-cloudflare-cert""#;
    make(&server, "b-two", domain);
    assert_eq!(seen(&at("static.example.com")), "200 MISS two");
}

/// A link for the origin, its host swapped (spaces-reference 10), may send 8,100 KiB (spaces-reference 5).
#[test]
fn a_link_for_the_origin_uploads_through_the_cdns_name_up_to_a_limit() {
    let (server, ..) = edge();
    let put = |target: &str, bytes: usize| {
        let at = time::OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = [("host".to_owned(), "b-one.nyc3.digitaloceanspaces.com".to_owned())];
        let scope = Scope { at, ..Scope::now(0) };
        let query = sign::presign_v4(&key("A"), &scope, "PUT", path, query, "600", &headers);
        let call = Call::new(&format!("PUT {path}?{query} as nobody at {HOST}"));
        outcome(&call.body(vec![b'x'; bytes]).send(&server))
    };
    assert_eq!(put("/new.txt", 8_100 << 10), "200");
    assert_eq!(server.send("HEAD /b-one/new.txt").header("content-length"), Some("8294400"));
    assert_eq!(put("/longer.txt", (8_100 << 10) + 1), "400 EntityTooLarge");
    let upload = server.send("POST /b-one/m?uploads").xml("UploadId").unwrap();
    assert_eq!(put(&format!("/m?partNumber=1&uploadId={upload}"), 5), "200");
    assert_eq!(put(&format!("/m?partNumber=2&uploadId={upload}"), (8_100 << 10) + 1), "400 EntityTooLarge");
    // Nothing else is written through it, with a link or without.
    assert_eq!(put("/new.txt?acl", 0), "403 AccessDenied");
    assert_eq!(put("/new.txt?tagging", 0), "403 AccessDenied");
    assert_eq!(outcome(&server.send(&format!("PUT /new.txt at {HOST}\n\nx"))), "403 AccessDenied");
    assert_eq!(outcome(&server.send(&format!("PUT /new.txt as nobody at {HOST}\n\nx"))), "403 AccessDenied");
}

#[test]
fn each_request_to_the_edge_is_in_the_journal_with_what_the_cache_did() {
    let (server, _, _) = edge();
    let from = server.journal().len();
    get(&server, "/css/a.css?x=1");
    get(&server, "/css/a.css?x=1");
    server.send(&format!("HEAD /css/a.css?x=1 as nobody at {HOST}"));
    get(&server, "/no.txt");
    get(&server, "/private.txt");
    let journal = server.journal().split_off(from);
    let rows = journal.iter().map(|row| {
        let edge = row.edge.as_deref().unwrap_or("-");
        format!("{} {} {} {} {edge}", row.bucket.as_deref().unwrap_or("-"), row.target, row.operation, row.status)
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            "b-one /css/a.css?x=1 GetObject 200 MISS",
            "b-one /css/a.css?x=1 GetObject 200 HIT",
            "b-one /css/a.css?x=1 HeadObject 200 HIT",
            "b-one /no.txt GetObject 200 BYPASS",
            "b-one /private.txt GetObject 403 DYNAMIC",
        ]
    );
    let ids: std::collections::BTreeSet<_> = journal.iter().map(|row| &row.request_id).collect();
    assert_eq!(ids.len(), journal.len(), "each row has an id of its own");
}
