//! Making signatures: for presigned links, tests and measuring programs. The clock is the caller's.

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::canonical::{Canonical, string_to_sign};
use crate::chunk_signer::ChunkSigner;
use crate::date::amz_date;
use crate::encode::{Keep, encode};
use crate::hash::{self, SigningKey, sha256_hex};
use crate::payload::{STREAMING, STREAMING_TRAILER, UNSIGNED};
use crate::sigv2::StringV2;
use crate::{Head, Scope, Trailers, claim::V4_SCHEME};

/// Headers that proxies and HTTP libraries change on the way, so they are never signed.
const UNSIGNED_HEADERS: [&str; 9] = [
    "authorization",
    "connection",
    "content-length",
    "user-agent",
    "expect",
    "accept-encoding",
    "transfer-encoding",
    "te",
    "x-amzn-trace-id",
];

/// A key pair and the region that the scope names, borrowed.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The access key's id.
    pub access_key: &'a str,
    /// Its secret.
    pub secret: &'a str,
    /// The region named in the scope; Spaces does not enforce it.
    pub region: &'a str,
}

/// The secret is not shown.
impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({}, ..)", self.access_key)
    }
}

/// What covers the body of a request that is signed.
#[derive(Debug, Clone, Copy)]
pub enum BodyHash<'a> {
    /// `UNSIGNED-PAYLOAD`.
    Unsigned,
    /// The SHA-256 of this body is computed.
    Of(&'a [u8]),
    /// This text goes into `x-amz-content-sha256` as it is.
    Text(&'a str),
}

/// Signs a request by header (V4) and gives the headers to add: `x-amz-date`, `x-amz-content-sha256`, `authorization`.
/// The head must hold all other headers, `host` among them. `unix_s` is the time of signing.
#[must_use]
pub fn sign_v4(
    head: &Head<'_>,
    credentials: &Credentials<'_>,
    unix_s: i64,
    body: BodyHash<'_>,
) -> Vec<(HeaderName, HeaderValue)> {
    sign_head(head, credentials, unix_s, body).headers
}

struct SignedHead {
    headers: Vec<(HeaderName, HeaderValue)>,
    key: SigningKey,
    date: String,
    scope: Scope,
    signature: [u8; 64],
}

fn sign_head(head: &Head<'_>, credentials: &Credentials<'_>, unix_s: i64, body: BodyHash<'_>) -> SignedHead {
    let computed;
    let payload_hash = match body {
        BodyHash::Unsigned => UNSIGNED,
        BodyHash::Text(text) => text,
        BodyHash::Of(bytes) => {
            computed = sha256_hex(bytes);
            std::str::from_utf8(&computed).unwrap_or_default()
        }
    };
    let date = amz_date(unix_s);
    let mut headers = vec![
        (HeaderName::from_static("x-amz-date"), value_of(&date)),
        (HeaderName::from_static("x-amz-content-sha256"), value_of(payload_hash)),
    ];
    let mut all: HeaderMap = head.headers.clone();
    for (name, value) in &headers {
        all.insert(name, value.clone());
    }
    let signed_headers = names_to_sign(&all);
    let scope = scope_of(credentials, &date);
    let key = SigningKey::derive(credentials.secret, &scope);
    let whole = Head { headers: &all, ..*head };
    let canonical = Canonical::new(&whole, &signed_headers, payload_hash, false);
    let signature = key.sign(&string_to_sign(&date, scope.as_str(), &canonical.request()));
    let authorization = format!(
        "{V4_SCHEME} Credential={}/{}, SignedHeaders={signed_headers}, Signature={}",
        credentials.access_key,
        scope.as_str(),
        text_of(&signature),
    );
    headers.push((HeaderName::from_static("authorization"), value_of(&authorization)));
    SignedHead { headers, key, date, scope, signature }
}

/// Presigns a request (V4) and gives its whole query: the head's own, the signature's parameters and the signature.
/// Every header of the head is signed, so it must be sent alike; usually that is `host` alone. `expires_s` is the link's
/// life from `unix_s` on, 1 to 604800 s.
#[must_use]
pub fn presign_v4(head: &Head<'_>, credentials: &Credentials<'_>, unix_s: i64, expires_s: u32) -> String {
    let date = amz_date(unix_s);
    let scope = scope_of(credentials, &date);
    let signed_headers = names_to_sign(head.headers);
    let mut query = head.query.to_owned();
    let credential = format!("{}/{}", credentials.access_key, scope.as_str());
    for (name, value) in [
        ("X-Amz-Algorithm", V4_SCHEME),
        ("X-Amz-Credential", credential.as_str()),
        ("X-Amz-Date", date.as_str()),
        ("X-Amz-Expires", expires_s.to_string().as_str()),
        ("X-Amz-SignedHeaders", signed_headers.as_str()),
    ] {
        push_parameter(&mut query, name, value);
    }
    let payload_hash = head.header("x-amz-content-sha256").unwrap_or(UNSIGNED);
    let whole = Head { query: &query, ..*head };
    let canonical = Canonical::new(&whole, &signed_headers, payload_hash, true);
    let key = SigningKey::derive(credentials.secret, &scope);
    let signature = key.sign(&string_to_sign(&date, scope.as_str(), &canonical.request()));
    push_parameter(&mut query, "X-Amz-Signature", text_of(&signature));
    query
}

/// Signs a request by header (V2) and gives the value of `authorization`. The head must hold a `date` or `x-amz-date`.
#[must_use]
pub fn sign_v2(head: &Head<'_>, credentials: &Credentials<'_>) -> HeaderValue {
    let date = head.header("date").unwrap_or_default();
    let text = StringV2::new(head, date, false).text();
    value_of(&format!("AWS {}:{}", credentials.access_key, hash::sign_v2(credentials.secret, &text)))
}

/// Presigns a request (V2) until `expires_at_s` (seconds since 1970) and gives its whole query.
#[must_use]
pub fn presign_v2(head: &Head<'_>, credentials: &Credentials<'_>, expires_at_s: i64) -> String {
    let expires = expires_at_s.to_string();
    let signature = hash::sign_v2(credentials.secret, &StringV2::new(head, &expires, true).text());
    let mut query = head.query.to_owned();
    for (name, value) in
        [("AWSAccessKeyId", credentials.access_key), ("Expires", expires.as_str()), ("Signature", signature.as_str())]
    {
        push_parameter(&mut query, name, value);
    }
    query
}

/// Signs the head of a streamed request and gives the headers to add and the encoder of its body. The head must hold
/// `x-amz-decoded-content-length`, and `x-amz-trailer` when `trailer`.
#[must_use]
pub fn sign_v4_streaming(
    head: &Head<'_>,
    credentials: &Credentials<'_>,
    unix_s: i64,
    trailer: bool,
) -> (Vec<(HeaderName, HeaderValue)>, ChunkEncoder) {
    let hash = if trailer { STREAMING_TRAILER } else { STREAMING };
    let signed = sign_head(head, credentials, unix_s, BodyHash::Text(hash));
    let signer = ChunkSigner::new(signed.key, &signed.date, &signed.scope, signed.signature);
    (signed.headers, ChunkEncoder { signer: Some(signer), trailer })
}

/// Frames a body as aws-chunked.
#[derive(Debug, Clone)]
pub struct ChunkEncoder {
    signer: Option<ChunkSigner>,
    trailer: bool,
}

impl ChunkEncoder {
    /// An encoder for `STREAMING-UNSIGNED-PAYLOAD-TRAILER`.
    #[must_use]
    pub fn unsigned() -> Self {
        Self { signer: None, trailer: true }
    }

    /// One chunk with its frame. `data` must not be empty, since an empty chunk ends the body.
    #[must_use]
    pub fn chunk(&mut self, data: &[u8]) -> Bytes {
        let mut out = BytesMut::with_capacity(data.len() + 100);
        self.put_header(&mut out, data);
        out.put_slice(data);
        out.put_slice(b"\r\n");
        out.freeze()
    }

    /// The last chunk and the trailing headers, which are left out unless the encoder was made for them.
    #[must_use]
    pub fn finish(mut self, trailers: &Trailers) -> Bytes {
        let mut out = BytesMut::with_capacity(256);
        self.put_header(&mut out, b"");
        if self.trailer {
            for (name, value) in trailers.iter() {
                out.put_slice(format!("{name}:{value}\r\n").as_bytes());
            }
            if let Some(signer) = &self.signer {
                let signature = signer.sign_trailer(&trailers.to_sign());
                out.put_slice(format!("x-amz-trailer-signature:{}\r\n", text_of(&signature)).as_bytes());
            }
        }
        out.put_slice(b"\r\n");
        out.freeze()
    }

    fn put_header(&mut self, out: &mut BytesMut, data: &[u8]) {
        out.put_slice(format!("{:x}", data.len()).as_bytes());
        if let Some(signer) = &mut self.signer {
            signer.update(data);
            out.put_slice(b";chunk-signature=");
            out.put_slice(&signer.end_chunk());
        }
        out.put_slice(b"\r\n");
    }
}

fn names_to_sign(headers: &HeaderMap) -> String {
    let mut names: Vec<&str> =
        headers.keys().map(HeaderName::as_str).filter(|name| !UNSIGNED_HEADERS.contains(name)).collect();
    names.sort_unstable();
    names.join(";")
}

fn scope_of(credentials: &Credentials<'_>, date: &str) -> Scope {
    Scope::new(date.get(..8).unwrap_or_default(), credentials.region, "s3")
}

fn push_parameter(query: &mut String, name: &str, value: &str) {
    let mut encoded = Vec::with_capacity(value.len() + 16);
    encode(&mut encoded, value.as_bytes(), Keep::Unreserved);
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    query.push_str(std::str::from_utf8(&encoded).unwrap_or_default());
}

/// Keys and dates are ASCII; what cannot be a header's value is left out and fails as a wrong signature.
fn value_of(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Hexadecimal digits are text.
fn text_of(signature: &[u8; 64]) -> &str {
    std::str::from_utf8(signature).unwrap_or_default()
}
