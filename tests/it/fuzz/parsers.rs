//! Parsers on their own: claims of signatures, the decoder of aws-chunked bodies, bucket policies.

use super::mutate::Random;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use spacelet_engine::policy::{Dialect, Environment, Policy, PolicyAsk, Verdict};
use spacelet_sigv4::{ChunkedDecoder, ChunkedPayload, Claim, Head, SigningKeys, explain_mismatch};

const SECRET: &str = "dosecretdosecretdosecretdosecretdosecret123";
const NOW_S: i64 = 1_800_000_000;

fn judge(head: &Head<'_>, keys: &SigningKeys) -> String {
    let claim = match Claim::parse(head) {
        Ok(claim) => claim,
        Err(error) => return format!("no claim: {}", error.explanation()),
    };
    let aliases = ["alias.example:9000".to_owned()];
    let kind = match &claim {
        Claim::Anonymous => "anonymous",
        Claim::HeaderV4(_) => "header V4",
        Claim::PresignedV4(_) => "link V4",
        Claim::HeaderV2(_) => "header V2",
        Claim::PresignedV2(_) => "link V2",
    };
    match claim.verify(head, SECRET, NOW_S, NOW_S, &aliases, keys) {
        Ok(_) => format!("{kind}: good"),
        Err(error) => {
            let told = explain_mismatch(&claim, head, SECRET, &aliases).explanation;
            let explanation = error.explanation();
            assert!(!explanation.contains(SECRET) && !told.contains(SECRET), "the secret is told");
            // Numbers in an explanation make no new outcome.
            format!(
                "{kind}: {}",
                explanation.replace(|c: char| c.is_ascii_digit(), "").chars().take(60).collect::<String>()
            )
        }
    }
}

#[test]
fn authorization_headers() {
    let scope = "20270115/nyc3/s3/aws4_request";
    let zeros = "0".repeat(64);
    let v4 = format!("AWS4-HMAC-SHA256 Credential=KEY/{scope}, SignedHeaders=host;x-amz-date, Signature={zeros}");
    let corpus: &[&[u8]] = &[v4.as_bytes(), b"AWS KEY:c2lnbmF0dXJl", b"Basic Zm9vOmJhcg==", b"Bearer abc", b""];
    let tokens = [
        "AWS4-HMAC-SHA256",
        "Credential=",
        "SignedHeaders=",
        "Signature=",
        "aws4_request",
        ",",
        ";",
        "=",
        "/",
        "AWS ",
        ":",
        " ",
        "host",
        "content-length",
    ];
    let keys = SigningKeys::new();
    super::fuzz(corpus, &tokens, |input| {
        let Ok(value) = HeaderValue::from_bytes(input) else { return "no header".to_owned() };
        let mut headers = HeaderMap::new();
        headers.insert("authorization", value);
        headers.insert("host", HeaderValue::from_static("localhost"));
        headers.insert("x-amz-date", HeaderValue::from_static("20270115T080000Z"));
        judge(&Head { method: "GET", path: "/b/k", query: "", headers: &headers, host_bucket: None }, &keys)
    });
}

/// The input is a target; what hyper would refuse is judged all the same.
#[test]
fn presigned_targets() {
    let zeros = "0".repeat(64);
    let v4 = format!(
        "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=KEY%2F20270115%2Fnyc3%2Fs3%2Faws4_request&X-Amz-Date=20270115T080000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature={zeros}"
    );
    let corpus: &[&[u8]] = &[
        v4.as_bytes(),
        b"/b/k?AWSAccessKeyId=KEY&Expires=1800000060&Signature=c2ln",
        b"/b/%2F?uploads",
        b"/%zz?a=%&&=b",
    ];
    let tokens = [
        "X-Amz-",
        "Expires=",
        "Signature",
        "%",
        "%2",
        "%00",
        "&",
        "=",
        "?",
        "+",
        "//",
        "-1",
        "99999999999999999999",
        "%F0%9F%9A%80",
    ];
    let keys = SigningKeys::new();
    super::fuzz(corpus, &tokens, |input| {
        let Ok(text) = std::str::from_utf8(input) else { return "not UTF-8".to_owned() };
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("localhost"));
        judge(&Head { method: "GET", path, query, headers: &headers, host_bucket: None }, &keys)
    });
}

#[test]
fn policies() {
    let corpus: &[&[u8]] = &[
        br#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}"#,
        br#"{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam:::user/1"]},"Action":["s3:Get*"],"NotResource":"arn:aws:s3:::b/?*x","Condition":{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","::1"]},"DateLessThanIfExists":{"aws:CurrentTime":"2030-01-01T00:00:00Z"},"NumericEquals":{"s3:max-keys":1e3}}}}"#,
        b"/* c */ {} // d",
    ];
    let tokens = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "\\u00e9",
        "\\ud83d",
        "*",
        "?",
        "/",
        "0",
        "-",
        "${aws:username}",
        "IfExists",
        "ForAllValues:",
        "Null",
    ];
    let mut environment = Environment::default();
    for (key, value) in [("aws:SourceIp", "10.0.0.1"), ("aws:CurrentTime", "1800000000"), ("s3:max-keys", "1000")] {
        environment.add(key, value);
    }
    super::fuzz(corpus, &tokens, |input| {
        let read = |dialect| {
            let policy = match Policy::parse(input, dialect) {
                Ok(policy) => policy,
                Err(error) => {
                    let said: String = error.because.chars().take_while(|c| !c.is_ascii_digit() && *c != '"').collect();
                    return said.chars().take(50).collect::<String>();
                }
            };
            let ask =
                PolicyAsk { account: None, action: "s3:GetObject", resource: "b/x\u{e9}x", environment: &environment };
            match (policy.evaluate(&ask), policy.is_public(), policy.remarks().is_empty()) {
                (Verdict::Allow(_), ..) => "allow".to_owned(),
                (Verdict::Deny(_), ..) => "deny".to_owned(),
                (Verdict::Pass, is_public, _) => format!("pass, public {is_public}"),
            }
        };
        let rgw = read(Dialect::RGW);
        let _ = read(Dialect::AWS);
        rgw
    });
}

/// Whatever the cuts, a stream decodes to the same bytes or fails.
#[test]
fn chunked_bodies() {
    let signature = "a".repeat(64);
    let signed = format!("5;chunk-signature={signature}\r\nhello\r\n0;chunk-signature={signature}\r\n\r\n");
    let trailer = format!("{signed}x-amz-trailer-signature:{signature}\r\n\r\n");
    let corpus: &[&[u8]] = &[
        signed.as_bytes(),
        trailer.as_bytes(),
        b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
        b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        b"0\r\n\r\n",
    ];
    let tokens = [
        "\r\n",
        "\n",
        "0",
        "ffffffffffffffff",
        "7fffffff",
        ";chunk-signature=",
        "x-amz-checksum-crc32:",
        "x-amz-checksum-sha256:",
        ":",
        ";",
        "5\r\nhello\r\n",
    ];
    let mut random = Random::new(3);
    super::fuzz(corpus, &tokens, |input| {
        let trailer = random.below(2) == 0;
        let length = [None, Some(5), Some(0)][random.below(3)];
        let whole = decode(input, trailer, length, |_| usize::MAX);
        let cut = decode(input, trailer, length, |_| 1 + random.below(9));
        if let (Ok(whole), Ok(cut)) = (&whole, &cut) {
            assert_eq!(whole, cut, "cuts change what is decoded");
        }
        assert_eq!(whole.is_ok(), cut.is_ok(), "cuts change the judgement: {whole:?} {cut:?}");
        whole.map_or_else(|e| e, |bytes| format!("{} bytes", bytes.len().min(8)))
    });
}

fn decode(
    input: &[u8],
    trailer: bool,
    length: Option<u64>,
    mut size: impl FnMut(()) -> usize,
) -> Result<Vec<u8>, String> {
    let mut decoder =
        ChunkedDecoder::new(ChunkedPayload { signed: None, trailer, decoded_len: length.unwrap_or_default() }, length);
    let mut rest = Bytes::copy_from_slice(input);
    let mut out = Vec::new();
    while !rest.is_empty() {
        let block = rest.split_to(size(()).min(rest.len()));
        for piece in decoder.push(block).map_err(|e| format!("{e:?}"))? {
            out.extend_from_slice(&piece);
        }
        assert!(out.len() <= input.len(), "more comes out than went in");
    }
    decoder.finish().map_err(|e| format!("{e:?}"))?;
    Ok(out)
}
