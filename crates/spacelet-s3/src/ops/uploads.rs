//! What the operations of one multipart upload share: its id, its part number, finding it.

use spacelet_engine::access::Need;
use spacelet_engine::{Acl, EngineError, Upload, UploadId};

use super::numbers::number;
use crate::error::{Detail, ErrorCode, S3Error};
use crate::facts::Ask;
use crate::request::Request;

/// `uploadId`.
pub(super) fn id(request: &Request<'_>) -> UploadId {
    UploadId(request.query.get("uploadId").unwrap_or_default().to_owned())
}

/// The open upload of this key that `uploadId` names.
///
/// # Errors
/// `NoSuchUpload`. (DIFFERS in ListParts and Complete: RGW 16 answers `NoSuchKey` and `InternalError` there; newer ones
/// and AWS's API reference say `NoSuchUpload` everywhere, as does spaces-reference 5.)
pub(super) fn find(request: &Request<'_>) -> Result<Upload, S3Error> {
    let (bucket, key) = request.subject()?;
    let id = id(request);
    let found = request.world.upload(bucket, key, &id)?;
    found.ok_or_else(|| S3Error::from(EngineError::NoSuchUpload).with_detail(Detail::Upload(id.0)))
}

/// The upload, where the caller is who began it or the bucket's owner, or the policy allows it (S3 user guide, "Multipart
/// upload API and permissions").
///
/// # Errors
/// `AccessDenied`, `NoSuchUpload`.
pub(super) fn judged_by_initiator(request: &Request<'_>, need: Need, action: &'static str) -> Result<Upload, S3Error> {
    let found = find(request);
    let begun = found.as_ref().ok().map(|upload| Acl::private(&upload.owner));
    let ask = Ask { key: Some(request.key()?), acl: begun.as_ref(), ..Ask::of(need, action) };
    match request.judges()?.judge_upload(&ask) {
        Err(error) if error.code != ErrorCode::NoSuchKey => Err(error),
        Ok(()) | Err(_) => found,
    }
}

/// `partNumber`, from 1 to the limit.
///
/// # Errors
/// `InvalidArgument`.
pub(super) fn part_number(request: &Request<'_>) -> Result<u32, S3Error> {
    let max = request.limits().part_number_max;
    // DIFFERS: RGW 16 takes any integer; AWS's API reference (UploadPart) has 1 to 10,000.
    number(request.query, "partNumber")?
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| (1..=max).contains(number))
        .ok_or_else(|| S3Error::new(ErrorCode::InvalidArgument, format!("partNumber is a number from 1 to {max}")))
}
