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
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>b-logs</TargetBucket><TargetObjectKeyFormat><PartitionedPrefix/></TargetObjectKeyFormat></LoggingEnabled></BucketLoggingStatus> → 501 NotImplemented
        PUT /b-one?logging |  | <BucketLoggingStatus><LoggingEnabled><TargetBucket>b-logs</TargetBucket><TargetGrants><Grant/></TargetGrants></LoggingEnabled></BucketLoggingStatus> → 501 NotImplemented
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
