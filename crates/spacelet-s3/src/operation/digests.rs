//! Which operations Amazon S3 does without a digest of their body in the head: `Content-MD5` or `x-amz-checksum-*`.

use http::HeaderMap;

use super::{Operation, Row};
use crate::Profile;
use crate::checksum;
use crate::error::{ErrorCode, S3Error};
use crate::headers;

/// Those that S3 refuses without one: what SDKs always sent an MD5 with, and what versitygw's tests found against S3. The
/// API reference says "must" of more.
const WANTED: [Operation; 8] = [
    Operation::DeleteObjects,
    Operation::PutBucketCors,
    Operation::PutBucketLifecycle,
    Operation::PutBucketReplication,
    Operation::PutBucketTagging,
    Operation::PutObjectLegalHold,
    Operation::PutObjectLockConfiguration,
    Operation::PutObjectRetention,
];

impl Row {
    /// Holds the head against what the operation wants of it.
    ///
    /// # Errors
    /// `InvalidRequest`.
    pub(crate) fn check_digest(&self, profile: &Profile, headers: &HeaderMap) -> Result<(), S3Error> {
        let is_wanted = profile.wants_digests && WANTED.contains(&self.operation);
        match is_wanted && !is_sent(headers) {
            true => Err(missing("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")),
            false => Ok(()),
        }
    }
}

/// Whether the head has a digest of the body, or announces one that follows it.
fn is_sent(headers: &HeaderMap) -> bool {
    headers.contains_key(headers::CONTENT_MD5) || checksum::is_sent(headers)
}

/// An object that is to be locked wants one too.
///
/// # Errors
/// `InvalidRequest`.
pub(crate) fn check_locked(profile: &Profile, headers: &HeaderMap) -> Result<(), S3Error> {
    match profile.wants_digests && !is_sent(headers) {
        true => Err(missing(
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
        )),
        false => Ok(()),
    }
}

fn missing(message: &'static str) -> S3Error {
    S3Error::new(ErrorCode::InvalidRequest, message).with_message(message)
}
