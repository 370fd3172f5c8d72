//! Seeds: accounts, keys, Spaces and objects that are made at start where they are absent. What is there already is
//! left as it is, so a seed may stay in place over restarts.

mod apply;
mod folder;
mod text;

use std::path::PathBuf;

use spacelet_engine::{AccountId, BucketName, CannedAcl, KeyGrant, NewAccount, ObjectKey, Region, Secret};

pub(crate) use apply::{apply, ensure_account, ensure_bucket, ensure_key, plain_account};
pub(crate) use text::parse;

/// A checked seed.
#[derive(Debug)]
pub(crate) struct Seed {
    /// What to call it in errors: the file's name or the variable's.
    pub(crate) origin: String,
    /// What relative folders are relative to.
    pub(crate) base: PathBuf,
    pub(crate) accounts: Vec<At<NewAccount>>,
    pub(crate) keys: Vec<At<SeedKey>>,
    pub(crate) spaces: Vec<At<SeedSpace>>,
}

/// Something and the line of the seed that asks for it.
#[derive(Debug)]
pub(crate) struct At<T> {
    pub(crate) line: usize,
    pub(crate) what: T,
}

/// An access key of a seed. `account: None` is the seed's first account, else the server's.
#[derive(Debug)]
pub(crate) struct SeedKey {
    pub(crate) account: Option<AccountId>,
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) name: String,
    pub(crate) grants: Vec<KeyGrant>,
}

/// A Space of a seed and what goes into it.
#[derive(Debug)]
pub(crate) struct SeedSpace {
    pub(crate) account: Option<AccountId>,
    pub(crate) name: BucketName,
    pub(crate) region: Option<Region>,
    pub(crate) acl: CannedAcl,
    pub(crate) objects: Vec<At<SeedObjects>>,
}

/// Objects of a seed's Space.
#[derive(Debug)]
pub(crate) struct SeedObjects {
    pub(crate) source: Source,
    pub(crate) acl: CannedAcl,
    pub(crate) content_type: Option<String>,
    pub(crate) cache_control: Option<String>,
}

/// Where a seed's objects come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// Each file of a folder, keys beginning with the prefix.
    Folder { folder: PathBuf, prefix: String },
    /// One object, written out in the seed.
    Text { key: ObjectKey, text: String },
}

/// Why a seed cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedError {
    /// The file or variable.
    pub origin: String,
    /// Its line, counted from 1.
    pub line: Option<usize>,
    /// What is wrong; never a secret.
    pub detail: String,
}

impl std::fmt::Display for SeedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{} line {line}: {}", self.origin, self.detail),
            None => write!(f, "{}: {}", self.origin, self.detail),
        }
    }
}

impl std::error::Error for SeedError {}
