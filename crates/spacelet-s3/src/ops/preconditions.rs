//! Conditional requests: read into the engine's [`Conditions`], and their refusals.

use http::{HeaderMap, HeaderName};
use spacelet_engine::{Conditions, ObjectInfo, Timestamp, Unmet};

use crate::error::{ErrorCode, S3Error};
use crate::request::Request;

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
    fn read(&self, headers: &HeaderMap) -> Result<Conditions, S3Error> {
        let text =
            |name: &HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Ok(Conditions {
            if_match: text(&self.matches),
            if_none_match: text(&self.none_match),
            if_modified_since: text(&self.modified).map(|date| parse_date(&self.modified, &date)).transpose()?,
            if_unmodified_since: text(&self.unmodified).map(|date| parse_date(&self.unmodified, &date)).transpose()?,
        })
    }
}

/// HTTP's three formats, and `2037-01-01T00:00:00Z`, which RGW takes too.
fn parse_date(name: &HeaderName, date: &str) -> Result<Timestamp, S3Error> {
    let http = httpdate::parse_http_date(date).ok().and_then(|at| {
        let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok()
    });
    let iso = || {
        let at = time::OffsetDateTime::parse(date, &time::format_description::well_known::Rfc3339).ok()?;
        i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()
    };
    http.or_else(iso)
        .map(Timestamp)
        .ok_or_else(|| S3Error::new(ErrorCode::InvalidArgument, format!("the date in {name} cannot be read")))
}

/// Checks `If-*` of a GET or HEAD.
///
/// # Errors
/// `NotModified`, `PreconditionFailed`, `InvalidArgument` for an unreadable date.
pub(super) fn check_read(headers: &HeaderMap, object: &ObjectInfo) -> Result<(), S3Error> {
    let conditions = READ.read(headers)?;
    conditions.check(&object.etag, object.modified).map_err(|unmet| match unmet {
        Unmet::NotModified => S3Error::new(ErrorCode::NotModified, "the object is as the client has it"),
        Unmet::PreconditionFailed => failed("If-Match or If-Unmodified-Since does not hold for the object"),
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

const CHECKSUM_PARAMETERS: [&str; 5] = [
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
];

/// A checksum in a presigned link's query: the JavaScript SDK signs the CRC32 of an empty body there.
pub(super) fn note_ignored_checksum(request: &Request<'_>) {
    if let Some(name) = CHECKSUM_PARAMETERS.into_iter().find(|name| request.query.has(name)) {
        request.notes.add(format!("{name} in the query was ignored, as Spaces does"));
    }
}

/// Conditions on a write: Spaces ignores them, and so do we, saying so.
///
/// # Errors
/// `NotImplemented` where the profile honours them.
pub(super) fn note_ignored_on_write(request: &Request<'_>) -> Result<(), S3Error> {
    let sent: Vec<&str> = [&READ.matches, &READ.none_match, &READ.modified, &READ.unmodified]
        .into_iter()
        .filter(|name| request.headers.contains_key(*name))
        .map(HeaderName::as_str)
        .collect();
    if sent.is_empty() {
        return Ok(());
    }
    let sent = sent.join(", ");
    if request.profile().honours_conditional_put {
        let why = format!("{sent} on a write is not built yet in this version of Spacelet");
        return Err(S3Error::new(ErrorCode::NotImplemented, why));
    }
    // DIFFERS: RGW 16 honours If-Match and If-None-Match on PUT; Spaces ignores them (spaces-reference 5, measured).
    request.notes.add(format!("Spaces ignores {sent} on a write; so did this server. The write happened"));
    Ok(())
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
