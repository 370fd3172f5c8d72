//! POST /bucket with a form: fields, signature, policy, and the three kinds of answers.

use crate::server::{Server, add_keys};
use crate::sign::Key;
use crate::support::{Call, check, key};
use crate::wire::Answer;
use expect_test::expect;
use spacelet_s3::Profile;
use spacelet_sigv4::post_policy::{sign_v4, v4_fields};
use spacelet_sigv4::sign::Credentials;
use std::fmt::Write as _;

/// A form whose policy allows keys below `up/`, signed by A unless it says otherwise; `conditions` are added to it.
struct Form {
    fields: Vec<(String, String)>,
    conditions: String,
    expiration: &'static str,
    signer: Key,
}

impl Form {
    fn new(key: &str) -> Self {
        let fields = vec![("key".to_owned(), key.to_owned()), ("Content-Type".to_owned(), "text/plain".to_owned())];
        Self { fields, conditions: String::new(), expiration: "2099-01-01T00:00:00Z", signer: crate::support::key("A") }
    }

    fn field(mut self, name: &str, value: &str) -> Self {
        self.conditions += &format!(r#",{{"{name}":"{value}"}}"#);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    fn condition(mut self, condition: &str) -> Self {
        self.conditions += &format!(",{condition}");
        self
    }

    fn send(mut self, server: &Server, file: &str) -> Answer {
        let signer = &self.signer;
        let credentials = Credentials { access_key: &signer.id, secret: &signer.secret, region: "nyc3" };
        let now_s = 1_795_000_000;
        let own: String = v4_fields(&credentials, now_s).iter().map(|(n, v)| format!(r#",{{"{n}":"{v}"}}"#)).collect();
        let policy = format!(
            r#"{{"expiration":"{}","conditions":[{{"bucket":"b-one"}},["starts-with","$key","up/"],["starts-with","$Content-Type","text/"]{own}{}]}}"#,
            self.expiration, self.conditions
        );
        self.fields.extend(sign_v4(&policy, &credentials, now_s));
        post(server, &self.fields, file)
    }
}

fn post(server: &Server, fields: &[(String, String)], file: &str) -> Answer {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--BND\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += &format!(
        "--BND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.txt\"\r\nContent-Type: x/y\r\n\r\n{file}\r\n--BND--\r\n"
    );
    Call::new("POST /b-one as nobody")
        .header("Content-Type", "multipart/form-data; boundary=BND")
        .body(body)
        .send(server)
}

fn server() -> Server {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    server
}

fn outcome(answer: &Answer) -> (u16, Option<String>) {
    (answer.status, answer.xml("Code"))
}

#[test]
fn a_form_stores_its_file() {
    let server = server();
    let form = Form::new("up/${filename}").field("x-amz-meta-color", "blue").field("acl", "public-read");
    assert_eq!(outcome(&form.send(&server, "hello")), (204, None));
    check(
        &server,
        "GET /b-one/up/f.txt as nobody",
        expect![[r#"
        200 OK
        accept-ranges: bytes
        content-length: 5
        content-type: text/plain
        etag: "5d41402abc4b2a76b9719d911017c592"
        last-modified: TIME
        x-amz-meta-color: blue
        x-rgw-object-type: Normal

        hello
    "#]],
    );
}

#[test]
fn a_form_chooses_its_answer() {
    let server = server();
    assert_eq!(Form::new("up/a").field("success_action_status", "200").send(&server, "x").status, 200);
    assert_eq!(Form::new("up/a").field("success_action_status", "404").send(&server, "x").status, 204);
    let made = Form::new("up/a b").field("success_action_status", "201").send(&server, "x");
    assert_eq!((made.status, made.xml("Key").as_deref()), (201, Some("up/a b")));
    let sent_on = Form::new("up/a").field("success_action_redirect", "http://example.com/done").send(&server, "x");
    assert_eq!(sent_on.status, 303);
    let expected = "http://example.com/done?bucket=b-one&key=up%2Fa&etag=%229dd4e461268c8034f5c8564e155c67a6%22";
    assert_eq!(sent_on.header("location"), Some(expected));
}

#[test]
fn the_etag_is_in_the_head_of_amazons_answer_only() {
    let etag_of = |profile| {
        let server = Server::start_with(|settings| settings.profile = profile);
        server.prepare(&["PUT /b-one"]);
        Form::new("up/a").send(&server, "x").header("etag").map(str::to_owned)
    };
    assert_eq!(etag_of(Profile::SPACES), None);
    assert_eq!(etag_of(Profile::AWS).as_deref(), Some("\"9dd4e461268c8034f5c8564e155c67a6\""));
}

#[test]
fn a_form_keeps_to_its_policy() {
    let server = server();
    let denied = |form: Form| outcome(&form.send(&server, "hello"));
    let access_denied = (403, Some("AccessDenied".to_owned()));
    assert_eq!(denied(Form::new("other/a")), access_denied);
    assert_eq!(denied(Form { expiration: "2001-01-01T00:00:00Z", ..Form::new("up/a") }), access_denied);
    let mut unnamed = Form::new("up/a");
    unnamed.fields.push(("x-amz-meta-more".to_owned(), "1".to_owned()));
    assert_eq!(denied(unnamed), access_denied);
    let too_long = Form::new("up/a").condition(r#"["content-length-range",0,4]"#);
    assert_eq!(denied(too_long), (400, Some("EntityTooLarge".to_owned())));
    let too_short = Form::new("up/a").condition(r#"["content-length-range",6,9]"#);
    assert_eq!(denied(too_short), (400, Some("EntityTooSmall".to_owned())));
    assert_eq!(server.send("GET /b-one/up/a").status, 404, "nothing was stored");
}

#[test]
fn an_unsigned_form_needs_an_open_bucket() {
    let server = server();
    let fields = [("key".to_owned(), "k".to_owned())];
    assert_eq!(outcome(&post(&server, &fields, "x")), (403, Some("AccessDenied".to_owned())));
    server.prepare(&["PUT /b-one?acl\nx-amz-acl: public-read-write"]);
    assert_eq!(post(&server, &fields, "x").status, 204);
    assert_eq!(outcome(&post(&server, &[], "x")), (400, Some("InvalidArgument".to_owned())));
}

fn amazon() -> Server {
    let server = Server::start_with(|settings| settings.profile = Profile::AWS);
    server.prepare(&["PUT /b-one"]);
    server
}

/// Amazon S3 says where the object is, and names what it does not like in words and codes of its own.
#[test]
fn amazon_answers_forms_in_its_own_words() {
    let server = amazon();
    let url = format!("http://{}/b-one/up%2Fa%20b", server.address());
    let made = Form::new("up/a b").field("success_action_status", "201").send(&server, "x");
    assert_eq!((made.status, made.xml("Location")), (201, Some(url.clone())));
    assert_eq!(made.header("location"), Some(url.as_str()));
    assert!(made.text().contains("<ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag>"), "{}", made.text());
    assert_eq!(Form::new("up/a b").send(&server, "x").header("location"), Some(url.as_str()));

    let mut extra = Form::new("up/a");
    extra.fields.push(("X-Amz-Meta-More".to_owned(), "1".to_owned()));
    let unsigned = |fields: &[(&str, &str)]| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        post(&server, &fields, "x")
    };
    let mut shown = String::new();
    for (what, answer) in [
        ("a key that the policy does not allow", Form::new("other/a").send(&server, "x")),
        ("another value", Form::new("up/a").condition(r#"{"acl":"private"}"#).send(&server, "x")),
        ("too late", Form { expiration: "2001-01-01T00:00:00Z", ..Form::new("up/a") }.send(&server, "x")),
        ("no time", Form { expiration: "soon", ..Form::new("up/a") }.send(&server, "x")),
        ("an operator", Form::new("up/a").condition(r#"["contains","$key","a"]"#).send(&server, "x")),
        ("a field more", extra.send(&server, "x")),
        ("no key", unsigned(&[])),
        ("half a signature", unsigned(&[("key", "k"), ("policy", "e30="), ("x-amz-algorithm", "AWS4-HMAC-SHA256")])),
        (
            "nobody's key",
            unsigned(&[("key", "k"), ("policy", "e30="), ("AWSAccessKeyId", "NOBODY"), ("signature", "s")]),
        ),
        (
            "another signature",
            unsigned(&[("key", "k"), ("policy", "e30="), ("AWSAccessKeyId", &key("A").id), ("signature", "s")]),
        ),
        ("no form", Call::new("POST /b-one as nobody\nContent-Type: text/plain\n\nx").send(&server)),
        ("no boundary", Call::new("POST /b-one as nobody\nContent-Type: multipart/form-data\n\nx").send(&server)),
        (
            "no file",
            Call::new("POST /b-one as nobody\nContent-Type: multipart/form-data; boundary=B\n\n--B--\r\n")
                .send(&server),
        ),
    ] {
        let said = |name| answer.xml(name).unwrap_or_default().replace("&quot;", "\"").replace("&apos;", "'");
        writeln!(shown, "{what}: {} {} {}", answer.status, said("Code"), said("Message")).unwrap();
    }
    expect![[r#"
        a key that the policy does not allow: 403 AccessDenied Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "up/"]
        another value: 403 AccessDenied Invalid according to Policy: Policy Condition failed: ["eq", "$acl", "private"]
        too late: 403 AccessDenied Invalid according to Policy: Policy expired.
        no time: 400 InvalidPolicyDocument Invalid Policy: Invalid 'expiration' value: 'soon'
        an operator: 400 InvalidPolicyDocument Invalid Policy: Invalid Condition: unknown operation 'contains'.
        a field more: 403 AccessDenied Invalid according to Policy: Extra input fields: x-amz-meta-more
        no key: 400 InvalidArgument Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.
        half a signature: 400 InvalidArgument Bucket POST must contain a field named 'x-amz-credential'.  If it is specified, please check the order of the fields.
        nobody's key: 403 InvalidAccessKeyId The AWS access key ID that you provided does not exist in our records.
        another signature: 403 SignatureDoesNotMatch The request signature that the server calculated does not match the signature that you provided. Check your secret access key and signing method.
        no form: 412 PreconditionFailed At least one of the preconditions you specified did not hold.
        no boundary: 400 MalformedPOSTRequest The body of your POST request is not well-formed multipart/form-data.
        no file: 400 InvalidArgument POST requires exactly one file upload per request.
    "#]].assert_eq(&shown);
}

#[test]
fn a_suspended_accounts_form_is_refused() {
    let server = Server::start_with(|settings| {
        let seed = settings.seed.take().unwrap();
        settings.seed = Some(seed.replacen("account = [", "account = [\n{ id = \"9\", suspended = true },", 1));
        add_keys(settings, "{ account = \"9\", id = \"DO00SUSPENDED\", secret = \"suspendedsuspended\" },");
    });
    server.prepare(&["PUT /b-one", "PUT /b-one?acl\nx-amz-acl: public-read-write"]);
    let form = Form { signer: Key::new("DO00SUSPENDED", "suspendedsuspended"), ..Form::new("up/a") };
    assert_eq!(outcome(&form.send(&server, "x")), (403, Some("UserSuspended".to_owned())));
}

/// The tags of a form's document, and how long its lock is to last, are what a PUT says in headers.
#[test]
fn amazons_policies_see_a_forms_tags_and_lock() {
    let server = Server::start_with(|settings| settings.profile = Profile::AWS);
    let deny = |condition: &str| {
        format!(
            r#"{{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b-one/*","Condition":{{{condition}}}}}"#
        )
    };
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{},{}]}}"#,
        deny(r#""StringEquals":{"s3:RequestObjectTag/env":"prod"}"#),
        deny(r#""NumericGreaterThan":{"s3:object-lock-remaining-retention-days":"100"}"#),
    );
    server.prepare(&["PUT /b-one\nx-amz-bucket-object-lock-enabled: true", &format!("PUT /b-one?policy\n\n{policy}")]);
    let tagged = |value: &str| {
        let tags = format!("<Tagging><TagSet><Tag><Key>env</Key><Value>{value}</Value></Tag></TagSet></Tagging>");
        outcome(&Form::new("up/a").field("tagging", &tags).send(&server, "x"))
    };
    assert_eq!(tagged("test"), (204, None));
    assert_eq!(tagged("prod"), (403, Some("AccessDenied".to_owned())));
    let until = |date: &str| {
        let form = Form::new("up/b").field("x-amz-object-lock-mode", "GOVERNANCE");
        outcome(&form.field("x-amz-object-lock-retain-until-date", date).send(&server, "x"))
    };
    assert_eq!(until("2199-01-01T00:00:00Z"), (403, Some("AccessDenied".to_owned())));
}
