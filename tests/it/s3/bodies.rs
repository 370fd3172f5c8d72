//! Bodies stream: a slow reader holds nobody back, a broken upload leaves nothing, 100 Continue comes when it may.

use crate::server::Server;
use crate::support::{Call, outcome};
use crate::wire::Connection;
use std::time::{Duration, Instant};

const MIB: usize = 1 << 20;

fn with_bucket() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    server
}

#[test]
fn a_slow_reader_holds_nobody_back() {
    let server = with_bucket();
    let big = Call::new("PUT /b-one/big\nx-amz-content-sha256: UNSIGNED-PAYLOAD").body(vec![7; 64 * MIB]);
    assert_eq!(outcome(&big.send(&server)), "200");
    let mut slow: Vec<Connection> = (0..32).map(|_| Connection::open(server.address()).unwrap()).collect();
    for reader in &mut slow {
        reader.send(&Call::new("GET /b-one/big").bytes("localhost")).unwrap();
        assert_eq!(reader.read_head().unwrap().status, 200);
    }
    let begun = Instant::now();
    for i in 0..100 {
        assert_eq!(outcome(&server.send(&format!("PUT /b-one/{i}\n\nx"))), "200");
        assert_eq!(server.send(&format!("GET /b-one/{i}")).text(), "x");
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let body = slow[0].read_exactly(64 * MIB).unwrap();
    assert!(body.iter().all(|b| *b == 7));
}

#[test]
fn a_slow_writer_holds_nobody_back_and_is_waited_for() {
    let server = with_bucket();
    let call = Call::new("PUT /b-one/slow\nx-amz-content-sha256: UNSIGNED-PAYLOAD\nContent-Length: 10");
    let mut writer = Connection::open(server.address()).unwrap();
    writer.send(call.head("localhost").as_bytes()).unwrap();
    writer.send(b"hello").unwrap();
    for _ in 0..20 {
        assert_eq!(outcome(&server.send("GET /b-one/slow")), "404 NoSuchKey");
    }
    writer.send(b"world").unwrap();
    assert_eq!(writer.read_answer(false).unwrap().status, 200);
    assert_eq!(server.send("GET /b-one/slow").text(), "helloworld");
}

#[test]
fn a_broken_upload_leaves_what_was_there() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\n\nold"]);
    for sent in [0, 1, 5 * MIB] {
        let length = sent + 100;
        let head = format!("PUT /b-one/k\nx-amz-content-sha256: UNSIGNED-PAYLOAD\nContent-Length: {length}");
        let mut writer = Connection::open(server.address()).unwrap();
        writer.send(Call::new(&head).head("localhost").as_bytes()).unwrap();
        writer.send(&vec![b'x'; sent]).unwrap();
        writer.finish_sending().unwrap();
        writer.read_to_end(Duration::from_secs(30));
        assert_eq!(server.send("GET /b-one/k").text(), "old", "after {sent} of {length} bytes");
    }
}

#[test]
fn continue_is_said_only_to_those_who_may() {
    let server = with_bucket();
    let call = Call::new("PUT /b-one/k\nExpect: 100-continue").body("hello");
    let mut writer = Connection::open(server.address()).unwrap();
    writer.send(call.head("localhost").as_bytes()).unwrap();
    assert_eq!(writer.read_head().unwrap().status, 100);
    writer.send(b"hello").unwrap();
    assert_eq!(writer.read_answer(false).unwrap().status, 200);

    let denied = Call { key: None, ..call };
    let mut writer = Connection::open(server.address()).unwrap();
    writer.send(denied.head("localhost").as_bytes()).unwrap();
    let answer = writer.read_answer(false).unwrap();
    assert_eq!((outcome(&answer).as_str(), answer.interim.len()), ("403 AccessDenied", 0));
}

#[test]
fn many_requests_share_a_connection() {
    let server = with_bucket();
    let mut connection = Connection::open(server.address()).unwrap();
    let calls = [
        "PUT /b-one/k\n\nhello",
        "GET /b-one/none",
        "GET /b-one/k",
        "PUT /b-one/k as B\n\nrefused",
        "HEAD /b-one/k",
        "GET /b-one/k",
    ];
    let mut seen = Vec::new();
    for call in calls {
        connection.send(&Call::new(call).bytes("localhost")).unwrap();
        let answer = connection.read_answer(call.starts_with("HEAD")).unwrap();
        seen.push(outcome(&answer));
    }
    assert_eq!(seen, ["200", "404 NoSuchKey", "200", "403 AccessDenied", "200", "200"]);
}

#[test]
fn requests_may_be_sent_ahead() {
    let server = with_bucket();
    let mut connection = Connection::open(server.address()).unwrap();
    let calls = ["PUT /b-one/k\n\nhello", "GET /b-one/k", "DELETE /b-one/k", "GET /b-one/k"];
    let all: Vec<u8> = calls.iter().flat_map(|c| Call::new(c).bytes("localhost")).collect();
    connection.send(&all).unwrap();
    let seen: Vec<String> = calls.iter().map(|_| outcome(&connection.read_answer(false).unwrap())).collect();
    assert_eq!(seen, ["200", "200", "204", "404 NoSuchKey"]);
}
