//! What an aws-chunked body may end with: an error, or its trailing headers.

use std::fmt;

/// Why an aws-chunked body was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkError {
    /// The framing is broken. RGW: 400 `InvalidArgument`.
    Malformed(&'static str),
    /// The signature of a chunk that another one follows is wrong. RGW: 403 `SignatureDoesNotMatch`.
    Signature,
    /// The signature of the last chunk is wrong. RGW: 400 `XAmzContentSHA256Mismatch`.
    LastSignature,
    /// The trailing headers' signature is wrong or absent. Newer RGW: 403 `SignatureDoesNotMatch`.
    TrailerSignature,
    /// More bytes than `x-amz-decoded-content-length` promised. RGW: 400 `XAmzContentSHA256Mismatch`.
    TooLong,
    /// A body that is whole, but shorter than `x-amz-decoded-content-length`. RGW: 400 `InvalidArgument`.
    TooShort,
    /// The body ends inside a chunk. RGW: 400 `XAmzContentSHA256Mismatch`.
    Truncated,
}

impl ChunkError {
    /// Plain words for a person, printable ASCII.
    #[must_use]
    pub fn explanation(&self) -> &'static str {
        match self {
            Self::Malformed(what) => what,
            Self::Signature => "the signature of a chunk is wrong",
            Self::LastSignature => "the signature of the last chunk is wrong",
            Self::TrailerSignature => {
                "the signature of the trailing headers (x-amz-trailer-signature) is wrong or absent"
            }
            Self::TooLong => "the body is longer than x-amz-decoded-content-length says",
            Self::TooShort => "the body is shorter than x-amz-decoded-content-length says",
            Self::Truncated => "the body ends inside a chunk",
        }
    }
}

impl fmt::Display for ChunkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.explanation())
    }
}

impl std::error::Error for ChunkError {}

/// The trailing headers of a body: names in lower case, without the trailers' signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trailers(Vec<(String, String)>);

impl Trailers {
    /// A trailing header's value by its lower-case name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// All of them, in the order sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// What the trailers' signature covers: `name:value\n` each, by name.
    pub(crate) fn to_sign(&self) -> Vec<u8> {
        let mut sorted: Vec<_> = self.iter().collect();
        sorted.sort_unstable();
        sorted.iter().flat_map(|(name, value)| [*name, ":", *value, "\n"]).flat_map(str::bytes).collect()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Trailers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
