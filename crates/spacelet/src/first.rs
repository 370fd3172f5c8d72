//! What a start makes before it calls itself ready: seeds, the first key, the initial Spaces.

use std::path::Path;

use spacelet_engine::{Acl, KeyGrant, KeyPermission, NewAccessKey, NewBucket, Secret, World};

use crate::seed::{self, Seed, SeedError};
use crate::settings::Settings;
use crate::start_error::StartError;

/// An access key that a person may be told about.
#[derive(Debug, Clone)]
pub struct FirstKey {
    /// Its ID.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
    /// True if it was made up at this start: it has to be shown, for nobody knows it.
    pub is_generated: bool,
}

/// The seed file and the inline seed, checked before anything is opened.
pub(crate) fn read_seeds(settings: &Settings) -> Result<Vec<Seed>, StartError> {
    let mut seeds = Vec::new();
    if let Some(path) = &settings.seed_file {
        let origin = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| SeedError {
            origin: origin.clone(),
            line: None,
            detail: format!("cannot read the seed file: {error}"),
        });
        let base = path.parent().unwrap_or(Path::new("."));
        seeds.push(seed::parse(&text?, &origin, base)?);
    }
    if let Some(text) = &settings.seed {
        seeds.push(seed::parse(text, "SPACELET_SEED", Path::new("."))?);
    }
    Ok(seeds)
}

/// Makes everything. The answer is the first key, if this start gave or generated one.
pub(crate) async fn make(world: &World, settings: &Settings, seeds: &[Seed]) -> Result<Option<FirstKey>, StartError> {
    for seed in seeds {
        seed::apply(world, seed, settings).await?;
    }
    let first_key = first_key(world, settings).await.map_err(StartError::First)?;
    initial_buckets(world, settings, seeds).await.map_err(StartError::First)?;
    Ok(first_key)
}

async fn first_key(world: &World, settings: &Settings) -> Result<Option<FirstKey>, String> {
    let account = seed::plain_account(&settings.account);
    let grants = vec![KeyGrant { bucket: String::new(), permission: KeyPermission::FullAccess }];
    if let (Some(id), Some(secret)) = (&settings.access_key, &settings.secret_key) {
        seed::ensure_account(world, account).await?;
        seed::ensure_key(world, &settings.account, id, secret, "first", &grants).await?;
        return Ok(Some(FirstKey { id: id.clone(), secret: secret.clone(), is_generated: false }));
    }
    if has_a_key(world)? {
        return Ok(None);
    }
    seed::ensure_account(world, account).await?;
    let key = NewAccessKey { account: settings.account.clone(), name: "first".to_owned(), grants, given: None };
    let key = world.create_key(key).await.map_err(|error| error.to_string())?;
    Ok(Some(FirstKey { id: key.id.as_str().to_owned(), secret: key.secret, is_generated: true }))
}

fn has_a_key(world: &World) -> Result<bool, String> {
    for account in world.accounts().map_err(|error| error.to_string())? {
        if !world.keys_of(&account.id).map_err(|error| error.to_string())?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// They belong to the server's account; where a seed brought accounts and that one is none of them, to its first.
async fn initial_buckets(world: &World, settings: &Settings, seeds: &[Seed]) -> Result<(), String> {
    if settings.buckets.is_empty() {
        return Ok(());
    }
    let there = world.account(&settings.account).map_err(|error| error.to_string())?.is_some();
    let seeded = seeds.iter().flat_map(|seed| &seed.accounts).map(|account| &account.what.id).next();
    let owner = if there { &settings.account } else { seeded.unwrap_or(&settings.account) };
    seed::ensure_account(world, seed::plain_account(owner)).await?;
    for bucket in &settings.buckets {
        let new = NewBucket {
            name: bucket.name.clone(),
            region: settings.region.clone(),
            owner: owner.clone(),
            acl: Acl::canned(bucket.acl, owner, owner),
            buckets_max: settings.limits.buckets_max,
        };
        seed::ensure_bucket(world, new).await?;
    }
    Ok(())
}
