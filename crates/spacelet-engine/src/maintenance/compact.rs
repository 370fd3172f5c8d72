//! Segments that hold more waste than life are rewritten: what lives moves to the current segment, by the committer.

use std::sync::Arc;
use std::time::Instant;

use super::{Inbox, Maintenance};
use crate::bodies::files::{FileId, read_block};
use crate::bodies::segments::{SegmentRow, segment_rows, walk};
use crate::bodies::{BodyRow, HEAD_BYTES, Head, Place, StagedBody, body_row_key, crc32c};
use crate::commit::{Message, commit_waiting};
use crate::rows::{Physical, Slot, tables};
use crate::{EngineError, store::Store};

/// How much is moved by one commit.
const BATCH_BYTES: u64 = 1 << 20;
const BATCH_BODIES: usize = 256;

/// A body to be moved: its id, where it is, its bytes.
type Moving = (u64, Place, bytes::Bytes);

impl Maintenance {
    /// Compacts every wasteful segment. `bounded`: at most half of the time is spent at it. Files that are to go meanwhile
    /// go after each segment.
    pub(super) fn compact(&mut self, bounded: bool, inbox: &mut Inbox) -> Result<(), EngineError> {
        for segment in wasteful(&self.store)? {
            inbox.remove_files();
            if self.store.chores.is_stopping() {
                break;
            }
            if self.skipped.contains(&segment) {
                continue;
            }
            match compact(&self.store, segment, bounded) {
                // Another one may fit; the most wasteful come first.
                Err(EngineError::Full) => {}
                Err(EngineError::CorruptBody { detail }) => {
                    tracing::error!(segment, detail, "a segment with a damaged body stays as it is; run fsck");
                    self.skipped.push(segment);
                }
                other => other?,
            }
        }
        Ok(())
    }
}

/// The segments to compact, those with the fewest live bytes first.
fn wasteful(store: &Store) -> Result<Vec<u64>, EngineError> {
    let mut found = Vec::new();
    for segment in segment_rows(store) {
        let (number, row) = segment?;
        found.extend(row.is_wasteful().then_some((row.live, number)));
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, number)| number).collect())
}

fn compact(store: &Arc<Store>, segment: u64, bounded: bool) -> Result<(), EngineError> {
    let Some(queue) = &store.queue else { return Ok(()) };
    if queue.blocking_send(Message::Seal(segment)).is_err() {
        return Err(EngineError::Closed);
    }
    // A commit behind the seal: the row read after it says all that the segment will ever hold.
    commit_waiting(store, Vec::new(), false, move |group, _| {
        group.touch_segment(segment);
        Ok(())
    })?;
    let Some(Slot::Row(value)) = store.slot(&crate::bodies::table_key(tables::SEGMENTS, segment))? else {
        return Ok(());
    };
    let records = walk(&store.bodies.files, segment, SegmentRow::decode(&value)?.bytes)?;
    let mut batch = Vec::new();
    let mut bytes: u64 = 0;
    let mut since = Instant::now();
    for (offset, head) in records {
        let Some(moving) = read_living(store, segment, offset, head)? else { continue };
        bytes = bytes.saturating_add(u64::from(head.bytes));
        batch.push(moving);
        if bytes >= BATCH_BYTES || batch.len() >= BATCH_BODIES {
            relocate(store, std::mem::take(&mut batch))?;
            bytes = 0;
            if store.chores.is_stopping() {
                return Ok(());
            }
            if bounded {
                std::thread::park_timeout(since.elapsed());
            }
            since = Instant::now();
        }
    }
    relocate(store, batch)
}

/// A record's body, when a row still says that it is here.
fn read_living(store: &Store, segment: u64, offset: u64, head: Head) -> Result<Option<Moving>, EngineError> {
    let place = Place::Segment { segment, offset, crc: head.crc };
    let Some(Slot::Row(value)) = store.slot(&body_row_key(head.id))? else { return Ok(None) };
    if BodyRow::decode(&value)?.place != place {
        return Ok(None);
    }
    let Some(file) = store.bodies.files.open(FileId::Segment(segment))? else { return Ok(None) };
    let length = usize::try_from(head.bytes).unwrap_or(usize::MAX);
    let body = read_block(&file, offset.saturating_add(HEAD_BYTES), length)?;
    if crc32c(&body) != head.crc {
        return Err(EngineError::CorruptBody {
            detail: format!("body {} in segment {segment} does not match its CRC", head.id),
        });
    }
    Ok(Some((head.id, place, body)))
}

fn relocate(store: &Arc<Store>, batch: Vec<Moving>) -> Result<(), EngineError> {
    if batch.is_empty() {
        return Ok(());
    }
    let mut staged = Vec::with_capacity(batch.len());
    let mut moves = Vec::with_capacity(batch.len());
    for (id, from, body) in batch {
        if let Place::Segment { crc, .. } = from {
            staged.push(StagedBody::moved(id, crc, body));
            moves.push((id, from));
        }
    }
    commit_waiting(store, staged, false, move |group, placed| {
        for ((id, from), placed) in moves.iter().zip(placed.into_iter().flatten()) {
            group.relocate(*id, from, &placed.place)?;
        }
        Ok(())
    })
}
