//! The model: Spaces as maps from keys to lists of versions, newest first. S3's rules in their shortest form.

use std::collections::BTreeMap;

use bytes::Bytes;
use spacelet_engine::{AccountId, Acl, Bucket, ETag, ObjectInfo, Timestamp, Versioning};

#[derive(Debug, Clone, Default)]
pub struct Model {
    pub buckets: BTreeMap<String, ModelBucket>,
}

#[derive(Debug, Clone)]
pub struct ModelBucket {
    /// As the engine gave it, kept up to date.
    pub bucket: Bucket,
    /// No key has an empty list.
    pub keys: BTreeMap<String, Vec<Version>>,
    /// By key and id.
    pub uploads: BTreeMap<(String, String), ModelUpload>,
}

#[derive(Debug, Clone)]
pub struct Version {
    pub id: String,
    pub is_marker: bool,
    pub body: Bytes,
    pub etag: ETag,
    pub modified: Timestamp,
    pub owner: AccountId,
    pub acl: Acl,
    pub user: Vec<(String, Vec<u8>)>,
    pub tags: Vec<(String, String)>,
    pub parts: Vec<(u32, u64)>,
}

#[derive(Debug, Clone)]
pub struct ModelUpload {
    pub owner: AccountId,
    pub user: Vec<(String, Vec<u8>)>,
    pub parts: BTreeMap<u32, ModelPart>,
}

#[derive(Debug, Clone)]
pub struct ModelPart {
    pub body: Bytes,
    pub etag: ETag,
}

impl ModelBucket {
    pub fn new(bucket: Bucket) -> Self {
        Self { bucket, keys: BTreeMap::new(), uploads: BTreeMap::new() }
    }

    /// Makes `version` the newest; with versioning enabled it keeps its id, else it is the `null` version.
    pub fn put(&mut self, key: &str, mut version: Version) {
        let versions = self.keys.entry(key.to_owned()).or_default();
        match self.bucket.versioning {
            None => versions.clear(),
            Some(Versioning::Enabled) => {}
            Some(Versioning::Suspended) => versions.retain(|old| old.id != "null"),
        }
        if self.bucket.versioning != Some(Versioning::Enabled) {
            version.id = "null".to_owned();
        }
        versions.insert(0, version);
    }

    /// Removes a version for good.
    pub fn remove(&mut self, key: &str, id: &str) -> Option<Version> {
        let versions = self.keys.get_mut(key)?;
        let at = versions.iter().position(|version| version.id == id)?;
        let removed = versions.remove(at);
        if versions.is_empty() {
            self.keys.remove(key);
        }
        Some(removed)
    }

    pub fn find(&self, key: &str, id: Option<&str>) -> Option<(&Version, bool)> {
        let versions = self.keys.get(key)?;
        match id {
            None => versions.first().map(|version| (version, true)),
            Some(id) => {
                let at = versions.iter().position(|version| version.id == id)?;
                Some((&versions[at], at == 0))
            }
        }
    }

    pub fn find_mut(&mut self, key: &str, id: &str) -> Option<&mut Version> {
        self.keys.get_mut(key)?.iter_mut().find(|version| version.id == id)
    }

    /// Keys whose newest version is no delete marker.
    pub fn objects(&self) -> Vec<&String> {
        self.keys.iter().filter(|(_, versions)| !versions[0].is_marker).map(|(key, _)| key).collect()
    }

    pub fn usage(&self) -> (u64, u64) {
        let versions = self.keys.values().flatten().filter(|version| !version.is_marker).map(|version| &version.body);
        let parts = self.uploads.values().flat_map(|upload| upload.parts.values()).map(|part| &part.body);
        versions.chain(parts).fold((0, 0), |(count, bytes), body| (count + 1, bytes + body.len() as u64))
    }
}

impl Version {
    /// All that the engine says about a version, compared.
    pub fn check(&self, key: &str, is_current: bool, info: &ObjectInfo) {
        assert_eq!(info.key.as_str(), key);
        assert_eq!((info.version.0.as_str(), info.is_delete_marker), (self.id.as_str(), self.is_marker), "{key:?}");
        assert_eq!(info.is_current, is_current, "{key:?} {}", self.id);
        assert_eq!((&info.owner, info.modified), (&self.owner, self.modified), "{key:?}");
        if self.is_marker {
            return;
        }
        assert_eq!(
            (&info.etag, info.bytes, info.body.bytes()),
            (&self.etag, self.body.len() as u64, info.bytes),
            "{key:?}"
        );
        assert_eq!((&info.acl, &info.meta.user, &info.meta.tags), (&self.acl, &self.user, &self.tags), "{key:?}");
        let parts: Vec<(u32, u64)> = info.parts.iter().map(|part| (part.number, part.bytes)).collect();
        assert_eq!(parts, self.parts, "{key:?}");
    }
}
