//! Objects: written whole, read by extent, copied without copying bytes, deleted.

use crate::buckets::{UsageChange, open_bucket};
use crate::commit::Tx;
use crate::records::{
    AclRecord, AppendedRecord, ChecksumRecord, LockRecord, ObjectRecord, encode, some_tags, split_runs,
};
use crate::versions::{self, Found, Slot};
use crate::{
    AccountId, Acl, Body, Bucket, BucketName, Checksum, ETag, EngineError, KeyMark, ListVersions, Listed, LockBypass,
    ObjectKey, ObjectLock, Restoration, Retention, StagedBody, Timestamp, VersionId, World, WriteCondition,
};

/// A header that is stored with an object and returned with it, in lower case: `content-type`, `cache-control`,
/// `content-disposition`, `content-encoding`, `content-language`, `expires`, `x-amz-website-redirect-location`,
/// `x-amz-storage-class`, `x-amz-server-side-encryption` and its kin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHeader {
    /// Lower-case name.
    pub name: String,
    /// Value as received (bytes: UTF-8 or not).
    pub value: Vec<u8>,
}

/// What a client says about an object besides its body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectMeta {
    /// Stored headers, in the order of [`StoredHeader`]'s list.
    pub headers: Vec<StoredHeader>,
    /// `x-amz-meta-*` without the prefix, lower-case names, sorted.
    pub user: Vec<(String, Vec<u8>)>,
    /// Object tags in order.
    pub tags: Vec<(String, String)>,
    /// Retention and legal hold.
    pub lock: ObjectLock,
}

/// A part's share of a completed multipart object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartSize {
    /// Its number as uploaded.
    pub number: u32,
    /// Its length.
    pub bytes: u64,
}

/// An object's (or a version's, or a delete marker's) record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Its key.
    pub key: ObjectKey,
    /// Its version id (`null` without versioning).
    pub version: VersionId,
    /// True for a delete marker (no body, no ETag of use).
    pub is_delete_marker: bool,
    /// True for the newest version of the key.
    pub is_current: bool,
    /// ETag.
    pub etag: ETag,
    /// Length of the body.
    pub bytes: u64,
    /// Last-Modified.
    pub modified: Timestamp,
    /// Who owns it.
    pub owner: AccountId,
    /// Its ACL.
    pub acl: Acl,
    /// What the client said.
    pub meta: ObjectMeta,
    /// Parts, when it came by multipart.
    pub parts: Vec<PartSize>,
    /// The additional checksum that is kept of it (profile `aws` shows it).
    pub checksum: Option<Checksum>,
    /// The digests of its parts by that checksum, one after the other; empty where parts have none.
    pub part_digests: Vec<u8>,
    /// The customer's key that its body is stored under: it opens only with that one.
    pub sealed: Option<KeyMark>,
    /// The readable copy of it, where it was restored from an archive; it may be over.
    pub restored: Option<Restoration>,
    /// How often it was appended to ([`World::append_object`]); 0: it was written in another way.
    pub appends: u64,
    /// Where its bytes are.
    pub body: Body,
}

/// What it takes to write an object.
#[derive(Debug)]
pub struct NewObject {
    /// Its key.
    pub key: ObjectKey,
    /// Who will own it.
    pub owner: AccountId,
    /// Its ACL.
    pub acl: Acl,
    /// What the client said.
    pub meta: ObjectMeta,
    /// The checksum to keep, if any.
    pub checksum: Option<Checksum>,
    /// ETag to keep (copies keep the source's); `None`: from the body's MD5.
    pub etag: Option<ETag>,
    /// Parts to keep (copies keep the source's).
    pub parts: Vec<PartSize>,
    /// The customer's key that its body is stored under.
    pub sealed: Option<KeyMark>,
}

/// Which version of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionSelector {
    /// The newest, whatever it is.
    Current,
    /// This one.
    Id(VersionId),
}

/// What a deletion did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// A delete marker was made (its id), or a marker was removed (its id).
    pub marker: Option<VersionId>,
    /// The version that was removed, when one was named or the `null` version went.
    pub version: Option<VersionId>,
    /// False when there was nothing to delete.
    pub existed: bool,
}

impl ObjectInfo {
    /// The digest of the part at that place among its parts (from 0), where parts have digests of their own.
    #[must_use]
    pub fn part_digest(&self, at: usize) -> Option<&[u8]> {
        let length = self.checksum.as_ref()?.algorithm.digest_bytes();
        let start = at.checked_mul(length)?;
        self.part_digests.get(start..start.checked_add(length)?)
    }
}

impl World {
    /// Writes an object whose body was staged before. Visible and durable, or not at all.
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], [`EngineError::Full`], [`EngineError::ReadOnly`], storage errors.
    pub async fn put_object(
        &self,
        bucket: &Bucket,
        object: NewObject,
        body: StagedBody,
    ) -> Result<ObjectInfo, EngineError> {
        self.put_object_if(bucket, object, body, WriteCondition::default()).await
    }

    /// As [`World::put_object`], where the current object must be as `condition` says when the write is committed: of
    /// two writers with the same condition one wins.
    ///
    /// # Errors
    /// As there; [`EngineError::ConditionNotMet`], [`EngineError::ConditionMissing`],
    /// [`EngineError::ConditionConflict`].
    pub async fn put_object_if(
        &self,
        bucket: &Bucket,
        object: NewObject,
        body: StagedBody,
        condition: WriteCondition,
    ) -> Result<ObjectInfo, EngineError> {
        let etag = object.etag.clone().unwrap_or_else(|| ETag::of_md5(body.md5()));
        let (name, id) = (bucket.name.clone(), bucket.id);
        self.commit(vec![body], move |tx, bodies| {
            let state = open_bucket(tx, &name, id)?.versioning()?;
            let body = Body::concat(bodies.into_iter());
            versions::check(tx, &Slot::new(id, &object.key), &condition)?;
            let (key, record) = object.into_record(body, etag, tx.now());
            let mut usage = UsageChange::default();
            let record = versions::write(tx, &Slot::new(id, &key), state, record, &mut usage)?;
            usage.apply(tx, id)?;
            record.into_info(key, true)
        })
        .await
    }

    /// Writes an object that shares the body of `source` (read a moment ago); copies no byte.
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], [`EngineError::NoSuchKey`] when the source's body has gone meanwhile, storage errors.
    pub async fn copy_object(
        &self,
        source: &ObjectInfo,
        bucket: &Bucket,
        object: NewObject,
    ) -> Result<ObjectInfo, EngineError> {
        self.copy_object_if(source, bucket, object, WriteCondition::default()).await
    }

    /// As [`World::copy_object`], under a condition on the object that is written over.
    ///
    /// # Errors
    /// As there and as [`World::put_object_if`].
    pub async fn copy_object_if(
        &self,
        source: &ObjectInfo,
        bucket: &Bucket,
        object: NewObject,
        condition: WriteCondition,
    ) -> Result<ObjectInfo, EngineError> {
        let etag = object.etag.clone().unwrap_or_else(|| source.etag.clone());
        let (body, appends) = (source.body.clone(), source.appends);
        let (name, id) = (bucket.name.clone(), bucket.id);
        self.commit(Vec::new(), move |tx, _| {
            let state = open_bucket(tx, &name, id)?.versioning()?;
            tx.retain(&body)?;
            versions::check(tx, &Slot::new(id, &object.key), &condition)?;
            let (key, mut record) = object.into_record(body, etag, tx.now());
            record.appended = (appends > 0).then_some(AppendedRecord { count: appends });
            let mut usage = UsageChange::default();
            let record = versions::write(tx, &Slot::new(id, &key), state, record, &mut usage)?;
            usage.apply(tx, id)?;
            record.into_info(key, true)
        })
        .await
    }

    /// Reads a record; delete markers included. One or two point reads.
    ///
    /// # Errors
    /// Storage errors.
    pub fn object(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
    ) -> Result<Option<ObjectInfo>, EngineError> {
        let slot = Slot::new(bucket.id, key);
        let found = versions::find(&self.view(), &slot, version, bucket.versioning.is_some())?;
        found.map(|found| found.record.into_info(key.clone(), found.is_current)).transpose()
    }

    /// Replaces the ACL of one version. `touch`: Last-Modified becomes now, as RGW does.
    ///
    /// # Errors
    /// [`EngineError::NoSuchKey`] (also for a delete marker), [`EngineError::NoSuchVersion`], storage errors.
    pub async fn set_object_acl(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
        acl: Acl,
        touch: bool,
    ) -> Result<(), EngineError> {
        self.change_object(bucket, key, version, move |record, now| {
            record.acl = AclRecord::new(&acl, &AccountId::new(record.owner.clone()));
            if touch {
                record.modified_ms = now.0;
            }
        })
        .await
    }

    /// Replaces the tags of one version.
    ///
    /// # Errors
    /// [`EngineError::NoSuchKey`] (also for a delete marker), [`EngineError::NoSuchVersion`], storage errors.
    pub async fn set_object_tags(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
        tags: Vec<(String, String)>,
    ) -> Result<(), EngineError> {
        self.change_object(bucket, key, version, move |record, _| record.tags = some_tags(tags)).await
    }

    /// Replaces the retention of one version; `None` removes it.
    ///
    /// # Errors
    /// [`EngineError::ObjectLocked`] where the one that it has forbids that, and those of [`World::set_object_tags`].
    pub async fn set_retention(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
        retention: Option<Retention>,
        bypass: LockBypass,
    ) -> Result<(), EngineError> {
        self.try_change_object(bucket, key, version, move |record, now| {
            let lock = LockRecord::read(record.lock.take())?;
            if let Some(because) = lock.refuses(retention, now, bypass) {
                return Err(EngineError::ObjectLocked { because });
            }
            record.lock = LockRecord::new(ObjectLock { retention, ..lock });
            Ok(())
        })
        .await
    }

    /// Sets the legal hold of one version.
    ///
    /// # Errors
    /// Those of [`World::set_object_tags`].
    pub async fn set_legal_hold(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
        is_on: bool,
    ) -> Result<(), EngineError> {
        self.try_change_object(bucket, key, version, move |record, _| {
            let lock = LockRecord::read(record.lock.take())?;
            record.lock = LockRecord::new(ObjectLock { legal_hold: Some(is_on), ..lock });
            Ok(())
        })
        .await
    }

    async fn change_object(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
        change: impl FnOnce(&mut ObjectRecord, Timestamp) + Send + 'static,
    ) -> Result<(), EngineError> {
        self.try_change_object(bucket, key, version, move |record, now| {
            change(record, now);
            Ok(())
        })
        .await
    }

    /// Changes the record of a version, unless that fails.
    pub(crate) async fn try_change_object<T: Send + 'static>(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
        change: impl FnOnce(&mut ObjectRecord, Timestamp) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let (name, id) = (bucket.name.clone(), bucket.id);
        let (key, version) = (key.clone(), version.clone());
        self.commit(Vec::new(), move |tx, _| {
            let versioned = open_bucket(tx, &name, id)?.versioning()?.is_some();
            let slot = Slot::new(id, &key);
            let Some(Found { row, mut record, .. }) = versions::find(tx, &slot, &version, versioned)? else {
                return Err(match version {
                    VersionSelector::Current => EngineError::NoSuchKey,
                    VersionSelector::Id(_) => EngineError::NoSuchVersion,
                });
            };
            if record.is_delete_marker {
                return Err(EngineError::NoSuchKey);
            }
            let said = change(&mut record, tx.now())?;
            tx.put(row, encode(&record)?);
            Ok(said)
        })
        .await
    }

    /// Deletes: without a version, by the bucket's versioning state (removes, or makes a delete marker owned by
    /// `caller`); with one, that version for good.
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], [`EngineError::ObjectLocked`], storage errors. A missing key is no error.
    pub async fn delete_object(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
        caller: &AccountId,
    ) -> Result<Deleted, EngineError> {
        self.delete_object_bypassing(bucket, key, version, caller, LockBypass::Nothing).await
    }

    /// As [`World::delete_object_bypassing`], where the current object must be as `condition` says.
    ///
    /// # Errors
    /// As there; [`EngineError::ConditionNotMet`], [`EngineError::ConditionMissing`].
    pub async fn delete_object_if(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
        caller: &AccountId,
        bypass: LockBypass,
        condition: WriteCondition,
    ) -> Result<Deleted, EngineError> {
        let (name, id) = (bucket.name.clone(), bucket.id);
        let (key, version, caller) = (key.clone(), version.clone(), caller.clone());
        self.commit(Vec::new(), move |tx, _| {
            versions::check(tx, &Slot::new(id, &key), &condition)?;
            delete(tx, (&name, id), &key, &version, &caller, bypass)
        })
        .await
    }

    /// As [`World::delete_object`], by a caller who may do something about locks.
    ///
    /// # Errors
    /// As there.
    pub async fn delete_object_bypassing(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
        caller: &AccountId,
        bypass: LockBypass,
    ) -> Result<Deleted, EngineError> {
        self.delete_object_if(bucket, key, version, caller, bypass, WriteCondition::default()).await
    }

    /// Deletes a bucket with all that is in it, versions and delete markers too, whatever its ACL, policy and locks say: the way
    /// out of a Space that locked everybody out. Objects written meanwhile may make it fail; then call it again.
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], [`EngineError::BucketNotEmpty`], storage errors.
    pub async fn force_delete_bucket(&self, bucket: &Bucket) -> Result<(), EngineError> {
        const PAGE: usize = 250;
        loop {
            let wanted = ListVersions { entries_max: PAGE, ..ListVersions::default() };
            let entries = self.list_versions(bucket, &wanted)?.entries;
            if entries.is_empty() {
                return self.delete_bucket(bucket).await;
            }
            let (name, id, owner) = (bucket.name.clone(), bucket.id, bucket.owner.clone());
            self.commit(Vec::new(), move |tx, _| {
                for entry in entries {
                    if let Listed::Object(object) = entry {
                        let object = *object;
                        let version = VersionSelector::Id(object.version);
                        delete(tx, (&name, id), &object.key, &version, &owner, LockBypass::Everything)?;
                    }
                }
                Ok(())
            })
            .await?;
        }
    }

    /// As [`World::delete_object`] in the name of the bucket's owner, but only if the version is still the one that was
    /// `seen`: what a client writes while a lifecycle rule is being applied stays. `None` when it was not, or when a
    /// lock keeps it.
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], storage errors.
    pub async fn expire_object(
        &self,
        bucket: &Bucket,
        seen: &ObjectInfo,
        version: &VersionSelector,
    ) -> Result<Option<Deleted>, EngineError> {
        let (name, id, owner) = (bucket.name.clone(), bucket.id, bucket.owner.clone());
        let (key, version) = (seen.key.clone(), version.clone());
        let (modified_ms, etag) = (seen.modified.0, seen.etag.as_str().to_owned());
        self.commit(Vec::new(), move |tx, _| {
            let found = versions::find(tx, &Slot::new(id, &key), &version, true)?;
            let is_same = found.is_some_and(|found| {
                found.record.modified_ms == modified_ms && (found.record.is_delete_marker || found.record.etag == etag)
            });
            if !is_same {
                return Ok(None);
            }
            match delete(tx, (&name, id), &key, &version, &owner, LockBypass::Nothing) {
                Ok(deleted) => Ok(Some(deleted)),
                Err(EngineError::ObjectLocked { .. }) => Ok(None),
                Err(other) => Err(other),
            }
        })
        .await
    }
}

/// Deletes within a commit.
fn delete(
    tx: &mut Tx<'_>,
    (bucket, id): (&BucketName, u64),
    key: &ObjectKey,
    version: &VersionSelector,
    caller: &AccountId,
    bypass: LockBypass,
) -> Result<Deleted, EngineError> {
    let state = open_bucket(tx, bucket, id)?.versioning()?;
    let slot = Slot::new(id, key);
    let mut usage = UsageChange::default();
    let deleted = match version {
        VersionSelector::Current => versions::delete_current(tx, &slot, state, caller, &mut usage)?,
        VersionSelector::Id(version) => versions::delete_version(tx, &slot, version, bypass, &mut usage)?,
    };
    usage.apply(tx, id)?;
    Ok(deleted)
}

impl NewObject {
    /// The record that is to be written, without its version and sequence.
    pub(crate) fn into_record(self, body: Body, etag: ETag, now: Timestamp) -> (ObjectKey, ObjectRecord) {
        let record = ObjectRecord {
            body,
            etag: etag.into_string(),
            modified_ms: now.0,
            acl: AclRecord::new(&self.acl, &self.owner),
            owner: self.owner.as_str().to_owned(),
            parts: split_runs(&self.parts),
            checksum: self.checksum.map(ChecksumRecord::new),
            sealed: self.sealed,
            ..ObjectRecord::default()
        };
        (self.key, record.with_meta(self.meta))
    }
}
