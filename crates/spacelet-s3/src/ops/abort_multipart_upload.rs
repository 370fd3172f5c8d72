//! AbortMultipartUpload.

use http::StatusCode;
use spacelet_engine::access::Need;

use super::uploads;
use crate::error::S3Error;
use crate::facts::Ask;
use crate::request::Request;
use crate::response::Response;

const ACTION: &str = "s3:AbortMultipartUpload";

/// Drops the upload and its parts.
///
/// # Errors
/// `AccessDenied`, `NoSuchUpload`, and what the store says.
pub(crate) async fn abort_multipart_upload(request: Request<'_>) -> Result<Response, S3Error> {
    let (bucket, key) = request.subject()?;
    match request.profile().initiators_rule_uploads {
        true => {
            uploads::judged_by_initiator(&request, Need::UploadWrite, ACTION)?;
        }
        false => request.judge(Ask { key: Some(key), ..Ask::of(Need::BucketWrite, ACTION) })?,
    }
    request.world.abort_upload(bucket, key, &uploads::id(&request)).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}
