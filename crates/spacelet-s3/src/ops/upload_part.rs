//! UploadPart.

use super::{object_meta, put_object, uploads};
use crate::checksum::{self, KeptChecksum};
use crate::error::S3Error;
use crate::request::Request;
use crate::response::Response;
use crate::{customer_key, encryption};

/// Adds or replaces a part.
///
/// # Errors
/// `InvalidArgument` for the number, `NoSuchUpload`, and what the body and the store say. The upload is looked for
/// before the body is read: nobody sends 5 GiB in vain.
pub(crate) async fn upload_part(mut request: Request<'_>) -> Result<Response, S3Error> {
    let number = uploads::part_number(&request)?;
    object_meta::refuse_unserved(request.headers, request.profile())?;
    let upload = uploads::find(&request)?;

    let given = customer_key::of_read(&request, upload.sealed.as_ref(), &customer_key::OWN)?;
    let (announced, key) = (upload.checksum, given.as_ref().map(|given| &given.key));
    let (staged, kept) =
        put_object::received(&mut request, key, |profile| KeptChecksum::of_part(profile, announced)).await?;
    let part = request.world.put_part_with(request.bucket()?, &upload, number, staged, kept).await?;

    let response = encryption::told(&upload.meta, put_object::uploaded(&part.etag));
    let response = customer_key::told(given.as_ref(), response);
    Ok(match &part.checksum {
        Some(kept) => checksum::with_header(response, kept.algorithm, &checksum::value(kept, 1)),
        None => response,
    })
}
