//! Records of multipart uploads and their parts.

use minicbor::{Decode, Encode};

use super::AclRecord;
use super::object::{
    ChecksumRecord, FieldRecord, LockRecord, TagRecord, into_meta, some_headers, some_tags, some_user,
};
use crate::{
    AccountId, AnnouncedChecksum, Body, ChecksumAlgorithm, ChecksumKind, ETag, EngineError, KeyMark, NewUpload,
    ObjectKey, ObjectMeta, Part, Timestamp, Upload, UploadId,
};

/// An open upload. Its key and id are in the row's key.
#[derive(Debug, Encode, Decode)]
pub(crate) struct UploadRecord {
    #[n(0)]
    pub(crate) owner: String,
    #[n(1)]
    pub(crate) initiated_ms: i64,
    #[n(2)]
    pub(crate) acl: Option<AclRecord>,
    #[n(3)]
    pub(crate) headers: Option<Vec<FieldRecord>>,
    #[n(4)]
    pub(crate) user: Option<Vec<FieldRecord>>,
    #[n(5)]
    pub(crate) tags: Option<Vec<TagRecord>>,
    #[n(6)]
    pub(crate) checksum: Option<u8>,
    /// As in a checksum's record.
    #[n(7)]
    pub(crate) checksum_kind: Option<u8>,
    /// The object's lock to be.
    #[n(20)]
    pub(crate) lock: Option<LockRecord>,
    /// Its parts are stored under this customer's key.
    #[n(8)]
    pub(crate) sealed: Option<KeyMark>,
}

impl UploadRecord {
    pub(crate) fn new(upload: NewUpload, now: Timestamp) -> Self {
        Self {
            acl: AclRecord::new(&upload.acl, &upload.owner),
            owner: upload.owner.as_str().to_owned(),
            initiated_ms: now.0,
            headers: some_headers(upload.meta.headers),
            user: some_user(upload.meta.user),
            tags: some_tags(upload.meta.tags),
            checksum: upload.checksum.map(|announced| announced.algorithm.code()),
            checksum_kind: upload
                .checksum
                .and_then(|announced| (announced.kind != ChecksumKind::FullObject).then(|| announced.kind.code())),
            lock: LockRecord::new(upload.meta.lock),
            sealed: upload.sealed,
        }
    }

    /// The checksum that it announced.
    pub(crate) fn announced(&self) -> Result<Option<AnnouncedChecksum>, EngineError> {
        let Some(code) = self.checksum else { return Ok(None) };
        let algorithm = ChecksumAlgorithm::of_code(code)
            .ok_or_else(|| EngineError::Storage { detail: format!("an upload has checksum {code}") })?;
        Ok(Some(AnnouncedChecksum { algorithm, kind: ChecksumKind::of_code(self.checksum_kind) }))
    }

    pub(crate) fn into_upload(self, key: ObjectKey, id: UploadId) -> Result<Upload, EngineError> {
        let checksum = self.announced()?;
        let owner = AccountId::new(self.owner);
        Ok(Upload {
            id,
            key,
            initiated: Timestamp(self.initiated_ms),
            acl: AclRecord::read(self.acl, &owner)?,
            owner,
            meta: ObjectMeta { lock: LockRecord::read(self.lock)?, ..into_meta(self.headers, self.user, self.tags) },
            checksum,
            sealed: self.sealed,
        })
    }
}

/// A part. Its number is in the row's key.
#[derive(Debug, Encode, Decode)]
pub(crate) struct PartRecord {
    /// First, so that `body_of_row` reads nothing else.
    #[n(0)]
    pub(crate) body: Body,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(crate) md5: [u8; 16],
    #[n(2)]
    pub(crate) modified_ms: i64,
    #[n(3)]
    pub(crate) checksum: Option<ChecksumRecord>,
}

impl PartRecord {
    pub(crate) fn into_part(self, number: u32) -> Result<Part, EngineError> {
        Ok(Part {
            checksum: self.checksum.map(|record| record.into_checksum()).transpose()?.map(|(checksum, _)| checksum),
            number,
            etag: ETag::of_md5(self.md5),
            bytes: self.body.bytes(),
            modified: Timestamp(self.modified_ms),
            body: self.body,
        })
    }
}
