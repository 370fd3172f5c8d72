//! GET / lists the caller's Spaces.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn lists_the_callers_buckets_by_name() {
    let server = Server::start();
    server.prepare(&["PUT /zeta", "PUT /alpha", "PUT /others as B"]);
    check(
        &server,
        "GET /",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Buckets><Bucket><Name>alpha</Name><CreationDate>TIME</CreationDate></Bucket><Bucket><Name>zeta</Name><CreationDate>TIME</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>
    "#]],
    );
}

#[test]
fn an_account_without_buckets_gets_an_empty_list() {
    check(
        &Server::start(),
        "GET / as C",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>8000002</ID><DisplayName>8000002</DisplayName></Owner><Buckets></Buckets></ListAllMyBucketsResult>
    "#]],
    );
}

#[test]
fn nobody_is_refused_in_the_shape_of_the_front_proxy() {
    check(
        &Server::start(),
        "GET / as nobody",
        expect![[r#"
        403 Forbidden
        accept-ranges: bytes
        content-length: 131
        content-type: application/xml

        <Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Resource>/</Resource><RequestId>not available</RequestId></Error>
    "#]],
    );
}

#[test]
fn other_methods_are_not_allowed() {
    let requests = ["HEAD /", "PUT /", "POST /", "DELETE /", "OPTIONS / as nobody"];
    check_outcomes(
        &Server::start(),
        &requests,
        expect![[r#"
        HEAD / → 200
        PUT / → 405 MethodNotAllowed
        POST / → 405 MethodNotAllowed
        DELETE / → 405 MethodNotAllowed
        OPTIONS / as nobody → 405 MethodNotAllowed
    "#]],
    );
}
