//! The commit: a closure decides at the one place where writes are ordered.
//!
//! **Bodies are counted by rows, not by callers.** When a closure ends, each row that it put or deleted is compared
//! with what its layer held before: every piece in the new row's body (`records::body_of_row`) counts one more, every
//! piece in the old row's body one less. A body whose count reaches 0 goes after the commit. So a copy, a move from a
//! part to an object, an ACL change over a frozen layer and a dropped layer are all right without further calls;
//! [`Tx::retain`] only checks that a body is still there and [`Tx::release`] does nothing.

use std::marker::PhantomData;

use crate::rows::{Key, Rows, Scan, Value};
use crate::{Body, EngineError, StagedBody, Timestamp, World};

/// The batch in hand laid over the committed rows: what a closure reads and writes.
pub(crate) struct Tx<'a> {
    _rows: PhantomData<&'a ()>,
}

impl World {
    /// Places the staged bodies and runs `decide` on them where commits are ordered: its `get` and `scan` see every
    /// closure before it. Answers once its writes are as durable as the settings promise and visible to all.
    /// `Err` or a panic from the closure: none of its writes happen and its bodies are gone.
    /// The closure must not touch the `World` (views, commits): it has the `Tx` for that.
    pub(crate) async fn commit<T: Send + 'static>(
        &self,
        staged: Vec<StagedBody>,
        decide: impl FnOnce(&mut Tx<'_>, Vec<Body>) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let _ = (staged, decide);
        todo!()
    }
}

impl Tx<'_> {
    /// Writes a row.
    pub(crate) fn put(&mut self, key: Key, value: impl Into<Value>) {
        let _ = (key, value.into());
        todo!()
    }

    /// Removes a row.
    pub(crate) fn delete(&mut self, key: Key) {
        let _ = key;
        todo!()
    }

    /// Checks that each piece is still there (a copy's source read a moment ago may have gone).
    /// `NoSuchKey` otherwise. The count itself follows from the rows that are put.
    pub(crate) fn retain(&mut self, body: &Body) -> Result<(), EngineError> {
        let _ = body;
        todo!()
    }

    /// Says that a row's body is given up. Nothing happens here: the count follows from the row's removal.
    #[allow(clippy::unused_self, reason = "callers say what they mean; the rows decide")]
    pub(crate) fn release(&mut self, body: &Body) -> Result<(), EngineError> {
        let _ = body;
        Ok(())
    }

    /// A number never given before in this store's life, greater than all before it.
    pub(crate) fn next_sequence(&mut self) -> u64 {
        todo!()
    }

    /// The world's time.
    pub(crate) fn now(&self) -> Timestamp {
        todo!()
    }
}

impl Rows for Tx<'_> {
    fn get(&self, _key: &[u8]) -> Result<Option<Value>, EngineError> {
        todo!()
    }
    fn scan<'a>(&'a self, _from: Vec<u8>, _to: Vec<u8>) -> Scan<'a> {
        todo!()
    }
    fn last(&self, _from: &[u8], _to: &[u8]) -> Result<Option<(Key, Value)>, EngineError> {
        todo!()
    }
}
