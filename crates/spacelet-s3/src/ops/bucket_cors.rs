//! GetBucketCors, PutBucketCors, DeleteBucketCors (spaces-reference 4.6).

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use spacelet_engine::DocumentKind;

use crate::cors::{CorsConfiguration, RULES_MAX};
use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::response::{Response, XML};
use crate::xml::parse;

/// The rules as stored.
///
/// # Errors
/// `NoSuchCORSConfiguration`.
pub(crate) async fn get_bucket_cors(request: Request<'_>) -> Result<Response, S3Error> {
    let document = request.world.document(request.bucket()?, DocumentKind::Cors, "")?;
    let none = || S3Error::new(ErrorCode::NoSuchCORSConfiguration, "the Space has no CORS rules");
    Ok(Response::xml(document.ok_or_else(none)?))
}

/// Replaces the rules.
///
/// # Errors
/// `MalformedXML`; `InvalidRequest` for more than 100 rules.
pub(crate) async fn put_bucket_cors(mut request: Request<'_>) -> Result<Response, S3Error> {
    let body = request.read_document().await?;
    let wanted = parse::<CorsConfiguration>(&body, body.len())
        .map_err(|error| S3Error::new(ErrorCode::MalformedXML, error.because))?;
    if wanted.rules.len() > RULES_MAX {
        return Err(S3Error::new(ErrorCode::InvalidRequest, "a Space has at most 100 CORS rules")
            .with_message("The number of CORS rules should not exceed allowed limit of 100 rules."));
    }

    change(&request, Some(Bytes::from(wanted.render()))).await?;

    Ok(Response::empty(StatusCode::OK).header(CONTENT_TYPE, XML))
}

/// Removes the rules; removing none succeeds.
///
/// # Errors
/// Storage errors.
pub(crate) async fn delete_bucket_cors(request: Request<'_>) -> Result<Response, S3Error> {
    change(&request, None).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// Stores the rules, or removes them; the former ones go on to act while that settles.
async fn change(request: &Request<'_>, rules: Option<Bytes>) -> Result<(), S3Error> {
    let bucket = request.bucket()?;
    let former = request.world.document(bucket, DocumentKind::Cors, "")?;
    let time = request.shared.unsettled.cors_changes(bucket.id, former, request.world.clock().now());
    if let Some(time) = time {
        request.notes.add(format!("the former CORS rules act for another {} ms (--settling)", time.as_millis()));
    }
    Ok(request.world.set_document(bucket, DocumentKind::Cors, "", rules).await?)
}
