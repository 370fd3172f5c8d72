//! Each switch of the public access block does what it says.

use super::with_bucket;
use crate::support::check_outcomes;
use expect_test::expect;

const PUBLIC: &str = "PUT /b-one?policy\n\n{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b-one/*\"}]}";
const FOR_ONE: &str = "PUT /b-one?policy\n\n{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"7000001\"},\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b-one/*\"}]}";

fn block(switch: &str) -> String {
    format!(
        "PUT /b-one?publicAccessBlock\n\n<PublicAccessBlockConfiguration><{switch}>true</{switch}></PublicAccessBlockConfiguration>"
    )
}

#[test]
fn public_acls_are_blocked() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\n\nx"]);
    let requests = [
        block("BlockPublicAcls"),
        "PUT /b-one?acl\nx-amz-acl: public-read".to_owned(),
        "PUT /b-one/k?acl\nx-amz-acl: authenticated-read".to_owned(),
        "PUT /b-one/new\nx-amz-acl: public-read\n\nx".to_owned(),
        "PUT /b-one/new\nx-amz-acl: public-read\nx-amz-copy-source: b-one/k".to_owned(),
        "POST /b-one/new?uploads\nx-amz-acl: public-read".to_owned(),
        "PUT /b-one/new\nx-amz-grant-read: uri=http://acs.amazonaws.com/groups/global/AllUsers\n\nx".to_owned(),
        "PUT /b-one/new\nx-amz-acl: private\n\nx".to_owned(),
        PUBLIC.to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one?publicAccessBlock |  | <PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration> → 200
        PUT /b-one?acl | x-amz-acl: public-read → 403 AccessDenied
        PUT /b-one/k?acl | x-amz-acl: authenticated-read → 403 AccessDenied
        PUT /b-one/new | x-amz-acl: public-read |  | x → 403 AccessDenied
        PUT /b-one/new | x-amz-acl: public-read | x-amz-copy-source: b-one/k → 403 AccessDenied
        POST /b-one/new?uploads | x-amz-acl: public-read → 403 AccessDenied
        PUT /b-one/new | x-amz-grant-read: uri=http://acs.amazonaws.com/groups/global/AllUsers |  | x → 403 AccessDenied
        PUT /b-one/new | x-amz-acl: private |  | x → 200
        PUT /b-one?policy |  | {"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]} → 204
    "#]],
    );
}

#[test]
fn public_acls_are_ignored() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one?acl\nx-amz-acl: public-read", "PUT /b-one/k\nx-amz-acl: public-read\n\nx"]);
    let requests = [
        "GET /b-one as nobody".to_owned(),
        "GET /b-one/k as nobody".to_owned(),
        block("IgnorePublicAcls"),
        "GET /b-one as nobody".to_owned(),
        "GET /b-one/k as nobody".to_owned(),
        "GET /b-one/none as nobody".to_owned(),
        "GET /b-one/k as B".to_owned(),
        "GET /b-one/k".to_owned(),
        "PUT /b-two".to_owned(),
        "PUT /b-two/k as B\nx-amz-copy-source: b-one/k".to_owned(),
        "DELETE /b-one?publicAccessBlock".to_owned(),
        "GET /b-one/k as nobody".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        GET /b-one as nobody → 200
        GET /b-one/k as nobody → 200
        PUT /b-one?publicAccessBlock |  | <PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls></PublicAccessBlockConfiguration> → 200
        GET /b-one as nobody → 403 AccessDenied
        GET /b-one/k as nobody → 403 AccessDenied
        GET /b-one/none as nobody → 403 AccessDenied
        GET /b-one/k as B → 403 AccessDenied
        GET /b-one/k → 200
        PUT /b-two → 200
        PUT /b-two/k as B | x-amz-copy-source: b-one/k → 403 AccessDenied
        DELETE /b-one?publicAccessBlock → 204
        GET /b-one/k as nobody → 200
    "#]],
    );
}

#[test]
fn public_policies_are_blocked_or_restricted() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\n\nx"]);
    let requests = [
        block("BlockPublicPolicy"),
        PUBLIC.to_owned(),
        FOR_ONE.to_owned(),
        "GET /b-one/k as B".to_owned(),
        block("RestrictPublicBuckets"),
        "GET /b-one/k as B".to_owned(),
        PUBLIC.to_owned(),
        "GET /b-one/k as B".to_owned(),
        "GET /b-one/k as nobody".to_owned(),
        "GET /b-one/k".to_owned(),
        "DELETE /b-one?publicAccessBlock".to_owned(),
        "GET /b-one/k as nobody".to_owned(),
    ];
    check_outcomes(
        &server,
        &requests,
        expect![[r#"
        PUT /b-one?publicAccessBlock |  | <PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration> → 200
        PUT /b-one?policy |  | {"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]} → 403 AccessDenied
        PUT /b-one?policy |  | {"Statement":[{"Effect":"Allow","Principal":{"AWS":"7000001"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]} → 204
        GET /b-one/k as B → 200
        PUT /b-one?publicAccessBlock |  | <PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration> → 200
        GET /b-one/k as B → 200
        PUT /b-one?policy |  | {"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]} → 204
        GET /b-one/k as B → 403 AccessDenied
        GET /b-one/k as nobody → 403 AccessDenied
        GET /b-one/k → 200
        DELETE /b-one?publicAccessBlock → 204
        GET /b-one/k as nobody → 200
    "#]],
    );
}

/// A policy for some does not make a bucket public; its ACL does, where its policy does not.
#[test]
fn the_status_is_that_of_policy_and_acl() {
    let server = with_bucket();
    let is_public = || server.send("GET /b-one?policyStatus").xml("IsPublic");
    for (policy, expected) in [
        (FOR_ONE.to_owned(), "false"),
        (PUBLIC.to_owned(), "true"),
        (under(r#""IpAddress":{"aws:SourceIp":"192.0.2.0/24"}"#), "false"),
        (under(r#""IpAddress":{"aws:SourceIp":"0.0.0.0/1"}"#), "true"),
        (under(r#""StringLike":{"aws:Referer":"https://a.example/*"}"#), "true"),
    ] {
        server.prepare(&[&policy]);
        assert_eq!(is_public().as_deref(), Some(expected), "{policy}");
    }
    server.prepare(&["DELETE /b-one?policy"]);
    assert_eq!(is_public().as_deref(), Some("false"));
    server.prepare(&["PUT /b-one?acl\nx-amz-acl: public-read"]);
    assert_eq!(is_public().as_deref(), Some("true"));
}

fn under(condition: &str) -> String {
    PUBLIC.replace("\"}]", &format!("\",\"Condition\":{{{condition}}}}}]"))
}
