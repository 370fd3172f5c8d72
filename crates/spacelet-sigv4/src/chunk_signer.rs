//! The running signatures of streamed chunks: each one covers the one before.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::encode::hex32;
use crate::hash::{SigningKey, sha256_hex};
use crate::{ClaimV4, Scope};

const EMPTY_SHA256: &[u8; 64] = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Makes and checks the running signatures of streamed chunks.
#[derive(Clone)]
pub struct ChunkSigner {
    key: SigningKey,
    /// `date\nscope\n`, the second and third line of what is signed.
    context: Vec<u8>,
    previous: [u8; 64],
    data: Sha256,
}

impl ChunkSigner {
    /// Starts from the signature of the request's head.
    pub(crate) fn new(key: SigningKey, date: &str, scope: &Scope, seed: [u8; 64]) -> Self {
        let context = [date.as_bytes(), b"\n", scope.as_str().as_bytes(), b"\n"].concat();
        Self { key, context, previous: seed, data: Sha256::new() }
    }

    /// Starts from a claim whose signature was just verified.
    pub(crate) fn of_claim(key: SigningKey, claim: &ClaimV4) -> Option<Self> {
        let seed = claim.signature.as_bytes().try_into().ok()?;
        Some(Self::new(key, &claim.date, &claim.scope, seed))
    }

    /// Takes a part of the current chunk's data.
    pub(crate) fn update(&mut self, data: &[u8]) {
        self.data.update(data);
    }

    /// Ends the current chunk and gives its signature.
    pub(crate) fn end_chunk(&mut self) -> [u8; 64] {
        let data = hex32(&self.data.finalize_reset().into());
        self.previous = self.sign(b"AWS4-HMAC-SHA256-PAYLOAD\n", &[EMPTY_SHA256, b"\n", &data]);
        self.previous
    }

    /// The signature of the trailing headers, `name:value\n` each.
    pub(crate) fn sign_trailer(&self, trailers: &[u8]) -> [u8; 64] {
        self.sign(b"AWS4-HMAC-SHA256-TRAILER\n", &[&sha256_hex(trailers)])
    }

    fn sign(&self, algorithm: &[u8], rest: &[&[u8]]) -> [u8; 64] {
        let mut text = Vec::with_capacity(320);
        for part in [algorithm, &self.context, &self.previous, b"\n"].iter().chain(rest) {
            text.extend_from_slice(part);
        }
        self.key.sign(&text)
    }
}

/// Compares two signatures in constant time.
pub(crate) fn same(made: &[u8], sent: &[u8]) -> bool {
    bool::from(made.ct_eq(sent))
}

/// It holds a signing key, so nothing of it is shown.
impl std::fmt::Debug for ChunkSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChunkSigner(..)")
    }
}
