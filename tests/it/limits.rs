//! Bad input over sockets: what is too long, too slow, too short or broken gets the right answer, the connection is
//! left in a sane state, and nothing stays behind.

use crate::server::Server;
use crate::sign::{self, Scope, Signed};
use crate::support::{Call, check_call, key, outcome};
use crate::wire::{Connection, End, exchange};
use expect_test::expect;
use std::path::Path;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(20);

fn with_bucket() -> Server {
    let server = Server::start_with(|settings| {
        settings.header_timeout = Duration::from_millis(300);
        settings.limits.body_idle = Duration::from_millis(300);
    });
    server.prepare(&["PUT /b-one"]);
    server
}

#[test]
fn slow_headers_end_the_connection() {
    let server = with_bucket();
    let mut slow = Connection::open(server.address()).unwrap();
    slow.send(b"GET /b-one HTTP/1.1\r\nHost: local").unwrap();
    let (_, end) = slow.read_to_end(LONG);
    assert!(matches!(end, End::Closed | End::Reset), "{end:?}");
    assert_eq!(outcome(&server.send("HEAD /b-one")), "200");
}

#[test]
fn an_idle_connection_is_closed() {
    let server = with_bucket();
    let mut idle = Connection::open(server.address()).unwrap();
    idle.send(&Call::new("HEAD /b-one").bytes("localhost")).unwrap();
    assert_eq!(idle.read_answer(true).unwrap().status, 200);
    assert_eq!(idle.read_to_end(LONG).1, End::Closed);
}

#[test]
fn heads_that_are_too_long_or_broken_get_an_empty_400_and_the_end() {
    let server = with_bucket();
    let broken = [
        ("huge header", format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Big: {}\r\n\r\n", "v".repeat(70_000))),
        ("long target", format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "u".repeat(20_000))),
        ("many headers", format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "a: b\r\n".repeat(5_000))),
        ("garbage", "GARBAGE\r\n\r\n".to_owned()),
        ("negative length", "PUT /b-one/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n".to_owned()),
        ("no number", "PUT /b-one/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n".to_owned()),
        (
            "two lengths",
            "PUT /b-one/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx".to_owned(),
        ),
        ("blank in a name", "GET / HTTP/1.1\r\nHo st: localhost\r\n\r\n".to_owned()),
        ("NUL in a value", "GET / HTTP/1.1\r\nHost: local\0host\r\n\r\n".to_owned()),
    ];
    for (what, request) in &broken {
        let mut connection = Connection::open(server.address()).unwrap();
        // The server may close before it has read all of it.
        let _ = connection.send(request.as_bytes());
        let (bytes, end) = connection.read_to_end(LONG);
        let text = String::from_utf8_lossy(&bytes);
        let refused = ["HTTP/1.1 400 ", "HTTP/1.1 431 ", "HTTP/1.1 414 "].iter().any(|s| text.starts_with(s));
        assert!(refused || (text.is_empty() && end == End::Reset), "{what}: {text} {end:?}");
        assert!(matches!(end, End::Closed | End::Reset), "{what}: {end:?}");
    }
    assert_eq!(outcome(&server.send("HEAD /b-one")), "200");
}

#[test]
fn a_body_that_stops_is_a_request_timeout_and_stores_nothing() {
    let server = with_bucket();
    let call = Call::new("PUT /b-one/k\nContent-Length: 100\nx-amz-content-sha256: UNSIGNED-PAYLOAD").body("hello");
    let mut connection = Connection::open(server.address()).unwrap();
    connection.send(&call.bytes("localhost")).unwrap();
    let answer = connection.read_answer(false).unwrap();
    assert_eq!(outcome(&answer), "408 RequestTimeout");
    assert_eq!(connection.read_to_end(LONG).1, End::Closed, "the rest of a body must not be read as a request");
    assert_eq!(outcome(&server.send("GET /b-one/k")), "404 NoSuchKey");
}

#[test]
fn a_body_cut_short_stores_nothing() {
    let server = with_bucket();
    let call = Call::new("PUT /b-one/k\nContent-Length: 100\nx-amz-content-sha256: UNSIGNED-PAYLOAD").body("hello");
    let mut connection = Connection::open(server.address()).unwrap();
    connection.send(&call.bytes("localhost")).unwrap();
    connection.finish_sending().unwrap();
    let (bytes, _) = connection.read_to_end(LONG);
    assert!(!String::from_utf8_lossy(&bytes).contains(" 200 "), "{bytes:?}");
    assert_eq!(outcome(&server.send("GET /b-one/k")), "404 NoSuchKey");
}

#[test]
fn more_than_was_declared_is_no_part_of_the_object() {
    let server = with_bucket();
    let call = Call::new("PUT /b-one/k\nContent-Length: 5\nx-amz-content-sha256: UNSIGNED-PAYLOAD")
        .body("helloGARBAGE\r\n\r\n");
    let mut connection = Connection::open(server.address()).unwrap();
    connection.send(&call.bytes("localhost")).unwrap();
    assert_eq!(connection.read_answer(false).unwrap().status, 200);
    let next = connection.read_answer(false);
    assert!(next.as_ref().map_or(true, |a| a.status == 400), "{next:?}");
    assert_eq!(server.send("GET /b-one/k").text(), "hello");
}

#[test]
fn an_xml_body_has_a_limit() {
    let server = with_bucket();
    let huge = Call::new("POST /b-one?delete").body(vec![b' '; 8 << 20]);
    let answer = huge.send(&server);
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(outcome(&server.send("HEAD /b-one")), "200");
}

/// A streamed body whose framing is wrong in one way or another.
#[test]
fn broken_chunks() {
    let server = with_bucket();
    let good = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    let bodies = [
        ("good", good.to_owned()),
        ("cut in a chunk", good[..5].to_owned()),
        ("cut before the last chunk", good[..10].to_owned()),
        ("no length", "\r\nhello\r\n0\r\n\r\n".to_owned()),
        ("no hex", "zz\r\nhello\r\n0\r\n\r\n".to_owned()),
        ("longer than it says", "3\r\nhello\r\n0\r\n\r\n".to_owned()),
        ("a length beyond all", "ffffffffffffffffff\r\nhello\r\n".to_owned()),
        ("wrong checksum", good.replace("NhCmhg==", "AAAAAA==")),
        ("shorter than declared", "3\r\nhel\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n".to_owned()),
        ("longer than declared", "8\r\nhello123\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n".to_owned()),
        ("an endless line", "5;".to_owned() + &"x".repeat(200_000)),
    ];
    let mut seen = String::new();
    for (what, body) in bodies {
        server.send("DELETE /b-one/k");
        let call = Call::new(
            "PUT /b-one/k\nContent-Encoding: aws-chunked\nx-amz-trailer: x-amz-checksum-crc32\nx-amz-decoded-content-length: 5\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        );
        let answer = call.body(body).send(&server);
        let stored = server.send("HEAD /b-one/k").status == 200;
        seen += &format!("{what}: {} {}\n", outcome(&answer), if stored { "stored" } else { "nothing" });
    }
    expect![[r#"
        good: 200 stored
        cut in a chunk: 400 XAmzContentSHA256Mismatch nothing
        cut before the last chunk: 400 XAmzContentSHA256Mismatch nothing
        no length: 400 InvalidArgument nothing
        no hex: 400 InvalidArgument nothing
        longer than it says: 400 InvalidArgument nothing
        a length beyond all: 400 XAmzContentSHA256Mismatch nothing
        wrong checksum: 400 BadDigest nothing
        shorter than declared: 400 InvalidArgument nothing
        longer than declared: 400 XAmzContentSHA256Mismatch nothing
        an endless line: 400 InvalidArgument nothing
    "#]]
    .assert_eq(&seen);
}

#[test]
fn a_wrong_chunk_signature_stores_nothing() {
    let server = with_bucket();
    for (spoilt, wanted) in [(false, "200"), (true, "400 XAmzContentSHA256Mismatch")] {
        let request = streamed(&server, "/b-one/k", &[b"hello ", b"world"], spoilt);
        let answer = exchange(server.address(), &request).unwrap();
        assert_eq!(outcome(&answer), wanted);
        let stored = server.send("GET /b-one/k").text();
        assert_eq!(stored == "hello world", !spoilt, "{stored}");
        server.send("DELETE /b-one/k");
    }
}

/// A PUT whose chunks are signed each; `spoilt` breaks the second one's bytes.
fn streamed(server: &Server, path: &str, chunks: &[&[u8]], spoilt: bool) -> Vec<u8> {
    let scope = Scope::now(0);
    let kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    let total: usize = chunks.iter().map(|c| c.len()).sum();
    let mut headers: Vec<(String, String)> = [
        ("Host", server.address().to_string()),
        ("x-amz-date", scope.amz_date()),
        ("x-amz-content-sha256", kind.to_owned()),
        ("x-amz-decoded-content-length", total.to_string()),
        ("Content-Encoding", "aws-chunked".to_owned()),
    ]
    .map(|(n, v)| (n.to_owned(), v))
    .to_vec();
    let parts = Signed { method: "PUT", path, query: "", headers: &headers, names: None, payload_hash: kind };
    let made = sign::v4(&key("A"), &scope, &parts);
    let signing_key = scope.signing_key(&key("A").secret);
    let (mut body, mut previous) = (Vec::new(), made.signature.clone());
    for (number, chunk) in chunks.iter().copied().chain([b"".as_slice()]).enumerate() {
        previous = sign::chunk(&signing_key, &scope, &previous, chunk);
        body.extend_from_slice(format!("{:x};chunk-signature={previous}\r\n", chunk.len()).as_bytes());
        body.extend_from_slice(chunk);
        if spoilt && number == 1 {
            *body.last_mut().unwrap() ^= 1;
        }
        body.extend_from_slice(b"\r\n");
    }
    headers.push(("Authorization".to_owned(), sign::authorization(&key("A"), &scope, &made)));
    headers.push(("Content-Length".to_owned(), body.len().to_string()));
    let lines: String = headers.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
    [format!("PUT {path} HTTP/1.1\r\n{lines}\r\n").into_bytes(), body].concat()
}

/// Uploads that break off, again and again, leave no files in the data folder and no bytes in memory.
#[test]
fn broken_uploads_leave_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start_with(|settings| {
        settings.data = Some(data.clone());
        settings.limits.body_idle = Duration::from_millis(300);
    });
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    let before = files_below(&data.join("bodies")) + files_below(&data.join("tmp"));
    for i in 0..30 {
        let sent = if i % 2 == 0 { 100 } else { 2 << 20 };
        let head = format!("PUT /b-one/{i}\nContent-Length: {}\nx-amz-content-sha256: UNSIGNED-PAYLOAD", sent + 1);
        let mut connection = Connection::open(server.address()).unwrap();
        connection.send(&Call::new(&head).body(vec![1; sent]).bytes("localhost")).unwrap();
        connection.finish_sending().unwrap();
        connection.read_to_end(LONG);
    }
    // The server may still be letting go of the last one: each round is a request, not a wait.
    let left = || files_below(&data.join("bodies")) + files_below(&data.join("tmp"));
    let mut rounds = 0;
    while left() != before && rounds < 2_000 {
        assert_eq!(outcome(&server.send("GET /b-one/k")), "200");
        rounds += 1;
    }
    assert_eq!(left(), before);
    check_call(
        &server,
        &Call::new("HEAD /b-one"),
        expect![[r#"
        200 OK
        content-length: 0
        x-rgw-bytes-used: 1
        x-rgw-object-count: 1
        x-rgw-quota-bucket-objects: -1
        x-rgw-quota-bucket-size: -1
        x-rgw-quota-max-buckets: 100
        x-rgw-quota-user-objects: -1
        x-rgw-quota-user-size: -1
    "#]],
    );
}

fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|e| if e.path().is_dir() { files_below(&e.path()) } else { 1 }).sum()
}
