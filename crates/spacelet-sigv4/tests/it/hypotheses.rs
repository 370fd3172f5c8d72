//! Each usual mistake is found and named.

use spacelet_sigv4::sign::{BodyHash, Credentials, presign_v4, sign_v2, sign_v4};
use spacelet_sigv4::{AuthError, Hypothesis, explain_mismatch};

use crate::support::{EXAMPLE, EXAMPLE_S, Request};

/// Signs one request and sends another.
fn signed_as(signed: &Request, sent: &Request) -> Request {
    let added = sign_v4(&signed.head(), &EXAMPLE, EXAMPLE_S, BodyHash::Of(b"body"));
    let mut sent = sent.clone();
    sent.add(added);
    sent
}

fn explain(request: &Request, aliases: &[&str]) -> Hypothesis {
    let aliases: Vec<String> = aliases.iter().map(|alias| (*alias).to_owned()).collect();
    assert_eq!(request.verify(EXAMPLE_S).unwrap_err(), AuthError::Mismatch);
    let hypothesis = explain_mismatch(&request.claim().unwrap(), &request.head(), EXAMPLE.secret, &aliases);
    assert!(hypothesis.explanation.len() <= 1024, "{hypothesis:?}");
    assert!(hypothesis.explanation.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{hypothesis:?}");
    assert!(!format!("{hypothesis:?}").contains("wJalrX"));
    hypothesis
}

fn put(target: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = Request::new("PUT", target, headers);
    request.set("host", "localhost:9000");
    request
}

/// A canonical path is signed as a path that recodes to itself would be, so a client that signs the raw path
/// `/b/a%2Fb` signs what a client sending `/b/a%252Fb` would.
#[test]
fn mistakes_in_path_and_query() {
    for (signed, sent, name) in [
        ("/b/a%252Fb", "/b/a%2Fb", "path-as-sent"),
        ("/b/a%20b", "/b/a+b", "path-plus-as-blank"),
        ("/b/a%25C3%25BC", "/b/a%C3%BC", "path-as-sent"),
        ("/b/c", "/b//a/../c", "path-normalised"),
        ("/k", "/b/k", "host-style"),
        ("/b", "/b/", "path-trailing-slash"),
        ("/b/", "/b", "path-trailing-slash"),
        ("/b", "/b?x-added=1", "query-left-out"),
        ("/b?prefix=a%2Bb", "/b?prefix=a+b", "query-plus"),
    ] {
        let request = signed_as(&put(signed, &[]), &put(sent, &[]));
        let found = explain(&request, &[]);
        // Escaping twice and signing as sent are the same when the path has escapes that canonicalise to themselves.
        let same = name == "path-as-sent" && found.name == "path-escaped-twice";
        assert!(found.name == name || same, "{sent} signed as {signed}: {found:?}");
    }
}

#[test]
fn mistakes_in_host_method_and_headers() {
    let sent = put("/b/k", &[]);
    for (host, aliases, name) in [
        ("localhost", &[][..], "host"),
        ("localhost:443", &[], "host"),
        ("spacelet:9000", &["spacelet:9000"], "host"),
        ("spacelet", &["spacelet:9000"], "host"),
        ("proxy.example", &[], "unknown"),
    ] {
        let mut signed = sent.clone();
        signed.set("host", host);
        let found = explain(&signed_as(&signed, &sent), aliases);
        assert_eq!(found.name, name, "{host}: {found:?}");
        assert!(name == "unknown" || found.explanation.contains(host), "{found:?}");
    }
    let mut forwarded = sent.clone();
    forwarded.set("host", "proxy.example");
    let mut received = signed_as(&forwarded, &sent);
    received.set("x-forwarded-host", "proxy.example");
    assert_eq!(explain(&received, &[]).name, "host");

    let mut get = sent.clone();
    get.method = "GET".to_owned();
    let found = explain(&signed_as(&get, &sent), &[]);
    assert_eq!(
        (found.name, found.explanation.as_str()),
        ("method", "the signature was made for GET, but the request is a PUT")
    );

    let with = |values: &[&str]| put("/b/k", &values.iter().map(|value| ("x-amz-meta-a", *value)).collect::<Vec<_>>());
    assert_eq!(explain(&signed_as(&with(&["2"]), &with(&["1", "2"])), &[]).name, "header-repeated");
    let typed = |value: &str| put("/b/k", &[("content-type", value)]);
    assert_eq!(explain(&signed_as(&typed(""), &typed("text/plain")), &[]).name, "header-content-type");
    let found = explain(&signed_as(&with(&[""]), &sent), &[]);
    assert_eq!(found.name, "header-absent");
    assert!(found.explanation.contains("x-amz-meta-a"), "{found:?}");
    let found = explain(&signed_as(&with(&["x"]), &with(&["y"])), &[]);
    assert_eq!(found.name, "unknown");
    assert!(found.canonical_request.unwrap().contains("\nx-amz-meta-a:y\n"), "the journal shows what was signed here");
}

#[test]
fn mistakes_in_payload_secret_and_scope() {
    let mut unsigned = put("/b/k", &[]);
    let added = sign_v4(&unsigned.head(), &EXAMPLE, EXAMPLE_S, BodyHash::Unsigned);
    unsigned.add(added);
    change(&mut unsigned, |text| text.replace(";x-amz-content-sha256", ""));
    // Signed with the header, listed without it: no guess can say that, but it must not be called something else.
    assert_eq!(explain(&unsigned, &[]).name, "unknown");
    unsigned.headers.remove("x-amz-content-sha256");
    assert!(explain(&unsigned, &[]).explanation.contains("x-amz-content-sha256 was not sent"));

    let mut link = put("/b/k", &[]);
    link.query = presign_v4(&link.head(), &EXAMPLE, EXAMPLE_S, 60);
    link.set("x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(explain(&link, &[]).name, "unsigned-payload");

    let mut added = put("/b/k", &[]);
    added.query = presign_v4(&added.head(), &EXAMPLE, EXAMPLE_S, 60) + "&foo=bar";
    assert_eq!(explain(&added, &[]).name, "query-added");

    for secret in ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n", " wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"] {
        let mut request = put("/b/k", &[]);
        let added = sign_v4(&request.head(), &Credentials { secret, ..EXAMPLE }, EXAMPLE_S, BodyHash::Unsigned);
        request.add(added);
        assert_eq!(explain(&request, &[]).name, "secret-with-blanks");
    }

    let mut scoped = signed_as(&put("/b/k", &[]), &put("/b/k", &[]));
    change(&mut scoped, |text| text.replace("/20130524/", "/20200101/"));
    assert_eq!(explain(&scoped, &[]).name, "scope-date");
}

fn change(request: &mut Request, change: impl Fn(&str) -> String) {
    let changed = change(request.headers["authorization"].to_str().unwrap());
    request.set("authorization", &changed);
}

/// Raw signatures, made with Python's standard library over exactly these lines.
#[test]
fn mistakes_that_only_a_raw_signature_can_make() {
    for (target, headers, signature, name) in RAW {
        let mut request = Request::new("GET", target, headers);
        request.set("host", "localhost:9000");
        request.set("x-amz-date", "20130524T000000Z");
        if name != "empty-payload" {
            request.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        }
        let meta = if headers.is_empty() { "" } else { ";x-amz-meta-a" };
        request.set(
            "authorization",
            &format!(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders=host;x-amz-date{meta}, Signature={signature}"
            ),
        );
        assert_eq!(explain(&request, &[]).name, name, "{target}");
    }
}

type Raw = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);
const RAW: [Raw; 6] = [
    ("/b?b=1&a=2", &[], "127c2f38331779bd87c372b7ffd8609e59208e6bc66101cb673420c0607285da", "query-order"),
    ("/b?acl", &[], "b26d4daa93dd2ed827026e6b0c8702997ff6ac0543618b8a071bba58f0ac8ed1", "query-as-sent"),
    ("/b/a%2Fb", &[], "97219516e84cce1e9f0ca089b625ef3feb6553d61f77e909e41f5feb5f3917e6", "path-as-sent"),
    ("/b/a%20b", &[], "9c8e777e94ee78df994c4828525a233c5877a78edf7432bf2275c5e3ebdf7a78", "path-escaped-twice"),
    (
        "/b/k",
        &[("x-amz-meta-a", "a   b")],
        "0321f41162ab735b5600f3569db59409ee392fd48414fa59978224d1e9b38078",
        "header-blanks",
    ),
    ("/b/k", &[], "400bbe89519b16a179c4651d10a4b1c50d53e2872a9434787abbabf093ee1be2", "empty-payload"),
];

#[test]
fn mistakes_in_v2() {
    let date = [("date", "Fri, 24 May 2013 00:00:00 GMT")];
    let sign = |signed: &Request, sent: &Request| {
        let mut sent = sent.clone();
        sent.headers.insert("authorization", sign_v2(&signed.head(), &EXAMPLE));
        sent
    };
    let sent = Request::new("GET", "/b/k?acl", &date);
    let mut other_method = sent.clone();
    other_method.method = "PUT".to_owned();
    let mut hosted = Request::new("GET", "/k", &date);
    hosted.host_bucket = Some("b".to_owned());
    let typed = Request::new("GET", "/b/k?acl", &[date[0], ("content-type", "text/plain")]);
    for (signed, sent, name) in [
        (Request::new("GET", "/b/k", &date), sent.clone(), "sub-resource"),
        (other_method, sent.clone(), "method"),
        (Request::new("GET", "/b/a b", &date), Request::new("GET", "/b/a%20b", &date), "path-decoded"),
        (Request::new("GET", "/k", &date), hosted, "host-style"),
        (Request::new("GET", "/b/", &date), Request::new("GET", "/b", &date), "path-trailing-slash"),
        (sent, typed, "content-type"),
        (Request::new("GET", "/other", &date), Request::new("GET", "/b/k", &date), "unknown"),
    ] {
        assert_eq!(explain(&sign(&signed, &sent), &[]).name, name);
    }
}

#[test]
fn keys_and_tokens_are_masked_in_what_the_journal_shows() {
    let headers = [
        ("x-amz-server-side-encryption-customer-key", "c2VjcmV0"),
        ("x-amz-copy-source-server-side-encryption-customer-key", "c2VjcmV0"),
        ("x-amz-security-token", "tok"),
    ];
    let request = signed_as(&put("/other", &headers), &put("/b/k", &headers));
    let shown = explain(&request, &[]).canonical_request.unwrap();
    assert!(shown.contains("customer-key:***") && shown.contains("token:***"), "{shown}");
    assert!(!shown.contains("c2VjcmV0") && !shown.contains(":tok"));
}
