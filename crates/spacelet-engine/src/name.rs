//! Names that were checked once: a value of these types is legal.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// An account's id, as S3 shows it in `Owner/ID`: on Spaces a decimal number, in other suites any text. 1–128 bytes.
/// Cheap to clone: a bucket, an object and their ACLs name the same few.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// Takes `id` as it is.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into().into())
    }

    /// The account that unsigned requests act as; it owns what they write into public-read-write Spaces.
    #[must_use]
    pub fn anonymous() -> Self {
        Self("anonymous".into())
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An access key's public half. Generated ones are `DO` and 18 characters of `[A-Z0-9]`; given ones may have any
/// shape of 3–128 printable ASCII characters without `/`, `,`, `=`, `:` and blanks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessKeyId(String);

impl AccessKeyId {
    /// A key id that a person or a suite chose, or that a request claims; not checked.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// `DO` and 18 characters of `[A-Z0-9]` from the system's random source (spaces-reference 2).
    #[must_use]
    pub fn generate() -> Self {
        Self(format!("DO{}", crate::random::text(18, crate::random::UPPER_AND_DIGITS)))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A Space's name: 3–63 of `[a-z0-9.-]` by the rules that RGW applies with strict names (spaces-reference 4.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketName(String);

/// Why a name is no bucket name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BucketNameError {
    /// The rule that it breaks, in plain words.
    pub rule: &'static str,
}

impl BucketName {
    /// A name that a row holds: it was checked when it was written.
    pub(crate) fn from_stored(name: String) -> Self {
        Self(name)
    }

    /// Checks `name`.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse(name: &str) -> Result<Self, BucketNameError> {
        match broken_rule(name) {
            Some(rule) => Err(BucketNameError { rule }),
            None => Ok(Self(name.to_owned())),
        }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first rule that `name` breaks (RGW's `valid_s3_bucket_name` with strict names).
fn broken_rule(name: &str) -> Option<&'static str> {
    let bytes = name.as_bytes();
    if !(3..=63).contains(&bytes.len()) {
        return Some("a Space's name has 3 to 63 characters");
    }
    if !bytes.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.')) {
        return Some("a Space's name has only lower-case letters, digits, hyphens and dots");
    }
    let ends = [bytes.first(), bytes.last()];
    if !ends.into_iter().flatten().all(u8::is_ascii_alphanumeric) {
        return Some("a Space's name begins and ends with a letter or a digit");
    }
    if bytes.windows(2).any(|pair| matches!(pair, b".." | b".-" | b"-.")) {
        return Some("in a Space's name a dot stands between letters or digits");
    }
    if looks_like_ipv4(name) {
        return Some("a Space's name does not look like an IPv4 address");
    }
    None
}

/// Four groups of digits between dots, in any range: `999.1.1.1` too.
fn looks_like_ipv4(name: &str) -> bool {
    name.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit()) && name.split('.').count() == 4
}

impl fmt::Display for BucketNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule)
    }
}

impl std::error::Error for BucketNameError {}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An object's key: 1–1,024 bytes of UTF-8, any character, compared bytewise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

/// Why bytes are no object key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKeyError {
    /// No byte at all.
    Empty,
    /// More than 1,024 bytes.
    TooLong,
    /// Not UTF-8.
    NotUtf8,
}

impl ObjectKey {
    /// The longest key, in bytes (S3 user guide, "Creating object key names").
    pub const BYTES_MAX: usize = 1024;

    /// Checks decoded bytes.
    ///
    /// # Errors
    /// See [`ObjectKeyError`].
    pub fn parse(key: &[u8]) -> Result<Self, ObjectKeyError> {
        if key.is_empty() {
            return Err(ObjectKeyError::Empty);
        }
        if key.len() > Self::BYTES_MAX {
            return Err(ObjectKeyError::TooLong);
        }
        match std::str::from_utf8(key) {
            Ok(key) => Ok(Self(key.to_owned())),
            Err(_not_utf8) => Err(ObjectKeyError::NotUtf8),
        }
    }

    /// A key that a row holds: it was checked when it was written.
    pub(crate) fn from_stored(key: String) -> Self {
        Self(key)
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an object's key has at least one byte",
            Self::TooLong => "an object's key has at most 1,024 bytes",
            Self::NotUtf8 => "an object's key is UTF-8",
        })
    }
}

impl std::error::Error for ObjectKeyError {}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A region slug, such as `nyc3`: 1–32 of `[a-z0-9-]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(String);

impl Region {
    /// The slugs that Spaces has (spaces-reference 1).
    pub const KNOWN: [&'static str; 11] =
        ["ams3", "atl1", "blr1", "fra1", "lon1", "nyc3", "sfo2", "sfo3", "sgp1", "syd1", "tor1"];

    /// Takes a slug as it is.
    #[must_use]
    pub fn new(slug: impl Into<String>) -> Self {
        Self(slug.into())
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A multipart upload's id: `2~` and 31 characters of `[A-Za-z0-9_-]`; from a request, any text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadId(pub String);

impl UploadId {
    /// A new one from the system's random source.
    pub(crate) fn generate() -> Self {
        Self(format!("2~{}", crate::random::text(31, crate::random::URL_SAFE)))
    }
}

/// A version's id: 31 characters of `[A-Za-z0-9._-]`, or `null` for what was written without versioning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(pub String);

impl VersionId {
    /// The id of objects written while versioning was off or suspended.
    #[must_use]
    pub fn null() -> Self {
        Self("null".to_owned())
    }

    /// True for `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0 == "null"
    }

    /// The id of the version that was written as number `sequence`: 31 characters in which the sequence hides under
    /// random ones, so that a version is found by its id with one point read.
    pub(crate) fn of_sequence(sequence: u64) -> Self {
        let mut bytes = [0_u8; 23];
        let (masked, random) = bytes.split_at_mut(8);
        random.copy_from_slice(&crate::random::bytes::<15>());
        for ((at, byte), mask) in masked.iter_mut().zip(sequence.to_be_bytes()).zip(random.iter()) {
            *at = byte ^ mask;
        }
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The sequence inside a generated id; `None` for `null` and for texts that this store never made. The caller
    /// compares the whole id with the stored one: a made-up id may hold any number.
    pub(crate) fn sequence(&self) -> Option<u64> {
        let bytes: [u8; 23] = URL_SAFE_NO_PAD.decode(&self.0).ok()?.try_into().ok()?;
        let (masked, random) = bytes.split_first_chunk::<8>()?;
        let mut sequence = [0_u8; 8];
        for ((at, byte), mask) in sequence.iter_mut().zip(masked).zip(random) {
            *at = byte ^ mask;
        }
        Some(u64::from_be_bytes(sequence))
    }
}

#[cfg(test)]
#[path = "name/tests.rs"]
mod tests;
