//! Documents of which a bucket has one: put, given back, removed; who may; what each refuses.

use super::with_bucket;
use crate::support::{check, check_outcomes, outcome};
use expect_test::expect;
use std::fmt::Write as _;

/// The sub-resource, a document, whether it can be removed.
const KINDS: [(&str, &str, bool); 9] = [
    ("tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b c</Value></Tag></TagSet></Tagging>", true),
    (
        "encryption",
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
        true,
    ),
    (
        "ownershipControls",
        "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
        true,
    ),
    (
        "publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
        true,
    ),
    (
        "replication",
        "<ReplicationConfiguration><Role>arn:aws:iam::1:role/r</Role><Rule><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::b-two</Bucket></Destination></Rule></ReplicationConfiguration>",
        true,
    ),
    (
        "object-lock",
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
        false,
    ),
    (
        "notification",
        "<NotificationConfiguration><QueueConfiguration><Id>q</Id><Queue>arn:aws:sqs:us-east-1:1:q</Queue><Event>s3:ObjectCreated:*</Event></QueueConfiguration></NotificationConfiguration>",
        false,
    ),
    ("requestPayment", "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>", false),
    ("accelerate", "<AccelerateConfiguration><Status>Suspended</Status></AccelerateConfiguration>", false),
];

const ENABLED: &str =
    "PUT /b-one?versioning\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

#[test]
fn each_is_absent_then_put_then_given_back_then_removed() {
    let server = with_bucket();
    server.prepare(&[ENABLED]);
    let mut shown = String::new();
    for (name, document, is_removable) in KINDS {
        let get = |host: &str| server.send(&format!("GET {host}?{name}"));
        let before = outcome(&get("/b-one"));
        let put = server.send(&format!("PUT /b-one?{name}\n\n{document}"));
        assert!(get("/b-one").text().contains(&document[document.find('>').unwrap()..]), "{name}");
        let hosted = server.send(&format!("GET /?{name} at b-one.localhost"));
        assert_eq!(hosted.status, 200, "{name}");
        let delete = outcome(&server.send(&format!("DELETE /b-one?{name}")));
        let after = if is_removable { outcome(&get("/b-one")) } else { "it stays".to_owned() };
        let _ = writeln!(shown, "{name}: {before}, put {}, delete {delete}, {after}", put.status);
    }
    expect![[r#"
        tagging: 404 NoSuchTagSet, put 204, delete 204, 404 NoSuchTagSet
        encryption: 404 ServerSideEncryptionConfigurationNotFoundError, put 200, delete 204, 404 ServerSideEncryptionConfigurationNotFoundError
        ownershipControls: 404 OwnershipControlsNotFoundError, put 200, delete 204, 404 OwnershipControlsNotFoundError
        publicAccessBlock: 404 NoSuchPublicAccessBlockConfiguration, put 200, delete 204, 404 NoSuchPublicAccessBlockConfiguration
        replication: 404 ReplicationConfigurationNotFoundError, put 200, delete 204, 404 ReplicationConfigurationNotFoundError
        object-lock: 404 ObjectLockConfigurationNotFoundError, put 200, delete 405 MethodNotAllowed, it stays
        notification: 200, put 200, delete 405 MethodNotAllowed, it stays
        requestPayment: 200, put 200, delete 405 MethodNotAllowed, it stays
        accelerate: 200, put 200, delete 405 MethodNotAllowed, it stays
    "#]].assert_eq(&shown);
}

#[test]
fn a_document_is_kept_without_white_space() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one?tagging\n\n<Tagging xmlns=\"x\">\n <TagSet>\n  <Tag><Key>k</Key><Value></Value></Tag>\n </TagSet>\n</Tagging>"]);
    check(
        &server,
        "GET /b-one?tagging",
        expect![[r#"
        200 OK
        content-length: 160
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet><Tag><Key>k</Key><Value></Value></Tag></TagSet></Tagging>
    "#]],
    );
    check(
        &server,
        "GET /b-one?requestPayment",
        expect![[r#"
        200 OK
        content-length: 171
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><RequestPaymentConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Payer>BucketOwner</Payer></RequestPaymentConfiguration>
    "#]],
    );
    check(
        &server,
        "GET /b-one?encryption",
        expect![[r#"
        404 Not Found
        content-length: 344
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>ServerSideEncryptionConfigurationNotFoundError</Code><Message>The server side encryption configuration was not found</Message><Resource>/b-one</Resource><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

#[test]
fn only_the_owner_has_a_say() {
    let server = with_bucket();
    server.prepare(&[ENABLED]);
    for (name, document, is_removable) in KINDS {
        for who in [" as B", " as nobody"] {
            let mut requests = vec![format!("GET /b-one?{name}{who}"), format!("PUT /b-one?{name}{who}\n\n{document}")];
            if is_removable {
                requests.push(format!("DELETE /b-one?{name}{who}"));
            }
            for request in requests {
                assert_eq!(outcome(&server.send(&request)), "403 AccessDenied", "{request}");
            }
        }
        assert_eq!(outcome(&server.send(&format!("GET /none?{name}"))), "404 NoSuchBucket", "{name}");
        assert_eq!(outcome(&server.send(&format!("PUT /b-one?{name}\n\n<a"))), "400 MalformedXML", "{name}");
        assert_eq!(outcome(&server.send(&format!("PUT /b-one?{name}\n\n<Other/>"))), "400 MalformedXML", "{name}");
    }
}

#[test]
fn what_each_refuses() {
    let server = with_bucket();
    let tags = |inner: &str| format!("PUT /b-one?tagging\n\n<Tagging><TagSet>{inner}</TagSet></Tagging>");
    let tag = |key: &str| format!("<Tag><Key>{key}</Key><Value>v</Value></Tag>");
    let many = |count: usize| (0..count).map(|at| tag(&at.to_string())).collect::<String>();
    let encryption = |inner: &str| {
        format!(
            "PUT /b-one?encryption\n\n<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>{inner}</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
        )
    };
    let replication =
        |inner: &str| format!("PUT /b-one?replication\n\n<ReplicationConfiguration>{inner}</ReplicationConfiguration>");
    let rule = |arn: &str| {
        format!("<Role>r</Role><Rule><Status>Enabled</Status><Destination><Bucket>{arn}</Bucket></Destination></Rule>")
    };
    let status = |request: &String| outcome(&server.send(request));
    assert_eq!(status(&tags(&many(50))), "204");
    assert_eq!(status(&tags(&many(51))), "400 BadRequest");
    assert_eq!(status(&tags(&tag(&"k".repeat(129)))), "400 InvalidTag");
    let requests = [
        tags(&(tag("a") + &tag("a"))),
        tags(&tag("aws:a")),
        tags("<Tag><Key>a</Key></Tag>"),
        tags(&tag("")),
        encryption("<SSEAlgorithm>AES128</SSEAlgorithm>"),
        encryption("<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>"),
        encryption("<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>"),
        replication(&rule("arn:aws:s3:::x")),
        replication(&rule("x")),
        replication("<Role>r</Role>"),
        "PUT /b-one?ownershipControls\n\n<OwnershipControls><Rule><ObjectOwnership>Nobody</ObjectOwnership></Rule></OwnershipControls>".to_owned(),
        "PUT /b-one?publicAccessBlock\n\n<PublicAccessBlockConfiguration><Other>true</Other></PublicAccessBlockConfiguration>".to_owned(),
        "PUT /b-one?publicAccessBlock\n\n<PublicAccessBlockConfiguration><IgnorePublicAcls>yes</IgnorePublicAcls></PublicAccessBlockConfiguration>".to_owned(),
        "PUT /b-one?requestPayment\n\n<RequestPaymentConfiguration><Payer>Me</Payer></RequestPaymentConfiguration>".to_owned(),
        "PUT /b-one?accelerate\n\n<AccelerateConfiguration><Status>Disabled</Status></AccelerateConfiguration>".to_owned(),
        "PUT /b.dotted".to_owned(),
        "PUT /b.dotted?accelerate\n\n<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one?tagging |  | <Tagging><TagSet><Tag><Key>a</Key><Value>v</Value></Tag><Tag><Key>a</Key><Value>v</Value></Tag></TagSet></Tagging> → 400 InvalidTag
        PUT /b-one?tagging |  | <Tagging><TagSet><Tag><Key>aws:a</Key><Value>v</Value></Tag></TagSet></Tagging> → 400 InvalidTag
        PUT /b-one?tagging |  | <Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging> → 400 MalformedXML
        PUT /b-one?tagging |  | <Tagging><TagSet><Tag><Key></Key><Value>v</Value></Tag></TagSet></Tagging> → 400 InvalidTag
        PUT /b-one?encryption |  | <ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES128</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration> → 400 MalformedXML
        PUT /b-one?encryption |  | <ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration> → 400 InvalidArgument
        PUT /b-one?encryption |  | <ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration> → 200
        PUT /b-one?replication |  | <ReplicationConfiguration><Role>r</Role><Rule><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::x</Bucket></Destination></Rule></ReplicationConfiguration> → 400 InvalidRequest
        PUT /b-one?replication |  | <ReplicationConfiguration><Role>r</Role><Rule><Status>Enabled</Status><Destination><Bucket>x</Bucket></Destination></Rule></ReplicationConfiguration> → 400 InvalidArgument
        PUT /b-one?replication |  | <ReplicationConfiguration><Role>r</Role></ReplicationConfiguration> → 400 MalformedXML
        PUT /b-one?ownershipControls |  | <OwnershipControls><Rule><ObjectOwnership>Nobody</ObjectOwnership></Rule></OwnershipControls> → 400 MalformedXML
        PUT /b-one?publicAccessBlock |  | <PublicAccessBlockConfiguration><Other>true</Other></PublicAccessBlockConfiguration> → 400 MalformedXML
        PUT /b-one?publicAccessBlock |  | <PublicAccessBlockConfiguration><IgnorePublicAcls>yes</IgnorePublicAcls></PublicAccessBlockConfiguration> → 400 MalformedXML
        PUT /b-one?requestPayment |  | <RequestPaymentConfiguration><Payer>Me</Payer></RequestPaymentConfiguration> → 400 MalformedXML
        PUT /b-one?accelerate |  | <AccelerateConfiguration><Status>Disabled</Status></AccelerateConfiguration> → 400 MalformedXML
        PUT /b.dotted → 200
        PUT /b.dotted?accelerate |  | <AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration> → 400 InvalidRequest
    "#]],
    );
}
