//! Access keys in DigitalOcean's formats, and their grants (spaces-reference 2, 3 and 8.1).

use crate::records::{KeyRecord, account_key, encode, key_key, keys_of_key, keys_of_span, read};
use crate::rows::Rows;
use crate::{AccessKeyId, AccountId, Bucket, EngineError, Secret, Timestamp, World};

/// What a key may do to one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyPermission {
    /// Read and list.
    Read,
    /// Read, list, write, delete.
    ReadWrite,
    /// Everything, every bucket (the grant's bucket is empty).
    FullAccess,
    /// The grant is kept and gives nothing.
    Nothing,
}

/// One grant of a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyGrant {
    /// The bucket's name; empty for `FullAccess`.
    pub bucket: String,
    /// What it may do there.
    pub permission: KeyPermission,
}

/// An access key, without its secret in `Debug`.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// Its id.
    pub id: AccessKeyId,
    /// Its secret (SigV4 needs it recoverable).
    pub secret: Secret,
    /// Whose it is.
    pub account: AccountId,
    /// What the user called it.
    pub name: String,
    /// Its grants; a full key has one `FullAccess`.
    pub grants: Vec<KeyGrant>,
    /// When it was made.
    pub created: Timestamp,
}

/// What it takes to make a key.
#[derive(Debug, Clone)]
pub struct NewAccessKey {
    /// Whose.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its grants.
    pub grants: Vec<KeyGrant>,
    /// A given id and secret; `None`: generated from the system's random source.
    pub given: Option<(AccessKeyId, Secret)>,
}

impl World {
    /// Makes a key. Giving the same id, secret and account again changes nothing and succeeds.
    ///
    /// # Errors
    /// [`EngineError::NoSuchAccount`], [`EngineError::KeyAlreadyExists`] (another account's or another secret), storage errors.
    pub async fn create_key(&self, key: NewAccessKey) -> Result<AccessKey, EngineError> {
        self.commit(Vec::new(), move |tx, _| {
            if tx.get(&account_key(&key.account))?.is_none() {
                return Err(EngineError::NoSuchAccount);
            }
            let (id, secret) = key.given.unwrap_or_else(|| (AccessKeyId::generate(), Secret::generate()));
            if let Some(old) = read::<KeyRecord>(tx, &key_key(&id))? {
                let old = old.into_key(id)?;
                let same = old.account == key.account && old.secret == secret;
                return if same { Ok(old) } else { Err(EngineError::KeyAlreadyExists) };
            }
            let key =
                AccessKey { id, secret, account: key.account, name: key.name, grants: key.grants, created: tx.now() };
            let sequence = tx.next_sequence();
            tx.put(key_key(&key.id), encode(&KeyRecord::new(&key, sequence))?);
            tx.put(keys_of_key(&key.account, sequence), encode(&key.id.as_str())?);
            Ok(key)
        })
        .await
    }

    /// Reads a key.
    ///
    /// # Errors
    /// Storage errors.
    pub fn key(&self, id: &AccessKeyId) -> Result<Option<AccessKey>, EngineError> {
        key(&self.view(), id)
    }

    /// The keys of an account, oldest first.
    ///
    /// # Errors
    /// Storage errors.
    pub fn keys_of(&self, account: &AccountId) -> Result<Vec<AccessKey>, EngineError> {
        keys_of(&self.view(), account)
    }

    /// Whether a limited key of the account names the bucket, even to give it nothing: then it may have no policy, as a
    /// bucket with a policy ([`World::has_policy`]) may be named by no limited key (spaces-reference 3).
    ///
    /// # Errors
    /// Storage errors.
    pub fn is_named_by_limited_key(&self, bucket: &Bucket) -> Result<bool, EngineError> {
        is_named_by_limited_key(&self.view(), bucket)
    }

    /// Revokes a key; the next request with it is refused. False when the account has none of this id.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn revoke_key(&self, account: &AccountId, id: &AccessKeyId) -> Result<bool, EngineError> {
        let (account, id) = (account.clone(), id.clone());
        self.commit(Vec::new(), move |tx, _| {
            let record: Option<KeyRecord> = read(tx, &key_key(&id))?;
            let Some(record) = record.filter(|record| record.account == account.as_str()) else { return Ok(false) };
            tx.delete(keys_of_key(&account, record.sequence));
            tx.delete(key_key(&id));
            Ok(true)
        })
        .await
    }
}

fn key(rows: &impl Rows, id: &AccessKeyId) -> Result<Option<AccessKey>, EngineError> {
    match read::<KeyRecord>(rows, &key_key(id))? {
        Some(record) => record.into_key(id.clone()).map(Some),
        None => Ok(None),
    }
}

fn keys_of(rows: &impl Rows, account: &AccountId) -> Result<Vec<AccessKey>, EngineError> {
    let span = keys_of_span(account);
    let mut keys = Vec::new();
    for row in rows.scan(span.start, span.end) {
        let id: String = crate::records::decode(&row?.1)?;
        // A key that was revoked between the two reads is left out.
        keys.extend(key(rows, &AccessKeyId::new(id))?);
    }
    Ok(keys)
}

/// See [`World::is_named_by_limited_key`].
pub(crate) fn is_named_by_limited_key(rows: &impl Rows, bucket: &Bucket) -> Result<bool, EngineError> {
    let names = |key: &AccessKey| key.grants.iter().any(|grant| grant.bucket == bucket.name.as_str());
    Ok(keys_of(rows, &bucket.owner)?.iter().any(names))
}
