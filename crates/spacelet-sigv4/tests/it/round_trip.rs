//! What is signed is verified, and what is changed afterwards is not.

use proptest::prelude::*;
use spacelet_sigv4::sign::{BodyHash, Credentials, presign_v2, presign_v4, sign_v2, sign_v4};
use spacelet_sigv4::{AuthError, Claim};

use crate::support::{EXAMPLE_S, Request};

/// Paths, queries and header values with everything in them that clients get wrong.
fn request() -> impl Strategy<Value = Request> {
    let segment = "[a-zA-Z0-9 _.~()!*',;:@&=$/\u{fc}\u{1F600}-]{0,12}";
    let path = proptest::collection::vec(segment, 1..4);
    let query = proptest::collection::vec(("[a-z\u{fc}+ -]{1,8}", segment), 0..4);
    let headers = proptest::collection::vec(("x-amz-meta-[a-z]{1,4}", "[ -~\u{fc}]{0,20}"), 0..4);
    let method = prop_oneof![Just("GET"), Just("PUT"), Just("DELETE"), Just("HEAD"), Just("POST")];
    (method, path, query, headers).prop_map(|(method, path, query, headers)| {
        let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let half = |text: &str| {
            let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte));
            if plain { text.to_owned() } else { escape(text) }
        };
        let target = path.iter().map(|segment| format!("/{}", half(segment))).collect::<String>();
        let mut request =
            Request::new(method, &target, &[("host", "b.localhost:9000"), ("content-type", "text/plain")]);
        request.query =
            query.iter().map(|(name, value)| format!("{}={}", half(name), half(value))).collect::<Vec<_>>().join("&");
        for (name, value) in headers {
            let value = http::HeaderValue::from_bytes(value.as_bytes()).unwrap();
            request.headers.append(name.parse::<http::HeaderName>().unwrap(), value);
        }
        request
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn header_v4(mut request in request(), secret in "[!-~]{1,60}", at_s in EXAMPLE_S..2 * EXAMPLE_S, skew_s in -900_i64..=900) {
        let credentials = Credentials { access_key: "DO00KEY", secret: &secret, region: "nyc3" };
        let added = sign_v4(&request.head(), &credentials, at_s, BodyHash::Of(b"body"));
        request.add(added);
        prop_assert!(request.verify_with(&secret, at_s + skew_s, &[]).is_ok());
        prop_assert_eq!(request.verify_with(&format!("{secret}x"), at_s, &[]).unwrap_err(), AuthError::Mismatch);
        request.path.push('x');
        prop_assert_eq!(request.verify_with(&secret, at_s, &[]).unwrap_err(), AuthError::Mismatch);
    }

    #[test]
    fn presigned_v4(mut request in request(), secret in "[!-~]{1,60}", at_s in EXAMPLE_S..2 * EXAMPLE_S, life_s in 1_u32..=604_800) {
        let credentials = Credentials { access_key: "DO00KEY", secret: &secret, region: "nyc3" };
        request.query = presign_v4(&request.head(), &credentials, at_s, life_s);
        let end_s = at_s + i64::from(life_s);
        prop_assert!(request.verify_with(&secret, end_s - 1, &[]).is_ok());
        prop_assert_eq!(request.verify_with(&secret, end_s, &[]).unwrap_err(), AuthError::Expired { since_s: 0 });
        request.set("x-amz-meta-new", "unsigned headers may come");
        prop_assert!(request.verify_with(&secret, at_s, &[]).is_ok() || request.query.contains("x-amz-meta-new"));
        request.query.push_str("&more=1");
        prop_assert_eq!(request.verify_with(&secret, at_s, &[]).unwrap_err(), AuthError::Mismatch);
    }

    #[test]
    fn v2(mut request in request(), secret in "[!-~]{1,60}", bucket in proptest::option::of("[a-z]{3,8}")) {
        let credentials = Credentials { access_key: "DO00KEY", secret: &secret, region: "" };
        request.host_bucket = bucket;
        request.set("date", "Fri, 24 May 2013 00:00:00 GMT");
        let mut link = request.clone();
        let authorization = sign_v2(&request.head(), &credentials);
        request.headers.insert("authorization", authorization);
        prop_assert!(request.verify_with(&secret, EXAMPLE_S, &[]).is_ok());
        request.set("x-amz-acl", "private");
        prop_assert_eq!(request.verify_with(&secret, EXAMPLE_S, &[]).unwrap_err(), AuthError::Mismatch);
        link.query = presign_v2(&link.head(), &credentials, EXAMPLE_S + 1);
        prop_assert!(link.verify_with(&secret, EXAMPLE_S, &[]).is_ok());
        prop_assert!(link.verify_with(&secret, EXAMPLE_S + 1, &[]).is_err());
    }

    #[test]
    fn no_authorization_panics(text in "\\PC{0,80}", query in "\\PC{0,80}", path in "\\PC{0,40}") {
        for authorization in [text.clone(), format!("AWS4-HMAC-SHA256 {text}"), format!("AWS {text}")] {
            let mut request = Request::new("GET", "/", &[("x-amz-date", "20130524T000000Z")]);
            request.path = path.clone();
            request.query = format!("X-Amz-Algorithm=AWS4-HMAC-SHA256&{query}");
            if let Ok(value) = http::HeaderValue::from_bytes(authorization.as_bytes()) {
                request.headers.insert("authorization", value);
            }
            if let Ok(claim) = request.claim() {
                let hypothesis = spacelet_sigv4::explain_mismatch(&claim, &request.head(), "secret", &[]);
                prop_assert!(hypothesis.explanation.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            }
            let _ = request.verify(EXAMPLE_S);
        }
    }
}

/// What is signed is the time as V4 writes it, wherever it came from.
#[test]
fn a_date_of_http_is_taken_where_that_is_asked_for() {
    let authorization =
        "AWS4-HMAC-SHA256 Credential=k/20130524/us-east-1/s3/aws4_request,SignedHeaders=date;host,Signature=s";
    let claimed = |headers: &[(&str, &str)]| {
        let mut request = Request::new("GET", "/", headers);
        request.set("authorization", authorization);
        [request.claim(), Claim::parse_with_http_date(&request.head())].map(|claim| match claim {
            Ok(Claim::HeaderV4(claim)) => format!("{} {}", claim.date, claim.signed_at_s - EXAMPLE_S),
            other => format!("{other:?}").split('(').next().unwrap_or_default().to_owned(),
        })
    };
    let taken = "20130524T000000Z 0".to_owned();
    let refused = "Err".to_owned();
    for date in ["Fri, 24 May 2013 00:00:00 GMT", "Fri, 24 May 2013 00:00:00 -0000"] {
        assert_eq!(claimed(&[("date", date)]), [refused.clone(), taken.clone()], "{date}");
        assert_eq!(claimed(&[("x-amz-date", date)]), [refused.clone(), refused.clone()], "{date}");
    }
    assert_eq!(claimed(&[("date", "20130524T000000Z")]), [taken.clone(), taken]);
    assert_eq!(claimed(&[("date", "today")]), [refused.clone(), refused.clone()]);
    assert_eq!(claimed(&[]), [refused.clone(), refused]);
}
