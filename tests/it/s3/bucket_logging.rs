//! GET and PUT /bucket?logging. What the logs hold is in `emulator/logs.rs`.

use crate::server::Server;
use crate::support::{check, check_outcomes};
use expect_test::expect;
use spacelet::Profile;

fn put(target: &str, more: &str) -> String {
    format!(
        "PUT /b-one?logging\n\n<BucketLoggingStatus><LoggingEnabled><TargetBucket>{target}</TargetBucket>{more}\
         </LoggingEnabled></BucketLoggingStatus>"
    )
}

fn prepare(server: &Server) {
    server.prepare(&[
        "PUT /b-one",
        "PUT /b-logs",
        "PUT /b-other as B",
        "PUT /b-far\n\n<CreateBucketConfiguration><LocationConstraint>fra1</LocationConstraint></CreateBucketConfiguration>",
    ]);
}

#[test]
fn the_status_is_empty_until_a_target_is_set() {
    let server = Server::start();
    prepare(&server);
    check(
        &server,
        "GET /b-one?logging",
        expect![[r#"
        200 OK
        content-length: 129
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></BucketLoggingStatus>
    "#]],
    );
    server.prepare(&[&put("b-logs", "<TargetPrefix>a&amp;b/</TargetPrefix>")]);
    check(
        &server,
        "GET /?logging at b-one.nyc3.digitaloceanspaces.com",
        expect![[r#"
        200 OK
        content-length: 234
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LoggingEnabled><TargetBucket>b-logs</TargetBucket><TargetPrefix>a&amp;b/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>
    "#]],
    );
    server.prepare(&["PUT /b-one?logging\n\n<BucketLoggingStatus/>"]);
    check(
        &server,
        "GET /b-one?logging",
        expect![[r#"
        200 OK
        content-length: 129
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></BucketLoggingStatus>
    "#]],
    );
}

fn requests() -> Vec<String> {
    vec![
        put("b-logs", ""),
        put("b-one", ""),
        put("b-none", ""),
        put("b-other", ""),
        put("b-far", ""),
        put("No Bucket", ""),
        put("", ""),
        put("b-logs", "<TargetObjectKeyFormat><SimplePrefix/></TargetObjectKeyFormat>"),
        put("b-logs", "<TargetObjectKeyFormat><PartitionedPrefix/></TargetObjectKeyFormat>"),
        put("b-logs", "<TargetGrants><Grant/></TargetGrants>"),
        "PUT /b-one?logging\n\n<BucketLoggingStatus>".to_owned(),
        "PUT /b-one?logging\n\n<Other/>".to_owned(),
        "PUT /b-one?logging".to_owned(),
        "PUT /b-one?logging as B\n\n<BucketLoggingStatus/>".to_owned(),
        "GET /b-one?logging as B".to_owned(),
        "GET /b-one?logging as nobody".to_owned(),
        "GET /b-none?logging".to_owned(),
        "DELETE /b-one?logging".to_owned(),
    ]
}

#[test]
fn the_target_is_another_space_of_the_account() {
    let server = Server::start();
    prepare(&server);
    let requests = requests();
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>b-logs</TargetBucket></LoggingEnabled></BucketLoggingStatus> → 200
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>b-one</TargetBucket></LoggingEnabled></BucketLoggingStatus> → 400 InvalidTargetBucketForLogging
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>b-none</TargetBucket></LoggingEnabled></BucketLoggingStatus> → 400 InvalidTargetBucketForLogging
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>b-other</TargetBucket></LoggingEnabled></BucketLoggingStatus> → 400 InvalidTargetBucketForLogging
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>b-far</TargetBucket></LoggingEnabled></BucketLoggingStatus> → 403 CrossLocationLoggingProhibited
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>No Bucket</TargetBucket></LoggingEnabled></BucketLoggingStatus> → 400 MalformedXML
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket></TargetBucket></LoggingEnabled></BucketLoggingStatus> → 400 MalformedXML
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>b-logs</TargetBucket><TargetObjectKeyFormat><SimplePrefix/></TargetObjectKeyFormat></LoggingEnabled></BucketLoggingStatus> → 200
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>b-logs</TargetBucket><TargetObjectKeyFormat><PartitionedPrefix/></TargetObjectKeyFormat></LoggingEnabled></BucketLoggingStatus> → 200
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>b-logs</TargetBucket><TargetGrants><Grant/></TargetGrants></LoggingEnabled></BucketLoggingStatus> → 400 MalformedXML
        PUT /b-one?logging |  | <BucketLoggingStatus> → 400 MalformedXML
        PUT /b-one?logging |  | <Other/> → 400 MalformedXML
        PUT /b-one?logging → 400 MalformedXML
        PUT /b-one?logging as B |  | <BucketLoggingStatus/> → 403 AccessDenied
        GET /b-one?logging as B → 403 AccessDenied
        GET /b-one?logging as nobody → 403 AccessDenied
        GET /b-none?logging → 404 NoSuchBucket
        DELETE /b-one?logging → 405 MethodNotAllowed
    "#]],
    );
    for (bytes, status) in [(900, 200), (901, 400)] {
        let prefix = format!("<TargetPrefix>{}</TargetPrefix>", "p".repeat(bytes));
        assert_eq!(server.send(&put("b-logs", &prefix)).status, status, "{bytes}");
    }
}

#[test]
fn amazon_lets_a_bucket_log_into_itself() {
    let server = Server::start_with(|settings| settings.profile = Profile::AWS);
    server.prepare(&["PUT /b-one", &put("b-one", "<TargetPrefix>logs/</TargetPrefix>")]);
    let answer = server.send("GET /b-one?logging");
    assert_eq!(answer.xml("TargetBucket").as_deref(), Some("b-one"));
}

fn granted(grantee: &str, permission: &str) -> String {
    format!(
        "<TargetGrants><Grant><Grantee>{grantee}</Grantee><Permission>{permission}</Permission></Grant></TargetGrants>"
    )
}

#[test]
fn grants_and_names_of_log_objects_come_back() {
    let server = Server::start();
    prepare(&server);
    let kept = |more: &str| {
        server.prepare(&[&put("b-logs", more)]);
        let text = server.send("GET /b-one?logging").text();
        let (_, rest) = text.split_once("</TargetPrefix>").unwrap();
        rest.split_once("</LoggingEnabled>").unwrap().0.to_owned()
    };
    let format = |inner: &str| format!("<TargetObjectKeyFormat>{inner}</TargetObjectKeyFormat>");
    let by = |source: &str| {
        format(&format!("<PartitionedPrefix><PartitionDateSource>{source}</PartitionDateSource></PartitionedPrefix>"))
    };
    assert_eq!(kept(""), "");
    assert_eq!(kept(&format("<SimplePrefix/>")), format("<SimplePrefix></SimplePrefix>"));
    for source in ["EventTime", "DeliveryTime"] {
        assert_eq!(kept(&by(source)), by(source));
    }
    assert_eq!(kept(&format("<PartitionedPrefix/>")), by("DeliveryTime"));
    expect![[r#"<TargetGrants><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>7000001</ID><DisplayName>7000001</DisplayName></Grantee><Permission>READ</Permission></Grant></TargetGrants>"#]]
        .assert_eq(&kept(&granted("<ID>7000001</ID>", "READ")));
    for (more, code) in [
        (by("Kaboom"), "MalformedXML"),
        (format(""), "MalformedXML"),
        (granted("<ID>7000001</ID>", "READ_ACP"), "MalformedXML"),
        (granted("<ID>nobody</ID>", "READ"), "InvalidArgument"),
        (granted("<URI>http://x.example/</URI>", "READ"), "InvalidArgument"),
        (granted("<EmailAddress>none@x.example</EmailAddress>", "READ"), "UnresolvableGrantByEmailAddress"),
    ] {
        let answer = server.send(&put("b-logs", &more));
        assert_eq!((answer.status, answer.xml("Code").as_deref()), (400, Some(code)), "{more}");
    }
    for (bytes, status) in [(700, 200), (701, 400)] {
        let prefix = format!("<TargetPrefix>{}</TargetPrefix>", "p".repeat(bytes));
        assert_eq!(server.send(&put("b-logs", &(prefix + &by("EventTime")))).status, status, "{bytes}");
    }
}

#[test]
fn a_target_without_acls_takes_no_grants() {
    let server = Server::start_with(|settings| settings.profile = Profile::AWS);
    server.prepare(&[
        "PUT /b-one",
        "PUT /b-logs",
        "PUT /b-logs?ownershipControls\n\n<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership>\
         </Rule></OwnershipControls>",
        &put("b-logs", ""),
    ]);
    let answer = server.send(&put("b-logs", &granted("<ID>7000001</ID>", "READ")));
    assert_eq!((answer.status, answer.xml("Code").as_deref()), (400, Some("AccessControlListNotSupported")));
}
