//! Cold Storage Spaces (spaces-reference 4.10): only signed requests, no CORS rules, policy, website or CDN, no copies
//! between them and others, and rates of their own. They are made on the control port.

use spacelet_engine::Bucket;
use spacelet_engine::access::Caller;

use crate::error::{ErrorCode, S3Error, Shape};
use crate::operation::{Operation, Row};
use crate::target::Door;

/// What a cold Space does not have.
const NOT_OFFERED: [Operation; 3] = [Operation::PutBucketCors, Operation::PutBucketPolicy, Operation::PutBucketWebsite];

/// Refuses what a cold Space does not do.
///
/// DIFFERS: how the service words it is not documented; each is refused as what is nearest to it. Nor is it known as what
/// storage class its objects are listed: here, STANDARD.
///
/// # Errors
/// `AccessDenied` to who did not sign, as in a private Space, and on the CDN's host; `NotImplemented`.
pub(crate) fn check(row: &Row, bucket: &Bucket, caller: &Caller, door: Door) -> Result<(), S3Error> {
    if !bucket.is_cold {
        return Ok(());
    }
    if door == Door::Cdn {
        return Err(S3Error::new(ErrorCode::AccessDenied, "a cold Space has no CDN").with_shape(Shape::Proxy));
    }
    // A form is signed in its body.
    if row.operation != Operation::PostObject {
        check_signed(bucket, caller)?;
    }
    match NOT_OFFERED.contains(&row.operation) {
        true => Err(not_offered("a cold Space has no CORS rules, no policy and no website")),
        false => Ok(()),
    }
}

/// # Errors
/// `AccessDenied` where a cold Space is asked by who did not sign.
pub(crate) fn check_signed(bucket: &Bucket, caller: &Caller) -> Result<(), S3Error> {
    match (bucket.is_cold, caller) {
        (true, Caller::Anonymous) => Err(S3Error::new(
            ErrorCode::AccessDenied,
            "a cold Space answers signed requests only, whatever its ACLs say",
        )),
        _ => Ok(()),
    }
}

/// # Errors
/// `NotImplemented` for a copy between cold and standard storage.
pub(crate) fn check_copy(from: &Bucket, into: &Bucket) -> Result<(), S3Error> {
    match from.is_cold == into.is_cold {
        true => Ok(()),
        false => Err(not_offered("there are no copies between cold and standard Spaces; download and upload")),
    }
}

fn not_offered(why: &'static str) -> S3Error {
    S3Error::new(ErrorCode::NotImplemented, why).with_shape(Shape::NotOffered)
}
