//! Records of accounts and access keys.

use minicbor::{Decode, Encode};

use crate::{AccessKey, AccessKeyId, Account, AccountId, EngineError, KeyGrant, KeyPermission, Secret, Timestamp};

/// An account.
#[derive(Debug, Encode, Decode)]
pub(crate) struct AccountRecord {
    #[n(0)]
    pub(crate) display_name: String,
    #[n(1)]
    pub(crate) email: Option<String>,
    #[n(2)]
    pub(crate) buckets_max: Option<u32>,
    #[n(3)]
    pub(crate) suspended: Option<bool>,
}

impl AccountRecord {
    pub(crate) fn into_account(self, id: AccountId) -> Account {
        Account {
            id,
            display_name: self.display_name,
            email: self.email,
            buckets_max: self.buckets_max,
            suspended: self.suspended.unwrap_or(false),
        }
    }
}

/// An access key. No `Debug`: it holds the secret.
#[derive(Encode, Decode)]
pub(crate) struct KeyRecord {
    #[n(0)]
    pub(crate) secret: String,
    #[n(1)]
    pub(crate) account: String,
    #[n(2)]
    pub(crate) name: String,
    #[n(3)]
    pub(crate) grants: Vec<GrantRecord>,
    #[n(4)]
    pub(crate) created_ms: i64,
    /// Its place among its account's keys.
    #[n(5)]
    pub(crate) sequence: u64,
}

/// What a key may do to one bucket.
#[derive(Encode, Decode)]
pub(crate) struct GrantRecord {
    #[n(0)]
    bucket: String,
    #[n(1)]
    permission: u8,
}

impl KeyRecord {
    pub(crate) fn new(key: &AccessKey, sequence: u64) -> Self {
        Self {
            secret: key.secret.reveal().to_owned(),
            account: key.account.as_str().to_owned(),
            name: key.name.clone(),
            grants: GrantRecord::all(&key.grants),
            created_ms: key.created.0,
            sequence,
        }
    }

    pub(crate) fn grants(&self) -> Result<Vec<KeyGrant>, EngineError> {
        self.grants.iter().map(GrantRecord::to_grant).collect()
    }

    pub(crate) fn into_key(self, id: AccessKeyId) -> Result<AccessKey, EngineError> {
        let grants = self.grants()?;
        Ok(AccessKey {
            id,
            secret: Secret::new(self.secret),
            account: AccountId::new(self.account),
            name: self.name,
            grants,
            created: Timestamp(self.created_ms),
        })
    }
}

impl GrantRecord {
    pub(crate) fn all(grants: &[KeyGrant]) -> Vec<Self> {
        let one = |grant: &KeyGrant| Self { bucket: grant.bucket.clone(), permission: code(grant.permission) };
        grants.iter().map(one).collect()
    }

    fn to_grant(&self) -> Result<KeyGrant, EngineError> {
        let permission = match self.permission {
            0 => KeyPermission::Nothing,
            1 => KeyPermission::Read,
            2 => KeyPermission::ReadWrite,
            3 => KeyPermission::FullAccess,
            other => {
                return Err(EngineError::Storage { detail: format!("a key's grant has permission {other}") });
            }
        };
        Ok(KeyGrant { bucket: self.bucket.clone(), permission })
    }
}

fn code(permission: KeyPermission) -> u8 {
    match permission {
        KeyPermission::Nothing => 0,
        KeyPermission::Read => 1,
        KeyPermission::ReadWrite => 2,
        KeyPermission::FullAccess => 3,
    }
}
