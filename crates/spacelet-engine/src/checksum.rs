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
    /// SHA-512, 64 bytes.
    Sha512,
    /// MD5, 16 bytes.
    Md5,
    /// XXH64 with seed 0, 8 bytes big-endian.
    XxHash64,
    /// XXH3 of 64 bits with seed 0, 8 bytes big-endian.
    XxHash3,
    /// XXH3 of 128 bits with seed 0, 16 bytes big-endian.
    XxHash128,
}

impl ChecksumAlgorithm {
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

    /// Whether the digest of a whole follows from those of its parts: of the CRCs only.
    #[must_use]
    pub fn is_crc(self) -> bool {
        matches!(self, Self::Crc32 | Self::Crc32c | Self::Crc64Nvme)
    }
}

/// What a checksum of a multipart object is computed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ChecksumKind {
    /// All bytes of the object.
    #[default]
    FullObject,
    /// The digests of its parts, in order.
    Composite,
}

/// A computed checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    /// Which one.
    pub algorithm: ChecksumAlgorithm,
    /// Over what.
    pub kind: ChecksumKind,
    /// Its digest, big-endian for CRCs and xxHashes.
    pub digest: Vec<u8>,
}

/// The checksum that an upload announced for its parts and its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnnouncedChecksum {
    /// Which one.
    pub algorithm: ChecksumAlgorithm,
    /// Over what.
    pub kind: ChecksumKind,
}

impl Checksum {
    /// The checksum of an object out of its parts' digests and lengths, in order: of their digests, or, for CRCs, of
    /// all their bytes, none of which is read. `None` for a digest of another length, or for a whole object's that is no
    /// CRC.
    pub(crate) fn of_parts<'p>(
        announced: AnnouncedChecksum,
        parts: impl Iterator<Item = (&'p [u8], u64)>,
    ) -> Option<Self> {
        let AnnouncedChecksum { algorithm, kind } = announced;
        let digest = match kind {
            ChecksumKind::Composite => {
                let digests: Vec<u8> = parts.flat_map(|(digest, _)| digest.iter().copied()).collect();
                crate::bodies::digest_of(algorithm, &digests)
            }
            ChecksumKind::FullObject => crate::bodies::combined_crc(algorithm, parts)?,
        };
        Some(Self { algorithm, kind, digest })
    }
}

impl ChecksumKind {
    /// As [`ChecksumAlgorithm::code`].
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::FullObject => 1,
            Self::Composite => 2,
        }
    }

    /// The kind of a stored number: records without one are of the whole object.
    pub(crate) fn of_code(code: Option<u8>) -> Self {
        if code == Some(2) { Self::Composite } else { Self::FullObject }
    }
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
            Self::Sha512 => 6,
            Self::Md5 => 7,
            Self::XxHash64 => 8,
            Self::XxHash3 => 9,
            Self::XxHash128 => 10,
        }
    }

    /// The algorithm of a stored number; `None` for one that a newer program wrote.
    pub(crate) fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.code() == code)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn codes_are_a_two_way_street() {
        for algorithm in ChecksumAlgorithm::ALL {
            assert_eq!(ChecksumAlgorithm::of_code(algorithm.code()), Some(algorithm));
        }
        assert_eq!(ChecksumAlgorithm::of_code(0), None);
        assert_eq!(ChecksumAlgorithm::of_code(11), None);
        for kind in [ChecksumKind::FullObject, ChecksumKind::Composite] {
            assert_eq!(ChecksumKind::of_code(Some(kind.code())), kind);
        }
        assert_eq!(ChecksumKind::of_code(None), ChecksumKind::FullObject);
    }

    /// Cutting a body anywhere and combining gives the checksum of the whole.
    #[test]
    fn crcs_of_parts_make_the_crc_of_the_whole() {
        let whole: Vec<u8> = (0..1000_u32).map(|n| u8::try_from(n * n % 251).unwrap_or_default()).collect();
        for algorithm in ChecksumAlgorithm::ALL.into_iter().filter(|algorithm| algorithm.is_crc()) {
            let announced = AnnouncedChecksum { algorithm, kind: ChecksumKind::FullObject };
            for cuts in [vec![0, 1000], vec![0, 1, 1000], vec![0, 0, 333, 900, 1000], vec![0, 999, 1000, 1000]] {
                let pieces: Vec<&[u8]> = cuts.windows(2).filter_map(|w| whole.get(w[0]..w[1])).collect();
                let parts: Vec<(Vec<u8>, u64)> = pieces
                    .iter()
                    .map(|piece| (crate::bodies::digest_of(algorithm, piece), piece.len() as u64))
                    .collect();
                let combined =
                    Checksum::of_parts(announced, parts.iter().map(|(digest, bytes)| (digest.as_slice(), *bytes)));
                let digest = crate::bodies::digest_of(algorithm, &whole);
                assert_eq!(combined.map(|checksum| checksum.digest), Some(digest), "{algorithm:?} {cuts:?}");
            }
        }
        for algorithm in ChecksumAlgorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_crc()) {
            let announced = AnnouncedChecksum { algorithm, kind: ChecksumKind::FullObject };
            let digest = vec![0; algorithm.digest_bytes()];
            assert_eq!(Checksum::of_parts(announced, [(digest.as_slice(), 1)].into_iter()), None, "{algorithm:?}");
        }
    }

    /// The composite checksum that ceph/s3-tests expects of 5 MiB each of `A`, `B` and `C` (without its `-3`).
    #[test]
    fn digests_of_parts_make_the_composite() {
        let algorithm = ChecksumAlgorithm::Sha256;
        let parts: Vec<Vec<u8>> =
            [b'A', b'B', b'C'].map(|byte| crate::bodies::digest_of(algorithm, &vec![byte; 5 << 20])).to_vec();
        let announced = AnnouncedChecksum { algorithm, kind: ChecksumKind::Composite };
        let checksum = Checksum::of_parts(announced, parts.iter().map(|digest| (digest.as_slice(), 5 << 20)));
        let hex: String =
            checksum.map(|found| found.digest).unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "b96070a5ed5dc48e15c3c19fd17f729ce770fd24ba541cdf5a6f608a2bf5b1fe");
    }
}
