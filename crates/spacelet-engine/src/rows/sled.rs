//! Rows in sled: the only file that knows sled.
//!
//! **Nothing is visible before it is durable.** `apply` writes a batch into sled, where readers could see it at once;
//! so it first notes what stood under each key of the batch (`Gate::undo`), and readers take those old values until
//! `publish` clears them after the sync. Readers hold the gate's read lock for one point read or one chunk of a scan;
//! the committer takes its write lock only to set and to clear the notes, never while it writes or syncs. After a
//! failed sync the notes stay for good: readers go on seeing the last durable state.
//!
//! sled's rules that were learned the hard way: no `transaction()` (deadlocks), no value over 4 KiB (pages over
//! 128 KiB become unsynced files under `blobs/`), no background flusher, and `flush()` is no fsync: the database
//! file is synced through a handle of our own.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use ::sled::{Batch, Db, IVec};
use bytes::{Bytes, BytesMut};

use super::{Physical, Slot, Writes, tables};
use crate::EngineError;

/// Bytes of a value that one sled row holds; the rest goes to rows of the overflow table.
const ROW_BYTES_MAX: usize = 4_000;

const WHOLE: u8 = 0;
const SPLIT: u8 = 1;
const TOMBSTONE: u8 = 2;

/// sled's rows as they are stored.
type Raw = BTreeMap<Vec<u8>, Option<IVec>>;

/// Rows of a data folder.
pub(crate) struct SledRows {
    gate: RwLock<Gate>,
    cache_bytes: u64,
}

/// What readers go through.
pub(crate) struct Gate {
    /// `None` once closed.
    db: Option<Db>,
    /// What stood under the keys of the batch that is not durable yet.
    undo: Raw,
}

impl SledRows {
    /// Opens or makes the database in `folder`.
    pub(crate) fn open(folder: &Path, cache_bytes: u64) -> Result<Self, EngineError> {
        let db = open(folder, cache_bytes)?;
        Ok(Self { gate: RwLock::new(Gate { db: Some(db), undo: Raw::new() }), cache_bytes })
    }

    /// For reading: one point read or one chunk, then let go.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Gate> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a group's reads. Only the committer may: what it reads is not hidden by the gate.
    pub(crate) fn begin(&self) -> Result<GroupReads, EngineError> {
        Ok(GroupReads { db: self.read().db()?.clone(), seen: RefCell::default() })
    }

    /// Writes a batch into sled, hidden from readers until [`SledRows::publish`].
    pub(crate) fn apply(&self, reads: &GroupReads, writes: &Writes) -> Result<(), EngineError> {
        let mut raw = Raw::new();
        let mut undo = Raw::new();
        for (key, slot) in writes {
            let old = reads.raw(key)?;
            let pieces = encode(key, slot.as_ref(), &mut raw);
            for index in pieces..overflow_count(old.as_ref()) {
                raw.insert(overflow_key(key, index), None);
            }
            undo.insert(key.clone(), old);
        }
        for key in raw.keys().filter(|key| key.first() == Some(&tables::OVERFLOW)) {
            undo.insert(key.clone(), reads.raw(key)?);
        }
        let mut batch = Batch::default();
        for (key, value) in raw {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.gate.write().unwrap_or_else(PoisonError::into_inner).undo = undo;
        reads.db.apply_batch(batch).map_err(failed)
    }

    /// Hands what was applied to the kernel and, given sled's database file, to the disk.
    pub(crate) fn sync(&self, file: Option<&File>) -> Result<(), EngineError> {
        let db = self.read().db()?.clone();
        db.flush().map_err(failed)?;
        match file {
            Some(file) => file.sync_data().map_err(|error| crate::store::io_error("sync the rows", &error)),
            None => Ok(()),
        }
    }

    /// Lets readers see what was applied; `also` happens at the same moment.
    pub(crate) fn publish(&self, also: impl FnOnce()) {
        let mut gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        gate.undo.clear();
        also();
    }

    /// Length of the database's file.
    pub(crate) fn file_bytes(&self) -> Result<u64, EngineError> {
        self.read().db()?.size_on_disk().map_err(failed)
    }

    /// Copies every row into a new database in `fresh` and puts that in the place of this one: sled reuses what
    /// deleted rows took, but never gives it back. The committer's, between groups; readers wait only for `swap`.
    pub(crate) fn rewrite(
        &self,
        fresh: &Path,
        current: &Path,
        swap: impl FnOnce() -> std::io::Result<()>,
    ) -> Result<(), EngineError> {
        let old = self.read().db()?.clone();
        copy(&old, &open(fresh, self.cache_bytes)?)?;
        drop(old);
        write_snapshot(fresh, self.cache_bytes)?;
        let mut gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        gate.db = None;
        let swapped = swap().map_err(|error| crate::store::io_error("put the rewritten rows in place", &error));
        // Where neither is in place sled would make an empty one; the next start puts the old one back.
        if current.exists() {
            gate.db = Some(open(current, self.cache_bytes)?);
        }
        swapped
    }

    /// Closes: further reads answer [`EngineError::Closed`].
    pub(crate) fn close(&self) {
        self.gate.write().unwrap_or_else(PoisonError::into_inner).db = None;
    }
}

impl Gate {
    fn db(&self) -> Result<&Db, EngineError> {
        self.db.as_ref().ok_or(EngineError::Closed)
    }

    /// A stored row as readers may see it.
    fn raw(&self, key: &[u8]) -> Result<Option<IVec>, EngineError> {
        if !self.undo.is_empty()
            && let Some(old) = self.undo.get(key)
        {
            return Ok(old.clone());
        }
        self.db()?.get(key).map_err(failed)
    }
}

impl Physical for Gate {
    fn slot(&self, key: &[u8]) -> Result<Option<Slot>, EngineError> {
        self.raw(key)?.map(|raw| decode(key, &raw, |key| self.raw(key))).transpose()
    }

    fn chunk(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Slot)>, EngineError> {
        let mut out = Vec::with_capacity(limit.min(64));
        let mut stored = self.db()?.range(from..to);
        let mut held =
            self.undo.range::<[u8], _>((std::ops::Bound::Included(from), std::ops::Bound::Excluded(to))).peekable();
        let mut next = stored.next().transpose().map_err(failed)?;
        while out.len() < limit {
            let from_undo = match (&next, held.peek()) {
                (None, None) => break,
                (Some(_), None) => false,
                (None, Some(_)) => true,
                (Some((key, _)), Some((old, _))) => old.as_slice() <= key.as_ref(),
            };
            if !from_undo {
                if let Some((key, raw)) = next.take() {
                    let slot = decode(&key, &raw, |key| self.raw(key))?;
                    out.push((key.to_vec(), slot));
                }
                next = stored.next().transpose().map_err(failed)?;
            } else if let Some((key, old)) = held.next() {
                if next.as_ref().is_some_and(|(stored, _)| stored.as_ref() == key.as_slice()) {
                    next = stored.next().transpose().map_err(failed)?;
                }
                if let Some(raw) = old {
                    out.push((key.clone(), decode(key, raw, |key| self.raw(key))?));
                }
            }
        }
        Ok(out)
    }
}

/// What the committer reads while it builds a group's batch: each row is read from sled once, for a closure, for
/// counting bodies and for the notes of `apply`.
pub(crate) struct GroupReads {
    db: Db,
    seen: RefCell<HashMap<Vec<u8>, Option<IVec>>>,
}

impl GroupReads {
    fn raw(&self, key: &[u8]) -> Result<Option<IVec>, EngineError> {
        if let Some(seen) = self.seen.borrow().get(key) {
            return Ok(seen.clone());
        }
        let found = self.db.get(key).map_err(failed)?;
        self.seen.borrow_mut().insert(key.to_vec(), found.clone());
        Ok(found)
    }
}

impl Physical for GroupReads {
    fn slot(&self, key: &[u8]) -> Result<Option<Slot>, EngineError> {
        self.raw(key)?.map(|raw| decode(key, &raw, |key| self.raw(key))).transpose()
    }

    fn chunk(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Slot)>, EngineError> {
        let rows = self.db.range(from..to).take(limit);
        rows.map(|row| {
            let (key, raw) = row.map_err(failed)?;
            Ok((key.to_vec(), decode(&key, &raw, |key| self.raw(key))?))
        })
        .collect()
    }
}

/// A stored row as a slot; `read` gets the pieces of a long one.
fn decode(
    key: &[u8],
    raw: &IVec,
    read: impl Fn(&[u8]) -> Result<Option<IVec>, EngineError>,
) -> Result<Slot, EngineError> {
    match raw.split_first() {
        Some((&WHOLE, value)) => Ok(Slot::Row(Bytes::copy_from_slice(value))),
        Some((&TOMBSTONE, _)) => Ok(Slot::Tombstone),
        Some((&SPLIT, _)) => {
            let mut value = BytesMut::new();
            for index in 0..overflow_count(Some(raw)) {
                let Some(piece) = read(&overflow_key(key, index))? else {
                    return Err(EngineError::Storage { detail: format!("piece {index} of a long row is missing") });
                };
                value.extend_from_slice(&piece);
            }
            Ok(Slot::Row(value.freeze()))
        }
        Some(_) | None => {
            Err(EngineError::Storage { detail: format!("a row of table {:?} has an unknown form", key.first()) })
        }
    }
}

fn open(folder: &Path, cache_bytes: u64) -> Result<Db, EngineError> {
    let config = ::sled::Config::new().path(folder).cache_capacity(cache_bytes).flush_every_ms(None);
    let config = config.mode(::sled::Mode::HighThroughput);
    // A task of sled's may still hold the file that was closed a moment ago. Other processes are kept out by our lock.
    let mut tries = 100;
    loop {
        match config.open() {
            Err(::sled::Error::Io(error)) if tries > 0 && error.to_string().contains("acquire lock") => tries -= 1,
            opened => return opened.map_err(failed),
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// sled reads its log since the last snapshot when it opens, and writes a snapshot only then: opening it once more
/// makes the next start fast.
pub(crate) fn write_snapshot(folder: &Path, cache_bytes: u64) -> Result<(), EngineError> {
    open(folder, cache_bytes).map(drop)
}

fn copy(from: &Db, to: &Db) -> Result<(), EngineError> {
    let mut batch = Batch::default();
    for (number, row) in from.iter().enumerate() {
        let (key, value) = row.map_err(failed)?;
        batch.insert(key, value);
        if number % 1_000 == 999 {
            to.apply_batch(std::mem::take(&mut batch)).map_err(failed)?;
        }
    }
    to.apply_batch(batch).map_err(failed)?;
    to.flush().map(drop).map_err(failed)
}

/// Notes how a slot is stored; answers how many overflow rows it has.
fn encode(key: &[u8], slot: Option<&Slot>, raw: &mut Raw) -> u32 {
    let mut pieces: u32 = 0;
    let row = match slot {
        None => None,
        Some(Slot::Tombstone) => Some(IVec::from(&[TOMBSTONE])),
        Some(Slot::Row(value)) if value.len() <= ROW_BYTES_MAX => {
            let mut row = Vec::with_capacity(value.len() + 1);
            row.push(WHOLE);
            row.extend_from_slice(value);
            Some(IVec::from(row))
        }
        Some(Slot::Row(value)) => {
            for piece in value.chunks(ROW_BYTES_MAX) {
                raw.insert(overflow_key(key, pieces), Some(IVec::from(piece)));
                pieces = pieces.saturating_add(1);
            }
            let mut row = vec![SPLIT];
            row.extend_from_slice(&pieces.to_be_bytes());
            Some(IVec::from(row))
        }
    };
    raw.insert(key.to_vec(), row);
    pieces
}

/// How many overflow rows a stored row has.
fn overflow_count(raw: Option<&IVec>) -> u32 {
    match raw.and_then(|raw| raw.split_first()) {
        Some((&SPLIT, count)) => count.try_into().map_or(0, u32::from_be_bytes),
        Some(_) | None => 0,
    }
}

fn overflow_key(key: &[u8], index: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(key.len() + 5);
    out.push(tables::OVERFLOW);
    out.extend_from_slice(key);
    out.extend_from_slice(&index.to_be_bytes());
    out
}

#[allow(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn failed(error: ::sled::Error) -> EngineError {
    if let ::sled::Error::Io(io) = &error {
        return crate::store::io_error("read or write the rows", io);
    }
    EngineError::Storage { detail: format!("rows: {error}") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// An empty database in the place of the old one would look like a store without anything, and at the next start
    /// the old one would be taken for what a finished rewrite left.
    #[test]
    fn a_rewrite_that_fails_between_its_renames_makes_no_empty_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let rows = SledRows::open(&path("meta"), 1 << 20).unwrap();
        let failed = rows.rewrite(&path("meta.new"), &path("meta"), || {
            std::fs::rename(path("meta"), path("meta.old"))?;
            Err(std::io::Error::other("a test says so"))
        });
        assert!(failed.is_err());
        assert_eq!(rows.read().slot(b"\x70a"), Err(EngineError::Closed));
        assert!(path("meta.old").exists() && !path("meta").exists());
    }
}
