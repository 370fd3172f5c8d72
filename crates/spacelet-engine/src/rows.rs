//! Rows: a world's records as ordered bytes, in a stack of layers.
//!
//! A key is `table byte · rest`. Tables 0x20–0x7f belong to a world and are layered; 0x01–0x1f belong to the store.
//! What a world's tables hold is `records.rs`' business; this file and those under it know get, scan and apply.
//!
//! Below, a layered key becomes `table · layer u32 · rest`, so that all layers share one ordered map, in memory or in
//! sled. Reads look from the top layer down and the first row found wins; a tombstone counts as found.

pub(crate) mod memory;
mod merge;
pub(crate) mod sled;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::EngineError;

pub(crate) use merge::{folded, get_merged, merged, stored};
pub(crate) use view::View;

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
    /// Both bounds lie in one table; a `to` outside of it (`[table + 1]`, or empty) means the table's end.
    fn scan<'a>(&'a self, from: Vec<u8>, to: Vec<u8>) -> Scan<'a>;
}

/// A layer's number: never given twice.
pub(crate) type LayerId = u32;
/// A world's layers, the top one first. Never empty.
pub(crate) type Stack = Arc<[LayerId]>;

/// What a layer holds for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A row.
    Row(Value),
    /// The row of a lower layer is deleted. Written only where a lower layer exists.
    Tombstone,
}

/// A batch: what becomes of each physical key (`None`: nothing is left there).
pub(crate) type Writes = BTreeMap<Vec<u8>, Option<Slot>>;

/// Rows as they lie in one map, keys with their layer.
pub(crate) trait Physical {
    /// What is there.
    fn slot(&self, key: &[u8]) -> Result<Option<Slot>, EngineError>;
    /// Up to `limit` rows with `from <= key < to`.
    fn chunk(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Slot)>, EngineError>;
}

/// Tables of the store itself (no layer).
pub(crate) mod tables {
    /// Piece id u64 → where it is, how many rows name it.
    pub(crate) const BODIES: u8 = 0x02;
    /// The number up to which sequence numbers may have been given.
    pub(crate) const SEQUENCE: u8 = 0x03;
    /// Segment number u64 → its committed and its live bytes.
    pub(crate) const SEGMENTS: u8 = 0x04;
    /// The next layer's number.
    pub(crate) const NEXT_LAYER: u8 = 0x05;
    /// World u64 → its stack of layers.
    pub(crate) const STACKS: u8 = 0x06;
    /// Snapshot u64 → its stack of layers.
    pub(crate) const SNAPSHOTS: u8 = 0x07;
    /// Layer u64 that no stack holds: its rows are to be swept.
    pub(crate) const DROPPED: u8 = 0x08;
    /// Rest of values over 4,000 bytes (rows/sled.rs alone).
    pub(crate) const OVERFLOW: u8 = 0x1f;
    /// The first table that belongs to worlds and has layers.
    pub(crate) const LAYERED: u8 = 0x20;
    /// The first byte behind them.
    pub(crate) const LAYERED_END: u8 = 0x80;
}

/// True when the key's table belongs to a world.
pub(crate) fn is_layered(key: &[u8]) -> bool {
    key.first().is_some_and(|table| *table >= tables::LAYERED)
}

/// The key under which `layer` holds `key`.
pub(crate) fn physical(layer: LayerId, key: &[u8]) -> Vec<u8> {
    match key.split_first() {
        Some((table, rest)) if *table >= tables::LAYERED => {
            let mut out = Vec::with_capacity(key.len() + 4);
            out.push(*table);
            out.extend_from_slice(&layer.to_be_bytes());
            out.extend_from_slice(rest);
            out
        }
        Some(_) | None => key.to_vec(),
    }
}

/// The reverse of [`physical`].
pub(crate) fn logical(mut key: Vec<u8>) -> Key {
    if is_layered(&key) && key.len() >= 5 {
        key.drain(1..5);
    }
    key
}

/// The physical bounds of `from <= key < to` in one layer.
pub(crate) fn physical_range(layer: LayerId, from: &[u8], to: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let table = from.first().copied().unwrap_or_default();
    let end = if to.first() == Some(&table) {
        physical(layer, to)
    } else if table >= tables::LAYERED {
        physical(layer.saturating_add(1), &[table])
    } else {
        vec![table.saturating_add(1)]
    };
    (physical(layer, from), end)
}

/// Reads a row through a stack of layers.
pub(crate) fn get_through(
    rows: &(impl Physical + ?Sized),
    stack: &[LayerId],
    key: &[u8],
) -> Result<Option<Value>, EngineError> {
    for layer in stack {
        match rows.slot(&physical(*layer, key))? {
            Some(Slot::Row(value)) => return Ok(Some(value)),
            Some(Slot::Tombstone) => return Ok(None),
            None => {}
        }
        if !is_layered(key) {
            break;
        }
    }
    Ok(None)
}

/// Up to `limit` physical keys of a layer, over all tables.
pub(crate) fn layer_chunk(
    rows: &(impl Physical + ?Sized),
    layer: LayerId,
    limit: usize,
) -> Result<Vec<Vec<u8>>, EngineError> {
    let mut keys = Vec::new();
    for table in tables::LAYERED..tables::LAYERED_END {
        let (from, to) = physical_range(layer, &[table], &[]);
        let found = rows.chunk(&from, &to, limit.saturating_sub(keys.len()))?;
        keys.extend(found.into_iter().map(|(key, _)| key));
        if keys.len() >= limit {
            break;
        }
    }
    Ok(keys)
}
