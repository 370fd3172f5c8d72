//! Archived objects: restored for a time, and moved to a colder class by lifecycle rules. The bytes stay where they are.

use crate::buckets::open_bucket;
use crate::records::{RestoredRecord, encode};
use crate::versions::{self, Slot};
use crate::{Bucket, EngineError, ObjectInfo, ObjectKey, Restoration, StorageClass, VersionSelector, World};

/// What asking for a copy of an archived object did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoreOutcome {
    /// A copy is being made.
    Begun,
    /// A copy was there; it now stays as long as was asked.
    Prolonged,
    /// A copy is being made already; nothing changed.
    Ongoing,
    /// The object is of this class, which needs no restoring.
    NotArchived(StorageClass),
}

impl World {
    /// Makes a copy of an archived version readable from `copy.ready` to `copy.until`; where there is one, only its end
    /// moves.
    ///
    /// # Errors
    /// [`EngineError::NoSuchKey`] (also for a delete marker), [`EngineError::NoSuchVersion`], storage errors.
    pub async fn restore_object(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        version: &VersionSelector,
        copy: Restoration,
    ) -> Result<RestoreOutcome, EngineError> {
        self.try_change_object(bucket, key, version, move |record, now| {
            let class = record.storage_class();
            if !class.is_archive() {
                return Ok(RestoreOutcome::NotArchived(class));
            }
            let (outcome, ready) = match record.restored.as_ref().map(RestoredRecord::copy) {
                Some(there) if there.is_ongoing(now) => return Ok(RestoreOutcome::Ongoing),
                Some(there) if there.is_readable(now) => (RestoreOutcome::Prolonged, there.ready),
                Some(_) | None => (RestoreOutcome::Begun, copy.ready),
            };
            record.restored = Some(RestoredRecord::new(Restoration { ready, ..copy }));
            Ok(outcome)
        })
        .await
    }

    /// Moves a version to another class, but only if it is still the one that was `seen`: what a client writes while a
    /// lifecycle rule is being applied stays. False when it was not.
    ///
    /// # Errors
    /// [`EngineError::NoSuchBucket`], storage errors.
    pub async fn move_object(
        &self,
        bucket: &Bucket,
        seen: &ObjectInfo,
        version: &VersionSelector,
        class: StorageClass,
    ) -> Result<bool, EngineError> {
        let (name, id) = (bucket.name.clone(), bucket.id);
        let (key, version) = (seen.key.clone(), version.clone());
        let (modified_ms, etag) = (seen.modified.0, seen.etag.as_str().to_owned());
        self.commit(Vec::new(), move |tx, _| {
            open_bucket(tx, &name, id)?;
            let Some(mut found) = versions::find(tx, &Slot::new(id, &key), &version, true)? else { return Ok(false) };
            let record = &mut found.record;
            if record.is_delete_marker || record.modified_ms != modified_ms || record.etag != etag {
                return Ok(false);
            }
            record.set_storage_class(class);
            record.restored = None;
            tx.put(found.row, encode(&found.record)?);
            Ok(true)
        })
        .await
    }
}
