//! `/emulator/spaces`: Spaces over JSON, which DigitalOcean's own API does not have. Whatever a Space's policy says, its
//! owner gets at it here.

use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use spacelet_engine::{
    AccountId, Acl, Bucket, BucketName, BucketStart, CannedAcl, DocumentKind, EngineError, NewBucket, Permission,
    Region, World,
};

use crate::ask::{Answer, Ask};
use crate::page::Page;
use crate::stamp::stamp;
use crate::{ApiError, ControlSettings};

#[derive(Deserialize)]
struct Body {
    name: Option<String>,
    region: Option<String>,
    listing: Option<Visibility>,
    files: Option<Visibility>,
    storage: Option<Storage>,
}

/// Who may see.
#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Visibility {
    Private,
    Public,
}

/// Where files lie; for ever.
#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Storage {
    Standard,
    /// Only signed requests, no CDN, CORS, policy or website (spaces-reference 4.10).
    Cold,
}

#[derive(Serialize)]
struct One {
    space: Space,
}

#[derive(Serialize)]
struct Space {
    name: String,
    region: String,
    listing: Visibility,
    /// Public when the policy is the one that this API writes; each file has an ACL of its own besides.
    files: Visibility,
    storage: Storage,
    created_at: String,
    objects: u64,
    bytes: u64,
    url: String,
}

pub(crate) async fn list(ask: Ask) -> Result<Answer, ApiError> {
    let buckets = Page::of("spaces", ask.world.buckets_of(&ask.account, None)?, &ask)?;
    Answer::ok(&buckets.try_map(|bucket| space(&ask, &bucket))?)
}

pub(crate) async fn create(ask: Ask) -> Result<Answer, ApiError> {
    let body: Body = ask.json()?;
    let name = body.name.ok_or_else(|| ApiError::bad_request("name is required"))?;
    let name = BucketName::parse(&name).map_err(|error| ApiError::unprocessable(error.rule))?;
    let region = known_region(ask.settings(), body.region.as_deref())?;
    let listing = canned(body.listing.unwrap_or(Visibility::Private));
    let is_cold = body.storage == Some(Storage::Cold);
    if is_cold && (body.listing == Some(Visibility::Public) || body.files == Some(Visibility::Public)) {
        return Err(signed_only());
    }
    let bucket = make(&ask.world, ask.settings(), &ask.account, name, region, listing, is_cold).await?;
    if body.files == Some(Visibility::Public) {
        open_files(&ask, &bucket).await?;
    }
    Answer::created(&One { space: space(&ask, &again(&ask, &bucket.name)?)? })
}

/// Makes a Space within the account's limit.
pub(crate) async fn make(
    world: &World,
    settings: &ControlSettings,
    account: &AccountId,
    name: BucketName,
    region: Region,
    listing: CannedAcl,
    is_cold: bool,
) -> Result<Bucket, ApiError> {
    let buckets_max = world.account(account)?.and_then(|account| account.buckets_max).unwrap_or(settings.buckets_max);
    let acl = Acl::canned(listing, account, account);
    let new = NewBucket { name, region, owner: account.clone(), acl, buckets_max };
    match world.create_bucket_with(new, BucketStart { is_cold, ..BucketStart::default() }).await {
        Ok(bucket) => Ok(bucket),
        Err(EngineError::BucketAlreadyExists | EngineError::BucketAlreadyOwnedByYou) => {
            Err(ApiError::conflict("Space already exists."))
        }
        Err(EngineError::TooManyBuckets) => {
            Err(ApiError::unprocessable(format!("the account has {buckets_max} Spaces, the most it may have")))
        }
        Err(error) => Err(error.into()),
    }
}

/// A region of Spaces, or the server's own; none and an empty one are that, too.
pub(crate) fn known_region(settings: &ControlSettings, wanted: Option<&str>) -> Result<Region, ApiError> {
    let own = &settings.region;
    match wanted.filter(|slug| !slug.is_empty()) {
        None => Ok(own.clone()),
        Some(slug) if slug == own.as_str() || Region::KNOWN.contains(&slug) => Ok(Region::new(slug)),
        Some(slug) => Err(ApiError::unprocessable(format!("there is no region {slug:?}"))),
    }
}

pub(crate) async fn get(ask: Ask) -> Result<Answer, ApiError> {
    Answer::ok(&One { space: space(&ask, &named(&ask)?)? })
}

pub(crate) async fn update(ask: Ask) -> Result<Answer, ApiError> {
    let bucket = named(&ask)?;
    let body: Body = ask.json()?;
    if body.name.is_some() || body.region.is_some() || body.storage.is_some() {
        return Err(ApiError::bad_request("only listing and files can be changed"));
    }
    if bucket.is_cold && (body.listing == Some(Visibility::Public) || body.files == Some(Visibility::Public)) {
        return Err(signed_only());
    }
    match body.files {
        Some(Visibility::Public) => open_files(&ask, &bucket).await?,
        Some(Visibility::Private) if are_open(&ask, &bucket)? => {
            ask.world.set_document(&bucket, DocumentKind::Policy, "", None).await?;
        }
        Some(Visibility::Private) | None => {}
    }
    if let Some(listing) = body.listing {
        let acl = Acl::canned(canned(listing), &bucket.owner, &bucket.owner);
        ask.world.set_bucket_acl(&bucket, acl).await?;
    }
    Answer::ok(&One { space: space(&ask, &again(&ask, &bucket.name)?)? })
}

pub(crate) async fn delete(ask: Ask) -> Result<Answer, ApiError> {
    let bucket = named(&ask)?;
    let endpoint = ask.world.cdn_of_bucket(&bucket.name)?;
    let is_forced = ask.query("force").is_some_and(|force| force == "true" || force == "1");
    let deleted =
        if is_forced { ask.world.force_delete_bucket(&bucket).await } else { ask.world.delete_bucket(&bucket).await };
    match deleted {
        Ok(()) => {}
        Err(EngineError::BucketNotEmpty) => {
            return Err(ApiError::conflict(
                "the Space is not empty; delete it with force=true to delete its files, too",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    if let Some(endpoint) = endpoint {
        (ask.settings().purge)(&endpoint, &["*".to_owned()]);
    }
    Ok(Answer::NOTHING)
}

fn signed_only() -> ApiError {
    ApiError::unprocessable("a cold Space answers signed requests only: neither listing nor files can be public")
}

fn named(ask: &Ask) -> Result<Bucket, ApiError> {
    let name = BucketName::parse(ask.name()).map_err(|_rule| ApiError::NOT_FOUND)?;
    again(ask, &name)
}

fn again(ask: &Ask, name: &BucketName) -> Result<Bucket, ApiError> {
    let bucket = ask.world.bucket(name)?;
    bucket.filter(|bucket| bucket.owner == ask.account).ok_or(ApiError::NOT_FOUND)
}

fn canned(listing: Visibility) -> CannedAcl {
    match listing {
        Visibility::Private => CannedAcl::Private,
        Visibility::Public => CannedAcl::PublicRead,
    }
}

/// Lets anyone read every file, by a bucket policy: the way that Spaces has for it.
async fn open_files(ask: &Ask, bucket: &Bucket) -> Result<(), ApiError> {
    if are_open(ask, bucket)? {
        return Ok(());
    }
    if ask.world.has_policy(&bucket.name)? {
        return Err(ApiError::precondition_failed("the Space has a bucket policy already; change it over S3"));
    }
    if ask.world.set_policy(bucket, Bytes::from(public_policy(bucket)), true).await? {
        return Ok(());
    }
    Err(ApiError::precondition_failed(format!(
        "public files need a bucket policy, and {} is named by a limited access key",
        bucket.name
    )))
}

/// Whether the policy is the one that this API writes.
fn are_open(ask: &Ask, bucket: &Bucket) -> Result<bool, ApiError> {
    let policy = ask.world.document(bucket, DocumentKind::Policy, "")?;
    Ok(policy.is_some_and(|policy| policy == public_policy(bucket).as_bytes()))
}

fn public_policy(bucket: &Bucket) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"PublicFiles","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{}/*"}}]}}"#,
        bucket.name
    )
}

fn space(ask: &Ask, bucket: &Bucket) -> Result<Space, ApiError> {
    let is_listed = bucket.acl.allows(None, Permission::Read);
    let usage = ask.world.bucket_usage(bucket)?;
    let visibility = |is_public| if is_public { Visibility::Public } else { Visibility::Private };
    Ok(Space {
        name: bucket.name.as_str().to_owned(),
        region: bucket.region.as_str().to_owned(),
        listing: visibility(is_listed),
        files: visibility(are_open(ask, bucket)?),
        storage: if bucket.is_cold { Storage::Cold } else { Storage::Standard },
        created_at: stamp(bucket.created),
        objects: usage.objects,
        bytes: usage.bytes,
        url: format!("{}/{}", ask.settings().s3_url, bucket.name),
    })
}
