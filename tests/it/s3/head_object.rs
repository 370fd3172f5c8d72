//! HEAD /bucket/key: what GET would answer, without the body.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn tells_what_get_would() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\nContent-Type: text/plain\nx-amz-meta-a: b\n\nhello world"]);
    check(
        &server,
        "HEAD /b-one/k",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 11
        content-type: text/plain
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        last-modified: TIME
        x-amz-meta-a: b
        x-rgw-object-type: Normal
    "#]],
    );
    check(
        &server,
        "HEAD /b-one/k\nRange: bytes=0-4",
        expect![[r#"
        206 Partial Content
        accept-ranges: bytes
        content-length: 5
        content-range: bytes 0-4/11
        content-type: text/plain
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        last-modified: TIME
        x-amz-meta-a: b
        x-rgw-object-type: Normal
    "#]],
    );
    check(
        &server,
        "HEAD /b-one/none",
        expect![[r#"
        404 Not Found
        accept-ranges: bytes
        content-length: 229
        content-type: application/xml
    "#]],
    );
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nhello world"]);
    let requests = [
        "HEAD /b-one/k as B",
        "HEAD /b-one/k as nobody",
        "HEAD /none/k",
        "HEAD /b-one/k\nRange: bytes=100-",
        "HEAD /b-one/k\nIf-Match: \"x\"",
        "HEAD /b-one/k\nIf-None-Match: \"5eb63bbbe01eeed093cb22bb8f5acdc3\"",
        "HEAD /k at b-one.nyc3.digitaloceanspaces.com",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        HEAD /b-one/k as B → 403
        HEAD /b-one/k as nobody → 403
        HEAD /none/k → 404
        HEAD /b-one/k | Range: bytes=100- → 416
        HEAD /b-one/k | If-Match: "x" → 412
        HEAD /b-one/k | If-None-Match: "5eb63bbbe01eeed093cb22bb8f5acdc3" → 304
        HEAD /k at b-one.nyc3.digitaloceanspaces.com → 200
    "#]],
    );
}
