//! CreateBucket (AWS API reference). Names are unique over all accounts and regions (spaces-reference 4.1).

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderName, StatusCode};
use spacelet_engine::{Acl, BucketName, BucketStart, DocumentKind, EngineError, NewBucket, Region, Versioning};

use crate::acl::requested_acl;
use crate::error::{ErrorCode, S3Error, Shape};
use crate::ownership::{Ownership, acl_is_in_the_way, is_owners_alone};
use crate::public_access::PublicAccessBlock;
use crate::region;
use crate::request::Request;
use crate::response::Response;
use crate::tags::{Tag, Tagged};
use crate::xml::{CreateBucketConfiguration, Xml, parse};
use crate::{NewBuckets, encryption, object_lock};

const OBJECT_OWNERSHIP: HeaderName = HeaderName::from_static("x-amz-object-ownership");

pub(crate) async fn create_bucket(mut request: Request<'_>) -> Result<Response, S3Error> {
    let name = BucketName::parse(request.target.bucket.as_deref().unwrap_or_default())
        .map_err(|error| S3Error::new(ErrorCode::InvalidBucketName, error.rule))?;
    let owner = request.owner();
    refuse_object_lock(&request)?;
    let acl = requested_acl(&request, &owner, &owner)?;
    let configuration = configuration(&mut request).await?;
    let region = region(&request, configuration.location.as_deref().unwrap_or_default())?;
    let buckets_max = request.account.as_ref().and_then(|account| account.buckets_max);
    let buckets_max = buckets_max.unwrap_or(request.limits().buckets_max);

    let start = if request.profile().has_object_lock {
        start(&request, &acl, &configuration.tags)?
    } else {
        BucketStart::default()
    };

    let new = NewBucket { name: name.clone(), region: region.clone(), owner, acl, buckets_max };
    match request.world.create_bucket_with(new, start).await {
        Ok(_) => {}
        Err(EngineError::BucketAlreadyOwnedByYou) if may_be_made_again(&request, &region) => {
            request.notes.add("the Space existed already and is yours");
        }
        // DIFFERS: in us-east-1, S3 takes one's own bucket made again with another ACL for done, and gives it that ACL;
        // RGW and ceph/s3-tests have a conflict.
        Err(EngineError::BucketAlreadyExists)
            if request.profile().checks_regions && !region::may_be_made_again(&region) && is_own(&request, &name)? =>
        {
            return Err(EngineError::BucketAlreadyOwnedByYou.into());
        }
        Err(error) => return Err(error.into()),
    }

    let response = Response::empty(StatusCode::OK);
    if !request.profile().checks_regions {
        return Ok(response);
    }
    Ok(response.header_bytes(LOCATION, format!("/{}", name.as_str()).as_bytes()))
}

fn asks_for_object_lock(request: &Request<'_>) -> bool {
    request.header(object_lock::ENABLED).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Spaces says so where it has no object lock (spaces-reference 4.2).
fn refuse_object_lock(request: &Request<'_>) -> Result<(), S3Error> {
    if request.profile().has_object_lock || !asks_for_object_lock(request) {
        return Ok(());
    }
    let why = "Spaces has no object lock; leave x-amz-bucket-object-lock-enabled out";
    Err(S3Error::new(ErrorCode::NotImplemented, why).with_shape(Shape::NotOffered))
}

/// Spaces takes it for done, AWS in one region only.
fn may_be_made_again(request: &Request<'_>, region: &Region) -> bool {
    !request.profile().checks_regions || region::may_be_made_again(region)
}

/// Whether a bucket that is there is the caller's.
fn is_own(request: &Request<'_>, name: &BucketName) -> Result<bool, S3Error> {
    let bucket = request.world.bucket(name)?;
    Ok(bucket.is_some_and(|bucket| bucket.owner == request.owner()))
}

/// What the bucket has from the start: what its headers ask for, and what the server gives every new bucket.
fn start(request: &Request<'_>, acl: &Acl, tags: &[Tag]) -> Result<BucketStart, S3Error> {
    let is_closed = request.shared.settings.new_buckets == NewBuckets::Closed;
    let ownership = match request.header(OBJECT_OWNERSHIP) {
        Some(name) => Some(Ownership::named(name).ok_or_else(|| {
            let why = "x-amz-object-ownership is BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter";
            S3Error::new(ErrorCode::InvalidArgument, why)
        })?),
        None => is_closed.then_some(Ownership::BucketOwnerEnforced),
    };
    if ownership == Some(Ownership::BucketOwnerEnforced) && !is_owners_alone(acl, &acl.owner) {
        return Err(acl_is_in_the_way());
    }
    let mut start = BucketStart::default();
    let mut add = |kind, document: String| start.documents.push((kind, Bytes::from(document)));
    if is_closed {
        if PublicAccessBlock::ALL.check_acl(acl).is_err() {
            let why = "new buckets block public ACLs on this server (--new-buckets)";
            return Err(S3Error::new(ErrorCode::InvalidBucketAclWithBlockPublicAccessError, why));
        }
        add(DocumentKind::PublicAccessBlock, PublicAccessBlock::ALL.document());
        add(DocumentKind::Encryption, encryption::default_document());
    }
    if !tags.is_empty() {
        Tagged::Bucket.check(tags)?;
        add(DocumentKind::Tagging, tagging(tags));
    }
    if let Some(ownership) = ownership {
        add(DocumentKind::OwnershipControls, ownership.document());
    }
    if asks_for_object_lock(request) {
        add(DocumentKind::ObjectLock, object_lock::enabled_document());
        start.versioning = Some(Versioning::Enabled);
    }
    Ok(start)
}

/// As PutBucketTagging would keep them.
fn tagging(tags: &[Tag]) -> String {
    let mut inner = Xml::bare();
    inner.open("TagSet");
    for (key, value) in tags {
        inner.open("Tag");
        inner.text("Key", key);
        inner.text("Value", value);
        inner.close("Tag");
    }
    inner.close("TagSet");
    Xml::whole("Tagging", &inner.finish())
}

/// What the body says; nothing where there is none. RGW 16 refuses one without a location, not one with an empty one.
async fn configuration(request: &mut Request<'_>) -> Result<CreateBucketConfiguration, S3Error> {
    let body = request.read_document().await?;
    if body.is_empty() {
        return Ok(CreateBucketConfiguration { location: None, tags: Vec::new() });
    }
    let profile = request.profile();
    let malformed = |because: String| S3Error::new(profile.location_fault, because);
    let parsed = parse::<CreateBucketConfiguration>(&body, body.len()).map_err(|error| malformed(error.because))?;
    if parsed.location.is_none() && !profile.takes_configuration_without_location {
        return Err(malformed("there is no LocationConstraint".to_owned()));
    }
    Ok(parsed)
}

/// Where the bucket is to be: a bare host takes any known region, a regional host its own.
fn region(request: &Request<'_>, location: &str) -> Result<Region, S3Error> {
    let settings = &request.shared.settings;
    if settings.profile.checks_regions {
        let global = request.target.is_global.then(region::global);
        let signed = request.signed.as_ref().map(|signed| &signed.region);
        let named = request.target.region.as_ref().or(global.as_ref());
        let home = named.is_none().then_some(&settings.region);
        let endpoint = named.or(signed).unwrap_or(&settings.region);
        return region::of_new_bucket(endpoint, home, location);
    }
    let unknown = |why: String| Err(S3Error::new(ErrorCode::InvalidLocationConstraint, why));
    match (&request.target.region, location) {
        (Some(region), "") => Ok(region.clone()),
        (Some(region), asked) if asked == region.as_str() => Ok(region.clone()),
        (Some(region), asked) => {
            unknown(format!("this is the host of {}; it makes no Space in {asked}", region.as_str()))
        }
        // DIFFERS: a bare host stands for every region, so it takes each slug, and us-east-1 for its default.
        (None, "" | "us-east-1") => Ok(settings.region.clone()),
        (None, asked) if request.shared.hosts.is_region(asked) => Ok(Region::new(asked)),
        (None, asked) => unknown(format!("{asked} is no region of Spaces")),
    }
}
