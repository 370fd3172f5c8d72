#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::CannedAcl;

const ALL_NEEDS: [Need; 12] = [
    Need::Signed,
    Need::Nothing,
    Need::BucketRead,
    Need::BucketWrite,
    Need::BucketDelete,
    Need::BucketReadAcp,
    Need::BucketWriteAcp,
    Need::BucketConfigure,
    Need::BucketState,
    Need::ObjectRead,
    Need::ObjectReadAcp,
    Need::ObjectWriteAcp,
];

fn id(text: &str) -> AccountId {
    AccountId::new(text)
}

fn grant(bucket: &str, permission: KeyPermission) -> KeyGrant {
    KeyGrant { bucket: bucket.to_owned(), permission }
}

fn caller(account: &str, grants: Vec<KeyGrant>) -> Caller {
    Caller::Account { account: id(account), grants }
}

fn full(account: &str) -> Caller {
    caller(account, vec![grant("", KeyPermission::FullAccess)])
}

/// The ACL of the bucket `b`, which belongs to `o`.
fn bucket(canned: CannedAcl) -> Acl {
    Acl::canned(canned, &id("o"), &id("o"))
}

fn bucket_facts(acl: &Acl) -> BucketFacts<'_> {
    BucketFacts { name: "b", owner: &acl.owner, acl }
}

fn facts<'a>(caller: &'a Caller, need: Need, bucket: &'a Acl, object: Option<&'a Acl>) -> Facts<'a> {
    Facts { caller, need, bucket: Some(bucket_facts(bucket)), object, action: "s3:Any", policy: None }
}

fn allowed(caller: &Caller, bucket: &Acl, object: &Acl) -> Vec<Need> {
    let one = |need: &Need| decide(&facts(caller, *need, bucket, Some(object))) == Decision::Allow;
    ALL_NEEDS.into_iter().filter(one).collect()
}

#[test]
fn the_owner_with_a_full_key_may_do_everything() {
    let acl = Acl::private(&id("o"));
    assert_eq!(allowed(&full("o"), &bucket(CannedAcl::Private), &acl), ALL_NEEDS);
}

#[test]
fn strangers_get_what_the_acls_give() {
    let private = Acl::private(&id("o"));
    let public = Acl::canned(CannedAcl::PublicRead, &id("o"), &id("o"));
    let signed = Acl::canned(CannedAcl::AuthenticatedRead, &id("o"), &id("o"));
    let none = bucket(CannedAcl::Private);
    assert_eq!(allowed(&Caller::Anonymous, &none, &private), [Need::Nothing]);
    assert_eq!(allowed(&Caller::Anonymous, &none, &public), [Need::Nothing, Need::ObjectRead]);
    assert_eq!(allowed(&Caller::Anonymous, &none, &signed), [Need::Nothing]);
    assert_eq!(allowed(&full("x"), &none, &signed), [Need::Signed, Need::Nothing, Need::ObjectRead]);
    // A public listing opens no file.
    let listing = bucket(CannedAcl::PublicRead);
    assert_eq!(allowed(&Caller::Anonymous, &listing, &private), [Need::Nothing, Need::BucketRead]);
    // Writing into the bucket opens none either, and gives no configuration.
    let open = bucket(CannedAcl::PublicReadWrite);
    assert_eq!(
        allowed(&full("x"), &open, &private),
        [Need::Signed, Need::Nothing, Need::BucketRead, Need::BucketWrite, Need::BucketDelete]
    );
}

/// A bucket made with grants to others only: its owner may fix the ACL and nothing else
/// (`bucket.delete.created_with_grant_header_only`, and asked by hand).
#[test]
fn an_owner_without_a_grant_is_locked_out_but_for_the_acl() {
    let grants = vec![crate::Grant { grantee: crate::Grantee::Account(id("x")), permission: Permission::Read }];
    let bucket = Acl { owner: id("o"), grants };
    let others = Acl::private(&id("x"));
    assert_eq!(
        allowed(&full("o"), &bucket, &others),
        [
            Need::Signed,
            Need::Nothing,
            Need::BucketReadAcp,
            Need::BucketWriteAcp,
            Need::BucketConfigure,
            Need::BucketState
        ]
    );
    assert!(
        may_list(&full("o"), &bucket_facts(&bucket), None),
        "a missing key is NoSuchKey for the owner all the same"
    );
}

#[test]
fn the_bucket_owner_has_no_right_to_anothers_object_but_to_delete_it() {
    let theirs = Acl::private(&id("x"));
    let may = allowed(&full("o"), &bucket(CannedAcl::PublicReadWrite), &theirs);
    assert!(!may.contains(&Need::ObjectRead) && !may.contains(&Need::ObjectReadAcp));
    assert!(may.contains(&Need::BucketWrite));
    let shared = Acl::canned(CannedAcl::BucketOwnerRead, &id("x"), &id("o"));
    assert!(allowed(&full("o"), &bucket(CannedAcl::Private), &shared).contains(&Need::ObjectRead));
}

#[test]
fn limited_keys() {
    let acl = Acl::private(&id("o"));
    let b = bucket(CannedAcl::Private);
    let read = [Need::Nothing, Need::BucketRead, Need::BucketState, Need::ObjectRead, Need::ObjectReadAcp];
    assert_eq!(allowed(&caller("o", vec![grant("b", KeyPermission::Read)]), &b, &acl), read);
    let write = [
        Need::Nothing,
        Need::BucketRead,
        Need::BucketWrite,
        Need::BucketState,
        Need::ObjectRead,
        Need::ObjectReadAcp,
        Need::ObjectWriteAcp,
    ];
    assert_eq!(allowed(&caller("o", vec![grant("b", KeyPermission::ReadWrite)]), &b, &acl), write);
    for grants in [vec![], vec![grant("b", KeyPermission::Nothing)], vec![grant("other", KeyPermission::ReadWrite)]] {
        assert_eq!(allowed(&caller("o", grants), &b, &acl), [Need::Nothing]);
    }
    let mixed = vec![grant("other", KeyPermission::Read), grant("b", KeyPermission::ReadWrite)];
    assert_eq!(allowed(&caller("o", mixed), &b, &acl), write);
}

#[test]
fn a_limited_keys_refusal_is_the_proxys_and_an_acls_is_not() {
    let b = bucket(CannedAcl::Private);
    let read_only = caller("o", vec![grant("b", KeyPermission::Read)]);
    let Decision::DenyLimitedKey { because } = decide(&facts(&read_only, Need::BucketWrite, &b, None)) else {
        panic!("expected the proxy's refusal");
    };
    assert_eq!(because, "the access key may only read in this Space");
    let no_bucket = Facts {
        caller: &read_only,
        need: Need::Signed,
        bucket: None,
        object: None,
        action: "s3:CreateBucket",
        policy: None,
    };
    assert!(matches!(decide(&no_bucket), Decision::DenyLimitedKey { .. }));
    // The key may, the ACL does not.
    let (stranger, private) = (caller("x", vec![grant("b", KeyPermission::Read)]), Acl::private(&id("o")));
    let Decision::Deny { because } = decide(&facts(&stranger, Need::ObjectRead, &b, Some(&private))) else {
        panic!("expected the ACL's refusal");
    };
    assert_eq!(because, "the object's ACL gives READ to no one but its owner and the caller is account x");
}

#[test]
fn a_missing_key_is_told_to_those_who_may_list() {
    for (canned, who, told) in [
        (CannedAcl::Private, Caller::Anonymous, false),
        (CannedAcl::PublicRead, Caller::Anonymous, true),
        (CannedAcl::Private, full("x"), false),
        (CannedAcl::AuthenticatedRead, full("x"), true),
        (CannedAcl::AuthenticatedRead, Caller::Anonymous, false),
        (CannedAcl::Private, full("o"), true),
        (CannedAcl::Private, caller("o", vec![grant("b", KeyPermission::Read)]), true),
        (CannedAcl::PublicRead, caller("o", vec![grant("c", KeyPermission::Read)]), false),
    ] {
        let bucket = bucket(canned);
        assert_eq!(may_list(&who, &bucket_facts(&bucket), None), told, "{canned:?} {who:?}");
        let decision = decide(&facts(&who, Need::ObjectRead, &bucket, None));
        assert_eq!(decision == Decision::Allow, told, "{decision:?}");
    }
}

/// Who began an upload rules it, and the bucket's owner; what the policy denies is denied to both.
#[test]
fn uploads_are_their_initiators_and_the_buckets_owners() {
    let (owner, initiator, other) = (AccountId::new("1"), AccountId::new("2"), AccountId::new("3"));
    let (acl, begun) = (Acl::private(&owner), Acl::private(&initiator));
    let by = |account: &AccountId, upload: Option<&Acl>| {
        let grants = vec![grant("", KeyPermission::FullAccess)];
        let caller = Caller::Account { account: account.clone(), grants };
        let bucket = Some(BucketFacts { name: "b", owner: &owner, acl: &acl });
        let action = "s3:AbortMultipartUpload";
        decide(&Facts { caller: &caller, need: Need::UploadWrite, bucket, object: upload, action, policy: None })
            == Decision::Allow
    };
    assert_eq!([&owner, &initiator, &other].map(|account| by(account, Some(&begun))), [true, true, false]);
    assert_eq!([&owner, &initiator].map(|account| by(account, None)), [true, false]);
}
