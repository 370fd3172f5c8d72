//! Operations one by one: what each promises and refuses, where the model test does not look.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use bytes::Bytes;
use spacelet_engine::{
    AccessKeyId, Account, AccountId, Acl, Bucket, BucketName, CannedAcl, Clock, CompletedPart, Engine, EngineError,
    EngineSettings, KeyGrant, KeyPermission, ListVersions, Listed, NewAccessKey, NewAccount, NewBucket, NewObject,
    NewUpload, ObjectInfo, ObjectKey, ObjectMeta, Region, Secret, StagedBody, Timestamp, VersionMarker,
    VersionSelector, Versioning, World, WriteCondition,
};

fn open() -> (Arc<Engine>, Arc<World>) {
    let settings = EngineSettings { clock: Clock::fixed(Timestamp(5_000)), ..EngineSettings::default() };
    let engine = Engine::open(settings).unwrap();
    let world = engine.world();
    (engine, world)
}

fn id(text: &str) -> AccountId {
    AccountId::new(text)
}

fn key(text: &str) -> ObjectKey {
    ObjectKey::parse(text.as_bytes()).unwrap()
}

fn new_bucket(name: &str, owner: &str, region: &str) -> NewBucket {
    NewBucket {
        name: BucketName::parse(name).unwrap(),
        region: Region::new(region),
        owner: id(owner),
        acl: Acl::private(&id(owner)),
        buckets_max: 3,
    }
}

async fn account(world: &World, name: &str, email: Option<&str>) -> Account {
    let new =
        NewAccount { id: id(name), display_name: format!("n{name}"), email: email.map(str::to_owned), suspended: None };
    world.put_account(new).await.unwrap()
}

async fn put(world: &World, bucket: &Bucket, text: &str, body: &'static [u8]) -> ObjectInfo {
    let mut writer = world.begin_body(None, false, None).unwrap();
    writer.write(Bytes::from_static(body)).await.unwrap();
    world.put_object(bucket, new_object(text), writer.finish().await.unwrap()).await.unwrap()
}

fn new_object(text: &str) -> NewObject {
    NewObject {
        key: key(text),
        owner: id("1"),
        acl: Acl::private(&id("1")),
        meta: ObjectMeta::default(),
        checksum: None,
        etag: None,
        parts: Vec::new(),
        sealed: None,
    }
}

fn new_upload(text: &str) -> NewUpload {
    let (key, owner) = (key(text), id("1"));
    NewUpload { key, acl: Acl::private(&owner), owner, meta: ObjectMeta::default(), sealed: None, checksum: None }
}

async fn version_bucket(world: &World) -> Bucket {
    let bucket = world.create_bucket(new_bucket("versions", "1", "nyc3")).await.unwrap();
    world.set_versioning(&bucket, Versioning::Enabled).await.unwrap();
    world.bucket(&bucket.name).unwrap().unwrap()
}

#[tokio::test]
async fn accounts_are_found_by_id_and_by_mail() {
    let (_engine, world) = open();
    let one = account(&world, "1", Some("One@example.com")).await;
    account(&world, "2", None).await;
    assert_eq!(world.account(&id("1")).unwrap(), Some(one.clone()));
    assert_eq!(world.account_by_email("oNE@EXAMPLE.com").unwrap(), Some(one));
    assert_eq!(world.account(&id("3")).unwrap(), None);
    let ids: Vec<AccountId> = world.accounts().unwrap().into_iter().map(|account| account.id).collect();
    assert_eq!(ids, [id("1"), id("2")]);
    // A new address replaces the old one; another account may then have that.
    account(&world, "1", Some("uno@example.com")).await;
    assert_eq!(world.account_by_email("one@example.com").unwrap(), None);
    account(&world, "2", Some("one@example.com")).await;
    account(&world, "1", Some("three@example.com")).await;
    assert_eq!(world.account_by_email("one@example.com").unwrap().unwrap().id, id("2"));
}

#[tokio::test]
async fn a_keys_life() {
    let (engine, world) = open();
    let full = vec![KeyGrant { bucket: String::new(), permission: KeyPermission::FullAccess }];
    let new = |given| NewAccessKey { account: id("1"), name: "k".to_owned(), grants: full.clone(), given };
    assert_eq!(world.create_key(new(None)).await.unwrap_err(), EngineError::NoSuchAccount);
    account(&world, "1", None).await;
    account(&world, "2", None).await;
    let made = world.create_key(new(None)).await.unwrap();
    assert!(made.id.as_str().starts_with("DO") && made.id.as_str().len() == 20);
    assert_eq!((made.secret.reveal().len(), made.created), (43, Timestamp(5_000)));
    assert!(!format!("{made:?}").contains(made.secret.reveal()));

    let find = |id: &AccessKeyId| engine.find_key(id).unwrap().map(|(_, found)| found);
    let found = find(&made.id).unwrap();
    assert_eq!((&found.account.id, &found.key.secret), (&id("1"), &made.secret));
    let given = || Some((AccessKeyId::new("minio"), Secret::new("minio-secret")));
    let first = world.create_key(new(given())).await.unwrap();
    assert_eq!(world.create_key(new(given())).await.unwrap().id, first.id);
    let wrong = Some((AccessKeyId::new("minio"), Secret::new("other-secret")));
    assert_eq!(world.create_key(new(wrong)).await.unwrap_err(), EngineError::KeyAlreadyExists);
    let others = NewAccessKey { account: id("2"), ..new(given()) };
    assert_eq!(world.create_key(others).await.unwrap_err(), EngineError::KeyAlreadyExists);

    let ids: Vec<AccessKeyId> = world.keys_of(&id("1")).unwrap().into_iter().map(|key| key.id).collect();
    assert_eq!(ids, [made.id.clone(), first.id.clone()], "oldest first");
    let powerless = vec![KeyGrant { bucket: String::new(), permission: KeyPermission::Nothing }];
    let changed = world.reissue_key(&id("1"), &made.id, Some("new".to_owned()), Some(powerless.clone())).await.unwrap();
    assert_eq!((changed.name.as_str(), &changed.grants), ("new", &powerless));
    assert_eq!(world.key(&made.id).unwrap().unwrap().grants, powerless);
    // What is remembered of a key is forgotten with each change of it, of its account, or of the layers.
    assert_eq!(find(&made.id).unwrap().key.grants, powerless);
    let renamed = NewAccount { id: id("1"), display_name: "renamed".to_owned(), email: None, suspended: None };
    world.put_account(renamed).await.unwrap();
    assert_eq!(find(&made.id).unwrap().account.display_name, "renamed");
    let snapshot = world.freeze().await.unwrap();
    assert!(!world.revoke_key(&id("2"), &made.id).await.unwrap(), "another account's");
    assert!(find(&made.id).is_some());
    assert!(world.revoke_key(&id("1"), &made.id).await.unwrap());
    assert!(find(&made.id).is_none());
    world.restore(&snapshot).await.unwrap();
    assert!(find(&made.id).is_some());
    assert!(world.revoke_key(&id("1"), &made.id).await.unwrap());
    assert!(find(&made.id).is_none());
    assert!(!world.revoke_key(&id("1"), &made.id).await.unwrap());
    assert_eq!(world.keys_of(&id("1")).unwrap().len(), 1);
}

#[tokio::test]
async fn bucket_names_are_unique_and_counted() {
    let (_engine, world) = open();
    let first = world.create_bucket(new_bucket("first", "1", "nyc3")).await.unwrap();
    assert_eq!(world.create_bucket(new_bucket("first", "2", "nyc3")).await, Err(EngineError::BucketAlreadyExists));
    assert_eq!(world.create_bucket(new_bucket("first", "1", "nyc3")).await, Err(EngineError::BucketAlreadyOwnedByYou));
    assert_eq!(world.create_bucket(new_bucket("first", "1", "ams3")).await, Err(EngineError::BucketAlreadyExists));
    let public = Acl::canned(CannedAcl::PublicRead, &id("1"), &id("1"));
    let other_acl = NewBucket { acl: public.clone(), ..new_bucket("first", "1", "nyc3") };
    assert_eq!(world.create_bucket(other_acl).await, Err(EngineError::BucketAlreadyExists));
    world.set_bucket_acl(&first, public.clone()).await.unwrap();
    assert_eq!(world.bucket(&first.name).unwrap().unwrap().acl, public);

    world.create_bucket(new_bucket("second", "1", "ams3")).await.unwrap();
    world.create_bucket(new_bucket("third", "1", "nyc3")).await.unwrap();
    assert_eq!(world.create_bucket(new_bucket("fourth", "1", "nyc3")).await, Err(EngineError::TooManyBuckets));
    world.create_bucket(new_bucket("fourth", "2", "nyc3")).await.unwrap();
    let names = |region: Option<&str>| -> Vec<String> {
        let buckets = world.buckets_of(&id("1"), region.map(Region::new).as_ref()).unwrap();
        buckets.iter().map(|bucket| bucket.name.to_string()).collect()
    };
    assert_eq!(names(None), ["first", "second", "third"]);
    assert_eq!(names(Some("nyc3")), ["first", "third"]);

    world.delete_bucket(&first).await.unwrap();
    assert_eq!(world.delete_bucket(&first).await, Err(EngineError::NoSuchBucket));
    let again = world.create_bucket(new_bucket("first", "2", "nyc3")).await.unwrap();
    assert_ne!(again.id, first.id);
    assert_eq!(world.set_versioning(&first, Versioning::Enabled).await, Err(EngineError::NoSuchBucket));
}

#[tokio::test]
async fn a_bucket_with_only_open_uploads_goes_and_takes_them_along() {
    let (engine, world) = open();
    let bucket = world.create_bucket(new_bucket("bucket", "1", "nyc3")).await.unwrap();
    let upload = world.create_upload(&bucket, new_upload("k")).await.unwrap();
    let mut writer = world.begin_body(None, false, None).unwrap();
    writer.write(Bytes::from_static(b"part")).await.unwrap();
    world.put_part(&bucket, &upload, 1, writer.finish().await.unwrap()).await.unwrap();
    assert_eq!(world.bucket_usage(&bucket).unwrap().bytes, 4);
    world.delete_bucket(&bucket).await.unwrap();
    let late = world.put_part(&bucket, &upload, 2, StagedBody::empty()).await;
    assert_eq!(late, Err(EngineError::NoSuchUpload));
    let parts = vec![CompletedPart { number: 1, etag: "x".to_owned(), digest: None }];
    let late = world.complete_upload(&bucket, &upload.key, &upload.id, parts, 0).await;
    assert_eq!(late, Err(EngineError::NoSuchBucket));
    let report = engine.fsck().unwrap();
    assert_eq!((report.records, report.faults), (0, Vec::new()));
}

#[tokio::test]
async fn an_upload_begun_by_nobody_becomes_an_object_of_its_acls_owner() {
    let (_engine, world) = open();
    let bucket = world.create_bucket(new_bucket("bucket", "1", "nyc3")).await.unwrap();
    let new = NewUpload { owner: AccountId::anonymous(), ..new_upload("k") };
    let upload = world.create_upload(&bucket, new).await.unwrap();
    assert_eq!((&upload.owner, &upload.acl.owner), (&AccountId::anonymous(), &id("1")));
    let part = world.put_part(&bucket, &upload, 1, StagedBody::empty()).await.unwrap();
    let parts = vec![CompletedPart { number: 1, etag: part.etag.quoted(), digest: None }];
    let info = world.complete_upload(&bucket, &upload.key, &upload.id, parts, 0).await.unwrap();
    assert_eq!((info.owner, info.acl), (id("1"), Acl::private(&id("1"))));
}

#[tokio::test]
async fn a_copy_outlives_its_source_and_is_refused_without_it() {
    let (_engine, world) = open();
    let bucket = world.create_bucket(new_bucket("bucket", "1", "nyc3")).await.unwrap();
    let source = put(&world, &bucket, "a", b"hello").await;
    let copy = world.copy_object(&source, &bucket, new_object("b")).await.unwrap();
    assert_eq!((&copy.etag, copy.bytes, &copy.body), (&source.etag, 5, &source.body));
    world.delete_object(&bucket, &source.key, &VersionSelector::Current, &id("1")).await.unwrap();
    let mut reader = world.open_body(&copy.body, 1..4).unwrap();
    assert_eq!(reader.next().await.unwrap().unwrap(), "ell");
    world.delete_object(&bucket, &copy.key, &VersionSelector::Current, &id("1")).await.unwrap();
    let late = world.copy_object(&source, &bucket, new_object("c")).await;
    assert_eq!(late, Err(EngineError::NoSuchKey));
    assert_eq!(world.object(&bucket, &key("c"), &VersionSelector::Current).unwrap(), None);
}

/// Tools that empty a bucket delete each page and go on after its last entry, which is gone by then.
#[tokio::test]
async fn versions_can_be_deleted_page_by_page() {
    let (_engine, world) = open();
    let bucket = world.create_bucket(new_bucket("bucket", "1", "nyc3")).await.unwrap();
    let mut wanted = 0;
    for text in ["a", "b", "b/c"] {
        put(&world, &bucket, text, b"null").await;
        wanted += 1;
    }
    for state in [Versioning::Enabled, Versioning::Suspended, Versioning::Enabled] {
        world.set_versioning(&bucket, state).await.unwrap();
        for text in ["a", "b", "b/c"] {
            put(&world, &bucket, text, b"more").await;
            world.delete_object(&bucket, &key(text), &VersionSelector::Current, &id("1")).await.unwrap();
            // Suspended: each takes the place of the null version.
            wanted += if state == Versioning::Enabled { 2 } else { 0 };
        }
    }
    for entries_max in [1, 2, 5] {
        let copy = world.freeze().await.unwrap();
        let (mut deleted, mut after) = (0, None);
        loop {
            let query = ListVersions { entries_max, after, ..ListVersions::default() };
            let page = world.list_versions(&bucket, &query).unwrap();
            for entry in &page.entries {
                let Listed::Object(info) = entry else { panic!("no delimiter was given") };
                let selector = VersionSelector::Id(info.version.clone());
                assert!(world.delete_object(&bucket, &info.key, &selector, &id("1")).await.unwrap().existed);
                deleted += 1;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(deleted, wanted, "pages of {entries_max}");
        assert_eq!(world.bucket_usage(&bucket).unwrap().objects, 0);
        world.restore(&copy).await.unwrap();
    }
}

#[tokio::test]
async fn version_markers_of_other_shapes() {
    let (_engine, world) = open();
    let bucket = version_bucket(&world).await;
    for text in ["a", "a", "b"] {
        put(&world, &bucket, text, b"x").await;
    }
    let rest = |key: &str, version: Option<&str>| -> Vec<String> {
        let version = version.map(|version| spacelet_engine::VersionId(version.to_owned()));
        let after = Some(VersionMarker { key: key.to_owned(), version });
        let page =
            world.list_versions(&bucket, &ListVersions { after, entries_max: 10, ..Default::default() }).unwrap();
        page.entries.iter().map(|entry| entry.name().to_owned()).collect()
    };
    assert_eq!(rest("", None), ["a", "a", "b"]);
    assert_eq!(rest("", Some("abc")), ["a", "a", "b"], "a version without a key says nothing");
    assert_eq!(rest("a", None), ["b"]);
    assert_eq!(rest("a", Some("never-made")), ["b"], "as RGW: an unknown version ends its key");
    assert_eq!(rest("a0", None), ["b"]);
    assert_eq!(rest("zz", None), Vec::<String>::new());
}

#[tokio::test]
async fn a_version_that_is_not_there() {
    let (_engine, world) = open();
    let bucket = version_bucket(&world).await;
    let info = put(&world, &bucket, "a", b"x").await;
    let unknown = VersionSelector::Id(spacelet_engine::VersionId("A".repeat(31)));
    let acl = Acl::private(&id("1"));
    let result = world.set_object_acl(&bucket, &info.key, &unknown, acl.clone(), false).await;
    assert_eq!(result, Err(EngineError::NoSuchVersion));
    let result = world.set_object_acl(&bucket, &key("b"), &VersionSelector::Current, acl, false).await;
    assert_eq!(result, Err(EngineError::NoSuchKey));
    assert_eq!(world.object(&bucket, &info.key, &unknown).unwrap(), None);
    // A version of one key is none of another.
    let other = put(&world, &bucket, "b", b"x").await;
    assert_eq!(world.object(&bucket, &info.key, &VersionSelector::Id(other.version)).unwrap(), None);
}

/// Of many writers that want to be the first, one wins; of many that have seen the same ETag, one wins.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_conditional_writers_cannot_both_win() {
    let (_engine, world) = open();
    let bucket = world.create_bucket(new_bucket("bucket", "1", "nyc3")).await.unwrap();
    let first = WriteCondition { if_none_match: Some("*".to_owned()), ..WriteCondition::default() };
    assert_eq!(winners(&world, &bucket, &first).await, 1);
    for _ in 0..20 {
        let seen = world.object(&bucket, &key("k"), &VersionSelector::Current).unwrap().unwrap();
        let if_match = Some(seen.etag.quoted());
        let condition = WriteCondition { if_match, existed: true, ..WriteCondition::default() };
        assert_eq!(winners(&world, &bucket, &condition).await, 1);
    }
    world.delete_object(&bucket, &key("k"), &VersionSelector::Current, &id("1")).await.unwrap();
    let late = WriteCondition { if_none_match: Some("*".to_owned()), existed: true, ..WriteCondition::default() };
    let outcome = world.put_object_if(&bucket, new_object("k"), StagedBody::empty(), late).await;
    assert_eq!(outcome, Err(EngineError::ConditionConflict));
}

async fn winners(world: &Arc<World>, bucket: &Bucket, condition: &WriteCondition) -> usize {
    let mut writers = Vec::new();
    for number in 0..16_u32 {
        let (world, bucket, condition) = (Arc::clone(world), bucket.clone(), condition.clone());
        writers.push(tokio::spawn(async move {
            let mut writer = world.begin_body(None, false, None).unwrap();
            let unique = format!("{number} after {:?}", condition.if_match);
            writer.write(Bytes::from(unique)).await.unwrap();
            let body = writer.finish().await.unwrap();
            world.put_object_if(&bucket, new_object("k"), body, condition).await
        }));
    }
    let mut won = 0;
    for writer in writers {
        match writer.await.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert_eq!(error, EngineError::ConditionNotMet),
        }
    }
    won
}
