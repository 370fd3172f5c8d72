//! Requests as bytes, signed before the clock starts.

use std::time::UNIX_EPOCH;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use spacelet_sigv4::Head;
use spacelet_sigv4::sign::{BodyHash, sign_v4};

use crate::endpoint::Endpoint;
use crate::failure::Outcome;

/// Bodies up to this length are sent in one write with their head.
const INLINE_BYTES_MAX: u64 = 64 << 10;
/// Longer bodies repeat a block of this length.
const BLOCK_BYTES: usize = 1 << 20;

/// A request, ready to be written to a socket.
pub(crate) struct Request {
    /// The head, and the body if it is short.
    pub(crate) wire: Bytes,
    /// How much of it is body.
    inline_bytes: u64,
    /// A long body, sent after it.
    pub(crate) long: Option<Filler>,
    /// The answer to HEAD has a length but no body.
    pub(crate) is_head: bool,
}

impl Request {
    /// Length of its body.
    pub(crate) fn body_bytes(&self) -> u64 {
        self.inline_bytes + self.long.as_ref().map_or(0, Filler::bytes)
    }

    /// A GET made of these bytes alone.
    #[cfg(test)]
    pub(crate) fn raw(wire: &'static [u8]) -> Self {
        Self { wire: Bytes::from_static(wire), inline_bytes: 0, long: None, is_head: false }
    }
}

/// A body of any length, made by repeating a block.
#[derive(Clone)]
pub(crate) struct Filler {
    block: Bytes,
    bytes: u64,
    /// In hexadecimal; computed only where it is to be signed.
    sha256: Option<String>,
}

impl Filler {
    /// A body of `bytes` bytes that does not compress; with its SHA-256 if `hashed`.
    pub(crate) fn new(bytes: u64, hashed: bool) -> Self {
        let block_bytes = usize::try_from(bytes).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES);
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut block = Vec::with_capacity(block_bytes + 8);
        while block.len() < block_bytes {
            // Marsaglia's xorshift64: quick, and it need not be secret.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            block.extend_from_slice(&state.to_le_bytes());
        }
        block.truncate(block_bytes);
        let mut filler = Self { block: block.into(), bytes, sha256: None };
        if hashed {
            let mut hasher = Sha256::new();
            filler.pieces().for_each(|piece| hasher.update(&piece));
            filler.sha256 = Some(hex(&hasher.finalize()));
        }
        filler
    }

    /// Its length.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its bytes in pieces of at most 1 MiB.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Bytes> + '_ {
        let mut left = self.bytes;
        std::iter::from_fn(move || {
            let take = usize::try_from(left).unwrap_or(usize::MAX).min(self.block.len());
            left -= take as u64;
            (take > 0).then(|| self.block.slice(..take))
        })
    }
}

/// What a request says before it is signed. Paths and queries are sent and signed as they are.
pub(crate) struct Draft<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) body: Option<&'a Filler>,
    /// The body's SHA-256 is signed; else `UNSIGNED-PAYLOAD`.
    pub(crate) signs_body: bool,
}

impl<'a> Draft<'a> {
    /// A request without query and body.
    pub(crate) fn new(method: &'a str, path: &'a str) -> Self {
        Self { method, path, query: "", body: None, signs_body: false }
    }

    /// With this query, already encoded.
    pub(crate) fn query(mut self, query: &'a str) -> Self {
        self.query = query;
        self
    }

    /// With this body; its SHA-256 is signed if it was computed.
    pub(crate) fn body(mut self, body: &'a Filler) -> Self {
        self.signs_body = body.sha256.is_some();
        self.body = Some(body);
        self
    }

    /// Signs it for the endpoint, as of now.
    pub(crate) fn sign(&self, endpoint: &Endpoint) -> Outcome<Request> {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::HOST, HeaderValue::from_str(&endpoint.host)?);
        let head =
            Head { method: self.method, path: self.path, query: self.query, headers: &headers, host_bucket: None };
        let hash = match self.body {
            Some(Filler { sha256: Some(text), .. }) => BodyHash::Text(text),
            Some(_) => BodyHash::Unsigned,
            None if self.signs_body => BodyHash::Of(b""),
            None => BodyHash::Unsigned,
        };
        let signature = sign_v4(&head, &endpoint.credentials(), unix_s(), hash);
        Ok(self.wire(endpoint, &signature))
    }

    fn wire(&self, endpoint: &Endpoint, signature: &[(HeaderName, HeaderValue)]) -> Request {
        let inline = self.body.filter(|body| body.bytes <= INLINE_BYTES_MAX);
        let mark = if self.query.is_empty() { "" } else { "?" };
        let mut wire =
            format!("{} {}{mark}{} HTTP/1.1\r\nhost: {}\r\n", self.method, self.path, self.query, endpoint.host)
                .into_bytes();
        for (name, value) in signature {
            wire.extend_from_slice(name.as_str().as_bytes());
            wire.extend_from_slice(b": ");
            wire.extend_from_slice(value.as_bytes());
            wire.extend_from_slice(b"\r\n");
        }
        if let Some(body) = self.body {
            wire.extend_from_slice(format!("content-length: {}\r\n", body.bytes).as_bytes());
        } else if matches!(self.method, "PUT" | "POST") {
            wire.extend_from_slice(b"content-length: 0\r\n");
        }
        wire.extend_from_slice(b"\r\n");
        for piece in inline.iter().flat_map(|body| body.pieces()) {
            wire.extend_from_slice(&piece);
        }
        let long = self.body.filter(|body| body.bytes > INLINE_BYTES_MAX).cloned();
        let inline_bytes = inline.map_or(0, Filler::bytes);
        Request { wire: wire.into(), inline_bytes, long, is_head: self.method == "HEAD" }
    }
}

/// Signatures carry the time, and a server refuses those that are 15 minutes off.
#[expect(clippy::disallowed_methods, reason = "a client's signatures follow the wall clock")]
fn unix_s() -> i64 {
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl From<Vec<u8>> for Filler {
    /// A body of these bytes, which are few; its SHA-256 is computed.
    fn from(bytes: Vec<u8>) -> Self {
        let sha256 = Some(hex(&Sha256::digest(&bytes)));
        Self { bytes: bytes.len() as u64, block: bytes.into(), sha256 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_repeats_its_block_to_its_length() {
        for bytes in [0, 1, 4096, (1 << 20) - 1, 1 << 20, (3 << 20) + 7] {
            let filler = Filler::new(bytes, true);
            assert_eq!(filler.pieces().map(|piece| piece.len() as u64).sum::<u64>(), bytes);
            let all: Vec<u8> = filler.pieces().flatten().collect();
            assert_eq!(filler.sha256, Some(hex(&Sha256::digest(&all))));
        }
    }
}
