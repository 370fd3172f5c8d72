//! GetBucketLocation: the region's slug, on one line and without a Content-Type, as RGW writes it (spaces-reference 4.2).

use crate::error::S3Error;
use crate::request::Request;
use crate::response::Response;
use crate::xml::Xml;

pub(crate) async fn get_bucket_location(request: Request<'_>) -> Result<Response, S3Error> {
    let region = request.bucket()?.region.as_str();

    let mut xml = Xml::document(128);
    xml.text_s3("LocationConstraint", region);
    Ok(Response::full(xml.finish()))
}
