#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn id(text: &str) -> AccountId {
    AccountId::new(text)
}

fn shown(acl: &Acl) -> String {
    let one = |grant: &&Grant| {
        let who = match &grant.grantee {
            Grantee::AllUsers => "all",
            Grantee::AuthenticatedUsers => "auth",
            Grantee::LogDelivery => "logs",
            Grantee::Account(id) => id.as_str(),
        };
        format!("{who}:{}", grant.permission.as_str())
    };
    acl.listed().iter().map(one).collect::<Vec<_>>().join(" ")
}

/// As a real RGW lists them (`acl.bucket.get_after.*`; bucket-owner-* asked with two accounts).
#[test]
fn canned_acls_as_rgw_lists_them() {
    let (a, b) = (id("6174283"), id("7000001"));
    for (name, own, other) in [
        ("private", "7000001:FULL_CONTROL", "7000001:FULL_CONTROL"),
        ("public-read", "all:READ 7000001:FULL_CONTROL", "all:READ 7000001:FULL_CONTROL"),
        ("public-read-write", "all:READ all:WRITE 7000001:FULL_CONTROL", "all:READ all:WRITE 7000001:FULL_CONTROL"),
        ("authenticated-read", "auth:READ 7000001:FULL_CONTROL", "auth:READ 7000001:FULL_CONTROL"),
        ("bucket-owner-read", "7000001:FULL_CONTROL", "6174283:READ 7000001:FULL_CONTROL"),
        ("bucket-owner-full-control", "7000001:FULL_CONTROL", "6174283:FULL_CONTROL 7000001:FULL_CONTROL"),
    ] {
        let canned = CannedAcl::parse(name).unwrap();
        assert_eq!(shown(&Acl::canned(canned, &b, &b)), own, "{name}");
        assert_eq!(shown(&Acl::canned(canned, &b, &a)), other, "{name} in another's bucket");
    }
    for name in ["bogus", "", "Private"] {
        assert_eq!(CannedAcl::parse(name), None, "{name}");
    }
}

#[test]
fn canned_acls_that_only_amazon_has() {
    let a = id("a");
    let canned = |name| Acl::canned(CannedAcl::parse(name).unwrap(), &a, &a);
    let logs = canned("log-delivery-write");
    assert_eq!(shown(&logs), "logs:WRITE logs:READ_ACP a:FULL_CONTROL");
    assert!(!logs.allows(Some(&id("b")), Permission::Write) && !logs.allows(None, Permission::ReadAcp));
    let exec = canned("aws-exec-read");
    assert_eq!(shown(&exec), format!("{EC2}:READ a:FULL_CONTROL"));
}

#[test]
fn the_owner_has_its_acl_and_else_only_what_is_granted() {
    let (a, b) = (id("a"), id("b"));
    let acl = Acl {
        owner: a.clone(),
        grants: vec![Grant { grantee: Grantee::Account(b.clone()), permission: Permission::Read }],
    };
    for (permission, owner, grantee) in [
        (Permission::Read, false, true),
        (Permission::Write, false, false),
        (Permission::ReadAcp, true, false),
        (Permission::WriteAcp, true, false),
        (Permission::FullControl, false, false),
    ] {
        assert_eq!(acl.allows(Some(&a), permission), owner, "owner {permission:?}");
        assert_eq!(acl.allows(Some(&b), permission), grantee, "grantee {permission:?}");
        assert!(!acl.allows(None, permission), "anonymous {permission:?}");
    }
}

#[test]
fn groups() {
    let (a, b) = (id("a"), id("b"));
    let public = Acl::canned(CannedAcl::PublicRead, &a, &a);
    assert!(public.allows(None, Permission::Read) && !public.allows(None, Permission::Write));
    let signed = Acl::canned(CannedAcl::AuthenticatedRead, &a, &a);
    assert!(!signed.allows(None, Permission::Read) && signed.allows(Some(&b), Permission::Read));
    let open = Acl::canned(CannedAcl::PublicReadWrite, &a, &a);
    assert!(open.allows(None, Permission::Write) && !open.allows(Some(&b), Permission::ReadAcp));
    assert!(Acl::private(&a).is_private() && !public.is_private());
}

fn any_grant() -> impl Strategy<Value = Grant> {
    let grantee = prop_oneof![
        Just(Grantee::AllUsers),
        Just(Grantee::AuthenticatedUsers),
        "[ab0-9]{1,2}".prop_map(|text| Grantee::Account(AccountId::new(text))),
    ];
    (grantee, 0..5_usize).prop_map(|(grantee, at)| Grant { grantee, permission: Permission::ALL[at] })
}

proptest! {
    /// Listing changes the order and nothing else: groups first, accounts by id, ties as they came.
    #[test]
    fn listed_is_a_stable_sort(grants in prop::collection::vec(any_grant(), 0..12)) {
        let acl = Acl { owner: id("o"), grants };
        let listed = acl.listed();
        prop_assert_eq!(listed.len(), acl.grants.len());
        let rank = |grant: &Grant| match &grant.grantee {
            Grantee::Account(id) => id.as_str().to_owned(),
            Grantee::AllUsers | Grantee::AuthenticatedUsers | Grantee::LogDelivery => String::new(),
        };
        for pair in listed.windows(2) {
            prop_assert!(rank(pair[0]) <= rank(pair[1]));
            if rank(pair[0]) == rank(pair[1]) {
                prop_assert!(std::ptr::from_ref(pair[0]) < std::ptr::from_ref(pair[1]));
            }
        }
    }

    /// More grants never take a permission away, and full control is all four.
    #[test]
    fn grants_only_add(grants in prop::collection::vec(any_grant(), 1..8), at in 0..5_usize) {
        let caller = id("a");
        let whole = Acl { owner: id("o"), grants };
        let mut less = whole.clone();
        less.grants.pop();
        let permission = Permission::ALL[at];
        prop_assert!(!less.allows(Some(&caller), permission) || whole.allows(Some(&caller), permission));
        let all = Permission::ALL[..4].iter().all(|one| whole.allows(Some(&caller), *one));
        prop_assert_eq!(whole.allows(Some(&caller), Permission::FullControl), all);
    }
}
