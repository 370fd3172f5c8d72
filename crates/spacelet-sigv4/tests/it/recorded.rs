//! What a recorded RGW 16 answered, as verdicts: each case changes a good request in one way.

use spacelet_sigv4::sign::{BodyHash, Credentials, presign_v2, presign_v4, sign_v2, sign_v4};
use spacelet_sigv4::{AuthError, Claim, Payload, amz_date};

use crate::support::{EXAMPLE, EXAMPLE_S, Request};

/// The answer that RGW gives for a verdict.
fn answer(request: &Request, now_s: i64) -> &'static str {
    match request.verify(now_s).map(|verified| verified.payload) {
        Ok(_) if matches!(request.claim(), Ok(Claim::Anonymous)) => "anonymous",
        Ok(Payload::Unmatchable) => "ok, then XAmzContentSHA256Mismatch",
        Ok(Payload::Unsigned | Payload::Sha256(_) | Payload::Chunked(_)) => "ok",
        Err(AuthError::Malformed(_)) => "InvalidArgument",
        Err(AuthError::Unacceptable(_) | AuthError::Expired { .. }) => "AccessDenied",
        Err(AuthError::Skewed { .. }) => "RequestTimeTooSkewed",
        Err(AuthError::Mismatch) => "SignatureDoesNotMatch",
    }
}

fn signed(at_s: i64) -> Request {
    signed_as("GET", "/gold/hello.txt", &[], at_s, &EXAMPLE, BodyHash::Of(b""))
}

fn signed_as(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    at_s: i64,
    credentials: &Credentials<'_>,
    body: BodyHash<'_>,
) -> Request {
    let mut request = Request::new(method, target, headers);
    request.set("host", "localhost:7480");
    let added = sign_v4(&request.head(), credentials, at_s, body);
    request.add(added);
    request
}

fn change_authorization(request: &mut Request, change: impl Fn(&str) -> String) {
    let changed = change(request.headers["authorization"].to_str().unwrap());
    request.set("authorization", &changed);
}

#[test]
fn authorization_headers_of_v4() {
    let without = |part: &'static str| move |text: &str| text.replace(part, "");
    type Change = Box<dyn Fn(&str) -> String>;
    let cases: Vec<(&str, Change, &str)> = vec![
        ("as it is, blanks after commas", Box::new(str::to_owned), "ok"),
        ("no blanks", Box::new(|text| text.replace(", ", ",")), "ok"),
        ("tabs", Box::new(|text| text.replace(", ", ",\t")), "ok"),
        ("blanks only", Box::new(|text| text.replace(", ", " ")), "InvalidArgument"),
        ("two blanks after the scheme", Box::new(|text| text.replace("SHA256 C", "SHA256  C")), "ok"),
        ("no blank after the scheme", Box::new(|text| text.replace("SHA256 C", "SHA256C")), "InvalidArgument"),
        ("lower case scheme", Box::new(|text| text.replace("AWS4-HMAC", "aws4-hmac")), "InvalidArgument"),
        ("another scheme", Box::new(|text| text.replace("SHA256 ", "SHA512 ")), "InvalidArgument"),
        ("garbage", Box::new(|_| "AWS4-HMAC-SHA256 garbage".to_owned()), "InvalidArgument"),
        ("scheme only", Box::new(|_| "AWS4-HMAC-SHA256".to_owned()), "InvalidArgument"),
        ("an unknown part", Box::new(|text| format!("{text},Foo=bar")), "ok"),
        ("a part without =", Box::new(|text| format!("{text},Foo")), "InvalidArgument"),
        ("a comma at the end", Box::new(|text| format!("{text},")), "ok"),
        ("three parts in the credential", Box::new(without("/s3/aws4_request")), "InvalidArgument"),
        ("six parts", Box::new(|text| text.replace("/s3/", "/s3/x/")), "InvalidArgument"),
        ("another terminator", Box::new(|text| text.replace("aws4_request", "aws5_request")), "InvalidArgument"),
        (
            "terminator misplaced",
            Box::new(|text| text.replace("s3/aws4_request", "aws4_request/s3")),
            "SignatureDoesNotMatch",
        ),
        ("no key", Box::new(without("AKIAIOSFODNN7EXAMPLE")), "InvalidArgument"),
        ("no signature", Box::new(|text| text.split(", Signature").next().unwrap().to_owned()), "InvalidArgument"),
        ("empty signature", Box::new(|text| format!("{}=", text.rsplit_once('=').unwrap().0)), "InvalidArgument"),
        (
            "upper case signature",
            Box::new(|text| {
                let (start, signature) = text.rsplit_once('=').unwrap();
                format!("{start}={}", signature.to_uppercase())
            }),
            "SignatureDoesNotMatch",
        ),
        ("short signature", Box::new(|text| text[..text.len() - 1].to_owned()), "SignatureDoesNotMatch"),
        (
            "no signed headers",
            Box::new(without("SignedHeaders=host;x-amz-content-sha256;x-amz-date, ")),
            "InvalidArgument",
        ),
        ("empty signed headers", Box::new(without("host;x-amz-content-sha256;x-amz-date")), "SignatureDoesNotMatch"),
        (
            "another day in the scope",
            Box::new(|text| text.replace("/20130524/", "/20200101/")),
            "SignatureDoesNotMatch",
        ),
        ("Basic", Box::new(|_| "Basic Zm9vOmJhcg==".to_owned()), "InvalidArgument"),
        ("Bearer", Box::new(|_| "Bearer abc".to_owned()), "InvalidArgument"),
        ("empty", Box::new(|_| String::new()), "anonymous"),
    ];
    for (name, change, expected) in cases {
        let mut request = signed(EXAMPLE_S);
        change_authorization(&mut request, change);
        assert_eq!(answer(&request, EXAMPLE_S), expected, "{name}");
    }
}

#[test]
fn region_service_and_time_of_v4() {
    for region in ["nyc3", "mars-1", ""] {
        let credentials = Credentials { region, ..EXAMPLE };
        let request = signed_as("GET", "/gold", &[], EXAMPLE_S, &credentials, BodyHash::Unsigned);
        assert_eq!(answer(&request, EXAMPLE_S), "ok", "{region}");
    }
    for (delta_s, expected) in
        [(0, "ok"), (900, "ok"), (-900, "ok"), (901, "RequestTimeTooSkewed"), (-901, "RequestTimeTooSkewed")]
    {
        assert_eq!(answer(&signed(EXAMPLE_S + delta_s), EXAMPLE_S), expected, "{delta_s}");
    }
    let mut skewed = signed(EXAMPLE_S - 1200);
    change_authorization(&mut skewed, |text| text.replace("Signature=", "Signature=0"));
    assert_eq!(
        skewed.verify(EXAMPLE_S).unwrap_err(),
        AuthError::Skewed { delta_s: -1200 },
        "time comes before the signature"
    );
    assert_eq!(skewed.claim().unwrap().check_time(EXAMPLE_S, 0), Err(AuthError::Skewed { delta_s: -1200 }));
    for date in ["garbage", "2013-05-24T00:00:00Z", "Fri, 24 May 2013 00:00:00 GMT", ""] {
        let mut request = signed(EXAMPLE_S);
        request.set("x-amz-date", date);
        assert_eq!(answer(&request, EXAMPLE_S), "AccessDenied", "{date}");
    }
    let mut undated = signed(EXAMPLE_S);
    undated.headers.remove("x-amz-date");
    assert_eq!(answer(&undated, EXAMPLE_S), "AccessDenied");
}

/// Signs by hand what the client puts on each line, and sends something that may differ.
fn by_hand(request: &mut Request, canonical_path: &str, canonical_query: &str, headers: &[(&str, &str)]) {
    let mut canonical = Request::new(&request.method, "/", headers);
    canonical.path = canonical_path.to_owned();
    canonical.query = canonical_query.to_owned();
    canonical.set("host", "localhost:7480");
    let added = sign_v4(&canonical.head(), &EXAMPLE, EXAMPLE_S, BodyHash::Unsigned);
    request.set("host", "localhost:7480");
    request.add(added);
}

#[test]
fn paths_are_decoded_and_encoded_again() {
    // The path sent, and a path whose canonical form is what the client signed.
    for (sent, signed, expected) in [
        ("/b/a%2Fb", "/b/a/b", "ok"),
        ("/b/a%2Fb", "/b/a%252Fb", "SignatureDoesNotMatch"),
        ("/b/a+b", "/b/a%2Bb", "ok"),
        ("/b/a+b", "/b/a%20b", "SignatureDoesNotMatch"),
        ("/b/a~b%7E", "/b/a~b~", "ok"),
        ("/b/a%c3%bc", "/b/a%C3%BC", "ok"),
        ("/b/a(b)!*'", "/b/a%28b%29%21%2A%27", "ok"),
        ("/b//a//b/../c/./", "/b//a//b/../c/./", "ok"),
        ("/b/a%2541", "/b/a%2541", "ok"),
    ] {
        let mut request = Request::new("PUT", sent, &[]);
        by_hand(&mut request, signed, "", &[]);
        assert_eq!(answer(&request, EXAMPLE_S), expected, "{sent} signed as {signed}");
    }
}

#[test]
fn queries_are_decoded_sorted_and_encoded_again() {
    for (sent, signed, expected) in [
        ("prefix=x&delimiter=y&max-keys=1", "delimiter=y&max-keys=1&prefix=x", "ok"),
        ("foo=b&foo=a", "foo=a&foo=b", "ok"),
        ("prefix=a+b", "prefix=a%20b", "ok"),
        ("prefix=a+b", "prefix=a%2Bb", "SignatureDoesNotMatch"),
        ("acl", "acl=", "ok"),
        ("foo=a=b", "foo=a%3Db", "ok"),
        ("=b", "=b", "ok"),
        ("prefix=a/b", "prefix=a%2Fb", "ok"),
        ("a=1&&b=2", "a=1&b=2", "ok"),
        ("a=1;b=2", "a=1%3Bb%3D2", "ok"),
        ("a=%zz", "a=", "ok"),
        ("X-Amz-Signature=abc", "X-Amz-Signature=abc", "ok"),
        ("X-Amz-Signature=abc&a=1", "a=1", "SignatureDoesNotMatch"),
    ] {
        let mut request = Request::new("GET", "/b", &[]);
        request.query = sent.to_owned();
        by_hand(&mut request, "/b", signed, &[]);
        assert_eq!(answer(&request, EXAMPLE_S), expected, "{sent} signed as {signed}");
    }
}

#[test]
fn header_values_are_trimmed_and_folded() {
    for (sent, signed, expected) in [
        (&["  a   b  "][..], "a b", "ok"),
        (&["a \t b"], "a b", "ok"),
        (&["a\tb"], "a\tb", "ok"),
        (&["\"a   b\""], "\"a b\"", "ok"),
        (&["1", "2"], "1,2", "ok"),
        (&["1", "2"], "2", "SignatureDoesNotMatch"),
        (&[""], "", "ok"),
        (&["\u{fc}n\u{ef}"], "\u{fc}n\u{ef}", "ok"),
    ] {
        let headers: Vec<(&str, &str)> = sent.iter().map(|value| ("x-amz-meta-a", *value)).collect();
        let mut request = Request::new("GET", "/b", &headers);
        by_hand(&mut request, "/b", "", &[("x-amz-meta-a", signed)]);
        assert_eq!(answer(&request, EXAMPLE_S), expected, "{sent:?} signed as {signed}");
    }
    let mut unsigned = signed(EXAMPLE_S);
    unsigned.set("x-amz-acl", "public-read");
    assert_eq!(answer(&unsigned, EXAMPLE_S), "ok", "a header that is not signed may be added");
    let mut absent = signed(EXAMPLE_S);
    change_authorization(&mut absent, |text| text.replace(";x-amz-date", ";x-amz-date;x-amz-meta-a"));
    assert_eq!(answer(&absent, EXAMPLE_S), "SignatureDoesNotMatch");
    let mut upper = signed(EXAMPLE_S);
    change_authorization(&mut upper, |text| text.replace("=host;", "=Host;"));
    assert_eq!(answer(&upper, EXAMPLE_S), "SignatureDoesNotMatch");
}

#[test]
fn hosts_need_not_be_signed_and_may_be_aliases() {
    let mut hostless = Request::new("GET", "/gold", &[]);
    let added = sign_v4(&hostless.head(), &EXAMPLE, EXAMPLE_S, BodyHash::Unsigned);
    hostless.add(added);
    hostless.set("host", "whatever");
    assert_eq!(answer(&hostless, EXAMPLE_S), "ok");

    let mut moved = signed(EXAMPLE_S);
    moved.set("host", "localhost:19000");
    assert_eq!(answer(&moved, EXAMPLE_S), "SignatureDoesNotMatch");
    let verified = moved.verify_with(EXAMPLE.secret, EXAMPLE_S, &["spacelet:9000", "localhost:7480"]).unwrap();
    assert_eq!(verified.host_alias.as_deref(), Some("localhost:7480"));
}

#[test]
fn payload_hashes() {
    for (hash, expected) in [
        ("UNSIGNED-PAYLOAD", "ok"),
        ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "ok"),
        ("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", "ok, then XAmzContentSHA256Mismatch"),
        ("garbage", "ok, then XAmzContentSHA256Mismatch"),
        ("unsigned-payload", "ok, then XAmzContentSHA256Mismatch"),
        ("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "ok, then XAmzContentSHA256Mismatch"),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "InvalidArgument"),
    ] {
        let request = signed_as("PUT", "/gold/x", &[], EXAMPLE_S, &EXAMPLE, BodyHash::Text(hash));
        assert_eq!(answer(&request, EXAMPLE_S), expected, "{hash}");
    }
    for (length, expected) in
        [("5", "ok"), ("abc", "InvalidArgument"), ("-5", "InvalidArgument"), ("", "InvalidArgument")]
    {
        let headers = [("x-amz-decoded-content-length", length)];
        let body = BodyHash::Text("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
        let request = signed_as("PUT", "/gold/x", &headers, EXAMPLE_S, &EXAMPLE, body);
        assert_eq!(answer(&request, EXAMPLE_S), expected, "{length}");
    }
    // Without the header the body counts as unsigned; a client that signed its empty hash is told no.
    for (hash, expected) in [(BodyHash::Unsigned, "ok"), (BodyHash::Of(b""), "SignatureDoesNotMatch")] {
        let mut bare =
            Request::new("GET", "/gold/x", &[("host", "localhost:7480"), ("x-amz-date", &amz_date(EXAMPLE_S))]);
        bare.set("authorization", &bare_authorization(hash));
        assert_eq!(answer(&bare, EXAMPLE_S), expected, "{hash:?}");
    }
    let garbage = [("content-md5", "%%%")];
    let request = signed_as("PUT", "/gold/x", &garbage, EXAMPLE_S, &EXAMPLE, BodyHash::Unsigned);
    assert_eq!(answer(&request, EXAMPLE_S), "AccessDenied");
}

/// `GET /gold/x` signed over host and x-amz-date alone, made with Python's standard library.
fn bare_authorization(hash: BodyHash<'_>) -> String {
    let signature = match hash {
        BodyHash::Unsigned => "2494ac1cb70483c143801712ef881f0c6370055bb68d0e2f35b3b2965e1448d9",
        BodyHash::Of(_) | BodyHash::Text(_) => "73faad4109262759bd2738829364177b9b93c04417a1d465ac01022906603b58",
    };
    format!(
        "AWS4-HMAC-SHA256 Credential={}/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}",
        EXAMPLE.access_key
    )
}

#[test]
fn presigned_links_of_v4() {
    let link = |expires_s: u32, at_s: i64, query: &str| {
        let mut request = Request::new("GET", "/gold/hello.txt", &[("host", "localhost:7480")]);
        request.query = query.to_owned();
        request.query = presign_v4(&request.head(), &EXAMPLE, at_s, expires_s);
        request
    };
    let good = link(3600, EXAMPLE_S, "");
    for (name, request, expected) in [
        ("good", good.clone(), "ok"),
        ("at its end", link(60, EXAMPLE_S - 60, ""), "AccessDenied"),
        ("just before", link(60, EXAMPLE_S - 59, ""), "ok"),
        ("too long", link(604_801, EXAMPLE_S, ""), "AccessDenied"),
        ("seven days", link(604_800, EXAMPLE_S, ""), "ok"),
        ("no life", link(0, EXAMPLE_S, ""), "AccessDenied"),
        ("from the future", link(60, EXAMPLE_S + 172_800, ""), "ok"),
        ("of a list", link(60, EXAMPLE_S, "list-type=2&max-keys=1"), "ok"),
        (
            "with an override",
            link(60, EXAMPLE_S, "response-content-disposition=attachment%3B%20filename%3Dx.txt"),
            "ok",
        ),
    ] {
        assert_eq!(answer(&request, EXAMPLE_S), expected, "{name}");
    }
    for (from, to, expected) in [
        ("X-Amz-Expires=3600&", "", "AccessDenied"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=-1", "AccessDenied"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=abc", "AccessDenied"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=3600abc", "SignatureDoesNotMatch"),
        ("X-Amz-Date=20130524T000000Z&", "", "AccessDenied"),
        ("X-Amz-Date=20130524T000000Z", "X-Amz-Date=garbage", "AccessDenied"),
        ("&X-Amz-Signature", "&X-Amz-Sig", "AccessDenied"),
        ("X-Amz-Credential", "X-Amz-Cred", "AccessDenied"),
        ("X-Amz-SignedHeaders", "X-Amz-Signed", "AccessDenied"),
        ("%2Fs3%2Faws4_request", "", "InvalidArgument"),
        ("%2F", "/", "ok"),
        ("%2F", "%2f", "ok"),
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256&", "", "anonymous"),
        ("HMAC-SHA256", "HMAC-SHA512", "anonymous"),
        ("X-Amz-", "x-amz-", "anonymous"),
        ("X-Amz-Expires", "foo=bar&X-Amz-Expires", "SignatureDoesNotMatch"),
    ] {
        let mut request = good.clone();
        request.query = request.query.replace(from, to);
        assert_eq!(answer(&request, EXAMPLE_S), expected, "{from} to {to}");
    }
    for (name, value, expected) in [
        ("x-amz-acl", "public-read", "ok"),
        ("x-amz-date", "20200101T000000Z", "ok"),
        ("authorization", "", "ok"),
        ("authorization", "Bearer abc", "InvalidArgument"),
        ("authorization", "AWS AKIAIOSFODNN7EXAMPLE:abc", "AccessDenied"),
        ("x-amz-content-sha256", "UNSIGNED-PAYLOAD", "ok"),
        (
            "x-amz-content-sha256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "SignatureDoesNotMatch",
        ),
    ] {
        let mut request = good.clone();
        request.set(name, value);
        assert_eq!(answer(&request, EXAMPLE_S), expected, "{name}: {value}");
    }
    let mut other_method = good.clone();
    other_method.method = "HEAD".to_owned();
    assert_eq!(answer(&other_method, EXAMPLE_S), "SignatureDoesNotMatch");
    assert_eq!(good.verify_with("wrong", EXAMPLE_S, &[]).unwrap_err(), AuthError::Mismatch);
    assert_eq!(good.verify_with("wrong", EXAMPLE_S + 3601, &[]).unwrap_err(), AuthError::Expired { since_s: 1 });
}

#[test]
fn clocks_are_not_mixed_up() {
    let keys = spacelet_sigv4::SigningKeys::new();
    let far_s = EXAMPLE_S + 40 * 86_400;
    let header = signed(EXAMPLE_S);
    assert!(header.claim().unwrap().verify(&header.head(), EXAMPLE.secret, EXAMPLE_S, far_s, &[], &keys).is_ok());
    let mut link = Request::new("GET", "/b/k", &[("host", "h")]);
    link.query = presign_v4(&link.head(), &EXAMPLE, far_s, 60);
    assert!(link.claim().unwrap().verify(&link.head(), EXAMPLE.secret, EXAMPLE_S, far_s + 59, &[], &keys).is_ok());
    assert!(link.claim().unwrap().verify(&link.head(), EXAMPLE.secret, EXAMPLE_S, far_s + 60, &[], &keys).is_err());
}

#[test]
fn a_new_secret_is_not_served_from_the_cache() {
    let keys = spacelet_sigv4::SigningKeys::new();
    let request = signed(EXAMPLE_S);
    let claim = request.claim().unwrap();
    let verify = |secret: &str| claim.verify(&request.head(), secret, EXAMPLE_S, 0, &[], &keys).is_ok();
    assert!(verify(EXAMPLE.secret));
    assert!(verify(EXAMPLE.secret));
    assert!(!verify("another"));
    assert!(verify(EXAMPLE.secret));
}

#[test]
fn sigv2() {
    const NOW_S: i64 = 1_175_024_202;
    const DATE: &str = "Tue, 27 Mar 2007 19:36:42 GMT";
    let signed = |method: &str, target: &str, headers: &[(&str, &str)]| {
        let mut request = Request::new(method, target, headers);
        request.set("date", DATE);
        let authorization = sign_v2(&request.head(), &EXAMPLE);
        request.headers.insert("authorization", authorization);
        request
    };
    let put =
        signed("PUT", "/b/v2?partNumber=1&uploadId=a%2Bb", &[("content-type", "text/plain"), ("x-amz-meta-a", "b")]);
    assert_eq!(answer(&put, NOW_S), "ok");
    assert_eq!(answer(&put, NOW_S + 901), "RequestTimeTooSkewed");
    for (name, value, expected) in [
        ("date", "garbage", "AccessDenied"),
        ("x-amz-meta-a", "c", "SignatureDoesNotMatch"),
        ("content-type", "text/html", "SignatureDoesNotMatch"),
        ("user-agent", "any", "ok"),
        ("content-md5", "%%", "AccessDenied"),
        ("authorization", "AWS garbage", "InvalidArgument"),
        ("authorization", "AWS", "InvalidArgument"),
        ("authorization", "AWS ", "InvalidArgument"),
        ("authorization", "AWS :abc", "InvalidArgument"),
        ("authorization", "AWS AKIAIOSFODNN7EXAMPLE:", "InvalidArgument"),
        ("authorization", "aws AKIAIOSFODNN7EXAMPLE:abc", "InvalidArgument"),
        ("authorization", "AWS AKIAIOSFODNN7EXAMPLE:abc", "SignatureDoesNotMatch"),
    ] {
        let mut request = put.clone();
        request.set(name, value);
        assert_eq!(answer(&request, NOW_S), expected, "{name}: {value}");
    }
    let mut undated = put.clone();
    undated.headers.remove("date");
    assert_eq!(answer(&undated, NOW_S), "AccessDenied");
    let mut streamed = signed(
        "PUT",
        "/b/v2",
        &[("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"), ("x-amz-decoded-content-length", "5")],
    );
    assert!(matches!(streamed.verify(NOW_S).unwrap().payload, Payload::Chunked(_)));
    streamed.headers.remove("authorization");
    assert!(matches!(streamed.verify(NOW_S).unwrap().payload, Payload::Chunked(_)), "anonymous");

    let mut link = Request::new("GET", "/b/k?response-content-type=text%2Fx&x-amz-meta-a=b", &[]);
    link.query = presign_v2(&link.head(), &EXAMPLE, NOW_S + 60);
    for (from, to, expected) in [
        ("", "", "ok"),
        ("Expires=1175024262", "Expires=1175024202", "AccessDenied"),
        ("Expires=1175024262", "Expires=abc", "AccessDenied"),
        ("&Expires=1175024262", "", "AccessDenied"),
        ("&Signature=", "&Sig=", "InvalidArgument"),
        ("AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE", "AWSAccessKeyId=", "anonymous"),
        ("text%2Fx", "text%2Fy", "SignatureDoesNotMatch"),
        ("x-amz-meta-a=b", "x-amz-meta-a=c", "SignatureDoesNotMatch"),
    ] {
        let mut request = link.clone();
        request.query = request.query.replace(from, to);
        assert_eq!(answer(&request, NOW_S), expected, "{from} to {to}");
    }
}

#[test]
fn nothing_shows_a_secret() {
    let request = signed(EXAMPLE_S);
    let keys = spacelet_sigv4::SigningKeys::new();
    let claim = request.claim().unwrap();
    let verified = claim.verify(&request.head(), EXAMPLE.secret, EXAMPLE_S, EXAMPLE_S, &[], &keys).unwrap();
    let shown = format!("{keys:?} {verified:?} {EXAMPLE:?} {claim:?} {:?}", request.head());
    assert!(!shown.contains("wJalrX"), "{shown}");
}
