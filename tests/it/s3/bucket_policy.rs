//! GET, PUT and DELETE /bucket?policy, and what policies do to other requests.
//! What they decide is in tests/it/policy.rs.

use crate::server::{Server, add_keys};
use crate::sign::Key;
use crate::support::{Call, check, check_outcomes};
use expect_test::expect;
use spacelet_s3::Profile;

const OPEN: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]}"#;
const CLOSED: &str =
    r#"{"Statement":[{"Sid":"NoReads","Effect":"Deny","Principal":"*","Action":"s3:Get*","Resource":"*"}]}"#;

fn with_bucket() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    server
}

fn put(policy: &str) -> String {
    format!("PUT /b-one?policy\n\n{policy}")
}

#[test]
fn a_policy_comes_back_byte_for_byte() {
    let server = with_bucket();
    check(
        &server,
        &put(OPEN),
        expect![[r#"
        204 No Content
    "#]],
    );
    check(
        &server,
        "GET /b-one?policy",
        expect![[r#"
        200 OK
        content-length: 142
        content-type: application/json

        {"Version":"2012-10-17","Statement":[{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]}
    "#]],
    );
    check(
        &server,
        "DELETE /b-one?policy",
        expect![[r#"
        200 OK
        content-length: 0
    "#]],
    );
    check(
        &server,
        "GET /b-one?policy",
        expect![[r#"
        404 Not Found
        accept-ranges: bytes
        content-length: 270
        content-type: application/xml

        <?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchBucketPolicy</Code><Message>The bucket policy does not exist</Message><BucketName>b-one</BucketName><RequestId>…</RequestId><HostId>…</HostId></Error>
    "#]],
    );
}

#[test]
fn outcomes_by_who_asks() {
    let server = with_bucket();
    let requests = [
        put("{\"Version\""),
        put(""),
        put(&OPEN.replace("s3:GetObject", "s3:Dance")),
        put(&OPEN.replace("2012-10-17", "2025-04-29")),
        "PUT /none?policy\n\n{}".to_owned(),
        "GET /none?policy".to_owned(),
        "DELETE /none?policy".to_owned(),
        "PUT /b-one?policy as B\n\n{}".to_owned(),
        "GET /b-one?policy as B".to_owned(),
        "GET /b-one?policy as nobody".to_owned(),
        "DELETE /b-one?policy as nobody".to_owned(),
        "GET /b-one?policyStatus".to_owned(),
        "DELETE /b-one?policy".to_owned(),
        "GET /?policy at b-one.nyc3.digitaloceanspaces.com".to_owned(),
        format!("PUT /?policy at b-one.nyc3.digitaloceanspaces.com\n\n{OPEN}"),
        "GET /k as nobody at b-one.nyc3.digitaloceanspaces.com".to_owned(),
        "GET /b-one/k as B".to_owned(),
        "GET /b-one as nobody".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one?policy |  | {"Version" → 400 InvalidArgument
        PUT /b-one?policy |  |  → 400 InvalidArgument
        PUT /b-one?policy |  | {"Version":"2012-10-17","Statement":[{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"s3:Dance","Resource":"arn:aws:s3:::b-one/*"}]} → 400 InvalidArgument
        PUT /b-one?policy |  | {"Version":"2025-04-29","Statement":[{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]} → 400 InvalidArgument
        PUT /none?policy |  | {} → 404 NoSuchKey
        GET /none?policy → 404 NoSuchBucket
        DELETE /none?policy → 404 NoSuchBucket
        PUT /b-one?policy as B |  | {} → 403 AccessDenied
        GET /b-one?policy as B → 403 AccessDenied
        GET /b-one?policy as nobody → 403 AccessDenied
        DELETE /b-one?policy as nobody → 403 AccessDenied
        GET /b-one?policyStatus → 501 NotImplemented
        DELETE /b-one?policy → 200
        GET /?policy at b-one.nyc3.digitaloceanspaces.com → 404 NoSuchBucketPolicy
        PUT /?policy at b-one.nyc3.digitaloceanspaces.com |  | {"Version":"2012-10-17","Statement":[{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]} → 204
        GET /k as nobody at b-one.nyc3.digitaloceanspaces.com → 200
        GET /b-one/k as B → 200
        GET /b-one as nobody → 403 AccessDenied
    "#]],
    );
    let long = server.send(&put(&OPEN.replace("s1", &"x".repeat(1_100_000))));
    assert_eq!((long.status, long.xml("Code").as_deref()), (416, Some("InvalidRange")));
}

#[test]
fn a_refusal_names_the_statement() {
    let server = with_bucket();
    let explain = |request: &str| server.send(request).header("x-spacelet-explain").unwrap_or_default().to_owned();
    server.prepare(&[&put(CLOSED)]);
    let shown = [
        explain("GET /b-one/k"),
        explain("GET /b-one/k as B"),
        explain("PUT /b-one/k as B"),
        explain("GET /b-one as nobody"),
        explain(&put(
            "{\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"NotAction\":\"s3:*\",\"Resource\":\"*\"}]}",
        )),
        explain(&put("{\"Foo\":1}")),
    ];
    expect![[r#"
        statement 1 (NoReads) of the Space's policy denies s3:GetObject on b-one/k
        statement 1 (NoReads) of the Space's policy denies s3:GetObject on b-one/k
        no statement of the Space's policy speaks of s3:PutObject on b-one/k by this caller under these conditions, and the Space's ACL gives WRITE to no one but its owner and the caller is account 7000001
        no statement of the Space's policy speaks of s3:ListBucket on b-one by this caller under these conditions, and the Space's ACL gives READ to no one but its owner and the request is not signed
        statement 1: without Action it never applies; on RGW NotAction only takes away from Action
        "Foo" is no member of a policy, or not of this form
    "#]].assert_eq(&(shown.join("\n") + "\n"));
}

#[test]
fn keys_of_a_deletion_are_judged_one_by_one() {
    let server = with_bucket();
    let deny = r#"{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::b-one/k*"}]}"#;
    server.prepare(&[&put(deny)]);
    check(
        &server,
        "POST /b-one?delete\n\n<Delete><Object><Key>k</Key></Object><Object><Key>other</Key></Object></Delete>",
        expect![[r#"
            200 OK
            content-type: application/xml
            transfer-encoding: chunked

            <?xml version="1.0" encoding="UTF-8"?><DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Deleted><Key>other</Key></Deleted><Error><Key>k</Key><VersionId></VersionId><Code>AccessDenied</Code><Message>AccessDenied</Message></Error></DeleteResult>
        "#]],
    );
    check_outcomes(
        &server,
        &["GET /b-one/k", "DELETE /b-one/k", "DELETE /b-one/other"],
        expect![[r#"
        GET /b-one/k → 200
        DELETE /b-one/k → 403 AccessDenied
        DELETE /b-one/other → 204
    "#]],
    );
}

/// Spaces-reference 3: a limited key that names the bucket keeps policies from it, and has no say in them itself.
#[test]
fn limited_keys_and_policies_exclude_each_other() {
    let server = Server::start_with(|settings| {
        let row = r#"{ account = "6174283", id = "DO00LIMITEDKEYLIMITD", secret = "limitedlimitedlimitedlimitedlimitedlimited1", grants = [{ bucket = "b-one", permission = "read" }] },"#;
        add_keys(settings, row);
    });
    server.prepare(&["PUT /b-one", "PUT /b-two"]);
    check(
        &server,
        &put(OPEN),
        expect![[r#"
        403 Forbidden
        content-length: 0
    "#]],
    );
    check_outcomes(
        &server,
        &["PUT /b-two?policy\n\n{}", "GET /b-one?policy", "DELETE /b-one?policy"],
        expect![[r#"
        PUT /b-two?policy |  | {} → 204
        GET /b-one?policy → 404 NoSuchBucketPolicy
        DELETE /b-one?policy → 200
    "#]],
    );
    let limited = Key::new("DO00LIMITEDKEYLIMITD", "limitedlimitedlimitedlimitedlimitedlimited1");
    let refused = Call::new("GET /b-one?policy").by(limited).send(&server);
    assert_eq!((refused.status, refused.xml("Message").as_deref()), (403, Some("Access Denied.")));
}

#[test]
fn proxies_are_believed_where_they_are_named() {
    let from = |network: &str| {
        let rule = r#""Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*""#;
        format!(
            r#"{{"Statement":[{{{rule},"Condition":{{"IpAddress":{{"aws:SourceIp":"{network}"}},"Bool":{{"aws:SecureTransport":"true"}}}}}}]}}"#
        )
    };
    let ask = "GET /b-one/k as nobody\nX-Forwarded-For: 9.9.9.9, 10.0.0.7, 127.0.0.9\nX-Forwarded-Proto: https";
    let status = |trusted: &'static str, network: &str| {
        let server = Server::start_with(|settings| {
            settings.trust_forwarded = trusted.split(' ').filter_map(spacelet_engine::policy::Network::parse).collect();
        });
        server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx", &put(&from(network))]);
        server.send(ask).status
    };
    assert_eq!(status("", "0.0.0.0/0"), 403, "the connection is not encrypted");
    assert_eq!(status("127.0.0.0/8", "10.0.0.7"), 200);
    assert_eq!(status("127.0.0.0/8", "9.9.9.9"), 403, "what the client wrote itself is not believed");
    assert_eq!(status("127.0.0.0/8 10.0.0.0/8", "9.9.9.9"), 200);
    let assumed = Server::start_with(|settings| settings.assume_tls = true);
    assumed.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx", &put(&from("127.0.0.1"))]);
    assert_eq!(assumed.send("GET /b-one/k as nobody").status, 200);
}

#[test]
fn profile_aws_reads_policies_as_amazon_does() {
    let server = Server::start_with(|settings| settings.profile = Profile::AWS);
    server.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx"]);
    let requests = [
        put("{}"),
        put(&OPEN.replace("b-one/*", "other/*")),
        put(&OPEN.replace("s1", &"x".repeat(50))),
        "GET /b-one?policyStatus".to_owned(),
        "GET /b-one/k as nobody".to_owned(),
        put(&OPEN.replace("\"*\"", "{\"AWS\":\"7000001\"}")),
        "GET /b-one/k as nobody".to_owned(),
        "GET /b-one/k as B".to_owned(),
        put(&OPEN.replace("\"Action\"", "\"NotAction\"")),
        "GET /b-one/k as B".to_owned(),
        "GET /b-one/k?acl as B".to_owned(),
        "PUT /none?policy\n\n{}".to_owned(),
        "DELETE /b-one?policy".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one?policy |  | {} → 400 MalformedPolicy
        PUT /b-one?policy |  | {"Version":"2012-10-17","Statement":[{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::other/*"}]} → 400 MalformedPolicy
        PUT /b-one?policy |  | {"Version":"2012-10-17","Statement":[{"Sid":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]} → 204
        GET /b-one?policyStatus → 200
        GET /b-one/k as nobody → 200
        PUT /b-one?policy |  | {"Version":"2012-10-17","Statement":[{"Sid":"s1","Effect":"Allow","Principal":{"AWS":"7000001"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]} → 204
        GET /b-one/k as nobody → 403 AccessDenied
        GET /b-one/k as B → 200
        PUT /b-one?policy |  | {"Version":"2012-10-17","Statement":[{"Sid":"s1","Effect":"Allow","Principal":"*","NotAction":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]} → 204
        GET /b-one/k as B → 403 AccessDenied
        GET /b-one/k?acl as B → 200
        PUT /none?policy |  | {} → 404 NoSuchBucket
        DELETE /b-one?policy → 204
    "#]],
    );
}

/// Who may list some keys learns of those that they are missing; RGW 16 looks at no prefix there.
#[test]
fn a_missing_key_is_told_to_whoever_may_list_it() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket",
        "Resource":"arn:aws:s3:::b-one","Condition":{"StringLike":{"s3:prefix":"public/*"}}}]}"#;
    for (profile, expected) in [(Profile::AWS, [404, 403]), (Profile::SPACES, [403, 403])] {
        let server = Server::start_with(|settings| settings.profile = profile);
        server.prepare(&["PUT /b-one", &put(policy)]);
        let seen = ["HEAD /b-one/public/k as B", "HEAD /b-one/private/k as B"].map(|it| server.send(it).status);
        assert_eq!(seen, expected);
    }
}
