//! POST form policies, as a recorded RGW 16 judges them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use spacelet_sigv4::post_policy::{Form, FormClaim, PolicyFault, PostError, PostPolicy, sign_v4, v4_fields};

use crate::support::{EXAMPLE, EXAMPLE_S};

type Fields = Vec<(String, String)>;
type Case<'a> = (Value, &'a [(&'a str, &'a str)], Result<(), String>);

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A policy of one hour over bucket, key and the signature's fields, with more conditions.
fn policy(more: &[Value]) -> String {
    let mut conditions = vec![json!({"bucket": "b"}), json!(["starts-with", "$key", "post/"])];
    conditions.extend(v4_fields(&EXAMPLE, EXAMPLE_S).into_iter().map(|(name, value)| json!({name: value})));
    conditions.extend_from_slice(more);
    json!({"expiration": "2013-05-24T01:00:00Z", "conditions": conditions}).to_string()
}

fn judge(policy: &str, more: &[(&str, &str)], key: &str, now_s: i64) -> Result<(), String> {
    let mut sent = fields(&[("key", "post/${filename}")]);
    sent.extend(fields(more));
    sent.extend(sign_v4(policy, &EXAMPLE, EXAMPLE_S));
    let form = Form::new(&sent);
    let claim = FormClaim::parse(&form).unwrap();
    assert_eq!(claim.access_key(), Some(EXAMPLE.access_key));
    assert_eq!(claim.verify("another secret"), Err(PostError::Signature));
    claim.verify(EXAMPLE.secret).unwrap();
    let policy = PostPolicy::parse(claim.policy().unwrap()).unwrap();
    policy.check(&form, "b", key, now_s).map_err(|error| told(&error))
}

/// RGW's words of a form that departs from its policy.
fn told(error: &PostError) -> String {
    let PostError::Refused(breach) = error else { panic!("{error:?}") };
    assert!(breach.amazons().starts_with("Invalid according to Policy: "));
    breach.to_string()
}

fn refused(message: &str) -> Result<(), String> {
    Err(message.to_owned())
}

#[test]
fn conditions() {
    let private = [("acl", "private")];
    let public = [("acl", "public-read")];
    let typed = [("Content-Type", "text/plain")];
    let cases: Vec<Case<'_>> = vec![
        (json!(["starts-with", "$Content-Type", ""]), &typed, Ok(())),
        (
            json!(["starts-with", "$Content-Type", "image/"]),
            &typed,
            refused("Policy condition failed: starts-with: $Content-Type, image/"),
        ),
        (json!(["starts-with", "$acl", ""]), &[], Ok(())),
        (json!(["eq", "$acl", "private"]), &private, Ok(())),
        (json!(["EQ", "$acl", "private"]), &private, Ok(())),
        (json!(["eq", "$acl", "private"]), &public, refused("Policy condition failed: eq: $acl, private")),
        (json!(["eq", "acl", "private"]), &private, refused("Policy condition failed: eq: acl, private")),
        (json!({"acl": "private"}), &private, Ok(())),
        (json!({"ACL": "private"}), &[("Acl", "private")], Ok(())),
        (json!({"acl": "private"}), &public, refused("Policy check failed, variable not met condition: acl")),
        (json!({"acl": "private"}), &[], refused("Policy check failed, variable not found: acl")),
        (json!({"x-amz-meta-n": 5}), &[("x-amz-meta-n", "5")], Ok(())),
        (json!(["starts-with", "$x", ""]), &[("x-amz-meta-a", "1")], refused("Policy missing condition: x-amz-meta-a")),
        (json!(["starts-with", "$x", ""]), &[("foo", "1")], refused("Policy missing condition: foo")),
        (json!(["starts-with", "$x", ""]), &[("x-ignore-a", "1")], Ok(())),
    ];
    for (condition, sent, expected) in cases {
        assert_eq!(
            judge(&policy(std::slice::from_ref(&condition)), sent, "post/a", EXAMPLE_S),
            expected,
            "{condition} {sent:?}"
        );
    }
    assert_eq!(
        judge(&policy(&[]), &[], "other/a", EXAMPLE_S),
        refused("Policy condition failed: starts-with: $key, post/")
    );
    assert_eq!(judge(&policy(&[]), &[], "post/a", EXAMPLE_S + 3599), Ok(()));
    assert_eq!(judge(&policy(&[]), &[], "post/a", EXAMPLE_S + 3600), refused("Policy expired"));
}

#[test]
fn documents_that_cannot_be_read() {
    let until = "2013-05-24T01:00:00.000Z";
    for (document, message) in [
        ("not json".to_owned(), "Malformed JSON"),
        (json!([]).to_string(), "Policy missing expiration"),
        (json!({"conditions": []}).to_string(), "Policy missing expiration"),
        (json!({"expiration": until}).to_string(), "Policy missing conditions"),
        (json!({"expiration": 5, "conditions": []}).to_string(), "Failed to parse policy expiration"),
        (json!({"expiration": "garbage", "conditions": []}).to_string(), "Failed to parse policy expiration"),
        (json!({"expiration": until, "conditions": {"bucket": "b"}}).to_string(), "Failed to parse policy"),
        (json!({"expiration": until, "conditions": ["x"]}).to_string(), "Failed to parse policy"),
        (
            json!({"expiration": until, "conditions": [["eq", "$x"]]}).to_string(),
            "Bad condition array, expecting 3 arguments",
        ),
        (
            json!({"expiration": until, "conditions": [["contains", "$x", "y"]]}).to_string(),
            "Invalid condition: contains",
        ),
        (
            json!({"expiration": until, "conditions": [["content-length-range", "a", 1]]}).to_string(),
            "Bad content-length-range param",
        ),
    ] {
        let Err(PostError::Invalid(fault)) = PostPolicy::parse(&STANDARD.encode(&document)) else {
            panic!("{document}")
        };
        assert_eq!(fault.to_string(), message, "{document}");
        assert!(fault.amazons().starts_with("Invalid Policy: "), "{document}");
    }
    assert_eq!(PostPolicy::parse("%%%"), Err(PostError::Invalid(PolicyFault::Encoding)));
}

#[test]
fn lengths() {
    let parse = |more: Value| PostPolicy::parse(&STANDARD.encode(policy(&[more]))).unwrap();
    let range = parse(json!(["content-length-range", 2, "4"]));
    let found: Vec<_> = (1..=5).map(|bytes| range.check_length(bytes)).collect();
    assert_eq!(found, [Err(PostError::TooSmall), Ok(()), Ok(()), Ok(()), Err(PostError::TooLarge)]);
    assert_eq!(range.length_max(), 4);
    assert_eq!(parse(json!(["content-length-range", 30, 3])).check_length(17), Err(PostError::TooLarge));
    assert_eq!(parse(json!(["content-length-range", -1, 1000])).check_length(0), Ok(()));
}

#[test]
fn claims() {
    let parse = |pairs: &[(&str, &str)]| {
        let sent = fields(pairs);
        FormClaim::parse(&Form::new(&sent))
            .map(|claim| claim.access_key().map(str::to_owned))
            .map_err(|error| if let PostError::Missing { message, .. } = error { message } else { "no field" })
    };
    let invalid = |message| Err(message);
    let v4 = [("x-amz-algorithm", "AWS4-HMAC-SHA256"), ("policy", "x")];
    assert_eq!(parse(&[("key", "k"), ("AWSAccessKeyId", "A")]), Ok(None), "without a policy nobody signed");
    assert_eq!(parse(&[("policy", "x")]), invalid("Missing aws2 access key"));
    assert_eq!(parse(&[("policy", "x"), ("AWSAccessKeyId", "A")]), invalid("Missing aws2 signature"));
    assert_eq!(parse(&[("policy", "x"), ("awsaccesskeyid", "A"), ("signature", "s")]), Ok(Some("A".to_owned())));
    assert_eq!(parse(&v4), invalid("Missing aws4 credentials"));
    let credential = ("X-Amz-Credential", "A/20130524/us-east-1/s3/aws4_request");
    assert_eq!(parse(&[v4[0], v4[1], credential]), invalid("Missing aws4 signature"));
    assert_eq!(parse(&[v4[0], v4[1], credential, ("x-amz-signature", "s")]), invalid("Missing aws4 date"));
    let bad = ("x-amz-credential", "abc");
    assert_eq!(parse(&[v4[0], v4[1], bad, ("x-amz-signature", "s"), ("x-amz-date", "d")]), invalid("no field"));
    let sent = fields(&[v4[0], v4[1], bad, ("x-amz-signature", "s"), ("x-amz-date", "d")]);
    assert_eq!(FormClaim::parse(&Form::new(&sent)), Err(PostError::Credential));
}

/// The V2 form of "Upload examples" in the S3 user guide; AWS does not publish the secret of its signature, so this one
/// is made with Python's standard library.
#[test]
fn the_v2_form_of_the_user_guide() {
    let policy = "eyAiZXhwaXJhdGlvbiI6ICIyMDA3LTEyLTAxVDEyOjAwOjAwLjAwMFoiLAogICJjb25kaXRpb25zIjogWwogICAgeyJidWNrZXQiOiAiam9obnNtaXRoIn0sCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci9lcmljLyJdLAogICAgeyJhY2wiOiAicHVibGljLXJlYWQifSwKICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL2pvaG5zbWl0aC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwKICAgIFsic3RhcnRzLXdpdGgiLCAiJENvbnRlbnQtVHlwZSIsICJpbWFnZS8iXSwKICAgIHsieC1hbXotbWV0YS11dWlkIjogIjE0MzY1MTIzNjUxMjc0In0sCiAgICBbInN0YXJ0cy13aXRoIiwgIiR4LWFtei1tZXRhLXRhZyIsICIiXQogIF0KfQo=";
    let sent = fields(&[
        ("key", "user/eric/${filename}"),
        ("acl", "public-read"),
        ("success_action_redirect", "http://johnsmith.s3.amazonaws.com/successful_upload.html"),
        ("Content-Type", "image/jpeg"),
        ("x-amz-meta-uuid", "14365123651274"),
        ("x-amz-meta-tag", ""),
        ("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"),
        ("Policy", policy),
        ("Signature", "gp42sMsv4L5xLO0OjT+56V64o+A="),
    ]);
    let form = Form::new(&sent);
    let claim = FormClaim::parse(&form).unwrap();
    assert_eq!(claim.verify(EXAMPLE.secret), Ok(()));
    let policy = PostPolicy::parse(claim.policy().unwrap()).unwrap();
    assert_eq!(policy.check(&form, "johnsmith", "user/eric/cat.jpg", 1_196_510_399), Ok(()));
    assert_eq!(
        policy.check(&form, "johnsmith", "user/eric/cat.jpg", 1_196_510_400).map_err(|error| told(&error)),
        refused("Policy expired")
    );
}

/// AWS's published V4 form ("Example: Browser-Based Upload using HTTP POST" of the S3 API reference).
#[test]
fn the_v4_form_of_the_api_reference() {
    let policy = concat!(
        "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tl",
        "dCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAg",
        "ICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhh",
        "bXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwg",
        "IiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAg",
        "ICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXot",
        "bWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkv",
        "dXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwN",
        "CiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9",
    );
    let mut sent = fields(&[
        ("key", "user/user1/${filename}"),
        ("acl", "public-read"),
        ("success_action_redirect", "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"),
        ("Content-Type", "image/jpeg"),
        ("x-amz-meta-uuid", "14365123651274"),
        ("x-amz-server-side-encryption", "AES256"),
        ("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"),
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Date", "20151229T000000Z"),
        ("x-amz-meta-tag", ""),
        ("Policy", policy),
        ("X-Amz-Signature", "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"),
    ]);
    let form = Form::new(&sent);
    let claim = FormClaim::parse(&form).unwrap();
    assert_eq!(claim.verify(EXAMPLE.secret), Ok(()));
    let policy = PostPolicy::parse(claim.policy().unwrap()).unwrap();
    let check = |form: &Form<'_>| policy.check(form, "sigv4examplebucket", "user/user1/cat.jpg", 1_451_347_200);
    assert_eq!(check(&form), Ok(()));
    sent.push(("x-amz-storage-class".to_owned(), "STANDARD".to_owned()));
    let departed = check(&Form::new(&sent)).map_err(|error| told(&error));
    assert_eq!(departed, refused("Policy missing condition: x-amz-storage-class"));
}
