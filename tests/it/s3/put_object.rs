//! PUT /bucket/key stores an object.

use crate::server::Server;
use crate::support::{Call, check, check_call, check_outcomes, outcome};
use expect_test::expect;

fn with_bucket() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    server
}

#[test]
fn stores_an_object() {
    let server = with_bucket();
    check(
        &server,
        "PUT /b-one/k\n\nhello world",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 0
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
    "#]],
    );
    check(
        &server,
        "GET /b-one/k",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 11
        content-type: binary/octet-stream
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        last-modified: TIME
        x-rgw-object-type: Normal

        hello world
    "#]],
    );
}

#[test]
fn stores_an_empty_object() {
    let server = with_bucket();
    check(
        &server,
        "PUT /b-one/k",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 0
        etag: "d41d8cd98f00b204e9800998ecf8427e"
    "#]],
    );
    check(
        &server,
        "GET /b-one/k",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 0
        content-type: binary/octet-stream
        etag: "d41d8cd98f00b204e9800998ecf8427e"
        last-modified: TIME
        x-rgw-object-type: Normal
    "#]],
    );
}

#[test]
fn keeps_headers_and_metadata() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\nContent-Type: text/plain; charset=utf-8\nCache-Control: max-age=60\nContent-Disposition: attachment; filename=\"a.txt\"\nContent-Encoding: gzip\nContent-Language: en\nExpires: Thu, 01 Dec 2033 16:00:00 GMT\nx-amz-meta-Colour: Blue\nx-amz-meta-n: 1\n\nhello"]);
    check(
        &server,
        "GET /b-one/k",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        cache-control: max-age=60
        content-disposition: attachment; filename="a.txt"
        content-encoding: gzip
        content-language: en
        content-length: 5
        content-type: text/plain; charset=utf-8
        etag: "5d41402abc4b2a76b9719d911017c592"
        expires: Thu, 01 Dec 2033 16:00:00 GMT
        last-modified: TIME
        x-amz-meta-colour: Blue
        x-amz-meta-n: 1
        x-rgw-object-type: Normal

        hello
    "#]],
    );
}

#[test]
fn replaces_what_was_there() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\nx-amz-meta-a: 1\n\nold", "PUT /b-one/k\n\nnew"]);
    check(
        &server,
        "GET /b-one/k",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 3
        content-type: binary/octet-stream
        etag: "22af645d1859cb5ca6da0c484f1f37ea"
        last-modified: TIME
        x-rgw-object-type: Normal

        new
    "#]],
    );
}

#[test]
fn digests_are_verified_and_nothing_is_stored_when_they_are_wrong() {
    let server = with_bucket();
    let other = format!("PUT /b-one/k\nx-amz-content-sha256: {}\n\nhello", crate::sign::sha256_hex(b"other"));
    let requests = [
        "PUT /b-one/k\nContent-MD5: XUFAKrxLKna5cZ2REBfFkg==\n\nhello",
        "DELETE /b-one/k",
        "PUT /b-one/k\nContent-MD5: Je0by0I7C3IA9IX8X/ccjg==\n\nhello",
        "PUT /b-one/k\nContent-MD5: YWJj\n\nhello",
        "PUT /b-one/k\nContent-MD5: %%%\n\nhello",
        "PUT /b-one/k\nx-amz-checksum-crc32: AAAAAA==\n\nhello",
        "PUT /b-one/k\nx-amz-checksum-crc32c: AAAAAA==\n\nhello",
        "PUT /b-one/k\nx-amz-checksum-crc64nvme: AAAAAAAAAAA=\n\nhello",
        "PUT /b-one/k\nx-amz-checksum-sha1: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nhello",
        "PUT /b-one/k\nx-amz-checksum-sha256: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nhello",
        "GET /b-one/k",
        "PUT /b-one/k\nx-amz-checksum-crc32: NhCmhg==\n\nhello",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one/k | Content-MD5: XUFAKrxLKna5cZ2REBfFkg== |  | hello → 200
        DELETE /b-one/k → 204
        PUT /b-one/k | Content-MD5: Je0by0I7C3IA9IX8X/ccjg== |  | hello → 400 BadDigest
        PUT /b-one/k | Content-MD5: YWJj |  | hello → 400 InvalidDigest
        PUT /b-one/k | Content-MD5: %%% |  | hello → 403 AccessDenied
        PUT /b-one/k | x-amz-checksum-crc32: AAAAAA== |  | hello → 400 BadDigest
        PUT /b-one/k | x-amz-checksum-crc32c: AAAAAA== |  | hello → 400 BadDigest
        PUT /b-one/k | x-amz-checksum-crc64nvme: AAAAAAAAAAA= |  | hello → 400 BadDigest
        PUT /b-one/k | x-amz-checksum-sha1: AAAAAAAAAAAAAAAAAAAAAAAAAAA= |  | hello → 400 BadDigest
        PUT /b-one/k | x-amz-checksum-sha256: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= |  | hello → 400 BadDigest
        GET /b-one/k → 404 NoSuchKey
        PUT /b-one/k | x-amz-checksum-crc32: NhCmhg== |  | hello → 200
    "#]],
    );
    assert_eq!(outcome(&server.send(&other)), "400 XAmzContentSHA256Mismatch");
}

#[test]
fn a_length_must_be_declared_and_may_be_five_gib() {
    let server = with_bucket();
    let lengthless = Call { method: "PUT".to_owned(), ..Call::new("GET /b-one/k") };
    let head = lengthless.head("localhost").replace("Content-Length: 0\r\n", "");
    let answer = crate::wire::exchange(server.address(), head.as_bytes()).unwrap();
    assert_eq!(outcome(&answer), "411 MissingContentLength");
    let unsigned = "x-amz-content-sha256: UNSIGNED-PAYLOAD";
    check(
        &server,
        &format!("PUT /b-one/k\nContent-Length: 5368709121\n{unsigned}"),
        expect![[r#"
        400 Bad Request
        accept-ranges: bytes
        content-length: 234
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>EntityTooLarge</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

#[test]
fn a_decoded_length_serves_for_a_chunked_transfer() {
    let server = with_bucket();
    let framed = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    let wire = format!("{:x}\r\n{framed}\r\n0\r\n\r\n", framed.len());
    let call = Call::new(
        "PUT /b-one/k\nTransfer-Encoding: chunked\nContent-Encoding: aws-chunked\nx-amz-trailer: x-amz-checksum-crc32\nx-amz-decoded-content-length: 5\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    );
    check_call(
        &server,
        &call.body(wire),
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 0
        etag: "5d41402abc4b2a76b9719d911017c592"
    "#]],
    );
    check(
        &server,
        "GET /b-one/k",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 5
        content-type: binary/octet-stream
        etag: "5d41402abc4b2a76b9719d911017c592"
        last-modified: TIME
        x-rgw-object-type: Normal

        hello
    "#]],
    );
}

#[test]
fn conditions_are_ignored_and_that_is_said() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\n\none"]);
    let answer = server.send("PUT /b-one/k\nIf-None-Match: *\n\ntwo");
    assert_eq!(outcome(&answer), "200");
    assert!(
        answer.header("x-spacelet-explain").is_some_and(|t| t.to_lowercase().contains("if-none-match")),
        "{answer:?}"
    );
    assert_eq!(server.send("GET /b-one/k").text(), "two");
}

#[test]
fn refusals() {
    let server = with_bucket();
    let requests = [
        "PUT /none/k\n\nx",
        "PUT /b-one/k as B\n\nx",
        "PUT /b-one/k as nobody\n\nx",
        "PUT /b-one/k\nx-amz-storage-class: GLACIER\n\nx",
        "PUT /b-one/k\nx-amz-acl: bogus\n\nx",
        "PUT /b-one/k\nx-amz-tagging: a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=10&k=11\n\nx",
        "HEAD /b-one/k",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /none/k |  | x → 404 NoSuchBucket
        PUT /b-one/k as B |  | x → 403 AccessDenied
        PUT /b-one/k as nobody |  | x → 403 AccessDenied
        PUT /b-one/k | x-amz-storage-class: GLACIER |  | x → 400 InvalidArgument
        PUT /b-one/k | x-amz-acl: bogus |  | x → 400 InvalidArgument
        PUT /b-one/k | x-amz-tagging: a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=10&k=11 |  | x → 400 InvalidArgument
        HEAD /b-one/k → 404
    "#]],
    );
}

#[test]
fn by_virtual_host() {
    let server = with_bucket();
    let requests = [
        "PUT /k at b-one.nyc3.digitaloceanspaces.com\n\nx",
        "GET /b-one/k",
        "PUT /k at none.nyc3.digitaloceanspaces.com\n\nx",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /k at b-one.nyc3.digitaloceanspaces.com |  | x → 200
        GET /b-one/k → 200
        PUT /k at none.nyc3.digitaloceanspaces.com |  | x → 404 NoSuchBucket
    "#]],
    );
}
