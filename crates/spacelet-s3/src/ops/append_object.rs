//! AppendObject, RGW's extension of PutObject (docs.ceph.com, radosgw/s3/objectops, "Append Object").

use http::HeaderValue;

use super::put_object::{described, owner_of_new, received, uploaded};
use crate::checksum::KeptChecksum;
use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::response::Response;
use crate::{customer_key, headers};

/// Adds the body to the end of an object, which `position` must name.
///
/// # Errors
/// `InvalidArgument` for the position, `PositionNotEqualToLength`, `ObjectNotAppendable`, `InvalidBucketState` where
/// versioning was ever set, and those of PutObject.
pub(crate) async fn append_object(mut request: Request<'_>) -> Result<Response, S3Error> {
    let position = position(&request)?;
    let (bucket, key) = request.subject()?;
    let owner = owner_of_new(&request, bucket)?;
    let object = described(&request, bucket, key, owner)?;
    // DIFFERS: RGW 16 takes a customer's key here and stores the body in plain; what would be a false promise is refused.
    if customer_key::of_write(&request)?.is_some() {
        return Err(S3Error::new(ErrorCode::InvalidRequest, "appending does not go together with a customer's key"));
    }

    let bucket = bucket.clone();
    let (staged, _) = received(&mut request, None, |_| KeptChecksum::Nothing).await?;
    let etag = spacelet_engine::ETag::of_md5(staged.md5());
    let stored = request.world.append_object(&bucket, object, staged, position).await?;

    // RGW answers the ETag of what was appended, not the object's.
    Ok(uploaded(&etag).header(headers::NEXT_APPEND_POSITION, HeaderValue::from(stored.bytes)))
}

fn position(request: &Request<'_>) -> Result<u64, S3Error> {
    let position = request.query.get("position").and_then(|position| position.parse().ok());
    position.ok_or_else(|| S3Error::new(ErrorCode::InvalidArgument, "position is the length of the object so far"))
}
