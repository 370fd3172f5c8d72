//! Segments: append-only files that hold small bodies. The committer alone appends.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use minicbor::{Decode, Encode};

use super::files::BodyFiles;
use super::place::{HEAD_BYTES, Head, number_of, record_bytes, table_key};
use super::{Content, Piece, Place, Placed, StagedBody};
use crate::EngineError;
use crate::commit::Sequence;
use crate::maintenance::Chores;
use crate::rows::{Physical, Slot, Writes, stored, tables};

/// Segments smaller than this are left alone: rewriting them gains nothing.
pub(crate) const COMPACTED_BYTES_MIN: u64 = 256 << 10;

/// A segment's row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SegmentRow {
    /// Committed length; what lies behind is a torn tail.
    #[n(0)]
    pub(crate) bytes: u64,
    /// Bytes of records (heads included) whose bodies are named by rows.
    #[n(1)]
    pub(crate) live: u64,
}

impl SegmentRow {
    /// True when rewriting what lives gives back more than half.
    pub(crate) fn is_wasteful(self) -> bool {
        self.bytes >= COMPACTED_BYTES_MIN && self.live.saturating_mul(2) < self.bytes
    }

    pub(crate) fn decode(value: &[u8]) -> Result<Self, EngineError> {
        minicbor::decode(value).map_err(|error| EngineError::Storage { detail: format!("a segment's row: {error}") })
    }

    fn to_slot(self) -> Slot {
        let mut out = Vec::new();
        // Two numbers into memory: nothing here can fail.
        let _ = minicbor::encode(self, &mut out);
        Slot::Row(out.into())
    }
}

/// The segments of a data folder.
pub(crate) struct Segments {
    files: Arc<BodyFiles>,
    rows: BTreeMap<u64, SegmentRow>,
    current: Option<Current>,
    bytes_max: u64,
    wasteful: bool,
    /// What groups that decided nothing made and did not sync: later groups build on it.
    unsynced: Unsynced,
}

/// The segment that is appended to.
struct Current {
    number: u64,
    file: Arc<File>,
    end: u64,
}

/// What a group places, until it is written and synced.
#[derive(Default)]
pub(crate) struct Placement {
    buffer: Vec<u8>,
    /// Where the buffer goes.
    at: u64,
    full: Vec<(Arc<File>, u64, Vec<u8>)>,
    unsynced: Unsynced,
    ends: BTreeMap<u64, u64>,
    /// What writing is to answer instead of writing.
    #[cfg(test)]
    pub(crate) fault: Option<EngineError>,
}

/// Files that were written and directories that have new entries.
#[derive(Clone, Default)]
struct Unsynced {
    files: Vec<Arc<File>>,
    dirs: BTreeSet<PathBuf>,
}

impl Unsynced {
    fn add_file(&mut self, file: &Arc<File>) {
        if !self.files.iter().any(|known| Arc::ptr_eq(known, file)) {
            self.files.push(Arc::clone(file));
        }
    }
}

impl Placement {
    /// Brings what was placed to the disk: segments, and the directories of renamed files.
    pub(crate) fn sync(&self) -> Result<(), EngineError> {
        let failed = |error: std::io::Error| crate::store::io_error("sync bodies", &error);
        self.unsynced.files.iter().try_for_each(|file| file.sync_data()).map_err(failed)?;
        self.unsynced.dirs.iter().try_for_each(|dir| super::files::sync_dir(dir)).map_err(failed)
    }
}

impl Segments {
    /// Reads the segments' rows and cuts the torn tail of the last one.
    pub(crate) fn load(files: Arc<BodyFiles>, committed: &impl Physical, bytes_max: u64) -> Result<Self, EngineError> {
        let mut rows = BTreeMap::new();
        for found in segment_rows(committed) {
            let (number, row) = found?;
            rows.insert(number, row);
        }
        let last = rows.last_key_value().map(|(number, row)| (*number, *row));
        let mut segments =
            Self { files, rows, current: None, bytes_max, wasteful: false, unsynced: Unsynced::default() };
        if let Some((number, row)) = last.filter(|(_, row)| row.bytes < bytes_max) {
            match segments.files.reopen_segment(number, row.bytes) {
                Ok(file) => segments.current = Some(Current { number, file, end: row.bytes }),
                Err(error) => tracing::error!(%error, segment = number, "a segment cannot be opened; run fsck"),
            }
        }
        Ok(segments)
    }

    pub(crate) fn begin(&mut self) -> Placement {
        let at = self.current.as_ref().map_or(0, |current| current.end);
        Placement { at, unsynced: std::mem::take(&mut self.unsynced), ..Placement::default() }
    }

    /// Gives a staged body its place; what goes to a segment is buffered until [`Segments::write`].
    pub(crate) fn place(
        &mut self,
        body: StagedBody,
        sequence: &mut Sequence,
        placement: &mut Placement,
    ) -> Result<Option<Placed>, EngineError> {
        let (bytes, nonce) = (body.bytes(), body.nonce());
        let (content, crc, keep) = body.into_parts();
        let id = keep.unwrap_or_else(|| sequence.next());
        let place = match content {
            Content::Empty => return Ok(None),
            Content::Memory { blocks, .. } => {
                let bytes = u32::try_from(bytes)
                    .map_err(|error| EngineError::Storage { detail: format!("a long body for a segment: {error}") })?;
                self.append(Head { bytes, crc, id }, &blocks, sequence, placement)?
            }
            Content::File(staged) => {
                placement.unsynced.dirs.extend(self.files.adopt(staged, id)?);
                Place::File { crc }
            }
        };
        Ok(Some(Placed { piece: Piece { id, bytes, nonce }, place }))
    }

    fn append(
        &mut self,
        head: Head,
        blocks: &[bytes::Bytes],
        sequence: &mut Sequence,
        placement: &mut Placement,
    ) -> Result<Place, EngineError> {
        let length = record_bytes(u64::from(head.bytes));
        if self
            .current
            .as_ref()
            .is_some_and(|current| current.end > 0 && current.end.saturating_add(length) > self.bytes_max)
        {
            self.close_buffer(placement);
            self.current = None;
        }
        let current = match &mut self.current {
            Some(current) => current,
            None => {
                let number = sequence.next();
                let (file, dir) = self.files.create_segment(number)?;
                placement.unsynced.dirs.insert(dir);
                placement.at = 0;
                self.current.insert(Current { number, file, end: 0 })
            }
        };
        let offset = current.end;
        placement.buffer.extend_from_slice(&head.to_bytes());
        blocks.iter().for_each(|block| placement.buffer.extend_from_slice(block));
        current.end = offset.saturating_add(length);
        placement.ends.insert(current.number, current.end);
        Ok(Place::Segment { segment: current.number, offset, crc: head.crc })
    }

    fn close_buffer(&mut self, placement: &mut Placement) {
        if let Some(current) = self.current.as_ref().filter(|_| !placement.buffer.is_empty()) {
            let buffer = std::mem::take(&mut placement.buffer);
            placement.full.push((Arc::clone(&current.file), placement.at, buffer));
            placement.unsynced.add_file(&current.file);
        }
    }

    /// Writes what was buffered. On failure (a full disk) the segments are cut back and stay usable.
    pub(crate) fn write(&mut self, placement: &mut Placement) -> Result<(), EngineError> {
        self.close_buffer(placement);
        #[cfg(test)]
        if !placement.full.is_empty()
            && let Err(error) = placement.fault.take().map_or(Ok(()), Err)
        {
            self.cut_back(placement);
            return Err(error);
        }
        for (file, at, buffer) in std::mem::take(&mut placement.full) {
            if let Err(error) = super::files::write_at(&file, &buffer, at) {
                self.cut_back(placement);
                return Err(crate::store::io_error("append to a segment", &error));
            }
        }
        Ok(())
    }

    fn cut_back(&mut self, placement: &mut Placement) {
        placement.ends.clear();
        if let Some(current) = self.current.as_mut() {
            current.end = self.rows.get(&current.number).map_or(0, |row| row.bytes);
            if let Err(error) = current.file.set_len(current.end) {
                tracing::error!(%error, "the tail of a segment cannot be cut; a new segment is begun");
                self.current = None;
            }
        }
    }

    /// Brings the segments' rows up to date in a group's batch. Returns the segments in which nothing lives any
    /// more: to be removed once the batch is durable.
    pub(crate) fn account(
        &mut self,
        placement: &Placement,
        live: &BTreeMap<u64, i64>,
        writes: &mut Writes,
    ) -> Vec<u64> {
        for (segment, end) in &placement.ends {
            self.rows.entry(*segment).or_default().bytes = *end;
        }
        // A group that decided nothing needs no row: what it appended is dead, and behind the committed length.
        if writes.is_empty() && live.is_empty() {
            self.unsynced = placement.unsynced.clone();
            return Vec::new();
        }
        let mut emptied = Vec::new();
        let changed: BTreeSet<u64> = placement.ends.keys().chain(live.keys()).copied().collect();
        for segment in changed {
            let is_current = self.current.as_ref().is_some_and(|current| current.number == segment);
            let Some(row) = self.rows.get_mut(&segment) else { continue };
            row.live = row.live.saturating_add_signed(live.get(&segment).copied().unwrap_or_default());
            self.wasteful |= row.is_wasteful();
            let key = table_key(tables::SEGMENTS, segment);
            if row.live == 0 && !is_current {
                self.rows.remove(&segment);
                writes.insert(key, None);
                emptied.push(segment);
            } else {
                writes.insert(key, Some(row.to_slot()));
            }
        }
        emptied
    }

    /// Stops appending to this segment.
    pub(crate) fn seal(&mut self, segment: u64) {
        if self.current.as_ref().is_some_and(|current| current.number == segment) {
            self.current = None;
        }
    }

    /// Wakes the maintenance thread when a segment holds more waste than life.
    pub(crate) fn ask_for_compaction(&mut self, chores: &Chores) {
        if std::mem::take(&mut self.wasteful) {
            chores.wake();
        }
    }
}

/// Every segment that there is.
pub(crate) fn segment_rows(rows: &impl Physical) -> impl Iterator<Item = Result<(u64, SegmentRow), EngineError>> {
    let found = stored(rows, vec![tables::SEGMENTS], vec![tables::SEGMENTS + 1]);
    found.filter_map(|row| match row {
        Ok((key, Slot::Row(value))) => number_of(&key).map(|number| Ok((number, SegmentRow::decode(&value)?))),
        Ok((_, Slot::Tombstone)) => None,
        Err(error) => Some(Err(error)),
    })
}

/// Reads a segment's records in order: each head and the offset where it stands.
pub(crate) fn walk(files: &BodyFiles, segment: u64, bytes: u64) -> Result<Vec<(u64, Head)>, EngineError> {
    let file = files.segment(segment)?;
    let mut records = Vec::new();
    let mut at = 0;
    while at < bytes {
        let mut head = [0; 16];
        super::files::read_at(&file, &mut head, at)?;
        let head = Head::of_bytes(head);
        records.push((at, head));
        at = at.saturating_add(HEAD_BYTES).saturating_add(u64::from(head.bytes));
    }
    if at == bytes {
        return Ok(records);
    }
    Err(EngineError::CorruptBody { detail: format!("segment {segment} does not end at a record ({at} of {bytes})") })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::rows::memory::MemoryRows;

    #[test]
    fn what_a_group_without_rows_made_is_synced_with_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let root = Some(folder.path().to_path_buf());
        std::fs::create_dir(folder.path().join("segments")).unwrap();
        let files = Arc::new(BodyFiles::new(root, Arc::new(Chores::new())));
        let mut segments = Segments::load(files, &MemoryRows::default(), 1 << 20).unwrap();
        let mut sequence = Sequence::new();
        let mut place = |segments: &mut Segments, id| {
            let mut placement = segments.begin();
            let body = StagedBody::moved(id, 0, bytes::Bytes::from_static(b"body"));
            segments.place(body, &mut sequence, &mut placement).unwrap();
            segments.write(&mut placement).unwrap();
            placement
        };
        let unsynced = |placement: &Placement| (placement.unsynced.files.len(), placement.unsynced.dirs.len());

        // It made the segment that the next one appends to.
        let refused = place(&mut segments, 1);
        segments.account(&refused, &BTreeMap::new(), &mut Writes::new());
        let committed = place(&mut segments, 2);
        assert_eq!(unsynced(&committed), (1, 1));
        segments.account(&committed, &BTreeMap::new(), &mut Writes::from([(vec![0x70], None)]));
        assert_eq!(unsynced(&segments.begin()), (0, 0));
    }
}
