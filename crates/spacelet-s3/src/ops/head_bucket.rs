//! HeadBucket: live counters, and for its owner the quotas (spaces-reference 4.2).

use http::{HeaderValue, StatusCode};

use crate::error::S3Error;
use crate::headers;
use crate::request::Request;
use crate::response::Response;

/// RGW's word for "no quota".
const UNLIMITED: HeaderValue = HeaderValue::from_static("-1");

pub(crate) async fn head_bucket(request: Request<'_>) -> Result<Response, S3Error> {
    let bucket = request.bucket()?;
    if request.profile().names_bucket_region {
        let response = Response::empty(StatusCode::OK)
            .header_bytes(headers::BUCKET_REGION, bucket.region.as_str().as_bytes())
            .header(headers::ACCESS_POINT_ALIAS, HeaderValue::from_static("false"));
        return Ok(response);
    }
    let usage = request.world.bucket_usage(bucket)?;

    let mut response = Response::empty(StatusCode::OK)
        .header(headers::OBJECT_COUNT, usage.objects)
        .header(headers::BYTES_USED, usage.bytes);
    if let Some(account) = request.account.as_ref().filter(|account| account.id == bucket.owner) {
        let buckets_max = account.buckets_max.unwrap_or(request.limits().buckets_max);
        response = response
            .header(headers::QUOTA_USER_SIZE, UNLIMITED)
            .header(headers::QUOTA_USER_OBJECTS, UNLIMITED)
            .header(headers::QUOTA_MAX_BUCKETS, buckets_max)
            .header(headers::QUOTA_BUCKET_SIZE, UNLIMITED)
            .header(headers::QUOTA_BUCKET_OBJECTS, UNLIMITED);
    }
    Ok(response)
}
