//! Where bodies are: the rows of the bodies table, and a segment record's head.

use minicbor::{Decode, Encode};

use super::Piece;
use crate::EngineError;
use crate::rows::tables;

/// Version of a body's row.
const VERSION: u8 = 1;
/// Bytes before each body in a segment: length u32, CRC-32C u32, id u64, big-endian.
pub(crate) const HEAD_BYTES: u64 = 16;

/// A body's row: compaction changes the place, commits change the count; records name the id and see neither.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct BodyRow {
    /// How many rows name it, in all layers.
    #[n(0)]
    pub(crate) refs: u64,
    /// Its length.
    #[n(1)]
    pub(crate) bytes: u64,
    /// Where it is.
    #[n(2)]
    pub(crate) place: Place,
}

/// Where a body is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Place {
    /// In a segment, its head at `offset`.
    #[n(0)]
    Segment {
        #[n(0)]
        segment: u64,
        #[n(1)]
        offset: u64,
        #[n(2)]
        crc: u32,
    },
    /// A file of its own, named by the body's id.
    #[n(1)]
    File {
        #[n(0)]
        crc: u32,
    },
    /// With the process: in memory or in an unlinked file.
    #[n(2)]
    Held,
}

/// A body that has its place and no row yet.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) piece: Piece,
    pub(crate) place: Place,
}

impl Placed {
    pub(crate) fn is_in_segment(&self) -> bool {
        matches!(self.place, Place::Segment { .. })
    }
}

impl BodyRow {
    pub(crate) fn encode(&self) -> Result<bytes::Bytes, EngineError> {
        let mut out = vec![VERSION];
        match minicbor::encode(self, &mut out) {
            Ok(()) => Ok(out.into()),
            Err(error) => Err(EngineError::Storage { detail: format!("a body's row: {error}") }),
        }
    }

    pub(crate) fn decode(value: &[u8]) -> Result<Self, EngineError> {
        match value.split_first() {
            Some((&VERSION, fields)) => minicbor::decode(fields)
                .map_err(|error| EngineError::Storage { detail: format!("a body's row cannot be read: {error}") }),
            Some(_) | None => Err(EngineError::Storage { detail: "a body's row has an unknown version".into() }),
        }
    }
}

/// The physical key of a body's row.
pub(crate) fn body_row_key(id: u64) -> Vec<u8> {
    table_key(tables::BODIES, id)
}

/// A key of one of the store's tables.
pub(crate) fn table_key(table: u8, number: u64) -> Vec<u8> {
    let mut key = Vec::with_capacity(9);
    key.push(table);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// The number in such a key.
pub(crate) fn number_of(key: &[u8]) -> Option<u64> {
    key.get(1..9).and_then(|number| number.try_into().ok()).map(u64::from_be_bytes)
}

/// What a body takes in a segment.
pub(crate) fn record_bytes(body_bytes: u64) -> u64 {
    body_bytes.saturating_add(HEAD_BYTES)
}

/// A segment record's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) bytes: u32,
    pub(crate) crc: u32,
    pub(crate) id: u64,
}

impl Head {
    pub(crate) fn to_bytes(self) -> [u8; 16] {
        let head = (u128::from(self.bytes) << 96) | (u128::from(self.crc) << 64) | u128::from(self.id);
        head.to_be_bytes()
    }

    #[allow(clippy::cast_possible_truncation, reason = "each field is cut to its own bits")]
    pub(crate) fn of_bytes(bytes: [u8; 16]) -> Self {
        let head = u128::from_be_bytes(bytes);
        Self { bytes: (head >> 96) as u32, crc: (head >> 64) as u32, id: head as u64 }
    }
}
