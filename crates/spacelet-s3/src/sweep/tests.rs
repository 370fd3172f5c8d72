#![allow(clippy::unwrap_used, reason = "tests")]

use bytes::Bytes;
use spacelet_engine::{
    AccountId, Acl, BucketName, Clock, DAY_MS, Engine, EngineSettings, NewBucket, NewObject, NewUpload, ObjectKey,
    ObjectMeta, Region, Versioning,
};

use super::*;

struct Space {
    _engine: Arc<Engine>,
    world: Arc<World>,
    bucket: Bucket,
    owner: AccountId,
}

impl Space {
    async fn new(versioning: Option<Versioning>, rules: &str) -> Self {
        let clock = Clock::fixed(Timestamp(1_795_477_842_000));
        let engine = Engine::open(EngineSettings { clock, ..EngineSettings::default() }).unwrap();
        let (world, owner) = (engine.world(), AccountId::new("1"));
        let bucket = NewBucket {
            name: BucketName::parse("swept").unwrap(),
            region: Region::new("nyc3"),
            owner: owner.clone(),
            acl: Acl::private(&owner),
            buckets_max: 1,
        };
        let bucket = world.create_bucket(bucket).await.unwrap();
        if let Some(versioning) = versioning {
            world.set_versioning(&bucket, versioning).await.unwrap();
        }
        let document = format!("<LifecycleConfiguration>{rules}</LifecycleConfiguration>");
        world.set_document(&bucket, DocumentKind::Lifecycle, "", Some(Bytes::from(document))).await.unwrap();
        let bucket = world.bucket(&bucket.name).unwrap().unwrap();
        Self { _engine: engine, world, bucket, owner }
    }

    async fn put(&self, key: &str) {
        self.put_bytes(key, 0).await;
    }

    async fn put_bytes(&self, key: &str, bytes: usize) {
        let object = NewObject {
            key: ObjectKey::parse(key.as_bytes()).unwrap(),
            owner: self.owner.clone(),
            acl: Acl::private(&self.owner),
            meta: ObjectMeta::default(),
            checksum: None,
            etag: None,
            parts: Vec::new(),
            sealed: None,
        };
        let mut writer = self.world.begin_body(None, false, None).unwrap();
        writer.write(Bytes::from(vec![b'x'; bytes])).await.unwrap();
        self.world.put_object(&self.bucket, object, writer.finish().await.unwrap()).await.unwrap();
    }

    async fn delete(&self, key: &str) {
        let key = ObjectKey::parse(key.as_bytes()).unwrap();
        self.world.delete_object(&self.bucket, &key, &VersionSelector::Current, &self.owner).await.unwrap();
    }

    async fn swept(&self, is_amazons: bool) -> Swept {
        let (notifier, ids, now) = (&Notifier::default(), &Ids::new(), self.world.clock().now());
        let sweeping = Sweeping {
            day_ms: DAY_MS,
            moves_objects: is_amazons,
            expires_markers: is_amazons,
            restores_take_time: false,
            now,
            since: now,
            notifier,
            ids,
        };
        sweep(&self.world, sweeping).await.unwrap()
    }

    async fn after_days(&self, days: i64) -> Swept {
        self.world.clock().advance_ms(days * DAY_MS);
        self.swept(true).await
    }
}

fn rule(prefix: &str, action: &str) -> String {
    format!("<Rule><ID>{prefix}</ID><Prefix>{prefix}</Prefix><Status>Enabled</Status>{action}</Rule>")
}

#[tokio::test]
async fn objects_go_by_days_and_prefix() {
    let space = Space::new(None, &rule("logs/", "<Expiration><Days>2</Days></Expiration>")).await;
    for key in ["logs/a", "logs/b", "kept"] {
        space.put(key).await;
    }
    assert_eq!(space.after_days(2).await, Swept::default(), "written before midnight: due at the third one");
    assert_eq!(space.after_days(1).await, Swept { objects: 2, ..Swept::default() });
    assert_eq!(space.after_days(9).await, Swept::default());
    let usage = space.world.bucket_usage(&space.bucket).unwrap();
    assert_eq!(usage.objects, 1);
}

#[tokio::test]
async fn versions_and_lone_markers_go() {
    let rules =
        rule("v/", "<NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays></NoncurrentVersionExpiration>")
            + &rule("", "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>");
    let space = Space::new(Some(Versioning::Enabled), &rules).await;
    for _ in 0..3 {
        space.put("v/a").await;
    }
    space.put("v/b").await;
    space.delete("v/b").await;
    assert_eq!(space.after_days(3).await, Swept::default());
    assert_eq!(space.after_days(1).await, Swept { versions: 3, ..Swept::default() }, "two of a, one behind b's marker");
    assert_eq!(space.after_days(0).await, Swept { markers: 1, ..Swept::default() });
    assert_eq!(space.after_days(30).await, Swept::default(), "the current version of a stays");
}

#[tokio::test]
async fn a_versioned_object_gets_a_marker() {
    let space = Space::new(Some(Versioning::Enabled), &rule("", "<Expiration><Days>1</Days></Expiration>")).await;
    space.put("a").await;
    assert_eq!(space.after_days(2).await, Swept { objects: 1, ..Swept::default() });
    let page = space.world.list_versions(&space.bucket, &ListVersions { entries_max: 9, ..ListVersions::default() });
    assert_eq!(page.unwrap().entries.len(), 2);
    assert_eq!(space.after_days(2).await, Swept::default(), "a marker does not expire again");
}

#[tokio::test]
async fn uploads_go_by_rule_or_after_thirty_days() {
    let abort =
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
    let space = Space::new(None, &rule("tmp/", abort)).await;
    for key in ["tmp/a", "b"] {
        let upload = NewUpload {
            key: ObjectKey::parse(key.as_bytes()).unwrap(),
            owner: space.owner.clone(),
            acl: Acl::private(&space.owner),
            meta: ObjectMeta::default(),
            sealed: None,
            checksum: None,
        };
        space.world.create_upload(&space.bucket, upload).await.unwrap();
    }
    assert_eq!(space.after_days(2).await, Swept { uploads: 1, ..Swept::default() });
    assert_eq!(space.after_days(27).await, Swept::default());
    assert_eq!(space.after_days(2).await, Swept { uploads: 1, ..Swept::default() });
}

impl Space {
    /// The class of each version of a key, newest first; `-` for a delete marker.
    fn classes(&self, key: &str) -> Vec<&'static str> {
        let wanted = ListVersions { prefix: key.to_owned(), entries_max: 99, ..ListVersions::default() };
        let page = self.world.list_versions(&self.bucket, &wanted).unwrap();
        let class = |entry: &Listed| match entry {
            Listed::Object(version) if version.is_delete_marker => "-",
            Listed::Object(version) => version.meta.storage_class().name(),
            Listed::Prefix(_) => "a prefix",
        };
        page.entries.iter().map(class).collect()
    }
}

fn filtered(id: &str, filter: &str, action: &str) -> String {
    format!("<Rule><ID>{id}</ID><Filter>{filter}</Filter><Status>Enabled</Status>{action}</Rule>")
}

#[tokio::test]
async fn sizes_choose_what_goes() {
    let sizes = "<And><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan><ObjectSizeLessThan>3</ObjectSizeLessThan></And>";
    let space = Space::new(None, &filtered("s", sizes, "<Expiration><Days>1</Days></Expiration>")).await;
    for bytes in [1, 2, 3] {
        space.put_bytes(&format!("k{bytes}"), bytes).await;
    }
    assert_eq!(space.after_days(2).await, Swept { objects: 1, ..Swept::default() });
    assert_eq!((space.classes("k1").len(), space.classes("k2").len(), space.classes("k3").len()), (1, 0, 1));
}

#[tokio::test]
async fn the_newest_older_versions_stay() {
    let action = "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays>\
        <NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration>";
    let space = Space::new(Some(Versioning::Enabled), &filtered("n", "", action)).await;
    for _ in 0..5 {
        space.put("a").await;
    }
    space.put("b").await;
    space.put("b").await;
    assert_eq!(space.after_days(2).await, Swept { versions: 2, ..Swept::default() });
    assert_eq!((space.classes("a").len(), space.classes("b").len()), (3, 2));
    assert_eq!(space.after_days(9).await, Swept::default());
}

#[tokio::test]
async fn objects_move_to_colder_classes() {
    let step = |days: u32, class: &str| {
        format!("<Transition><Days>{days}</Days><StorageClass>{class}</StorageClass></Transition>")
    };
    let older = "<NoncurrentVersionTransition><NoncurrentDays>2</NoncurrentDays>\
        <StorageClass>GLACIER_IR</StorageClass></NoncurrentVersionTransition>";
    let rules = filtered("t", "", &(step(1, "STANDARD_IA") + &step(3, "GLACIER") + older));
    let space = Space::new(Some(Versioning::Enabled), &rules).await;
    space.put_bytes("big", 128 << 10).await;
    space.put_bytes("big", 128 << 10).await;
    space.put_bytes("small", 1).await;
    assert_eq!(space.after_days(2).await, Swept { moved: 1, ..Swept::default() });
    assert_eq!(space.classes("big"), ["STANDARD_IA", "STANDARD"]);
    assert_eq!(space.after_days(1).await, Swept { moved: 1, ..Swept::default() });
    assert_eq!(space.classes("big"), ["STANDARD_IA", "GLACIER_IR"]);
    assert_eq!(space.after_days(1).await, Swept { moved: 1, ..Swept::default() });
    assert_eq!(space.classes("big"), ["GLACIER", "GLACIER_IR"]);
    assert_eq!(space.classes("small"), ["STANDARD"], "too small to be moved");
    assert_eq!(space.after_days(9).await, Swept::default());
}

#[tokio::test]
async fn nothing_moves_where_there_is_one_class() {
    let action = "<Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition>";
    let space = Space::new(None, &filtered("t", "<ObjectSizeGreaterThan>0</ObjectSizeGreaterThan>", action)).await;
    space.put_bytes("k", 9).await;
    space.world.clock().advance_ms(9 * DAY_MS);
    let swept = space.swept(false).await;
    assert_eq!((swept, space.classes("k")), (Swept::default(), vec!["STANDARD"]));
    assert_eq!(space.after_days(0).await, Swept { moved: 1, ..Swept::default() });
}

#[tokio::test]
async fn a_marker_without_versions_goes_by_days_too() {
    let rules = filtered("d", "", "<Expiration><Days>2</Days></Expiration>");
    let space = Space::new(Some(Versioning::Enabled), &rules).await;
    space.delete("never").await;
    space.put("a").await;
    space.delete("a").await;
    assert_eq!(space.after_days(1).await, Swept::default());
    space.world.clock().advance_ms(2 * DAY_MS);
    assert_eq!(space.swept(false).await, Swept::default(), "RGW looks at objects only");
    assert_eq!(space.swept(true).await, Swept { markers: 1, ..Swept::default() }, "a version is behind the other one");
}

#[tokio::test]
async fn what_is_written_meanwhile_is_not_moved() {
    let space = Space::new(None, "").await;
    let key = ObjectKey::parse(b"k").unwrap();
    let current = || space.world.object(&space.bucket, &key, &VersionSelector::Current).unwrap().unwrap();
    let glacier = async |seen: ObjectInfo| {
        space.world.move_object(&space.bucket, &seen, &VersionSelector::Current, StorageClass::Glacier).await.unwrap()
    };
    space.put("k").await;
    let seen = current();
    space.world.clock().advance_ms(1);
    space.put("k").await;
    assert!(!glacier(seen).await);
    assert_eq!(space.classes("k"), ["STANDARD"]);
    assert!(glacier(current()).await);
    assert_eq!(space.classes("k"), ["GLACIER"]);
}
