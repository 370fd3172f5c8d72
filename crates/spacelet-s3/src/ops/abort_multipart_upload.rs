//! AbortMultipartUpload.

use http::StatusCode;

use super::uploads;
use crate::error::S3Error;
use crate::request::Request;
use crate::response::Response;

/// Drops the upload and its parts.
///
/// # Errors
/// `NoSuchUpload`, and what the store says.
pub(crate) async fn abort_multipart_upload(request: Request<'_>) -> Result<Response, S3Error> {
    let (bucket, key) = request.subject()?;
    request.world.abort_upload(bucket, key, &uploads::id(&request)).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}
