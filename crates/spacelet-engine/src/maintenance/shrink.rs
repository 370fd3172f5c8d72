//! Giving back what deleted rows took: sled reuses that room and never returns it, so a database that is mostly waste
//! is copied into a new one. Commits wait for the copy (about 10 µs a row), so large ones are left alone: beside the
//! bodies of so many objects their waste is small.

use std::sync::atomic::Ordering;

use crate::EngineError;
use crate::commit::Message;
use crate::rows::{Slot, stored, tables};
use crate::store::{Store, StoreRows};

/// So many rows must have been deleted before it is worth to look.
pub(crate) const DELETED_ROWS_MIN: u64 = 5_000;
/// Smaller files are left alone.
const FILE_BYTES_MIN: u64 = 2 << 20;
/// More live rows than this are left alone.
const LIVE_BYTES_MAX: u64 = 32 << 20;
/// A new database takes about 1.3 times its rows, and half a MiB.
const FRESH_BYTES_MIN: u64 = 1 << 20;

/// Rewrites the rows when that gives back most of their file. `always`: look even when little was deleted.
pub(super) fn shrink(store: &Store, always: bool) -> Result<(), EngineError> {
    let (Some(queue), StoreRows::Sled(rows)) = (&store.queue, &store.rows) else { return Ok(()) };
    if !always && store.deleted_rows.load(Ordering::Relaxed) < DELETED_ROWS_MIN {
        return Ok(());
    }
    store.deleted_rows.store(0, Ordering::Relaxed);
    let file_bytes = rows.file_bytes()?;
    if file_bytes < FILE_BYTES_MIN {
        return Ok(());
    }
    let Some(live) = live_bytes(store)? else { return Ok(()) };
    let fresh = live.saturating_mul(2).saturating_add(FRESH_BYTES_MIN);
    if file_bytes < fresh.saturating_add(fresh / 4) || !store.has_room(fresh) {
        return Ok(());
    }
    let (reply, done) = tokio::sync::oneshot::channel();
    if queue.blocking_send(Message::Rewrite(reply)).is_err() {
        return Err(EngineError::Closed);
    }
    done.blocking_recv().unwrap_or(Err(EngineError::Closed))
}

/// Bytes of all rows; `None` when there are many.
fn live_bytes(store: &Store) -> Result<Option<u64>, EngineError> {
    let mut sum: u64 = 0;
    for (from, to) in [(tables::BODIES, tables::OVERFLOW), (tables::LAYERED, tables::LAYERED_END)] {
        for row in stored(store, vec![from], vec![to]) {
            let (key, slot) = row?;
            let value = match &slot {
                Slot::Row(value) => value.len(),
                Slot::Tombstone => 0,
            };
            sum = sum.saturating_add(u64::try_from(key.len().saturating_add(value)).unwrap_or(u64::MAX));
            if sum > LIVE_BYTES_MAX || store.chores.is_stopping() {
                return Ok(None);
            }
        }
    }
    Ok(Some(sum))
}
