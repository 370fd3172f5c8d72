//! Listings: a range scan with seeks past common prefixes, at a cost that does not depend on the bucket's size.

mod range;
mod versions;

use crate::records::{KeyOf, OBJECTS, ObjectRecord, decode};
use crate::rows::Rows;
use crate::{Bucket, EngineError, ObjectInfo, ObjectKey, VersionId, World};

pub(crate) use range::KeyRange;

/// What to list. All texts are raw (decoded) strings; an empty one is the same as none.
#[derive(Debug, Clone, Default)]
pub struct ListObjects {
    /// Only keys that begin so.
    pub prefix: String,
    /// Keys that contain it after the prefix collapse to a common prefix.
    pub delimiter: String,
    /// Only keys (and common prefixes) after this one; `""`: from the start. A marker with the delimiter after the
    /// prefix skips all keys of the common prefix that it is or lies in, as RGW does.
    pub after: String,
    /// At most so many entries, common prefixes included; 0 gives an empty page that is not truncated.
    pub entries_max: usize,
}

/// One entry of a page, in byte order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// An object.
    Object(Box<ObjectInfo>),
    /// A common prefix (prefix and delimiter included).
    Prefix(String),
}

/// A page of current objects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectPage {
    /// In byte order.
    pub entries: Vec<Listed>,
    /// The last entry of this page, when more follow.
    pub next: Option<String>,
}

/// Where a version listing goes on: after this version of this key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionMarker {
    /// The key.
    pub key: String,
    /// The version; `None`: after all versions of the key.
    pub version: Option<VersionId>,
}

/// What to list of versions.
#[derive(Debug, Clone, Default)]
pub struct ListVersions {
    /// Only keys that begin so.
    pub prefix: String,
    /// Collapses as in [`ListObjects`].
    pub delimiter: String,
    /// Where to go on.
    pub after: Option<VersionMarker>,
    /// At most so many entries.
    pub entries_max: usize,
}

/// A page of versions and delete markers, by key, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VersionPage {
    /// Entries (objects carry `version`, `is_current`, `is_delete_marker`).
    pub entries: Vec<Listed>,
    /// Where to go on, when more follow.
    pub next: Option<VersionMarker>,
}

impl World {
    /// One page of current objects. Blocking; cost is proportional to the page, not to the bucket.
    ///
    /// # Errors
    /// Storage errors.
    pub fn list_objects(&self, bucket: &Bucket, wanted: &ListObjects) -> Result<ObjectPage, EngineError> {
        objects(&self.view(), bucket.id, wanted)
    }

    /// One page of versions: each that was there all the while is on it once, whatever is written meanwhile. Blocking.
    ///
    /// # Errors
    /// Storage errors.
    pub fn list_versions(&self, bucket: &Bucket, wanted: &ListVersions) -> Result<VersionPage, EngineError> {
        let view = self.view();
        versions::page(|| view.hold(), bucket.id, wanted)
    }
}

fn objects(rows: &impl Rows, bucket: u64, wanted: &ListObjects) -> Result<ObjectPage, EngineError> {
    let mut page = ObjectPage::default();
    if wanted.entries_max == 0 {
        return Ok(page);
    }
    let range = KeyRange::new(bucket, &wanted.prefix, &wanted.delimiter);
    let end = range.end(OBJECTS);
    let mut from = range.after(OBJECTS, &wanted.after);
    // One turn for each common prefix: the scan begins anew behind it, however many keys it has.
    while from < end {
        let mut behind = None;
        for row in rows.scan(from, end.clone()) {
            let (row, value) = row?;
            let key = KeyOf::parse(&row)?.key;
            if page.entries.len() >= wanted.entries_max {
                page.next = page.entries.last().map(|entry| entry.name().to_owned());
                return Ok(page);
            }
            if let Some(common) = range.common_prefix(&key) {
                behind = Some(range.behind(OBJECTS, common));
                page.entries.push(Listed::Prefix(common.to_owned()));
                break;
            }
            let info = decode::<ObjectRecord>(&value)?.into_info(ObjectKey::from_stored(key), true)?;
            page.entries.push(Listed::Object(Box::new(info)));
        }
        match behind {
            Some(next) => from = next,
            None => break,
        }
    }
    Ok(page)
}

impl Listed {
    /// The key or the common prefix.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Object(info) => info.key.as_str(),
            Self::Prefix(prefix) => prefix,
        }
    }
}
