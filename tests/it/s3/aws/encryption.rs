//! Encryption with the service's keys, as it is reported.

use super::with_bucket;
use crate::server::Server;
use crate::support::check_outcomes;
use expect_test::expect;
use std::fmt::Write as _;

const KMS: &str = "\nx-amz-server-side-encryption: aws:kms\nx-amz-server-side-encryption-aws-kms-key-id: k1\nx-amz-server-side-encryption-bucket-key-enabled: true";
const DEFAULT: &str = "PUT /b-one?encryption\n\n<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k2</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";

/// The request's line and what its answer says of encryption.
fn told(server: &Server, request: &str, shown: &mut String) {
    let answer = server.send(request);
    let headers = ["", "-aws-kms-key-id", "-bucket-key-enabled"]
        .map(|tail| answer.header(&format!("x-amz-server-side-encryption{tail}")).unwrap_or("-"));
    let _ = writeln!(shown, "{} {}: {}", request.lines().next().unwrap(), answer.status, headers.join(" "));
}

#[test]
fn every_answer_tells() {
    let server = with_bucket();
    let mut shown = String::new();
    let mut tell = |request: &str| told(&server, request, &mut shown);
    tell("PUT /b-one/plain\n\nx");
    tell("PUT /b-one/aes\nx-amz-server-side-encryption: AES256\n\nx");
    tell(&format!("PUT /b-one/kms{KMS}\n\nx"));
    tell("GET /b-one/kms");
    tell("HEAD /b-one/kms");
    tell("PUT /b-one/copy\nx-amz-copy-source: b-one/kms");
    tell("PUT /b-one/copy\nx-amz-copy-source: b-one/plain\nx-amz-server-side-encryption: AES256");
    tell("HEAD /b-one/copy");
    server.prepare(&[DEFAULT]);
    tell("PUT /b-one/default\n\nx");
    tell("GET /b-one/default");
    tell("PUT /b-one/aes\nx-amz-server-side-encryption: AES256\n\nx");
    let upload = server.send("POST /b-one/big?uploads").xml("UploadId").unwrap();
    tell(&format!("PUT /b-one/big?partNumber=1&uploadId={upload}\n\nx"));
    tell(&format!("PUT /b-one/big?partNumber=2&uploadId={upload}\nx-amz-copy-source: b-one/aes"));
    let part = server.send(&format!("PUT /b-one/big?partNumber=1&uploadId={upload}\n\nx"));
    let parts = super::super::part_list(&[(1, part.header("etag").unwrap())]);
    tell(&format!("POST /b-one/big?uploadId={upload}\n\n{parts}"));
    tell("HEAD /b-one/big");
    expect![[r#"
        PUT /b-one/plain 200: - - -
        PUT /b-one/aes 200: AES256 - -
        PUT /b-one/kms 200: aws:kms k1 true
        GET /b-one/kms 200: aws:kms k1 true
        HEAD /b-one/kms 200: aws:kms k1 true
        PUT /b-one/copy 200: - - -
        PUT /b-one/copy 200: AES256 - -
        HEAD /b-one/copy 200: AES256 - -
        PUT /b-one/default 200: aws:kms k2 -
        GET /b-one/default 200: aws:kms k2 -
        PUT /b-one/aes 200: AES256 - -
        PUT /b-one/big?partNumber=1&uploadId=UPLOAD 200: aws:kms k2 -
        PUT /b-one/big?partNumber=2&uploadId=UPLOAD 200: aws:kms k2 -
        POST /b-one/big?uploadId=UPLOAD 200: aws:kms k2 -
        HEAD /b-one/big 200: aws:kms k2 -
    "#]]
    .assert_eq(&shown.replace(&upload, "UPLOAD"));
}

#[test]
fn what_is_refused() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\n\nx"]);
    let requests = [
        "PUT /b-one/k\nx-amz-server-side-encryption: AES192\n\nx".to_owned(),
        "PUT /b-one/k\nx-amz-server-side-encryption-aws-kms-key-id: k\n\nx".to_owned(),
        "PUT /b-one/k\nx-amz-server-side-encryption: AES256\nx-amz-server-side-encryption-aws-kms-key-id: k\n\nx"
            .to_owned(),
        "GET /b-one/k\nx-amz-server-side-encryption: AES256".to_owned(),
        "HEAD /b-one/k\nx-amz-server-side-encryption: aws:kms".to_owned(),
        "POST /b-one/k?uploads\nx-amz-server-side-encryption: AES".to_owned(),
        "PUT /b-one/k\nx-amz-server-side-encryption: aws:kms\n\nx".to_owned(),
        "PUT /b-one/k\nx-amz-copy-source: b-one/k".to_owned(),
        "PUT /b-one/k\nx-amz-copy-source: b-one/k\nx-amz-server-side-encryption: AES256".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
            PUT /b-one/k | x-amz-server-side-encryption: AES192 |  | x → 400 InvalidArgument
            PUT /b-one/k | x-amz-server-side-encryption-aws-kms-key-id: k |  | x → 400 InvalidArgument
            PUT /b-one/k | x-amz-server-side-encryption: AES256 | x-amz-server-side-encryption-aws-kms-key-id: k |  | x → 400 InvalidArgument
            GET /b-one/k | x-amz-server-side-encryption: AES256 → 400 InvalidArgument
            HEAD /b-one/k | x-amz-server-side-encryption: aws:kms → 400
            POST /b-one/k?uploads | x-amz-server-side-encryption: AES → 400 InvalidArgument
            PUT /b-one/k | x-amz-server-side-encryption: aws:kms |  | x → 200
            PUT /b-one/k | x-amz-copy-source: b-one/k → 400 InvalidRequest
            PUT /b-one/k | x-amz-copy-source: b-one/k | x-amz-server-side-encryption: AES256 → 200
        "#]],
    );
}
