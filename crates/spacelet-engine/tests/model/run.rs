//! One run: a store and its model, step by step. Writes are here, reads in `run_reads.rs`, uploads in `run_multipart.rs`.

use std::collections::VecDeque;

use bytes::Bytes;
use spacelet_engine::{
    AccountId, Acl, Bucket, BucketName, CannedAcl, Clock, ETag, EngineError, NewAccount, NewBucket, NewObject,
    ObjectInfo, ObjectKey, ObjectMeta, Region, Snapshot, Timestamp, VersionId, VersionSelector, Versioning,
};

use crate::random::Random;
use crate::state::{Model, ModelBucket, Version};
use crate::store::{Kind, Store};

const NAMES: [&str; 3] = ["one", "two", "three"];
const SNAPSHOTS_MAX: usize = 3;

pub struct Run {
    pub store: Option<Store>,
    pub model: Model,
    pub random: Random,
    pub clock: Clock,
    snapshots: Vec<(Snapshot, Model)>,
    /// Buckets as they once were: some are gone.
    known: Vec<Bucket>,
    /// The last operations, printed when one goes wrong.
    log: VecDeque<String>,
    steps: u64,
}

impl Drop for Run {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("after {} steps; the last operations:", self.steps);
            for line in &self.log {
                eprintln!("  {line}");
            }
        }
    }
}

pub fn key(text: &str) -> ObjectKey {
    ObjectKey::parse(text.as_bytes()).unwrap()
}

pub fn account(name: &str) -> AccountId {
    AccountId::new(name)
}

impl Run {
    pub async fn new(kind: Kind, random: Random) -> Self {
        let clock = Clock::fixed(Timestamp(1_700_000_000_000));
        let store = Store::new(kind, clock.clone());
        for id in ["7", "8"] {
            let new = NewAccount { id: account(id), display_name: id.to_owned(), email: None, suspended: None };
            store.world.put_account(new).await.unwrap();
        }
        Self {
            store: Some(store),
            model: Model::default(),
            random,
            clock,
            snapshots: Vec::new(),
            known: Vec::new(),
            log: VecDeque::new(),
            steps: 0,
        }
    }

    pub fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    pub fn note(&mut self, line: String) {
        if self.log.len() >= 30 {
            self.log.pop_front();
        }
        self.log.push_back(line);
    }

    pub async fn step(&mut self) {
        self.steps += 1;
        self.clock.advance_ms(self.random.below(3) as i64);
        match self.random.below(1000) {
            0..280 => self.put().await,
            280..400 => self.get().await,
            400..520 => self.delete().await,
            520..560 => self.delete_version().await,
            560..620 => self.copy().await,
            620..700 => self.list().await,
            700..740 => self.list_versions(),
            740..880 => self.multipart().await,
            880..915 => self.change().await,
            915..950 => self.counters(),
            950..960 => self.set_versioning().await,
            960..980 => self.create_or_delete_bucket().await,
            980..985 => self.use_a_bucket_that_was().await,
            985..992 => self.freeze().await,
            992..996 => self.restore().await,
            _ => self.reopen().await,
        }
    }

    /// Reads everything once more, and has the store check itself.
    pub async fn finish(mut self) {
        self.read_everything().await;
        let report = self.store().engine.fsck().unwrap();
        assert_eq!(report.faults, Vec::<String>::new());
        self.reopen().await;
        self.read_everything().await;
    }

    /// A bucket that is there.
    pub fn bucket(&mut self) -> Option<String> {
        let names: Vec<String> = self.model.buckets.keys().cloned().collect();
        self.random.pick(&names).cloned()
    }

    /// Often a key that is there, else any.
    pub fn key_in(&mut self, name: &str) -> String {
        let keys: Vec<String> = self.model.buckets[name].keys.keys().cloned().collect();
        match self.random.pick(&keys) {
            Some(key) if !self.random.one_in(4) => key.clone(),
            _ => self.random.key(),
        }
    }

    pub fn of(&mut self, name: &str) -> &mut ModelBucket {
        self.model.buckets.get_mut(name).unwrap()
    }

    pub fn new_object(&mut self, text: &str) -> NewObject {
        let owner = account(if self.random.one_in(3) { "8" } else { "7" });
        let canned = if self.random.one_in(3) { CannedAcl::PublicRead } else { CannedAcl::Private };
        let user = match self.random.below(3) {
            0 => vec![("n".to_owned(), self.random.next().to_le_bytes().to_vec())],
            _ => Vec::new(),
        };
        NewObject {
            key: key(text),
            acl: Acl::canned(canned, &owner, &owner),
            owner,
            meta: ObjectMeta { user, ..ObjectMeta::default() },
            checksum: None,
            etag: None,
            parts: Vec::new(),
            sealed: None,
        }
    }

    /// Takes a written version into the model.
    pub fn written(&mut self, name: &str, info: &ObjectInfo, version: Version) {
        let is_null = self.model.buckets[name].bucket.versioning != Some(Versioning::Enabled);
        assert_eq!(info.version.is_null(), is_null);
        assert!(is_null || info.version.0.len() == 31, "{:?}", info.version);
        let text = info.key.as_str().to_owned();
        self.of(name).put(&text, version);
        let (version, is_current) = self.model.buckets[name].find(&text, None).unwrap();
        version.check(&text, is_current, info);
    }

    async fn put(&mut self) {
        let Some(name) = self.bucket() else { return self.create_or_delete_bucket().await };
        let text = self.key_in(&name);
        let (object, body) = (self.new_object(&text), self.random.body());
        self.note(format!("put {name} {text:?} {} bytes", body.len()));
        let version = self.version_of(&object, body.clone());
        let staged = self.store().stage(&body).await;
        assert_eq!(staged.bytes(), body.len() as u64);
        let version = Version { etag: ETag::of_md5(staged.md5()), ..version };
        let bucket = self.of(&name).bucket.clone();
        let info = self.store().world.put_object(&bucket, object, staged).await.unwrap();
        self.written(&name, &info, Version { id: info.version.0.clone(), ..version });
    }

    fn version_of(&self, object: &NewObject, body: Bytes) -> Version {
        Version {
            id: String::new(),
            is_marker: false,
            body,
            etag: ETag::from_stored(""),
            modified: self.clock.now(),
            owner: object.owner.clone(),
            acl: object.acl.clone(),
            user: object.meta.user.clone(),
            tags: Vec::new(),
            parts: Vec::new(),
        }
    }

    async fn copy(&mut self) {
        let (Some(from), Some(to)) = (self.bucket(), self.bucket()) else { return };
        let source_key = self.key_in(&from);
        let text = if self.random.one_in(5) { source_key.clone() } else { self.key_in(&to) };
        self.note(format!("copy {from} {source_key:?} to {to} {text:?}"));
        let bucket = self.of(&from).bucket.clone();
        let source = self.store().world.object(&bucket, &key(&source_key), &VersionSelector::Current).unwrap();
        let Some(source) = source.filter(|source| !source.is_delete_marker) else { return };
        let (old, _) = self.model.buckets[&from].find(&source_key, None).unwrap();
        let old = old.clone();
        let mut object = self.new_object(&text);
        object.parts.clone_from(&source.parts);
        let version = Version { parts: old.parts, etag: old.etag, ..self.version_of(&object, old.body) };
        let bucket = self.of(&to).bucket.clone();
        let info = self.store().world.copy_object(&source, &bucket, object).await.unwrap();
        self.written(&to, &info, Version { id: info.version.0.clone(), ..version });
    }

    async fn delete(&mut self) {
        let Some(name) = self.bucket() else { return };
        let text = self.key_in(&name);
        self.note(format!("delete {name} {text:?}"));
        let bucket = self.of(&name).bucket.clone();
        let there = self.of(&name).find(&text, None).map(|(version, _)| version.clone());
        let caller = account("8");
        let deleted =
            self.store().world.delete_object(&bucket, &key(&text), &VersionSelector::Current, &caller).await.unwrap();
        if bucket.versioning.is_none() {
            assert_eq!((deleted.marker, deleted.version, deleted.existed), (None, None, there.is_some()));
            self.of(&name).keys.remove(&text);
            return;
        }
        let had_null =
            bucket.versioning == Some(Versioning::Suspended) && self.of(&name).find(&text, Some("null")).is_some();
        assert_eq!(deleted.version, had_null.then(VersionId::null));
        assert_eq!(deleted.existed, had_null || there.is_some_and(|version| !version.is_marker));
        let marker = Version {
            id: deleted.marker.unwrap().0,
            is_marker: true,
            etag: ETag::from_stored(""),
            owner: caller.clone(),
            acl: Acl::private(&caller),
            ..self.version_of(&self.empty_object(&text, &caller), Bytes::new())
        };
        self.of(&name).put(&text, marker);
    }

    fn empty_object(&self, text: &str, owner: &AccountId) -> NewObject {
        NewObject {
            key: key(text),
            owner: owner.clone(),
            acl: Acl::private(owner),
            meta: ObjectMeta::default(),
            checksum: None,
            etag: None,
            parts: Vec::new(),
            sealed: None,
        }
    }

    async fn delete_version(&mut self) {
        let Some(name) = self.bucket() else { return };
        let text = self.key_in(&name);
        let ids: Vec<String> = match self.of(&name).keys.get(&text) {
            Some(versions) => versions.iter().map(|version| version.id.clone()).collect(),
            None => Vec::new(),
        };
        let id = match self.random.pick(&ids) {
            Some(id) if !self.random.one_in(6) => id.clone(),
            _ if self.random.one_in(2) => "null".to_owned(),
            _ => "A".repeat(31),
        };
        self.note(format!("delete {name} {text:?} version {id}"));
        let bucket = self.of(&name).bucket.clone();
        let selector = VersionSelector::Id(VersionId(id.clone()));
        let deleted = self.store().world.delete_object(&bucket, &key(&text), &selector, &account("7")).await.unwrap();
        let removed = self.of(&name).remove(&text, &id);
        assert_eq!(deleted.existed, removed.is_some());
        assert_eq!(deleted.version, removed.is_some().then_some(VersionId(id.clone())));
        assert_eq!(deleted.marker, removed.is_some_and(|version| version.is_marker).then_some(VersionId(id)));
    }

    /// Replaces an ACL or tags.
    async fn change(&mut self) {
        let Some(name) = self.bucket() else { return };
        let text = self.key_in(&name);
        let (bucket, touch, tag) = (self.of(&name).bucket.clone(), self.random.one_in(2), self.random.one_in(2));
        let newest =
            self.of(&name).keys.get(&text).and_then(|versions| versions.last()).map(|version| version.id.clone());
        let selector = match &newest {
            Some(id) if self.random.one_in(2) => VersionSelector::Id(VersionId(id.clone())),
            _ => VersionSelector::Current,
        };
        self.note(format!("change {name} {text:?} {selector:?}"));
        let wanted = match &selector {
            VersionSelector::Current => self.of(&name).find(&text, None).map(|(version, _)| version.clone()),
            VersionSelector::Id(id) => self.of(&name).find(&text, Some(&id.0)).map(|(version, _)| version.clone()),
        };
        let world = self.store().world.clone();
        let (acl, tags) = (
            Acl::canned(CannedAcl::AuthenticatedRead, &account("7"), &account("7")),
            vec![("t".to_owned(), self.random.text(1, 2))],
        );
        let result = if tag {
            world.set_object_tags(&bucket, &key(&text), &selector, tags.clone()).await
        } else {
            world.set_object_acl(&bucket, &key(&text), &selector, acl.clone(), touch).await
        };
        let Some(wanted) = wanted.filter(|version| !version.is_marker) else {
            assert_eq!(result, Err(EngineError::NoSuchKey));
            return;
        };
        result.unwrap();
        let now = self.clock.now();
        let version = self.of(&name).find_mut(&text, &wanted.id).unwrap();
        if tag {
            version.tags = tags;
        } else {
            version.acl = acl;
            version.modified = if touch { now } else { version.modified };
        }
    }

    async fn set_versioning(&mut self) {
        let Some(name) = self.bucket() else { return };
        let state = if self.random.one_in(2) { Versioning::Enabled } else { Versioning::Suspended };
        self.note(format!("versioning {name} {state:?}"));
        let bucket = self.of(&name).bucket.clone();
        self.store().world.set_versioning(&bucket, state).await.unwrap();
        self.of(&name).bucket.versioning = Some(state);
    }

    async fn create_or_delete_bucket(&mut self) {
        let name = NAMES[self.random.below(NAMES.len())];
        let world = self.store().world.clone();
        let Some(there) = self.model.buckets.get(name).cloned() else {
            self.note(format!("create {name}"));
            let bucket = world.create_bucket(new_bucket(name, "7")).await.unwrap();
            self.known.push(bucket.clone());
            self.model.buckets.insert(name.to_owned(), ModelBucket::new(bucket));
            return;
        };
        self.note(format!("create {name} again, or delete it"));
        assert_eq!(world.create_bucket(new_bucket(name, "8")).await, Err(EngineError::BucketAlreadyExists));
        assert_eq!(world.create_bucket(new_bucket(name, "7")).await, Err(EngineError::BucketAlreadyOwnedByYou));
        if there.keys.is_empty() {
            world.delete_bucket(&there.bucket).await.unwrap();
            self.model.buckets.remove(name);
        } else {
            assert_eq!(world.delete_bucket(&there.bucket).await, Err(EngineError::BucketNotEmpty));
            self.empty_and_delete_sometimes(name).await;
        }
    }

    /// Deletes every version and then the bucket, so that buckets come and go.
    async fn empty_and_delete_sometimes(&mut self, name: &str) {
        if !self.random.one_in(8) {
            return;
        }
        self.note(format!("empty {name}"));
        let (world, there) = (self.store().world.clone(), self.model.buckets[name].clone());
        for (text, versions) in &there.keys {
            for version in versions {
                let selector = VersionSelector::Id(VersionId(version.id.clone()));
                let deleted = world.delete_object(&there.bucket, &key(text), &selector, &account("7")).await.unwrap();
                assert!(deleted.existed);
            }
        }
        world.delete_bucket(&there.bucket).await.unwrap();
        self.model.buckets.remove(name);
    }

    /// A request that began before the bucket went (and perhaps came again) must not write into the new one.
    async fn use_a_bucket_that_was(&mut self) {
        let Some(bucket) = self.random.pick(&self.known.clone()).cloned() else { return };
        if self.model.buckets.values().any(|there| there.bucket.id == bucket.id) {
            return;
        }
        self.note(format!("put into {} as it was", bucket.name));
        let (object, staged) = (self.new_object("x"), self.store().stage(&Bytes::from_static(b"x")).await);
        let result = self.store().world.put_object(&bucket, object, staged).await;
        assert_eq!(result, Err(EngineError::NoSuchBucket));
    }

    async fn freeze(&mut self) {
        self.note("freeze".to_owned());
        let snapshot = self.store().world.freeze().await.unwrap();
        if self.snapshots.len() >= SNAPSHOTS_MAX {
            let at = self.random.below(SNAPSHOTS_MAX);
            let (old, _) = self.snapshots.swap_remove(at);
            self.store().world.forget(&old).await.unwrap();
        }
        self.snapshots.push((snapshot, self.model.clone()));
    }

    async fn restore(&mut self) {
        let at = self.random.below(self.snapshots.len());
        let Some((snapshot, model)) = self.snapshots.get(at).cloned() else { return };
        self.note("restore".to_owned());
        self.store().world.restore(&snapshot).await.unwrap();
        self.model = model;
        self.read_everything().await;
    }

    async fn reopen(&mut self) {
        if self.store().kind == Kind::Disk && !self.random.one_in(4) {
            return;
        }
        self.note("reopen".to_owned());
        let store = self.store.take().unwrap();
        self.store = Some(store.reopen().await);
    }
}

fn new_bucket(name: &str, owner: &str) -> NewBucket {
    NewBucket {
        name: BucketName::parse(name).unwrap(),
        region: Region::new("nyc3"),
        owner: account(owner),
        acl: Acl::private(&account(owner)),
        buckets_max: 100,
    }
}
