//! DeleteBucketEncryption: where every bucket has a default encryption, the default comes back.

use bytes::Bytes;
use http::StatusCode;
use spacelet_engine::DocumentKind;

use crate::NewBuckets;
use crate::encryption::default_document;
use crate::error::S3Error;
use crate::request::Request;
use crate::response::Response;

/// Takes the bucket's own default away.
///
/// # Errors
/// Storage errors.
pub(crate) async fn delete_bucket_encryption(request: Request<'_>) -> Result<Response, S3Error> {
    let document = match request.shared.settings.new_buckets {
        NewBuckets::Open => None,
        NewBuckets::Closed => Some(Bytes::from(default_document())),
    };
    request.world.set_document(request.bucket()?, DocumentKind::Encryption, "", document).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}
