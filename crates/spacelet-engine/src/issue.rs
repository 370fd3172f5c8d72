//! Access keys as DigitalOcean's API gives them out: the rules of grants, judged where commits are ordered
//! (spaces-reference 3 and 8.1).

use crate::commit::Tx;
use crate::records::{
    BucketRecord, GrantRecord, KeyRecord, bucket_key, encode, key_key, keys_of_key, keys_of_span, read,
};
use crate::rows::Rows;
use crate::{
    AccessKey, AccessKeyId, AccountId, BucketName, DocumentKind, DocumentSet, EngineError, KeyGrant, KeyPermission,
    Secret, World,
};

/// Why a key was not made or not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyRefusal {
    /// The account has as many keys as it may.
    TooMany,
    /// The account has no key of this id.
    NoSuchKey,
    /// `fullaccess` beside other grants.
    Mixed,
    /// A grant names no Space of the account.
    InvalidGrant,
    /// A limited key may not name a Space that has a policy.
    HasPolicy {
        /// The Space.
        bucket: String,
    },
    /// A full key cannot become a limited one, nor the other way round.
    OtherKind,
    /// The engine could not.
    Engine(EngineError),
}

impl From<EngineError> for KeyRefusal {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

/// What grants make of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Full,
    Limited,
    /// No grant at all: cut off, and what it becomes next is open.
    CutOff,
}

impl Kind {
    fn of(grants: &[KeyGrant]) -> Result<Self, KeyRefusal> {
        let full = grants.iter().filter(|grant| grant.permission == KeyPermission::FullAccess);
        match full.count() {
            0 if grants.iter().all(|grant| grant.bucket.is_empty()) => Ok(Self::CutOff),
            0 => Ok(Self::Limited),
            n if n == grants.len() => Ok(Self::Full),
            _ => Err(KeyRefusal::Mixed),
        }
    }
}

impl World {
    /// Makes a key with generated id and secret for an account of at most `keys_max`.
    ///
    /// # Errors
    /// See [`KeyRefusal`].
    pub async fn issue_key(
        &self,
        account: &AccountId,
        name: String,
        grants: Vec<KeyGrant>,
        keys_max: usize,
    ) -> Result<AccessKey, KeyRefusal> {
        let account = account.clone();
        self.judge(move |tx| {
            let span = keys_of_span(&account);
            if tx.scan(span.start, span.end).take(keys_max).count() >= keys_max {
                return Err(KeyRefusal::TooMany);
            }
            check_grants(tx, &account, &grants)?;
            let (id, secret) = (AccessKeyId::generate(), Secret::generate());
            let key = AccessKey { id, secret, account, name, grants, created: tx.now() };
            let sequence = tx.next_sequence();
            tx.put(key_key(&key.id), encode(&KeyRecord::new(&key, sequence))?);
            tx.put(keys_of_key(&key.account, sequence), encode(&key.id.as_str())?);
            Ok(key)
        })
        .await
    }

    /// Changes name and grants of the account's key; the next S3 request sees it.
    ///
    /// # Errors
    /// See [`KeyRefusal`].
    pub async fn reissue_key(
        &self,
        account: &AccountId,
        id: &AccessKeyId,
        name: Option<String>,
        grants: Option<Vec<KeyGrant>>,
    ) -> Result<AccessKey, KeyRefusal> {
        let (account, id) = (account.clone(), id.clone());
        self.judge(move |tx| {
            let record: Option<KeyRecord> = read(tx, &key_key(&id))?;
            let mut record = record.filter(|key| key.account == account.as_str()).ok_or(KeyRefusal::NoSuchKey)?;
            if let Some(name) = name {
                record.name = name;
            }
            if let Some(grants) = grants {
                let new = check_grants(tx, &account, &grants)?;
                let old = Kind::of(&record.grants()?)?;
                if old != new && old != Kind::CutOff && new != Kind::CutOff {
                    return Err(KeyRefusal::OtherKind);
                }
                record.grants = GrantRecord::all(&grants);
            }
            tx.put(key_key(&id), encode(&record)?);
            Ok(record.into_key(id)?)
        })
        .await
    }
}

/// The rules: nothing beside full access; every named Space is the account's own and has no policy.
fn check_grants(tx: &Tx<'_>, account: &AccountId, grants: &[KeyGrant]) -> Result<Kind, KeyRefusal> {
    let kind = Kind::of(grants)?;
    for grant in grants {
        let is_powerless = grant.permission == KeyPermission::Nothing && grant.bucket.is_empty();
        if grant.permission == KeyPermission::FullAccess || is_powerless {
            continue;
        }
        let name = BucketName::parse(&grant.bucket).ok().ok_or(KeyRefusal::InvalidGrant)?;
        let record: Option<BucketRecord> = read(tx, &bucket_key(&name))?;
        let record = record.filter(|bucket| bucket.owner == account.as_str()).ok_or(KeyRefusal::InvalidGrant)?;
        if DocumentSet::from_bits(record.documents).contains(DocumentKind::Policy) {
            return Err(KeyRefusal::HasPolicy { bucket: grant.bucket.clone() });
        }
    }
    Ok(kind)
}
