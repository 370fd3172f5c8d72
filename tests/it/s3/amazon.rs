//! The trunk of profile `aws`: what Amazon S3 documents and neither RGW nor Spaces does.

use crate::server::Server;
use crate::sign::{self, Scope, Signed};
use crate::support::{Call, check, check_outcomes, key, outcome};
use crate::wire::Answer;
use expect_test::expect;
use spacelet::Profile;
use std::fmt::Write as _;

pub(super) fn amazon() -> Server {
    let server = Server::start_with(|settings| {
        settings.profile = Profile::AWS;
        settings.limits.part_bytes_min = 1;
    });
    server.prepare(&["PUT /b-one"]);
    server
}

#[test]
fn conditional_writes_are_judged() {
    let server = amazon();
    check_outcomes(
        &server,
        &[
            "PUT /b-one/k\nIf-Match: *",
            "PUT /b-one/k\nIf-None-Match: *\n\na",
            "PUT /b-one/k\nIf-None-Match: *\n\nb",
            "PUT /b-one/k\nIf-Match: \"0cc175b9c0f1b6a831c399e269772661\"\n\nb",
            "PUT /b-one/k\nIf-Match: \"0cc175b9c0f1b6a831c399e269772661\"\n\nc",
            "PUT /b-one/copy\nx-amz-copy-source: b-one/k\nIf-None-Match: *",
            "PUT /b-one/copy\nx-amz-copy-source: b-one/k\nIf-None-Match: *",
            "PUT /b-one/k\nIf-Match: *\nIf-None-Match: *\n\nc",
            "DELETE /b-one/k\nIf-Match: \"wrong\"",
            "DELETE /b-one/k\nIf-Match: \"92eb5ffee6ae2fec3ad71c777531578f\"",
            "DELETE /b-one/k\nIf-Match: *",
            "POST /b-one?delete\n\n<Delete><Object><Key>copy</Key><ETag>wrong</ETag></Object></Delete>",
        ],
        expect![[r#"
            PUT /b-one/k | If-Match: * → 404 NoSuchKey
            PUT /b-one/k | If-None-Match: * |  | a → 200
            PUT /b-one/k | If-None-Match: * |  | b → 412 PreconditionFailed
            PUT /b-one/k | If-Match: "0cc175b9c0f1b6a831c399e269772661" |  | b → 200
            PUT /b-one/k | If-Match: "0cc175b9c0f1b6a831c399e269772661" |  | c → 412 PreconditionFailed
            PUT /b-one/copy | x-amz-copy-source: b-one/k | If-None-Match: * → 200
            PUT /b-one/copy | x-amz-copy-source: b-one/k | If-None-Match: * → 412 PreconditionFailed
            PUT /b-one/k | If-Match: * | If-None-Match: * |  | c → 501 NotImplemented
            DELETE /b-one/k | If-Match: "wrong" → 412 PreconditionFailed
            DELETE /b-one/k | If-Match: "92eb5ffee6ae2fec3ad71c777531578f" → 204
            DELETE /b-one/k | If-Match: * → 404 NoSuchKey
            POST /b-one?delete |  | <Delete><Object><Key>copy</Key><ETag>wrong</ETag></Object></Delete> → 200 PreconditionFailed
        "#]],
    );
    check(
        &server,
        "PUT /b-one/k\nIf-Match: \"a\"\nIf-None-Match: *\n\nc",
        expect![[r#"
        501 Not Implemented
        content-length: 464
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is not implemented</Message><Header>If-Match,If-None-Match</Header><additionalMessage>Multiple conditional request headers present in the request</additionalMessage><Resource>/b-one/k</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

/// What copies and CompleteMultipartUpload answer has its ETag in quotes; parts are named once and in order, and one that
/// is missing is named in turn.
#[test]
fn answers_of_copies_and_completions() {
    let server = amazon();
    server.prepare(&["PUT /b-one/k\n\nhello"]);
    let quoted = Some("&quot;5d41402abc4b2a76b9719d911017c592&quot;");
    let etag = |answer: &Answer| Some(answer.text().split_once("<ETag>")?.1.split_once("</ETag>")?.0.to_owned());
    let copied = server.send("PUT /b-one/copy\nx-amz-copy-source: b-one/k");
    assert_eq!(etag(&copied).as_deref(), quoted);
    let id = server.send("POST /b-one/m?uploads").xml("UploadId").unwrap();
    let part = server.send(&format!("PUT /b-one/m?partNumber=1&uploadId={id}\nx-amz-copy-source: b-one/k"));
    assert_eq!(etag(&part).as_deref(), quoted);
    let named = |number: u32, etag: &str| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    let complete = |parts: &str| {
        let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        server.send(&format!("POST /b-one/m?uploadId={id}\n\n{document}"))
    };
    let first = named(1, "5d41402abc4b2a76b9719d911017c592");
    let later = named(2, "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(outcome(&complete(&format!("{later}{first}"))), "400 InvalidPartOrder");
    let missing = complete(&format!("{first}{}", named(2, "\"0cc175b9c0f1b6a831c399e269772661\"")));
    assert_eq!(outcome(&missing), "400 InvalidPart");
    let said = ["UploadId", "PartNumber", "ETag"].map(|name| missing.xml(name).unwrap_or_default());
    assert_eq!(said, [id.as_str(), "2", "0cc175b9c0f1b6a831c399e269772661"].map(str::to_owned));
    assert!(etag(&complete(&first)).is_some_and(|etag| etag.starts_with("&quot;") && etag.ends_with("-1&quot;")));
}

/// A copy whose source is missing says so of the source.
#[test]
fn a_missing_source_is_named() {
    let server = amazon();
    server.prepare(&[
        "PUT /b-one?versioning\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        "PUT /b-one/k\n\nx",
    ]);
    let gone = server.send("DELETE /b-one/k").header("x-amz-version-id").unwrap().to_owned();
    let mut shown = String::new();
    let none = "A".repeat(gone.len());
    for source in [
        "b-none/k".to_owned(),
        "b-one/none".to_owned(),
        format!("b-one/k?versionId={none}"),
        format!("b-one/k?versionId={gone}"),
    ] {
        let answer = server.send(&format!("PUT /b-one/copy\nx-amz-copy-source: {source}"));
        let said: Vec<String> = ["BucketName", "Key", "VersionId", "Resource"]
            .iter()
            .filter_map(|name| Some(format!("{name} {}", answer.xml(name)?)))
            .collect();
        writeln!(shown, "{}: {}", outcome(&answer), said.join(", ").replace(&none, "NONE")).unwrap();
    }
    expect![[r#"
        404 NoSuchBucket: BucketName b-none, Resource /b-none/k
        404 NoSuchKey: Key none, Resource /b-one/none
        404 NoSuchVersion: Key k, VersionId NONE, Resource /b-one/k
        400 InvalidRequest: Resource /b-one/copy
    "#]]
    .assert_eq(&shown);
}

#[test]
fn checksums_are_kept_and_shown_when_asked_for() {
    let server = amazon();
    check(
        &server,
        "PUT /b-one/k\nx-amz-checksum-crc32: DUoRhQ==\n\nhello world",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 0
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        x-amz-checksum-crc32: DUoRhQ==
        x-amz-checksum-type: FULL_OBJECT
    "#]],
    );
    check(
        &server,
        "HEAD /b-one/k",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 11
        content-type: binary/octet-stream
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        last-modified: TIME
    "#]],
    );
    check(
        &server,
        "HEAD /b-one/k\nx-amz-checksum-mode: ENABLED",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 11
        content-type: binary/octet-stream
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        last-modified: TIME
        x-amz-checksum-crc32: DUoRhQ==
        x-amz-checksum-type: FULL_OBJECT
    "#]],
    );
    check(
        &server,
        "PUT /b-one/by-itself\n\nhello world",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 0
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        x-amz-checksum-crc64nvme: jSnVw/bqjr4=
        x-amz-checksum-type: FULL_OBJECT
    "#]],
    );
    check(
        &server,
        "GET /b-one/k?attributes\nx-amz-object-attributes: ETag,Checksum,ObjectParts,StorageClass,ObjectSize",
        expect![[r#"
            200 OK
            content-length: 354
            content-type: application/xml
            last-modified: TIME

            <?xml version="1.0" encoding="UTF-8"?><GetObjectAttributesResponse xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ETag>5eb63bbbe01eeed093cb22bb8f5acdc3</ETag><Checksum><ChecksumCRC32>DUoRhQ==</ChecksumCRC32><ChecksumType>FULL_OBJECT</ChecksumType></Checksum><StorageClass>STANDARD</StorageClass><ObjectSize>11</ObjectSize></GetObjectAttributesResponse>
        "#]],
    );
    check(
        &server,
        "GET /b-one?list-type=2&prefix=k",
        expect![[r#"
            200 OK
            content-type: application/xml
            transfer-encoding: chunked
            x-amz-bucket-region: us-east-1

            <?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b-one</Name><Prefix>k</Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>k</Key><LastModified>TIME</LastModified><ETag>&quot;5eb63bbbe01eeed093cb22bb8f5acdc3&quot;</ETag><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>11</Size><StorageClass>STANDARD</StorageClass></Contents><KeyCount>1</KeyCount></ListBucketResult>
        "#]],
    );
    check_outcomes(
        &server,
        &[
            "PUT /b-one/k\nx-amz-checksum-crc32: AAAAAA==\n\nhello world",
            "PUT /b-one/k?x-amz-checksum-crc32=AAAAAA==\n\nhello world",
            "PUT /b-one/k\nx-amz-sdk-checksum-algorithm: CRC32\n\nhello world",
            "GET /b-one/k?attributes",
            "GET /b-one/k?attributes\nx-amz-object-attributes: Colour",
            "GET /b-one/none?attributes\nx-amz-object-attributes: ETag",
            "GET /b-one/k?attributes as B\nx-amz-object-attributes: ETag",
            "GET /b-one/k?attributes as nobody\nx-amz-object-attributes: ETag",
        ],
        expect![[r#"
            PUT /b-one/k | x-amz-checksum-crc32: AAAAAA== |  | hello world → 400 BadDigest
            PUT /b-one/k?x-amz-checksum-crc32=AAAAAA== |  | hello world → 200
            PUT /b-one/k | x-amz-sdk-checksum-algorithm: CRC32 |  | hello world → 400 InvalidRequest
            GET /b-one/k?attributes → 400 InvalidArgument
            GET /b-one/k?attributes | x-amz-object-attributes: Colour → 400 InvalidArgument
            GET /b-one/none?attributes | x-amz-object-attributes: ETag → 404 NoSuchKey
            GET /b-one/k?attributes as B | x-amz-object-attributes: ETag → 403 AccessDenied
            GET /b-one/k?attributes as nobody | x-amz-object-attributes: ETag → 403 AccessDenied
        "#]],
    );
}

/// Begins an upload with that head, sends `hello ` and `world` with the heads of `parts`, and completes it.
fn upload(server: &Server, head: &str, parts: [&str; 2], named: [&str; 2], completion: &str) -> String {
    let id = server.send(&format!("POST /b-one/m?uploads{head}")).xml("UploadId").unwrap_or_default();
    let mut document = String::from("<CompleteMultipartUpload>");
    for (number, (body, (head, named))) in (1..).zip(["hello ", "world"].into_iter().zip(parts.into_iter().zip(named)))
    {
        let answer = server.send(&format!("PUT /b-one/m?partNumber={number}&uploadId={id}{head}\n\n{body}"));
        if answer.status != 200 {
            return outcome(&answer);
        }
        let etag = answer.header("etag").unwrap_or_default().to_owned();
        document += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag>{named}</Part>");
    }
    document += "</CompleteMultipartUpload>";
    let answer = server.send(&format!("POST /b-one/m?uploadId={id}{completion}\n\n{document}"));
    let said = |name: &str| answer.xml(name).unwrap_or_default();
    let checksum = format!("{}{}", said("ChecksumCRC32"), said("ChecksumCRC64NVME"));
    format!("{} {checksum} {}", outcome(&answer), said("ChecksumType"))
}

#[test]
fn parts_make_composite_and_whole_checksums() {
    let server = amazon();
    let crc32 = "\nx-amz-checksum-algorithm: CRC32";
    let sent = ["\nx-amz-checksum-crc32: 7YH59g==", "\nx-amz-checksum-crc32: OncRQw=="];
    let named = ["<ChecksumCRC32>7YH59g==</ChecksumCRC32>", "<ChecksumCRC32>OncRQw==</ChecksumCRC32>"];
    let whole = "\nx-amz-checksum-algorithm: CRC32\nx-amz-checksum-type: FULL_OBJECT";
    let mut lines = String::new();
    for (what, answer) in [
        ("composite", upload(&server, crc32, sent, named, "")),
        ("composite, a part's missing", upload(&server, crc32, sent, [named[0], ""], "")),
        ("composite, part sent without", upload(&server, crc32, ["", ""], named, "")),
        (
            "composite, another algorithm",
            upload(&server, crc32, ["\nx-amz-checksum-sha1: 6Wbb9QnhZNiWz0yHXVX2bXbsmh8=", ""], named, ""),
        ),
        ("composite, another final one", upload(&server, crc32, sent, named, "\nx-amz-checksum-crc32: AAAAAA==-2")),
        ("whole, final one right", upload(&server, whole, sent, named, "\nx-amz-checksum-crc32: DUoRhQ==")),
        ("whole, parts sent without", upload(&server, whole, ["", ""], ["", ""], "")),
        ("by itself", upload(&server, "", sent, ["", ""], "")),
        ("another length", upload(&server, "", ["", ""], ["", ""], "\nx-amz-mp-object-size: 12")),
        ("that length", upload(&server, "", ["", ""], ["", ""], "\nx-amz-mp-object-size: 11")),
    ] {
        lines += &format!("{what}: {answer}\n");
    }
    expect![[r#"
        composite: 200 1Fu2mQ==-2 COMPOSITE
        composite, a part's missing: 400 InvalidRequest  
        composite, part sent without: 400 InvalidRequest
        composite, another algorithm: 400 InvalidRequest
        composite, another final one: 400 BadDigest  
        whole, final one right: 200 DUoRhQ== FULL_OBJECT
        whole, parts sent without: 200 DUoRhQ== FULL_OBJECT
        by itself: 200 jSnVw/bqjr4= FULL_OBJECT
        another length: 400 InvalidRequest  
        that length: 200 jSnVw/bqjr4= FULL_OBJECT
    "#]]
    .assert_eq(&lines);
}

#[test]
fn a_part_is_read_alone() {
    let server = amazon();
    upload(&server, "", ["", ""], ["", ""], "");
    check(
        &server,
        "GET /b-one/m?partNumber=2\nx-amz-checksum-mode: ENABLED",
        expect![[r#"
        206 Partial Content
        accept-ranges: bytes
        content-length: 5
        content-range: bytes 6-10/11
        content-type: binary/octet-stream
        etag: "e09e4fd6265b36115fe3db32df945d84-2"
        last-modified: TIME
        x-amz-checksum-crc64nvme: NKb0GPs3WL8=
        x-amz-checksum-type: FULL_OBJECT
        x-amz-mp-parts-count: 2

        world
    "#]],
    );
    check(
        &server,
        "GET /b-one/m?attributes\nx-amz-object-attributes: ObjectParts\nx-amz-max-parts: 1",
        expect![[r#"
        200 OK
        content-length: 439
        content-type: application/xml
        last-modified: TIME

        <?xml version="1.0" encoding="UTF-8"?><GetObjectAttributesResponse xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ObjectParts><PartsCount>2</PartsCount><PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>1</NextPartNumberMarker><MaxParts>1</MaxParts><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber><Size>6</Size><ChecksumCRC64NVME>w0MIGLRZZYI=</ChecksumCRC64NVME></Part></ObjectParts></GetObjectAttributesResponse>
    "#]],
    );
    server.prepare(&["PUT /b-one/copy\nx-amz-copy-source: b-one/m"]);
    check(
        &server,
        "HEAD /b-one/copy\nx-amz-checksum-mode: ENABLED",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 11
        content-type: binary/octet-stream
        etag: "5eb63bbbe01eeed093cb22bb8f5acdc3"
        last-modified: TIME
        x-amz-checksum-crc64nvme: jSnVw/bqjr4=
        x-amz-checksum-type: FULL_OBJECT
    "#]],
    );
    check_outcomes(
        &server,
        &[
            "GET /b-one/m?partNumber=3",
            "GET /b-one/m?partNumber=0",
            "GET /b-one/copy?partNumber=1",
            "GET /b-one/copy?partNumber=2",
            "GET /b-one/m?partNumber=1\nRange: bytes=0-1",
        ],
        expect![[r#"
            GET /b-one/m?partNumber=3 → 400 InvalidPart
            GET /b-one/m?partNumber=0 → 400 InvalidArgument
            GET /b-one/copy?partNumber=1 → 206
            GET /b-one/copy?partNumber=2 → 400 InvalidPart
            GET /b-one/m?partNumber=1 | Range: bytes=0-1 → 400 InvalidRequest
        "#]],
    );
}

#[test]
fn refusals_have_amazons_bodies() {
    let server = amazon();
    server.prepare(&[
        "PUT /b-one?versioning\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        "PUT /b-one/k\n\na",
    ]);
    check(
        &server,
        "GET /b-one/none",
        expect![[r#"
        404 Not Found
        content-length: 306
        content-type: application/xml
        x-amz-delete-marker: false

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>none</Key><Resource>/b-one/none</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    check(
        &server,
        "GET /b-one/k?versionId=none",
        expect![[r#"
        404 Not Found
        content-length: 373
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchVersion</Code><Message>The version ID specified in the request does not match an existing version.</Message><Key>k</Key><VersionId>none</VersionId><Resource>/b-one/k</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    check(
        &server,
        "GET /b-one/k\nRange: bytes=5-",
        expect![[r#"
        416 Range Not Satisfiable
        content-length: 377
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidRange</Code><Message>The requested range cannot be satisfied.</Message><RangeRequested>bytes=5-</RangeRequested><ActualObjectSize>1</ActualObjectSize><Resource>/b-one/k</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
    let marker = server.send("DELETE /b-one/k");
    let marker = marker.header("x-amz-version-id").unwrap_or_default().to_owned();
    for (request, status) in [
        ("GET /b-one/k".to_owned(), "404 NoSuchKey"),
        (format!("GET /b-one/k?versionId={marker}"), "405 MethodNotAllowed"),
    ] {
        let answer = Call::new(&request).send(&server);
        assert_eq!(outcome(&answer), status);
        assert_eq!(answer.header("x-amz-delete-marker"), Some("true"));
        assert_eq!(answer.header("x-amz-version-id"), Some(marker.as_str()));
    }
}

#[test]
fn regions_and_new_buckets() {
    let server = amazon();
    let constraint = |region: &str| {
        format!(
            "<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
        )
    };
    let requests = [
        "PUT /b-one".to_owned(),
        "PUT /b-one as B".to_owned(),
        format!("PUT /b-two\n\n{}", constraint("eu-west-1")),
        format!("PUT /b-two\n\n{}", constraint("nyc3")),
        "PUT /b-two\n\n<CreateBucketConfiguration>".to_owned(),
        "GET /b-two?location".to_owned(),
        "GET /b-one\nx-amz-expected-bucket-owner: 7000001".to_owned(),
        "GET /b-one\nx-amz-expected-bucket-owner: 6174283".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests.each_ref().map(String::as_str),
        expect![[r#"
        PUT /b-one → 200
        PUT /b-one as B → 409 BucketAlreadyExists
        PUT /b-two |  | <CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration> → 200
        PUT /b-two |  | <CreateBucketConfiguration><LocationConstraint>nyc3</LocationConstraint></CreateBucketConfiguration> → 409 BucketAlreadyOwnedByYou
        PUT /b-two |  | <CreateBucketConfiguration> → 400 MalformedXML
        GET /b-two?location → 400 AuthorizationHeaderMalformed
        GET /b-one | x-amz-expected-bucket-owner: 7000001 → 403 AccessDenied
        GET /b-one | x-amz-expected-bucket-owner: 6174283 → 200
    "#]],
    );
    check(
        &server,
        "HEAD /b-one",
        expect![[r#"
            200 OK
            content-length: 0
            x-amz-access-point-alias: false
            x-amz-bucket-region: us-east-1
        "#]],
    );
    check(
        &server,
        "GET /?max-buckets=1",
        expect![[r#"
        200 OK
        content-type: application/xml
        transfer-encoding: chunked

        <?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>6174283</ID><DisplayName>6174283</DisplayName></Owner><Buckets><Bucket><Name>b-one</Name><CreationDate>TIME</CreationDate><BucketRegion>us-east-1</BucketRegion></Bucket></Buckets><ContinuationToken>MTpiLW9uZQ</ContinuationToken></ListAllMyBucketsResult>
    "#]],
    );
    check_outcomes(
        &server,
        &[
            "GET /?max-buckets=0",
            "GET /?continuation-token=b-one",
            "GET /?continuation-token=MTpiLW9uZQ&prefix=b&bucket-region=nyc3",
            "GET /b-one?list-type=2&continuation-token=k",
        ],
        expect![[r#"
            GET /?max-buckets=0 → 400 InvalidArgument
            GET /?continuation-token=b-one → 400 InvalidArgument
            GET /?continuation-token=MTpiLW9uZQ&prefix=b&bucket-region=nyc3 → 200
            GET /b-one?list-type=2&continuation-token=k → 400 InvalidArgument
        "#]],
    );
}

/// Names and values of user metadata have 2 KiB together (S3 user guide, "User-defined object metadata").
#[test]
fn user_metadata_has_a_size() {
    let server = amazon();
    let metadata = |bytes: usize| format!("x-amz-meta-name: {}", "v".repeat(bytes - "name".len()));
    let put = |bytes| server.send(&format!("PUT /b-one/k\n{}\nx-amz-meta-a: b\n\nx", metadata(bytes)));
    assert_eq!(outcome(&put(2_046)), "200");
    let refused = put(2_047);
    assert_eq!(outcome(&refused), "400 MetadataTooLarge");
    assert_eq!(
        (refused.xml("Size").as_deref(), refused.xml("MaxSizeAllowed").as_deref()),
        (Some("2049"), Some("2048"))
    );
    for request in [
        "POST /b-one/m?uploads".to_owned(),
        "PUT /b-one/copy\nx-amz-copy-source: b-one/k\nx-amz-metadata-directive: REPLACE".to_owned(),
    ] {
        let answer = server.send(&format!("{request}\n{}", metadata(2_049)));
        assert_eq!(outcome(&answer), "400 MetadataTooLarge", "{request}");
    }
    let spaces = Server::start();
    spaces.prepare(&["PUT /b-one", &format!("PUT /b-one/k\n{}\n\nx", metadata(3_000))]);
}

/// Every `x-amz-*` header must be signed, but for the one that says how the body is.
#[test]
fn unsigned_headers_are_named() {
    let server = amazon();
    let (host, scope) = (server.address().to_string(), Scope::now(0));
    let names = ["host", "x-amz-date"].map(str::to_owned);
    let mut headers: Vec<(String, String)> =
        [("Host", host.as_str()), ("x-amz-date", &scope.amz_date()), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    let send = |headers: &[(String, String)]| {
        let (method, path, query) = ("PUT", "/b-one/k", "");
        let signed = Signed { method, path, query, headers, names: Some(&names), payload_hash: "UNSIGNED-PAYLOAD" };
        let authorization = sign::authorization(&key("A"), &scope, &sign::v4(&key("A"), &scope, &signed));
        let call = headers[1..].iter().fold(Call::new("PUT /b-one/k").by(None), |call, (n, v)| call.header(n, v));
        call.header("Authorization", &authorization).send(&server)
    };
    assert_eq!(send(&headers).status, 200);
    headers.extend([("x-amz-acl", "private"), ("x-amz-meta-a", "1")].map(|(n, v)| (n.to_owned(), v.to_owned())));
    let refused = send(&headers);
    assert_eq!(outcome(&refused), "403 AccessDenied");
    assert_eq!(
        refused.xml("Message").as_deref(),
        Some("There were headers present in the request which were not signed")
    );
    assert_eq!(refused.xml("HeadersNotSigned").as_deref(), Some("x-amz-acl, x-amz-meta-a"));
}

/// `encoding-type` counts for all that ListMultipartUploads names.
#[test]
fn listed_uploads_are_encoded() {
    let server = amazon();
    server.prepare(&["POST /b-one/a%20b/c?uploads", "POST /b-one/d%20e?uploads"]);
    let listed = server.send("GET /b-one?uploads&encoding-type=url&delimiter=/&key-marker=%20");
    let said = ["EncodingType", "KeyMarker", "NextKeyMarker", "Delimiter", "Key"].map(|name| listed.xml(name));
    assert_eq!(said.map(Option::unwrap_or_default), ["url", "%20", "d%20e", "/", "d%20e"].map(str::to_owned));
    assert!(listed.text().contains("<CommonPrefixes><Prefix>a%20b/</Prefix></CommonPrefixes>"), "{}", listed.text());
    let id = server.send("POST /b-one/m%20n?uploads").xml("UploadId").unwrap();
    let etag = server.send(&format!("PUT /b-one/m%20n?partNumber=1&uploadId={id}\n\nx"));
    let etag = etag.header("etag").unwrap();
    let part = format!("<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>");
    let document = format!("<CompleteMultipartUpload>{part}</CompleteMultipartUpload>");
    let completed = server.send(&format!("POST /b-one/m%20n?uploadId={id}\n\n{document}"));
    let url = format!("http://{}/b-one/m%20n", server.address());
    assert_eq!(completed.xml("Location"), Some(url));
}

/// Who began an upload and the bucket's owner list its parts and give it up; others need the policy, whatever they may
/// write.
#[test]
fn uploads_are_their_initiators() {
    let server = amazon();
    server.prepare(&["PUT /b-one?acl\nx-amz-acl: public-read-write"]);
    let begin = |who: &str| server.send(&format!("POST /b-one/m?uploads as {who}")).xml("UploadId").unwrap();
    let (mine, theirs) = (begin("A"), begin("B"));
    let by =
        |method: &str, id: &str, who: &str| outcome(&server.send(&format!("{method} /b-one/m?uploadId={id} as {who}")));
    for (who, of_mine, of_theirs) in
        [("A", "200", "200"), ("B", "403 AccessDenied", "200"), ("C", "403 AccessDenied", "403 AccessDenied")]
    {
        assert_eq!((by("GET", &mine, who).as_str(), by("GET", &theirs, who).as_str()), (of_mine, of_theirs), "{who}");
    }
    assert_eq!(by("DELETE", &mine, "B"), "403 AccessDenied");
    assert_eq!(by("DELETE", &theirs, "nobody"), "403 AccessDenied");
    server.prepare(&["PUT /b-one?policy\n\n{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"8000002\"},\"Action\":\"s3:AbortMultipartUpload\",\"Resource\":\"arn:aws:s3:::b-one/*\"}]}"]);
    assert_eq!(by("DELETE", &mine, "C"), "204");
    assert_eq!(by("DELETE", &theirs, "B"), "204");
    assert_eq!(by("DELETE", &theirs, "A"), "404 NoSuchUpload");
}
