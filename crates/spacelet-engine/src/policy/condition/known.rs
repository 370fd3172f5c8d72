//! S3's own condition keys, and which actions have them (Service Authorization Reference, "Actions, resources, and
//! condition keys for Amazon S3"). Keys of other prefixes are not looked at: AWS has new ones every year.

use super::super::action::ActionSet;

const LISTS: &[&str] = &["s3:ListBucket", "s3:ListBucketVersions"];
const WRITES: &[&str] = &["s3:PutObject", "s3:ReplicateObject"];
const ACLS: &[&str] = &["s3:PutObject", "s3:PutObject*Acl", "s3:CreateBucket", "s3:PutBucketAcl", "s3:ReplicateObject"];
/// Whatever the action is.
const ANY: &[&str] = &[];

/// Names, and the actions that have the key.
const KEYS: &[(&str, &[&str])] = &[
    ("s3:AccessGrantsInstanceArn", ANY),
    ("s3:AccessPointNetworkOrigin", ANY),
    ("s3:DataAccessPointAccount", ANY),
    ("s3:DataAccessPointArn", ANY),
    ("s3:InventoryAccessibleOptionalFields", &["s3:PutInventoryConfiguration"]),
    ("s3:LocationConstraint", &["s3:CreateBucket"]),
    ("s3:ObjectCreationOperation", &["s3:PutObject"]),
    ("s3:RequestObjectTagKeys", &["s3:PutObject*", "s3:ReplicateTags"]),
    ("s3:ResourceAccount", ANY),
    ("s3:TlsVersion", ANY),
    ("s3:VersionId", ANY),
    ("s3:authType", ANY),
    ("s3:delimiter", LISTS),
    ("s3:destinationRegion", ANY),
    ("s3:if-match", &["s3:PutObject"]),
    ("s3:if-none-match", &["s3:PutObject"]),
    ("s3:isReplicationPauseRequest", &["s3:PutReplicationConfiguration"]),
    ("s3:max-keys", LISTS),
    ("s3:object-lock-legal-hold", ANY),
    ("s3:object-lock-mode", ANY),
    ("s3:object-lock-remaining-retention-days", ANY),
    ("s3:object-lock-retain-until-date", ANY),
    ("s3:prefix", LISTS),
    ("s3:signatureAge", ANY),
    ("s3:signatureversion", ANY),
    ("s3:x-amz-acl", ACLS),
    ("s3:x-amz-content-sha256", ANY),
    ("s3:x-amz-copy-source", WRITES),
    ("s3:x-amz-grant-full-control", ACLS),
    ("s3:x-amz-grant-read", ACLS),
    ("s3:x-amz-grant-read-acp", ACLS),
    ("s3:x-amz-grant-write", ACLS),
    ("s3:x-amz-grant-write-acp", ACLS),
    ("s3:x-amz-metadata-directive", WRITES),
    ("s3:x-amz-object-ownership", &["s3:CreateBucket"]),
    ("s3:x-amz-server-side-encryption", WRITES),
    ("s3:x-amz-server-side-encryption-aws-kms-key-id", WRITES),
    ("s3:x-amz-server-side-encryption-customer-algorithm", ANY),
    ("s3:x-amz-storage-class", WRITES),
    ("s3:x-amz-website-redirect-location", WRITES),
];
/// Followed by a tag's key.
const OF_TAGS: [&str; 4] = ["s3:AccessPointTag/", "s3:BucketTag/", "s3:ExistingObjectTag/", "s3:RequestObjectTag/"];

/// Whether there may be such a key.
pub(in crate::policy) fn is_known(key: &str) -> bool {
    let begins = |prefix: &str| key.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    !begins("s3:")
        || KEYS.iter().any(|(name, _)| name.eq_ignore_ascii_case(key))
        || OF_TAGS.iter().any(|prefix| begins(prefix) && key.len() > prefix.len())
}

/// The actions that have the key; `None` where that is not told apart.
pub(in crate::policy) fn actions_of(key: &str) -> Option<ActionSet> {
    let (_, actions) = KEYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    (!actions.is_empty()).then(|| ActionSet::named(actions))
}
