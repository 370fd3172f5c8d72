//! DELETE /bucket/key?uploadId= gives an upload up.

use crate::server::Server;
use crate::support::{check, check_outcomes, outcome};
use expect_test::expect;

#[test]
fn forgets_the_upload() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let id = super::upload(&server, "POST /b-one/k?uploads");
    super::part(&server, "/b-one/k", &id, 1, "hello");
    check(
        &server,
        &format!("DELETE /b-one/k?uploadId={id}"),
        expect![[r#"
        204 No Content
    "#]],
    );
    check(
        &server,
        &format!("DELETE /b-one/k?uploadId={id}"),
        expect![[r#"
        404 Not Found
        accept-ranges: bytes
        content-length: 232
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchUpload</Code><Message></Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    assert_eq!(outcome(&server.send(&format!("PUT /b-one/k?partNumber=1&uploadId={id}\n\nx"))), "404 NoSuchUpload");
    check(
        &server,
        "GET /b-one?uploads",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b-one</Bucket><MaxUploads>1000</MaxUploads><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>
    "#]],
    );
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let id = super::upload(&server, "POST /b-one/k?uploads");
    let by = |who: &str| outcome(&server.send(&format!("DELETE /b-one/k?uploadId={id} as {who}")));
    assert_eq!((by("B").as_str(), by("nobody").as_str()), ("403 AccessDenied", "403 AccessDenied"));
    check_outcomes(
        &server,
        &["DELETE /b-one/k?uploadId=bogus", "DELETE /none/k?uploadId=bogus"],
        expect![[r#"
        DELETE /b-one/k?uploadId=bogus → 404 NoSuchUpload
        DELETE /none/k?uploadId=bogus → 404 NoSuchBucket
    "#]],
    );
}
