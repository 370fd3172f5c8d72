//! The control port: DigitalOcean's API and the emulator's own.

mod cdn;
mod cold;
mod edge;
mod keys;
mod limits;
mod openapi;
mod others;
mod settling;
mod spaces;
mod terraform;
mod tokens;

use crate::server::Server;
use crate::wire::{self, Answer};
use expect_test::Expect;
use regex_lite::Regex;
use serde_json::Value;
use spacelet::Settings;
use spacelet_engine::Secret;
use std::fmt::Write as _;

/// The token that may do everything.
const TOKEN: &str = "control-test-token";

/// A server of which account `A`'s token is known.
fn start() -> Server {
    start_with(|_| ())
}

fn start_with(change: impl FnOnce(&mut Settings)) -> Server {
    Server::start_with(|settings| {
        settings.token = Some(Secret::new(TOKEN));
        change(settings);
    })
}

/// Sends `METHOD TARGET [JSON]` with the token that may do everything.
fn api(server: &Server, request: &str) -> Answer {
    api_as(server, TOKEN, request)
}

/// The same with another token.
fn api_as(server: &Server, token: &str, request: &str) -> Answer {
    let mut words = request.splitn(3, ' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let body = words.next().unwrap_or_default();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: api.example.test\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    wire::exchange(server.control_address(), head.as_bytes()).unwrap()
}

/// The body of an answer that must have this status.
fn json(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    serde_json::from_slice(&answer.body).unwrap()
}

/// Each request with its answer, ids and times masked.
fn check(server: &Server, requests: &[&str], expected: Expect) {
    let mut text = String::new();
    for request in requests {
        let answer = api(server, request);
        let _ = writeln!(text, "{request}\n  {} {}", answer.status, answer.text());
    }
    expected.assert_eq(&masked(&text));
}

fn masked(text: &str) -> String {
    let masks = [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
        (r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
        (r"DO[A-Z0-9]{18}", "KEY"),
        (r#""secret_key":"[A-Za-z0-9+/]{43}""#, r#""secret_key":"SECRET""#),
        (r"dop_v1_[0-9a-f]{64}", "TOKEN"),
        (r#","request_id":"UUID""#, ""),
        (r"127\.0\.0\.1:\d+", "HOST"),
    ];
    masks
        .iter()
        .fold(text.to_owned(), |text, (mask, name)| Regex::new(mask).unwrap().replace_all(&text, *name).into_owned())
}
