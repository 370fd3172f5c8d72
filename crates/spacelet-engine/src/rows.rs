//! Rows: a world's records as ordered bytes, in a stack of layers.
//!
//! A key is `table byte · rest`. Tables 0x20–0x7f belong to a world and are layered; 0x01–0x1f belong to the store.
//! What a table holds is `records.rs`' business; this file and those under it know get, scan and apply.

use bytes::Bytes;

use crate::EngineError;

/// A row's key: table byte and the rest, without the layer (which is added below).
pub(crate) type Key = Vec<u8>;
/// A row's value, of any length.
pub(crate) type Value = Bytes;
/// What [`Rows::scan`] returns: rows in key order, read as they are asked for.
pub(crate) type Scan<'a> = Box<dyn Iterator<Item = Result<(Key, Value), EngineError>> + 'a>;

/// Reading rows: implemented by [`View`] (the committed state) and by `Tx` (the batch in hand laid over it).
pub(crate) trait Rows {
    /// One row.
    fn get(&self, key: &[u8]) -> Result<Option<Value>, EngineError>;
    /// Rows with `from <= key < to`, in order. Beginning a scan is a seek (about 2 µs).
    fn scan<'a>(&'a self, from: Vec<u8>, to: Vec<u8>) -> Scan<'a>;
    /// The last row with `from <= key < to`.
    fn last(&self, from: &[u8], to: &[u8]) -> Result<Option<(Key, Value)>, EngineError>;
}

/// The committed state of a world.
pub(crate) struct View {}

impl Rows for View {
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
