//! Tokens of the control API that have scopes. Only a hash of each is kept: a token is random, so that one round of
//! SHA-256 tells nothing about it.

use sha2::{Digest, Sha256};

use crate::etag::hex;
use crate::records::{TOKENS, TokenRecord, encode, named_key, named_records, read, table_span};
use crate::rows::Rows;
use crate::{AccountId, EngineError, Secret, Timestamp, World};

/// A token, without the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id, for lists and for deleting it.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// What the user called it.
    pub name: String,
    /// What it may do, such as `spaces_key:read`; `*` alone: everything.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
}

/// What it takes to make a token.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// Whose.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
}

impl TokenRecord {
    fn into_token(self) -> ApiToken {
        ApiToken {
            id: self.id,
            account: AccountId::new(self.account),
            name: self.name,
            scopes: self.scopes,
            created: Timestamp(self.created_ms),
        }
    }
}

impl World {
    /// Makes a token: `dop_v1_` and 64 hexadecimal digits from the system's random source, as DigitalOcean's look.
    /// It is in the answer and nowhere else.
    ///
    /// # Errors
    /// [`EngineError::TooManyKeys`] when there are `max` tokens, storage errors.
    pub async fn create_token(&self, token: NewApiToken, max: usize) -> Result<(ApiToken, Secret), EngineError> {
        let secret = format!("dop_v1_{}", hex(&crate::random::bytes::<32>()));
        let row = named_key(TOKENS, &hash(&secret));
        let made = self
            .commit(Vec::new(), move |tx, _| {
                let span = table_span(TOKENS);
                if tx.scan(span.start, span.end).take(max).count() >= max {
                    return Err(EngineError::TooManyKeys);
                }
                let record = TokenRecord {
                    id: crate::new_uuid(),
                    account: token.account.as_str().to_owned(),
                    name: token.name,
                    scopes: token.scopes,
                    created_ms: tx.now().0,
                };
                tx.put(row, encode(&record)?);
                Ok(record.into_token())
            })
            .await?;
        Ok((made, Secret::new(secret)))
    }

    /// The token that `given` is. Found by its hash, so that how long it takes tells nothing about the tokens there are.
    ///
    /// # Errors
    /// Storage errors.
    pub fn find_token(&self, given: &str) -> Result<Option<ApiToken>, EngineError> {
        let record: Option<TokenRecord> = read(&self.view(), &named_key(TOKENS, &hash(given)))?;
        Ok(record.map(TokenRecord::into_token))
    }

    /// An account's tokens, oldest first.
    ///
    /// # Errors
    /// Storage errors.
    pub fn tokens_of(&self, account: &AccountId) -> Result<Vec<ApiToken>, EngineError> {
        let records = named_records::<TokenRecord>(&self.view(), TOKENS)?.into_iter();
        let mut tokens: Vec<ApiToken> = records.map(|(_, record)| record.into_token()).collect();
        tokens.retain(|token| token.account == *account);
        tokens.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Ok(tokens)
    }

    /// Revokes a token; false when the account has none of this id.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn delete_token(&self, account: &AccountId, id: &str) -> Result<bool, EngineError> {
        let (account, id) = (account.clone(), id.to_owned());
        self.commit(Vec::new(), move |tx, _| {
            let mut tokens = named_records::<TokenRecord>(tx, TOKENS)?.into_iter();
            let found = tokens.find(|(_, token)| token.id == id && token.account == account.as_str());
            if let Some((hash, _)) = &found {
                tx.delete(named_key(TOKENS, hash));
            }
            Ok(found.is_some())
        })
        .await
    }
}

fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}
