//! A signer of our own, written from AWS's description and sharing no code with the server.
//!
//! It signs the path exactly as it will be sent: whoever calls it decides how the path is escaped.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// What SigV4 leaves unescaped.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The SHA-256 of nothing.
pub(crate) const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// An access key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Key {
    pub(crate) fn new(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: secret.to_owned() }
    }
}

/// When, where and for which service a signature is made.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) at: OffsetDateTime,
    pub(crate) region: String,
    pub(crate) service: String,
}

impl Scope {
    /// Now, plus so many seconds, in the region that SDKs fall back to.
    pub(crate) fn now(skew_s: i64) -> Self {
        let at = OffsetDateTime::now_utc() + time::Duration::seconds(skew_s);
        Self { at, region: "us-east-1".to_owned(), service: "s3".to_owned() }
    }

    /// `20260131T235959Z`.
    pub(crate) fn amz_date(&self) -> String {
        let t = self.at;
        format!("{}T{:02}{:02}{:02}Z", self.date(), t.hour(), t.minute(), t.second())
    }

    /// `20260131`.
    pub(crate) fn date(&self) -> String {
        let t = self.at;
        format!("{:04}{:02}{:02}", t.year(), u8::from(t.month()), t.day())
    }

    /// The scope as it stands in a string to sign.
    pub(crate) fn text(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date(), self.region, self.service)
    }

    /// The key that signs within this scope.
    pub(crate) fn signing_key(&self, secret: &str) -> Vec<u8> {
        let day = hmac256(format!("AWS4{secret}").as_bytes(), &self.date());
        let region = hmac256(&day, &self.region);
        let service = hmac256(&region, &self.service);
        hmac256(&service, "aws4_request")
    }
}

/// What is signed of a request.
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// All headers of the request, `Host` among them.
    pub(crate) headers: &'a [(String, String)],
    /// Which of them are signed; none means host, content-type, content-md5 and all of `x-amz-*`.
    pub(crate) names: Option<&'a [String]>,
    pub(crate) payload_hash: &'a str,
}

/// A header signature: the names it covers and the signature itself.
pub(crate) struct Signature {
    pub(crate) names: String,
    pub(crate) signature: String,
}

/// SigV4 by header. The headers must carry `x-amz-date` (or another date of the caller's making).
pub(crate) fn v4(key: &Key, scope: &Scope, request: &Signed<'_>) -> Signature {
    let values = folded(request.headers);
    let mut names: Vec<String> = match request.names {
        Some(names) => names.to_vec(),
        None => values.iter().map(|(n, _)| n.clone()).filter(|n| signed_by_default(n)).collect(),
    };
    names.sort();
    names.dedup();
    let value_of = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default();
    let lines: String = names.iter().map(|n| format!("{n}:{}\n", value_of(n))).collect();
    let names = names.join(";");
    let query = canonical_query(request.query);
    let canonical = [request.method, request.path, &query, &lines, &names, request.payload_hash].join("\n");
    let date = match value_of("x-amz-date") {
        "" => scope.amz_date(),
        given => given.to_owned(),
    };
    Signature { names, signature: sign_text(key, scope, &date, &canonical) }
}

/// The usual shape of the `Authorization` header.
pub(crate) fn authorization(key: &Key, scope: &Scope, made: &Signature) -> String {
    let (id, scope, names, signature) = (&key.id, scope.text(), &made.names, &made.signature);
    format!("AWS4-HMAC-SHA256 Credential={id}/{scope},SignedHeaders={names},Signature={signature}")
}

/// SigV4 in the query: the query with its signature.
pub(crate) fn presign_v4(
    key: &Key,
    scope: &Scope,
    method: &str,
    path: &str,
    query: &str,
    expires: &str,
    headers: &[(String, String)],
) -> String {
    let mut headers = folded(headers);
    headers.sort();
    let names = headers.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>().join(";");
    let credential = escape(&format!("{}/{}", key.id, scope.text()));
    let lead = if query.is_empty() { String::new() } else { format!("{query}&") };
    let query = format!(
        "{lead}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date={}\
         &X-Amz-Expires={expires}&X-Amz-SignedHeaders={}",
        scope.amz_date(),
        escape(&names)
    );
    let lines: String = headers.iter().map(|(n, v)| format!("{n}:{v}\n")).collect();
    let canonical_query = canonical_query(&query);
    let canonical = [method, path, &canonical_query, &lines, &names, "UNSIGNED-PAYLOAD"].join("\n");
    let signature = sign_text(key, scope, &scope.amz_date(), &canonical);
    format!("{query}&X-Amz-Signature={signature}")
}

/// The signature of one chunk of an aws-chunked body.
pub(crate) fn chunk(signing_key: &[u8], scope: &Scope, previous: &str, data: &[u8]) -> String {
    let text =
        ["AWS4-HMAC-SHA256-PAYLOAD", &scope.amz_date(), &scope.text(), previous, EMPTY_SHA256, &sha256_hex(data)]
            .join("\n");
    hex(&hmac256(signing_key, &text))
}

/// The sub-resources and overrides that SigV2 signs.
const V2_SIGNED: &[&str] = &[
    "acl",
    "cors",
    "delete",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

/// SigV2's signature of a request with a `Date` header.
pub(crate) fn v2(key: &Key, method: &str, path: &str, query: &str, headers: &[(String, String)]) -> String {
    let mut values = folded(headers);
    values.sort();
    let value_of = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default();
    let amz: String =
        values.iter().filter(|(n, _)| n.starts_with("x-amz-")).map(|(n, v)| format!("{n}:{v}\n")).collect();
    let mut sub: Vec<String> = query
        .split('&')
        .filter(|p| V2_SIGNED.contains(&p.split('=').next().unwrap_or_default()))
        .map(|p| percent_decode_str(p).decode_utf8_lossy().into_owned())
        .collect();
    sub.sort();
    let sub = if sub.is_empty() { String::new() } else { format!("?{}", sub.join("&")) };
    let (md5, kind, date) = (value_of("content-md5"), value_of("content-type"), value_of("date"));
    v2_of(key, &format!("{method}\n{md5}\n{kind}\n{date}\n{amz}{path}{sub}"))
}

/// SigV2's signature of any text (links, POST policies).
pub(crate) fn v2_of(key: &Key, text: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(key.secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// A link signed with SigV2 that expires at that second.
pub(crate) fn presign_v2(key: &Key, method: &str, path: &str, expires: i64) -> String {
    let signature = v2_of(key, &format!("{method}\n\n\n{expires}\n{path}"));
    format!("AWSAccessKeyId={}&Expires={expires}&Signature={}", key.id, escape(&signature))
}

fn sign_text(key: &Key, scope: &Scope, date: &str, canonical: &str) -> String {
    let text = ["AWS4-HMAC-SHA256", date, &scope.text(), &sha256_hex(canonical.as_bytes())].join("\n");
    hex(&hmac256(&scope.signing_key(&key.secret), &text))
}

fn signed_by_default(name: &str) -> bool {
    matches!(name, "host" | "content-type" | "content-md5") || name.starts_with("x-amz-")
}

/// Names in lower case, blanks in values folded; the last of equal names wins.
fn folded(headers: &[(String, String)]) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        out.retain(|(n, _)| *n != name);
        out.push((name, value));
    }
    out
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|_| !query.is_empty())
        .map(|p| {
            let (name, value) = p.split_once('=').unwrap_or((p, ""));
            (recoded(name), recoded(value))
        })
        .collect();
    pairs.sort();
    pairs.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&")
}

fn recoded(text: &str) -> String {
    let text = text.replace('+', " ");
    escape(&percent_decode_str(&text).decode_utf8_lossy())
}

/// Escapes everything but unreserved characters.
pub(crate) fn escape(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Escapes a key for a path: everything but unreserved characters and the slash.
pub(crate) fn escape_path(text: &str) -> String {
    const PATH: &AsciiSet = &UNRESERVED.remove(b'/');
    utf8_percent_encode(text, PATH).to_string()
}

pub(crate) fn sha256_hex(data: &[u8]) -> String {
    hex(&Sha256::digest(data))
}

/// HMAC-SHA256 of a text.
pub(crate) fn hmac256(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The base64 MD5 that Content-MD5 carries.
pub(crate) fn md5_base64(data: &[u8]) -> String {
    STANDARD.encode(md5::Md5::digest(data))
}
