//! DeleteBucket: only an empty one; open multipart uploads go with it, as in RGW.

use http::StatusCode;

use crate::error::S3Error;
use crate::request::Request;
use crate::response::Response;

pub(crate) async fn delete_bucket(request: Request<'_>) -> Result<Response, S3Error> {
    request.world.delete_bucket(request.bucket()?).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}
