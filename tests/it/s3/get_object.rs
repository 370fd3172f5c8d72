//! GET /bucket/key: whole objects, ranges, conditions, overrides.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

fn with_object() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\nContent-Type: text/plain\n\nhello world", "PUT /b-one/zero"]);
    server
}

#[test]
fn ranges() {
    let server = with_object();
    check(
        &server,
        "GET /b-one/k\nRange: bytes=0-4",
        expect![[r#"
        206 Partial Content
        accept-ranges: bytes
        content-length: 5
        content-range: bytes 0-4/11
        content-type: text/plain
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        last-modified: TIME
        x-rgw-object-type: Normal

        hello
    "#]],
    );
    let mut seen = String::new();
    let ranges = [
        "bytes=6-",
        "bytes=-5",
        "bytes=-500",
        "bytes=6-1000",
        "bytes=0-0",
        "bytes=11-20",
        "bytes=5-2",
        "bytes=abc",
        "bytes=-0",
        "items=0-1",
        "bytes=0-1,3-4",
    ];
    for range in ranges {
        let answer = server.send(&format!("GET /b-one/k\nRange: {range}"));
        let shown = if answer.status < 300 { answer.text() } else { answer.xml("Code").unwrap_or_default() };
        seen += &format!("{range}: {} {:?} {shown}\n", answer.status, answer.header("content-range"));
    }
    expect![[r#"
        bytes=6-: 206 Some("bytes 6-10/11") world
        bytes=-5: 206 Some("bytes 6-10/11") world
        bytes=-500: 206 Some("bytes 0-10/11") hello world
        bytes=6-1000: 206 Some("bytes 6-10/11") world
        bytes=0-0: 206 Some("bytes 0-0/11") h
        bytes=11-20: 416 None InvalidRange
        bytes=5-2: 416 None InvalidRange
        bytes=abc: 416 None InvalidRange
        bytes=-0: 416 None InvalidRange
        items=0-1: 200 None hello world
        bytes=0-1,3-4: 206 Some("bytes 0-1/11") he
    "#]]
    .assert_eq(&seen);
    check_outcomes(
        &server,
        &["GET /b-one/zero\nRange: bytes=0-1"],
        expect![[r#"
        GET /b-one/zero | Range: bytes=0-1 → 416 InvalidRange
    "#]],
    );
}

#[test]
fn conditions() {
    let etag = "\"5eb63bbbe01eeed093cb22bb8f5acdc3\"";
    let past = "Thu, 01 Jan 2015 00:00:00 GMT";
    let future = "Thu, 01 Jan 2037 00:00:00 GMT";
    let headers = [
        format!("If-Match: {etag}"),
        "If-Match: \"x\"".to_owned(),
        format!("If-None-Match: {etag}"),
        "If-None-Match: \"x\"".to_owned(),
        format!("If-Modified-Since: {past}"),
        format!("If-Modified-Since: {future}"),
        format!("If-Unmodified-Since: {past}"),
        format!("If-Unmodified-Since: {future}"),
        "If-Modified-Since: garbage".to_owned(),
        format!("If-Match: {etag}\nIf-Unmodified-Since: {past}"),
        format!("If-None-Match: \"x\"\nIf-Modified-Since: {future}"),
    ];
    let requests: Vec<String> = headers.iter().map(|h| format!("GET /b-one/k\n{h}")).collect();
    let server = with_object();
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one/k | If-Match: "5eb63bbbe01eeed093cb22bb8f5acdc3" → 200
        GET /b-one/k | If-Match: "x" → 412 PreconditionFailed
        GET /b-one/k | If-None-Match: "5eb63bbbe01eeed093cb22bb8f5acdc3" → 304
        GET /b-one/k | If-None-Match: "x" → 200
        GET /b-one/k | If-Modified-Since: Thu, 01 Jan 2015 00:00:00 GMT → 200
        GET /b-one/k | If-Modified-Since: Thu, 01 Jan 2037 00:00:00 GMT → 304
        GET /b-one/k | If-Unmodified-Since: Thu, 01 Jan 2015 00:00:00 GMT → 412 PreconditionFailed
        GET /b-one/k | If-Unmodified-Since: Thu, 01 Jan 2037 00:00:00 GMT → 200
        GET /b-one/k | If-Modified-Since: garbage → 400 InvalidArgument
        GET /b-one/k | If-Match: "5eb63bbbe01eeed093cb22bb8f5acdc3" | If-Unmodified-Since: Thu, 01 Jan 2015 00:00:00 GMT → 200
        GET /b-one/k | If-None-Match: "x" | If-Modified-Since: Thu, 01 Jan 2037 00:00:00 GMT → 200
    "#]],
    );
    check(
        &server,
        &format!("GET /b-one/k\nIf-None-Match: {etag}"),
        expect![[r#"
        304 Not Modified
    "#]],
    );
}

#[test]
fn overrides_of_headers() {
    let server = with_object();
    let query = "response-content-type=text%2Fx-foo&response-content-disposition=inline&response-cache-control=no-store&response-content-encoding=x&response-content-language=de&response-expires=Thu%2C%2001%20Dec%202033%2016%3A00%3A00%20GMT";
    check(
        &server,
        &format!("GET /b-one/k?{query}"),
        expect![[r#"
        200 OK
        accept-ranges: bytes
        cache-control: no-store
        content-disposition: inline
        content-encoding: x
        content-language: de
        content-length: 11
        content-type: text/x-foo
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        expires: Thu, 01 Dec 2033 16:00:00 GMT
        last-modified: TIME
        x-rgw-object-type: Normal

        hello world
    "#]],
    );
    server.prepare(&["PUT /b-one/k?acl\nx-amz-acl: public-read"]);
    check_outcomes(
        &server,
        &["GET /b-one/k as nobody", "GET /b-one/k?response-content-type=a as nobody"],
        expect![[r#"
        GET /b-one/k as nobody → 200
        GET /b-one/k?response-content-type=a as nobody → 400 InvalidRequest
    "#]],
    );
}

#[test]
fn a_missing_key_is_told_to_those_who_may_list() {
    let server = with_object();
    check(
        &server,
        "GET /b-one/none",
        expect![[r#"
        404 Not Found
        accept-ranges: bytes
        content-length: 229
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    check(
        &server,
        "GET /b-one/none as B",
        expect![[r#"
        403 Forbidden
        accept-ranges: bytes
        content-length: 232
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

#[test]
fn refusals() {
    let server = with_object();
    let requests = [
        "GET /none/k",
        "GET /b-one/k as B",
        "GET /b-one/k as nobody",
        "GET /b-one/k?unknown=ignored",
        "GET /b-one/k?partNumber=1",
        "POST /b-one/k\n\nx",
        "PATCH /b-one/k",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /none/k → 404 NoSuchBucket
        GET /b-one/k as B → 403 AccessDenied
        GET /b-one/k as nobody → 403 AccessDenied
        GET /b-one/k?unknown=ignored → 200
        GET /b-one/k?partNumber=1 → 200
        POST /b-one/k |  | x → 501 NotImplemented
        PATCH /b-one/k → 405 MethodNotAllowed
    "#]],
    );
}

#[test]
fn by_virtual_host() {
    let server = with_object();
    let requests = [
        "GET /k at b-one.nyc3.digitaloceanspaces.com",
        "GET /k at B-One.NYC3.digitaloceanspaces.com",
        "GET /none at b-one.nyc3.digitaloceanspaces.com",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /k at b-one.nyc3.digitaloceanspaces.com → 200
        GET /k at B-One.NYC3.digitaloceanspaces.com → 404 NoSuchBucket
        GET /none at b-one.nyc3.digitaloceanspaces.com → 404 NoSuchKey
    "#]],
    );
}
