//! POST /bucket?delete removes up to 1,000 objects.

use crate::server::Server;
use crate::support::{check, check_outcomes, outcome};
use expect_test::expect;

fn with_objects() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/a\n\nx", "PUT /b-one/b\n\nx"]);
    server
}

#[test]
fn removes_what_is_named_and_reports_it() {
    let server = with_objects();
    check(
        &server,
        "POST /b-one?delete\n\n<Delete><Object><Key>a</Key></Object><Object><Key>none</Key></Object></Delete>",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Deleted><Key>none</Key></Deleted><Deleted><Key>a</Key></Deleted></DeleteResult>
    "#]],
    );
    check_outcomes(
        &server,
        &["HEAD /b-one/a", "HEAD /b-one/b"],
        expect![[r#"
        HEAD /b-one/a → 404
        HEAD /b-one/b → 200
    "#]],
    );
}

#[test]
fn quiet_reports_only_errors() {
    let server = with_objects();
    check(
        &server,
        "POST /b-one?delete\n\n<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></DeleteResult>
    "#]],
    );
}

#[test]
fn keys_are_unescaped_and_escaped_again() {
    let server = with_objects();
    server.prepare(&["PUT /b-one/a%26b%3Cc%20%C3%A9\n\nx"]);
    check(
        &server,
        "POST /b-one?delete\n\n<Delete><Object><Key>a&amp;b&lt;c é</Key></Object></Delete>",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Deleted><Key>a&amp;b&lt;c é</Key></Deleted></DeleteResult>
    "#]],
    );
    check_outcomes(
        &server,
        &["HEAD /b-one/a%26b%3Cc%20%C3%A9"],
        expect![[r#"
        HEAD /b-one/a%26b%3Cc%20%C3%A9 → 404
    "#]],
    );
}

#[test]
fn a_thousand_are_the_most() {
    let server = with_objects();
    let keys = |count: usize| (0..count).map(|i| format!("<Object><Key>k{i}</Key></Object>")).collect::<String>();
    assert_eq!(outcome(&server.send(&format!("POST /b-one?delete\n\n<Delete>{}</Delete>", keys(1_000)))), "200");
    let answer = server.send(&format!("POST /b-one?delete\n\n<Delete>{}</Delete>", keys(1_001)));
    expect![[r#"
        400 Bad Request
        content-length: 0
    "#]]
    .assert_eq(&crate::support::shown(&answer));
}

#[test]
fn refusals() {
    let server = with_objects();
    let requests = [
        "POST /b-one?delete\n\n<Delete><Object>",
        "POST /b-one?delete",
        "POST /b-one?delete\n\n<Delete></Delete>",
        "POST /none?delete\n\n<Delete><Object><Key>a</Key></Object></Delete>",
        "POST /b-one?delete as nobody\n\n<Delete><Object><Key>a</Key></Object></Delete>",
        "HEAD /b-one/a",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        POST /b-one?delete |  | <Delete><Object> → 400
        POST /b-one?delete → 400
        POST /b-one?delete |  | <Delete></Delete> → 200
        POST /none?delete |  | <Delete><Object><Key>a</Key></Object></Delete> → 404 NoSuchBucket
        POST /b-one?delete as nobody |  | <Delete><Object><Key>a</Key></Object></Delete> → 403 AccessDenied
        HEAD /b-one/a → 200
    "#]],
    );
    check(
        &server,
        "POST /b-one?delete as B\n\n<Delete><Object><Key>a</Key></Object></Delete>",
        expect![[r#"
        403 Forbidden
        accept-ranges: bytes
        content-length: 232
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}
