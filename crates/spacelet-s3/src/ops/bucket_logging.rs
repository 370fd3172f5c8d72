//! GetBucketLogging and PutBucketLogging (spaces-reference 4.8). The logs are written in `access_log.rs`.

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use spacelet_engine::DocumentKind;

use crate::acl;
use crate::error::{ErrorCode, S3Error};
use crate::logging::{LogTarget, LoggingStatus, log_target_of};
use crate::ownership::{Ownership, no_acls};
use crate::request::Request;
use crate::response::{Response, XML};
use crate::xml::parse;

/// Where the logs go; an empty status where nothing is logged.
///
/// # Errors
/// Storage errors.
pub(crate) async fn get_bucket_logging(request: Request<'_>) -> Result<Response, S3Error> {
    let target = log_target_of(&request.world, request.bucket()?)?;
    Ok(Response::xml(LogTarget::document(target.as_ref(), &request)?))
}

/// Begins to log, or ends it (an empty status).
///
/// # Errors
/// `MalformedXML`; `InvalidTargetBucketForLogging` for a target that is missing, another account's or (Spaces) the
/// bucket itself; `CrossLocationLoggingProhibited`; for grants as PutObjectAcl, and `AccessControlListNotSupported` where
/// the target has no ACLs.
pub(crate) async fn put_bucket_logging(mut request: Request<'_>) -> Result<Response, S3Error> {
    let body = request.read_document().await?;
    let status = parse::<LoggingStatus>(&body, body.len())
        .map_err(|error| S3Error::new(ErrorCode::MalformedXML, error.because))?;
    let target = match status.target {
        None => None,
        Some(mut written) => {
            let grants = acl::resolved(&request, std::mem::take(&mut written.grants))?;
            let target = written.granting(grants);
            check_target(&request, &target)?;
            Some(target)
        }
    };

    let document = match &target {
        None => None,
        Some(_) => Some(Bytes::from(LogTarget::document(target.as_ref(), &request)?)),
    };
    request.world.set_document(request.bucket()?, DocumentKind::Logging, "", document).await?;

    Ok(Response::empty(StatusCode::OK).header(CONTENT_TYPE, XML))
}

fn check_target(request: &Request<'_>, target: &LogTarget) -> Result<(), S3Error> {
    let source = request.bucket()?;
    let refuse = |why: &'static str| Err(S3Error::new(ErrorCode::InvalidTargetBucketForLogging, why));
    if target.bucket == source.name && request.profile().log_target_is_another {
        return refuse("a Space's logs go into another Space");
    }
    let found = request.world.bucket(&target.bucket)?.filter(|bucket| bucket.owner == source.owner);
    match found {
        None => refuse("the account has no Space of the name in TargetBucket"),
        Some(bucket) if bucket.region != source.region => Err(S3Error::new(
            ErrorCode::CrossLocationLoggingProhibited,
            "the Space and the one that its logs go to are in different regions",
        )),
        Some(_) if target.grants.is_empty() => Ok(()),
        Some(bucket) => match Ownership::of(&request.world, &bucket)? {
            Ownership::BucketOwnerEnforced => Err(no_acls()),
            Ownership::BucketOwnerPreferred | Ownership::ObjectWriter => Ok(()),
        },
    }
}
