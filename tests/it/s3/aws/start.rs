//! What a new bucket may be told, and small answers of Amazon's own: long keys, blocks of public access, blocked customers' keys.

use super::with_bucket;
use crate::server::Server;
use crate::support::check_outcomes;
use expect_test::expect;
use spacelet_s3::Profile;

#[test]
fn a_configuration_may_be_empty_or_have_tags() {
    let server = with_bucket();
    let with = |name: &str, inner: &str| {
        format!("PUT /{name}\n\n<CreateBucketConfiguration>{inner}</CreateBucketConfiguration>")
    };
    let tags = |key: &str| format!("<Tags><Tag><Key>{key}</Key><Value>red</Value></Tag></Tags>");
    let requests = [
        with("b-empty", ""),
        with("b-tagged", &tags("colour")),
        with("b-wrong", &tags("aws:x")),
        "GET /b-empty?tagging".to_owned(),
    ];
    let statuses: Vec<_> = requests
        .iter()
        .map(|request| server.send(request))
        .map(|it| (it.status, it.xml("Code").unwrap_or_default()))
        .collect();
    let told = |status, code: &str| (status, code.to_owned());
    assert_eq!(statuses, [told(200, ""), told(200, ""), told(400, "InvalidTag"), told(404, "NoSuchTagSet")]);
    let shown = server.send("GET /b-tagged?tagging").text();
    assert!(shown.contains("<TagSet><Tag><Key>colour</Key><Value>red</Value></Tag></TagSet>"), "{shown}");
    let spaces = Server::start();
    assert_eq!(spaces.send(&with("b-empty", "")).xml("Code").as_deref(), Some("InvalidArgument"));
}

#[test]
fn long_keys() {
    let path = format!("PUT /b-one/{}\n\nx", "k".repeat(1_025));
    for (profile, code, size) in
        [(Profile::AWS, "KeyTooLongError", Some("1025 1024")), (Profile::SPACES, "InvalidObjectName", None)]
    {
        let server = Server::start_with(|settings| settings.profile = profile);
        server.prepare(&["PUT /b-one"]);
        let answer = server.send(&path);
        assert_eq!((answer.status, answer.xml("Code").as_deref()), (400, Some(code)));
        let told = answer.xml("Size").zip(answer.xml("MaxSizeAllowed")).map(|(size, max)| format!("{size} {max}"));
        assert_eq!(told.as_deref(), size);
    }
}

#[test]
fn a_public_access_block_shows_all_four() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one?publicAccessBlock\n\n<PublicAccessBlockConfiguration><BlockPublicAcls>TRUE</BlockPublicAcls></PublicAccessBlockConfiguration>"]);
    let shown = server.send("GET /b-one?publicAccessBlock").text();
    let expected = "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets>";
    assert!(shown.contains(expected), "{shown}");
}

/// Kept, given back, and obeyed.
#[test]
fn customers_keys_may_be_blocked() {
    let server = with_bucket();
    let rule = |inner: &str| {
        format!(
            "PUT /b-one?encryption\n\n<ServerSideEncryptionConfiguration><Rule>{inner}</Rule></ServerSideEncryptionConfiguration>"
        )
    };
    let block = |kind: &str| {
        format!("<BlockedEncryptionTypes><EncryptionType>{kind}</EncryptionType></BlockedEncryptionTypes>")
    };
    let default =
        "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>";
    let put = "PUT /b-one/k\nx-amz-server-side-encryption-customer-algorithm: AES256\nx-amz-server-side-encryption-customer-key: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\nx-amz-server-side-encryption-customer-key-MD5: KYvwGXoFFJ42a2u2GDWhwQ==\n\nx";
    let requests = [
        put.to_owned(),
        rule(&format!("{default}{}", block("SSE-C"))),
        put.to_owned(),
        "PUT /b-one/k\n\nx".to_owned(),
        rule(&block("NONE")),
        put.to_owned(),
        rule(&block("ROT13")),
        rule(""),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one/k | x-amz-server-side-encryption-customer-algorithm: AES256 | x-amz-server-side-encryption-customer-key: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= | x-amz-server-side-encryption-customer-key-MD5: KYvwGXoFFJ42a2u2GDWhwQ== |  | x → 200
        PUT /b-one?encryption |  | <ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration> → 200
        PUT /b-one/k | x-amz-server-side-encryption-customer-algorithm: AES256 | x-amz-server-side-encryption-customer-key: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= | x-amz-server-side-encryption-customer-key-MD5: KYvwGXoFFJ42a2u2GDWhwQ== |  | x → 403 AccessDenied
        PUT /b-one/k |  | x → 200
        PUT /b-one?encryption |  | <ServerSideEncryptionConfiguration><Rule><BlockedEncryptionTypes><EncryptionType>NONE</EncryptionType></BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration> → 200
        PUT /b-one/k | x-amz-server-side-encryption-customer-algorithm: AES256 | x-amz-server-side-encryption-customer-key: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= | x-amz-server-side-encryption-customer-key-MD5: KYvwGXoFFJ42a2u2GDWhwQ== |  | x → 200
        PUT /b-one?encryption |  | <ServerSideEncryptionConfiguration><Rule><BlockedEncryptionTypes><EncryptionType>ROT13</EncryptionType></BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration> → 400 MalformedXML
        PUT /b-one?encryption |  | <ServerSideEncryptionConfiguration><Rule></Rule></ServerSideEncryptionConfiguration> → 400 MalformedXML
    "#]],
    );
    server.prepare(&[&rule(&block("SSE-C"))]);
    assert!(server.send("GET /b-one?encryption").text().contains(&block("SSE-C")));
}
