//! DELETE /bucket removes an empty Space.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn removes_an_empty_bucket() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    check(
        &server,
        "DELETE /b-one",
        expect![[r#"
        204 No Content
    "#]],
    );
    check_outcomes(
        &server,
        &["HEAD /b-one", "PUT /b-one as B"],
        expect![[r#"
        HEAD /b-one → 404
        PUT /b-one as B → 200
    "#]],
    );
}

#[test]
fn a_bucket_with_objects_stays() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    check(
        &server,
        "DELETE /b-one",
        expect![[r#"
        409 Conflict
        accept-ranges: bytes
        content-length: 234
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>BucketNotEmpty</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

#[test]
fn an_open_upload_does_not_hold_it() {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "POST /b-one/k?uploads"]);
    check_outcomes(
        &server,
        &["DELETE /b-one", "PUT /b-one", "GET /b-one?uploads"],
        expect![[r#"
        DELETE /b-one → 204
        PUT /b-one → 200
        GET /b-one?uploads → 200
    "#]],
    );
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let requests = [
        "DELETE /none",
        "DELETE /b-one as B",
        "DELETE /b-one as nobody",
        "DELETE / at b-one.nyc3.digitaloceanspaces.com",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        DELETE /none → 404 NoSuchBucket
        DELETE /b-one as B → 403 AccessDenied
        DELETE /b-one as nobody → 403 AccessDenied
        DELETE / at b-one.nyc3.digitaloceanspaces.com → 204
    "#]],
    );
}
