//! GET /bucket/key?uploadId= lists an upload's parts.

use crate::server::Server;
use crate::support::{check, check_outcomes, outcome};
use expect_test::expect;

#[test]
fn lists_parts_by_number_in_pages() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let id = super::upload(&server, "POST /b-one/k?uploads");
    check(
        &server,
        &format!("GET /b-one/k?uploadId={id}"),
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b-one</Bucket><Key>k</Key><UploadId>UPLOAD</UploadId><StorageClass>STANDARD</StorageClass><PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>0</NextPartNumberMarker><MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated><Owner><ID></ID><DisplayName></DisplayName></Owner></ListPartsResult>
    "#]],
    );
    for number in [3, 1, 2] {
        super::part(&server, "/b-one/k", &id, number, "hello");
    }
    check(
        &server,
        &format!("GET /b-one/k?uploadId={id}&max-parts=2"),
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b-one</Bucket><Key>k</Key><UploadId>UPLOAD</UploadId><StorageClass>STANDARD</StorageClass><PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>2</MaxParts><IsTruncated>true</IsTruncated><Owner><ID></ID><DisplayName></DisplayName></Owner><Part><LastModified>TIME</LastModified><PartNumber>1</PartNumber><ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag><Size>5</Size></Part><Part><LastModified>TIME</LastModified><PartNumber>2</PartNumber><ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag><Size>5</Size></Part></ListPartsResult>
    "#]],
    );
    check(
        &server,
        &format!("GET /b-one/k?uploadId={id}&part-number-marker=2"),
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b-one</Bucket><Key>k</Key><UploadId>UPLOAD</UploadId><StorageClass>STANDARD</StorageClass><PartNumberMarker>2</PartNumberMarker><NextPartNumberMarker>3</NextPartNumberMarker><MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated><Owner><ID></ID><DisplayName></DisplayName></Owner><Part><LastModified>TIME</LastModified><PartNumber>3</PartNumber><ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag><Size>5</Size></Part></ListPartsResult>
    "#]],
    );
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let id = super::upload(&server, "POST /b-one/k?uploads");
    let by = |who: &str| outcome(&server.send(&format!("GET /b-one/k?uploadId={id} as {who}")));
    assert_eq!((by("B").as_str(), by("nobody").as_str()), ("403 AccessDenied", "403 AccessDenied"));
    check_outcomes(
        &server,
        &["GET /b-one/k?uploadId=bogus", "GET /none/k?uploadId=bogus"],
        expect![[r#"
        GET /b-one/k?uploadId=bogus → 404 NoSuchUpload
        GET /none/k?uploadId=bogus → 404 NoSuchBucket
    "#]],
    );
}
