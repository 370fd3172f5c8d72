//! DeleteObject.

use http::{HeaderValue, StatusCode};

use super::object_lock::bypass;
use super::preconditions;
use crate::error::S3Error;
use crate::headers;
use crate::notification::Notices;
use crate::request::Request;
use crate::response::Response;

/// Deletes the object, makes a delete marker, or removes the version that is named. A missing key is no error.
///
/// # Errors
/// `PreconditionFailed`, `NoSuchKey` for `If-Match` where there is no object, and what the store says.
pub(crate) async fn delete_object(request: Request<'_>) -> Result<Response, S3Error> {
    let (bucket, key) = request.subject()?;
    let condition = preconditions::on_delete(&request);

    let (version, owner, bypass) =
        (request.version(), request.owner(), bypass(&request, key, |ask| request.judge(ask)));
    let deleted = request.world.delete_object_if(bucket, key, &version, &owner, bypass, condition).await?;

    if let Some(notices) = Notices::of(&request) {
        notices.deleted(key.as_str(), &deleted);
    }
    let is_versioned = bucket.versioning.is_some() || request.query.get_non_empty("versionId").is_some();
    let mut response = Response::empty(StatusCode::NO_CONTENT);
    if let Some(version) = deleted.marker.as_ref().or(deleted.version.as_ref()).filter(|_| is_versioned) {
        response = response.header_bytes(headers::VERSION_ID, version.0.as_bytes());
    }
    if deleted.marker.is_some() {
        response = response.header(headers::DELETE_MARKER, HeaderValue::from_static("true"));
    }
    Ok(response)
}
