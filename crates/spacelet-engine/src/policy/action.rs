//! Policy actions: the names that RGW 16 knows (a policy with another is refused), kept as a set of bits.

use super::wildcard::matches_any_case;

/// Actions on buckets and objects. The place in this list is the bit; nothing of it is stored.
const S3: &[&str] = &[
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "s3:GetObjectAcl",
    "s3:GetObjectVersionAcl",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:ListMultipartUploadParts",
    "s3:AbortMultipartUpload",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersionTorrent",
    "s3:RestoreObject",
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:ListAllMyBuckets",
    "s3:ListBucketMultipartUploads",
    "s3:GetAccelerateConfiguration",
    "s3:PutAccelerateConfiguration",
    "s3:GetBucketAcl",
    "s3:PutBucketAcl",
    "s3:GetBucketCORS",
    "s3:PutBucketCORS",
    "s3:GetBucketVersioning",
    "s3:PutBucketVersioning",
    "s3:GetBucketRequestPayment",
    "s3:PutBucketRequestPayment",
    "s3:GetBucketLocation",
    "s3:GetBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketPolicy",
    "s3:GetBucketNotification",
    "s3:PutBucketNotification",
    "s3:GetBucketLogging",
    "s3:PutBucketLogging",
    "s3:GetBucketTagging",
    "s3:PutBucketTagging",
    "s3:GetBucketWebsite",
    "s3:PutBucketWebsite",
    "s3:DeleteBucketWebsite",
    "s3:GetLifecycleConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:DeleteReplicationConfiguration",
    "s3:GetObjectTagging",
    "s3:PutObjectTagging",
    "s3:DeleteObjectTagging",
    "s3:GetObjectVersionTagging",
    "s3:PutObjectVersionTagging",
    "s3:DeleteObjectVersionTagging",
    "s3:PutBucketObjectLockConfiguration",
    "s3:GetBucketObjectLockConfiguration",
    "s3:PutObjectRetention",
    "s3:GetObjectRetention",
    "s3:PutObjectLegalHold",
    "s3:GetObjectLegalHold",
    "s3:BypassGovernanceRetention",
    "s3:GetBucketPolicyStatus",
    "s3:PutPublicAccessBlock",
    "s3:GetPublicAccessBlock",
    "s3:DeletePublicAccessBlock",
    "s3:GetBucketPublicAccessBlock",
    "s3:PutBucketPublicAccessBlock",
    "s3:DeleteBucketPublicAccessBlock",
];

/// What AWS knows besides.
const AWS: &[&str] = &[
    "s3:GetObjectAttributes",
    "s3:GetObjectVersionAttributes",
    "s3:GetEncryptionConfiguration",
    "s3:PutEncryptionConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:PutBucketOwnershipControls",
    "s3:GetAnalyticsConfiguration",
    "s3:PutAnalyticsConfiguration",
    "s3:GetInventoryConfiguration",
    "s3:PutInventoryConfiguration",
    "s3:GetMetricsConfiguration",
    "s3:PutMetricsConfiguration",
    "s3:GetIntelligentTieringConfiguration",
    "s3:PutIntelligentTieringConfiguration",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:ReplicateObject",
    "s3:ReplicateDelete",
    "s3:ReplicateTags",
    "s3:GetObjectVersionForReplication",
    "s3:InitiateReplication",
];
/// Actions on objects whose names do not say so.
const ON_OBJECTS: [&str; 7] = [
    "s3:ListMultipartUploadParts",
    "s3:AbortMultipartUpload",
    "s3:BypassGovernanceRetention",
    "s3:ReplicateDelete",
    "s3:ReplicateTags",
    "s3:RestoreObject",
    "s3:ObjectOwnerOverrideToBucketOwner",
];
/// About neither a bucket nor an object.
const ON_NOTHING: &str = "s3:ListAllMyBuckets";

/// Services whose actions may stand in a policy and mean nothing on a bucket.
const OTHER_SERVICES: [&str; 2] = ["iam:", "sts:"];

/// A set of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ActionSet(u128);

const _: () = assert!(S3.len() + AWS.len() <= 128, "a bit for each action");

impl ActionSet {
    /// Adds what a name or pattern stands for; false when it stands for nothing known.
    pub(super) fn add(&mut self, pattern: &str, knows_aws: bool) -> bool {
        // RGW looks at the first character only.
        if pattern == "*" || (pattern.starts_with('*') && !knows_aws) {
            self.0 = u128::MAX;
            return true;
        }
        let aws: &[&str] = if knows_aws { AWS } else { &[] };
        let before = self.0;
        let mut is_known = false;
        // Colons are not matched by `*`: `s3*` is no action, `*:*` is all of them.
        if pattern.contains(':') {
            for (bit, name) in S3.iter().chain(aws).enumerate() {
                if matches_any_case(pattern, name) {
                    self.0 |= 1 << bit;
                    is_known = true;
                }
            }
        }
        let lower = pattern.to_ascii_lowercase();
        is_known || self.0 != before || OTHER_SERVICES.iter().any(|service| lower.starts_with(service))
    }

    /// Those that are about objects, and those that are about buckets.
    pub(super) fn by_subject(self) -> (Self, Self) {
        let (mut objects, mut buckets) = (Self::default(), Self::default());
        for (bit, name) in S3.iter().chain(AWS).enumerate() {
            let is_about_object = name.contains("Object") && !name.ends_with("ObjectLockConfiguration");
            let set = match is_about_object || ON_OBJECTS.contains(name) {
                true => &mut objects,
                false if *name == ON_NOTHING => continue,
                false => &mut buckets,
            };
            set.0 |= self.0 & (1 << bit);
        }
        (objects, buckets)
    }

    /// Those whose names are of one of the patterns.
    pub(super) fn named(patterns: &[&str]) -> Self {
        let mut set = Self::default();
        for pattern in patterns {
            set.add(pattern, true);
        }
        set
    }

    /// Whether the two have an action in common.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it has none.
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those of either.
    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the action is in it; one that nobody knows is in `*` and `s3:*` only.
    pub(super) fn contains(self, action: &str) -> bool {
        match S3.iter().chain(AWS).position(|name| *name == action) {
            Some(bit) => self.0 & (1 << bit) != 0,
            None => self.0 == u128::MAX || S3.iter().enumerate().all(|(bit, _)| self.0 & (1 << bit) != 0),
        }
    }
}

/// The name of an action when the request names a version of the object.
#[must_use]
pub fn versioned(action: &'static str) -> &'static str {
    match action {
        "s3:GetObject" => "s3:GetObjectVersion",
        "s3:GetObjectAcl" => "s3:GetObjectVersionAcl",
        "s3:PutObjectAcl" => "s3:PutObjectVersionAcl",
        "s3:DeleteObject" => "s3:DeleteObjectVersion",
        "s3:GetObjectAttributes" => "s3:GetObjectVersionAttributes",
        "s3:GetObjectTagging" => "s3:GetObjectVersionTagging",
        "s3:PutObjectTagging" => "s3:PutObjectVersionTagging",
        "s3:DeleteObjectTagging" => "s3:DeleteObjectVersionTagging",
        other => other,
    }
}
