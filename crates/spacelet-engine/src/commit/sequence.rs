//! Numbers that are never given twice: sequence numbers, body ids, segment numbers.

use crate::EngineError;
use crate::rows::{Physical, Slot, tables};

/// How many numbers one row write reserves.
const BLOCK: u64 = 1 << 16;
/// What a group that was never committed may have given beyond its reservation: skipped at the next start.
const MARGIN: u64 = 1 << 20;

/// Gives numbers. The store remembers up to where they may have been given; a restart goes on behind that.
pub(crate) struct Sequence {
    next: u64,
    reserved: u64,
    first: u64,
}

impl Sequence {
    /// A new store's.
    pub(crate) fn new() -> Self {
        Self { next: 1, reserved: 0, first: 1 }
    }

    /// Goes on where the store's last life may have ended.
    pub(crate) fn load(rows: &impl Physical) -> Result<Self, EngineError> {
        let Some(Slot::Row(value)) = rows.slot(&[tables::SEQUENCE])? else { return Ok(Self::new()) };
        let reserved = value.as_ref().try_into().map(u64::from_be_bytes);
        let reserved =
            reserved.map_err(|error| EngineError::Storage { detail: format!("the sequence row: {error}") })?;
        let next = reserved.saturating_add(MARGIN);
        Ok(Self { next, reserved, first: next })
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        let given = self.next;
        self.next = self.next.saturating_add(1);
        given
    }

    /// The first number of this life of the store: files with smaller ones were made before.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The row that must go with the batch in hand, when numbers beyond the reservation were given.
    pub(crate) fn reserve(&mut self) -> Option<(Vec<u8>, Slot)> {
        if self.next <= self.reserved {
            return None;
        }
        self.reserved = self.next.saturating_add(BLOCK);
        Some((vec![tables::SEQUENCE], Slot::Row(self.reserved.to_be_bytes().to_vec().into())))
    }
}
