//! What Amazon S3 tells an account of why it was refused in a bucket of its own; others are told nothing (S3 user guide,
//! "Troubleshoot access denied (403 Forbidden) errors in Amazon S3").

use spacelet_engine::access::Caller;
use spacelet_engine::{Bucket, ObjectKey};

use crate::Profile;
use crate::error::S3Error;

/// A statement of the bucket's policy denies it.
pub(crate) const BY_POLICY: &str = "with an explicit deny in a resource-based policy";
/// The public access block forbids the policy.
pub(crate) const PUBLIC_POLICY: &str =
    "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.";
/// The public access block forbids the ACL.
pub(crate) const PUBLIC_ACL: &str =
    "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.";

/// What was refused.
#[derive(Clone, Copy)]
pub(crate) struct Refused<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) action: &'a str,
    pub(crate) bucket: &'a Bucket,
    /// `None`: the bucket itself.
    pub(crate) key: Option<&'a ObjectKey>,
}

impl Refused<'_> {
    /// Adds why to the refusal's message, where the profile does and the caller may know.
    pub(crate) fn told(&self, profile: &Profile, error: S3Error, why: &str) -> S3Error {
        let Some(account) = self.caller.account().filter(|account| **account == self.bucket.owner) else {
            return error;
        };
        if !profile.tells_owners_why {
            return error;
        }
        let (slash, key) = self.key.map_or(("", ""), |key| ("/", key.as_str()));
        let (action, bucket) = (self.action, self.bucket.name.as_str());
        error.with_message(format!(
            "User: arn:aws:iam::{account}:root is not authorized to perform: {action} on resource: \
             \"arn:aws:s3:::{bucket}{slash}{key}\" {why}"
        ))
    }
}
