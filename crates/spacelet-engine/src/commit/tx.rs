//! What a commit's closure reads and writes.

use super::Sequence;
use crate::bodies::body_row_key;
use crate::rows::{Key, Physical, Rows, Scan, Slot, Stack, Value, Writes, get_merged, is_layered, merged, physical};
use crate::{Body, Clock, EngineError, Timestamp};

/// The batch in hand laid over the committed rows.
pub(crate) struct Tx<'a> {
    pub(super) base: &'a dyn Physical,
    /// What the closures before this one in its group wrote.
    pub(super) group: &'a Writes,
    /// What this closure wrote.
    pub(super) own: Writes,
    pub(super) stack: Stack,
    pub(super) sequence: &'a mut Sequence,
    pub(super) clock: &'a Clock,
    pub(super) publish: Vec<Box<dyn FnOnce() + Send>>,
}

impl Tx<'_> {
    /// Writes a row.
    #[allow(clippy::needless_pass_by_value, reason = "callers make the key for this")]
    pub(crate) fn put(&mut self, key: Key, value: impl Into<Value>) {
        self.own.insert(self.place(&key), Some(Slot::Row(value.into())));
    }

    /// Removes a row.
    #[allow(clippy::needless_pass_by_value, reason = "callers make the key for this")]
    pub(crate) fn delete(&mut self, key: Key) {
        let slot = (self.stack.len() > 1 && is_layered(&key)).then_some(Slot::Tombstone);
        self.own.insert(self.place(&key), slot);
    }

    /// Checks that each piece is still there (a copy's source read a moment ago may have gone).
    /// `NoSuchKey` otherwise. The count itself follows from the rows that are put.
    pub(crate) fn retain(&mut self, body: &Body) -> Result<(), EngineError> {
        for piece in &body.pieces {
            let key = body_row_key(piece.id);
            if get_merged(self.base, &[&self.own, self.group], &[0], &key)?.is_none() {
                return Err(EngineError::NoSuchKey);
            }
        }
        Ok(())
    }

    /// A number never given before in this store's life, greater than all before it.
    pub(crate) fn next_sequence(&mut self) -> u64 {
        self.sequence.next()
    }

    /// The world's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Calls `hook` at the moment when this commit becomes visible.
    pub(crate) fn on_publish(&mut self, hook: impl FnOnce() + Send + 'static) {
        self.publish.push(Box::new(hook));
    }

    /// The layers that this closure reads and writes.
    pub(crate) fn stack(&self) -> &Stack {
        &self.stack
    }

    /// True when a layer holds no row. (Its rows in this closure's batch do not count.)
    pub(crate) fn layer_is_empty(&self, layer: crate::rows::LayerId) -> Result<bool, EngineError> {
        Ok(crate::rows::layer_chunk(self.base, layer, 1)?.is_empty())
    }

    fn place(&self, key: &[u8]) -> Vec<u8> {
        physical(self.stack.first().copied().unwrap_or_default(), key)
    }
}

impl Rows for Tx<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, EngineError> {
        get_merged(self.base, &[&self.own, self.group], &self.stack, key)
    }

    fn scan<'a>(&'a self, from: Vec<u8>, to: Vec<u8>) -> Scan<'a> {
        merged(self.base, &[&self.own, self.group], &self.stack, &from, &to)
    }
}
