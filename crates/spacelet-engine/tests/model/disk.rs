//! What deletion gives back.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use bytes::Bytes;
use spacelet_engine::{
    Acl, BucketName, Clock, Durability, EngineSettings, NewBucket, NewObject, ObjectMeta, Region, VersionSelector,
};

use crate::run::{account, key};
use crate::store::{Kind, Store};

/// Blocks that the folder's files take, in bytes.
fn disk_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => disk_bytes(&path),
            Ok(metadata) => metadata.blocks() * 512,
            Err(_gone) => 0,
        })
        .sum()
}

/// Of 2,400 objects (mostly in segments, some in files of their own) nine in ten go.
#[tokio::test]
async fn after_nine_in_ten_are_deleted_the_disk_is_under_twice_the_live_bytes() {
    let settings = EngineSettings {
        durability: Durability::Process,
        segment_bytes_max: 4 << 20,
        clock: Clock::system(),
        ..EngineSettings::default()
    };
    let store = Store::with(Kind::Disk, settings);
    let new = NewBucket {
        name: BucketName::parse("big").unwrap(),
        region: Region::new("nyc3"),
        owner: account("7"),
        acl: Acl::private(&account("7")),
        buckets_max: 100,
    };
    let bucket = store.world.create_bucket(new).await.unwrap();
    let body = |number: u64| {
        let length = if number.is_multiple_of(41) { 400_000 } else { 30_000 };
        Bytes::from(number.to_le_bytes().repeat(length / 8))
    };
    let name = |number: u64| format!("k/{number}");
    for number in 0..2400 {
        let object = NewObject {
            key: key(&name(number)),
            owner: account("7"),
            acl: Acl::private(&account("7")),
            meta: ObjectMeta::default(),
            checksum: None,
            etag: None,
            parts: Vec::new(),
            sealed: None,
        };
        let staged = store.stage(&body(number)).await;
        store.world.put_object(&bucket, object, staged).await.unwrap();
    }
    let folder = store.folder.as_ref().unwrap().path().to_owned();
    let full = disk_bytes(&folder);
    for number in (0..2400).filter(|number| number % 10 != 0) {
        store
            .world
            .delete_object(&bucket, &key(&name(number)), &VersionSelector::Current, &account("7"))
            .await
            .unwrap();
    }
    let live = store.world.bucket_usage(&bucket).unwrap().bytes;
    assert!(full > 5 * live, "{full} bytes for {live} live ones: nothing to give back");
    store.engine.compact_now().await.unwrap();
    let left = disk_bytes(&folder);
    assert!(left < 2 * live, "{left} bytes on disk for {live} live ones ({full} before)");
    for number in (0..2400).filter(|number| number % 10 == 0) {
        let info = store.world.object(&bucket, &key(&name(number)), &VersionSelector::Current).unwrap().unwrap();
        assert!(store.read(&info.body, 0..info.bytes).await == body(number));
    }
    assert_eq!(store.engine.fsck().unwrap().faults, Vec::<String>::new());
}
