//! What the edge keeps, in memory and within bounds: the least recently asked goes first.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use spacelet_engine::Timestamp;

/// The longest body that is kept.
pub(super) const BODY_BYTES_MAX: usize = 8 << 20;
/// What all entries may weigh together.
const BYTES_MAX: usize = 64 << 20;
/// What an entry weighs besides its body and its key.
const ENTRY_BYTES: usize = 1_024;

/// An answer of the origin.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) stored: Timestamp,
    /// The file's own; `None`: the endpoint's TTL counts.
    pub(super) max_age_s: Option<u64>,
    pub(super) endpoint: String,
    /// Decoded, without the slash before it.
    pub(super) path: String,
}

/// The cache of all endpoints.
#[derive(Debug, Default)]
pub(crate) struct CdnCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// With the turn in which each was asked last.
    entries: HashMap<String, (u64, Entry)>,
    by_turn: BTreeMap<u64, String>,
    turn: u64,
    bytes: usize,
    /// Counts purges.
    generation: u64,
}

impl CdnCache {
    pub(super) fn generation(&self) -> u64 {
        self.with(|kept| kept.generation)
    }

    pub(super) fn get(&self, key: &str) -> Option<Entry> {
        self.with(|kept| {
            let (last, entry) = kept.entries.get_mut(key)?;
            kept.turn += 1;
            kept.by_turn.remove(last);
            kept.by_turn.insert(kept.turn, key.to_owned());
            *last = kept.turn;
            Some(entry.clone())
        })
    }

    /// Keeps an entry that was asked for at `generation`, unless something was purged since.
    pub(super) fn put(&self, key: String, entry: Entry, generation: u64) {
        self.with(|kept| {
            if kept.generation != generation {
                return;
            }
            kept.remove(&key);
            kept.turn += 1;
            kept.bytes += weight(&key, &entry);
            kept.by_turn.insert(kept.turn, key.clone());
            kept.entries.insert(key, (kept.turn, entry));
            while kept.bytes > BYTES_MAX {
                let Some(oldest) = kept.by_turn.first_key_value().map(|(_, key)| key.clone()) else { break };
                kept.remove(&oldest);
            }
        });
    }

    /// Forgets what an endpoint has kept of paths, of directories (`css/*`), or of everything (`*`), whatever the query.
    pub(crate) fn purge(&self, endpoint: &str, files: &[String]) {
        self.with(|kept| {
            kept.generation += 1;
            let is_purged =
                |entry: &Entry| entry.endpoint == endpoint && files.iter().any(|file| is_named(file, &entry.path));
            let purged = kept.entries.iter().filter(|(_, (_, entry))| is_purged(entry));
            for key in purged.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
                kept.remove(&key);
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn remove(&mut self, key: &str) {
        if let Some((turn, entry)) = self.entries.remove(key) {
            self.by_turn.remove(&turn);
            self.bytes = self.bytes.saturating_sub(weight(key, &entry));
        }
    }
}

fn weight(key: &str, entry: &Entry) -> usize {
    entry.body.len() + 2 * key.len() + entry.path.len() + ENTRY_BYTES
}

fn is_named(file: &str, path: &str) -> bool {
    let file = file.trim_start_matches('/');
    match file.strip_suffix('*') {
        Some(directory) => path.starts_with(directory),
        None => path == file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, bytes: usize) -> Entry {
        Entry {
            headers: HeaderMap::new(),
            body: Bytes::from(vec![0; bytes]),
            stored: Timestamp(0),
            max_age_s: None,
            endpoint: "e".to_owned(),
            path: path.to_owned(),
        }
    }

    #[test]
    fn memory_is_bounded_and_the_least_recently_asked_goes() {
        let cache = CdnCache::default();
        for number in 0..12 {
            cache.put(format!("k{number}"), entry("p", BODY_BYTES_MAX), 0);
            cache.get("k0");
        }
        assert!(cache.with(|kept| kept.bytes) <= BYTES_MAX);
        assert!(cache.get("k0").is_some() && cache.get("k11").is_some() && cache.get("k1").is_none());
        cache.purge("e", &["*".to_owned()]);
        assert_eq!(cache.with(|kept| (kept.bytes, kept.entries.len(), kept.by_turn.len())), (0, 0, 0));
    }

    #[test]
    fn a_purge_takes_what_it_names_and_what_was_on_its_way() {
        let cache = CdnCache::default();
        for path in ["a.png", "css/a", "css/deep/b", "cssx"] {
            cache.put(path.to_owned(), entry(path, 1), 0);
        }
        cache.purge("other", &["*".to_owned()]);
        cache.purge("e", &["/a.png".to_owned(), "css/*".to_owned()]);
        let kept: Vec<bool> = ["a.png", "css/a", "css/deep/b", "cssx"].map(|key| cache.get(key).is_some()).to_vec();
        assert_eq!(kept, [false, false, false, true]);
        cache.put("late".to_owned(), entry("late", 1), 1);
        assert!(cache.get("late").is_none(), "it was asked for before the second purge");
    }
}
