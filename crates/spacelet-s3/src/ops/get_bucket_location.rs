//! GetBucketLocation: the region's slug, on one line and without a Content-Type, as RGW writes it (spaces-reference 4.2).

use crate::error::S3Error;
use crate::region;
use crate::request::Request;
use crate::response::Response;
use crate::xml::Xml;

pub(crate) async fn get_bucket_location(request: Request<'_>) -> Result<Response, S3Error> {
    let bucket = request.bucket()?;
    let checks_regions = request.profile().checks_regions;
    let region = if checks_regions { region::shown(&bucket.region) } else { bucket.region.as_str() };

    let mut xml = Xml::document(128);
    xml.text_s3("LocationConstraint", region);
    Ok(Response::full(xml.finish()))
}
