//! The secret half of an access key.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;

/// A secret: never printed by `Debug` or `Display`, compared in constant time.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret that a person or a suite chose.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// 43 characters of the base64 alphabet from the system's random source (32 random bytes without padding).
    #[must_use]
    pub fn generate() -> Self {
        Self(STANDARD_NO_PAD.encode(crate::random::bytes::<32>()))
    }

    /// The text itself, for signing and for showing it once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    /// Takes as long for a wrong secret as for the right one of the same length.
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_secret_has_43_characters_and_hides() {
        let secret = Secret::generate();
        assert_eq!(secret.reveal().len(), 43);
        assert!(secret.reveal().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/'));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_ne!(secret, Secret::generate());
        assert_eq!(secret, Secret::new(secret.reveal()));
    }
}
