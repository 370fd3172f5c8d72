//! The two keyed hashes that signatures are made of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::Scope;
use crate::encode::hex32;

/// A V4 signing key, with its two inner hash states made ready.
#[derive(Clone)]
pub(crate) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Derives the key of a secret for a scope (four HMACs).
    pub(crate) fn derive(secret: &str, scope: &Scope) -> Self {
        let mut first = Vec::with_capacity(4 + secret.len());
        first.extend_from_slice(b"AWS4");
        first.extend_from_slice(secret.as_bytes());
        let date = hmac_sha256(&first, scope.date().as_bytes());
        let region = hmac_sha256(&date, scope.region().as_bytes());
        let service = hmac_sha256(&region, scope.service().as_bytes());
        Self(keyed(&hmac_sha256(&service, b"aws4_request")))
    }

    /// The signature of some text, as 64 hexadecimal digits.
    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        let mut mac = self.0.clone();
        mac.update(text);
        hex32(&mac.finalize().into_bytes().into())
    }
}

/// The SHA-256 of some bytes, as 64 hexadecimal digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> [u8; 64] {
    hex32(&Sha256::digest(bytes).into())
}

/// The HMAC-SHA1 of some text in base64: a V2 signature.
pub(crate) fn sign_v2(secret: &str, text: &[u8]) -> String {
    // HMAC takes keys of every length.
    Hmac::<Sha1>::new_from_slice(secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text);
            STANDARD.encode(mac.finalize().into_bytes())
        },
    )
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = keyed(key);
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// HMAC takes keys of every length, so the other branch is never taken.
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()))
}
