//! A customer's own key for an object (S3 user guide, "Using server-side encryption with customer-provided keys").
//!
//! The key is never stored. What is, is a [`KeyMark`], by which the same key is known again.

use std::fmt;

use hmac::{Hmac, Mac};
use minicbor::{Decode, Encode};
use sha2::Sha256;

/// An AES-256 key that a client sends with each request. Never printed by `Debug`.
#[derive(Clone)]
pub struct CustomerKey([u8; 32]);

/// A salted HMAC of a key: tells whether a key is the same, and nothing else about it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KeyMark {
    #[cbor(n(0), with = "minicbor::bytes")]
    salt: [u8; 16],
    #[cbor(n(1), with = "minicbor::bytes")]
    digest: [u8; 32],
}

impl CustomerKey {
    /// A key of 32 bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for CustomerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerKey(…)")
    }
}

impl KeyMark {
    /// A mark of the key, with a new salt.
    #[must_use]
    pub fn new(key: &CustomerKey) -> Self {
        let salt = crate::random::bytes::<16>();
        let digest = mac(&salt, key).map(|mac| mac.finalize().into_bytes().into()).unwrap_or_default();
        Self { salt, digest }
    }

    /// Whether it is this key's. Takes as long for a wrong key as for the right one.
    #[must_use]
    pub fn is_of(&self, key: &CustomerKey) -> bool {
        mac(&self.salt, key).is_some_and(|mac| mac.verify_slice(&self.digest).is_ok())
    }
}

/// Always there: HMAC takes keys of any length.
fn mac(salt: &[u8; 16], key: &CustomerKey) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).ok()?;
    mac.update(&key.0);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_knows_its_key_and_no_other() {
        let (key, other) = (CustomerKey::new([7; 32]), CustomerKey::new([8; 32]));
        let mark = KeyMark::new(&key);
        assert!(mark.is_of(&key) && !mark.is_of(&other));
        assert_ne!(mark, KeyMark::new(&key), "the salt is new each time");
        assert_eq!(format!("{key:?}"), "CustomerKey(…)");
        assert!(!format!("{mark:?}").contains("7, 7, 7"));
    }
}
