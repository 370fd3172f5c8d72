//! Rows of the control plane that go with a Space: who found the Space may come to its commit after its deletion.

use super::*;
use crate::{
    AccountId, Acl, Bucket, BucketName, CdnRefusal, NewBucket, NewCdnEndpoint, Project, ProjectRefusal, Region,
    Timestamp,
};

fn name() -> BucketName {
    BucketName::parse("abc").unwrap()
}

async fn space(world: &World, owner: &str, region: &str) -> Bucket {
    let owner = AccountId::new(owner);
    let new = NewBucket { name: name(), region: Region::new(region), acl: Acl::private(&owner), owner, buckets_max: 3 };
    world.create_bucket(new).await.unwrap()
}

#[tokio::test]
async fn an_endpoint_needs_its_space_at_commit() {
    on_both(|engine| async move {
        let world = engine.world();
        let create = || {
            world.create_cdn_endpoint(NewCdnEndpoint {
                account: AccountId::new("1"),
                bucket: name(),
                region: Region::new("nyc3"),
                origin: "abc.nyc3.digitaloceanspaces.com".to_owned(),
                ttl_s: 3_600,
                certificate_id: None,
                custom_domain: Some("files.example.com".to_owned()),
            })
        };
        let gone = Err(CdnRefusal::NoSuchSpace);
        assert_eq!(create().await, gone);
        for (owner, region) in [("2", "nyc3"), ("1", "ams3")] {
            let other = space(&world, owner, region).await;
            assert_eq!(create().await, gone, "{owner} has the name in {region} now");
            world.delete_bucket(&other).await.unwrap();
        }
        assert_eq!(world.cdn_of_domain("files.example.com"), Ok(None), "a refused one takes no domain");
        space(&world, "1", "nyc3").await;
        let endpoint = create().await.unwrap();
        assert_eq!(world.cdn_of_bucket(&name()), Ok(Some(endpoint)));
        assert_eq!(create().await, Err(CdnRefusal::AlreadyEnabled));
    })
    .await;
}

#[tokio::test]
async fn an_assignment_needs_its_space_and_its_project_at_commit() {
    on_both(|engine| async move {
        let world = engine.world();
        let account = AccountId::new("1");
        let project = Project {
            id: "p".to_owned(),
            account: account.clone(),
            name: "web".to_owned(),
            description: String::new(),
            purpose: String::new(),
            environment: String::new(),
            is_default: false,
            created: Timestamp(0),
            updated: Timestamp(0),
        };
        let assign = |project| world.assign_spaces(&account, vec![name()], project);
        world.put_project(project, 3).await.unwrap();
        assert_eq!(assign("p").await, Err(ProjectRefusal::NoSuchSpace));
        let other = space(&world, "2", "nyc3").await;
        assert_eq!(assign("p").await, Err(ProjectRefusal::NoSuchSpace), "another account has the name now");
        world.delete_bucket(&other).await.unwrap();
        let own = space(&world, "1", "nyc3").await;
        assert_eq!(assign("q").await, Err(ProjectRefusal::NoSuchProject));
        assert_eq!(world.assigned_resources(), Ok(Vec::new()));
        assign("p").await.unwrap();
        assert_eq!(world.assigned_resources(), Ok(vec![("do:space:abc".to_owned(), "p".to_owned())]));
        world.delete_bucket(&own).await.unwrap();
        assert_eq!(world.assigned_resources(), Ok(Vec::new()));
        world.delete_project(&account, "p").await.unwrap();
    })
    .await;
}
