//! Checks a store: every row that names a body against the body's row, every body against its length and CRC.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::bodies::files::{FileId, read_block};
use crate::bodies::segments::SegmentRow;
use crate::bodies::{BodyRow, HEAD_BYTES, Held, Place, body_row_key, number_of, record_bytes, running_crc};
use crate::commit::commit_waiting;
use crate::engine::Report;
use crate::maintenance::Chore;
use crate::records::body_of_row;
use crate::rows::{Physical, Slot, logical, stored, tables};
use crate::store::Store;
use crate::{Body, EngineError};

const BLOCK_BYTES: u64 = 1 << 20;

/// What the rows say, all read at one moment.
#[derive(Default)]
struct Census {
    records: u64,
    named: BTreeMap<u64, (u64, u64)>,
    bodies: BTreeMap<u64, BodyRow>,
    segments: BTreeMap<u64, SegmentRow>,
    faults: Vec<String>,
    next_id: u64,
}

/// Checks everything. May run beside other work; called from a thread that may wait.
pub(crate) fn check(store: &Arc<Store>) -> Result<Report, EngineError> {
    let mut census = commit_waiting(store, Vec::new(), true, |group, _| {
        let mut census = Census { next_id: group.next_id(), ..Census::default() };
        census.take(group.base())?;
        Ok(census)
    })?;
    census.compare_counts();
    let mut report = Report { records: census.records, ..Report::default() };
    for (id, row) in &census.bodies {
        match check_body(store, *id, row) {
            Ok(()) => {}
            // Moved or dropped while we looked: the row as of now decides.
            Err(fault) => match current_row(store, *id)? {
                None => continue,
                Some(now) if now.place != row.place => census.faults.extend(check_body(store, *id, &now).err()),
                Some(_) => census.faults.push(fault),
            },
        }
        report.bodies += 1;
        report.body_bytes = report.body_bytes.saturating_add(row.bytes);
    }
    if store.queue.is_some() {
        census.find_strays(store)?;
    }
    report.faults = census.faults;
    Ok(report)
}

impl Census {
    fn take(&mut self, rows: &dyn Physical) -> Result<(), EngineError> {
        for row in stored(rows, vec![tables::BODIES], vec![tables::LAYERED_END]) {
            if let (key, Slot::Row(value)) = row? {
                self.note(key, &value)?;
            }
        }
        Ok(())
    }

    fn note(&mut self, key: Vec<u8>, value: &[u8]) -> Result<(), EngineError> {
        match (key.first(), number_of(&key)) {
            (Some(&tables::BODIES), Some(id)) => drop(self.bodies.insert(id, BodyRow::decode(value)?)),
            (Some(&tables::SEGMENTS), Some(number)) => drop(self.segments.insert(number, SegmentRow::decode(value)?)),
            (Some(table), _) if *table >= tables::LAYERED => {
                if let Some(body) = body_of_row(&logical(key), value) {
                    self.count(&body);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, body: &Body) {
        self.records += 1;
        for piece in &body.pieces {
            let (count, bytes) = self.named.entry(piece.id).or_insert((0, piece.bytes));
            *count += 1;
            if *bytes != piece.bytes {
                self.faults.push(format!("records disagree about the length of body {}", piece.id));
            }
        }
    }

    fn compare_counts(&mut self) {
        let mut live: BTreeMap<u64, u64> = self.segments.keys().map(|number| (*number, 0)).collect();
        for (id, row) in &self.bodies {
            let (count, bytes) = self.named.get(id).copied().unwrap_or((0, row.bytes));
            if count != row.refs {
                self.faults.push(format!("body {id} is named by {count} records, its count says {}", row.refs));
            }
            if bytes != row.bytes {
                self.faults.push(format!("body {id} has {} bytes, its record says {bytes}", row.bytes));
            }
            if let Place::Segment { segment, .. } = row.place {
                let sum = live.entry(segment).or_default();
                *sum = sum.saturating_add(record_bytes(row.bytes));
            }
        }
        for id in self.named.keys().filter(|id| !self.bodies.contains_key(id)) {
            self.faults.push(format!("body {id} is named by a record and not known"));
        }
        for (segment, live) in live {
            match self.segments.get(&segment) {
                Some(row) if row.live == live => {}
                Some(row) => {
                    self.faults.push(format!("segment {segment} has {live} live bytes, its row says {}", row.live))
                }
                None => self.faults.push(format!("segment {segment} holds bodies and is not known")),
            }
        }
    }

    /// Files that no row names. Removals that were under way are awaited first.
    fn find_strays(&mut self, store: &Store) -> Result<(), EngineError> {
        let (reply, done) = tokio::sync::oneshot::channel();
        if store.chores.send(Chore::Flush(reply)) {
            let _ = done.blocking_recv();
        }
        for (id, bytes) in store.bodies.files.list()?.bodies {
            match id {
                FileId::Own(number) if number < self.next_id && !self.bodies.contains_key(&number) => {
                    if current_row(store, number)?.is_none() && !store.bodies.is_pinned(number) {
                        self.faults.push(format!("the file of body {number} ({bytes} bytes) is named by no record"));
                    }
                }
                FileId::Segment(number) => {
                    if self.segments.get(&number).is_some_and(|row| bytes < row.bytes) {
                        self.faults.push(format!("segment {number} is shorter than it should be ({bytes} bytes)"));
                    }
                }
                FileId::Own(_) => {}
            }
        }
        Ok(())
    }
}

fn current_row(store: &Store, id: u64) -> Result<Option<BodyRow>, EngineError> {
    match store.slot(&body_row_key(id))? {
        Some(Slot::Row(value)) => BodyRow::decode(&value).map(Some),
        Some(Slot::Tombstone) | None => Ok(None),
    }
}

/// Reads a body; says what is wrong with it.
fn check_body(store: &Store, id: u64, row: &BodyRow) -> Result<(), String> {
    let (file, at, crc) = match row.place {
        Place::Held => return check_held(store, id, row),
        Place::Segment { segment, offset, crc } => (FileId::Segment(segment), offset.saturating_add(HEAD_BYTES), crc),
        Place::File { crc } => (FileId::Own(id), 0, crc),
    };
    let opened = store.bodies.files.open(file).map_err(|error| format!("body {id}: {error}"))?;
    let opened = opened.ok_or_else(|| format!("body {id}: its file is missing"))?;
    if file == FileId::Own(id) {
        let length = opened.metadata().map_err(|error| format!("body {id}: {error}"))?.len();
        if length != row.bytes {
            return Err(format!("body {id}: its file has {length} bytes, not {}", row.bytes));
        }
    }
    let mut running = running_crc();
    let mut done: u64 = 0;
    while done < row.bytes {
        let bytes = BLOCK_BYTES.min(row.bytes.saturating_sub(done));
        let block = read_block(&opened, at.saturating_add(done), usize::try_from(bytes).unwrap_or(0));
        running.update(&block.map_err(|error| format!("body {id}: {error}"))?);
        done = done.saturating_add(bytes);
    }
    if running.value() == crc { Ok(()) } else { Err(format!("body {id}: its bytes do not match its CRC")) }
}

fn check_held(store: &Store, id: u64, row: &BodyRow) -> Result<(), String> {
    let held = store.bodies.held(id).ok_or_else(|| format!("body {id}: gone from memory"))?;
    let bytes = match &*held {
        Held::Memory { blocks, .. } => blocks.iter().map(|block| u64::try_from(block.len()).unwrap_or(u64::MAX)).sum(),
        Held::File(file) => file.metadata().map_err(|error| format!("body {id}: {error}"))?.len(),
    };
    if bytes == row.bytes { Ok(()) } else { Err(format!("body {id}: {bytes} bytes are held, not {}", row.bytes)) }
}
