//! POST /bucket/key?uploads begins an upload in parts.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn begins_an_upload() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    check(
        &server,
        "POST /b-one/k?uploads",
        expect![[r#"
        200 OK
        content-length: 237
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><InitiateMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b-one</Bucket><Key>k</Key><UploadId>UPLOAD</UploadId></InitiateMultipartUploadResult>
    "#]],
    );
    check_outcomes(
        &server,
        &["GET /b-one/k", "GET /b-one?uploads"],
        expect![[r#"
        GET /b-one/k → 404 NoSuchKey
        GET /b-one?uploads → 200
    "#]],
    );
}

#[test]
fn what_it_is_told_comes_back_with_the_object() {
    let server = Server::start_with(|settings| settings.limits.part_bytes_min = 1);
    server.prepare(&["PUT /b-one"]);
    let id =
        super::upload(&server, "POST /b-one/k?uploads\nContent-Type: text/x\nx-amz-meta-a: 1\nx-amz-acl: public-read");
    let etag = super::part(&server, "/b-one/k", &id, 1, "hello");
    super::complete(&server, "/b-one/k", &id, &[(1, &etag)]);
    check(
        &server,
        "GET /b-one/k as nobody",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 5
        content-type: text/x
        etag: "62109206880d38a4010a98e11243924a-1"
        last-modified: TIME
        x-amz-meta-a: 1
        x-rgw-object-type: Normal

        hello
    "#]],
    );
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let requests = [
        "POST /none/k?uploads",
        "POST /b-one/k?uploads as B",
        "POST /b-one/k?uploads as nobody",
        "POST /b-one/k?uploads\nx-amz-acl: bogus",
        "POST /b-one/k?uploads\nx-amz-storage-class: GLACIER",
        "POST /k?uploads at b-one.nyc3.digitaloceanspaces.com",
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        POST /none/k?uploads → 404 NoSuchBucket
        POST /b-one/k?uploads as B → 403 AccessDenied
        POST /b-one/k?uploads as nobody → 403 AccessDenied
        POST /b-one/k?uploads | x-amz-acl: bogus → 400 InvalidArgument
        POST /b-one/k?uploads | x-amz-storage-class: GLACIER → 400 InvalidArgument
        POST /k?uploads at b-one.nyc3.digitaloceanspaces.com → 200
    "#]],
    );
}
