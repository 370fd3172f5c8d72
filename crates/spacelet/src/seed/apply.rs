//! Makes what a seed asks for, through the engine's ordinary operations.

use std::path::Path;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use spacelet_engine::{
    AccessKeyId, AccountId, Acl, Bucket, EngineError, KeyGrant, NewAccessKey, NewAccount, NewBucket, NewObject,
    ObjectKey, ObjectMeta, Secret, StoredHeader, VersionSelector, World,
};
use tokio::io::AsyncReadExt;

use super::folder::{content_type, files};
use super::{At, Seed, SeedError, SeedKey, SeedObjects, SeedSpace, Source};
use crate::settings::Settings;

/// Objects that are written at once: enough to share the disk's syncs.
const WRITES_AT_ONCE: usize = 32;
/// Bytes that are read from a file at a time.
const BLOCK_BYTES: usize = 256 << 10;

/// Makes everything that is absent. Accounts, then keys, then Spaces and their objects.
pub(crate) async fn apply(world: &World, seed: &Seed, settings: &Settings) -> Result<(), SeedError> {
    let at = |line: usize| move |detail: String| SeedError { origin: seed.origin.clone(), line: Some(line), detail };
    for account in &seed.accounts {
        ensure_account(world, account.what.clone()).await.map_err(at(account.line))?;
    }
    let default = seed.accounts.first().map_or(&settings.account, |account| &account.what.id);
    for At { line, what } in &seed.keys {
        let account = owner(world, what.account.as_ref(), default, settings).await.map_err(at(*line))?;
        let SeedKey { id, secret, name, grants, .. } = what;
        ensure_key(world, &account, id, secret, name, grants).await.map_err(at(*line))?;
    }
    for At { line, what } in &seed.spaces {
        let bucket = space(world, what, default, settings).await.map_err(at(*line))?;
        for objects in &what.objects {
            put_objects(world, &bucket, &seed.base, &objects.what).await.map_err(at(objects.line))?;
        }
    }
    Ok(())
}

/// The named account, which must be there, or the default one, which is made when it is the server's.
async fn owner(
    world: &World,
    named: Option<&AccountId>,
    default: &AccountId,
    settings: &Settings,
) -> Result<AccountId, String> {
    let id = named.unwrap_or(default);
    if id == &settings.account {
        ensure_account(world, plain_account(id)).await?;
    } else if world.account(id).map_err(storage)?.is_none() {
        return Err(format!("there is no account `{id}`: add an [[account]] with that id"));
    }
    Ok(id.clone())
}

async fn space(world: &World, space: &SeedSpace, default: &AccountId, settings: &Settings) -> Result<Bucket, String> {
    let owner = owner(world, space.account.as_ref(), default, settings).await?;
    let acl = Acl::canned(space.acl, &owner, &owner);
    let bucket = NewBucket {
        name: space.name.clone(),
        region: space.region.clone().unwrap_or_else(|| settings.region.clone()),
        owner,
        acl,
        buckets_max: settings.limits.buckets_max,
    };
    ensure_bucket(world, bucket).await
}

/// Makes the account, unless it is there just so. An account that the settings only name keeps what it has.
pub(crate) async fn ensure_account(world: &World, account: NewAccount) -> Result<(), String> {
    let has = world.account(&account.id).map_err(storage)?;
    let same = has.as_ref().is_some_and(|has| {
        account.is_plain()
            || (has.display_name == account.display_name
                && has.email == account.email
                && account.suspended.is_none_or(|suspended| suspended == has.suspended))
    });
    if !same {
        world.put_account(account).await.map_err(storage)?;
    }
    Ok(())
}

/// An account that is only known by its id.
pub(crate) fn plain_account(id: &AccountId) -> NewAccount {
    NewAccount { id: id.clone(), display_name: id.as_str().to_owned(), email: None, suspended: None }
}

trait Plain {
    fn is_plain(&self) -> bool;
}

impl Plain for NewAccount {
    fn is_plain(&self) -> bool {
        self.display_name == self.id.as_str() && self.email.is_none() && self.suspended.is_none()
    }
}

/// Makes the key, unless it is there. A key of the same account with another secret gets the given one: what is
/// written in the settings counts.
pub(crate) async fn ensure_key(
    world: &World,
    account: &AccountId,
    id: &str,
    secret: &Secret,
    name: &str,
    grants: &[KeyGrant],
) -> Result<(), String> {
    let key_id = AccessKeyId::new(id);
    if let Some(has) = world.key(&key_id).map_err(storage)? {
        if &has.account != account {
            return Err(format!("access key `{id}` belongs to account `{}` already: choose another ID", has.account));
        }
        if has.secret.reveal() == secret.reveal() {
            return Ok(());
        }
        world.revoke_key(account, &key_id).await.map_err(storage)?;
        tracing::warn!(access_key_id = id, "the access key's secret was replaced by the given one");
    }
    let given = Some((key_id, secret.clone()));
    let key = NewAccessKey { account: account.clone(), name: name.to_owned(), grants: grants.to_vec(), given };
    world.create_key(key).await.map(|_| ()).map_err(storage)
}

/// Makes the Space, or finds it if it is the same account's.
pub(crate) async fn ensure_bucket(world: &World, bucket: NewBucket) -> Result<Bucket, String> {
    let taken = |has: &Bucket| {
        Err(format!("Space `{}` belongs to account `{}` already: choose another name", has.name, has.owner))
    };
    match world.bucket(&bucket.name).map_err(storage)? {
        Some(has) if has.owner == bucket.owner => return Ok(has),
        Some(has) => return taken(&has),
        None => {}
    }
    let max = bucket.buckets_max;
    match world.create_bucket(bucket).await {
        Ok(made) => Ok(made),
        Err(EngineError::TooManyBuckets) => {
            Err(format!("the account has {max} Spaces, the most it may have: raise --buckets-max"))
        }
        Err(error) => Err(storage(error)),
    }
}

async fn put_objects(world: &World, bucket: &Bucket, base: &Path, objects: &SeedObjects) -> Result<(), String> {
    match &objects.source {
        Source::Text { key, text } => {
            let mut content = Content::Text(Bytes::from(text.clone()));
            put_if_absent(world, bucket, objects, key.clone(), &mut content).await
        }
        Source::Folder { folder, prefix } => {
            let folder = base.join(folder);
            let found = tokio::task::spawn_blocking(move || files(&folder)).await;
            let found = found.map_err(|error| error.to_string())??;
            let puts = found.into_iter().map(|found| async move {
                let key = ObjectKey::parse(format!("{prefix}{}", found.key).as_bytes());
                let key = key.map_err(|_rule| format!("the key of {} is too long", found.path.display()))?;
                let error = |error: std::io::Error| format!("cannot read {}: {error}", found.path.display());
                let mut content = Content::File(tokio::fs::File::open(&found.path).await.map_err(error)?);
                put_if_absent(world, bucket, objects, key, &mut content).await
            });
            stream::iter(puts).buffer_unordered(WRITES_AT_ONCE).try_collect::<()>().await
        }
    }
}

/// The bytes of an object that is seeded.
enum Content {
    Text(Bytes),
    File(tokio::fs::File),
}

impl Content {
    /// The next block; empty at the end.
    async fn next(&mut self) -> std::io::Result<Bytes> {
        match self {
            Self::Text(bytes) => Ok(std::mem::take(bytes)),
            Self::File(file) => {
                let mut block = Vec::with_capacity(BLOCK_BYTES);
                file.read_buf(&mut block).await?;
                Ok(Bytes::from(block))
            }
        }
    }
}

async fn put_if_absent(
    world: &World,
    bucket: &Bucket,
    objects: &SeedObjects,
    key: ObjectKey,
    content: &mut Content,
) -> Result<(), String> {
    if world.object(bucket, &key, &VersionSelector::Current).map_err(storage)?.is_some() {
        return Ok(());
    }
    let mut body = world.begin_body(None, false, None).map_err(storage)?;
    loop {
        let block = content.next().await.map_err(|error| format!("cannot read `{key}`: {error}"))?;
        if block.is_empty() {
            break;
        }
        body.write(block).await.map_err(storage)?;
    }
    let staged = body.finish().await.map_err(storage)?;
    let object = NewObject {
        meta: ObjectMeta { headers: stored_headers(objects, &key), ..ObjectMeta::default() },
        key,
        owner: bucket.owner.clone(),
        acl: Acl::canned(objects.acl, &bucket.owner, &bucket.owner),
        checksum: None,
        etag: None,
        parts: Vec::new(),
        sealed: None,
    };
    world.put_object(bucket, object, staged).await.map(|_| ()).map_err(storage)
}

/// In the order that the engine asks for: content-type, cache-control.
fn stored_headers(objects: &SeedObjects, key: &ObjectKey) -> Vec<StoredHeader> {
    let guessed = || content_type(key.as_str()).map(str::to_owned);
    let pairs = [
        ("content-type", objects.content_type.clone().or_else(guessed)),
        ("cache-control", objects.cache_control.clone()),
    ];
    let header = |(name, value): (&str, Option<String>)| {
        value.map(|value| StoredHeader { name: name.to_owned(), value: value.into_bytes() })
    };
    pairs.into_iter().filter_map(header).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands the error over")]
fn storage(error: EngineError) -> String {
    error.to_string()
}
