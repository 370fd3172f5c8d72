//! Object lock where it is enforced: deletions, lifecycle, changes of retention, and the way out.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use bytes::Bytes;
use spacelet_engine::{
    AccountId, Acl, Bucket, BucketName, BucketStart, Clock, DocumentKind, Engine, EngineError, EngineSettings,
    LockBypass, NewBucket, NewObject, ObjectInfo, ObjectKey, ObjectLock, ObjectMeta, Region, Retention, RetentionMode,
    Timestamp, VersionSelector, Versioning, World,
};

const NOW: Timestamp = Timestamp(5_000);

async fn locked_bucket() -> (Arc<Engine>, Arc<World>, Bucket) {
    let settings = EngineSettings { clock: Clock::fixed(NOW), ..EngineSettings::default() };
    let engine = Engine::open(settings).unwrap();
    let world = engine.world();
    let owner = AccountId::new("1");
    let new = NewBucket {
        name: BucketName::parse("locked").unwrap(),
        region: Region::new("nyc3"),
        acl: Acl::private(&owner),
        owner,
        buckets_max: 3,
    };
    let start = BucketStart {
        versioning: Some(Versioning::Enabled),
        documents: vec![(DocumentKind::ObjectLock, Bytes::from_static(b"on"))],
        is_cold: false,
    };
    let bucket = world.create_bucket_with(new, start).await.unwrap();
    (engine, world, bucket)
}

async fn put(world: &World, bucket: &Bucket, name: &str, lock: ObjectLock) -> ObjectInfo {
    try_put(world, bucket, name, lock).await.unwrap()
}

async fn try_put(world: &World, bucket: &Bucket, name: &str, lock: ObjectLock) -> Result<ObjectInfo, EngineError> {
    let owner = AccountId::new("1");
    let object = NewObject {
        key: ObjectKey::parse(name.as_bytes()).unwrap(),
        acl: Acl::private(&owner),
        owner,
        meta: ObjectMeta { lock, ..ObjectMeta::default() },
        checksum: None,
        etag: None,
        parts: Vec::new(),
        sealed: None,
    };
    let body = world.begin_body(None, false, None).unwrap().finish().await.unwrap();
    world.put_object(bucket, object, body).await
}

fn retained(mode: RetentionMode, until: i64) -> ObjectLock {
    ObjectLock { retention: Some(Retention { mode, until: Timestamp(until) }), legal_hold: None }
}

async fn delete(world: &World, bucket: &Bucket, object: &ObjectInfo, bypass: LockBypass) -> Result<bool, EngineError> {
    let version = VersionSelector::Id(object.version.clone());
    let deleted = world.delete_object_bypassing(bucket, &object.key, &version, &AccountId::new("1"), bypass).await;
    deleted.map(|deleted| deleted.existed)
}

#[tokio::test]
async fn a_bucket_starts_with_what_it_was_given() {
    let (_engine, world, bucket) = locked_bucket().await;
    let found = world.bucket(&bucket.name).unwrap().unwrap();
    assert_eq!(found, bucket);
    assert_eq!(found.versioning, Some(Versioning::Enabled));
    assert_eq!(world.document(&found, DocumentKind::ObjectLock, "").unwrap().unwrap(), "on");
}

#[tokio::test]
async fn a_locked_version_stays_and_a_marker_hides_it() {
    let (_engine, world, bucket) = locked_bucket().await;
    let object = put(&world, &bucket, "k", retained(RetentionMode::Governance, 9_000)).await;
    assert_eq!(object.meta.lock, retained(RetentionMode::Governance, 9_000));
    let caller = AccountId::new("1");
    let marker = world.delete_object(&bucket, &object.key, &VersionSelector::Current, &caller).await.unwrap();
    assert!(marker.marker.is_some());
    let refused = delete(&world, &bucket, &object, LockBypass::Nothing).await.unwrap_err();
    assert!(matches!(refused, EngineError::ObjectLocked { .. }));
    assert!(delete(&world, &bucket, &object, LockBypass::Governance).await.unwrap());
}

#[tokio::test]
async fn lifecycle_leaves_a_locked_version() {
    let (_engine, world, bucket) = locked_bucket().await;
    let held = ObjectLock { legal_hold: Some(true), ..ObjectLock::default() };
    let object = put(&world, &bucket, "k", held).await;
    let version = VersionSelector::Id(object.version.clone());
    assert_eq!(world.expire_object(&bucket, &object, &version).await.unwrap(), None);
    world.set_legal_hold(&bucket, &object.key, &version, false).await.unwrap();
    assert!(world.expire_object(&bucket, &object, &version).await.unwrap().is_some());
}

#[tokio::test]
async fn retention_changes_as_its_mode_allows() {
    let (_engine, world, bucket) = locked_bucket().await;
    let object = put(&world, &bucket, "k", retained(RetentionMode::Compliance, 9_000)).await;
    let set = |until: i64, bypass| {
        let retention = retained(RetentionMode::Compliance, until).retention;
        world.set_retention(&bucket, &object.key, &VersionSelector::Current, retention, bypass)
    };
    assert!(matches!(set(8_999, LockBypass::Governance).await, Err(EngineError::ObjectLocked { .. })));
    set(9_001, LockBypass::Nothing).await.unwrap();
    let found = world.object(&bucket, &object.key, &VersionSelector::Current).unwrap().unwrap();
    assert_eq!(found.meta.lock, retained(RetentionMode::Compliance, 9_001));
    assert!(delete(&world, &bucket, &object, LockBypass::Governance).await.is_err());
    assert!(matches!(world.delete_bucket(&bucket).await, Err(EngineError::BucketNotEmpty)));
    world.force_delete_bucket(&bucket).await.unwrap();
    assert!(world.bucket(&bucket.name).unwrap().is_none());
}

/// Without versioning, and while it is suspended, a write gives up the `null` version: for good, as a deletion does.
#[tokio::test]
async fn a_locked_null_version_is_not_written_over() {
    let engine = Engine::open(EngineSettings { clock: Clock::fixed(NOW), ..EngineSettings::default() }).unwrap();
    let world = engine.world();
    let owner = AccountId::new("1");
    let new = NewBucket {
        name: BucketName::parse("unversioned").unwrap(),
        region: Region::new("nyc3"),
        acl: Acl::private(&owner),
        owner: owner.clone(),
        buckets_max: 3,
    };
    let bucket = world.create_bucket(new).await.unwrap();
    let locked = put(&world, &bucket, "k", retained(RetentionMode::Governance, 9_000)).await;
    let is_kept = || async {
        let written = try_put(&world, &bucket, "k", ObjectLock::default()).await.map(|_| ());
        let deleted = world.delete_object(&bucket, &locked.key, &VersionSelector::Current, &owner).await.map(|_| ());
        [written, deleted].iter().all(|outcome| matches!(outcome, Err(EngineError::ObjectLocked { .. })))
    };
    assert!(is_kept().await, "without versioning");
    world.set_versioning(&bucket, Versioning::Suspended).await.unwrap();
    assert!(is_kept().await, "as the newest version");
    world.set_versioning(&bucket, Versioning::Enabled).await.unwrap();
    put(&world, &bucket, "k", ObjectLock::default()).await;
    world.set_versioning(&bucket, Versioning::Suspended).await.unwrap();
    assert!(is_kept().await, "as an older one");
}
