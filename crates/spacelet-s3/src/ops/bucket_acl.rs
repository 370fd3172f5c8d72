//! GetBucketAcl and PutBucketAcl.

use http::StatusCode;

use crate::acl::{acl_document, replacement_acl};
use crate::error::S3Error;
use crate::request::Request;
use crate::response::{Response, XML};

pub(crate) async fn get_bucket_acl(request: Request<'_>) -> Result<Response, S3Error> {
    let document = acl_document(&request, &request.bucket()?.acl)?;
    Ok(Response::xml(document))
}

pub(crate) async fn put_bucket_acl(mut request: Request<'_>) -> Result<Response, S3Error> {
    let body = request.read_document().await?;
    let bucket = request.bucket()?;
    let acl = replacement_acl(&request, &body, &bucket.acl.owner, &bucket.owner)?;

    request.world.set_bucket_acl(bucket, acl).await?;

    Ok(Response::empty(StatusCode::OK).header(http::header::CONTENT_TYPE, XML))
}
