//! CreateMultipartUpload.

use spacelet_engine::{KeyMark, NewUpload};

use super::{object_meta, put_object};
use crate::acl::requested_acl;
use crate::checksum;
use crate::error::S3Error;
use crate::lifecycle::with_abort_date;
use crate::request::Request;
use crate::response::Response;
use crate::xml::Xml;
use crate::{customer_key, encryption};

/// Begins an upload; the object's ACL and metadata are said here.
///
/// # Errors
/// `InvalidArgument` and the like for the head, and what the store says.
pub(crate) async fn create_multipart_upload(request: Request<'_>) -> Result<Response, S3Error> {
    let (bucket, key) = request.subject()?;
    let mut meta = object_meta::of_new(&request, bucket)?;
    if !request.profile().has_storage_classes {
        object_meta::forget_storage_class(&mut meta);
    }
    let acl = requested_acl(&request, &put_object::owner_of_new(&request, bucket)?, &bucket.owner)?;

    let given = customer_key::of_write(&request)?;
    let sealed = given.as_ref().map(|given| KeyMark::new(&given.key));
    let checksum = if request.profile().echoes_checksums { checksum::announced(request.headers)? } else { None };

    let upload = NewUpload { key: key.clone(), owner: request.caller_id(), acl, meta, sealed, checksum };
    let upload = request.world.create_upload(bucket, upload).await?;

    let mut xml = Xml::document(256);
    xml.open_s3("InitiateMultipartUploadResult");
    xml.text("Bucket", bucket.name.as_str());
    xml.text("Key", key.as_str());
    xml.text("UploadId", &upload.id.0);
    xml.close("InitiateMultipartUploadResult");
    let response = encryption::told(&upload.meta, Response::xml(xml.finish()));
    let response = customer_key::told(given.as_ref(), response);
    let response = upload.checksum.into_iter().fold(response, checksum::with_announced);
    with_abort_date(response, &request, &upload)
}
