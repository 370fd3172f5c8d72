//! Appending to an object, RGW's extension of S3 (docs.ceph.com, radosgw/s3/objectops, "Append Object").
//!
//! What is appended is a body of its own: nothing that was stored before is read or written again.

use crate::buckets::{UsageChange, open_bucket};
use crate::records::{AppendedRecord, ObjectRecord};
use crate::versions::{self, Slot};
use crate::{Body, Bucket, ETag, EngineError, NewObject, ObjectInfo, StagedBody, VersionSelector, World};

/// How often an object may be appended to: each time is a piece of its body, and its record names all of them.
const APPENDS_MAX: u64 = 10_000;

impl World {
    /// Appends a body that was staged before to an object that was made by appending; at position 0 of a key that is not
    /// there, begins one. What is said about the object replaces what was said before. Its ETag becomes
    /// `md5(md5 so far ‖ md5 of what is appended)-N` from the second time on.
    ///
    /// # Errors
    /// [`EngineError::AppendPosition`], [`EngineError::ObjectNotAppendable`] for another kind of object and after 10,000
    /// times, [`EngineError::VersionedBucket`], [`EngineError::NoSuchBucket`], storage errors.
    pub async fn append_object(
        &self,
        bucket: &Bucket,
        object: NewObject,
        body: StagedBody,
        position: u64,
    ) -> Result<ObjectInfo, EngineError> {
        let (name, id, md5) = (bucket.name.clone(), bucket.id, body.md5());
        self.commit(vec![body], move |tx, bodies| {
            let state = open_bucket(tx, &name, id)?.versioning()?;
            if state.is_some() {
                return Err(EngineError::VersionedBucket);
            }
            let appended = Body::concat(bodies.into_iter());
            let slot = Slot::new(id, &object.key);
            let before = versions::find(tx, &slot, &VersionSelector::Current, false)?.map(|found| found.record);
            let grown = grow(before, appended, md5, position)?;
            let (key, mut record) = object.into_record(grown.body, grown.etag, tx.now());
            record.appended = Some(AppendedRecord { count: grown.count });
            let mut usage = UsageChange::default();
            let record = versions::write(tx, &Slot::new(id, &key), state, record, &mut usage)?;
            usage.apply(tx, id)?;
            record.into_info(key, true)
        })
        .await
    }
}

struct Grown {
    body: Body,
    etag: ETag,
    count: u64,
}

fn grow(before: Option<ObjectRecord>, more: Body, md5: [u8; 16], position: u64) -> Result<Grown, EngineError> {
    let bytes = before.as_ref().map_or(0, |record| record.body.bytes());
    let Some(before) = before else {
        return match position {
            0 => Ok(Grown { body: more, etag: ETag::of_md5(md5), count: 1 }),
            _ => Err(EngineError::AppendPosition { bytes }),
        };
    };
    let Some(AppendedRecord { count }) = before.appended.filter(|appended| appended.count < APPENDS_MAX) else {
        return Err(EngineError::ObjectNotAppendable);
    };
    if position != bytes {
        return Err(EngineError::AppendPosition { bytes });
    }
    let count = count.saturating_add(1);
    let etag = ETag::of_appended(&before.etag, md5, count).ok_or(EngineError::ObjectNotAppendable)?;
    Ok(Grown { body: Body::concat([before.body, more].into_iter()), etag, count })
}
