//! Versions are listed while they move between tables.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{on_both, settings};
use crate::{
    Account, AccountId, Acl, Bucket, BucketName, Durability, Engine, ListVersions, Listed, NewAccount, NewBucket,
    NewObject, ObjectKey, ObjectMeta, Region, VersionId, VersionMarker, VersionSelector, Versioning, World,
};

fn me() -> AccountId {
    AccountId::new("1")
}

async fn version_bucket(world: &World) -> Bucket {
    let account = NewAccount { id: me(), display_name: "1".to_owned(), email: None, suspended: None };
    let _: Account = world.put_account(account).await.unwrap();
    let name = BucketName::parse("b-one").unwrap();
    let acl = Acl::private(&me());
    let new = NewBucket { name, region: Region::new("nyc3"), owner: me(), acl, buckets_max: 1 };
    let bucket = world.create_bucket(new).await.unwrap();
    world.set_versioning(&bucket, Versioning::Enabled).await.unwrap();
    world.bucket(&bucket.name).unwrap().unwrap()
}

async fn put(world: &World, bucket: &Bucket, key: &ObjectKey) -> String {
    let body = world.begin_body(None, false, None).unwrap().finish().await.unwrap();
    let new = NewObject {
        key: key.clone(),
        owner: me(),
        acl: Acl::private(&me()),
        meta: ObjectMeta::default(),
        checksum: None,
        etag: None,
        parts: Vec::new(),
        sealed: None,
    };
    world.put_object(bucket, new, body).await.unwrap().version.0
}

/// How often each version is listed, over pages of `entries_max`.
fn listed(world: &World, bucket: &Bucket, entries_max: usize) -> BTreeMap<(String, String), u32> {
    let mut seen = BTreeMap::new();
    let mut after: Option<VersionMarker> = None;
    loop {
        let wanted = ListVersions { entries_max, after, ..ListVersions::default() };
        let page = world.list_versions(bucket, &wanted).unwrap();
        for entry in page.entries {
            let Listed::Object(info) = entry else { panic!("no delimiter was given") };
            *seen.entry((info.key.as_str().to_owned(), info.version.0.clone())).or_default() += 1;
        }
        after = page.next;
        if after.is_none() {
            return seen;
        }
    }
}

/// Each write of a key moves its current object among the versions, each deletion of the new one moves it back: what
/// was there all the while is listed once.
async fn nothing_is_missed_or_repeated(engine: Arc<Engine>) {
    let world = engine.world();
    let bucket = version_bucket(&world).await;
    let keys: Vec<ObjectKey> = (0..300).map(|n| ObjectKey::parse(format!("k{n:03}").as_bytes()).unwrap()).collect();
    let mut stays = Vec::new();
    for (n, key) in keys.iter().enumerate() {
        // One key has more versions than are read in one moment.
        for _ in 0..if n == 150 { 150 } else { 1 } {
            stays.push((key.as_str().to_owned(), put(&world, &bucket, key).await));
        }
    }
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (world, bucket, done) = (engine.world(), bucket.clone(), Arc::clone(&done));
        tokio::task::spawn_blocking(move || {
            let mut lists = 0;
            while lists < 20 || !done.load(Ordering::Relaxed) {
                let seen = listed(&world, &bucket, if lists % 2 == 0 { 10_000 } else { 70 });
                let wrong: Vec<_> = stays.iter().filter(|version| seen.get(version) != Some(&1)).collect();
                assert!(wrong.is_empty(), "missed or repeated in list {lists}: {wrong:?}");
                lists += 1;
            }
        })
    };
    for round in 0..8 {
        let mut writers = tokio::task::JoinSet::new();
        for key in keys.iter().skip(round % 3).step_by(3) {
            let (world, bucket, key) = (Arc::clone(&world), bucket.clone(), key.clone());
            writers.spawn(async move {
                let new = VersionId(put(&world, &bucket, &key).await);
                world.delete_object(&bucket, &key, &VersionSelector::Id(new), &me()).await.unwrap();
            });
        }
        writers.join_all().await;
    }
    done.store(true, Ordering::Relaxed);
    reader.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listing_while_versions_move() {
    on_both(nothing_is_missed_or_repeated).await;
    let folder = tempfile::tempdir().unwrap();
    let quick = crate::EngineSettings { durability: Durability::Process, ..settings(Some(folder.path())) };
    nothing_is_missed_or_repeated(Engine::open(quick).unwrap()).await;
}
