//! A store's shared state: rows, bodies, the way to the committer, and what it has come to.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, Weak};

use crate::bodies::Bodies;
use crate::commit::{Message, Sequence};
use crate::folder::{Left, Space};
use crate::maintenance::Chores;
use crate::rows::memory::MemoryRows;
use crate::rows::sled::{Gate, SledRows};
use crate::rows::{LayerId, Physical, Slot, Stack};
use crate::{Durability, EngineError};

/// Everything that worlds, the committer and the maintenance thread share.
pub(crate) struct Store {
    pub(crate) rows: StoreRows,
    pub(crate) bodies: Bodies,
    /// The committer's queue; a volatile store has none and commits inline.
    pub(crate) queue: Option<tokio::sync::mpsc::Sender<Message>>,
    pub(crate) chores: Arc<Chores>,
    pub(crate) durability: Durability,
    /// Room in the data folder; a volatile store has none.
    pub(crate) space: Option<Space>,
    /// Rows deleted since the maintenance thread last looked at their file's waste.
    pub(crate) deleted_rows: AtomicU64,
    /// Rows written or deleted since the start.
    pub(crate) changed_rows: AtomicU64,
    read_only: AtomicBool,
    retired: Mutex<Vec<Weak<[LayerId]>>>,
    #[cfg(test)]
    pub(crate) faults: crate::faults::Faults,
}

/// Where the rows are.
pub(crate) enum StoreRows {
    /// Commits run inline under this lock.
    Memory(RwLock<MemoryState>),
    /// Commits run on the committer's thread.
    Sled(SledRows),
}

/// A volatile store's rows and what commits need beside them.
pub(crate) struct MemoryState {
    pub(crate) rows: MemoryRows,
    pub(crate) sequence: Sequence,
    pub(crate) closed: bool,
}

/// The committed rows, held still for one point read or one chunk of a scan.
pub(crate) enum Reading<'a> {
    Memory(RwLockReadGuard<'a, MemoryState>),
    Sled(RwLockReadGuard<'a, Gate>),
}

impl Store {
    pub(crate) fn new(
        rows: StoreRows,
        bodies: Bodies,
        queue: Option<tokio::sync::mpsc::Sender<Message>>,
        chores: Arc<Chores>,
        durability: Durability,
        space: Option<Space>,
    ) -> Self {
        Self {
            rows,
            bodies,
            queue,
            chores,
            durability,
            space,
            deleted_rows: AtomicU64::new(0),
            changed_rows: AtomicU64::new(0),
            read_only: AtomicBool::new(false),
            retired: Mutex::new(Vec::new()),
            #[cfg(test)]
            faults: crate::faults::Faults::default(),
        }
    }

    /// The committed rows. Let go of them at once: publishing waits for readers.
    pub(crate) fn read(&self) -> Result<Reading<'_>, EngineError> {
        match &self.rows {
            StoreRows::Memory(state) => {
                let state = state.read().unwrap_or_else(PoisonError::into_inner);
                if state.closed { Err(EngineError::Closed) } else { Ok(Reading::Memory(state)) }
            }
            StoreRows::Sled(rows) => Ok(Reading::Sled(rows.read())),
        }
    }

    /// True when bodies and rows are synced before a write is answered.
    pub(crate) fn syncs(&self) -> bool {
        self.queue.is_some() && self.durability == Durability::Disk
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only.load(Ordering::Acquire)
    }

    /// After a failed sync: what reached the disk is not known any more, so nothing more is written.
    pub(crate) fn turn_read_only(&self, why: &EngineError) {
        if !self.read_only.swap(true, Ordering::AcqRel) {
            tracing::error!(%why, "the store is read-only until the process restarts: a write could not be brought to the disk");
        }
    }

    /// Room as of now.
    pub(crate) fn left(&self) -> Left {
        self.space.as_ref().map_or_else(Left::plenty, Space::left)
    }

    /// Whether a file of a body may take so much more; room for rows is kept back (folder/space.rs says why).
    pub(crate) fn has_room(&self, bytes: u64) -> bool {
        self.left().take(bytes)
    }

    /// Notes a stack that was replaced and may still be held by readers.
    pub(crate) fn retire(&self, stack: &Stack) {
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        retired.retain(|stack| stack.strong_count() > 0);
        retired.push(Arc::downgrade(stack));
    }

    /// True while a reader holds a replaced stack with this layer.
    pub(crate) fn is_held(&self, layer: LayerId) -> bool {
        let retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        retired.iter().filter_map(Weak::upgrade).any(|stack| stack.contains(&layer))
    }
}

impl Physical for Reading<'_> {
    fn slot(&self, key: &[u8]) -> Result<Option<Slot>, EngineError> {
        match self {
            Self::Memory(state) => state.rows.slot(key),
            Self::Sled(gate) => gate.slot(key),
        }
    }

    fn chunk(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Slot)>, EngineError> {
        match self {
            Self::Memory(state) => state.rows.chunk(from, to, limit),
            Self::Sled(gate) => gate.chunk(from, to, limit),
        }
    }
}

impl Physical for Store {
    fn slot(&self, key: &[u8]) -> Result<Option<Slot>, EngineError> {
        self.read()?.slot(key)
    }

    fn chunk(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Slot)>, EngineError> {
        self.read()?.chunk(from, to, limit)
    }
}

/// What a failed file operation means: a full disk (or quota) is its own answer.
pub(crate) fn io_error(doing: &str, error: &std::io::Error) -> EngineError {
    if matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) {
        return EngineError::Full;
    }
    EngineError::Storage { detail: format!("could not {doing}: {error}") }
}
