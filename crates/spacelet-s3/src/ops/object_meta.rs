//! What a client says about an object besides its body: headers that are kept, user metadata, tags, storage class.
//! Read from requests, and written back to answers in RGW's order.

use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, EXPIRES};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use spacelet_engine::{Bucket, ObjectLock, ObjectMeta, StoredHeader};

use super::user_metadata;
use crate::error::{ErrorCode, S3Error};
use crate::headers::WEBSITE_REDIRECT;
use crate::request::Request;
use crate::response::Response;
use crate::storage_class::{self, STORAGE_CLASS};
use crate::tags::{self, KEY_CHARS_MAX, OBJECT_TAGS_MAX, VALUE_CHARS_MAX};
use crate::{Profile, encryption, object_lock};

const TAGGING: HeaderName = HeaderName::from_static("x-amz-tagging");
const TAGGING_COUNT: HeaderName = HeaderName::from_static("x-amz-tagging-count");
const DEFAULT_CONTENT_TYPE: HeaderValue = HeaderValue::from_static("binary/octet-stream");

/// Kept as they are, in the order of the record.
const KEPT: [HeaderName; 6] =
    [CONTENT_TYPE, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, EXPIRES];
/// In the order in which RGW answers them; the content type comes last.
const ANSWERED: [HeaderName; 7] =
    [CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, EXPIRES, STORAGE_CLASS, WEBSITE_REDIRECT];
/// Which query parameter overrides which of them (signed requests only).
const OVERRIDES: [(&str, HeaderName); 6] = [
    ("response-content-type", CONTENT_TYPE),
    ("response-cache-control", CACHE_CONTROL),
    ("response-content-disposition", CONTENT_DISPOSITION),
    ("response-content-encoding", CONTENT_ENCODING),
    ("response-content-language", CONTENT_LANGUAGE),
    ("response-expires", EXPIRES),
];

/// What a request that writes an object says about it, in this bucket: its lock and encryption may be the bucket's
/// defaults.
///
/// # Errors
/// As [`read`], and those of [`object_lock::of_new_object`] and [`encryption::of_new_object`].
pub(super) fn of_new(request: &Request<'_>, bucket: &Bucket) -> Result<ObjectMeta, S3Error> {
    let (headers, world, profile) = (request.headers, &request.world, request.profile());
    let mut meta = read(headers, profile)?;
    if profile.has_encryption_headers {
        meta.headers.extend(encryption::of_new_object(headers, world, bucket)?);
    }
    if profile.has_object_lock {
        meta.lock = object_lock::of_new_object(headers, world, bucket, world.clock().now())?;
    }
    Ok(meta)
}

/// Reads all of it from a request's head.
///
/// # Errors
/// Those of [`storage_class::of_new`]; `InvalidArgument` for bad tags; `InvalidRequest` and `NotImplemented`
/// for encryption and object lock, which must not be ignored in silence.
pub(super) fn read(headers: &HeaderMap, profile: &Profile) -> Result<ObjectMeta, S3Error> {
    refuse_unserved(headers, profile)?;
    let mut kept: Vec<StoredHeader> = KEPT.iter().filter_map(|name| stored(headers, name)).collect();
    kept.extend(stored(headers, &WEBSITE_REDIRECT));
    kept.extend(storage_class::of_new(headers, profile)?);
    let user = user_metadata::read(headers, profile)?;
    Ok(ObjectMeta { headers: kept, user, tags: tags(headers, profile.tags_are_checked)?, lock: ObjectLock::default() })
}

/// The last of repeated headers, as in RGW.
fn last<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    headers.get_all(name).iter().next_back()
}

fn stored(headers: &HeaderMap, name: &HeaderName) -> Option<StoredHeader> {
    let mut value = last(headers, name)?.as_bytes().to_vec();
    if *name == CONTENT_TYPE && value.is_empty() {
        return None;
    }
    if *name == CONTENT_ENCODING {
        value = without_framing(&value)?;
    }
    Some(StoredHeader { name: name.as_str().to_owned(), value })
}

// DIFFERS: RGW 16 keeps the token `aws-chunked` of Content-Encoding and answers it; the framing never was part of the
// object (S3 user guide, "Signature calculations: transferring payload in multiple chunks").
fn without_framing(value: &[u8]) -> Option<Vec<u8>> {
    let is_framing = |token: &[u8]| token.trim_ascii().eq_ignore_ascii_case(b"aws-chunked");
    if !value.split(|byte| *byte == b',').any(is_framing) {
        return Some(value.to_vec());
    }
    let rest: Vec<&[u8]> = value.split(|byte| *byte == b',').filter(|token| !is_framing(token)).collect();
    let rest = rest.join(&b","[..]).trim_ascii().to_vec();
    (!rest.is_empty()).then_some(rest)
}

/// Forgets the storage class: RGW answers it for objects of one PUT only, not after a multipart upload.
pub(super) fn forget_storage_class(meta: &mut ObjectMeta) {
    meta.headers.retain(|header| !storage_class::is_named_by(header));
}

/// `x-amz-tagging`: `a=1&b=2`, percent-encoded; `+` stays a plus in RGW, and Amazon has rules of its own.
///
/// # Errors
/// `InvalidArgument` for an empty key, more than 10 tags, a key over 128 or a value over 256 characters.
pub(crate) fn tags(headers: &HeaderMap, as_amazon: bool) -> Result<Vec<(String, String)>, S3Error> {
    let Some(value) = last(headers, &TAGGING).filter(|value| !value.is_empty()) else { return Ok(Vec::new()) };
    let invalid = |why: &'static str| S3Error::new(ErrorCode::InvalidArgument, why);
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_not_utf8| invalid("x-amz-tagging is not UTF-8"))?;
    if as_amazon {
        return tags::of_header(text);
    }
    let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    let mut tags = Vec::new();
    for pair in text.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (decoded(key), decoded(value));
        if key.is_empty() {
            return Err(invalid("x-amz-tagging has a tag without a key"));
        }
        if key.chars().count() > KEY_CHARS_MAX || value.chars().count() > VALUE_CHARS_MAX {
            return Err(invalid("a tag's key has at most 128 characters, its value at most 256"));
        }
        tags.push((key, value));
    }
    if tags.len() > OBJECT_TAGS_MAX {
        return Err(invalid("an object has at most 10 tags"));
    }
    Ok(tags)
}

/// What would change how an object is kept is refused rather than ignored.
pub(super) fn refuse_unserved(headers: &HeaderMap, profile: &Profile) -> Result<(), S3Error> {
    for name in headers.keys() {
        let name = name.as_str();
        if name.starts_with("x-amz-server-side-encryption-customer-") {
            continue;
        }
        if name.starts_with("x-amz-server-side-encryption") && !profile.has_encryption_headers {
            return Err(S3Error::new(
                ErrorCode::InvalidRequest,
                "Spaces takes no x-amz-server-side-encryption header: it encrypts everything at rest by itself",
            ));
        }
        if name.starts_with("x-amz-object-lock-") && !profile.has_object_lock {
            return Err(S3Error::new(ErrorCode::InvalidRequest, "Spaces has no object lock"));
        }
    }
    Ok(())
}

/// Headers that stand instead of the stored ones in one answer.
pub(super) type Overrides = Vec<(HeaderName, HeaderValue)>;

/// The `response-*` parameters of a read.
///
/// # Errors
/// `InvalidRequest` on an unsigned request; `InvalidArgument` for a value that no header can carry.
pub(super) fn overrides(query: &crate::query::Query<'_>, is_signed: bool) -> Result<Overrides, S3Error> {
    let mut found = Vec::new();
    for (parameter, name) in &OVERRIDES {
        let Some(value) = query.get(parameter) else { continue };
        if !is_signed {
            // DIFFERS: RGW 16 answers 200 and writes an error into the header area; AWS's API reference (GetObject)
            // says that overrides need a signature, and answers InvalidRequest.
            return Err(S3Error::new(
                ErrorCode::InvalidRequest,
                "response-* parameters are only accepted on signed requests",
            ));
        }
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_unprintable| {
            S3Error::new(ErrorCode::InvalidArgument, format!("{parameter} holds bytes that no header can carry"))
        })?;
        found.push((name.clone(), value));
    }
    Ok(found)
}

/// Writes metadata, tag count, kept headers and content type, in RGW's order.
pub(super) fn write(meta: &ObjectMeta, overrides: &Overrides, profile: &Profile, response: Response) -> Response {
    let mut response = user_metadata::write(&meta.user, profile, response);
    if !meta.tags.is_empty() {
        response = response.header(TAGGING_COUNT, HeaderValue::from(meta.tags.len()));
    }
    for name in ANSWERED.iter().chain([&CONTENT_TYPE]) {
        let overriding = overrides.iter().find(|(overridden, _)| overridden == name);
        let kept = meta.headers.iter().find(|header| header.name == name.as_str());
        response = match (overriding, kept) {
            (Some((_, value)), _) => response.header(name.clone(), value.clone()),
            (None, Some(header)) => response.header_bytes(name.clone(), &header.value),
            (None, None) if *name == CONTENT_TYPE => response.header(CONTENT_TYPE, DEFAULT_CONTENT_TYPE),
            (None, None) => response,
        };
    }
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use http::StatusCode;

    use super::*;
    use crate::query::Query;

    fn read(headers: &HeaderMap) -> Result<ObjectMeta, S3Error> {
        super::read(headers, &Profile::SPACES)
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        map
    }

    fn answered(meta: &ObjectMeta, overrides: &Overrides) -> Vec<String> {
        let response = write(meta, overrides, &Profile::SPACES, Response::empty(StatusCode::OK));
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        response.headers.iter().map(|(name, value)| format!("{name}: {}", text(value))).collect()
    }

    #[test]
    fn what_is_said_comes_back_in_rgws_order() {
        let meta = read(&headers(&[
            ("Content-Type", "text/plain"),
            ("x-amz-meta-Color", "Blue"),
            ("x-amz-meta-a_b", "ü"),
            ("x-amz-meta-n", "1"),
            ("x-amz-meta-n", "2"),
            ("Expires", "soon"),
            ("Cache-Control", "max-age=60"),
            ("Content-Encoding", "aws-chunked, gzip"),
            ("x-amz-website-redirect-location", "/x"),
            ("x-amz-storage-class", "STANDARD"),
            ("x-amz-tagging", "a=1&b="),
        ]))
        .unwrap();
        assert_eq!(
            answered(&meta, &Vec::new()),
            [
                "x-amz-meta-a_b: ü",
                "x-amz-meta-color: Blue",
                "x-amz-meta-n: 2",
                "x-amz-tagging-count: 2",
                "cache-control: max-age=60",
                "content-encoding: gzip",
                "expires: soon",
                "x-amz-storage-class: STANDARD",
                "x-amz-website-redirect-location: /x",
                "content-type: text/plain",
            ]
        );
    }

    #[test]
    fn framing_is_no_encoding() {
        for (sent, kept) in [
            ("aws-chunked", None),
            ("AWS-Chunked , gzip", Some("gzip")),
            ("gzip,aws-chunked", Some("gzip")),
            ("gzip, br", Some("gzip, br")),
            ("", Some("")),
        ] {
            let meta = read(&headers(&[("content-encoding", sent)])).unwrap();
            assert_eq!(
                meta.headers.first().map(|header| String::from_utf8_lossy(&header.value).into_owned()).as_deref(),
                kept
            );
        }
    }

    #[test]
    fn overrides_win_and_need_a_signature() {
        let query = Query::parse("response-content-type=text%2Fx&response-expires=now&response-cache-control=");
        let found = overrides(&query, true).unwrap();
        let meta = read(&headers(&[("expires", "later"), ("content-language", "en")])).unwrap();
        assert_eq!(
            answered(&meta, &found),
            ["cache-control: ", "content-language: en", "expires: now", "content-type: text/x"]
        );
        assert_eq!(overrides(&query, false).unwrap_err().code, ErrorCode::InvalidRequest);
        assert_eq!(
            overrides(&Query::parse("response-content-type=a%0Ab"), true).unwrap_err().code,
            ErrorCode::InvalidArgument
        );
        assert!(overrides(&Query::parse("foo=1"), false).unwrap().is_empty());
    }

    #[test]
    fn tags_as_rgw_reads_them() {
        let read_tags = |text: &str| tags(&headers(&[("x-amz-tagging", text)]), false);
        let pairs = |found: &[(&str, &str)]| {
            found.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(read_tags("").unwrap(), []);
        assert_eq!(read_tags("a").unwrap(), pairs(&[("a", "")]));
        assert_eq!(read_tags("a%20b=c+d=e&a=%26").unwrap(), pairs(&[("a b", "c+d=e"), ("a", "&")]));
        assert_eq!(read_tags("k0=&k1=&k2=&k3=&k4=&k5=&k6=&k7=&k8=&k9=").unwrap().len(), 10);
        for bad in ["=1", "a=1&", "&&", "k0=&k1=&k2=&k3=&k4=&k5=&k6=&k7=&k8=&k9=&k10="] {
            assert_eq!(read_tags(bad).unwrap_err().code, ErrorCode::InvalidArgument, "{bad}");
        }
        assert!(read_tags(&"k".repeat(129)).is_err());
        assert!(read_tags(&format!("k={}", "v".repeat(257))).is_err());
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        for (name, value, code) in [
            ("x-amz-storage-class", "GLACIER", ErrorCode::InvalidArgument),
            ("x-amz-server-side-encryption", "AES256", ErrorCode::InvalidRequest),
            ("x-amz-object-lock-legal-hold", "ON", ErrorCode::InvalidRequest),
        ] {
            assert_eq!(read(&headers(&[(name, value)])).unwrap_err().code, code, "{name}");
        }
        assert!(read(&headers(&[("x-amz-storage-class", "")])).unwrap().headers.is_empty());
    }
}
