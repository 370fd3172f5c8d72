//! The digests of a body being received.

use crc_fast::CrcAlgorithm;
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};
use xxhash_rust::xxh64::{Xxh64, xxh64};

use super::{Content, StagedBody};
use crate::{Checksum, ChecksumAlgorithm, ChecksumKind};

/// MD5 and CRC-32C always, SHA-256 and one of S3's checksums where asked for. None is computed twice.
pub(crate) struct Hashes {
    /// `None`: another has the MD5 (of a body under a customer's key, before it is sealed).
    md5: Option<Md5>,
    crc32c: crc_fast::Digest,
    sha256: Option<Sha256>,
    shows_sha256: bool,
    checksum: Option<(ChecksumAlgorithm, Extra)>,
    /// A CRC besides, which is to be kept where `checksum` is only to be checked.
    kept: Option<(ChecksumAlgorithm, crc_fast::Digest)>,
}

/// A checksum that none of the others gives.
enum Extra {
    None,
    Crc(crc_fast::Digest),
    Sha1(Sha1),
    Sha512(Sha512),
    Xxh64(Xxh64),
    /// Of 64 and of 128 bits.
    Xxh3(Box<Xxh3>),
}

impl Hashes {
    pub(crate) fn new(sha256: bool, checksum: Option<ChecksumAlgorithm>) -> Self {
        let needs_sha256 = sha256 || checksum == Some(ChecksumAlgorithm::Sha256);
        let extra = |algorithm| match algorithm {
            ChecksumAlgorithm::Crc32 => Extra::Crc(crc_fast::Digest::new(CrcAlgorithm::Crc32IsoHdlc)),
            ChecksumAlgorithm::Crc64Nvme => Extra::Crc(crc_fast::Digest::new(CrcAlgorithm::Crc64Nvme)),
            ChecksumAlgorithm::Sha1 => Extra::Sha1(Sha1::new()),
            ChecksumAlgorithm::Sha512 => Extra::Sha512(Sha512::new()),
            ChecksumAlgorithm::XxHash64 => Extra::Xxh64(Xxh64::new(0)),
            ChecksumAlgorithm::XxHash3 | ChecksumAlgorithm::XxHash128 => Extra::Xxh3(Box::new(Xxh3::new())),
            ChecksumAlgorithm::Crc32c | ChecksumAlgorithm::Sha256 | ChecksumAlgorithm::Md5 => Extra::None,
        };
        Self {
            md5: Some(Md5::new()),
            crc32c: crc_fast::Digest::new(CrcAlgorithm::Crc32Iscsi),
            sha256: needs_sha256.then(Sha256::new),
            shows_sha256: sha256,
            checksum: checksum.map(|algorithm| (algorithm, extra(algorithm))),
            kept: None,
        }
    }

    /// Only the CRC-32C, of what is stored.
    pub(crate) fn of_sealed() -> Self {
        Self { md5: None, ..Self::new(false, None) }
    }

    /// Computes a CRC-64/NVME besides, from here on.
    pub(crate) fn keep_crc64(&mut self) {
        let digest = crc_fast::Digest::new(CrcAlgorithm::Crc64Nvme);
        self.kept = Some((ChecksumAlgorithm::Crc64Nvme, digest));
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        self.crc32c.update(bytes);
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
        match self.checksum.as_mut().map(|(_, extra)| extra) {
            Some(Extra::Crc(crc)) => crc.update(bytes),
            Some(Extra::Sha1(sha1)) => sha1.update(bytes),
            Some(Extra::Sha512(sha512)) => sha512.update(bytes),
            Some(Extra::Xxh64(xxh64)) => xxh64.update(bytes),
            Some(Extra::Xxh3(xxh3)) => xxh3.update(bytes),
            Some(Extra::None) | None => {}
        }
        if let Some((_, crc)) = &mut self.kept {
            crc.update(bytes);
        }
    }

    /// Ends the digests and makes the staged body.
    pub(crate) fn end(self, bytes: u64, content: Content) -> StagedBody {
        let crc = crc32(self.crc32c.finalize());
        let sha256: Option<[u8; 32]> = self.sha256.map(|sha256| sha256.finalize().into());
        let md5: [u8; 16] = self.md5.map(|md5| md5.finalize().into()).unwrap_or_default();
        let checksum = self.checksum.map(|(algorithm, extra)| Checksum {
            algorithm,
            kind: ChecksumKind::FullObject,
            digest: match (algorithm, extra) {
                (ChecksumAlgorithm::Crc64Nvme, Extra::Crc(crc)) => crc.finalize().to_be_bytes().to_vec(),
                (_, Extra::Crc(crc)) => crc32(crc.finalize()).to_be_bytes().to_vec(),
                (_, Extra::Sha1(sha1)) => sha1.finalize().to_vec(),
                (_, Extra::Sha512(sha512)) => sha512.finalize().to_vec(),
                (_, Extra::Xxh64(xxh64)) => xxh64.digest().to_be_bytes().to_vec(),
                (ChecksumAlgorithm::XxHash128, Extra::Xxh3(xxh3)) => xxh3.digest128().to_be_bytes().to_vec(),
                (_, Extra::Xxh3(xxh3)) => xxh3.digest().to_be_bytes().to_vec(),
                (ChecksumAlgorithm::Md5, Extra::None) => md5.to_vec(),
                (ChecksumAlgorithm::Sha256, Extra::None) => sha256.map(Vec::from).unwrap_or_default(),
                (_, Extra::None) => crc.to_be_bytes().to_vec(),
            },
        });
        let kept = self.kept.map(|(algorithm, crc)| Checksum {
            algorithm,
            kind: ChecksumKind::FullObject,
            digest: crc.finalize().to_be_bytes().to_vec(),
        });
        StagedBody {
            kept,
            bytes,
            md5,
            sha256: sha256.filter(|_| self.shows_sha256),
            checksum,
            crc,
            content,
            nonce: None,
            keep_id: None,
        }
    }
}

/// The digest of bytes at hand.
pub(crate) fn digest_of(algorithm: ChecksumAlgorithm, bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        ChecksumAlgorithm::Sha1 => Sha1::digest(bytes).to_vec(),
        ChecksumAlgorithm::Sha256 => Sha256::digest(bytes).to_vec(),
        ChecksumAlgorithm::Sha512 => Sha512::digest(bytes).to_vec(),
        ChecksumAlgorithm::Md5 => Md5::digest(bytes).to_vec(),
        ChecksumAlgorithm::XxHash64 => xxh64(bytes, 0).to_be_bytes().to_vec(),
        ChecksumAlgorithm::XxHash3 => xxh3_64(bytes).to_be_bytes().to_vec(),
        ChecksumAlgorithm::XxHash128 => xxh3_128(bytes).to_be_bytes().to_vec(),
        ChecksumAlgorithm::Crc64Nvme => crc_fast::checksum(CrcAlgorithm::Crc64Nvme, bytes).to_be_bytes().to_vec(),
        ChecksumAlgorithm::Crc32 => crc32(crc_fast::checksum(CrcAlgorithm::Crc32IsoHdlc, bytes)).to_be_bytes().to_vec(),
        ChecksumAlgorithm::Crc32c => crc32c(bytes).to_be_bytes().to_vec(),
    }
}

/// The CRC of parts put together, from each part's CRC and length. `None` for what is no CRC of that algorithm.
pub(crate) fn combined_crc<'p>(
    algorithm: ChecksumAlgorithm,
    parts: impl Iterator<Item = (&'p [u8], u64)>,
) -> Option<Vec<u8>> {
    let crc = match algorithm {
        ChecksumAlgorithm::Crc32 => CrcAlgorithm::Crc32IsoHdlc,
        ChecksumAlgorithm::Crc32c => CrcAlgorithm::Crc32Iscsi,
        ChecksumAlgorithm::Crc64Nvme => CrcAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1
        | ChecksumAlgorithm::Sha256
        | ChecksumAlgorithm::Sha512
        | ChecksumAlgorithm::Md5
        | ChecksumAlgorithm::XxHash64
        | ChecksumAlgorithm::XxHash3
        | ChecksumAlgorithm::XxHash128 => return None,
    };
    let mut whole = crc_fast::checksum(crc, b"");
    for (digest, bytes) in parts {
        if digest.len() != algorithm.digest_bytes() {
            return None;
        }
        let value = digest.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        whole = crc_fast::checksum_combine(crc, whole, value, bytes);
    }
    let bytes = whole.to_be_bytes();
    bytes.get(bytes.len() - algorithm.digest_bytes()..).map(<[u8]>::to_vec)
}

/// CRC-32C of a whole body.
pub(crate) fn crc32c(bytes: &[u8]) -> u32 {
    crc32(crc_fast::checksum(CrcAlgorithm::Crc32Iscsi, bytes))
}

/// A running CRC-32C.
pub(crate) struct RunningCrc(crc_fast::Digest);

/// Begins a running CRC-32C.
pub(crate) fn running_crc() -> RunningCrc {
    RunningCrc::new()
}

impl RunningCrc {
    pub(crate) fn new() -> Self {
        Self(crc_fast::Digest::new(CrcAlgorithm::Crc32Iscsi))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn value(&self) -> u32 {
        crc32(self.0.finalize())
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a 32-bit CRC comes in a u64")]
fn crc32(value: u64) -> u32 {
    value as u32
}
