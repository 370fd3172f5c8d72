//! The versions of one key: which rows a write, a delete or a promotion changes (S3 user guide, "How S3 Versioning
//! works"). Everything here runs inside a commit, or reads.
//!
//! The newest version of a key is the row of its current object, unless it is a delete marker: then the key has no
//! such row and listings never meet it. Older versions and all delete markers are rows of the versions table, newest
//! first. The `null` version's place among them is a row of its own, so that replacing it scans nothing.

use crate::buckets::UsageChange;
use crate::commit::Tx;
use crate::records::{ObjectRecord, RowKey, decode, encode, null_key, object_key, read, version_key, versions_of};
use crate::rows::Rows;
use crate::{
    AccountId, Deleted, ETag, EngineError, LockBypass, ObjectKey, UnmetWrite, VersionId, VersionSelector, Versioning,
    WriteCondition,
};

/// A key of a bucket.
pub(crate) struct Slot<'k> {
    bucket: u64,
    key: &'k ObjectKey,
}

/// A version that was found.
pub(crate) struct Found {
    /// Its row.
    pub(crate) row: RowKey,
    /// Its record.
    pub(crate) record: ObjectRecord,
    /// True for the newest of its key.
    pub(crate) is_current: bool,
}

impl<'k> Slot<'k> {
    /// The key `key` of the bucket with the id `bucket`.
    pub(crate) fn new(bucket: u64, key: &'k ObjectKey) -> Self {
        Self { bucket, key }
    }

    fn object_row(&self) -> RowKey {
        object_key(self.bucket, self.key)
    }

    fn version_row(&self, sequence: u64) -> RowKey {
        version_key(self.bucket, self.key, sequence)
    }

    fn null_row(&self) -> RowKey {
        null_key(self.bucket, self.key)
    }

    fn current(&self, rows: &impl Rows) -> Result<Option<ObjectRecord>, EngineError> {
        read(rows, &self.object_row())
    }

    /// The newest row of the versions table.
    fn newest_version(&self, rows: &impl Rows) -> Result<Option<(RowKey, ObjectRecord)>, EngineError> {
        let span = versions_of(self.bucket, self.key);
        let Some((row, value)) = rows.scan(span.start, span.end).next().transpose()? else { return Ok(None) };
        Ok(Some((row, decode(&value)?)))
    }
}

/// How often a reader looks again when a key changes under its eyes.
const LOOKS_MAX: u32 = 16;

/// Finds a version, delete markers included. `versioned`: the bucket's versioning was ever set; without it a key has
/// one row and nothing else is read.
///
/// A data folder's reader sees each row as it is at that moment, and a version may move from one table to the other
/// between two reads: where the current object has changed meanwhile, it looks again.
pub(crate) fn find(
    rows: &impl Rows,
    slot: &Slot<'_>,
    version: &VersionSelector,
    versioned: bool,
) -> Result<Option<Found>, EngineError> {
    let mut looks = 0;
    loop {
        let current = slot.current(rows)?;
        let before = current.as_ref().map(|record| record.sequence);
        let is_wanted = |record: &ObjectRecord| match version {
            VersionSelector::Current => true,
            VersionSelector::Id(id) => record.version_id() == *id,
        };
        if let Some(record) = current
            && is_wanted(&record)
        {
            return Ok(Some(Found { row: slot.object_row(), record, is_current: true }));
        }
        if !versioned {
            return Ok(None);
        }
        let found = find_older(rows, slot, version, before.is_some())?;
        let after = slot.current(rows)?.map(|record| record.sequence);
        looks += 1;
        if before == after || looks >= LOOKS_MAX {
            return Ok(found);
        }
    }
}

/// Finds a row of the versions table.
fn find_older(
    rows: &impl Rows,
    slot: &Slot<'_>,
    version: &VersionSelector,
    has_object: bool,
) -> Result<Option<Found>, EngineError> {
    let id = match version {
        VersionSelector::Current => {
            let newest = slot.newest_version(rows)?;
            return Ok(newest.map(|(row, record)| Found { row, record, is_current: true }));
        }
        VersionSelector::Id(id) => id,
    };
    let Some(sequence) = sequence_of(rows, slot, id)? else { return Ok(None) };
    let row = slot.version_row(sequence);
    let Some(record) = read::<ObjectRecord>(rows, &row)? else { return Ok(None) };
    if record.version_id() != *id {
        return Ok(None);
    }
    let is_current = !has_object && slot.newest_version(rows)?.is_some_and(|(newest, _)| newest == row);
    Ok(Some(Found { row, record, is_current }))
}

/// Where the version `id` is, or was, in the order of the key's versions; `None` for an id that says nothing.
pub(crate) fn sequence_of(rows: &impl Rows, slot: &Slot<'_>, id: &VersionId) -> Result<Option<u64>, EngineError> {
    if id.is_null() { read(rows, &slot.null_row()) } else { Ok(id.sequence()) }
}

/// Checks a condition against the key's current object; a delete marker counts as none.
///
/// # Errors
/// [`EngineError::ConditionNotMet`], [`EngineError::ConditionMissing`], [`EngineError::ConditionConflict`].
pub(crate) fn check(rows: &impl Rows, slot: &Slot<'_>, condition: &WriteCondition) -> Result<(), EngineError> {
    if condition.is_empty() {
        return Ok(());
    }
    let etag = slot.current(rows)?.map(|record| ETag::from_stored(record.etag));
    condition.check(etag.as_ref()).map_err(|unmet| match unmet {
        UnmetWrite::Missing => EngineError::ConditionMissing,
        UnmetWrite::Failed => EngineError::ConditionNotMet,
        UnmetWrite::Conflict => EngineError::ConditionConflict,
    })
}

/// Writes `record` as the newest version by the bucket's versioning state; gives it its version and sequence.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    slot: &Slot<'_>,
    state: Option<Versioning>,
    mut record: ObjectRecord,
    usage: &mut UsageChange,
) -> Result<ObjectRecord, EngineError> {
    make_room(tx, slot, state, usage)?;
    name_newest(tx, state, &mut record);
    usage.add(record.body.bytes());
    tx.put(slot.object_row(), encode(&record)?);
    Ok(record)
}

/// Deletes without a version: removes what there is, or hides it under a delete marker.
pub(crate) fn delete_current(
    tx: &mut Tx<'_>,
    slot: &Slot<'_>,
    state: Option<Versioning>,
    caller: &AccountId,
    usage: &mut UsageChange,
) -> Result<Deleted, EngineError> {
    let room = make_room(tx, slot, state, usage)?;
    if room.had_object {
        tx.delete(slot.object_row());
    }
    if state.is_none() {
        return Ok(Deleted { marker: None, version: None, existed: room.had_object });
    }
    let mut marker = ObjectRecord::delete_marker(caller, tx.now());
    name_newest(tx, state, &mut marker);
    put_among_versions(tx, slot, &marker)?;
    Ok(Deleted {
        marker: Some(marker.version_id()),
        version: room.removed_null.then(VersionId::null),
        existed: room.had_object || room.removed_null,
    })
}

/// Deletes one version for good, unless a lock keeps it; when the newest goes, the next one takes its place.
pub(crate) fn delete_version(
    tx: &mut Tx<'_>,
    slot: &Slot<'_>,
    id: &VersionId,
    bypass: LockBypass,
    usage: &mut UsageChange,
) -> Result<Deleted, EngineError> {
    let Some(found) = find(tx, slot, &VersionSelector::Id(id.clone()), true)? else {
        return Ok(Deleted { marker: None, version: None, existed: false });
    };
    refuse_locked(tx, &found.record, bypass)?;
    forget(usage, &found.record);
    tx.delete(found.row);
    if found.record.version.is_none() {
        tx.delete(slot.null_row());
    }
    if found.is_current {
        promote(tx, slot)?;
    }
    let marker = found.record.is_delete_marker.then(|| id.clone());
    Ok(Deleted { marker, version: Some(id.clone()), existed: true })
}

fn refuse_locked(tx: &Tx<'_>, record: &ObjectRecord, bypass: LockBypass) -> Result<(), EngineError> {
    let Some(lock) = &record.lock else { return Ok(()) };
    match lock.to_lock()?.keeps(tx.now(), bypass) {
        Some(because) => Err(EngineError::ObjectLocked { because }),
        None => Ok(()),
    }
}

/// What was there before a new newest version.
struct Room {
    /// A current object, whose row is now to be overwritten or deleted.
    had_object: bool,
    /// A `null` version, delete markers included, which is gone.
    removed_null: bool,
}

/// Prepares a key for a new newest version: the current object moves among the versions, or, where the new one will
/// be the `null` version too, is given up; so is a `null` version among the older ones. A lock keeps either.
fn make_room(
    tx: &mut Tx<'_>,
    slot: &Slot<'_>,
    state: Option<Versioning>,
    usage: &mut UsageChange,
) -> Result<Room, EngineError> {
    let mut room = Room { had_object: false, removed_null: false };
    if let Some(old) = slot.current(tx)? {
        room.had_object = true;
        if old.version.is_none() && state != Some(Versioning::Enabled) {
            refuse_locked(tx, &old, LockBypass::Nothing)?;
            forget(usage, &old);
            room.removed_null = true;
        } else {
            put_among_versions(tx, slot, &old)?;
        }
    }
    if state == Some(Versioning::Suspended)
        && let Some(sequence) = read::<u64>(tx, &slot.null_row())?
    {
        let row = slot.version_row(sequence);
        if let Some(old) = read::<ObjectRecord>(tx, &row)? {
            refuse_locked(tx, &old, LockBypass::Nothing)?;
            forget(usage, &old);
        }
        tx.delete(row);
        tx.delete(slot.null_row());
        room.removed_null = true;
    }
    Ok(room)
}

/// The record that is to be the newest: its place and, with versioning enabled, its id.
fn name_newest(tx: &mut Tx<'_>, state: Option<Versioning>, record: &mut ObjectRecord) {
    record.sequence = tx.next_sequence();
    record.version = (state == Some(Versioning::Enabled)).then(|| VersionId::of_sequence(record.sequence).0);
}

fn put_among_versions(tx: &mut Tx<'_>, slot: &Slot<'_>, record: &ObjectRecord) -> Result<(), EngineError> {
    tx.put(slot.version_row(record.sequence), encode(record)?);
    if record.version.is_none() {
        tx.put(slot.null_row(), encode(&record.sequence)?);
    }
    Ok(())
}

/// After the newest version went: the one below becomes the current object, unless it is a delete marker.
fn promote(tx: &mut Tx<'_>, slot: &Slot<'_>) -> Result<(), EngineError> {
    let Some((row, record)) = slot.newest_version(tx)? else { return Ok(()) };
    if record.is_delete_marker {
        return Ok(());
    }
    if record.version.is_none() {
        tx.delete(slot.null_row());
    }
    tx.delete(row);
    tx.put(slot.object_row(), encode(&record)?);
    Ok(())
}

/// Delete markers are not counted (as on RGW).
fn forget(usage: &mut UsageChange, record: &ObjectRecord) {
    if !record.is_delete_marker {
        usage.remove(record.body.bytes());
    }
}
