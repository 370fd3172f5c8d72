//! The committed state of a world, for reading outside of a commit.

use std::sync::{Arc, OnceLock};

use super::memory::MemoryRows;
use super::{Rows, Scan, Stack, Value, get_through, merged};
use crate::EngineError;
use crate::store::Reading;
use crate::world::Core;

/// The committed state of a world. In memory it is one consistent state from its first scan on; from a data folder
/// each call (and each chunk of a scan) reads the latest durable rows.
pub(crate) struct View {
    core: Arc<Core>,
    snapshot: OnceLock<(MemoryRows, Stack)>,
    stack: OnceLock<Stack>,
}

impl View {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core, snapshot: OnceLock::new(), stack: OnceLock::new() }
    }

    /// The frozen state that scans of a memory world read; `None` for a data folder.
    /// Point reads do not take it: a shared map makes the next write copy the nodes on its way.
    fn frozen(&self) -> Result<Option<&(MemoryRows, Stack)>, EngineError> {
        if self.snapshot.get().is_none()
            && let Reading::Memory(state) = self.core.store.read()?
        {
            let _ = self.snapshot.set((state.rows.clone(), self.core.stack()));
        }
        Ok(self.snapshot.get())
    }

    /// The committed state held still: what is read through it is all of one moment. Commits wait meanwhile to become
    /// visible, so hold it for some hundred rows at most.
    pub(crate) fn hold(&self) -> Result<Held<'_>, EngineError> {
        Ok(Held { stack: self.held_stack(), reading: self.core.store.read()? })
    }

    /// The stack that scans of a data folder read. Holding it keeps its layers from being swept.
    fn held_stack(&self) -> &Stack {
        self.stack.get_or_init(|| self.core.stack())
    }
}

/// See [`View::hold`].
pub(crate) struct Held<'a> {
    reading: Reading<'a>,
    stack: &'a Stack,
}

impl Rows for Held<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, EngineError> {
        get_through(&self.reading, self.stack, key)
    }

    fn scan<'a>(&'a self, from: Vec<u8>, to: Vec<u8>) -> Scan<'a> {
        merged(&self.reading, &[], self.stack, &from, &to)
    }
}

impl Rows for View {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, EngineError> {
        if let Some((rows, stack)) = self.snapshot.get() {
            return get_through(rows, stack, key);
        }
        let reading = self.core.store.read()?;
        get_through(&reading, &self.core.stack(), key)
    }

    fn scan<'a>(&'a self, from: Vec<u8>, to: Vec<u8>) -> Scan<'a> {
        match self.frozen() {
            Ok(Some((rows, stack))) => merged(rows, &[], stack, &from, &to),
            Ok(None) => merged(&*self.core.store, &[], self.held_stack(), &from, &to),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }
}
