//! The decision whether a caller may do something: pure, over facts that were gathered before.
//! Key grants (limited keys), then policy, then ACL, in the order in which Spaces and RGW apply them.

use std::sync::Arc;

use crate::policy::{Environment, Policy, PolicyAsk, Verdict};
use crate::{AccountId, Acl, KeyGrant, KeyPermission, Permission};

pub use crate::policy::versioned_action;

/// What a request wants to do with its subject, as the operation table names it (policy action and ACL permission).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// No check beyond a signature: ListBuckets, CreateBucket.
    Signed,
    /// Nothing: preflight, health.
    Nothing,
    /// READ on the bucket: listings, HEAD bucket.
    BucketRead,
    /// WRITE on the bucket: put, delete, copy into, multipart.
    BucketWrite,
    /// WRITE on the bucket, by a full key: DeleteBucket.
    BucketDelete,
    /// READ_ACP on the bucket.
    BucketReadAcp,
    /// WRITE_ACP on the bucket.
    BucketWriteAcp,
    /// Configuration of the bucket: its owner only, by a full key.
    BucketConfigure,
    /// Location and versioning state of the bucket: its owner only, by any key that has a grant there
    /// (spaces-reference 3).
    BucketState,
    /// READ on the object.
    ObjectRead,
    /// READ_ACP on the object.
    ObjectReadAcp,
    /// WRITE_ACP on the object.
    ObjectWriteAcp,
    /// Reading of an open upload, by the bucket's owner or by who began it (Amazon S3).
    UploadRead,
    /// Ending an open upload, by the same.
    UploadWrite,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Nobody signed.
    Anonymous,
    /// An account, through one of its keys.
    Account {
        /// Which account.
        account: AccountId,
        /// The grants of the key that signed.
        grants: Vec<KeyGrant>,
    },
}

/// What the decision needs of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BucketFacts<'a> {
    /// Its name (limited keys name buckets).
    pub name: &'a str,
    /// Who owns it.
    pub owner: &'a AccountId,
    /// Its ACL.
    pub acl: &'a Acl,
}

/// The bucket's policy and what it is asked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFacts {
    /// The policy.
    pub policy: Arc<Policy>,
    /// `bucket`, or `bucket/key`.
    pub resource: String,
    /// What its conditions look at.
    pub environment: Environment,
}

/// Everything that a decision looks at. Borrowed: a decision is made on every request and copies nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// For what.
    pub need: Need,
    /// Of which bucket.
    pub bucket: Option<BucketFacts<'a>>,
    /// The object's ACL, where the need is about an object and the object is there. Of an upload: an ACL that who began
    /// it owns.
    pub object: Option<&'a Acl>,
    /// The policy action, such as `s3:GetObject`.
    pub action: &'static str,
    /// The bucket's policy, where it has one.
    pub policy: Option<&'a PolicyFacts>,
}

/// Yes or no, and because of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Allowed.
    Allow,
    /// Refused by ACL or ownership, where the policy says nothing (RGW's answer).
    Deny {
        /// In plain words, for the explanation.
        because: String,
    },
    /// Refused because a statement of the policy says so.
    DenyByPolicy {
        /// In plain words, for the explanation.
        because: String,
    },
    /// Refused because the key is limited (the front proxy's answer, spaces-reference 3).
    DenyLimitedKey {
        /// In plain words, for the explanation.
        because: String,
    },
}

impl Caller {
    /// Its account; `None` for an unsigned request.
    #[must_use]
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Anonymous => None,
            Self::Account { account, .. } => Some(account),
        }
    }
}

/// Decides. No clock, no I/O, no side effect: first what the key may; then the bucket's policy, whose denial and whose
/// permission are final; where it says nothing, ownership or the ACL that the need is about.
#[must_use]
pub fn decide(facts: &Facts<'_>) -> Decision {
    if facts.need == Need::Nothing {
        return Decision::Allow;
    }
    if let Caller::Account { grants, .. } = facts.caller
        && let Some(because) = limited_key_lacks(grants, facts.need, facts.bucket.as_ref())
    {
        return Decision::DenyLimitedKey { because };
    }
    match by_policy(facts) {
        Verdict::Allow(_) if policy_reaches(facts) => return Decision::Allow,
        Verdict::Deny(statement) => {
            let because = format!("{statement} of the Space's policy denies {}{}", facts.action, on_resource(facts));
            return Decision::DenyByPolicy { because };
        }
        Verdict::Allow(_) | Verdict::Pass => {}
    }
    let verdict = match facts.need {
        Need::Nothing => Ok(()),
        Need::Signed => signed(facts.caller),
        Need::BucketConfigure | Need::BucketState => owner_only(facts),
        Need::BucketRead => bucket_acl(facts, Permission::Read),
        Need::BucketWrite | Need::BucketDelete => bucket_acl(facts, Permission::Write),
        Need::BucketReadAcp => bucket_acl(facts, Permission::ReadAcp),
        Need::BucketWriteAcp => bucket_acl(facts, Permission::WriteAcp),
        Need::ObjectRead => object_acl(facts, Permission::Read),
        Need::ObjectReadAcp => object_acl(facts, Permission::ReadAcp),
        Need::ObjectWriteAcp => object_acl(facts, Permission::WriteAcp),
        Need::UploadRead | Need::UploadWrite => initiator(facts),
    };
    match verdict {
        Ok(()) => Decision::Allow,
        Err(because) if !policy_reaches(facts) => {
            let because = format!("what the policy allows counts for its owner's objects only, and {because}");
            Decision::Deny { because }
        }
        Err(because) if facts.policy.is_some() => {
            let because = format!(
                "no statement of the Space's policy speaks of {}{} by this caller under these conditions, and {because}",
                facts.action,
                on_resource(facts)
            );
            Decision::Deny { because }
        }
        Err(because) => Decision::Deny { because },
    }
}

/// What the policy says; nothing where there is none, or where no bucket is asked for.
fn by_policy(facts: &Facts<'_>) -> Verdict {
    match (&facts.policy, facts.need) {
        (None, _) | (_, Need::Signed) => Verdict::Pass,
        (Some(policy), _) => verdict(policy, facts.caller, facts.action),
    }
}

/// Whether what the policy allows counts for the object (S3 user guide, "Bucket policies": for those of the bucket's
/// owner).
fn policy_reaches(facts: &Facts<'_>) -> bool {
    let is_about_object = matches!(facts.need, Need::ObjectRead | Need::ObjectReadAcp | Need::ObjectWriteAcp);
    let is_anothers = facts.object.zip(facts.bucket).is_some_and(|(object, bucket)| object.owner != *bucket.owner);
    let reaches_all = facts.policy.is_none_or(|facts| facts.policy.reaches_others_objects());
    reaches_all || !is_about_object || !is_anothers
}

fn verdict(facts: &PolicyFacts, caller: &Caller, action: &str) -> Verdict {
    let (resource, environment) = (facts.resource.as_str(), &facts.environment);
    facts.policy.evaluate(&PolicyAsk { account: caller.account(), action, resource, environment })
}

fn on_resource(facts: &Facts<'_>) -> String {
    facts.policy.map(|policy| format!(" on {}", policy.resource)).unwrap_or_default()
}

/// Whether `caller` may list the bucket: decides between `NoSuchKey` and `AccessDenied` for a missing key.
/// The bucket's owner always may (RGW's `read_obj_policy`), others by the policy on `s3:ListBucket`, else by READ on
/// the bucket. `policy` is asked about the bucket, whatever its resource says.
#[must_use]
pub fn may_list(caller: &Caller, bucket: &BucketFacts<'_>, policy: Option<&PolicyFacts>) -> bool {
    if let Caller::Account { grants, .. } = caller
        && limited_key_lacks(grants, Need::BucketRead, Some(bucket)).is_some()
    {
        return false;
    }
    let account = caller.account();
    if account == Some(bucket.owner) {
        return true;
    }
    let verdict = policy.map(|facts| {
        let (resource, environment) = (bucket.name, &facts.environment);
        facts.policy.evaluate(&PolicyAsk { account, action: "s3:ListBucket", resource, environment })
    });
    match verdict {
        Some(Verdict::Allow(_)) => true,
        Some(Verdict::Deny(_)) => false,
        Some(Verdict::Pass) | None => bucket.acl.allows(account, Permission::Read),
    }
}

/// What keeps a key with these grants from `need`; `None` when nothing does (a full key, or a grant that covers it).
fn limited_key_lacks(grants: &[KeyGrant], need: Need, bucket: Option<&BucketFacts<'_>>) -> Option<String> {
    if grants.iter().any(|grant| grant.permission == KeyPermission::FullAccess) {
        return None;
    }
    let Some(wanted) = least_permission(need) else {
        return Some("the access key is limited to some Spaces; this operation takes a full access key".to_owned());
    };
    let Some(bucket) = bucket else {
        return Some("the access key is limited to some Spaces and the request names none".to_owned());
    };
    let here = || grants.iter().filter(|grant| grant.bucket == bucket.name).map(|grant| grant.permission);
    let covers = |has| match has {
        KeyPermission::ReadWrite | KeyPermission::FullAccess => true,
        KeyPermission::Read => wanted == KeyPermission::Read,
        KeyPermission::Nothing => false,
    };
    if here().any(covers) {
        return None;
    }
    Some(if here().any(|has| has == KeyPermission::Read) {
        "the access key may only read in this Space".to_owned()
    } else {
        "the access key has no permission in this Space".to_owned()
    })
}

/// The least that a limited key must have on the bucket; `None` for what limited keys never may (spaces-reference 3).
fn least_permission(need: Need) -> Option<KeyPermission> {
    match need {
        Need::Nothing => Some(KeyPermission::Nothing),
        Need::BucketRead | Need::BucketState | Need::ObjectRead | Need::ObjectReadAcp => Some(KeyPermission::Read),
        Need::UploadRead => Some(KeyPermission::Read),
        Need::BucketWrite | Need::ObjectWriteAcp | Need::UploadWrite => Some(KeyPermission::ReadWrite),
        Need::Signed | Need::BucketDelete | Need::BucketReadAcp | Need::BucketWriteAcp | Need::BucketConfigure => None,
    }
}

fn signed(caller: &Caller) -> Result<(), String> {
    match caller {
        Caller::Anonymous => Err("the request is not signed and this operation takes an account".to_owned()),
        Caller::Account { .. } => Ok(()),
    }
}

fn owner_only(facts: &Facts<'_>) -> Result<(), String> {
    let Some(bucket) = &facts.bucket else { return Err(no_bucket()) };
    if facts.caller.account() == Some(bucket.owner) {
        return Ok(());
    }
    Err(format!("only the Space's owner may do this and {}", who(facts.caller)))
}

/// An upload that is not there is told to those who may list the bucket, as an object is.
fn initiator(facts: &Facts<'_>) -> Result<(), String> {
    match facts.object {
        Some(upload) if facts.caller.account() == Some(&upload.owner) => Ok(()),
        Some(_) => owner_only(facts),
        None => object_acl(facts, Permission::Read),
    }
}

fn bucket_acl(facts: &Facts<'_>, permission: Permission) -> Result<(), String> {
    let Some(bucket) = &facts.bucket else { return Err(no_bucket()) };
    by_acl("the Space's ACL", bucket.acl, facts, permission)
}

fn object_acl(facts: &Facts<'_>, permission: Permission) -> Result<(), String> {
    match (&facts.object, &facts.bucket) {
        (Some(acl), _) => by_acl("the object's ACL", acl, facts, permission),
        // Nothing to protect: the operation itself finds that the key is missing, unless that may not be known.
        (None, Some(bucket)) if may_list(facts.caller, bucket, facts.policy) => Ok(()),
        (None, Some(_)) => Err(format!(
            "there may be no such object, which only those who may list the Space are told, and {}",
            who(facts.caller)
        )),
        (None, None) => Err(no_bucket()),
    }
}

fn by_acl(whose: &str, acl: &Acl, facts: &Facts<'_>, permission: Permission) -> Result<(), String> {
    if acl.allows(facts.caller.account(), permission) {
        return Ok(());
    }
    let to = if acl.is_private() { " to no one but its owner" } else { " to others only" };
    Err(format!("{whose} gives {}{to} and {}", permission.as_str(), who(facts.caller)))
}

fn who(caller: &Caller) -> String {
    match caller {
        Caller::Anonymous => "the request is not signed".to_owned(),
        Caller::Account { account, .. } => format!("the caller is account {account}"),
    }
}

fn no_bucket() -> String {
    "the request names no Space".to_owned()
}

#[cfg(test)]
#[path = "access/tests.rs"]
mod tests;
