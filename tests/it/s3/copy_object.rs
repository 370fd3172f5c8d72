//! PUT /bucket/key with x-amz-copy-source.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

fn with_source() -> Server {
    let server = Server::start();
    server.prepare(&[
        "PUT /b-one",
        "PUT /b-one/src\nContent-Type: text/plain\nCache-Control: no-store\nx-amz-meta-a: 1\n\nhello world",
    ]);
    server
}

#[test]
fn copies_body_headers_and_metadata() {
    let server = with_source();
    check(
        &server,
        "PUT /b-one/dst\nx-amz-copy-source: /b-one/src",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LastModified>TIME</LastModified><ETag>5eb63bbbe01eeed093cb22bb8f5acdc3</ETag></CopyObjectResult>
    "#]],
    );
    check(
        &server,
        "GET /b-one/dst",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        cache-control: no-store
        content-length: 11
        content-type: text/plain
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        last-modified: TIME
        x-amz-meta-a: 1
        x-rgw-object-type: Normal

        hello world
    "#]],
    );
    server.prepare(&["DELETE /b-one/src"]);
    assert_eq!(server.send("GET /b-one/dst").text(), "hello world");
}

#[test]
fn replaces_headers_and_metadata_when_told() {
    let server = with_source();
    server.prepare(&["PUT /b-one/src\nx-amz-copy-source: b-one/src\nx-amz-metadata-directive: REPLACE\nx-amz-meta-b: 2\nContent-Type: text/html"]);
    check(
        &server,
        "HEAD /b-one/src",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 11
        content-type: text/html
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        last-modified: TIME
        x-amz-meta-b: 2
        x-rgw-object-type: Normal
    "#]],
    );
}

#[test]
fn conditions_on_the_source() {
    let server = with_source();
    let copy = |header: &str| format!("PUT /b-one/dst\nx-amz-copy-source: /b-one/src\nx-amz-copy-source-{header}");
    let etag = "\"5eb63bbbe01eeed093cb22bb8f5acdc3\"";
    let requests = [
        copy(&format!("if-match: {etag}")),
        copy("if-match: \"x\""),
        copy("if-none-match: \"x\""),
        copy(&format!("if-none-match: {etag}")),
        copy("if-modified-since: Thu, 01 Jan 2037 00:00:00 GMT"),
        copy("if-unmodified-since: Thu, 01 Jan 2015 00:00:00 GMT"),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one/dst | x-amz-copy-source: /b-one/src | x-amz-copy-source-if-match: "5eb63bbbe01eeed093cb22bb8f5acdc3" → 200
        PUT /b-one/dst | x-amz-copy-source: /b-one/src | x-amz-copy-source-if-match: "x" → 412 PreconditionFailed
        PUT /b-one/dst | x-amz-copy-source: /b-one/src | x-amz-copy-source-if-none-match: "x" → 200
        PUT /b-one/dst | x-amz-copy-source: /b-one/src | x-amz-copy-source-if-none-match: "5eb63bbbe01eeed093cb22bb8f5acdc3" → 412 PreconditionFailed
        PUT /b-one/dst | x-amz-copy-source: /b-one/src | x-amz-copy-source-if-modified-since: Thu, 01 Jan 2037 00:00:00 GMT → 412 PreconditionFailed
        PUT /b-one/dst | x-amz-copy-source: /b-one/src | x-amz-copy-source-if-unmodified-since: Thu, 01 Jan 2015 00:00:00 GMT → 412 PreconditionFailed
    "#]],
    );
}

#[test]
fn keys_of_sources_are_escaped() {
    let server = with_source();
    let requests = [
        "PUT /b-one/%C3%BC%20%2B\n\nx",
        "PUT /b-one/dst\nx-amz-copy-source: /b-one/%C3%BC%20%2B",
        "PUT /b-one/dst\nx-amz-copy-source: b-one/src",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one/%C3%BC%20%2B |  | x → 200
        PUT /b-one/dst | x-amz-copy-source: /b-one/%C3%BC%20%2B → 200
        PUT /b-one/dst | x-amz-copy-source: b-one/src → 200
    "#]],
    );
}

#[test]
fn refusals() {
    let server = with_source();
    server.prepare(&["PUT /b-two as B"]);
    let requests = [
        "PUT /b-one/dst\nx-amz-copy-source: /b-one/none",
        "PUT /b-one/dst\nx-amz-copy-source: /none/src",
        "PUT /none/dst\nx-amz-copy-source: /b-one/src",
        "PUT /b-one/dst\nx-amz-copy-source: garbage",
        "PUT /b-one/dst\nx-amz-copy-source:",
        "PUT /b-one/src\nx-amz-copy-source: /b-one/src",
        "PUT /b-one/dst\nx-amz-copy-source: /b-one/src\nx-amz-metadata-directive: FOO",
        "PUT /b-two/dst as B\nx-amz-copy-source: /b-one/src",
        "PUT /b-two/dst\nx-amz-copy-source: /b-one/src",
        "PUT /b-one/dst as nobody\nx-amz-copy-source: /b-one/src",
        "HEAD /b-one/dst",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one/dst | x-amz-copy-source: /b-one/none → 404 NoSuchKey
        PUT /b-one/dst | x-amz-copy-source: /none/src → 404 NoSuchBucket
        PUT /none/dst | x-amz-copy-source: /b-one/src → 404 NoSuchBucket
        PUT /b-one/dst | x-amz-copy-source: garbage → 400 InvalidArgument
        PUT /b-one/dst | x-amz-copy-source: → 400 InvalidArgument
        PUT /b-one/src | x-amz-copy-source: /b-one/src → 400 InvalidRequest
        PUT /b-one/dst | x-amz-copy-source: /b-one/src | x-amz-metadata-directive: FOO → 400 InvalidArgument
        PUT /b-two/dst as B | x-amz-copy-source: /b-one/src → 403 AccessDenied
        PUT /b-two/dst | x-amz-copy-source: /b-one/src → 403 AccessDenied
        PUT /b-one/dst as nobody | x-amz-copy-source: /b-one/src → 403 AccessDenied
        HEAD /b-one/dst → 404
    "#]],
    );
}

#[test]
fn copies_stay_within_a_region() {
    let server = with_source();
    server.prepare(&["PUT /in-ams at ams3.digitaloceanspaces.com"]);
    let requests = [
        "PUT /in-ams/dst at ams3.digitaloceanspaces.com\nx-amz-copy-source: /b-one/src",
        "PUT /in-ams/dst\nx-amz-copy-source: /b-one/src",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /in-ams/dst at ams3.digitaloceanspaces.com | x-amz-copy-source: /b-one/src → 404 NoSuchBucket
        PUT /in-ams/dst | x-amz-copy-source: /b-one/src → 404 NoSuchBucket
    "#]],
    );
}
