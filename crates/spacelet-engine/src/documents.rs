//! A bucket's configuration documents (CORS, policy, lifecycle, …): kept as the bytes that an operation hands in,
//! found by kind and, where a bucket may have several of a kind, by id.

use bytes::Bytes;

use crate::buckets::open_bucket;
use crate::commit::Tx;
use crate::keys::is_named_by_limited_key;
use crate::records::{DOCUMENTS, bucket_key, encode, in_bucket};
use crate::rows::Rows;
use crate::{Bucket, BucketName, EngineError, World};

/// Which document. The numbers are stored: none is ever used again for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum DocumentKind {
    /// CORS rules.
    Cors = 1,
    /// The bucket policy, JSON as given.
    Policy = 2,
    /// Lifecycle rules.
    Lifecycle = 3,
    /// Website configuration.
    Website = 4,
    /// Where access logs go.
    Logging = 5,
    /// Bucket tags.
    Tagging = 6,
    /// Default encryption.
    Encryption = 7,
    /// Public access block.
    PublicAccessBlock = 8,
    /// Object ownership.
    OwnershipControls = 9,
    /// Object lock defaults.
    ObjectLock = 10,
    /// Replication.
    Replication = 11,
    /// Event notifications.
    Notification = 12,
    /// Who pays for requests.
    RequestPayment = 13,
    /// Transfer acceleration.
    Accelerate = 14,
    /// Analytics, one for each id.
    Analytics = 15,
    /// Inventories, one for each id.
    Inventory = 16,
    /// Metrics, one for each id.
    Metrics = 17,
    /// Intelligent tiering, one for each id.
    IntelligentTiering = 18,
}

/// The kinds of documents that a bucket has, so that a request need not look for what is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DocumentSet(u32);

impl FromIterator<DocumentKind> for DocumentSet {
    fn from_iter<I: IntoIterator<Item = DocumentKind>>(kinds: I) -> Self {
        let mut set = Self::default();
        kinds.into_iter().for_each(|kind| set.set(kind, true));
        set
    }
}

impl DocumentSet {
    /// Whether there is one of this kind.
    #[must_use]
    pub fn contains(self, kind: DocumentKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    pub(crate) fn bits(self) -> Option<u32> {
        (self.0 != 0).then_some(self.0)
    }

    pub(crate) fn from_bits(bits: Option<u32>) -> Self {
        Self(bits.unwrap_or(0))
    }

    fn set(&mut self, kind: DocumentKind, is_there: bool) {
        let bit = 1 << kind as u8;
        self.0 = if is_there { self.0 | bit } else { self.0 & !bit };
    }
}

pub(crate) fn document_key(bucket: u64, kind: DocumentKind, id: &str) -> Vec<u8> {
    let mut row = in_bucket(DOCUMENTS, bucket, "");
    row.push(kind as u8);
    row.extend_from_slice(id.as_bytes());
    row
}

/// All documents of a kind: the byte after the kind's own ends the span.
fn kind_span(bucket: u64, kind: DocumentKind) -> (Vec<u8>, Vec<u8>) {
    let from = document_key(bucket, kind, "");
    let mut to = from.clone();
    if let Some(last) = to.last_mut() {
        *last += 1;
    }
    (from, to)
}

impl World {
    /// A document; `id` is empty for kinds of which a bucket has one. One point read, none where the bucket's record
    /// says that there is nothing.
    ///
    /// # Errors
    /// Storage errors.
    pub fn document(&self, bucket: &Bucket, kind: DocumentKind, id: &str) -> Result<Option<Bytes>, EngineError> {
        if !bucket.documents.contains(kind) {
            return Ok(None);
        }
        self.view().get(&document_key(bucket.id, kind, id))
    }

    /// Whether the bucket has a policy, as it is stored now: such a bucket may be named by no limited key.
    ///
    /// # Errors
    /// Storage errors.
    pub fn has_policy(&self, name: &BucketName) -> Result<bool, EngineError> {
        Ok(self.bucket(name)?.is_some_and(|bucket| bucket.documents.contains(DocumentKind::Policy)))
    }

    /// All documents of a kind, by id.
    ///
    /// # Errors
    /// Storage errors.
    pub fn documents(&self, bucket: &Bucket, kind: DocumentKind) -> Result<Vec<(String, Bytes)>, EngineError> {
        let (from, to) = kind_span(bucket.id, kind);
        let id_at = from.len();
        let view = self.view();
        let mut found = Vec::new();
        for row in view.scan(from, to) {
            let (key, value) = row?;
            let id = String::from_utf8_lossy(key.get(id_at..).unwrap_or_default()).into_owned();
            found.push((id, value));
        }
        Ok(found)
    }

    /// Stores a document, or removes it (`None`).
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], storage errors.
    pub async fn set_document(
        &self,
        bucket: &Bucket,
        kind: DocumentKind,
        id: &str,
        document: Option<Bytes>,
    ) -> Result<(), EngineError> {
        let (bucket, id) = (bucket.clone(), id.to_owned());
        self.commit(Vec::new(), move |tx, _| set(tx, &bucket, kind, &id, document)).await
    }

    /// Stores a bucket's policy. With `excludes_limited_keys` only where no limited key of its owner names the bucket
    /// ([`World::is_named_by_limited_key`]), as it is at commit, where keys are issued too: of a policy and such a key
    /// whose requests do not see each other one is refused. False when the policy is; then nothing is stored.
    ///
    /// # Errors
    /// As [`World::set_document`].
    pub async fn set_policy(
        &self,
        bucket: &Bucket,
        policy: Bytes,
        excludes_limited_keys: bool,
    ) -> Result<bool, EngineError> {
        let bucket = bucket.clone();
        self.commit(Vec::new(), move |tx, _| {
            if excludes_limited_keys && is_named_by_limited_key(tx, &bucket)? {
                return Ok(false);
            }
            set(tx, &bucket, DocumentKind::Policy, "", Some(policy))?;
            Ok(true)
        })
        .await
    }
}

/// Stores or removes a document within a commit.
fn set(
    tx: &mut Tx<'_>,
    bucket: &Bucket,
    kind: DocumentKind,
    id: &str,
    document: Option<Bytes>,
) -> Result<(), EngineError> {
    let mut record = open_bucket(tx, &bucket.name, bucket.id)?;
    let row = document_key(bucket.id, kind, id);
    match document {
        Some(document) => tx.put(row, document),
        None => tx.delete(row),
    }
    let mut documents = DocumentSet::from_bits(record.documents);
    let (from, to) = kind_span(bucket.id, kind);
    documents.set(kind, tx.scan(from, to).next().transpose()?.is_some());
    if documents.bits() != record.documents {
        record.documents = documents.bits();
        tx.put(bucket_key(&bucket.name), encode(&record)?);
    }
    Ok(())
}

#[cfg(test)]
#[path = "documents/tests.rs"]
mod tests;
