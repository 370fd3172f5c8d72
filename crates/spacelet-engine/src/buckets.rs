//! Buckets (Spaces): made, found, configured, deleted.

use bytes::Bytes;

use crate::cdn;
use crate::commit::Tx;
use crate::documents::document_key;
use crate::projects::resource_key;
use crate::records::{
    AclRecord, BUCKETS, BucketRecord, DOCUMENTS, OBJECTS, PARTS, RowKey, UPLOADS, UsageRecord, VERSIONS, bucket_key,
    bucket_span, buckets_of_span, decode, encode, owned_bucket_key, owned_name, read, table_span, usage_key,
};
use crate::rows::Rows;
use crate::{AccountId, Acl, BucketName, DocumentKind, DocumentSet, EngineError, Region, Timestamp, World};

/// Whether versions are kept. `None` on a bucket: never set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versioning {
    /// Each write makes a version.
    Enabled,
    /// Writes replace the `null` version.
    Suspended,
}

/// A bucket's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Unique for ever within the store: a re-created bucket has another.
    pub id: u64,
    /// Its name.
    pub name: BucketName,
    /// Where it is.
    pub region: Region,
    /// Who owns it.
    pub owner: AccountId,
    /// When it was made.
    pub created: Timestamp,
    /// Its ACL (public listing is an `AllUsers` `Read` grant here; files have their own).
    pub acl: Acl,
    /// Versioning, once set.
    pub versioning: Option<Versioning>,
    /// Which configuration documents it has.
    pub documents: DocumentSet,
    /// Cold storage (spaces-reference 4.10).
    pub is_cold: bool,
}

/// What HEAD bucket shows (spaces-reference 4.2): byte-exact, old versions and unfinished parts included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BucketUsage {
    /// Objects, old versions and parts.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What it takes to make a bucket.
#[derive(Debug, Clone)]
pub struct NewBucket {
    /// Its name.
    pub name: BucketName,
    /// Where.
    pub region: Region,
    /// Whose.
    pub owner: AccountId,
    /// Its ACL.
    pub acl: Acl,
    /// How many buckets the owner may have.
    pub buckets_max: u32,
}

/// What a new bucket has from its first moment.
#[derive(Debug, Clone, Default)]
pub struct BucketStart {
    /// Versioning.
    pub versioning: Option<Versioning>,
    /// Configuration documents of kinds of which a bucket has one.
    pub documents: Vec<(DocumentKind, Bytes)>,
    /// Cold storage, for ever.
    pub is_cold: bool,
}

impl World {
    /// Makes a bucket; decided at commit, so two callers cannot both get the name.
    ///
    /// # Errors
    /// [`EngineError::TooManyBuckets`] (first of all, as on RGW), [`EngineError::BucketAlreadyOwnedByYou`] (same owner,
    /// same ACL and region), [`EngineError::BucketAlreadyExists`], storage errors.
    pub async fn create_bucket(&self, bucket: NewBucket) -> Result<Bucket, EngineError> {
        self.create_bucket_with(bucket, BucketStart::default()).await
    }

    /// As [`World::create_bucket`], with what it is to have from the start.
    ///
    /// # Errors
    /// As there.
    pub async fn create_bucket_with(&self, bucket: NewBucket, start: BucketStart) -> Result<Bucket, EngineError> {
        self.commit(Vec::new(), move |tx, _| {
            if is_at_limit(tx, &bucket.owner, bucket.buckets_max)? {
                return Err(EngineError::TooManyBuckets);
            }
            if let Some(old) = read_bucket(tx, &bucket.name)? {
                let same = old.owner == bucket.owner && old.acl == bucket.acl && old.region == bucket.region;
                return Err(if same { EngineError::BucketAlreadyOwnedByYou } else { EngineError::BucketAlreadyExists });
            }
            let bucket = Bucket {
                id: tx.next_sequence(),
                name: bucket.name,
                region: bucket.region,
                owner: bucket.owner,
                created: tx.now(),
                acl: bucket.acl,
                versioning: start.versioning,
                documents: start.documents.iter().map(|(kind, _)| *kind).collect(),
                is_cold: start.is_cold,
            };
            for (kind, document) in start.documents {
                tx.put(document_key(bucket.id, kind, ""), document);
            }
            tx.put(bucket_key(&bucket.name), encode(&BucketRecord::new(&bucket))?);
            tx.put(owned_bucket_key(&bucket.owner, &bucket.name), Vec::new());
            Ok(bucket)
        })
        .await
    }

    /// Reads a bucket by name.
    ///
    /// # Errors
    /// Storage errors.
    pub fn bucket(&self, name: &BucketName) -> Result<Option<Bucket>, EngineError> {
        read_bucket(&self.view(), name)
    }

    /// The buckets of an account, by name; `region`: only those there.
    ///
    /// # Errors
    /// Storage errors.
    pub fn buckets_of(&self, owner: &AccountId, region: Option<&Region>) -> Result<Vec<Bucket>, EngineError> {
        let span = buckets_of_span(owner);
        let view = self.view();
        let mut buckets = Vec::new();
        for row in view.scan(span.start, span.end) {
            let name = owned_name(owner, &row?.0)?;
            // One that was deleted between the two reads is left out.
            let found = read_bucket(&view, &name)?;
            buckets.extend(found.filter(|bucket| region.is_none_or(|region| bucket.region == *region)));
        }
        Ok(buckets)
    }

    /// All buckets, by name: for workers that go over the whole world. Blocking.
    ///
    /// # Errors
    /// Storage errors.
    pub fn buckets(&self) -> Result<Vec<Bucket>, EngineError> {
        let span = table_span(BUCKETS);
        let view = self.view();
        let mut buckets = Vec::new();
        for row in view.scan(span.start, span.end) {
            let (key, value) = row?;
            let name = std::str::from_utf8(key.get(1..).unwrap_or_default()).ok();
            let name = name
                .and_then(|name| BucketName::parse(name).ok())
                .ok_or_else(|| EngineError::Storage { detail: "a bucket's row has no legal name".to_owned() })?;
            buckets.push(decode::<BucketRecord>(&value)?.into_bucket(name)?);
        }
        Ok(buckets)
    }

    /// Objects and bytes in it, from counters kept in each commit.
    ///
    /// # Errors
    /// Storage errors.
    pub fn bucket_usage(&self, bucket: &Bucket) -> Result<BucketUsage, EngineError> {
        let record: Option<UsageRecord> = read(&self.view(), &usage_key(bucket.id))?;
        Ok(record.unwrap_or_default().into())
    }

    /// Replaces its ACL.
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], storage errors.
    pub async fn set_bucket_acl(&self, bucket: &Bucket, acl: Acl) -> Result<(), EngineError> {
        self.change_bucket(bucket, move |record| {
            record.acl = AclRecord::new(&acl, &AccountId::new(record.owner.clone()));
        })
        .await
    }

    /// Sets its versioning state.
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], storage errors.
    pub async fn set_versioning(&self, bucket: &Bucket, versioning: Versioning) -> Result<(), EngineError> {
        self.change_bucket(bucket, move |record| record.set_versioning(versioning)).await
    }

    async fn change_bucket(
        &self,
        bucket: &Bucket,
        change: impl FnOnce(&mut BucketRecord) + Send + 'static,
    ) -> Result<(), EngineError> {
        let (name, id) = (bucket.name.clone(), bucket.id);
        self.commit(Vec::new(), move |tx, _| {
            let mut record = open_bucket(tx, &name, id)?;
            change(&mut record);
            tx.put(bucket_key(&name), encode(&record)?);
            Ok(())
        })
        .await
    }

    /// Deletes an empty bucket; open multipart uploads go with it (as RGW does), and what the control plane keeps of it:
    /// its CDN endpoint and its place in a project.
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], [`EngineError::BucketNotEmpty`], storage errors.
    pub async fn delete_bucket(&self, bucket: &Bucket) -> Result<(), EngineError> {
        let (name, id) = (bucket.name.clone(), bucket.id);
        self.commit(Vec::new(), move |tx, _| {
            let record = open_bucket(tx, &name, id)?;
            for table in [OBJECTS, VERSIONS] {
                let span = bucket_span(table, id);
                if tx.scan(span.start, span.end).next().transpose()?.is_some() {
                    return Err(EngineError::BucketNotEmpty);
                }
            }
            for table in [UPLOADS, PARTS, DOCUMENTS] {
                for row in rows_of(tx, table, id)? {
                    tx.delete(row);
                }
            }
            cdn::forget(tx, &name)?;
            tx.delete(resource_key(&name));
            tx.delete(usage_key(id));
            tx.delete(owned_bucket_key(&AccountId::new(record.owner), &name));
            tx.delete(bucket_key(&name));
            Ok(())
        })
        .await
    }
}

fn read_bucket(rows: &impl Rows, name: &BucketName) -> Result<Option<Bucket>, EngineError> {
    match read::<BucketRecord>(rows, &bucket_key(name))? {
        Some(record) => record.into_bucket(name.clone()).map(Some),
        None => Ok(None),
    }
}

/// The bucket that an operation was begun on, as it is at commit: it may have been deleted, and even made anew.
pub(crate) fn open_bucket(tx: &Tx<'_>, name: &BucketName, id: u64) -> Result<BucketRecord, EngineError> {
    match read::<BucketRecord>(tx, &bucket_key(name))? {
        Some(record) if record.id == id => Ok(record),
        Some(_) | None => Err(EngineError::NoSuchBucket),
    }
}

/// The bucket that an account has under a name, for rows of the control plane that go with the bucket: who found it a
/// moment ago may commit after its deletion.
pub(crate) fn owned_bucket(
    tx: &Tx<'_>,
    name: &BucketName,
    owner: &AccountId,
) -> Result<Option<BucketRecord>, EngineError> {
    let record = read::<BucketRecord>(tx, &bucket_key(name))?;
    Ok(record.filter(|record| record.owner == owner.as_str()))
}

fn is_at_limit(tx: &Tx<'_>, owner: &AccountId, buckets_max: u32) -> Result<bool, EngineError> {
    let span = buckets_of_span(owner);
    let mut count = 0;
    for row in tx.scan(span.start, span.end) {
        if count >= buckets_max {
            break;
        }
        row?;
        count += 1;
    }
    Ok(count >= buckets_max)
}

fn rows_of(tx: &Tx<'_>, table: u8, bucket: u64) -> Result<Vec<RowKey>, EngineError> {
    let span = bucket_span(table, bucket);
    tx.scan(span.start, span.end).map(|row| row.map(|(key, _)| key)).collect()
}

/// What a commit adds to and takes from a bucket's counters.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct UsageChange {
    objects_added: u64,
    bytes_added: u64,
    objects_removed: u64,
    bytes_removed: u64,
}

impl UsageChange {
    /// One more object, version or part.
    pub(crate) fn add(&mut self, bytes: u64) {
        self.objects_added += 1;
        self.bytes_added += bytes;
    }

    /// One fewer.
    pub(crate) fn remove(&mut self, bytes: u64) {
        self.objects_removed += 1;
        self.bytes_removed += bytes;
    }

    /// Writes the counters, in the commit that changes what they count.
    pub(crate) fn apply(self, tx: &mut Tx<'_>, bucket: u64) -> Result<(), EngineError> {
        if self.objects_added == self.objects_removed && self.bytes_added == self.bytes_removed {
            return Ok(());
        }
        let row = usage_key(bucket);
        let old: UsageRecord = read(tx, &row)?.unwrap_or_default();
        let new = UsageRecord {
            objects: (old.objects + self.objects_added).saturating_sub(self.objects_removed),
            bytes: (old.bytes + self.bytes_added).saturating_sub(self.bytes_removed),
        };
        tx.put(row, encode(&new)?);
        Ok(())
    }
}
