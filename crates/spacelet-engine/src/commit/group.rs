//! A group of commits: one batch, built by closures that each see what the ones before them wrote.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Sequence, Tx};
use crate::bodies::{BodyRow, Place, Placed, body_row_key};
use crate::folder::Left;
use crate::records::body_of_row;
use crate::rows::{Physical, Slot, Writes, is_layered, logical};
use crate::world::Core;
use crate::{Body, EngineError, credentials};

/// The batch of a group so far.
pub(crate) struct Group<'a> {
    base: &'a dyn Physical,
    sequence: &'a mut Sequence,
    left: Left,
    end: GroupEnd,
}

/// What a group comes to.
#[derive(Default)]
pub(crate) struct GroupEnd {
    /// The batch.
    pub(crate) writes: Writes,
    /// Bodies that no row names any more, to be removed once the batch is durable.
    pub(crate) freed: Vec<(u64, Place)>,
    /// By how much the live bytes of segments change.
    pub(crate) live: BTreeMap<u64, i64>,
    /// To be called when the batch becomes visible.
    pub(crate) publish: Vec<Box<dyn FnOnce() + Send>>,
}

impl<'a> Group<'a> {
    pub(crate) fn new(base: &'a dyn Physical, sequence: &'a mut Sequence, left: Left) -> Self {
        Self { base, sequence, left, end: GroupEnd::default() }
    }

    /// Runs a world's closure. What it wrote joins the batch, or, when it fails or panics, nothing does.
    pub(crate) fn run<T>(
        &mut self,
        core: &Arc<Core>,
        placed: Vec<Option<Placed>>,
        decide: impl FnOnce(&mut Tx<'_>, Vec<Body>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let bodies = placed.iter().map(|placed| Body { pieces: placed.iter().map(|placed| placed.piece).collect() });
        let bodies = bodies.collect();
        let mut tx = Tx {
            base: self.base,
            group: &self.end.writes,
            own: Writes::new(),
            stack: core.stack(),
            sequence: &mut *self.sequence,
            clock: &core.clock,
            publish: Vec::new(),
        };
        // A panic must fail this request only: the others of the group have nothing to do with it.
        let result = catch_unwind(AssertUnwindSafe(|| decide(&mut tx, bodies)));
        let Tx { own, publish, .. } = tx;
        let result =
            result.unwrap_or_else(|_| Err(EngineError::Storage { detail: "a commit's closure panicked".into() }));
        let concerns_keys = credentials::are_concerned(&own);
        let settled = result.and_then(|value| self.settle(own, &placed).map(|()| value));
        match &settled {
            Ok(_) => {
                self.end.publish.extend(publish);
                if concerns_keys {
                    let core = Arc::clone(core);
                    self.end.publish.push(Box::new(move || core.credentials.forget()));
                }
            }
            Err(_) => self.end.freed.extend(placed.into_iter().flatten().map(|placed| (placed.piece.id, placed.place))),
        }
        settled
    }

    /// What stands under a physical key, the batch included.
    pub(crate) fn slot(&self, key: &[u8]) -> Result<Option<Slot>, EngineError> {
        match self.end.writes.get(key) {
            Some(slot) => Ok(slot.clone()),
            None => self.base.slot(key),
        }
    }

    /// The committed rows under the batch.
    pub(crate) fn base(&self) -> &'a dyn Physical {
        self.base
    }

    /// The number that the next body would get.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.sequence.next()
    }

    /// Has a segment's row looked at: one without live bytes goes.
    pub(crate) fn touch_segment(&mut self, segment: u64) {
        self.end.live.entry(segment).or_default();
    }

    /// Where a body is and how many rows name it.
    pub(crate) fn body_row(&self, id: u64) -> Result<Option<BodyRow>, EngineError> {
        match self.slot(&body_row_key(id))? {
            Some(Slot::Row(value)) => BodyRow::decode(&value).map(Some),
            Some(Slot::Tombstone) | None => Ok(None),
        }
    }

    /// Writes a physical row.
    pub(crate) fn put(&mut self, key: Vec<u8>, slot: Option<Slot>) {
        self.end.writes.insert(key, slot);
    }

    /// Moves a body from one place to another (compaction); false when it is not there any more.
    pub(crate) fn relocate(&mut self, id: u64, from: &Place, to: &Place) -> Result<bool, EngineError> {
        let Some(row) = self.body_row(id)?.filter(|row| row.place == *from) else {
            self.end.freed.push((id, to.clone()));
            return Ok(false);
        };
        self.count_live(from, row.bytes, -1);
        self.count_live(to, row.bytes, 1);
        let moved = BodyRow { place: to.clone(), ..row };
        self.put(body_row_key(id), Some(Slot::Row(moved.encode()?)));
        Ok(true)
    }

    /// Takes rows away for good, their bodies with them (the sweep of dropped layers).
    pub(crate) fn remove_rows(&mut self, keys: Vec<Vec<u8>>) -> Result<(), EngineError> {
        self.settle(keys.into_iter().map(|key| (key, None)).collect(), &[])
    }

    /// Adds a closure's writes to the batch and counts the bodies that they name or no longer name.
    pub(crate) fn settle(&mut self, own: Writes, placed: &[Option<Placed>]) -> Result<(), EngineError> {
        let mut more_rows: i64 = 0;
        let mut counts: BTreeMap<u64, i64> = placed.iter().flatten().map(|placed| (placed.piece.id, 0)).collect();
        for (key, new) in own.iter().filter(|(key, _)| is_layered(key)) {
            let logical = logical(key.clone());
            if let Some(Slot::Row(value)) = self.slot(key)? {
                more_rows -= 1;
                count(&mut counts, &logical, &value, -1);
            }
            if let Some(Slot::Row(value)) = new {
                more_rows += 1;
                count(&mut counts, &logical, value, 1);
            }
        }
        if !own.is_empty() && !self.left.allows_rows(more_rows) {
            return Err(EngineError::Full);
        }
        let mut rows = Vec::with_capacity(counts.len());
        for (id, change) in counts {
            let new = placed.iter().flatten().find(|placed| placed.piece.id == id);
            let row = match new {
                Some(placed) => Some(BodyRow { refs: 0, bytes: placed.piece.bytes, place: placed.place.clone() }),
                None if change == 0 => continue,
                None => self.body_row(id)?,
            };
            match row {
                Some(row) => rows.push((id, new.is_some(), change, row)),
                // A row over a body that has gone meanwhile must not be written; one that goes may go.
                None if change > 0 => return Err(EngineError::NoSuchKey),
                None => tracing::error!(id, "a body that a row named is not known; run fsck"),
            }
        }
        for (id, is_new, change, row) in rows {
            self.set_refs(id, is_new, change, row)?;
        }
        self.end.writes.extend(own);
        Ok(())
    }

    fn set_refs(&mut self, id: u64, is_new: bool, change: i64, row: BodyRow) -> Result<(), EngineError> {
        let refs = row.refs.saturating_add_signed(change);
        if refs == 0 {
            if !is_new {
                self.count_live(&row.place, row.bytes, -1);
                self.put(body_row_key(id), None);
            }
            self.end.freed.push((id, row.place));
            return Ok(());
        }
        if is_new {
            self.count_live(&row.place, row.bytes, 1);
        }
        let row = BodyRow { refs, ..row };
        self.put(body_row_key(id), Some(Slot::Row(row.encode()?)));
        Ok(())
    }

    fn count_live(&mut self, place: &Place, bytes: u64, sign: i64) {
        if let Place::Segment { segment, .. } = place {
            let change = self.end.live.entry(*segment).or_default();
            *change = change.saturating_add(crate::bodies::record_bytes(bytes).cast_signed().saturating_mul(sign));
        }
    }

    /// Ends the group.
    pub(crate) fn end(mut self) -> GroupEnd {
        if let Some((key, slot)) = self.sequence.reserve() {
            self.put(key, Some(slot));
        }
        self.end
    }
}

fn count(counts: &mut BTreeMap<u64, i64>, key: &[u8], value: &[u8], by: i64) {
    let body = body_of_row(key, value);
    for piece in body.iter().flat_map(|body| &body.pieces) {
        let change = counts.entry(piece.id).or_default();
        *change = change.saturating_add(by);
    }
}
