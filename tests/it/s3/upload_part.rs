//! PUT /bucket/key?partNumber=&uploadId= stores a part.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;

#[test]
fn stores_a_part_and_replaces_one() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let id = super::upload(&server, "POST /b-one/k?uploads");
    check(
        &server,
        &format!("PUT /b-one/k?partNumber=1&uploadId={id}\n\nhello"),
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 0
        etag: "5d41402abc4b2a76b9719d911017c592"
    "#]],
    );
    server.prepare(&[&format!("PUT /b-one/k?partNumber=1&uploadId={id}\n\nworld!")]);
    check(
        &server,
        &format!("GET /b-one/k?uploadId={id}"),
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b-one</Bucket><Key>k</Key><UploadId>UPLOAD</UploadId><StorageClass>STANDARD</StorageClass><PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>1</NextPartNumberMarker><MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated><Owner><ID></ID><DisplayName></DisplayName></Owner><Part><LastModified>TIME</LastModified><PartNumber>1</PartNumber><ETag>&quot;08cf82251c975a5e9734699fadf5e9c0&quot;</ETag><Size>6</Size></Part></ListPartsResult>
    "#]],
    );
}

#[test]
fn part_numbers() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let id = super::upload(&server, "POST /b-one/k?uploads");
    let mut seen = String::new();
    for number in ["1", "10000", "0", "10001", "-1", "abc", ""] {
        let answer = server.send(&format!("PUT /b-one/k?partNumber={number}&uploadId={id}\n\nx"));
        seen += &format!("{number}: {}\n", crate::support::outcome(&answer));
    }
    expect![[r#"
        1: 200
        10000: 200
        0: 400 InvalidArgument
        10001: 400 InvalidArgument
        -1: 400 InvalidArgument
        abc: 400 InvalidArgument
        : 400 InvalidArgument
    "#]]
    .assert_eq(&seen);
}

#[test]
fn refusals() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let id = super::upload(&server, "POST /b-one/k?uploads");
    let to = |rest: &str| format!("PUT /b-one/k?partNumber=1&uploadId={id}{rest}");
    let requests = [
        "PUT /b-one/k?partNumber=1&uploadId=bogus\n\nx".to_owned(),
        format!("PUT /b-one/other?partNumber=1&uploadId={id}\n\nx"),
        format!("PUT /none/k?partNumber=1&uploadId={id}\n\nx"),
        to(" as B\n\nx"),
        to(" as nobody\n\nx"),
        to("\nContent-MD5: Je0by0I7C3IA9IX8X/ccjg==\n\nx"),
        to("\nContent-Length: 5368709121\nx-amz-content-sha256: UNSIGNED-PAYLOAD"),
    ];
    let outcomes: Vec<String> = requests.iter().map(|r| crate::support::outcome(&server.send(r))).collect();
    expect![[r#"
        404 NoSuchUpload
        404 NoSuchUpload
        404 NoSuchBucket
        403 AccessDenied
        403 AccessDenied
        400 BadDigest
        400 EntityTooLarge"#]]
    .assert_eq(&outcomes.join("\n"));
    check_outcomes(
        &server,
        &["PUT /b-one/plain?partNumber=1&uploadId=\n\nx"],
        expect![[r#"
        PUT /b-one/plain?partNumber=1&uploadId= |  | x → 200
    "#]],
    );
}
