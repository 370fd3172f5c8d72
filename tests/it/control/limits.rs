//! Rates: counted and shown always, enforced where the setting says so, by the world's clock.

use super::{api, api_as, json, start, start_with};
use crate::wire::Answer;
use spacelet_engine::{Clock, Timestamp};

fn standing(answer: &Answer) -> (String, String, String) {
    let header = |name: &str| answer.header(name).unwrap_or("-").to_owned();
    (header("ratelimit-limit"), header("ratelimit-remaining"), header("ratelimit-reset"))
}

fn texts(limit: &str, remaining: &str, reset: &str) -> (String, String, String) {
    (limit.to_owned(), remaining.to_owned(), reset.to_owned())
}

#[test]
fn rates_are_shown_and_not_enforced() {
    let clock = Clock::fixed(Timestamp(1_800_000_000_000));
    let server = start_with(|settings| settings.clock = clock.clone());
    let first = api(&server, "GET /v2/account");
    assert_eq!(standing(&first), texts("5000", "4999", "1800003600"));
    let id = first.header("x-request-id").unwrap();
    assert_eq!(id.len(), 36);
    assert_ne!(api(&server, "GET /v2/account").header("x-request-id"), Some(id));
    assert_eq!(standing(&api(&server, "GET /v2/cdn/endpoints")), texts("5", "4", "1800000010"));
    for _ in 0..6 {
        assert_eq!(api(&server, "GET /v2/cdn/endpoints").status, 200);
    }
    assert_eq!(standing(&api(&server, "GET /v2/cdn/endpoints")).1, "0");
    let refused = api(&server, "GET /v2/spaces/keys/none");
    assert_eq!(json(&refused, 404)["request_id"].as_str(), refused.header("x-request-id"));
    assert_eq!(standing(&refused).0, "5000");
    assert_eq!(standing(&api_as(&server, "wrong", "GET /v2/account")), texts("-", "-", "-"));
}

#[test]
fn enforced_rates_answer_429_until_the_window_ends() {
    let clock = Clock::fixed(Timestamp(1_800_000_000_000));
    let server = start_with(|settings| {
        settings.clock = clock.clone();
        settings.api_rates = true;
    });
    for _ in 0..5 {
        assert_eq!(api(&server, "GET /v2/cdn/endpoints").status, 200);
    }
    let refused = api(&server, "GET /v2/cdn/endpoints");
    assert_eq!(json(&refused, 429)["id"], "too_many_requests");
    assert_eq!(refused.header("retry-after"), None);
    assert_eq!(api(&server, "GET /v2/account").status, 200, "other paths have other rates");
    clock.advance_ms(10_000);
    assert_eq!(api(&server, "GET /v2/cdn/endpoints").status, 200);
    clock.advance_ms(60_000);
    for _ in 0..250 {
        assert_eq!(api(&server, "GET /v2/account").status, 200);
    }
    let burst = api(&server, "GET /v2/account");
    assert_eq!((burst.status, burst.header("retry-after")), (429, Some("60")));
}

#[test]
fn a_long_body_is_refused() {
    let server = start();
    for (request, status) in
        [(r#"POST /v2/spaces/keys {"name":"n"}"#, 201), (r#"POST /emulator/clock {"offset_seconds":0}"#, 200)]
    {
        assert_eq!(api(&server, request).status, status, "{request}");
        let long = format!("{request}{}", " ".repeat(256 << 10));
        assert_eq!(json(&api(&server, &long), 400)["message"], "error parsing request body", "{request}");
    }
}
