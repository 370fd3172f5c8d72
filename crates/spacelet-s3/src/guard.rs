//! What a bucket's ownership controls and public access block do to every decision about it. Costs two bits of the
//! bucket's record where it has neither.

use std::borrow::Cow;

use spacelet_engine::access::Caller;
use spacelet_engine::policy::Policy;
use spacelet_engine::{AccountId, Acl, Bucket, DocumentKind, EngineError, World};

use crate::error::{ErrorCode, S3Error};
use crate::ownership::Ownership;
use crate::public_access::{PublicAccessBlock, without_public};

/// Both, as far as decisions go.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Guard {
    ignores_acls: bool,
    ignores_public_grants: bool,
    is_owners_alone: bool,
}

impl Guard {
    /// That of a bucket with this policy.
    ///
    /// # Errors
    /// Storage errors.
    pub(crate) fn of(world: &World, bucket: &Bucket, policy: Option<&Policy>) -> Result<Self, EngineError> {
        let mut guard = Self::default();
        if bucket.documents.contains(DocumentKind::OwnershipControls) {
            guard.ignores_acls = Ownership::of(world, bucket)? == Ownership::BucketOwnerEnforced;
        }
        if bucket.documents.contains(DocumentKind::PublicAccessBlock) {
            let block = PublicAccessBlock::of(world, bucket)?;
            guard.ignores_public_grants = block.ignores_acls;
            guard.is_owners_alone = block.restricts && policy.is_some_and(Policy::is_public);
        }
        Ok(guard)
    }

    /// An ACL as it counts in the bucket of `bucket_owner`.
    pub(crate) fn shown<'a>(&self, acl: &'a Acl, bucket_owner: &AccountId) -> Cow<'a, Acl> {
        if self.ignores_acls {
            Cow::Owned(Acl::private(bucket_owner))
        } else if self.ignores_public_grants {
            Cow::Owned(without_public(acl))
        } else {
            Cow::Borrowed(acl)
        }
    }

    /// Refuses everybody but the owner where a public policy is restricted.
    ///
    /// # Errors
    /// `AccessDenied`.
    pub(crate) fn admits(&self, caller: &Caller, bucket: &Bucket) -> Result<(), S3Error> {
        if !self.is_owners_alone || caller.account() == Some(&bucket.owner) {
            return Ok(());
        }
        let why = "RestrictPublicBuckets: the bucket's policy is public, so only its owner's account is let in";
        Err(S3Error::new(ErrorCode::AccessDenied, why))
    }
}
