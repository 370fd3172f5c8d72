//! Appending: what grows, what refuses to, and that it is still there after the store was opened again.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use spacelet_engine::{
    AccountId, Acl, Bucket, BucketName, Engine, EngineError, EngineSettings, NewAccount, NewBucket, NewObject,
    ObjectInfo, ObjectKey, ObjectMeta, Region, StagedBody, VersionSelector, Versioning, World,
};

async fn bucket(world: &World) -> Bucket {
    let owner = AccountId::new("1");
    let account = NewAccount { id: owner.clone(), display_name: "1".to_owned(), email: None, suspended: None };
    world.put_account(account).await.unwrap();
    let bucket = NewBucket {
        name: BucketName::parse("abc").unwrap(),
        region: Region::new("nyc3"),
        acl: Acl::private(&owner),
        owner,
        buckets_max: 3,
    };
    world.create_bucket(bucket).await.unwrap()
}

fn object() -> NewObject {
    let owner = AccountId::new("1");
    NewObject {
        key: ObjectKey::parse(b"log").unwrap(),
        acl: Acl::private(&owner),
        owner,
        meta: ObjectMeta::default(),
        checksum: None,
        etag: None,
        parts: Vec::new(),
        sealed: None,
    }
}

async fn staged(world: &World, text: &'static str) -> StagedBody {
    let mut writer = world.begin_body(None, false, None).unwrap();
    writer.write(text.into()).await.unwrap();
    writer.finish().await.unwrap()
}

async fn append(world: &World, bucket: &Bucket, text: &'static str, position: u64) -> Result<ObjectInfo, EngineError> {
    world.append_object(bucket, object(), staged(world, text).await, position).await
}

async fn text_of(world: &World, bucket: &Bucket) -> String {
    let found = world.object(bucket, &object().key, &VersionSelector::Current).unwrap().unwrap();
    let mut reader = world.open_body(&found.body, 0..found.bytes).unwrap();
    let mut text = Vec::new();
    while let Some(block) = reader.next().await {
        text.extend_from_slice(&block.unwrap());
    }
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn grows_at_its_end_only_and_outlives_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let settings = || EngineSettings { folder: Some(folder.path().to_path_buf()), ..EngineSettings::default() };
    let engine: Arc<Engine> = Engine::open(settings()).unwrap();
    let world = engine.world();
    let bucket = bucket(&world).await;
    assert_eq!(append(&world, &bucket, "x", 5).await.unwrap_err(), EngineError::AppendPosition { bytes: 0 });
    let first = append(&world, &bucket, "one", 0).await.unwrap();
    assert_eq!((first.appends, first.bytes, first.etag.as_str()), (1, 3, "f97c5d29941bfb1b2fdab0874906ab82"));
    assert_eq!(append(&world, &bucket, "x", 0).await.unwrap_err(), EngineError::AppendPosition { bytes: 3 });
    let second = append(&world, &bucket, "two", 3).await.unwrap();
    assert_eq!((second.appends, second.etag.as_str()), (2, "1397b7ee3222e3980d0d20f23a871b02-2"));
    assert_eq!(world.bucket_usage(&bucket).unwrap().bytes, 6);
    engine.close().await;
    drop((world, engine));

    let engine = Engine::open(settings()).unwrap();
    let world = engine.world();
    assert_eq!(text_of(&world, &bucket).await, "onetwo");
    append(&world, &bucket, "three", 6).await.unwrap();
    assert_eq!(text_of(&world, &bucket).await, "onetwothree");
    assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
}

#[tokio::test]
async fn of_two_appends_at_one_position_one_wins() {
    let engine = Engine::open(EngineSettings::default()).unwrap();
    let world = engine.world();
    let bucket = bucket(&world).await;
    append(&world, &bucket, "one", 0).await.unwrap();
    let (a, b) = tokio::join!(append(&world, &bucket, "aaa", 3), append(&world, &bucket, "bbb", 3));
    assert_eq!([a.is_ok(), b.is_ok()].into_iter().filter(|won| *won).count(), 1);
    assert_eq!(text_of(&world, &bucket).await.len(), 6);
}

#[tokio::test]
async fn another_kind_of_object_and_a_versioned_bucket_refuse() {
    let engine = Engine::open(EngineSettings::default()).unwrap();
    let world = engine.world();
    let bucket = bucket(&world).await;
    world.put_object(&bucket, object(), staged(&world, "put").await).await.unwrap();
    assert_eq!(append(&world, &bucket, "x", 3).await.unwrap_err(), EngineError::ObjectNotAppendable);
    world.set_versioning(&bucket, Versioning::Enabled).await.unwrap();
    assert_eq!(append(&world, &bucket, "x", 3).await.unwrap_err(), EngineError::VersionedBucket);
}
