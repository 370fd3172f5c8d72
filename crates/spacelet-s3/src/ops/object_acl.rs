//! GetObjectAcl and PutObjectAcl.

use http::StatusCode;
use spacelet_engine::Acl;

use crate::acl::{acl_document, replacement_acl};
use crate::error::S3Error;
use crate::notification::{EventObject, notify};
use crate::ownership::Ownership;
use crate::request::Request;
use crate::response::{Response, XML};

pub(crate) async fn get_object_acl(request: Request<'_>) -> Result<Response, S3Error> {
    let bucket = request.bucket()?;
    let acl = match Ownership::of(&request.world, bucket)? {
        Ownership::BucketOwnerEnforced => &Acl::private(&bucket.owner),
        Ownership::ObjectWriter | Ownership::BucketOwnerPreferred => &request.object()?.acl,
    };
    let document = acl_document(&request, acl)?;
    Ok(Response::xml(document))
}

pub(crate) async fn put_object_acl(mut request: Request<'_>) -> Result<Response, S3Error> {
    let body = request.read_document().await?;
    let (bucket, key) = request.subject()?;
    let acl = replacement_acl(&request, &body, &request.object()?.acl.owner, &bucket.owner)?;

    let touch = request.profile().acl_moves_last_modified;
    request.world.set_object_acl(bucket, key, &request.version(), acl, touch).await?;

    notify(&request, "ObjectAcl:Put", || request.object.as_ref().map(EventObject::there).unwrap_or_default());
    Ok(Response::empty(StatusCode::OK).header(http::header::CONTENT_TYPE, XML))
}
