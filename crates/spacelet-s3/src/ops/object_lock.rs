//! GetObjectRetention, PutObjectRetention, GetObjectLegalHold, PutObjectLegalHold; and what a deletion may bypass.

use http::StatusCode;
use spacelet_engine::access::Need;
use spacelet_engine::policy::Environment;
use spacelet_engine::{LockBypass, ObjectKey};

use super::bucket_documents::read;
use crate::error::{ErrorCode, S3Error};
use crate::facts::Ask;
use crate::object_lock::{BYPASS, must_be_on, read_retention, retention_document};
use crate::policy::add_retention;
use crate::request::Request;
use crate::response::Response;
use crate::xml::Xml;

/// The version's retention.
///
/// # Errors
/// `InvalidRequest` where the bucket has no object lock, `NoSuchObjectLockConfiguration`.
pub(crate) async fn get_object_retention(request: Request<'_>) -> Result<Response, S3Error> {
    must_be_on(request.bucket()?)?;
    let retention = request.object()?.meta.lock.retention.ok_or_else(|| unset("retention"))?;
    Ok(Response::xml(retention_document(retention)))
}

/// Sets, lengthens or, where that is allowed, shortens or removes the version's retention.
///
/// # Errors
/// `InvalidRequest`, `MalformedXML`, `InvalidArgument` for a date that has passed, `AccessDenied` where the retention
/// that it has forbids the change.
pub(crate) async fn put_object_retention(mut request: Request<'_>) -> Result<Response, S3Error> {
    let root = read(&mut request, "Retention").await?;
    let now = request.world.clock().now();
    let retention = read_retention(&root, now)?;
    let add = |environment: &mut Environment| add_retention(environment, retention, now);
    request.judge_document(Need::BucketWrite, "s3:PutObjectRetention", &add)?;
    must_be_on(request.bucket()?)?;
    let bypass = bypass(&request, request.key()?, |ask| request.judge(ask));

    let (bucket, key) = request.subject()?;
    request.world.set_retention(bucket, key, &request.version(), retention, bypass).await?;

    Ok(Response::empty(StatusCode::OK))
}

/// The version's legal hold.
///
/// # Errors
/// `InvalidRequest` where the bucket has no object lock, `NoSuchObjectLockConfiguration`.
pub(crate) async fn get_object_legal_hold(request: Request<'_>) -> Result<Response, S3Error> {
    must_be_on(request.bucket()?)?;
    let is_on = request.object()?.meta.lock.legal_hold.ok_or_else(|| unset("legal hold"))?;
    let inner = if is_on { "<Status>ON</Status>" } else { "<Status>OFF</Status>" };
    Ok(Response::xml(Xml::whole("LegalHold", inner)))
}

/// Sets the version's legal hold.
///
/// # Errors
/// `InvalidRequest`, `MalformedXML`.
pub(crate) async fn put_object_legal_hold(mut request: Request<'_>) -> Result<Response, S3Error> {
    let root = read(&mut request, "LegalHold").await?;
    let is_on = match root.child_text("Status").map(str::trim) {
        Some("ON") => true,
        Some("OFF") => false,
        _ => return Err(S3Error::new(ErrorCode::MalformedXML, "Status is ON or OFF")),
    };
    let add = |environment: &mut Environment| {
        environment.add("s3:object-lock-legal-hold", if is_on { "ON" } else { "OFF" });
    };
    request.judge_document(Need::BucketWrite, "s3:PutObjectLegalHold", &add)?;
    must_be_on(request.bucket()?)?;

    let (bucket, key) = request.subject()?;
    request.world.set_legal_hold(bucket, key, &request.version(), is_on).await?;

    Ok(Response::empty(StatusCode::OK))
}

fn unset(what: &str) -> S3Error {
    S3Error::new(ErrorCode::NoSuchObjectLockConfiguration, format!("the version has no {what}"))
}

/// What this caller may bypass at this key: governance, where the header asks for it and the permission
/// `s3:BypassGovernanceRetention` is there (the bucket's owner has it).
pub(super) fn bypass(
    request: &Request<'_>,
    key: &ObjectKey,
    judge: impl FnOnce(Ask<'_>) -> Result<(), S3Error>,
) -> LockBypass {
    let is_asked = request.header(BYPASS).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let ask = Ask { key: Some(key), ..Ask::of(Need::BucketConfigure, "s3:BypassGovernanceRetention") };
    match is_asked && judge(ask).is_ok() {
        true => LockBypass::Governance,
        false => LockBypass::Nothing,
    }
}
