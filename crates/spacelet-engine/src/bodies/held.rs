//! Bodies that a volatile store keeps with the process, and the memory that they may take together.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::EngineError;

/// A body of a volatile store.
pub(crate) enum Held {
    Memory { blocks: Vec<Bytes>, _reservation: Reservation },
    File(Arc<File>),
}

/// Bytes that bodies in memory may take together.
#[derive(Debug)]
pub(crate) struct Budget {
    used: AtomicU64,
    limit: u64,
}

/// A share of a budget, given back when dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    budget: Option<Arc<Budget>>,
    bytes: u64,
}

impl Budget {
    pub(crate) fn new(limit: u64) -> Self {
        Self { used: AtomicU64::new(0), limit }
    }
}

impl Reservation {
    /// A share of nothing.
    pub(crate) fn none() -> Self {
        Self { budget: None, bytes: 0 }
    }

    /// An empty share of `budget`.
    pub(crate) fn of(budget: &Arc<Budget>) -> Self {
        Self { budget: Some(Arc::clone(budget)), bytes: 0 }
    }

    /// Takes more; [`EngineError::Full`] beyond the limit.
    pub(crate) fn grow(&mut self, bytes: u64) -> Result<(), EngineError> {
        let Some(budget) = &self.budget else { return Ok(()) };
        let used = budget.used.fetch_add(bytes, Ordering::Relaxed);
        if used.saturating_add(bytes) > budget.limit {
            budget.used.fetch_sub(bytes, Ordering::Relaxed);
            return Err(EngineError::Full);
        }
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(budget) = &self.budget {
            budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}
