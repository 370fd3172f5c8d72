//! ListBuckets (AWS API reference). On a regional host: that region's Spaces only (spaces-reference 4.2).

use crate::error::S3Error;
use crate::request::Request;
use crate::response::Response;
use crate::xml::Xml;

pub(crate) async fn list_buckets(request: Request<'_>) -> Result<Response, S3Error> {
    let region = request.target.region.as_ref();
    let id = request.caller_id();
    let buckets = request.world.buckets_of(&id, region)?;

    let mut xml = Xml::document(256 + buckets.len() * 128);
    xml.open_s3("ListAllMyBucketsResult");
    xml.owner("Owner", id.as_str(), &request.display_name(&id)?);
    xml.open("Buckets");
    for bucket in &buckets {
        xml.open("Bucket");
        xml.text("Name", bucket.name.as_str());
        xml.time("CreationDate", bucket.created);
        xml.close("Bucket");
    }
    xml.close("Buckets");
    xml.close("ListAllMyBucketsResult");
    Ok(Response::xml_chunked(xml.finish()))
}
