//! Accounts: who owns Spaces and access keys.

use crate::records::{ACCOUNTS, AccountRecord, account_key, email_key, encode, named_records, read};
use crate::rows::Rows;
use crate::{AccountId, EngineError, World};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id, shown as `Owner/ID`.
    pub id: AccountId,
    /// Shown as `Owner/DisplayName`.
    pub display_name: String,
    /// For grants by mail address.
    pub email: Option<String>,
    /// How many Spaces it may have; `None`: the server's default.
    pub buckets_max: Option<u32>,
    /// A suspended account's requests answer `UserSuspended`.
    pub suspended: bool,
}

/// What it takes to make an account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its id.
    pub id: AccountId,
    /// Its display name.
    pub display_name: String,
    /// Its mail address.
    pub email: Option<String>,
    /// Whether its requests are refused; `None`: as it is, and not at first.
    pub suspended: Option<bool>,
}

impl World {
    /// Makes the account, or changes display name, mail and suspension of an existing one. A mail address belongs to the account
    /// that took it last.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn put_account(&self, account: NewAccount) -> Result<Account, EngineError> {
        self.commit(Vec::new(), move |tx, _| {
            let row = account_key(&account.id);
            let old: Option<AccountRecord> = read(tx, &row)?;
            if let Some(email) = old.as_ref().and_then(|old| old.email.as_deref())
                && account_of_email(tx, email)?.as_ref() == Some(&account.id)
            {
                tx.delete(email_key(email));
            }
            if let Some(email) = &account.email {
                tx.put(email_key(email), encode(&account.id.as_str())?);
            }
            let record = AccountRecord {
                display_name: account.display_name,
                email: account.email,
                buckets_max: old.as_ref().and_then(|old| old.buckets_max),
                suspended: account.suspended.or_else(|| old.and_then(|old| old.suspended)),
            };
            tx.put(row, encode(&record)?);
            Ok(record.into_account(account.id))
        })
        .await
    }

    /// Reads an account.
    ///
    /// # Errors
    /// Storage errors.
    pub fn account(&self, id: &AccountId) -> Result<Option<Account>, EngineError> {
        let record: Option<AccountRecord> = read(&self.view(), &account_key(id))?;
        Ok(record.map(|record| record.into_account(id.clone())))
    }

    /// Finds an account by mail address (case-insensitive).
    ///
    /// # Errors
    /// Storage errors.
    pub fn account_by_email(&self, email: &str) -> Result<Option<Account>, EngineError> {
        match account_of_email(&self.view(), email)? {
            Some(id) => self.account(&id),
            None => Ok(None),
        }
    }

    /// All accounts by id.
    ///
    /// # Errors
    /// Storage errors.
    pub fn accounts(&self) -> Result<Vec<Account>, EngineError> {
        let records = named_records::<AccountRecord>(&self.view(), ACCOUNTS)?.into_iter();
        Ok(records.map(|(id, record)| record.into_account(AccountId::new(id))).collect())
    }
}

fn account_of_email(rows: &impl Rows, email: &str) -> Result<Option<AccountId>, EngineError> {
    let id: Option<String> = read(rows, &email_key(email))?;
    Ok(id.map(AccountId::new))
}
