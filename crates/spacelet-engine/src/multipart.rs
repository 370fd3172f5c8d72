//! Multipart uploads: parts are bodies of their own; completing copies nothing.

mod complete;
mod list;

use crate::buckets::{UsageChange, open_bucket};
use crate::commit::Tx;
use crate::records::{
    ChecksumRecord, PartRecord, RowKey, UploadRecord, encode, part_key, parts_span, read, upload_key,
};
use crate::rows::Rows;
use crate::{
    AccountId, Acl, AnnouncedChecksum, Body, Bucket, Checksum, ETag, EngineError, KeyMark, ObjectInfo, ObjectKey,
    ObjectMeta, StagedBody, Timestamp, UploadId, World, WriteCondition,
};

/// What it takes to begin an upload.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// The key to be.
    pub key: ObjectKey,
    /// Who began it.
    pub owner: AccountId,
    /// The object's ACL to be; its owner will own the object.
    pub acl: Acl,
    /// What the client said.
    pub meta: ObjectMeta,
    /// The checksum it announces.
    pub checksum: Option<AnnouncedChecksum>,
    /// The customer's key that its parts are stored under.
    pub sealed: Option<KeyMark>,
}

/// An open upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The key to be.
    pub key: ObjectKey,
    /// Who began it.
    pub owner: AccountId,
    /// When.
    pub initiated: Timestamp,
    /// The object's ACL to be.
    pub acl: Acl,
    /// What the client said.
    pub meta: ObjectMeta,
    /// The checksum it announced.
    pub checksum: Option<AnnouncedChecksum>,
    /// The customer's key that its parts are stored under.
    pub sealed: Option<KeyMark>,
}

/// An uploaded part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number.
    pub number: u32,
    /// Its ETag.
    pub etag: ETag,
    /// Its length.
    pub bytes: u64,
    /// The additional checksum that is kept of it.
    pub checksum: Option<Checksum>,
    /// When it was uploaded.
    pub modified: Timestamp,
    /// Where its bytes are.
    pub body: Body,
}

/// A part as CompleteMultipartUpload names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedPart {
    /// Its number.
    pub number: u32,
    /// The ETag the client holds, with or without quotes.
    pub etag: String,
    /// The digest of the upload's checksum that the client holds.
    pub digest: Option<Vec<u8>>,
}

/// What is to be made of an upload.
#[derive(Debug, Clone, Default)]
pub struct Completion {
    /// Its parts, in ascending order.
    pub parts: Vec<CompletedPart>,
    /// No part but the last may be below it.
    pub part_bytes_min: u64,
    /// What must hold of the key's current object.
    pub condition: WriteCondition,
    /// The digest that the object must have; for a composite checksum the digest of the digests.
    pub digest: Option<Vec<u8>>,
    /// The length that the object must have.
    pub bytes: Option<u64>,
}

/// Where an upload listing goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadMarker {
    /// After this key (or within it).
    pub key: String,
    /// Within the key: after this upload; `None`: after all uploads of the key.
    pub upload: Option<UploadId>,
}

/// What to list of uploads.
#[derive(Debug, Clone, Default)]
pub struct ListUploads {
    /// Only keys that begin so.
    pub prefix: String,
    /// Collapses keys to common prefixes.
    pub delimiter: String,
    /// Where to go on.
    pub after: Option<UploadMarker>,
    /// At most so many entries.
    pub entries_max: usize,
}

/// A page of uploads by key, then by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UploadPage {
    /// Uploads in order.
    pub uploads: Vec<Upload>,
    /// Common prefixes in order.
    pub prefixes: Vec<String>,
    /// Where to go on, when more follow.
    pub next: Option<UploadMarker>,
}

/// What to list of parts.
#[derive(Debug, Clone, Copy, Default)]
pub struct ListParts {
    /// Only numbers above this.
    pub after: u32,
    /// At most so many.
    pub entries_max: usize,
}

/// A page of parts by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartPage {
    /// In order.
    pub parts: Vec<Part>,
    /// The last number of this page, when more follow.
    pub next: Option<u32>,
}

impl World {
    /// Begins an upload.
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], storage errors.
    pub async fn create_upload(&self, bucket: &Bucket, upload: NewUpload) -> Result<Upload, EngineError> {
        let (name, bucket) = (bucket.name.clone(), bucket.id);
        self.commit(Vec::new(), move |tx, _| {
            open_bucket(tx, &name, bucket)?;
            let id = UploadId::generate();
            let key = upload.key.clone();
            let record = UploadRecord::new(upload, tx.now());
            tx.put(upload_key(bucket, &key, &id), encode(&record)?);
            record.into_upload(key, id)
        })
        .await
    }

    /// Finds an upload of this key.
    ///
    /// # Errors
    /// Storage errors.
    pub fn upload(&self, bucket: &Bucket, key: &ObjectKey, id: &UploadId) -> Result<Option<Upload>, EngineError> {
        match read::<UploadRecord>(&self.view(), &upload_key(bucket.id, key, id))? {
            Some(record) => record.into_upload(key.clone(), id.clone()).map(Some),
            None => Ok(None),
        }
    }

    /// Adds or replaces a part.
    ///
    /// # Errors
    /// [`EngineError::NoSuchUpload`], storage errors.
    pub async fn put_part(
        &self,
        bucket: &Bucket,
        upload: &Upload,
        number: u32,
        body: StagedBody,
    ) -> Result<Part, EngineError> {
        self.put_part_with(bucket, upload, number, body, None).await
    }

    /// As [`World::put_part`], with a checksum that is kept with the part.
    ///
    /// # Errors
    /// As there.
    pub async fn put_part_with(
        &self,
        bucket: &Bucket,
        upload: &Upload,
        number: u32,
        body: StagedBody,
        checksum: Option<Checksum>,
    ) -> Result<Part, EngineError> {
        let md5 = body.md5();
        let place = Place::new(bucket, &upload.key, &upload.id);
        self.commit(vec![body], move |tx, bodies| {
            let body = Body::concat(bodies.into_iter());
            place.put_part(tx, number, body, md5, checksum)
        })
        .await
    }

    /// Adds a part that shares the whole body of `source`; copies no byte. (A range is read and staged by the caller.)
    /// `checksum`: what is kept with it.
    ///
    /// # Errors
    /// [`EngineError::NoSuchUpload`], [`EngineError::NoSuchKey`] when the source's body has gone, storage errors.
    pub async fn copy_part(
        &self,
        bucket: &Bucket,
        upload: &Upload,
        number: u32,
        source: &ObjectInfo,
        md5: [u8; 16],
        checksum: Option<Checksum>,
    ) -> Result<Part, EngineError> {
        let body = source.body.clone();
        let place = Place::new(bucket, &upload.key, &upload.id);
        self.commit(Vec::new(), move |tx, _| {
            tx.retain(&body)?;
            place.put_part(tx, number, body, md5, checksum)
        })
        .await
    }

    /// A page of parts.
    ///
    /// # Errors
    /// Storage errors.
    pub fn list_parts(&self, bucket: &Bucket, upload: &Upload, wanted: ListParts) -> Result<PartPage, EngineError> {
        list::parts(&self.view(), bucket.id, &upload.id, wanted)
    }

    /// A page of uploads. Blocking.
    ///
    /// # Errors
    /// Storage errors.
    pub fn list_uploads(&self, bucket: &Bucket, wanted: &ListUploads) -> Result<UploadPage, EngineError> {
        list::uploads(&self.view(), bucket.id, wanted)
    }

    /// Makes the object out of the named parts, in the given order, which must be ascending; unnamed parts are dropped.
    /// Completing the same upload again with the same parts, while its object is still the current one, answers it
    /// once more.
    ///
    /// # Errors
    /// [`EngineError::NoSuchUpload`], [`EngineError::InvalidPart`] (not there, another ETag, not in ascending order, or
    /// none at all: number 0), [`EngineError::PartTooSmall`] (a part that is not the last below `part_bytes_min`),
    /// storage errors.
    pub async fn complete_upload(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        id: &UploadId,
        parts: Vec<CompletedPart>,
        part_bytes_min: u64,
    ) -> Result<ObjectInfo, EngineError> {
        let completion = Completion { parts, part_bytes_min, ..Completion::default() };
        self.complete_upload_with(bucket, key, id, completion).await
    }

    /// As [`World::complete_upload`], under conditions.
    ///
    /// # Errors
    /// As there; [`EngineError::ConditionNotMet`], [`EngineError::ConditionMissing`] and
    /// [`EngineError::ConditionConflict`] for the current object, [`EngineError::ChecksumNotMet`], [`EngineError::PartChecksumMissing`] and
    /// [`EngineError::LengthNotMet`] for what the parts make.
    pub async fn complete_upload_with(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        id: &UploadId,
        completion: Completion,
    ) -> Result<ObjectInfo, EngineError> {
        let name = bucket.name.clone();
        let place = Place::new(bucket, key, id);
        self.commit(Vec::new(), move |tx, _| {
            let state = open_bucket(tx, &name, place.bucket)?.versioning()?;
            complete::complete(tx, &place, state, &completion)
        })
        .await
    }

    /// Drops an upload and its parts.
    ///
    /// # Errors
    /// [`EngineError::NoSuchUpload`], storage errors.
    pub async fn abort_upload(&self, bucket: &Bucket, key: &ObjectKey, id: &UploadId) -> Result<(), EngineError> {
        let place = Place::new(bucket, key, id);
        self.commit(Vec::new(), move |tx, _| {
            place.upload(tx)?;
            let mut usage = UsageChange::default();
            place.drop_rows(tx, &mut usage)?;
            usage.apply(tx, place.bucket)
        })
        .await
    }
}

/// Where an upload's rows are. A bucket's deletion drops them, so they need no look at the bucket.
struct Place {
    bucket: u64,
    key: ObjectKey,
    id: UploadId,
}

impl Place {
    fn new(bucket: &Bucket, key: &ObjectKey, id: &UploadId) -> Self {
        Self { bucket: bucket.id, key: key.clone(), id: id.clone() }
    }

    fn row(&self) -> RowKey {
        upload_key(self.bucket, &self.key, &self.id)
    }

    fn upload(&self, tx: &Tx<'_>) -> Result<UploadRecord, EngineError> {
        read(tx, &self.row())?.ok_or(EngineError::NoSuchUpload)
    }

    fn put_part(
        &self,
        tx: &mut Tx<'_>,
        number: u32,
        body: Body,
        md5: [u8; 16],
        checksum: Option<Checksum>,
    ) -> Result<Part, EngineError> {
        self.upload(tx)?;
        let row = part_key(self.bucket, &self.id, number);
        let mut usage = UsageChange::default();
        if let Some(old) = read::<PartRecord>(tx, &row)? {
            usage.remove(old.body.bytes());
        }
        usage.add(body.bytes());
        let record = PartRecord { body, md5, modified_ms: tx.now().0, checksum: checksum.map(ChecksumRecord::new) };
        tx.put(row, encode(&record)?);
        usage.apply(tx, self.bucket)?;
        record.into_part(number)
    }

    /// Removes the upload and all of its parts.
    fn drop_rows(&self, tx: &mut Tx<'_>, usage: &mut UsageChange) -> Result<(), EngineError> {
        let span = parts_span(self.bucket, &self.id, None);
        let rows: Vec<_> = tx.scan(span.start, span.end).collect::<Result<_, _>>()?;
        for (row, value) in rows {
            usage.remove(crate::records::body_of_row(&row, &value).unwrap_or_default().bytes());
            tx.delete(row);
        }
        tx.delete(self.row());
        Ok(())
    }
}
