//! GET, PUT and DELETE /bucket?cors, preflights, and the headers on the requests that follow.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

const RULES: &str = "<CORSConfiguration><CORSRule><AllowedMethod>PUT</AllowedMethod><AllowedMethod>GET</AllowedMethod>\
    <AllowedOrigin>https://ex.com</AllowedOrigin><AllowedOrigin>https://*.wild.com</AllowedOrigin><AllowedHeader>x-amz-*</AllowedHeader>\
    <ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>300</MaxAgeSeconds></CORSRule><CORSRule><AllowedOrigin>*</AllowedOrigin>\
    <AllowedMethod>HEAD</AllowedMethod></CORSRule></CORSConfiguration>";

fn with_rules() -> Server {
    let server = Server::start();
    server.prepare(&[
        "PUT /b-one",
        &format!("PUT /b-one?cors\n\n{RULES}"),
        "PUT /b-one/k\nx-amz-acl: public-read\n\nx",
    ]);
    server
}

#[test]
fn rules_come_back_sorted() {
    check(
        &with_rules(),
        "GET /b-one?cors",
        expect![[r#"
        200 OK
        content-length: 463
        content-type: application/xml

        <CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedOrigin>https://*.wild.com</AllowedOrigin><AllowedOrigin>https://ex.com</AllowedOrigin><AllowedHeader>x-amz-*</AllowedHeader><MaxAgeSeconds>300</MaxAgeSeconds><ExposeHeader>ETag</ExposeHeader></CORSRule><CORSRule><AllowedMethod>HEAD</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>
    "#]],
    );
}

#[test]
fn rules_are_checked() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let rule = |inner: &str| format!("PUT /b-one?cors\n\n<CORSConfiguration>{inner}</CORSConfiguration>");
    let one = "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>";
    let requests = [
        "GET /b-one?cors".to_owned(),
        "DELETE /b-one?cors".to_owned(),
        "PUT /b-one?cors\n\n<CORSConfiguration><".to_owned(),
        rule(""),
        rule("<CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule>"),
        rule("<CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>"),
        rule("<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PATCH</AllowedMethod></CORSRule>"),
        rule("<CORSRule><AllowedOrigin>*a*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>"),
        rule(one),
        format!("PUT /b-one?cors as B\n\n<CORSConfiguration>{one}</CORSConfiguration>"),
        "GET /b-one?cors as nobody".to_owned(),
        "DELETE /b-one?cors".to_owned(),
        "GET /b-one?cors".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one?cors → 404 NoSuchCORSConfiguration
        DELETE /b-one?cors → 204
        PUT /b-one?cors |  | <CORSConfiguration>< → 400 MalformedXML
        PUT /b-one?cors |  | <CORSConfiguration></CORSConfiguration> → 400 MalformedXML
        PUT /b-one?cors |  | <CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration> → 400 MalformedXML
        PUT /b-one?cors |  | <CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration> → 400 MalformedXML
        PUT /b-one?cors |  | <CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PATCH</AllowedMethod></CORSRule></CORSConfiguration> → 400 MalformedXML
        PUT /b-one?cors |  | <CORSConfiguration><CORSRule><AllowedOrigin>*a*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration> → 400 MalformedXML
        PUT /b-one?cors |  | <CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration> → 200
        PUT /b-one?cors as B |  | <CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration> → 403 AccessDenied
        GET /b-one?cors as nobody → 403 AccessDenied
        DELETE /b-one?cors → 204
        GET /b-one?cors → 404 NoSuchCORSConfiguration
    "#]],
    );
    let answer = server.send(&rule(&one.repeat(101)));
    assert_eq!((answer.status, answer.xml("Code").as_deref()), (400, Some("InvalidRequest")));
}

#[test]
fn a_preflight_is_judged_by_the_rules_alone() {
    let server = with_rules();
    check(
        &server,
        "OPTIONS /b-one/none as nobody\nOrigin: https://a.wild.com\nAccess-Control-Request-Method: PUT\n\
         Access-Control-Request-Headers: X-Amz-Acl, x-amz-date",
        expect![[r#"
            200 OK
            access-control-allow-headers: X-Amz-Acl,x-amz-date
            access-control-allow-methods: PUT
            access-control-allow-origin: https://a.wild.com
            access-control-expose-headers: ETag
            access-control-max-age: 300
            content-length: 0
            vary: Origin
        "#]],
    );
    let ask = |origin: &str, method: &str| {
        format!("OPTIONS /b-one/k as nobody\nOrigin: {origin}\nAccess-Control-Request-Method: {method}")
    };
    let requests = [
        ask("https://ex.com", "GET"),
        ask("https://ex.com", "DELETE"),
        ask("https://ex.com", "HEAD"),
        ask("https://evil.com", "GET"),
        ask("https://evil.com", "HEAD"),
        "OPTIONS /b-one/k as nobody\nOrigin: https://ex.com".to_owned(),
        "OPTIONS /b-one/k as nobody\nAccess-Control-Request-Method: GET".to_owned(),
        "OPTIONS /none/k as nobody\nOrigin: https://ex.com\nAccess-Control-Request-Method: GET".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        OPTIONS /b-one/k as nobody | Origin: https://ex.com | Access-Control-Request-Method: GET → 200
        OPTIONS /b-one/k as nobody | Origin: https://ex.com | Access-Control-Request-Method: DELETE → 403 AccessDenied
        OPTIONS /b-one/k as nobody | Origin: https://ex.com | Access-Control-Request-Method: HEAD → 403 AccessDenied
        OPTIONS /b-one/k as nobody | Origin: https://evil.com | Access-Control-Request-Method: GET → 403 AccessDenied
        OPTIONS /b-one/k as nobody | Origin: https://evil.com | Access-Control-Request-Method: HEAD → 200
        OPTIONS /b-one/k as nobody | Origin: https://ex.com → 400 InvalidArgument
        OPTIONS /b-one/k as nobody | Access-Control-Request-Method: GET → 400 InvalidArgument
        OPTIONS /none/k as nobody | Origin: https://ex.com | Access-Control-Request-Method: GET → 404 NoSuchBucket
    "#]],
    );
}

#[test]
fn answers_carry_what_the_page_may_see() {
    let server = with_rules();
    check(
        &server,
        "GET /b-one/k\nOrigin: https://ex.com",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        access-control-allow-methods: GET
        access-control-allow-origin: https://ex.com
        access-control-expose-headers: ETag
        access-control-max-age: 300
        content-length: 1
        content-type: binary/octet-stream
        etag: "9dd4e461268c8034f5c8564e155c67a6"
        last-modified: TIME
        vary: Origin
        x-rgw-object-type: Normal

        x
    "#]],
    );
    check(
        &server,
        "GET /b-one/k as B\nOrigin: https://evil.com",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 1
        content-type: binary/octet-stream
        etag: "9dd4e461268c8034f5c8564e155c67a6"
        last-modified: TIME
        x-rgw-object-type: Normal

        x
    "#]],
    );
    check(
        &server,
        "GET /b-one/none\nOrigin: https://ex.com",
        expect![[r#"
        404 Not Found
        accept-ranges: bytes
        access-control-allow-methods: GET
        access-control-allow-origin: https://ex.com
        access-control-expose-headers: ETag
        access-control-max-age: 300
        content-length: 229
        content-type: application/xml
        vary: Origin

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    check(
        &server,
        "HEAD /b-one/k as nobody\nOrigin: https://evil.com",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        access-control-allow-methods: HEAD
        access-control-allow-origin: *
        content-length: 1
        content-type: binary/octet-stream
        etag: "9dd4e461268c8034f5c8564e155c67a6"
        last-modified: TIME
        x-rgw-object-type: Normal
    "#]],
    );
}
