//! Reading a range of a body.
//!
//! What is in memory, or at most 256 KiB from a file, comes inline; longer pieces in blocks of 1 MiB from blocking
//! threads, one block ahead of the caller. A piece that is read in whole is compared with its CRC before its last
//! block is handed out.

use std::collections::VecDeque;
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};

use super::files::{FileId, read_block};
use super::hash::RunningCrc;
use super::seal::Unseal;
use super::{Body, BodyRow, HEAD_BYTES, Held, Piece, Place, body_row_key};
use crate::rows::{Physical, Slot};
use crate::store::Store;
use crate::{CustomerKey, EngineError};

/// How much is read at once on a blocking thread.
const BLOCK_BYTES: u64 = 1 << 20;
/// How much is read inline.
const INLINE_BYTES_MAX: u64 = 256 << 10;
/// Bodies of more pieces keep the files of the rest from being removed; they are looked up and opened when their turn
/// comes.
const OPEN_PIECES_MAX: usize = 16;

/// Reads a range of a body, block by block. Holds what it reads: a body deleted meanwhile stays readable.
pub struct BodyReader {
    store: Arc<Store>,
    parts: VecDeque<Part>,
    remaining: u64,
    /// The first part's next block, being read.
    ahead: Option<JoinHandle<ReadBlock>>,
    pinned: Vec<u64>,
    /// Opens what is stored under a customer's key, as it is handed out.
    unseal: Option<Box<Unseal>>,
}

/// A block, and the check that goes on with it.
type ReadBlock = Result<(Bytes, Option<Check>), EngineError>;

/// A piece's share of the range that has not been read (or begun to be read) yet.
struct Part {
    source: Source,
    at: u64,
    bytes: u64,
    check: Option<Check>,
}

enum Source {
    Memory(Bytes),
    File(Arc<File>),
    /// Pinned, opened when its turn comes.
    Own(u64),
    /// Pinned, looked up when its turn comes.
    Unknown(Piece),
}

/// The CRC of a piece that is read in whole.
struct Check {
    running: RunningCrc,
    expected: u32,
    id: u64,
}

impl Drop for BodyReader {
    fn drop(&mut self) {
        for id in std::mem::take(&mut self.pinned) {
            self.store.bodies.unpin(id);
        }
    }
}

impl BodyReader {
    pub(crate) fn open(
        store: &Arc<Store>,
        body: &Body,
        range: Range<u64>,
        key: Option<&CustomerKey>,
    ) -> Result<Self, EngineError> {
        let wanted: Vec<(Piece, Range<u64>)> = overlaps(body, &range).collect();
        let unseal = if body.pieces.iter().any(|piece| piece.nonce.is_some()) {
            let key = key.ok_or(EngineError::SealedBody)?;
            Some(Box::new(Unseal::new(key, &wanted)))
        } else {
            None
        };
        let mut reader = Self {
            store: Arc::clone(store),
            parts: VecDeque::with_capacity(wanted.len()),
            remaining: 0,
            ahead: None,
            pinned: Vec::new(),
            unseal,
        };
        let pins = wanted.len() > OPEN_PIECES_MAX && !store.bodies.volatile;
        if pins {
            // All before the first look-up: a commit that drops the body is then seen there, or finds it pinned.
            for (piece, _) in &wanted {
                store.bodies.pin(piece.id);
                reader.pinned.push(piece.id);
            }
        }
        let last = wanted.len().saturating_sub(1);
        for (at, (piece, part)) in wanted.into_iter().enumerate() {
            reader.remaining = reader.remaining.saturating_add(part.end.saturating_sub(part.start));
            if store.bodies.volatile {
                reader.add_held(piece, part)?;
            } else {
                // What is that long has a file of its own, which the pin keeps. The last is looked up, because the first
                // may be another object's too.
                let is_own = piece.bytes > store.bodies.memory_body_bytes_max;
                let part = match is_own && at >= OPEN_PIECES_MAX && at != last {
                    true => Part::unknown(piece, &part),
                    false => reader.find(piece, part, pins)?,
                };
                reader.parts.push_back(part);
            }
        }
        Ok(reader)
    }

    fn add_held(&mut self, piece: Piece, part: Range<u64>) -> Result<(), EngineError> {
        let held = self.store.bodies.held(piece.id).ok_or(EngineError::NoSuchKey)?;
        match &*held {
            Held::File(file) => {
                let bytes = part.end.saturating_sub(part.start);
                self.parts.push_back(Part {
                    source: Source::File(Arc::clone(file)),
                    at: part.start,
                    bytes,
                    check: None,
                });
            }
            Held::Memory { blocks, .. } => {
                let mut start: u64 = 0;
                for block in blocks {
                    let end = start.saturating_add(u64::try_from(block.len()).unwrap_or(u64::MAX));
                    let (low, high) = (part.start.max(start), part.end.min(end));
                    if low < high {
                        let slice =
                            usize::try_from(low - start).unwrap_or(0)..usize::try_from(high - start).unwrap_or(0);
                        let source = Source::Memory(block.slice(slice));
                        self.parts.push_back(Part { source, at: 0, bytes: high - low, check: None });
                    }
                    start = end;
                }
            }
        }
        Ok(())
    }

    /// Looks a piece up.
    fn find(&self, piece: Piece, part: Range<u64>, pinned: bool) -> Result<Part, EngineError> {
        // Between reading the row and opening the file, compaction may have moved the body, or a commit dropped it.
        for _ in 0..8 {
            let row = match self.store.slot(&body_row_key(piece.id))? {
                Some(Slot::Row(value)) => BodyRow::decode(&value)?,
                Some(Slot::Tombstone) | None => return Err(EngineError::NoSuchKey),
            };
            let (source, begin, crc) = match row.place {
                Place::Segment { segment, offset, crc } => (
                    self.store.bodies.files.open(FileId::Segment(segment))?.map(Source::File),
                    offset.saturating_add(HEAD_BYTES),
                    crc,
                ),
                Place::File { crc } if pinned => (Some(Source::Own(piece.id)), 0, crc),
                Place::File { crc } => (self.store.bodies.files.open(FileId::Own(piece.id))?.map(Source::File), 0, crc),
                Place::Held => (None, 0, 0),
            };
            let Some(source) = source else { continue };
            let bytes = part.end.saturating_sub(part.start);
            let check =
                (bytes == piece.bytes).then(|| Check { running: RunningCrc::new(), expected: crc, id: piece.id });
            return Ok(Part { source, at: begin.saturating_add(part.start), bytes, check });
        }
        let detail = format!("the file of body {} is missing", piece.id);
        tracing::error!(detail, "a body cannot be read; run fsck");
        Err(EngineError::CorruptBody { detail })
    }

    /// Looks the first part up, where that was left to its turn. One that was deleted meanwhile is still in its file;
    /// its CRC is gone.
    fn find_front(&mut self) -> Result<(), EngineError> {
        let Some(front) = self.parts.front_mut() else { return Ok(()) };
        let Source::Unknown(piece) = front.source else { return Ok(()) };
        front.source = Source::Own(piece.id);
        let part = front.at..front.at.saturating_add(front.bytes);
        let found = match self.find(piece, part, true) {
            Err(EngineError::NoSuchKey) => return Ok(()),
            found => found?,
        };
        if let Some(front) = self.parts.front_mut() {
            *front = found;
        }
        Ok(())
    }

    /// Bytes still to come.
    #[must_use]
    pub fn remaining_bytes(&self) -> u64 {
        self.remaining
    }

    /// The next block without waiting, when it is in memory or is one small read (a few µs); `None` otherwise or at the end.
    pub fn try_next(&mut self) -> Option<Result<Bytes, EngineError>> {
        if self.ahead.is_some() {
            return None;
        }
        if self.parts.front()?.bytes <= INLINE_BYTES_MAX
            && let Err(error) = self.find_front()
        {
            return Some(Err(error));
        }
        let part = self.parts.front_mut()?;
        if let Source::Memory(bytes) = &mut part.source {
            let block = std::mem::take(bytes);
            self.parts.pop_front();
            return Some(Ok(self.hand_out(block)));
        }
        if part.bytes > INLINE_BYTES_MAX {
            return None;
        }
        let read = self.store.bodies.files.source(&part.source).and_then(|file| {
            let block = read_block(&file, part.at, usize::try_from(part.bytes).unwrap_or(0))?;
            part.check.take().map_or(Ok(()), |check| check.last(&block))?;
            Ok(block)
        });
        self.parts.pop_front();
        Some(read.map(|block| self.hand_out(block)))
    }

    /// The next block (at most 1 MiB), read on a blocking thread where it comes from a file; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, EngineError>> {
        if self.ahead.is_none() {
            if let Some(block) = self.try_next() {
                return Some(block);
            }
            if let Err(error) = self.read_ahead() {
                return Some(Err(error));
            }
        }
        let read = self.ahead.as_mut()?.await;
        self.ahead = None;
        let read = read.map_err(|error| EngineError::Storage { detail: format!("a read ended early: {error}") });
        Some(read.and_then(|read| read).and_then(|(block, check)| self.arrived(block, check)))
    }

    /// A block came: the next one is begun before this one is handed out.
    fn arrived(&mut self, block: Bytes, check: Option<Check>) -> Result<Bytes, EngineError> {
        let is_last = self.parts.front().is_none_or(|part| part.bytes == 0);
        if is_last {
            self.parts.pop_front();
            check.map_or(Ok(()), Check::end)?;
        } else if let Some(part) = self.parts.front_mut() {
            part.check = check;
        }
        if self.parts.front().is_some_and(|part| part.bytes > INLINE_BYTES_MAX || !is_last) {
            self.read_ahead()?;
        }
        Ok(self.hand_out(block))
    }

    /// Begins to read the first part's next block.
    fn read_ahead(&mut self) -> Result<(), EngineError> {
        self.find_front()?;
        let Some(part) = self.parts.front_mut().filter(|part| !matches!(part.source, Source::Memory(_))) else {
            return Ok(());
        };
        let file = self.store.bodies.files.source(&part.source)?;
        let (at, bytes, mut check) = (part.at, part.bytes.min(BLOCK_BYTES), part.check.take());
        part.source = Source::File(Arc::clone(&file));
        part.at = at.saturating_add(bytes);
        part.bytes = part.bytes.saturating_sub(bytes);
        let bytes = usize::try_from(bytes).unwrap_or(0);
        self.ahead = Some(spawn_blocking(move || {
            let block = read_block(&file, at, bytes)?;
            if let Some(check) = &mut check {
                check.running.update(&block);
            }
            Ok((block, check))
        }));
        Ok(())
    }

    /// How many pieces were looked up so far, of those still to come.
    #[cfg(test)]
    pub(crate) fn looked_up(&self) -> usize {
        self.parts.iter().filter(|part| !matches!(part.source, Source::Unknown(_))).count()
    }

    fn hand_out(&mut self, block: Bytes) -> Bytes {
        self.remaining = self.remaining.saturating_sub(u64::try_from(block.len()).unwrap_or(u64::MAX));
        match &mut self.unseal {
            Some(unseal) => unseal.apply(block),
            None => block,
        }
    }
}

impl Part {
    fn unknown(piece: Piece, part: &Range<u64>) -> Self {
        let bytes = part.end.saturating_sub(part.start);
        Self { source: Source::Unknown(piece), at: part.start, bytes, check: None }
    }
}

impl Check {
    fn last(mut self, block: &[u8]) -> Result<(), EngineError> {
        self.running.update(block);
        self.end()
    }

    fn end(self) -> Result<(), EngineError> {
        if self.running.value() == self.expected {
            return Ok(());
        }
        let detail = format!("body {} does not match its CRC", self.id);
        tracing::error!(detail, "a body is damaged; run fsck");
        Err(EngineError::CorruptBody { detail })
    }
}

impl super::BodyFiles {
    /// The open file behind a source.
    fn source(&self, source: &Source) -> Result<Arc<File>, EngineError> {
        let missing = |detail: String| EngineError::CorruptBody { detail };
        match source {
            Source::File(file) => Ok(Arc::clone(file)),
            Source::Own(id) => {
                self.open(FileId::Own(*id))?.ok_or_else(|| missing(format!("the file of body {id} is missing")))
            }
            Source::Memory(_) => Err(missing("a body in memory has no file".into())),
            Source::Unknown(piece) => Err(missing(format!("body {} was not looked up", piece.id))),
        }
    }
}

/// The pieces that a range touches, and which bytes of each.
fn overlaps<'a>(body: &'a Body, range: &Range<u64>) -> impl Iterator<Item = (Piece, Range<u64>)> + use<'a> {
    let range = range.clone();
    let mut start: u64 = 0;
    body.pieces.iter().filter_map(move |piece| {
        let begin = start;
        start = start.saturating_add(piece.bytes);
        let (low, high) = (range.start.max(begin), range.end.min(start));
        (low < high).then(|| (*piece, low - begin..high - begin))
    })
}
