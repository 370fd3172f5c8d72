#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, Acl, BucketName, Engine, EngineSettings, KeyGrant, KeyPermission, KeyRefusal, NewBucket, Region,
};

#[tokio::test]
async fn documents_live_and_die_with_their_bucket() {
    let engine = Engine::open(EngineSettings::default()).unwrap();
    let world = engine.world();
    let owner = AccountId::new("1");
    let new = |name: &str| NewBucket {
        name: BucketName::parse(name).unwrap(),
        region: Region::new("nyc3"),
        owner: owner.clone(),
        acl: Acl::private(&owner),
        buckets_max: 10,
    };
    let made = world.create_bucket(new("with-documents")).await.unwrap();
    let now = || world.bucket(&made.name).unwrap().unwrap();
    let other = world.create_bucket(new("without")).await.unwrap();

    let long = Bytes::from(vec![b'p'; 20_000]);
    world.set_document(&made, DocumentKind::Policy, "", Some(long.clone())).await.unwrap();
    world.set_document(&made, DocumentKind::Inventory, "b", Some(Bytes::from_static(b"2"))).await.unwrap();
    world.set_document(&made, DocumentKind::Inventory, "a", Some(Bytes::from_static(b"1"))).await.unwrap();

    assert_eq!(world.document(&now(), DocumentKind::Policy, "").unwrap(), Some(long));
    let ids: Vec<_> = world.documents(&made, DocumentKind::Inventory).unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(world.document(&other, DocumentKind::Policy, "").unwrap(), None);
    assert!(now().documents.contains(DocumentKind::Inventory));
    assert_eq!(world.bucket(&other.name).unwrap().unwrap().documents, DocumentSet::default());

    world.set_document(&made, DocumentKind::Policy, "", None).await.unwrap();
    assert_eq!(world.document(&now(), DocumentKind::Policy, "").unwrap(), None);

    world.delete_bucket(&made).await.unwrap();
    let again = world.create_bucket(new("with-documents")).await.unwrap();
    assert!(world.documents(&again, DocumentKind::Inventory).unwrap().is_empty());
    let stale = world.set_document(&made, DocumentKind::Cors, "", Some(Bytes::new())).await;
    assert_eq!(stale, Err(EngineError::NoSuchBucket));
    assert!(world.documents(&made, DocumentKind::Inventory).unwrap().is_empty(), "rows went with the bucket");
}

#[tokio::test]
async fn a_bucket_goes_with_all_that_is_in_it() {
    let engine = Engine::open(EngineSettings::default()).unwrap();
    let world = engine.world();
    let owner = AccountId::new("1");
    let bucket = world
        .create_bucket(NewBucket {
            name: BucketName::parse("locked").unwrap(),
            region: Region::new("nyc3"),
            owner: owner.clone(),
            acl: Acl::private(&owner),
            buckets_max: 10,
        })
        .await
        .unwrap();
    world.set_versioning(&bucket, crate::Versioning::Enabled).await.unwrap();
    world.set_document(&bucket, DocumentKind::Policy, "", Some(Bytes::from_static(b"{}"))).await.unwrap();
    assert!(world.has_policy(&bucket.name).unwrap());
    for number in 0..300 {
        let key = crate::ObjectKey::parse(format!("k{}", number % 200).as_bytes()).unwrap();
        world.delete_object(&bucket, &key, &crate::VersionSelector::Current, &owner).await.unwrap();
    }
    assert_eq!(world.delete_bucket(&bucket).await, Err(EngineError::BucketNotEmpty));
    world.force_delete_bucket(&bucket).await.unwrap();
    assert_eq!(world.bucket(&bucket.name).unwrap(), None);
    assert!(!world.has_policy(&bucket.name).unwrap());
    assert_eq!(world.force_delete_bucket(&bucket).await, Err(EngineError::NoSuchBucket));
}

/// Neither request has seen the other's work when it was admitted.
#[tokio::test]
async fn a_policy_and_a_limited_key_cannot_slip_past_each_other() {
    let engine = Engine::open(EngineSettings::default()).unwrap();
    let world = engine.world();
    let owner = AccountId::new("1");
    let new = NewBucket {
        name: BucketName::parse("abc").unwrap(),
        region: Region::new("nyc3"),
        acl: Acl::private(&owner),
        owner: owner.clone(),
        buckets_max: 10,
    };
    let bucket = world.create_bucket(new).await.unwrap();
    let policy = Bytes::from_static(b"{}");
    let grants = vec![KeyGrant { bucket: "abc".to_owned(), permission: KeyPermission::Read }];
    let issue = || world.issue_key(&owner, "k".to_owned(), grants.clone(), 10);

    assert!(!world.is_named_by_limited_key(&bucket).unwrap());
    let key = issue().await.unwrap();
    assert_eq!(world.set_policy(&bucket, policy.clone(), true).await, Ok(false));
    assert!(!world.has_policy(&bucket.name).unwrap());
    assert_eq!(world.set_policy(&bucket, policy.clone(), false).await, Ok(true), "where they may stand together");

    world.reissue_key(&owner, &key.id, None, Some(Vec::new())).await.unwrap();
    assert_eq!(world.set_policy(&bucket, policy, true).await, Ok(true));
    let refused = issue().await.unwrap_err();
    assert_eq!(refused, KeyRefusal::HasPolicy { bucket: "abc".to_owned() });
}
