//! Bucket policies as Amazon S3 takes and reads them: what it refuses, its condition keys, its variables, what headers
//! take besides, and whom no policy keeps from the policy.

use super::with_bucket;
use crate::server::Server;
use crate::sign::Scope;
use expect_test::expect;
use spacelet_s3::Profile;

/// A policy of one statement for account B.
fn policy(actions: &str, resource: &str, condition: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!(r#","Condition":{{{condition}}}"#) };
    format!(
        r#"PUT /b-one?policy

{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"7000001"}},"Action":[{actions}],"Resource":"arn:aws:s3:::b-one{resource}"{condition}}}]}}"#
    )
}

fn status(server: &Server, request: &str) -> u16 {
    server.send(request).status
}

#[test]
fn refusals_have_amazons_words() {
    let server = with_bucket();
    let whole = policy(r#""s3:GetObject""#, "/*", "");
    for (expected, broken) in [
        ("Policies must be valid JSON and the first byte must be '{'", "PUT /b-one?policy\n\n[]".to_owned()),
        ("Missing required field Statement", "PUT /b-one?policy\n\n{\"Version\":\"2012-10-17\"}".to_owned()),
        ("The policy must contain a valid version string", whole.replace("2012-10-17", "2012-10-18")),
        ("Unknown field Colour", whole.replace("\"Effect\"", "\"Colour\":1,\"Effect\"")),
        ("Missing required field Effect", whole.replace("\"Effect\":\"Allow\",", "")),
        ("Missing required field Principal", whole.replace("\"Principal\":{\"AWS\":\"7000001\"},", "")),
        ("Missing required field Action", whole.replace("\"Action\":[\"s3:GetObject\"],", "")),
        ("Missing required field Resource", whole.replace(",\"Resource\":\"arn:aws:s3:::b-one/*\"", "")),
        ("Invalid effect: allow", whole.replace("Allow", "allow")),
        ("Invalid principal in policy", whole.replace("{\"AWS\":\"7000001\"}", "\"7000001\"")),
        ("Allow with NotPrincipal is not allowed.", whole.replace("Principal", "NotPrincipal")),
        ("Policy has invalid action", whole.replace("s3:GetObject", "s3:Dance")),
        ("Policy has invalid resource", whole.replace("b-one/*", "other/*")),
        ("Policy has an invalid condition key", policy(r#""s3:GetObject""#, "/*", r#""StringEquals":{"s3:x":"y"}"#)),
        ("Invalid Condition type : StringIs", policy(r#""s3:GetObject""#, "/*", r#""StringIs":{"s3:prefix":"y"}"#)),
        ("Invalid policy syntax.", policy(r#""s3:GetObject""#, "/*", r#""StringEquals":"y""#)),
        ("Action does not apply to any resource(s) in statement", policy(r#""s3:ListBucket""#, "/*", "")),
        (
            "Conditions do not apply to combination of actions and resources in statement",
            policy(r#""s3:GetObject""#, "/*", r#""StringEquals":{"s3:prefix":"y"}"#),
        ),
    ] {
        let answer = server.send(&broken);
        let (code, message) = (answer.xml("Code"), answer.xml("Message"));
        let told = (answer.status, code.as_deref(), message.as_deref().map(|text| text.replace("&apos;", "'")));
        assert_eq!(told, (400, Some("MalformedPolicy"), Some(expected.to_owned())), "{broken}");
    }
    server.prepare(&[&whole]);
}

#[test]
fn conditions_see_who_asks_how_and_for_what() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\n\nx"]);
    for (expected, condition) in [
        (200, r#""StringEquals":{"s3:authType":"REST-HEADER","s3:signatureversion":"AWS4-HMAC-SHA256"}"#),
        (403, r#""StringEquals":{"s3:authType":"REST-QUERY-STRING"}"#),
        (200, r#""NumericLessThan":{"s3:signatureAge":600000}"#),
        (403, r#""NumericGreaterThan":{"s3:signatureAge":600000}"#),
        (200, r#""StringLike":{"s3:x-amz-content-sha256":"e3b0c442*"}"#),
        (200, r#""ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::7000001:root"}"#),
        (200, r#""StringEquals":{"aws:userid":"7000001","aws:PrincipalAccount":"7000001"}"#),
        (200, r#""StringEquals":{"aws:PrincipalType":"Account"},"Null":{"aws:username":"true"}"#),
        (200, r#""StringEquals":{"aws:ResourceAccount":"6174283","s3:ResourceAccount":"6174283"}"#),
        (403, r#""StringEquals":{"s3:ResourceAccount":"7000001"}"#),
        (200, r#""StringEquals":{"aws:RequestedRegion":"us-east-1"}"#),
        (200, r#""Null":{"s3:TlsVersion":"true"},"Bool":{"aws:SecureTransport":"false"}"#),
        (200, r#""DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z","aws:EpochTime":"1577836800"}"#),
    ] {
        server.prepare(&[&policy(r#""s3:GetObject""#, "/*", condition)]);
        assert_eq!(status(&server, "GET /b-one/k as B"), expected, "{condition}");
    }
    let assumed = Server::start_with(|settings| {
        settings.profile = Profile::AWS;
        settings.assume_tls = true;
    });
    let modern = policy(r#""s3:GetObject""#, "/*", r#""NumericGreaterThanEquals":{"s3:TlsVersion":1.2}"#);
    assumed.prepare(&["PUT /b-one", "PUT /b-one/k\n\nx", &modern]);
    assert_eq!(status(&assumed, "GET /b-one/k as B"), 200);
}

#[test]
fn a_listing_without_a_prefix_has_an_empty_one() {
    let server = with_bucket();
    server.prepare(&[&policy(r#""s3:ListBucket""#, "", r#""StringEquals":{"s3:prefix":["","a/"]}"#)]);
    let seen = ["/b-one", "/b-one?list-type=2&prefix=", "/b-one?prefix=a/", "/b-one?prefix=b/"];
    let seen = seen.map(|target| status(&server, &format!("GET {target} as B")));
    assert_eq!(seen, [200, 200, 200, 403]);
}

#[test]
fn conditions_see_what_a_write_asks_for() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/src\n\nx"]);
    for (condition, met, unmet) in [
        (
            r#""StringEquals":{"s3:if-none-match":"*"}"#,
            "PUT /b-one/k1 as B\nIf-None-Match: *\n\nx",
            "PUT /b-one/k2 as B\n\nx",
        ),
        (r#""Bool":{"s3:ObjectCreationOperation":"true"}"#, "PUT /b-one/k3 as B\n\nx", "POST /b-one/k4?uploads as B"),
        (
            r#""StringEquals":{"s3:x-amz-storage-class":"STANDARD"}"#,
            "PUT /b-one/k5 as B\nx-amz-storage-class: STANDARD\n\nx",
            "PUT /b-one/k5 as B\n\nx",
        ),
        (
            r#""StringEquals":{"s3:x-amz-server-side-encryption":"AES256"}"#,
            "PUT /b-one/k6 as B\nx-amz-server-side-encryption: AES256\n\nx",
            "PUT /b-one/k6 as B\n\nx",
        ),
        (
            r#""StringEquals":{"s3:x-amz-metadata-directive":"REPLACE","s3:x-amz-copy-source":"b-one/src"}"#,
            "PUT /b-one/k7 as B\nx-amz-copy-source: b-one/src\nx-amz-metadata-directive: REPLACE",
            "PUT /b-one/k7 as B\nx-amz-copy-source: b-one/src",
        ),
        (
            r#""StringEquals":{"s3:x-amz-website-redirect-location":"/x"}"#,
            "PUT /b-one/k8 as B\nx-amz-website-redirect-location: /x\n\nx",
            "PUT /b-one/k8 as B\n\nx",
        ),
    ] {
        let mut put = policy(r#""s3:PutObject""#, "/*", condition);
        let readable =
            r#"[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/src"},"#;
        put = put.replace("\"Statement\":[", &format!("\"Statement\":{readable}"));
        server.prepare(&[&put]);
        assert_eq!((status(&server, met), status(&server, unmet)), (200, 403), "{condition}");
    }
}

/// Limits on locks and tags count for what a document asks too.
#[test]
fn conditions_see_what_a_document_asks_for() {
    let server = with_bucket();
    server.prepare(&["PUT /locked\nx-amz-bucket-object-lock-enabled: true", "PUT /locked/k\n\nx"]);
    let allow = |action: &str, condition: &str| policy(action, "/*", condition).replace("b-one", "locked");
    let retain = |until: &str| {
        format!(
            "PUT /locked/k?retention as B\n\n<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>{until}</RetainUntilDate></Retention>"
        )
    };
    let until = |days: i64| {
        let at = Scope::now(days * 86_400).at;
        let text = format!("{:04}-{:02}-{:02}T00:00:00Z", at.year(), u8::from(at.month()), at.day());
        retain(&text)
    };
    let few = r#""NumericLessThanEquals":{"s3:object-lock-remaining-retention-days":10},"StringEquals":{"s3:object-lock-mode":"GOVERNANCE"}"#;
    server.prepare(&[&allow(r#""s3:PutObjectRetention""#, few)]);
    assert_eq!((status(&server, &until(30)), status(&server, &until(5))), (403, 200));

    let hold = |word: &str| format!("PUT /locked/k?legal-hold as B\n\n<LegalHold><Status>{word}</Status></LegalHold>");
    server.prepare(&[&allow(r#""s3:PutObjectLegalHold""#, r#""StringEquals":{"s3:object-lock-legal-hold":"ON"}"#)]);
    assert_eq!((status(&server, &hold("OFF")), status(&server, &hold("ON"))), (403, 200));

    let tag = |key: &str| {
        format!(
            "PUT /locked/k?tagging as B\n\n<Tagging><TagSet><Tag><Key>{key}</Key><Value>red</Value></Tag></TagSet></Tagging>"
        )
    };
    let colours = r#""ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":"colour"},"StringEquals":{"s3:RequestObjectTag/colour":"red"}"#;
    server.prepare(&[&allow(r#""s3:PutObjectTagging""#, colours)]);
    assert_eq!((status(&server, &tag("taste")), status(&server, &tag("colour"))), (403, 200));
    assert_eq!(status(&server, "PUT /locked/none?tagging as B\n\n<Tagging><TagSet></TagSet></Tagging>"), 403);
}

#[test]
fn variables_stand_for_the_caller() {
    let server = with_bucket();
    server.prepare(&[&policy(r#""s3:PutObject""#, "/home/${aws:userid}/*", "")]);
    let put = |key: &str| status(&server, &format!("PUT /b-one/home/{key} as B\n\nx"));
    assert_eq!((put("7000001/k"), put("8000002/k")), (200, 403));
}

/// ACL, tags and locks of a write take permissions of their own; a copy takes its source's tags with it.
#[test]
fn headers_take_permissions() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/tagged\nx-amz-tagging: a=b\n\nx", "PUT /b-one/plain\n\nx"]);
    let allow = |more: &str| policy(&format!(r#""s3:PutObject","s3:GetObject"{more}"#), "/*", "");
    let put = |header: &str| status(&server, &format!("PUT /b-one/k as B\n{header}\n\nx"));
    let copy = |source: &str, more: &str| {
        status(&server, &format!("PUT /b-one/copy as B\nx-amz-copy-source: b-one/{source}{more}"))
    };

    server.prepare(&[&allow("")]);
    let acl = "x-amz-acl: bucket-owner-full-control";
    assert_eq!([put("x-amz-meta-a: b"), put(acl), put("x-amz-tagging: a=b")], [200, 403, 403]);
    assert_eq!([put("x-amz-grant-read: id=6174283"), copy("plain", ""), copy("tagged", "")], [403, 200, 403]);
    assert_eq!(copy("tagged", "\nx-amz-tagging-directive: REPLACE"), 200);
    assert_eq!(status(&server, &format!("POST /b-one/k?uploads as B\n{acl}")), 403);

    server.prepare(&[&allow(r#","s3:PutObjectAcl","s3:PutObjectTagging""#)]);
    assert_eq!([put(acl), put("x-amz-tagging: a=b"), copy("tagged", "")], [200, 200, 403]);
    server.prepare(&[&allow(r#","s3:PutObjectTagging","s3:GetObjectTagging""#)]);
    assert_eq!([put(acl), copy("tagged", "")], [403, 200]);

    let spaces = Server::start();
    spaces.prepare(&["PUT /b-one"]);
    let by_rgw = allow("").replace("\"7000001\"", "\"arn:aws:iam:::user/7000001\"");
    spaces.prepare(&[&by_rgw]);
    assert_eq!(status(&spaces, &format!("PUT /b-one/k as B\n{acl}\n\nx")), 200);
}

/// The root user of the owner's account, which every key here is (API reference, PutBucketPolicy).
#[test]
fn no_policy_keeps_the_owner_from_the_policy() {
    let deny = r#"PUT /b-one?policy

{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b-one","arn:aws:s3:::b-one/*"]}]}"#;
    let asked = [
        "GET /b-one?policy",
        "GET /b-one",
        "GET /b-one?policy as B",
        "DELETE /b-one?policy as B",
        deny,
        "DELETE /b-one?policy",
    ];
    let server = with_bucket();
    server.prepare(&[deny]);
    assert_eq!(asked.map(|request| status(&server, request)), [200, 403, 403, 403, 204, 204]);
    let spaces = Server::start();
    spaces.prepare(&["PUT /b-one", deny]);
    assert_eq!(asked.map(|request| status(&spaces, request)), [403; 6]);
}

/// What a policy allows counts for the objects of the bucket's owner, what it denies for all (user guide, "Bucket
/// policies for Amazon S3").
#[test]
fn policies_do_not_reach_others_objects() {
    let allow = r#"PUT /b-one?policy

{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]}"#;
    let ground =
        ["PUT /b-one?acl\nx-amz-acl: public-read-write", "PUT /b-one/mine\n\nx", "PUT /b-one/theirs as B\n\nx", allow];
    let seen = |server: &Server| ["mine", "theirs"].map(|key| status(server, &format!("GET /b-one/{key} as nobody")));
    let server = with_bucket();
    server.prepare(&ground);
    assert_eq!(seen(&server), [200, 403]);
    server.prepare(&["PUT /b-one?ownershipControls\n\n<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>"]);
    server.prepare(&["PUT /b-one/theirs as B\nx-amz-acl: bucket-owner-full-control\n\nx"]);
    assert_eq!(seen(&server), [200, 200]);
    server.prepare(&["PUT /b-one/open as B\nx-amz-acl: public-read\n\nx", &allow.replace("Allow", "Deny")]);
    assert_eq!(status(&server, "GET /b-one/open as nobody"), 403);
    let spaces = Server::start();
    spaces.prepare(&["PUT /b-one"]);
    spaces.prepare(&ground);
    assert_eq!(seen(&spaces), [200, 200]);
}

/// Nobody needs a permission on the bucket for what it may do to a key (API reference, DeleteObjects).
#[test]
fn keys_are_deleted_by_who_may_delete_them() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/a/k\n\nx", "PUT /b-one/b/k\n\nx", &policy(r#""s3:DeleteObject""#, "/a/*", "")]);
    let delete =
        "POST /b-one?delete as B\n\n<Delete><Object><Key>a/k</Key></Object><Object><Key>b/k</Key></Object></Delete>";
    let answer = server.send(delete);
    let (text, expected) = (answer.text(), "<Error><Key>b/k</Key>");
    assert!(answer.status == 200 && text.contains("<Deleted><Key>a/k</Key>") && text.contains(expected), "{text}");
    let missing = server.send("HEAD /b-one/a/k").status;
    assert_eq!((missing, server.send("HEAD /b-one/b/k").status), (404, 200));
}

#[test]
fn attributes_take_two_permissions() {
    let server = with_bucket();
    server.prepare(&["PUT /b-one/k\n\nx"]);
    let ask = "GET /b-one/k?attributes as B\nx-amz-object-attributes: ETag";
    let with = |actions: &str| {
        server.prepare(&[&policy(actions, "/*", "")]);
        status(&server, ask)
    };
    let both = r#""s3:GetObject","s3:GetObjectAttributes""#;
    assert_eq!([with(r#""s3:GetObjectAttributes""#), with(r#""s3:GetObject""#), with(both)], [403, 403, 200]);
}

/// Who is refused in a bucket of its own is told why (user guide, "Troubleshoot access denied errors").
#[test]
fn owners_are_told_why() {
    let server = with_bucket();
    let deny = r#"PUT /b-one?policy

{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-one/*"}]}"#;
    let block = "PUT /b-one?publicAccessBlock\n\n<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>";
    server.prepare(&["PUT /b-one/a/k\n\nx", deny, block]);
    let allow = deny.replace("Deny", "Allow");
    let requests = [
        "GET /b-one/a/k",
        "GET /b-one/a/k as B",
        "PUT /b-one?acl\nx-amz-acl: public-read",
        "PUT /b-one/a/k?acl\nx-amz-acl: public-read",
        "PUT /b-one/a/k\nx-amz-acl: public-read\n\nx",
        &allow,
    ];
    let told = requests.map(|request| {
        let answer = server.send(request);
        assert_eq!(answer.status, 403, "{request}");
        answer.xml("Message").unwrap_or_default().replace("&quot;", "\"")
    });
    expect![[r#"
        User: arn:aws:iam::6174283:root is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b-one/a/k" with an explicit deny in a resource-based policy
        Access Denied
        User: arn:aws:iam::6174283:root is not authorized to perform: s3:PutBucketAcl on resource: "arn:aws:s3:::b-one" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.
        User: arn:aws:iam::6174283:root is not authorized to perform: s3:PutObjectAcl on resource: "arn:aws:s3:::b-one/a/k" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.
        User: arn:aws:iam::6174283:root is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b-one/a/k" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.
        User: arn:aws:iam::6174283:root is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::b-one" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.
    "#]].assert_eq(&(told.join("\n") + "\n"));
    let spaces = Server::start();
    spaces.prepare(&["PUT /b-one", "PUT /b-one/a/k\n\nx", deny]);
    assert_eq!(spaces.send("GET /b-one/a/k").xml("Message").as_deref(), Some(""));
}
