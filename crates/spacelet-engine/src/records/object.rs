//! Records of objects, older versions and delete markers.

use minicbor::{Decode, Encode};

use super::AclRecord;
use crate::{
    AccountId, Body, Checksum, ChecksumAlgorithm, ChecksumKind, ETag, EngineError, KeyMark, ObjectInfo, ObjectKey,
    ObjectLock, ObjectMeta, PartSize, Restoration, Retention, RetentionMode, StorageClass, StoredHeader, Timestamp,
    VersionId,
};

/// An object, an older version or a delete marker. Its key is in the row's key.
#[derive(Debug, Default, Encode, Decode)]
pub(crate) struct ObjectRecord {
    /// First, so that `body_of_row` reads nothing else.
    #[n(0)]
    pub(crate) body: Body,
    /// Its place among all writes of the store: greater is newer.
    #[n(1)]
    pub(crate) sequence: u64,
    #[n(2)]
    pub(crate) is_delete_marker: bool,
    /// `None`: the `null` version.
    #[n(3)]
    pub(crate) version: Option<String>,
    #[n(4)]
    pub(crate) etag: String,
    #[n(5)]
    pub(crate) modified_ms: i64,
    #[n(6)]
    pub(crate) owner: String,
    #[n(7)]
    pub(crate) acl: Option<AclRecord>,
    #[n(8)]
    pub(crate) headers: Option<Vec<FieldRecord>>,
    #[n(9)]
    pub(crate) user: Option<Vec<FieldRecord>>,
    #[n(10)]
    pub(crate) tags: Option<Vec<TagRecord>>,
    #[n(11)]
    pub(crate) parts: Option<Vec<PartRun>>,
    #[n(12)]
    pub(crate) checksum: Option<ChecksumRecord>,
    /// The upload that it was completed from.
    #[n(13)]
    pub(crate) completed: Option<CompletedRecord>,
    /// Its body is stored under this customer's key.
    #[n(14)]
    pub(crate) sealed: Option<KeyMark>,
    /// It was made by appending, and may be appended to.
    #[n(15)]
    pub(crate) appended: Option<AppendedRecord>,
    /// Retention and legal hold.
    #[n(20)]
    pub(crate) lock: Option<LockRecord>,
    /// The readable copy of an archived object.
    #[n(21)]
    pub(crate) restored: Option<RestoredRecord>,
}

/// A readable copy of an archived object.
#[derive(Debug, Encode, Decode)]
pub(crate) struct RestoredRecord {
    #[n(0)]
    ready_ms: i64,
    #[n(1)]
    until_ms: i64,
}

impl RestoredRecord {
    pub(crate) fn new(copy: Restoration) -> Self {
        Self { ready_ms: copy.ready.0, until_ms: copy.until.0 }
    }

    pub(crate) fn copy(&self) -> Restoration {
        Restoration { ready: Timestamp(self.ready_ms), until: Timestamp(self.until_ms) }
    }
}

/// An object lock.
#[derive(Debug, Encode, Decode)]
pub(crate) struct LockRecord {
    /// 1: governance, 2: compliance.
    #[n(0)]
    mode: Option<u8>,
    #[n(1)]
    until_ms: Option<i64>,
    #[n(2)]
    legal_hold: Option<bool>,
}

/// What an object that grows by appending is known by.
#[derive(Debug, Clone, Copy, Encode, Decode)]
pub(crate) struct AppendedRecord {
    /// How many times.
    #[n(0)]
    pub(crate) count: u64,
}

/// A name and a value of any bytes.
#[derive(Debug, Encode, Decode)]
pub(crate) struct FieldRecord {
    #[n(0)]
    name: String,
    #[cbor(n(1), with = "minicbor::bytes")]
    value: Vec<u8>,
}

/// A tag.
#[derive(Debug, Encode, Decode)]
pub(crate) struct TagRecord {
    #[n(0)]
    key: String,
    #[n(1)]
    value: String,
}

/// Parts with consecutive numbers and the same length: 10,000 parts are mostly one run.
#[derive(Debug, Encode, Decode)]
pub(crate) struct PartRun {
    #[n(0)]
    first: u32,
    #[n(1)]
    count: u32,
    #[n(2)]
    bytes: u64,
}

/// A checksum.
#[derive(Debug, Encode, Decode)]
pub(crate) struct ChecksumRecord {
    #[n(0)]
    algorithm: u8,
    #[cbor(n(1), with = "minicbor::bytes")]
    digest: Vec<u8>,
    /// 1: of the whole object, 2: of its parts' digests. None: of the whole object.
    #[n(2)]
    kind: Option<u8>,
    /// The digests of its parts, one after the other, where each part has one.
    #[cbor(n(3), with = "minicbor::bytes")]
    parts: Option<Vec<u8>>,
}

/// What CompleteMultipartUpload leaves behind to recognise its own repetition.
#[derive(Debug, Encode, Decode)]
pub(crate) struct CompletedRecord {
    #[n(0)]
    pub(crate) upload: String,
}

impl ObjectRecord {
    /// A delete marker, without its version and sequence.
    pub(crate) fn delete_marker(owner: &AccountId, now: Timestamp) -> Self {
        Self { is_delete_marker: true, modified_ms: now.0, owner: owner.as_str().to_owned(), ..Self::default() }
    }

    /// Takes what the client said.
    pub(crate) fn with_meta(mut self, meta: ObjectMeta) -> Self {
        self.headers = some_headers(meta.headers);
        self.user = some_user(meta.user);
        self.tags = some_tags(meta.tags);
        self.lock = LockRecord::new(meta.lock);
        self
    }

    /// Its version id, `null` included.
    pub(crate) fn version_id(&self) -> VersionId {
        self.version.clone().map_or_else(VersionId::null, VersionId)
    }

    /// The class that it is stored in.
    pub(crate) fn storage_class(&self) -> StorageClass {
        let kept = self.headers.iter().flatten().find(|field| field.name == StorageClass::HEADER);
        let name = kept.and_then(|field| std::str::from_utf8(&field.value).ok());
        name.and_then(StorageClass::named).unwrap_or(StorageClass::Standard)
    }

    /// Stores it in another class.
    pub(crate) fn set_storage_class(&mut self, class: StorageClass) {
        let (name, value) = (StorageClass::HEADER.to_owned(), class.name().as_bytes().to_vec());
        let headers = self.headers.get_or_insert_with(Vec::new);
        headers.retain(|field| field.name != name);
        headers.push(FieldRecord { name, value });
    }

    /// What a reader sees of it.
    pub(crate) fn into_info(self, key: ObjectKey, is_current: bool) -> Result<ObjectInfo, EngineError> {
        let (checksum, part_digests) = match self.checksum {
            Some(record) => record.into_checksum().map(|(checksum, parts)| (Some(checksum), parts))?,
            None => (None, Vec::new()),
        };
        let owner = AccountId::new(self.owner);
        Ok(ObjectInfo {
            key,
            version: self.version.map_or_else(VersionId::null, VersionId),
            is_delete_marker: self.is_delete_marker,
            is_current,
            etag: ETag::from_stored(self.etag),
            bytes: self.body.bytes(),
            modified: Timestamp(self.modified_ms),
            acl: AclRecord::read(self.acl, &owner)?,
            owner,
            meta: ObjectMeta { lock: LockRecord::read(self.lock)?, ..into_meta(self.headers, self.user, self.tags) },
            parts: join_runs(self.parts.unwrap_or_default()),
            checksum,
            part_digests,
            sealed: self.sealed,
            restored: self.restored.as_ref().map(RestoredRecord::copy),
            appends: self.appended.map_or(0, |appended| appended.count),
            body: self.body,
        })
    }
}

/// Headers as fields; none for none.
pub(crate) fn some_headers(headers: Vec<StoredHeader>) -> Option<Vec<FieldRecord>> {
    let fields = headers.into_iter().map(|header| FieldRecord { name: header.name, value: header.value });
    some(fields.collect())
}

/// User metadata as fields; none for none.
pub(crate) fn some_user(user: Vec<(String, Vec<u8>)>) -> Option<Vec<FieldRecord>> {
    some(user.into_iter().map(|(name, value)| FieldRecord { name, value }).collect())
}

/// Tags; none for none.
pub(crate) fn some_tags(tags: Vec<(String, String)>) -> Option<Vec<TagRecord>> {
    some(tags.into_iter().map(|(key, value)| TagRecord { key, value }).collect())
}

/// What the client said, put together again.
pub(crate) fn into_meta(
    headers: Option<Vec<FieldRecord>>,
    user: Option<Vec<FieldRecord>>,
    tags: Option<Vec<TagRecord>>,
) -> ObjectMeta {
    let headers = headers.unwrap_or_default().into_iter();
    let user = user.unwrap_or_default().into_iter();
    let tags = tags.unwrap_or_default().into_iter();
    ObjectMeta {
        headers: headers.map(|field| StoredHeader { name: field.name, value: field.value }).collect(),
        user: user.map(|field| (field.name, field.value)).collect(),
        tags: tags.map(|tag| (tag.key, tag.value)).collect(),
        lock: ObjectLock::default(),
    }
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    if list.is_empty() { None } else { Some(list) }
}

/// Parts as runs of equal ones; none for none.
pub(crate) fn split_runs(parts: &[PartSize]) -> Option<Vec<PartRun>> {
    let mut runs: Vec<PartRun> = Vec::new();
    for part in parts {
        match runs.last_mut() {
            Some(run) if run.bytes == part.bytes && run.first.checked_add(run.count) == Some(part.number) => {
                run.count += 1
            }
            _ => runs.push(PartRun { first: part.number, count: 1, bytes: part.bytes }),
        }
    }
    some(runs)
}

/// Parts from runs.
pub(crate) fn join_runs(runs: Vec<PartRun>) -> Vec<PartSize> {
    let one = |run: PartRun| {
        (0..run.count).map(move |at| PartSize { number: run.first.saturating_add(at), bytes: run.bytes })
    };
    runs.into_iter().flat_map(one).collect()
}

impl LockRecord {
    /// No record for no lock.
    pub(crate) fn new(lock: ObjectLock) -> Option<Self> {
        let mode = lock.retention.map(|retention| match retention.mode {
            RetentionMode::Governance => 1,
            RetentionMode::Compliance => 2,
        });
        let until_ms = lock.retention.map(|retention| retention.until.0);
        (!lock.is_empty()).then_some(Self { mode, until_ms, legal_hold: lock.legal_hold })
    }

    pub(crate) fn read(record: Option<Self>) -> Result<ObjectLock, EngineError> {
        record.map_or_else(|| Ok(ObjectLock::default()), |record| record.to_lock())
    }

    pub(crate) fn to_lock(&self) -> Result<ObjectLock, EngineError> {
        let mode = match self.mode {
            None => None,
            Some(1) => Some(RetentionMode::Governance),
            Some(2) => Some(RetentionMode::Compliance),
            Some(other) => return Err(EngineError::Storage { detail: format!("a lock has mode {other}") }),
        };
        let retention = mode.zip(self.until_ms).map(|(mode, until)| Retention { mode, until: Timestamp(until) });
        Ok(ObjectLock { retention, legal_hold: self.legal_hold })
    }
}

impl ChecksumRecord {
    pub(crate) fn new(checksum: Checksum) -> Self {
        let kind = (checksum.kind != ChecksumKind::FullObject).then(|| checksum.kind.code());
        Self { algorithm: checksum.algorithm.code(), digest: checksum.digest, kind, parts: None }
    }

    /// With the digests of the object's parts.
    pub(crate) fn with_parts(self, digests: Vec<u8>) -> Self {
        Self { parts: Some(digests), ..self }
    }

    /// Its digest, where it is one of `algorithm`.
    pub(crate) fn digest_by(&self, algorithm: ChecksumAlgorithm) -> Option<&[u8]> {
        (self.algorithm == algorithm.code()).then_some(self.digest.as_slice())
    }

    /// The checksum, and the digests of the parts.
    pub(crate) fn into_checksum(self) -> Result<(Checksum, Vec<u8>), EngineError> {
        let Some(algorithm) = ChecksumAlgorithm::of_code(self.algorithm) else {
            return Err(EngineError::Storage { detail: format!("an object has checksum {}", self.algorithm) });
        };
        let checksum = Checksum { algorithm, kind: ChecksumKind::of_code(self.kind), digest: self.digest };
        Ok((checksum, self.parts.unwrap_or_default()))
    }
}
