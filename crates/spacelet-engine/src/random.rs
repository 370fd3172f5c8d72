//! The system's random source, as the texts that ids and secrets are made of.

use std::fmt::Write as _;

use sha1::{Digest, Sha1};

/// `[A-Z0-9]`, the alphabet of access key ids.
pub(crate) const UPPER_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// `[A-Za-z0-9_-]`, the alphabet of upload ids.
pub(crate) const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// `N` random bytes.
///
/// # Panics
/// When the operating system has no random source: a process that cannot make secrets must not go on.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("the system's random source failed: {error}");
    }
    bytes
}

/// `length` characters of `alphabet` (at most 256 of them), each equally likely.
pub(crate) fn text(length: usize, alphabet: &[u8]) -> String {
    // Bytes past the last whole multiple of the alphabet's length would favour its first characters: they are dropped.
    let fair = 256 - 256 % alphabet.len().max(1);
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in bytes::<64>() {
            let at = usize::from(byte);
            if text.len() < length
                && at < fair
                && let Some(character) = alphabet.get(at % alphabet.len())
            {
                text.push(char::from(*character));
            }
        }
    }
    text
}

/// A random UUID (version 4, RFC 9562 5.4) in lower case: ids of CDN endpoints, tokens, requests.
#[must_use]
pub fn new_uuid() -> String {
    uuid(bytes(), 0x40)
}

/// The same UUID for the same text, always (version 5, RFC 9562 5.5): the id of an account, of its default project.
#[must_use]
pub fn named_uuid(name: &str) -> String {
    let digest = <[u8; 20]>::from(Sha1::digest(format!("spacelet:{name}").as_bytes()));
    uuid(digest.first_chunk::<16>().copied().unwrap_or_default(), 0x50)
}

fn uuid(bytes: [u8; 16], version: u8) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.into_iter().enumerate() {
        let byte = match at {
            6 => byte & 0x0f | version,
            8 => byte & 0x3f | 0x80,
            _ => byte,
        };
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_its_form_and_version() {
        let uuid = new_uuid();
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert!(uuid[14..].starts_with('4') && matches!(&uuid[19..20], "8" | "9" | "a" | "b"), "{uuid}");
        assert_ne!(uuid, new_uuid());
        assert_eq!(named_uuid("a"), named_uuid("a"));
        assert_ne!(named_uuid("a"), named_uuid("b"));
    }

    #[test]
    fn text_has_the_length_and_uses_the_whole_alphabet() {
        let long = text(20_000, UPPER_AND_DIGITS);
        assert_eq!(long.len(), 20_000);
        for character in UPPER_AND_DIGITS {
            let count = long.bytes().filter(|byte| byte == character).count();
            assert!((350..800).contains(&count), "{count} of {}", char::from(*character));
        }
        assert!(long.bytes().all(|byte| UPPER_AND_DIGITS.contains(&byte)));
        assert_ne!(text(31, URL_SAFE), text(31, URL_SAFE));
    }
}
