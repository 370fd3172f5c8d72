//! Entity tags.

use std::fmt::{self, Write as _};

use md5::{Digest, Md5};

/// An object's ETag without quotes: 32 hex digits of an MD5, or `hex(md5 of part md5s)-N` for N parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag(String);

impl ETag {
    /// The ETag of a body sent in one piece.
    #[must_use]
    pub fn of_md5(md5: [u8; 16]) -> Self {
        Self(hex(&md5))
    }

    /// The ETag of a completed multipart upload, from its parts' MD5s in order.
    #[must_use]
    pub fn of_parts(md5s: &[[u8; 16]]) -> Self {
        let mut all = Md5::new();
        for md5 in md5s {
            all.update(md5);
        }
        Self(format!("{}-{}", hex(&all.finalize()), md5s.len()))
    }

    /// The ETag of an object that was appended to for the `count`th time, from the one before (of which what follows the
    /// dash is left out) and the MD5 of what was appended; `None` when the one before has no MD5.
    pub(crate) fn of_appended(before: &str, md5: [u8; 16], count: u64) -> Option<Self> {
        let so_far = Self::md5_of(before.split('-').next()?)?;
        let all = Md5::new().chain_update(so_far).chain_update(md5);
        Some(Self(format!("{}-{count}", hex(&all.finalize()))))
    }

    /// Takes a stored one.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Without quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without quotes, to be stored.
    pub(crate) fn into_string(self) -> String {
        self.0
    }

    /// With quotes, as a header shows it.
    #[must_use]
    pub fn quoted(&self) -> String {
        ["\"", &self.0, "\""].concat()
    }

    /// True when `given`, with or without quotes and a weak prefix, names this ETag.
    #[must_use]
    pub fn matches(&self, given: &str) -> bool {
        let given = given.trim();
        let given = given.strip_prefix("W/").unwrap_or(given);
        let bare = given.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(given);
        bare == self.0
    }
}

impl ETag {
    /// The MD5 in a part's ETag as a client names it, with or without quotes; `None` when it is none.
    pub(crate) fn md5_of(given: &str) -> Option<[u8; 16]> {
        let digits = given.trim().trim_matches('"').as_bytes();
        if digits.len() != 32 {
            return None;
        }
        let mut md5 = [0; 16];
        for (byte, pair) in md5.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(md5)
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn of_an_empty_body() {
        assert_eq!(ETag::of_md5(Md5::digest(b"").into()).as_str(), "d41d8cd98f00b204e9800998ecf8427e");
    }

    /// The values that a real RGW answered for 5 MiB of `a` and 100 bytes of `b`.
    #[test]
    fn of_parts_is_the_md5_of_the_md5s() {
        let parts = [Md5::digest(vec![b'a'; 5 << 20]).into(), Md5::digest(vec![b'b'; 100]).into()];
        assert_eq!(ETag::of_parts(&parts).as_str(), "16cafe8d6b8c1c55c3d339c8d69326c6-2");
    }

    /// The values that a real RGW answered.
    #[test]
    fn of_appended_goes_on_from_the_one_before() {
        let md5 = |text: &str| Md5::digest(text).into();
        let second = ETag::of_appended(ETag::of_md5(md5("one")).as_str(), md5("two"), 2).unwrap();
        assert_eq!(second.as_str(), "1397b7ee3222e3980d0d20f23a871b02-2");
        let third = ETag::of_appended(second.as_str(), md5("three"), 3).unwrap();
        assert_eq!(third.as_str(), "4c5321cb8c4040ead951877e0ef50538-3");
    }

    #[test]
    fn md5_of_a_given_etag() {
        let md5: [u8; 16] = Md5::digest(b"x").into();
        assert_eq!(ETag::md5_of(&ETag::of_md5(md5).quoted()), Some(md5));
        assert_eq!(ETag::md5_of(ETag::of_md5(md5).as_str()), Some(md5));
        for given in ["", "abc", "d41d8cd98f00b204e9800998ecf8427e-2", "zz1d8cd98f00b204e9800998ecf8427e"] {
            assert_eq!(ETag::md5_of(given), None, "{given}");
        }
    }

    #[test]
    fn matches_with_and_without_quotes() {
        let etag = ETag::from_stored("abc-2");
        for given in ["abc-2", "\"abc-2\"", "W/\"abc-2\"", " \"abc-2\" "] {
            assert!(etag.matches(given), "{given}");
        }
        for given in ["", "\"", "\"abc-2", "abc", "*", "ABC-2", "\"\"abc-2\"\""] {
            assert!(!etag.matches(given), "{given}");
        }
        assert_eq!(etag.quoted(), "\"abc-2\"");
    }
}
