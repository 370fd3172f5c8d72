//! Conditional requests: read into the engine's [`Conditions`], and their refusals.

use http::{HeaderMap, HeaderName};
use spacelet_engine::{
    Conditions, EngineError, ObjectInfo, Timestamp, Unmet, UnmetWrite, VersionSelector, WriteCondition,
};

use crate::error::{Detail, ErrorCode, S3Error};
use crate::request::Request;
use crate::xml::moment;

/// The four headers of one kind of request.
struct Names {
    matches: HeaderName,
    none_match: HeaderName,
    modified: HeaderName,
    unmodified: HeaderName,
}

const READ: Names = Names {
    matches: http::header::IF_MATCH,
    none_match: http::header::IF_NONE_MATCH,
    modified: http::header::IF_MODIFIED_SINCE,
    unmodified: http::header::IF_UNMODIFIED_SINCE,
};

// DIFFERS: RGW 16 reads `x-amz-copy-if-*`, names that S3 never had; these are AWS's (API reference, CopyObject).
const COPY: Names = Names {
    matches: HeaderName::from_static("x-amz-copy-source-if-match"),
    none_match: HeaderName::from_static("x-amz-copy-source-if-none-match"),
    modified: HeaderName::from_static("x-amz-copy-source-if-modified-since"),
    unmodified: HeaderName::from_static("x-amz-copy-source-if-unmodified-since"),
};

impl Names {
    /// The ETags only.
    fn read_etags(&self, headers: &HeaderMap) -> Conditions {
        let text =
            |name: &HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Conditions { if_match: text(&self.matches), if_none_match: text(&self.none_match), ..Conditions::default() }
    }

    fn read(&self, headers: &HeaderMap) -> Result<Conditions, S3Error> {
        let text =
            |name: &HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Ok(Conditions {
            if_modified_since: text(&self.modified).map(|date| parse_date(&self.modified, &date)).transpose()?,
            if_unmodified_since: text(&self.unmodified).map(|date| parse_date(&self.unmodified, &date)).transpose()?,
            ..self.read_etags(headers)
        })
    }
}

/// HTTP's three formats, and `2037-01-01T00:00:00Z`, which RGW takes too.
fn parse_date(name: &HeaderName, date: &str) -> Result<Timestamp, S3Error> {
    let http = httpdate::parse_http_date(date).ok().and_then(|at| {
        let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok()
    });
    http.map(Timestamp)
        .or_else(|| moment(date))
        .ok_or_else(|| S3Error::new(ErrorCode::InvalidArgument, format!("the date in {name} cannot be read")))
}

/// Checks `If-*` of a GET or HEAD.
///
/// # Errors
/// `NotModified`, `PreconditionFailed`, `InvalidArgument` for an unreadable date.
pub(super) fn check_read(headers: &HeaderMap, object: &ObjectInfo) -> Result<(), S3Error> {
    let conditions = READ.read(headers)?;
    conditions.check(&object.etag, object.modified).map_err(|unmet| match unmet {
        Unmet::NotModified => {
            let detail = Detail::Unchanged { etag: object.etag.clone(), modified: object.modified };
            S3Error::new(ErrorCode::NotModified, "the object is as the client has it").with_detail(detail)
        }
        Unmet::PreconditionFailed => {
            let header = if conditions.if_match.is_some() { "If-Match" } else { "If-Unmodified-Since" };
            failed("If-Match or If-Unmodified-Since does not hold for the object")
                .with_detail(Detail::Condition(header))
        }
    })
}

/// Checks `x-amz-copy-source-if-*`; each that does not hold is 412 (API reference, CopyObject).
///
/// # Errors
/// `PreconditionFailed`, `InvalidArgument` for an unreadable date.
pub(super) fn check_copy(headers: &HeaderMap, source: &ObjectInfo) -> Result<(), S3Error> {
    let conditions = COPY.read(headers)?;
    conditions
        .check(&source.etag, source.modified)
        .map_err(|_unmet| failed("an x-amz-copy-source-if-* condition does not hold for the source"))
}

fn failed(why: &'static str) -> S3Error {
    S3Error::new(ErrorCode::PreconditionFailed, why)
}

/// What a write demands of the key's current object. Spaces ignores it, and so do we, saying so.
///
/// # Errors
/// `NotImplemented` for both headers at once; `NoSuchKey` and `PreconditionFailed` where it does not hold even now,
/// before the body is read (it is judged again when the write is committed); storage errors.
pub(super) fn on_write(request: &Request<'_>) -> Result<WriteCondition, S3Error> {
    if !request.profile().honours_conditional_put {
        note_ignored_on_write(request);
        return Ok(WriteCondition::default());
    }
    // DIFFERS: S3 takes `*` only in If-None-Match of a write and no `*` in its If-Match; here each takes ETags and `*`,
    // as RGW does (ceph/s3-tests).
    let Conditions { if_match, if_none_match, .. } = READ.read_etags(request.headers);
    let mut condition = WriteCondition { if_match, if_none_match, existed: false };
    if condition.is_empty() {
        return Ok(condition);
    }
    if condition.if_match.is_some() && condition.if_none_match.is_some() {
        // In S3's words, as LocalStack recorded them.
        let message = "A header you provided implies functionality that is not implemented";
        let why = "Multiple conditional request headers present in the request";
        let error = S3Error::new(ErrorCode::NotImplemented, why).with_message(message);
        return Err(error.with_detail(Detail::Header { names: "If-Match,If-None-Match", why }));
    }
    let (bucket, key) = request.subject()?;
    let current = request.world.object(bucket, key, &VersionSelector::Current)?;
    let current = current.filter(|object| !object.is_delete_marker).map(|object| object.etag);
    let header = if condition.if_match.is_some() { "If-Match" } else { "If-None-Match" };
    condition.check(current.as_ref()).map_err(|error| unmet(error).with_detail(Detail::Condition(header)))?;
    condition.existed = current.is_some();
    Ok(condition)
}

fn unmet(unmet: UnmetWrite) -> S3Error {
    S3Error::from(match unmet {
        UnmetWrite::Missing => EngineError::ConditionMissing,
        UnmetWrite::Failed => EngineError::ConditionNotMet,
        UnmetWrite::Conflict => EngineError::ConditionConflict,
    })
}

/// `If-Match` of a deletion, which is about the current object whatever version is named.
pub(super) fn on_delete(request: &Request<'_>) -> WriteCondition {
    if !request.profile().honours_conditional_put {
        note_ignored_on_write(request);
        return WriteCondition::default();
    }
    WriteCondition { if_match: READ.read_etags(request.headers).if_match, ..WriteCondition::default() }
}

fn note_ignored_on_write(request: &Request<'_>) {
    let sent: Vec<&str> = [&READ.matches, &READ.none_match, &READ.modified, &READ.unmodified]
        .into_iter()
        .filter(|name| request.headers.contains_key(*name))
        .map(HeaderName::as_str)
        .collect();
    if sent.is_empty() {
        return;
    }
    let sent = sent.join(", ");
    // DIFFERS: RGW 16 honours If-Match and If-None-Match on PUT; Spaces ignores them (spaces-reference 5, measured).
    request.notes.add(format!("Spaces ignores {sent} on a write; so did this server. The write happened"));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use http::HeaderValue;

    use super::*;

    #[test]
    fn dates_in_every_format() {
        let name = &READ.modified;
        for date in [
            "Thu, 01 Jan 2037 00:00:00 GMT",
            "Thursday, 01-Jan-37 00:00:00 GMT",
            "Thu Jan  1 00:00:00 2037",
            "2037-01-01T00:00:00Z",
        ] {
            assert_eq!(parse_date(name, date).unwrap(), Timestamp(2_114_380_800_000), "{date}");
        }
        for date in ["", "garbage", "1"] {
            assert_eq!(parse_date(name, date).unwrap_err().code, ErrorCode::InvalidArgument);
        }
    }

    #[test]
    fn reads_and_copies_have_their_own_names() {
        let mut headers = HeaderMap::new();
        headers.insert("if-match", HeaderValue::from_static("\"a\""));
        headers.insert("x-amz-copy-source-if-none-match", HeaderValue::from_static("*"));
        assert_eq!(READ.read(&headers).unwrap().if_match.as_deref(), Some("\"a\""));
        assert_eq!(READ.read(&headers).unwrap().if_none_match, None);
        assert_eq!(COPY.read(&headers).unwrap().if_none_match.as_deref(), Some("*"));
        assert_eq!(COPY.read(&headers).unwrap().if_match, None);
    }
}
