//! Faults that tests put into a store: syncs that fail, and a look at what readers see before a sync.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::EngineError;
use crate::store::Store;

type Hook = Box<dyn Fn(&Store) + Send>;

/// What is to go wrong.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) bodies_sync_fails: AtomicBool,
    pub(crate) rows_sync_fails: AtomicBool,
    pub(crate) segment_write_is_full: AtomicBool,
    /// Called when a batch is in sled and not yet synced.
    pub(crate) before_rows_sync: Mutex<Option<Hook>>,
}

impl Faults {
    pub(crate) fn check_bodies_sync(&self) -> Result<(), EngineError> {
        refuse(&self.bodies_sync_fails, "sync bodies")
    }

    pub(crate) fn check_rows_sync(&self, store: &Store) -> Result<(), EngineError> {
        if let Some(hook) = &*self.before_rows_sync.lock().unwrap_or_else(std::sync::PoisonError::into_inner) {
            hook(store);
        }
        refuse(&self.rows_sync_fails, "sync rows")
    }

    pub(crate) fn check_segment_write(&self) -> Result<(), EngineError> {
        if self.segment_write_is_full.load(Ordering::Relaxed) { Err(EngineError::Full) } else { Ok(()) }
    }
}

fn refuse(fault: &AtomicBool, doing: &str) -> Result<(), EngineError> {
    if fault.load(Ordering::Relaxed) {
        return Err(EngineError::Storage { detail: format!("could not {doing}: a test says so") });
    }
    Ok(())
}
