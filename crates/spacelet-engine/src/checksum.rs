//! S3's additional checksums (S3 user guide, "Checking object integrity").

/// Which checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChecksumAlgorithm {
    /// CRC-32 (ISO-HDLC), 4 bytes big-endian.
    Crc32,
    /// CRC-32C (Castagnoli), 4 bytes big-endian.
    Crc32c,
    /// CRC-64/NVME, 8 bytes big-endian.
    Crc64Nvme,
    /// SHA-1, 20 bytes.
    Sha1,
    /// SHA-256, 32 bytes.
    Sha256,
}

impl ChecksumAlgorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// The digest's length in bytes.
    #[must_use]
    pub fn digest_bytes(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }
}

/// A computed checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    /// Which one.
    pub algorithm: ChecksumAlgorithm,
    /// Its digest, big-endian for the CRCs.
    pub digest: Vec<u8>,
}

impl ChecksumAlgorithm {
    /// The number that stands for it in stored records; never reused.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Crc32 => 1,
            Self::Crc32c => 2,
            Self::Crc64Nvme => 3,
            Self::Sha1 => 4,
            Self::Sha256 => 5,
        }
    }

    /// The algorithm of a stored number; `None` for one that a newer program wrote.
    pub(crate) fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_a_two_way_street() {
        for algorithm in ChecksumAlgorithm::ALL {
            assert_eq!(ChecksumAlgorithm::of_code(algorithm.code()), Some(algorithm));
        }
        assert_eq!(ChecksumAlgorithm::of_code(0), None);
        assert_eq!(ChecksumAlgorithm::of_code(6), None);
    }
}
