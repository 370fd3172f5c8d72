//! CreateBucket (AWS API reference). Names are unique over all accounts and regions (spaces-reference 4.1).

use http::StatusCode;
use spacelet_engine::{BucketName, EngineError, NewBucket, Region};

use crate::acl::requested_acl;
use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::response::Response;
use crate::xml::{CreateBucketConfiguration, parse};

pub(crate) async fn create_bucket(mut request: Request<'_>) -> Result<Response, S3Error> {
    let name = BucketName::parse(request.target.bucket.as_deref().unwrap_or_default())
        .map_err(|error| S3Error::new(ErrorCode::InvalidBucketName, error.rule))?;
    let owner = request.owner();
    let acl = requested_acl(&request, &owner, &owner)?;
    let region = region(&mut request).await?;
    let buckets_max = request.account.as_ref().and_then(|account| account.buckets_max);
    let buckets_max = buckets_max.unwrap_or(request.limits().buckets_max);

    match request.world.create_bucket(NewBucket { name, region, owner, acl, buckets_max }).await {
        Ok(_) => {}
        Err(EngineError::BucketAlreadyOwnedByYou) => request.notes.add("the Space existed already and is yours"),
        Err(error) => return Err(error.into()),
    }

    Ok(Response::empty(StatusCode::OK))
}

/// Where the bucket is to be: a bare host takes any known region, a regional host its own.
async fn region(request: &mut Request<'_>) -> Result<Region, S3Error> {
    let body = request.read_document().await?;
    let location = match body.is_empty() {
        true => String::new(),
        false => {
            let parsed = parse::<CreateBucketConfiguration>(&body, body.len());
            // RGW says InvalidArgument where AWS says MalformedXML.
            parsed.map_err(|error| S3Error::new(ErrorCode::InvalidArgument, error.because))?.location
        }
    };
    let settings = &request.shared.settings;
    let unknown = |why: String| Err(S3Error::new(ErrorCode::InvalidLocationConstraint, why));
    match (&request.target.region, location.as_str()) {
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
