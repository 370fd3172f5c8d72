//! Object lock on the wire: headers, documents, and a bucket's default retention (S3 user guide, "Using S3 Object
//! Lock"; texts of the refusals as Amazon S3 gives them).

use http::{HeaderMap, HeaderName};
use spacelet_engine::{Bucket, DAY_MS, DocumentKind, ObjectLock, Retention, RetentionMode, Timestamp, World};

use crate::error::{ErrorCode, S3Error};
use crate::response::Response;
use crate::stored::stored_root;
use crate::xml::{Element, Xml, iso_millis, moment};

pub(crate) const MODE: HeaderName = HeaderName::from_static("x-amz-object-lock-mode");
pub(crate) const UNTIL: HeaderName = HeaderName::from_static("x-amz-object-lock-retain-until-date");
pub(crate) const LEGAL_HOLD: HeaderName = HeaderName::from_static("x-amz-object-lock-legal-hold");
/// On a new bucket.
pub(crate) const ENABLED: HeaderName = HeaderName::from_static("x-amz-bucket-object-lock-enabled");
/// On a deletion or a change of retention.
pub(crate) const BYPASS: HeaderName = HeaderName::from_static("x-amz-bypass-governance-retention");

const ROOT: &str = "ObjectLockConfiguration";
/// The longest default retention, in days and in years.
const DAYS_MAX: i64 = 36_500;
const YEARS_MAX: i64 = 100;

/// The document of a bucket in which locking is on and nothing is locked by default.
pub(crate) fn enabled_document() -> String {
    Xml::whole(ROOT, "<ObjectLockEnabled>Enabled</ObjectLockEnabled>")
}

/// A default retention: its mode and its length in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DefaultRetention {
    mode: RetentionMode,
    days: i64,
}

/// The default retention that a configuration names.
///
/// # Errors
/// `MalformedXML`, `InvalidRetentionPeriod`.
pub(crate) fn default_rule(root: &Element) -> Result<Option<DefaultRetention>, S3Error> {
    let malformed = |why: &'static str| S3Error::new(ErrorCode::MalformedXML, why);
    let Some(rule) = root.child("Rule") else { return Ok(None) };
    let default = rule.child("DefaultRetention").ok_or_else(|| malformed("a Rule has a DefaultRetention"))?;
    let mode =
        default.child_text("Mode").and_then(mode).ok_or_else(|| malformed("Mode is GOVERNANCE or COMPLIANCE"))?;
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_nan| malformed("a period is a number"));
    let (length, max, day) = match (default.child_text("Days"), default.child_text("Years")) {
        (Some(days), None) => (number(days)?, DAYS_MAX, 1),
        (None, Some(years)) => (number(years)?, YEARS_MAX, 365),
        _ => return Err(malformed("a DefaultRetention has either Days or Years")),
    };
    let refused = |why, message| Err(S3Error::new(ErrorCode::InvalidRetentionPeriod, why).with_message(message));
    if length <= 0 {
        return refused("a period is positive", "Default retention period must be a positive integer value.");
    }
    if length > max {
        return refused("a period has at most 36,500 days or 100 years", "Default retention period is too large");
    }
    Ok(Some(DefaultRetention { mode, days: length * day }))
}

fn mode(text: &str) -> Option<RetentionMode> {
    match text.trim() {
        "GOVERNANCE" => Some(RetentionMode::Governance),
        "COMPLIANCE" => Some(RetentionMode::Compliance),
        _ => None,
    }
}

pub(crate) fn mode_name(mode: RetentionMode) -> &'static str {
    match mode {
        RetentionMode::Governance => "GOVERNANCE",
        RetentionMode::Compliance => "COMPLIANCE",
    }
}

/// Whether object lock is on in a bucket.
pub(crate) fn is_on(bucket: &Bucket) -> bool {
    bucket.documents.contains(DocumentKind::ObjectLock)
}

/// Refuses what needs object lock in a bucket without it.
///
/// # Errors
/// `InvalidRequest`.
pub(crate) fn must_be_on(bucket: &Bucket) -> Result<(), S3Error> {
    if is_on(bucket) {
        return Ok(());
    }
    let why = "object lock is not on in this bucket: say so when it is made, or put an object lock configuration";
    Err(S3Error::new(ErrorCode::InvalidRequest, why).with_message("Bucket is missing Object Lock Configuration"))
}

/// The lock of a new object: what its headers say, else the bucket's default.
///
/// # Errors
/// `InvalidArgument`, `InvalidRequest`, storage errors.
pub(crate) fn of_new_object(
    headers: &HeaderMap,
    world: &World,
    bucket: &Bucket,
    now: Timestamp,
) -> Result<ObjectLock, S3Error> {
    let asked = of_headers(headers, now)?;
    if !asked.is_empty() {
        must_be_on(bucket)?;
    }
    if asked.retention.is_some() || !is_on(bucket) {
        return Ok(asked);
    }
    let until = |rule: DefaultRetention| Timestamp(now.0.saturating_add(rule.days.saturating_mul(DAY_MS)));
    let default = default_of(world, bucket)?.map(|rule| Retention { mode: rule.mode, until: until(rule) });
    Ok(ObjectLock { retention: default, ..asked })
}

fn default_of(world: &World, bucket: &Bucket) -> Result<Option<DefaultRetention>, S3Error> {
    let root = stored_root(world, bucket, DocumentKind::ObjectLock, ROOT)?;
    root.map_or(Ok(None), |root| default_rule(&root))
}

fn of_headers(headers: &HeaderMap, now: Timestamp) -> Result<ObjectLock, S3Error> {
    let invalid = |message: &'static str| S3Error::new(ErrorCode::InvalidArgument, message).with_message(message);
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let retention = match (text(&MODE), text(&UNTIL)) {
        (None, None) => None,
        (Some(named), Some(until)) => {
            let mode = mode(named).ok_or_else(|| invalid("Unknown wormMode directive."))?;
            let until = moment(until.trim())
                .ok_or_else(|| invalid("The retain until date must be provided in ISO 8601 format"))?;
            Some(Retention { mode, until: future(until, now)? })
        }
        _ => {
            let message = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied";
            return Err(invalid(message));
        }
    };
    let legal_hold = match text(&LEGAL_HOLD) {
        None => None,
        Some("ON") => Some(true),
        Some("OFF") => Some(false),
        Some(_) => return Err(invalid("Legal Hold must be either of 'ON' or 'OFF'")),
    };
    Ok(ObjectLock { retention, legal_hold })
}

fn future(until: Timestamp, now: Timestamp) -> Result<Timestamp, S3Error> {
    let message = "The retain until date must be in the future!";
    match until > now {
        true => Ok(until),
        false => Err(S3Error::new(ErrorCode::InvalidArgument, "the date has passed").with_message(message)),
    }
}

/// A `Retention` document; an empty one removes the retention.
///
/// # Errors
/// `MalformedXML`, `InvalidArgument` for a date that has passed.
pub(crate) fn read_retention(root: &Element, now: Timestamp) -> Result<Option<Retention>, S3Error> {
    let malformed = |why: &'static str| S3Error::new(ErrorCode::MalformedXML, why);
    match (root.child_text("Mode"), root.child_text("RetainUntilDate")) {
        (None, None) => Ok(None),
        (Some(named), Some(until)) => {
            let mode = mode(named).ok_or_else(|| malformed("Mode is GOVERNANCE or COMPLIANCE"))?;
            let until = moment(until.trim()).ok_or_else(|| malformed("RetainUntilDate is a time in ISO 8601"))?;
            Ok(Some(Retention { mode, until: future(until, now)? }))
        }
        _ => Err(malformed("a Retention has both Mode and RetainUntilDate, or neither")),
    }
}

/// The `Retention` document.
pub(crate) fn retention_document(retention: Retention) -> String {
    let mut inner = Xml::bare();
    inner.text("Mode", mode_name(retention.mode));
    inner.time("RetainUntilDate", retention.until);
    Xml::whole("Retention", &inner.finish())
}

/// Adds the lock's headers to the answer of a read.
pub(crate) fn told(lock: &ObjectLock, mut response: Response) -> Response {
    if let Some(retention) = lock.retention {
        let mut until = String::new();
        iso_millis(&mut until, retention.until);
        response =
            response.header_bytes(MODE, mode_name(retention.mode).as_bytes()).header_bytes(UNTIL, until.as_bytes());
    }
    if let Some(is_on) = lock.legal_hold {
        response = response.header_bytes(LEGAL_HOLD, if is_on { b"ON" } else { b"OFF" });
    }
    response
}

#[cfg(test)]
#[path = "object_lock/tests.rs"]
mod tests;
