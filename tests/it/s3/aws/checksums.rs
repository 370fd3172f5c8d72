//! Amazon's newer checksums (S3 user guide, "Checking object integrity for data uploads"): SHA-512, MD5, xxHash. Of parts
//! they make a composite only.

use super::super::amazon::amazon;
use crate::server::Server;
use crate::support::{Call, check_outcomes, outcome};
use expect_test::expect;
use std::fmt::Write as _;

/// Word, digest of `hello world`, of `hello `, of `world`, and of those two digests.
const DIGESTS: [(&str, [&str; 4]); 5] = [
    (
        "SHA512",
        [
            "MJ7MSJwS1utMxA9QyQLytNDtd+5RGnx6m808qG1M2G+YndNbxf9JlnDaNCVbRbDP2DDoH2Bdz33FVC6TrpzXbw==",
            "MD8e5A5x/CIUk9bzPABuHJyJWgW6wZASBUIskBgXs+/lvkM0G8oxUB1meJmw/w9zgS9HrVcTojkODm5+pKhz8w==",
            "EYU99A9LK5GdOBX2R5LljQhmN2eklLy7OMCyOJ2RQLuxcCgbSoR753V73hLJzQBUzjZS0K06GgySurtpeYJG7g==",
            "C/HEc13zUZH9s4kBUK4WaZuRLMHXDX5OxDMVhb1l/Wn7H5Wkuh8nvXIQhoWYRHTF988UAluGd2CRQk1bfZRsNQ==",
        ],
    ),
    (
        "MD5",
        [
            "XrY7u+Ae7tCTyyK7j1rNww==",
            "+BSJN3e8wilf/wXwDlCNpg==",
            "fXkwN6B2AYZXSwKC8vQ15w==",
            "4J5P1iZbNhFf49sy35RdhA==",
        ],
    ),
    ("XXHASH64", ["RatnNLIeaWg=", "d7Tx56nhO9I=", "53j7/mbuUe8=", "xowRWwS+XBY="]),
    ("XXHASH3", ["1Eex6kDmmIs=", "bjM26rC1Qd4=", "1kdsJQg9ab4=", "mhT1UPoUOqw="]),
    (
        "XXHASH128",
        [
            "340J6T+HSQCpm4d1zBW2xw==",
            "1Le9xWLodEkPqkzZ2MTjxg==",
            "+g04qbOCgNCJHkmFvbJYPg==",
            "bSznqpX+v/X3mBJBSNfA6Q==",
        ],
    ),
];

/// In the head and as a trailer, kept, shown and listed; a wrong one is refused.
#[test]
fn newer_checksums_are_kept_and_shown() {
    let server = amazon();
    for (word, [whole, part, ..]) in DIGESTS {
        let name = format!("x-amz-checksum-{}", word.to_ascii_lowercase());
        let key = format!("/b-one/{word}");
        let kept = format!("HEAD {key}\nx-amz-checksum-mode: ENABLED");
        server.prepare(&[&format!("PUT {key}\n{name}: {whole}\nx-amz-sdk-checksum-algorithm: {word}\n\nhello world")]);
        assert_eq!(server.send(&kept).header(&name), Some(whole), "{word}");
        let refused = server.send(&format!("PUT {key}\n{name}: {part}\n\nhello world"));
        let text = format!("The {word} you specified did not match the calculated checksum.");
        assert_eq!((outcome(&refused).as_str(), refused.xml("Message")), ("400 BadDigest", Some(text)));
        let attributes = server.send(&format!("GET {key}?attributes\nx-amz-object-attributes: Checksum"));
        assert_eq!(attributes.xml(&format!("Checksum{word}")).as_deref(), Some(whole));
        let listed = server.send(&format!("GET /b-one?list-type=2&prefix={word}"));
        assert_eq!(listed.xml("ChecksumAlgorithm").as_deref(), Some(word));
        assert_eq!(outcome(&trailing(&server, &key, &name, part)), "400 BadDigest", "{word}");
        let sent = trailing(&server, &key, &name, whole);
        assert_eq!((sent.status, sent.header(&name)), (200, Some(whole)), "{word}");
    }
}

/// Sends `hello world` with its checksum behind it.
fn trailing(server: &Server, key: &str, name: &str, value: &str) -> crate::wire::Answer {
    let framed = format!("b\r\nhello world\r\n0\r\n{name}:{value}\r\n\r\n");
    let head = format!(
        "PUT {key}\nContent-Encoding: aws-chunked\nx-amz-trailer: {name}\nx-amz-decoded-content-length: 11\n\
         x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    );
    Call::new(&head).body(framed).send(server)
}

#[test]
fn newer_checksums_of_parts_are_composite() {
    let server = amazon();
    let mut shown = String::new();
    for (word, [_, first, second, of_both]) in DIGESTS {
        let name = format!("x-amz-checksum-{}", word.to_ascii_lowercase());
        let begun = server.send(&format!("POST /b-one/m?uploads\nx-amz-checksum-algorithm: {word}"));
        assert_eq!(begun.header("x-amz-checksum-type"), Some("COMPOSITE"));
        let id = begun.xml("UploadId").unwrap();
        let mut document = String::from("<CompleteMultipartUpload>");
        for (number, (body, digest)) in (1..).zip([("hello ", first), ("world", second)]) {
            let part = format!("PUT /b-one/m?partNumber={number}&uploadId={id}\n{name}: {digest}\n\n{body}");
            let answer = server.send(&part);
            assert_eq!((answer.status, answer.header(&name)), (200, Some(digest)), "{word}");
            let etag = answer.header("etag").unwrap();
            write!(
                document,
                "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><Checksum{word}>{digest}</Checksum{word}></Part>"
            )
            .unwrap();
        }
        document += "</CompleteMultipartUpload>";
        let complete =
            |value: &str| server.send(&format!("POST /b-one/m?uploadId={id}\n{name}: {value}\n\n{document}"));
        assert_eq!(outcome(&complete(first)), "400 BadDigest", "{word}");
        let completed = complete(&format!("{of_both}-2"));
        assert_eq!(completed.xml(&format!("Checksum{word}")), Some(format!("{of_both}-2")), "{word}");
        writeln!(shown, "{word} {}", completed.xml("ChecksumType").unwrap_or_default()).unwrap();
    }
    expect![[r#"
        SHA512 COMPOSITE
        MD5 COMPOSITE
        XXHASH64 COMPOSITE
        XXHASH3 COMPOSITE
        XXHASH128 COMPOSITE
    "#]]
    .assert_eq(&shown);
    let refused =
        server.send("POST /b-one/m?uploads\nx-amz-checksum-algorithm: XXHASH3\nx-amz-checksum-type: FULL_OBJECT");
    assert_eq!(outcome(&refused), "400 InvalidRequest");
    assert_eq!(
        refused.xml("Message").as_deref(),
        Some("The FULL_OBJECT checksum type cannot be used with the xxhash3 checksum algorithm.")
    );
}

/// The algorithm that is announced must be the one that comes.
#[test]
fn an_announced_algorithm_is_the_one_that_comes() {
    let server = amazon();
    check_outcomes(
        &server,
        &[
            "PUT /b-one/k\nx-amz-sdk-checksum-algorithm: SHA1\nx-amz-checksum-crc32: DUoRhQ==\n\nhello world",
            "PUT /b-one/k\nx-amz-sdk-checksum-algorithm: CRC\nx-amz-checksum-crc32: DUoRhQ==\n\nhello world",
            "PUT /b-one/k\nx-amz-sdk-checksum-algorithm: crc32\nx-amz-checksum-crc32: DUoRhQ==\n\nhello world",
        ],
        expect![[r#"
            PUT /b-one/k | x-amz-sdk-checksum-algorithm: SHA1 | x-amz-checksum-crc32: DUoRhQ== |  | hello world → 400 InvalidRequest
            PUT /b-one/k | x-amz-sdk-checksum-algorithm: CRC | x-amz-checksum-crc32: DUoRhQ== |  | hello world → 400 InvalidRequest
            PUT /b-one/k | x-amz-sdk-checksum-algorithm: crc32 | x-amz-checksum-crc32: DUoRhQ== |  | hello world → 200
        "#]],
    );
    let refused =
        server.send("PUT /b-one/k\nx-amz-sdk-checksum-algorithm: SHA1\nx-amz-checksum-crc32: DUoRhQ==\n\nhello world");
    let text = "Value for x-amz-sdk-checksum-algorithm header is invalid.";
    assert_eq!(refused.xml("Message").as_deref(), Some(text));
}

/// Spaces knows of no checksums: here they are verified, and nothing of them is kept.
#[test]
fn spaces_checks_newer_checksums_and_keeps_none() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    for (word, [whole, part, ..]) in DIGESTS {
        let name = format!("x-amz-checksum-{}", word.to_ascii_lowercase());
        let put = |value: &str| server.send(&format!("PUT /b-one/k\n{name}: {value}\n\nhello world"));
        assert_eq!(outcome(&put(part)), "400 BadDigest", "{word}");
        let kept = put(whole);
        assert_eq!((kept.status, kept.header(&name)), (200, None), "{word}");
        let head = server.send("HEAD /b-one/k\nx-amz-checksum-mode: ENABLED");
        assert_eq!((head.status, head.header(&name)), (200, None), "{word}");
    }
}

/// Some bodies are taken with a digest only, and documents are held against it.
#[test]
fn some_bodies_want_a_digest() {
    let server = amazon();
    server.prepare(&["PUT /b-locked\nx-amz-bucket-object-lock-enabled: true", "PUT /b-locked/k\n\nx"]);
    let (tags, wanted) =
        ("<Tagging><TagSet/></Tagging>", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
    for target in [
        "POST /b-one?delete",
        "PUT /b-one?cors",
        "PUT /b-one?lifecycle",
        "PUT /b-one?replication",
        "PUT /b-one?tagging",
        "PUT /b-locked?object-lock",
        "PUT /b-locked/k?legal-hold",
        "PUT /b-locked/k?retention",
    ] {
        let answer = Call::new(&format!("{target}\n\n{tags}")).without_md5().send(&server);
        assert_eq!(outcome(&answer), "400 InvalidRequest", "{target}");
        assert_eq!(answer.xml("Message").as_deref(), Some(wanted), "{target}");
    }
    check_outcomes(
        &server,
        &[
            "PUT /b-one?tagging\nContent-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==\n\n<Tagging><TagSet/></Tagging>",
            "PUT /b-one?tagging\nContent-MD5: abc\n\n<Tagging><TagSet/></Tagging>",
            "PUT /b-one?tagging\nx-amz-checksum-crc32: AAAAAA==\n\n<Tagging><TagSet/></Tagging>",
            "PUT /b-one?tagging\n\n<Tagging><TagSet/></Tagging>",
            "PUT /b-one?versioning\nContent-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==\n\n<VersioningConfiguration/>",
            "PUT /b-locked/k\nx-amz-object-lock-legal-hold: ON\n\nx",
            "PUT /b-locked/k\nx-amz-object-lock-legal-hold: ON\nContent-MD5: ndTkYSaMgDT1yFZOFVxnpg==\n\nx",
        ],
        expect![[r#"
            PUT /b-one?tagging | Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg== |  | <Tagging><TagSet/></Tagging> → 400 BadDigest
            PUT /b-one?tagging | Content-MD5: abc |  | <Tagging><TagSet/></Tagging> → 400 InvalidDigest
            PUT /b-one?tagging | x-amz-checksum-crc32: AAAAAA== |  | <Tagging><TagSet/></Tagging> → 400 BadDigest
            PUT /b-one?tagging |  | <Tagging><TagSet/></Tagging> → 204
            PUT /b-one?versioning | Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg== |  | <VersioningConfiguration/> → 400 BadDigest
            PUT /b-locked/k | x-amz-object-lock-legal-hold: ON |  | x → 400 InvalidRequest
            PUT /b-locked/k | x-amz-object-lock-legal-hold: ON | Content-MD5: ndTkYSaMgDT1yFZOFVxnpg== |  | x → 200
        "#]],
    );
    let spaces = Server::start();
    spaces.prepare(&["PUT /b-one"]);
    assert_eq!(outcome(&Call::new("POST /b-one?delete\n\n<Delete/>").without_md5().send(&spaces)), "200");
}
