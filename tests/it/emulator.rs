//! The emulator's own API on the control port, and what it drives: the clock with lifecycle rules, and access logs.

mod clock;
mod logs;

use crate::server::Server;
use crate::wire::{self, Answer};
use serde_json::Value;
use spacelet::Settings;
use spacelet_engine::Secret;

const TOKEN: &str = "emulator-test-token";

fn start_with(change: impl FnOnce(&mut Settings)) -> Server {
    Server::start_with(|settings| {
        settings.token = Some(Secret::new(TOKEN));
        change(settings);
    })
}

/// Sends `METHOD TARGET [JSON]` to the control port.
fn ask(server: &Server, token: &str, request: &str) -> Answer {
    let mut words = request.splitn(3, ' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let body = words.next().unwrap_or_default();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: control\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    wire::exchange(server.control_address(), head.as_bytes()).unwrap()
}

/// The answer of a request that must succeed.
fn told(server: &Server, request: &str) -> Value {
    let answer = ask(server, TOKEN, request);
    assert_eq!(answer.status, 200, "{request}: {}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}
