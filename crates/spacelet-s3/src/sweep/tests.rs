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
        let writer = self.world.begin_body(None, false, None).unwrap();
        self.world.put_object(&self.bucket, object, writer.finish().await.unwrap()).await.unwrap();
    }

    async fn delete(&self, key: &str) {
        let key = ObjectKey::parse(key.as_bytes()).unwrap();
        self.world.delete_object(&self.bucket, &key, &VersionSelector::Current, &self.owner).await.unwrap();
    }

    async fn after_days(&self, days: i64) -> Swept {
        self.world.clock().advance_ms(days * DAY_MS);
        sweep(&self.world, DAY_MS).await.unwrap()
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
