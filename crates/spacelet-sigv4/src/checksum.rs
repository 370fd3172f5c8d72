//! The names and values of S3's additional checksums, as headers and trailers carry them. Computing them is not done
//! here.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;

use crate::Trailers;

/// Which checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChecksumName {
    /// `x-amz-checksum-crc32`, 4 bytes.
    Crc32,
    /// `x-amz-checksum-crc32c`, 4 bytes.
    Crc32c,
    /// `x-amz-checksum-crc64nvme`, 8 bytes.
    Crc64Nvme,
    /// `x-amz-checksum-sha1`, 20 bytes.
    Sha1,
    /// `x-amz-checksum-sha256`, 32 bytes.
    Sha256,
    /// `x-amz-checksum-sha512`, 64 bytes.
    Sha512,
    /// `x-amz-checksum-md5`, 16 bytes.
    Md5,
    /// `x-amz-checksum-xxhash64`, 8 bytes.
    XxHash64,
    /// `x-amz-checksum-xxhash3`, 8 bytes.
    XxHash3,
    /// `x-amz-checksum-xxhash128`, 16 bytes.
    XxHash128,
}

impl ChecksumName {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Crc32,
        Self::Crc32c,
        Self::Crc64Nvme,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
        Self::Md5,
        Self::XxHash64,
        Self::XxHash3,
        Self::XxHash128,
    ];

    /// The header's (and trailer's) name, in lower case.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
            Self::Sha512 => "x-amz-checksum-sha512",
            Self::Md5 => "x-amz-checksum-md5",
            Self::XxHash64 => "x-amz-checksum-xxhash64",
            Self::XxHash3 => "x-amz-checksum-xxhash3",
            Self::XxHash128 => "x-amz-checksum-xxhash128",
        }
    }

    /// The value of `x-amz-sdk-checksum-algorithm` and of XML's `ChecksumAlgorithm`.
    #[must_use]
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
            Self::Md5 => "MD5",
            Self::XxHash64 => "XXHASH64",
            Self::XxHash3 => "XXHASH3",
            Self::XxHash128 => "XXHASH128",
        }
    }

    /// The digest's length in bytes.
    #[must_use]
    pub fn digest_bytes(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme | Self::XxHash64 | Self::XxHash3 => 8,
            Self::Md5 | Self::XxHash128 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// By its header's name, in any case.
    #[must_use]
    pub fn from_header(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.header().eq_ignore_ascii_case(name))
    }

    /// By its algorithm's name, in any case.
    #[must_use]
    pub fn from_algorithm(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.algorithm().eq_ignore_ascii_case(name))
    }
}

/// A checksum that a client expects its body to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedChecksum {
    /// Which one.
    pub name: ChecksumName,
    /// The digest: big-endian for CRCs and xxHashes.
    pub digest: Vec<u8>,
}

/// Why a client's checksum is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadChecksum {
    /// The value is not base64 of the right length.
    Value(ChecksumName),
    /// More than one checksum was sent.
    Several,
}

impl fmt::Display for BadChecksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(name) => write!(f, "{} is not {} bytes in base64", name.header(), name.digest_bytes()),
            Self::Several => f.write_str("more than one x-amz-checksum header was sent; one is allowed"),
        }
    }
}

impl std::error::Error for BadChecksum {}

impl ExpectedChecksum {
    /// A value in base64.
    ///
    /// # Errors
    /// [`BadChecksum::Value`] unless it is base64 of the right length.
    pub fn parse(name: ChecksumName, value: &[u8]) -> Result<Self, BadChecksum> {
        match STANDARD.decode(value.trim_ascii()) {
            Ok(digest) if digest.len() == name.digest_bytes() => Ok(Self { name, digest }),
            _ => Err(BadChecksum::Value(name)),
        }
    }

    /// The checksum among a request's headers.
    ///
    /// # Errors
    /// As [`BadChecksum`] lists.
    pub fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, BadChecksum> {
        let found =
            ChecksumName::ALL.into_iter().filter_map(|name| Some((name, headers.get(name.header())?.as_bytes())));
        Self::only(found)
    }

    /// The checksum among a body's trailing headers.
    ///
    /// # Errors
    /// As [`BadChecksum`] lists.
    pub fn from_trailers(trailers: &Trailers) -> Result<Option<Self>, BadChecksum> {
        let found =
            trailers.iter().filter_map(|(name, value)| Some((ChecksumName::from_header(name)?, value.as_bytes())));
        Self::only(found)
    }

    fn only<'a>(mut found: impl Iterator<Item = (ChecksumName, &'a [u8])>) -> Result<Option<Self>, BadChecksum> {
        let Some((name, value)) = found.next() else { return Ok(None) };
        if found.next().is_some() {
            return Err(BadChecksum::Several);
        }
        Self::parse(name, value).map(Some)
    }
}

/// The checksum that `x-amz-trailer` announces, so that it can be computed while the body passes by.
#[must_use]
pub fn announced(headers: &HeaderMap) -> Option<ChecksumName> {
    let values = headers.get_all("x-amz-trailer").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).find_map(|name| ChecksumName::from_header(name.trim()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn one_checksum_is_found_and_two_are_refused() {
        let one = ExpectedChecksum::from_headers(&headers(&[("x-amz-checksum-crc32", "NhCmhg==")])).unwrap().unwrap();
        assert_eq!((one.name, one.digest), (ChecksumName::Crc32, vec![0x36, 0x10, 0xA6, 0x86]));
        let two = headers(&[("x-amz-checksum-crc32", "NhCmhg=="), ("x-amz-checksum-crc32c", "NhCmhg==")]);
        assert_eq!(ExpectedChecksum::from_headers(&two), Err(BadChecksum::Several));
        assert_eq!(ExpectedChecksum::from_headers(&headers(&[("x-amz-checksum-type", "FULL_OBJECT")])), Ok(None));
        for bad in ["", "NhCm", "%%%%", "NhCmhg==NhCmhg=="] {
            let expected = Err(BadChecksum::Value(ChecksumName::Crc32));
            assert_eq!(ExpectedChecksum::from_headers(&headers(&[("x-amz-checksum-crc32", bad)])), expected, "{bad}");
        }
    }

    #[test]
    fn trailers_and_their_announcement() {
        let announcing = headers(&[("x-amz-trailer", "x-other, X-Amz-Checksum-SHA256")]);
        assert_eq!(announced(&announcing), Some(ChecksumName::Sha256));
        assert_eq!(announced(&HeaderMap::new()), None);
        let trailers: Trailers = [("x-amz-checksum-crc32", "NhCmhg==")].into_iter().collect();
        assert_eq!(ExpectedChecksum::from_trailers(&trailers).unwrap().unwrap().name, ChecksumName::Crc32);
        for name in ChecksumName::ALL {
            assert_eq!(ChecksumName::from_header(name.header()), Some(name));
            assert_eq!(ChecksumName::from_algorithm(name.algorithm()), Some(name));
        }
    }
}
