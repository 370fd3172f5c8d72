//! Object lock over the wire: where it is on, what it keeps, who may bypass it.

use super::with_bucket;
use crate::server::Server;
use crate::support::{check, check_outcomes, outcome};
use expect_test::expect;
use spacelet_s3::Profile;

const UNTIL: &str = "2140-01-01T00:00:00Z";

fn with_lock() -> Server {
    let server = with_bucket();
    server.prepare(&["PUT /locked\nx-amz-bucket-object-lock-enabled: true"]);
    server
}

fn default_retention(inner: &str) -> String {
    format!(
        "PUT /locked?object-lock\n\n<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>{inner}</DefaultRetention></Rule></ObjectLockConfiguration>"
    )
}

fn retention(mode: &str, until: &str) -> String {
    format!("<Retention><Mode>{mode}</Mode><RetainUntilDate>{until}</RetainUntilDate></Retention>")
}

/// Puts an object with these headers; its version.
fn put(server: &Server, key: &str, headers: &str) -> String {
    let answer = server.send(&format!("PUT /locked/{key}{headers}\nContent-MD5: ndTkYSaMgDT1yFZOFVxnpg==\n\nx"));
    answer.header("x-amz-version-id").unwrap_or_else(|| panic!("{key}: {}", answer.text())).to_owned()
}

#[test]
fn a_bucket_that_locks_keeps_versions() {
    let server = with_lock();
    check(
        &server,
        "GET /locked?object-lock",
        expect![[r#"
        200 OK
        content-length: 183
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>
    "#]],
    );
    check_outcomes(
        &server,
        &[
            "GET /b-one?object-lock",
            "PUT /b-one?object-lock\n\n<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
            "PUT /locked?versioning\n\n<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
            "PUT /locked?versioning\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            &default_retention("<Mode>GOVERNANCE</Mode><Days>0</Days>"),
            &default_retention("<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>"),
            &default_retention("<Mode>COMPLIANCE</Mode><Years>1</Years>"),
        ],
        expect![[r#"
            GET /b-one?object-lock → 404 ObjectLockConfigurationNotFoundError
            PUT /b-one?object-lock |  | <ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration> → 409 InvalidBucketState
            PUT /locked?versioning |  | <VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration> → 409 InvalidBucketState
            PUT /locked?versioning |  | <VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration> → 200
            PUT /locked?object-lock |  | <ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>0</Days></DefaultRetention></Rule></ObjectLockConfiguration> → 400 InvalidRetentionPeriod
            PUT /locked?object-lock |  | <ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years></DefaultRetention></Rule></ObjectLockConfiguration> → 400 MalformedXML
            PUT /locked?object-lock |  | <ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Years>1</Years></DefaultRetention></Rule></ObjectLockConfiguration> → 200
        "#]],
    );
}

#[test]
fn headers_lock_and_reads_tell() {
    let server = with_lock();
    let lock = format!(
        "\nx-amz-object-lock-mode: GOVERNANCE\nx-amz-object-lock-retain-until-date: {UNTIL}\nx-amz-object-lock-legal-hold: ON"
    );
    put(&server, "k", &lock);
    let answer = server.send("HEAD /locked/k");
    let told =
        ["mode", "retain-until-date", "legal-hold"].map(|name| answer.header(&format!("x-amz-object-lock-{name}")));
    assert_eq!(told, [Some("GOVERNANCE"), Some("2140-01-01T00:00:00.000Z"), Some("ON")]);
    check(
        &server,
        "GET /locked/k?retention",
        expect![[r#"
        200 OK
        content-length: 191
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Mode>GOVERNANCE</Mode><RetainUntilDate>TIME</RetainUntilDate></Retention>
    "#]],
    );
    check(
        &server,
        "GET /locked/k?legal-hold",
        expect![[r#"
        200 OK
        content-length: 128
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><LegalHold xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>ON</Status></LegalHold>
    "#]],
    );
    let begun = server.send(&format!("POST /locked/big?uploads{lock}"));
    let upload = begun.xml("UploadId").unwrap();
    let part = server.send(&format!("PUT /locked/big?partNumber=1&uploadId={upload}\n\nx"));
    let parts = super::super::part_list(&[(1, part.header("etag").unwrap())]);
    server.prepare(&[&format!("POST /locked/big?uploadId={upload}\n\n{parts}")]);
    assert_eq!(server.send("HEAD /locked/big").header("x-amz-object-lock-legal-hold"), Some("ON"));
    server.prepare(&["PUT /locked/copy\nx-amz-copy-source: locked/k"]);
    assert_eq!(server.send("HEAD /locked/copy").header("x-amz-object-lock-mode"), None);
}

#[test]
fn what_keeps_a_version_and_who_gets_past() {
    let server = with_lock();
    let governed = put(&server, "k", "");
    let held = put(&server, "h", "\nx-amz-object-lock-legal-hold: ON");
    let body =
        |xml: &str| format!("<Delete><Object><Key>k</Key><VersionId>{governed}</VersionId></Object>{xml}</Delete>");
    let requests = [
        format!("PUT /locked/k?retention\n\n{}", retention("GOVERNANCE", UNTIL)),
        format!("PUT /locked/k?retention\n\n{}", retention("GOVERNANCE", "2139-01-01T00:00:00Z")),
        format!("PUT /locked/k?retention\n\n{}", retention("COMPLIANCE", UNTIL)),
        format!("PUT /locked/k?retention\n\n{}", retention("GOVERNANCE", "2141-01-01T00:00:00Z")),
        format!(
            "PUT /locked/k?retention\nx-amz-bypass-governance-retention: true\n\n{}",
            retention("GOVERNANCE", UNTIL)
        ),
        "DELETE /locked/k".to_owned(),
        format!("DELETE /locked/k?versionId={governed}"),
        "DELETE /locked".to_owned(),
        format!("DELETE /locked/h?versionId={held}\nx-amz-bypass-governance-retention: true"),
        "PUT /locked/h?legal-hold\n\n<LegalHold><Status>OFF</Status></LegalHold>".to_owned(),
        format!("DELETE /locked/h?versionId={held}"),
    ];
    let masked: Vec<String> = requests
        .iter()
        .map(|request| {
            let line = outcome(&server.send(request));
            format!("{} → {line}", request.replace(&governed, "V").replace(&held, "V").replace('\n', " | "))
        })
        .collect();
    expect![[r#"
        PUT /locked/k?retention |  | <Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2140-01-01T00:00:00Z</RetainUntilDate></Retention> → 200
        PUT /locked/k?retention |  | <Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2139-01-01T00:00:00Z</RetainUntilDate></Retention> → 403 AccessDenied
        PUT /locked/k?retention |  | <Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>2140-01-01T00:00:00Z</RetainUntilDate></Retention> → 403 AccessDenied
        PUT /locked/k?retention |  | <Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2141-01-01T00:00:00Z</RetainUntilDate></Retention> → 200
        PUT /locked/k?retention | x-amz-bypass-governance-retention: true |  | <Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2140-01-01T00:00:00Z</RetainUntilDate></Retention> → 200
        DELETE /locked/k → 204
        DELETE /locked/k?versionId=V → 403 AccessDenied
        DELETE /locked → 409 BucketNotEmpty
        DELETE /locked/h?versionId=V | x-amz-bypass-governance-retention: true → 403 AccessDenied
        PUT /locked/h?legal-hold |  | <LegalHold><Status>OFF</Status></LegalHold> → 200
        DELETE /locked/h?versionId=V → 204
    "#]].assert_eq(&(masked.join("\n") + "\n"));
    let refused = server.send(&format!("POST /locked?delete\n\n{}", body("")));
    assert_eq!(refused.xml("Code").as_deref(), Some("AccessDenied"), "{}", refused.text());
    let passed = server.send(&format!("POST /locked?delete\nx-amz-bypass-governance-retention: true\n\n{}", body("")));
    assert!(passed.text().contains("<Deleted>") && !passed.text().contains("<Error>"), "{}", passed.text());
}

#[test]
fn bypassing_takes_a_permission() {
    let server = with_lock();
    let lock = format!("\nx-amz-object-lock-mode: GOVERNANCE\nx-amz-object-lock-retain-until-date: {UNTIL}");
    let version = put(&server, "k", &lock);
    let allow = |actions: &str| {
        format!(
            r#"PUT /locked?policy

{{"Statement":[{{"Effect":"Allow","Principal":"*","Action":[{actions}],"Resource":"arn:aws:s3:::locked/*"}}]}}"#
        )
    };
    let delete = format!("DELETE /locked/k?versionId={version} as B\nx-amz-bypass-governance-retention: true");
    assert_eq!(outcome(&server.send(&delete)), "403 AccessDenied");
    server.prepare(&[&allow(r#""s3:DeleteObjectVersion""#)]);
    assert_eq!(outcome(&server.send(&delete)), "403 AccessDenied");
    server.prepare(&[&allow(r#""s3:DeleteObjectVersion","s3:BypassGovernanceRetention""#)]);
    assert_eq!(outcome(&server.send(&delete)), "204");
}

#[test]
fn a_default_applies_to_what_names_none() {
    let server = with_lock();
    server.prepare(&[&default_retention("<Mode>COMPLIANCE</Mode><Days>2</Days>")]);
    let version = put(&server, "k", "");
    assert_eq!(server.send("HEAD /locked/k").header("x-amz-object-lock-mode"), Some("COMPLIANCE"));
    let delete = format!("DELETE /locked/k?versionId={version}\nx-amz-bypass-governance-retention: true");
    assert_eq!(outcome(&server.send(&delete)), "403 AccessDenied");
}

#[test]
fn what_is_refused() {
    let server = with_lock();
    server.prepare(&["PUT /b-one/k\n\nx", "PUT /locked/k\n\nx"]);
    let requests = [
        "GET /b-one/k?retention".to_owned(),
        "GET /b-one/k?legal-hold".to_owned(),
        format!("PUT /b-one/k?retention\n\n{}", retention("GOVERNANCE", UNTIL)),
        "PUT /b-one/k?legal-hold\n\n<LegalHold><Status>ON</Status></LegalHold>".to_owned(),
        "PUT /b-one/k\nx-amz-object-lock-legal-hold: ON\n\nx".to_owned(),
        "GET /locked/k?retention".to_owned(),
        "GET /locked/k?legal-hold".to_owned(),
        "GET /locked/none?retention".to_owned(),
        "GET /locked/k?retention as B".to_owned(),
        "GET /locked/k?legal-hold as nobody".to_owned(),
        format!("PUT /locked/k?retention as B\n\n{}", retention("GOVERNANCE", UNTIL)),
        "PUT /locked/k?legal-hold as nobody\n\n<LegalHold><Status>ON</Status></LegalHold>".to_owned(),
        format!("PUT /locked/k?retention\n\n{}", retention("governance", UNTIL)),
        format!("PUT /locked/k?retention\n\n{}", retention("GOVERNANCE", "soon")),
        format!("PUT /locked/k?retention\n\n{}", retention("GOVERNANCE", "2020-01-01T00:00:00Z")),
        "PUT /locked/k?legal-hold\n\n<LegalHold><Status>on</Status></LegalHold>".to_owned(),
        "PUT /locked/k\nx-amz-object-lock-mode: GOVERNANCE\n\nx".to_owned(),
        "PUT /locked/k\nx-amz-object-lock-legal-hold: YES\n\nx".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one/k?retention → 400 InvalidRequest
        GET /b-one/k?legal-hold → 400 InvalidRequest
        PUT /b-one/k?retention |  | <Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2140-01-01T00:00:00Z</RetainUntilDate></Retention> → 400 InvalidRequest
        PUT /b-one/k?legal-hold |  | <LegalHold><Status>ON</Status></LegalHold> → 400 InvalidRequest
        PUT /b-one/k | x-amz-object-lock-legal-hold: ON |  | x → 400 InvalidRequest
        GET /locked/k?retention → 404 NoSuchObjectLockConfiguration
        GET /locked/k?legal-hold → 404 NoSuchObjectLockConfiguration
        GET /locked/none?retention → 404 NoSuchKey
        GET /locked/k?retention as B → 403 AccessDenied
        GET /locked/k?legal-hold as nobody → 403 AccessDenied
        PUT /locked/k?retention as B |  | <Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2140-01-01T00:00:00Z</RetainUntilDate></Retention> → 403 AccessDenied
        PUT /locked/k?legal-hold as nobody |  | <LegalHold><Status>ON</Status></LegalHold> → 403 AccessDenied
        PUT /locked/k?retention |  | <Retention><Mode>governance</Mode><RetainUntilDate>2140-01-01T00:00:00Z</RetainUntilDate></Retention> → 400 MalformedXML
        PUT /locked/k?retention |  | <Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>soon</RetainUntilDate></Retention> → 400 MalformedXML
        PUT /locked/k?retention |  | <Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2020-01-01T00:00:00Z</RetainUntilDate></Retention> → 400 InvalidArgument
        PUT /locked/k?legal-hold |  | <LegalHold><Status>on</Status></LegalHold> → 400 MalformedXML
        PUT /locked/k | x-amz-object-lock-mode: GOVERNANCE |  | x → 400 InvalidArgument
        PUT /locked/k | x-amz-object-lock-legal-hold: YES |  | x → 400 InvalidArgument
    "#]],
    );
}

/// A folder that was used in profile `aws` keeps its locks when it is served as a Space.
#[test]
fn a_lock_outlives_the_profile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let version = {
        let path = path.clone();
        let server = Server::start_with(|settings| (settings.profile, settings.data) = (Profile::AWS, Some(path)));
        server.prepare(&["PUT /locked\nx-amz-bucket-object-lock-enabled: true"]);
        let version = put(&server, "k", "\nx-amz-object-lock-legal-hold: ON");
        server.stop();
        version
    };
    let server = Server::start_with(|settings| settings.data = Some(path));
    assert_eq!(outcome(&server.send(&format!("DELETE /locked/k?versionId={version}"))), "403 AccessDenied");
}
