//! GetBucketWebsite, PutBucketWebsite, DeleteBucketWebsite (spaces-reference 4.9). What visitors see is in `visit.rs`.

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use spacelet_engine::DocumentKind;

use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::response::{Response, XML};
use crate::website::WebsiteConfiguration;
use crate::xml::parse;

/// The configuration as stored.
///
/// # Errors
/// `NoSuchWebsiteConfiguration`.
pub(crate) async fn get_bucket_website(request: Request<'_>) -> Result<Response, S3Error> {
    let document = request.world.document(request.bucket()?, DocumentKind::Website, "")?;
    let none = || S3Error::new(ErrorCode::NoSuchWebsiteConfiguration, "the Space is no website");
    Ok(Response::xml(document.ok_or_else(none)?))
}

/// Makes the bucket a website, or another one.
///
/// # Errors
/// `InvalidArgument` (AWS: `MalformedXML`) for what is no configuration; `InvalidRequest` for more than 50 rules.
pub(crate) async fn put_bucket_website(mut request: Request<'_>) -> Result<Response, S3Error> {
    let body = request.read_document().await?;
    let wanted = parse::<WebsiteConfiguration>(&body, body.len())
        .map_err(|error| S3Error::new(request.profile().website_fault, error.because))?;
    wanted.check(request.profile())?;

    let document = Bytes::from(wanted.render());
    request.world.set_document(request.bucket()?, DocumentKind::Website, "", Some(document)).await?;

    Ok(Response::empty(StatusCode::OK).header(CONTENT_TYPE, XML))
}

/// The bucket is no website any more; that it was none succeeds too.
///
/// # Errors
/// Storage errors.
pub(crate) async fn delete_bucket_website(request: Request<'_>) -> Result<Response, S3Error> {
    request.world.set_document(request.bucket()?, DocumentKind::Website, "", None).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT).header(CONTENT_TYPE, XML))
}
