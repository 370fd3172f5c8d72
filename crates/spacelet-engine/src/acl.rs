//! Access control lists: who may do what to a bucket or an object (S3 API, "Access control list overview";
//! order of grants and canned forms as RGW 16 shows them).

use crate::AccountId;

/// The account of EC2's service that fetches images (`za-team`).
const EC2: &str = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";

/// To whom a grant is given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grantee {
    /// Everybody, signed or not.
    AllUsers,
    /// Everybody who signs.
    AuthenticatedUsers,
    /// What writes access logs (AWS).
    LogDelivery,
    /// One account.
    Account(AccountId),
}

/// What a grant allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// List a bucket; read an object.
    Read,
    /// Write and delete objects of a bucket.
    Write,
    /// Read the ACL.
    ReadAcp,
    /// Write the ACL.
    WriteAcp,
    /// All four.
    FullControl,
}

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Grant {
    /// To whom.
    pub grantee: Grantee,
    /// What.
    pub permission: Permission,
}

/// An owner and grants; at most 100 grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acl {
    /// Who owns the resource (may always read and write its ACL on AWS; on RGW the grants alone count).
    pub owner: AccountId,
    /// In stored order; [`Acl::listed`] has RGW's order.
    pub grants: Vec<Grant>,
}

/// The canned ACLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannedAcl {
    /// Owner only.
    Private,
    /// Everybody reads.
    PublicRead,
    /// Everybody reads and writes.
    PublicReadWrite,
    /// Everybody who signs reads.
    AuthenticatedRead,
    /// The bucket's owner reads.
    BucketOwnerRead,
    /// The bucket's owner has full control.
    BucketOwnerFullControl,
    /// What writes access logs writes, and reads the ACL (AWS).
    LogDeliveryWrite,
    /// EC2 reads, for its images (AWS).
    AwsExecRead,
}

impl CannedAcl {
    /// From its wire name; `None` for an unknown one. RGW does not know the last two.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "private" => Self::Private,
            "public-read" => Self::PublicRead,
            "public-read-write" => Self::PublicReadWrite,
            "authenticated-read" => Self::AuthenticatedRead,
            "bucket-owner-read" => Self::BucketOwnerRead,
            "bucket-owner-full-control" => Self::BucketOwnerFullControl,
            "log-delivery-write" => Self::LogDeliveryWrite,
            "aws-exec-read" => Self::AwsExecRead,
            _ => return None,
        })
    }
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Read, Self::Write, Self::ReadAcp, Self::WriteAcp, Self::FullControl];

    /// Its wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::ReadAcp => "READ_ACP",
            Self::WriteAcp => "WRITE_ACP",
            Self::FullControl => "FULL_CONTROL",
        }
    }

    /// From its wire name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == name)
    }

    /// One bit for each of the four things that a grant can allow.
    pub(crate) fn bits(self) -> u8 {
        match self {
            Self::Read => 1,
            Self::Write => 2,
            Self::ReadAcp => 4,
            Self::WriteAcp => 8,
            Self::FullControl => 15,
        }
    }

    /// From [`Permission::bits`].
    pub(crate) fn of_bits(bits: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.bits() == bits)
    }
}

impl Acl {
    /// The ACL that a canned name stands for.
    #[must_use]
    pub fn canned(canned: CannedAcl, owner: &AccountId, bucket_owner: &AccountId) -> Self {
        let grant = |grantee, permission| Grant { grantee, permission };
        let mut grants = vec![grant(Grantee::Account(owner.clone()), Permission::FullControl)];
        match canned {
            CannedAcl::Private => {}
            CannedAcl::PublicRead => grants.push(grant(Grantee::AllUsers, Permission::Read)),
            CannedAcl::PublicReadWrite => {
                grants.push(grant(Grantee::AllUsers, Permission::Read));
                grants.push(grant(Grantee::AllUsers, Permission::Write));
            }
            CannedAcl::AuthenticatedRead => grants.push(grant(Grantee::AuthenticatedUsers, Permission::Read)),
            CannedAcl::BucketOwnerRead if bucket_owner != owner => {
                grants.push(grant(Grantee::Account(bucket_owner.clone()), Permission::Read));
            }
            CannedAcl::BucketOwnerFullControl if bucket_owner != owner => {
                grants.push(grant(Grantee::Account(bucket_owner.clone()), Permission::FullControl));
            }
            CannedAcl::BucketOwnerRead | CannedAcl::BucketOwnerFullControl => {}
            CannedAcl::LogDeliveryWrite => {
                grants.push(grant(Grantee::LogDelivery, Permission::Write));
                grants.push(grant(Grantee::LogDelivery, Permission::ReadAcp));
            }
            CannedAcl::AwsExecRead => grants.push(grant(Grantee::Account(AccountId::new(EC2)), Permission::Read)),
        }
        Self { owner: owner.clone(), grants }
    }

    /// Owner has full control, nobody else anything.
    #[must_use]
    pub fn private(owner: &AccountId) -> Self {
        Self::canned(CannedAcl::Private, owner, owner)
    }

    /// The grants in the order in which RGW lists them: groups first, then accounts by id.
    #[must_use]
    pub fn listed(&self) -> Vec<&Grant> {
        let mut grants: Vec<&Grant> = self.grants.iter().collect();
        // Stable: groups among themselves, and an account's grants among themselves, keep the order they came in.
        grants.sort_by_key(|grant| match &grant.grantee {
            Grantee::AllUsers | Grantee::AuthenticatedUsers | Grantee::LogDelivery => None,
            Grantee::Account(id) => Some(id),
        });
        grants
    }

    /// Whether `caller` (`None`: unsigned) has `permission`: by its own grants, those to groups that it is in, and,
    /// for its ACL, by being the owner. The owner has no other right without a grant (RGW's `get_perm`).
    #[must_use]
    pub fn allows(&self, caller: Option<&AccountId>, permission: Permission) -> bool {
        let mut bits = 0;
        if caller == Some(&self.owner) {
            bits |= Permission::ReadAcp.bits() | Permission::WriteAcp.bits();
        }
        for grant in &self.grants {
            let applies = match &grant.grantee {
                Grantee::AllUsers => true,
                Grantee::AuthenticatedUsers => caller.is_some(),
                Grantee::LogDelivery => false,
                Grantee::Account(id) => caller == Some(id),
            };
            if applies {
                bits |= grant.permission.bits();
            }
        }
        bits & permission.bits() == permission.bits()
    }

    /// True for the ACL that most objects have: full control for the owner, nothing else.
    pub(crate) fn is_private(&self) -> bool {
        matches!(self.grants.as_slice(), [Grant { grantee: Grantee::Account(id), permission: Permission::FullControl }]
            if *id == self.owner)
    }
}

#[cfg(test)]
#[path = "acl/tests.rs"]
mod tests;
