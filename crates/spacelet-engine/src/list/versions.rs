//! A page of versions: the tables of current objects and of versions, merged by key, newest first.

use std::iter::Peekable;

use super::{KeyRange, ListVersions, Listed, VersionMarker, VersionPage};
use crate::records::{KeyOf, OBJECTS, ObjectRecord, RowKey, VERSIONS, decode, read};
use crate::rows::{Rows, Scan, Value};
use crate::versions::{Slot, sequence_of};
use crate::{EngineError, ObjectKey, VersionId};

/// See [`crate::World::list_versions`].
pub(super) fn page(rows: &impl Rows, bucket: u64, wanted: &ListVersions) -> Result<VersionPage, EngineError> {
    let mut page = VersionPage::default();
    if wanted.entries_max == 0 {
        return Ok(page);
    }
    let range = KeyRange::new(bucket, &wanted.prefix, &wanted.delimiter);
    let mut start = Start::after(rows, bucket, &range, wanted.after.as_ref())?;
    loop {
        let mut merged = Merged {
            objects: rows.scan(start.objects, range.end(OBJECTS)).peekable(),
            versions: rows.scan(start.versions, range.end(VERSIONS)).peekable(),
        };
        let mut behind = None;
        let mut last_key = start.within.take();
        while let Some((row, value)) = merged.next()? {
            let parsed = KeyOf::parse(&row)?;
            let is_newest = last_key.as_ref() != Some(&parsed.key);
            let common = range.common_prefix(&parsed.key);
            let record = match common {
                Some(_) => None,
                None => Some(decode::<ObjectRecord>(&value)?),
            };
            // A current object newer than the marker was written since: it belongs to a page that has been.
            if let (Some(record), Some((key, sequence))) = (&record, &start.older_than)
                && *key == parsed.key
                && record.sequence >= *sequence
            {
                continue;
            }
            if page.entries.len() >= wanted.entries_max {
                page.next = page.entries.last().map(marker_of);
                return Ok(page);
            }
            match record {
                Some(record) => {
                    let key = ObjectKey::from_stored(parsed.key.clone());
                    page.entries.push(Listed::Object(Box::new(record.into_info(key, is_newest)?)));
                    last_key = Some(parsed.key);
                }
                None => {
                    let common = common.unwrap_or_default();
                    page.entries.push(Listed::Prefix(common.to_owned()));
                    behind = Some(common.to_owned());
                    break;
                }
            }
        }
        let Some(common) = behind else { return Ok(page) };
        start = Start {
            objects: range.behind(OBJECTS, &common),
            versions: range.behind(VERSIONS, &common),
            within: None,
            older_than: None,
        };
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

/// Where the two scans begin.
struct Start {
    objects: RowKey,
    versions: RowKey,
    /// The key in whose versions they begin: what comes first there is not its newest.
    within: Option<String>,
    /// Of this key, only versions older than this.
    older_than: Option<(String, u64)>,
}

impl Start {
    fn after(
        rows: &impl Rows,
        bucket: u64,
        range: &KeyRange<'_>,
        marker: Option<&VersionMarker>,
    ) -> Result<Self, EngineError> {
        let key = marker.map_or("", |marker| marker.key.as_str());
        let behind_key = Self {
            objects: range.after(OBJECTS, key),
            versions: range.after(VERSIONS, key),
            within: None,
            older_than: None,
        };
        let version = marker.and_then(|marker| marker.version.as_ref());
        let (Some(version), Ok(object)) = (version, ObjectKey::parse(key.as_bytes())) else { return Ok(behind_key) };
        if range.common_prefix(key).is_some() {
            return Ok(behind_key);
        }
        let Some(sequence) = sequence_now(rows, bucket, &object, version)? else {
            // A `null` version that went since the last page says nothing about its place: its key is shown from the
            // start, so that whoever deletes page by page misses nothing. Other unknown ids end their key, as on RGW.
            return Ok(if version.is_null() { Self::at(range, key) } else { behind_key });
        };
        Ok(Self { within: Some(key.to_owned()), older_than: Some((key.to_owned(), sequence)), ..Self::at(range, key) })
    }

    /// At the first version of `key`.
    fn at(range: &KeyRange<'_>, key: &str) -> Self {
        Self {
            objects: range.of_key(OBJECTS, key).start.max(range.start(OBJECTS)),
            versions: range.of_key(VERSIONS, key).start.max(range.start(VERSIONS)),
            within: None,
            older_than: None,
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
