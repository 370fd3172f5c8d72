//! Access keys and their accounts as requests ask for them: decoded once, forgotten at the commit that changes any.
//!
//! Every signed request asks for the same few keys. Reading and decoding both rows each time was a tenth of what
//! admitting a request costs.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::rows::Writes;
use crate::{AccessKey, AccessKeyId, Account, World, records};

/// How many are remembered; beyond that all are forgotten and the ones in use come back.
const REMEMBERED_MAX: usize = 1_024;

/// An access key and the account that it belongs to.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The key.
    pub key: AccessKey,
    /// Its account.
    pub account: Arc<Account>,
}

/// A credential and the world that it belongs to.
pub type FoundKey = (Arc<World>, Arc<Credential>);

/// What is remembered of a world's keys.
#[derive(Default)]
pub(crate) struct Credentials(RwLock<Remembered>);

#[derive(Default)]
struct Remembered {
    /// Counts how often all was forgotten: what was read before then is not remembered after it.
    generation: u64,
    by_id: HashMap<AccessKeyId, Arc<Credential>>,
}

impl Credentials {
    /// The key, where it is remembered; else the generation to give back to [`Self::remember`].
    pub(crate) fn get(&self, id: &AccessKeyId) -> Result<Arc<Credential>, u64> {
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        remembered.by_id.get(id).cloned().ok_or(remembered.generation)
    }

    /// Remembers what was read since `generation` was given, unless a commit has changed keys meanwhile.
    pub(crate) fn remember(&self, generation: u64, credential: &Arc<Credential>) {
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.generation != generation {
            return;
        }
        if remembered.by_id.len() >= REMEMBERED_MAX {
            remembered.by_id.clear();
        }
        remembered.by_id.insert(credential.key.id.clone(), Arc::clone(credential));
    }

    /// Forgets all. Called when a commit that concerns keys or accounts becomes visible.
    pub(crate) fn forget(&self) {
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        remembered.generation = remembered.generation.wrapping_add(1);
        remembered.by_id.clear();
    }
}

/// Whether a batch of physical rows concerns keys or accounts.
pub(crate) fn are_concerned(writes: &Writes) -> bool {
    writes.keys().any(|key| matches!(key.first(), Some(&records::ACCOUNTS | &records::KEYS)))
}
