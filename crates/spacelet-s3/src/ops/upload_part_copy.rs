//! UploadPartCopy.

use std::ops::Range;

use spacelet_engine::{EngineError, ObjectInfo, Part, Timestamp, Upload};

use super::{copying, uploads};
use crate::checksum::{self, KeptChecksum};
use crate::customer_key;
use crate::encryption;
use crate::error::{ErrorCode, S3Error};
use crate::headers;
use crate::range::{CopyRangeError, copy_range};
use crate::request::Request;
use crate::response::Response;
use crate::xml::Xml;

const COPIES_MAX: usize = 8;

/// Makes a part of the source, or of a range of it. A whole object of one PUT is shared; anything else is read, since
/// the part's ETag is the MD5 of its bytes.
///
/// # Errors
/// `InvalidArgument` for number or range, `NoSuchUpload`, `PreconditionFailed`, `InvalidRange`, `EntityTooLarge`,
/// `NoSuchKey`, and what the store says.
pub(crate) async fn upload_part_copy(request: Request<'_>) -> Result<Response, S3Error> {
    let number = uploads::part_number(&request)?;
    let source = copying::source(&request)?;
    let upload = uploads::find(&request)?;

    let (part, keys) = copy(&request, source, &upload, number).await?;

    let mut xml = Xml::document(256);
    xml.open_s3("CopyPartResult");
    // RGW has whole seconds here.
    xml.time("LastModified", Timestamp(part.modified.seconds() * 1000));
    xml.answered_etag(&part.etag, request.profile().quotes_answered_etags);
    if let Some(checksum) = &part.checksum {
        xml.text(checksum::names(checksum.algorithm).element, &checksum::value(checksum, 1));
    }
    xml.close("CopyPartResult");
    Ok(customer_key::told(keys.target.as_ref(), encryption::told(&upload.meta, Response::xml(xml.finish()))))
}

async fn copy(
    request: &Request<'_>,
    source: &crate::request::Source,
    upload: &Upload,
    number: u32,
) -> Result<(Part, copying::Keys), S3Error> {
    let bucket = request.bucket()?;
    let kept = KeptChecksum::of_part(request.profile(), upload.checksum);
    let algorithm = kept.algorithm();
    let mut from = source.object.clone();
    for _ in 0..COPIES_MAX {
        let range = wanted(request, &from)?;
        let target = customer_key::of_read(request, upload.sealed.as_ref(), &customer_key::OWN)?;
        let keys = copying::Keys::of(request, &from, target)?;
        let checksum = algorithm.and_then(|algorithm| copying::whole_checksum(&from, algorithm));
        let copied = match (whole_md5(&from), range) {
            (Some(md5), None) if keys.are_none() && checksum.is_some() == algorithm.is_some() => {
                request.world.copy_part(bucket, upload, number, &from, md5, checksum).await
            }
            (_, range) => {
                let range = range.unwrap_or(0..from.bytes);
                match keys.stage_range(&request.world, &from, range, algorithm).await {
                    Ok(staged) => {
                        let checksum = kept.of(&staged);
                        request.world.put_part_with(bucket, upload, number, staged, checksum).await
                    }
                    Err(error) => Err(error),
                }
            }
        };
        match copied {
            Err(EngineError::NoSuchKey) => from = copying::read_again(request, source)?,
            other => return Ok((other?, keys)),
        }
    }
    Err(S3Error::new(ErrorCode::InternalError, "the source was replaced faster than it could be copied"))
}

/// The range that is asked for; `None`: all of it.
fn wanted(request: &Request<'_>, from: &ObjectInfo) -> Result<Option<Range<u64>>, S3Error> {
    let bytes_max = request.limits().put_bytes_max;
    let range = request.headers.contains_key(headers::COPY_SOURCE_RANGE).then(|| {
        let header = request.header(headers::COPY_SOURCE_RANGE).unwrap_or_default();
        copy_range(header, from.bytes).map_err(|error| match error {
            CopyRangeError::Malformed => {
                S3Error::new(ErrorCode::InvalidArgument, "x-amz-copy-source-range is bytes=first-last")
            }
            CopyRangeError::Unsatisfiable => {
                let why = format!("the range does not lie within the source, which has {} bytes", from.bytes);
                S3Error::new(ErrorCode::InvalidRange, why)
            }
        })
    });
    let range = range.transpose()?;
    let bytes = range.as_ref().map_or(from.bytes, |range| range.end - range.start);
    if bytes > bytes_max {
        return Err(S3Error::new(ErrorCode::EntityTooLarge, format!("a part has at most {bytes_max} bytes")));
    }
    Ok(range)
}

/// The MD5 of the source's bytes where its ETag says it: objects of one PUT.
fn whole_md5(from: &ObjectInfo) -> Option<[u8; 16]> {
    let hex = from.etag.as_str().as_bytes();
    if !from.parts.is_empty() || hex.len() != 32 {
        return None;
    }
    let mut md5 = [0; 16];
    for (byte, pair) in md5.iter_mut().zip(hex.chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(md5)
}
