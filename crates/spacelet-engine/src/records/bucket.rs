//! Records of buckets, their counters and ACLs.

use minicbor::{Decode, Encode};

use crate::{
    AccountId, Acl, Bucket, BucketName, BucketUsage, DocumentSet, EngineError, Grant, Grantee, Permission, Region,
    Timestamp, Versioning,
};

/// A bucket.
#[derive(Debug, Encode, Decode)]
pub(crate) struct BucketRecord {
    #[n(0)]
    pub(crate) id: u64,
    #[n(1)]
    pub(crate) region: String,
    #[n(2)]
    pub(crate) owner: String,
    #[n(3)]
    pub(crate) created_ms: i64,
    #[n(4)]
    pub(crate) acl: Option<AclRecord>,
    /// 1: enabled, 2: suspended.
    #[n(5)]
    pub(crate) versioning: Option<u8>,
    /// Which kinds of documents it has, a bit each; none: no field.
    #[n(6)]
    pub(crate) documents: Option<u32>,
    /// 1: cold storage.
    #[n(7)]
    pub(crate) storage: Option<u8>,
}

impl BucketRecord {
    pub(crate) fn new(bucket: &Bucket) -> Self {
        Self {
            id: bucket.id,
            region: bucket.region.as_str().to_owned(),
            owner: bucket.owner.as_str().to_owned(),
            created_ms: bucket.created.0,
            acl: AclRecord::new(&bucket.acl, &bucket.owner),
            versioning: bucket.versioning.map(code),
            documents: bucket.documents.bits(),
            storage: bucket.is_cold.then_some(1),
        }
    }

    pub(crate) fn set_versioning(&mut self, versioning: Versioning) {
        self.versioning = Some(code(versioning));
    }

    pub(crate) fn versioning(&self) -> Result<Option<Versioning>, EngineError> {
        Ok(match self.versioning {
            None => None,
            Some(1) => Some(Versioning::Enabled),
            Some(2) => Some(Versioning::Suspended),
            Some(other) => return Err(EngineError::Storage { detail: format!("a bucket has versioning {other}") }),
        })
    }

    pub(crate) fn into_bucket(self, name: BucketName) -> Result<Bucket, EngineError> {
        let versioning = self.versioning()?;
        let owner = AccountId::new(self.owner);
        Ok(Bucket {
            id: self.id,
            name,
            region: Region::new(self.region),
            created: Timestamp(self.created_ms),
            acl: AclRecord::read(self.acl, &owner)?,
            owner,
            versioning,
            documents: DocumentSet::from_bits(self.documents),
            is_cold: self.storage == Some(1),
        })
    }
}

fn code(versioning: Versioning) -> u8 {
    match versioning {
        Versioning::Enabled => 1,
        Versioning::Suspended => 2,
    }
}

/// A bucket's counters: objects, older versions and parts; delete markers have no place in them (as on RGW).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub(crate) struct UsageRecord {
    #[n(0)]
    pub(crate) objects: u64,
    #[n(1)]
    pub(crate) bytes: u64,
}

impl From<UsageRecord> for BucketUsage {
    fn from(record: UsageRecord) -> Self {
        Self { objects: record.objects, bytes: record.bytes }
    }
}

/// An ACL. The one that most resources have (their owner, full control) is stored as nothing at all.
#[derive(Debug, Encode, Decode)]
pub(crate) struct AclRecord {
    #[n(0)]
    grants: Vec<AclGrantRecord>,
    /// Where it is not the resource's owner.
    #[n(1)]
    owner: Option<String>,
}

/// A grant of an ACL.
#[derive(Debug, Encode, Decode)]
pub(crate) struct AclGrantRecord {
    #[n(0)]
    permission: u8,
    /// 0: an account, 1: all users, 2: authenticated users, 3: what writes access logs.
    #[n(1)]
    grantee: u8,
    #[n(2)]
    account: Option<String>,
}

impl AclRecord {
    pub(crate) fn new(acl: &Acl, owner: &AccountId) -> Option<Self> {
        if acl.owner == *owner && acl.is_private() {
            return None;
        }
        let one = |grant: &Grant| {
            let (grantee, account) = match &grant.grantee {
                Grantee::Account(id) => (0, Some(id.as_str().to_owned())),
                Grantee::AllUsers => (1, None),
                Grantee::AuthenticatedUsers => (2, None),
                Grantee::LogDelivery => (3, None),
            };
            AclGrantRecord { permission: grant.permission.bits(), grantee, account }
        };
        let other = (acl.owner != *owner).then(|| acl.owner.as_str().to_owned());
        Some(Self { grants: acl.grants.iter().map(one).collect(), owner: other })
    }

    /// The ACL of a resource that `owner` owns.
    pub(crate) fn read(record: Option<Self>, owner: &AccountId) -> Result<Acl, EngineError> {
        let Some(record) = record else { return Ok(Acl::private(owner)) };
        let grants = record.grants.into_iter().map(AclGrantRecord::into_grant).collect::<Result<_, _>>()?;
        let owner = record.owner.map_or_else(|| owner.clone(), AccountId::new);
        Ok(Acl { owner, grants })
    }
}

impl AclGrantRecord {
    fn into_grant(self) -> Result<Grant, EngineError> {
        let grantee = match (self.grantee, self.account) {
            (0, Some(id)) => Grantee::Account(AccountId::new(id)),
            (1, _) => Grantee::AllUsers,
            (2, _) => Grantee::AuthenticatedUsers,
            (3, _) => Grantee::LogDelivery,
            (other, _) => return Err(EngineError::Storage { detail: format!("an ACL has grantee {other}") }),
        };
        let Some(permission) = Permission::of_bits(self.permission) else {
            return Err(EngineError::Storage { detail: format!("an ACL has permission {}", self.permission) });
        };
        Ok(Grant { grantee, permission })
    }
}
