//! Prefix, delimiter and marker as ranges of rows.

use crate::ObjectKey;
use crate::records::{RowKey, VERSIONS, in_bucket, object_span, successor, version_key};

/// The keys of a bucket that begin with a prefix, collapsed at a delimiter.
pub(crate) struct KeyRange<'q> {
    bucket: u64,
    prefix: &'q str,
    delimiter: &'q str,
}

impl<'q> KeyRange<'q> {
    /// An empty delimiter collapses nothing.
    pub(crate) fn new(bucket: u64, prefix: &'q str, delimiter: &'q str) -> Self {
        Self { bucket, prefix, delimiter }
    }

    /// The common prefix that `key` collapses to.
    pub(crate) fn common_prefix<'k>(&self, key: &'k str) -> Option<&'k str> {
        if self.delimiter.is_empty() {
            return None;
        }
        let rest = key.strip_prefix(self.prefix)?;
        let at = rest.find(self.delimiter)?;
        key.get(..self.prefix.len() + at + self.delimiter.len())
    }

    /// The first row that a page after `marker` may show (empty: from the start). A marker within a common prefix
    /// skips all of it.
    pub(crate) fn after(&self, table: u8, marker: &str) -> RowKey {
        let skipped = match self.common_prefix(marker) {
            _ if marker.is_empty() => Vec::new(),
            Some(common) => self.behind(table, common),
            None => object_span(table, self.bucket, marker).end,
        };
        skipped.max(self.start(table))
    }

    /// The first row of the prefix.
    pub(crate) fn start(&self, table: u8) -> RowKey {
        in_bucket(table, self.bucket, self.prefix)
    }

    /// The first row after all of the prefix.
    pub(crate) fn end(&self, table: u8) -> RowKey {
        successor(self.start(table))
    }

    /// The first row after all keys that begin with `common`.
    pub(crate) fn behind(&self, table: u8, common: &str) -> RowKey {
        successor(in_bucket(table, self.bucket, common))
    }

    /// The first row of a version of `key` older than the one with this sequence number.
    pub(crate) fn older_than(&self, key: &ObjectKey, sequence: u64) -> RowKey {
        let mut row = version_key(self.bucket, key, sequence);
        row.push(0);
        row.max(self.start(VERSIONS))
    }

    /// The rows of exactly the key `key`, and where those after it begin.
    pub(crate) fn of_key(&self, table: u8, key: &str) -> std::ops::Range<RowKey> {
        object_span(table, self.bucket, key)
    }
}
