//! The reads of a run: each compared with the model.

use spacelet_engine::{ListObjects, ListVersions, Listed, VersionId, VersionMarker, VersionSelector};

use crate::listing::{Entry, entries};
use crate::run::{Run, key};

const DELIMITERS: [&str; 7] = ["", "/", "/", "//", "a", "\0", "a/"];

impl Run {
    pub async fn get(&mut self) {
        let Some(name) = self.bucket() else { return };
        let text = self.key_in(&name);
        let ids: Vec<String> =
            self.of(&name).keys.get(&text).into_iter().flatten().map(|version| version.id.clone()).collect();
        let id = match self.random.below(4) {
            0 => self.random.pick(&ids).cloned(),
            1 => Some("null".to_owned()),
            _ => None,
        };
        self.note(format!("get {name} {text:?} {id:?}"));
        self.get_and_check(&name, &text, id.as_deref()).await;
    }

    async fn get_and_check(&mut self, name: &str, text: &str, id: Option<&str>) {
        let selector = match id {
            Some(id) => VersionSelector::Id(VersionId(id.to_owned())),
            None => VersionSelector::Current,
        };
        let bucket = self.of(name).bucket.clone();
        let info = self.store().world.object(&bucket, &key(text), &selector).unwrap();
        let Some((version, is_current)) = self.model.buckets[name].find(text, id) else {
            assert_eq!(info, None);
            return;
        };
        let (version, info) = (version.clone(), info.unwrap());
        version.check(text, is_current, &info);
        if version.is_marker {
            return;
        }
        let length = version.body.len();
        let from = self.random.below(length + 1);
        let to = from + self.random.below(length - from + 1);
        let whole = self.store().read(&info.body, 0..length as u64).await;
        assert!(whole == version.body, "{text:?}: {} bytes differ", whole.len());
        let range = self.store().read(&info.body, from as u64..to as u64).await;
        assert!(range == version.body[from..to], "{text:?}: bytes {from}..{to} differ");
    }

    /// One page from a random place, then all pages of a random size.
    pub async fn list(&mut self) {
        let Some(name) = self.bucket() else { return };
        let prefix = if self.random.one_in(2) { String::new() } else { self.random.text(1, 2) };
        let delimiter = DELIMITERS[self.random.below(DELIMITERS.len())];
        let mut after = if self.random.one_in(2) { String::new() } else { self.random.text(1, 3) };
        let entries_max = self.random.below(12);
        self.note(format!("list {name} prefix {prefix:?} delimiter {delimiter:?} after {after:?} max {entries_max}"));
        let bucket = self.of(&name).bucket.clone();
        let keys = self.model.buckets[&name].objects();
        let mut wanted = entries(keys.iter().map(|key| key.as_str()), &prefix, delimiter, &after);
        if entries_max == 0 {
            wanted.clear();
        }
        let mut found: Vec<Entry> = Vec::new();
        loop {
            let query = ListObjects {
                prefix: prefix.clone(),
                delimiter: delimiter.to_owned(),
                after: after.clone(),
                entries_max,
            };
            let page = self.store().world.list_objects(&bucket, &query).unwrap();
            assert!(page.entries.len() <= entries_max);
            for entry in &page.entries {
                if let Listed::Object(info) = entry {
                    let (version, _) = self.model.buckets[&name].find(info.key.as_str(), None).unwrap();
                    version.check(info.key.as_str(), true, info);
                }
                found.push((entry.name().to_owned(), matches!(entry, Listed::Prefix(_))));
            }
            assert_eq!(page.next.as_deref(), page.next.as_ref().and(page.entries.last().map(Listed::name)));
            match page.next {
                Some(next) => after = next,
                None => break,
            }
        }
        assert_eq!(found, wanted);
    }

    /// All pages of versions: by key, newest first, common prefixes once.
    pub fn list_versions(&mut self) {
        let Some(name) = self.bucket() else { return };
        let prefix = if self.random.one_in(2) { String::new() } else { self.random.text(1, 2) };
        let delimiter = DELIMITERS[self.random.below(DELIMITERS.len())];
        let entries_max = 1 + self.random.below(12);
        self.note(format!("list versions {name} prefix {prefix:?} delimiter {delimiter:?} max {entries_max}"));
        let bucket = self.of(&name).bucket.clone();
        let model = self.model.buckets[&name].clone();
        let mut wanted: Vec<(String, Option<String>)> = Vec::new();
        for (entry, is_prefix) in entries(model.keys.keys().map(String::as_str), &prefix, delimiter, "") {
            if is_prefix {
                wanted.push((entry, None));
            } else {
                wanted.extend(model.keys[&entry].iter().map(|version| (entry.clone(), Some(version.id.clone()))));
            }
        }
        let mut found = Vec::new();
        let mut after: Option<VersionMarker> = None;
        loop {
            let query = ListVersions { prefix: prefix.clone(), delimiter: delimiter.to_owned(), after, entries_max };
            let page = self.store().world.list_versions(&bucket, &query).unwrap();
            assert!(page.entries.len() <= entries_max);
            for entry in &page.entries {
                let id = match entry {
                    Listed::Object(info) => {
                        let (version, is_current) = model.find(info.key.as_str(), Some(&info.version.0)).unwrap();
                        version.check(info.key.as_str(), is_current, info);
                        Some(info.version.0.clone())
                    }
                    Listed::Prefix(_) => None,
                };
                found.push((entry.name().to_owned(), id));
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, wanted);
    }

    pub fn counters(&mut self) {
        self.note("counters".to_owned());
        let world = self.store().world.clone();
        for there in self.model.buckets.values() {
            let usage = world.bucket_usage(&there.bucket).unwrap();
            assert_eq!((usage.objects, usage.bytes), there.usage(), "{}", there.bucket.name);
            assert_eq!(world.bucket(&there.bucket.name).unwrap().as_ref(), Some(&there.bucket));
        }
        let owned = world.buckets_of(&crate::run::account("7"), None).unwrap();
        assert!(owned.iter().eq(self.model.buckets.values().map(|there| &there.bucket).collect::<Vec<_>>()));
        assert_eq!(world.buckets_of(&crate::run::account("8"), None).unwrap(), []);
    }

    /// Every version of every key of every bucket, with its bytes.
    pub async fn read_everything(&mut self) {
        let all: Vec<(String, String, String)> = self
            .model
            .buckets
            .iter()
            .flat_map(|(name, bucket)| bucket.keys.iter().map(move |(text, versions)| (name, text, versions)))
            .flat_map(|(name, text, versions)| versions.iter().map(|v| (name.clone(), text.clone(), v.id.clone())))
            .collect();
        for (name, text, id) in all {
            self.get_and_check(&name, &text, Some(&id)).await;
        }
        self.counters();
    }
}
