//! A page of versions: the tables of current objects and of versions, merged by key, newest first.
//!
//! A version moves from one table to the other when its key is written or deleted. So a page is made of batches, each
//! read from both tables in one moment; between two of them, commits become visible.

use std::iter::Peekable;

use super::{KeyRange, ListVersions, Listed, VersionMarker, VersionPage};
use crate::records::{KeyOf, OBJECTS, ObjectRecord, RowKey, VERSIONS, decode, read};
use crate::rows::{Rows, Scan, Value};
use crate::versions::{Slot, sequence_of};
use crate::{EngineError, ObjectKey, VersionId};

/// Entries that are read while commits wait.
const BATCH_ENTRIES_MAX: usize = 64;

/// See [`crate::World::list_versions`]. `hold` gives the committed state of a moment.
pub(super) fn page<R: Rows>(
    hold: impl Fn() -> Result<R, EngineError>,
    bucket: u64,
    wanted: &ListVersions,
) -> Result<VersionPage, EngineError> {
    let mut page = VersionPage::default();
    if wanted.entries_max == 0 {
        return Ok(page);
    }
    let range = KeyRange::new(bucket, &wanted.prefix, &wanted.delimiter);
    let mut place = None;
    loop {
        let rows = hold()?;
        let from = match place.take() {
            Some(place) => place,
            None => Place::after_marker(&rows, bucket, &range, wanted.after.as_ref())?,
        };
        let room = (wanted.entries_max - page.entries.len()).min(BATCH_ENTRIES_MAX);
        let batch = batch(&rows, &range, from, room)?;
        drop(rows);
        page.entries.extend(batch.entries);
        match batch.next {
            None => return Ok(page),
            Some(_) if page.entries.len() >= wanted.entries_max => {
                page.next = page.entries.last().map(marker_of);
                return Ok(page);
            }
            Some(next) => place = Some(next),
        }
    }
}

/// Entries of one moment, and where those behind them begin; `None`: there are none.
struct Batch {
    entries: Vec<Listed>,
    next: Option<Place>,
}

/// At most `room` entries behind `place`.
fn batch(rows: &impl Rows, range: &KeyRange<'_>, place: Place, room: usize) -> Result<Batch, EngineError> {
    let mut entries = Vec::new();
    let mut start = place.start(range);
    let mut last = place;
    loop {
        let mut merged = Merged {
            objects: rows.scan(start.objects, range.end(OBJECTS)).peekable(),
            versions: rows.scan(start.versions, range.end(VERSIONS)).peekable(),
        };
        let mut behind = None;
        while let Some((row, value)) = merged.next()? {
            let parsed = KeyOf::parse(&row)?;
            let common = range.common_prefix(&parsed.key);
            let record = match common {
                Some(_) => None,
                None => Some(decode::<ObjectRecord>(&value)?),
            };
            // A current object newer than where this goes on was written since: it belongs to what has been shown.
            if let (Some(record), Place::Within { key, sequence }) = (&record, &last)
                && *key == parsed.key
                && record.sequence >= *sequence
            {
                continue;
            }
            if entries.len() >= room {
                return Ok(Batch { entries, next: Some(last) });
            }
            match record {
                Some(record) => {
                    let is_newest = !matches!(&last, Place::Within { key, .. } if *key == parsed.key);
                    let sequence = record.sequence;
                    let key = ObjectKey::from_stored(parsed.key.clone());
                    entries.push(Listed::Object(Box::new(record.into_info(key, is_newest)?)));
                    last = Place::Within { key: parsed.key, sequence };
                }
                None => {
                    let common = common.unwrap_or_default();
                    entries.push(Listed::Prefix(common.to_owned()));
                    behind = Some(common.to_owned());
                    break;
                }
            }
        }
        let Some(common) = behind else { return Ok(Batch { entries, next: None }) };
        last = Place::Behind { key: common };
        start = last.start(range);
    }
}

fn marker_of(entry: &Listed) -> VersionMarker {
    match entry {
        Listed::Object(info) => {
            VersionMarker { key: info.key.as_str().to_owned(), version: Some(info.version.clone()) }
        }
        Listed::Prefix(prefix) => VersionMarker { key: prefix.clone(), version: None },
    }
}

/// Where a batch begins.
enum Place {
    /// At the first version of `key`.
    At { key: String },
    /// Behind all versions of `key`, or all that the common prefix `key` stands for.
    Behind { key: String },
    /// At the versions of `key` that are older than this one, which was shown.
    Within { key: String, sequence: u64 },
}

/// Where the scans of both tables begin.
struct Start {
    objects: RowKey,
    versions: RowKey,
}

impl Place {
    fn after_marker(
        rows: &impl Rows,
        bucket: u64,
        range: &KeyRange<'_>,
        marker: Option<&VersionMarker>,
    ) -> Result<Self, EngineError> {
        let key = marker.map(|marker| marker.key.clone()).unwrap_or_default();
        let version = marker.and_then(|marker| marker.version.as_ref());
        let (Some(version), Ok(object)) = (version, ObjectKey::parse(key.as_bytes())) else {
            return Ok(Self::Behind { key });
        };
        if range.common_prefix(&key).is_some() {
            return Ok(Self::Behind { key });
        }
        Ok(match sequence_now(rows, bucket, &object, version)? {
            Some(sequence) => Self::Within { key, sequence },
            // A `null` version that went since the last page says nothing about its place: its key is shown from the
            // start, so that whoever deletes page by page misses nothing. Other unknown ids end their key, as on RGW.
            None if version.is_null() => Self::At { key },
            None => Self::Behind { key },
        })
    }

    fn start(&self, range: &KeyRange<'_>) -> Start {
        let at = |table, key| range.of_key(table, key).start.max(range.start(table));
        match self {
            Self::At { key } => Start { objects: at(OBJECTS, key), versions: at(VERSIONS, key) },
            Self::Behind { key } => Start { objects: range.after(OBJECTS, key), versions: range.after(VERSIONS, key) },
            // What was among the versions may have become the current object since.
            Self::Within { key, sequence } => {
                let object = ObjectKey::from_stored(key.clone());
                Start { objects: at(OBJECTS, key), versions: range.older_than(&object, *sequence) }
            }
        }
    }
}

fn sequence_now(
    rows: &impl Rows,
    bucket: u64,
    key: &ObjectKey,
    version: &VersionId,
) -> Result<Option<u64>, EngineError> {
    if version.is_null()
        && let Some(record) = read::<ObjectRecord>(rows, &crate::records::object_key(bucket, key))?
        && record.version.is_none()
    {
        return Ok(Some(record.sequence));
    }
    sequence_of(rows, &Slot::new(bucket, key), version)
}

/// Both tables by key; a key's current object before its other versions.
struct Merged<'r> {
    objects: Peekable<Scan<'r>>,
    versions: Peekable<Scan<'r>>,
}

impl Merged<'_> {
    fn next(&mut self) -> Result<Option<(RowKey, Value)>, EngineError> {
        let object_first = match (self.objects.peek(), self.versions.peek()) {
            (Some(Ok((object, _))), Some(Ok((version, _)))) => object.get(1..) <= version.get(1..),
            (None, _) | (_, Some(Err(_))) => false,
            (Some(_), _) => true,
        };
        if object_first { self.objects.next().transpose() } else { self.versions.next().transpose() }
    }
}
