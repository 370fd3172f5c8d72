//! Amazon S3's error bodies (API reference, "Error responses"): what follows `Message`, and the headers that some
//! refusals carry.

use http::header::{ALLOW, ETAG, LAST_MODIFIED};
use http::{HeaderName, HeaderValue};
use spacelet_engine::{Timestamp, VersionId};

use crate::error::{Detail, ErrorCode, S3Error};
use crate::headers;
use crate::response::Response;
use crate::xml::{Xml, http_date};

/// Codes whose bodies name the key.
const ABOUT_KEYS: [ErrorCode; 2] = [ErrorCode::NoSuchKey, ErrorCode::NoSuchVersion];
/// Codes whose bodies name the bucket.
const ABOUT_BUCKETS: [ErrorCode; 10] = [
    ErrorCode::NoSuchBucket,
    ErrorCode::BucketAlreadyExists,
    ErrorCode::BucketAlreadyOwnedByYou,
    ErrorCode::BucketNotEmpty,
    ErrorCode::InvalidBucketName,
    ErrorCode::NoSuchBucketPolicy,
    ErrorCode::NoSuchCORSConfiguration,
    ErrorCode::NoSuchLifecycleConfiguration,
    ErrorCode::NoSuchTagSet,
    ErrorCode::NoSuchWebsiteConfiguration,
];

/// What the request was about.
pub(crate) struct Named<'a> {
    pub(crate) bucket: Option<&'a str>,
    pub(crate) key: Option<&'a [u8]>,
    /// As in `Resource`, without the slash before it.
    pub(crate) resource: &'a str,
}

/// `Error` up to its ids: the caller closes it.
pub(crate) fn aws_body(xml: &mut Xml, error: &S3Error, target: &Named<'_>) {
    let source = match error.detail.as_deref() {
        Some(Detail::Source { bucket, key, .. }) => Some((bucket.as_str(), key.as_bytes(), format!("{bucket}/{key}"))),
        _ => None,
    };
    let source =
        source.as_ref().map(|(bucket, key, resource)| Named { bucket: Some(bucket), key: Some(key), resource });
    let named = source.as_ref().unwrap_or(target);
    xml.open("Error");
    xml.text("Code", error.code.name());
    xml.text("Message", error.message(true));
    if ABOUT_KEYS.contains(&error.code) {
        xml.text("Key", &String::from_utf8_lossy(named.key.unwrap_or_default()));
    }
    if ABOUT_BUCKETS.contains(&error.code) {
        xml.text("BucketName", named.bucket.unwrap_or_default());
    }
    if let Some(detail) = &error.detail {
        elements(xml, detail);
    }
    if error.code == ErrorCode::PermanentRedirect {
        xml.text("Bucket", named.bucket.unwrap_or_default());
    }
    let slash = if named.resource.starts_with('/') { "" } else { "/" };
    xml.text("Resource", &format!("{slash}{}", named.resource));
}

fn elements(xml: &mut Xml, detail: &Detail) {
    match detail {
        Detail::DeleteMarker { is_named: true, .. } => {
            xml.text("Method", "GET");
            xml.text("ResourceType", "DeleteMarker");
        }
        Detail::DeleteMarker { .. }
        | Detail::NoDeleteMarker
        | Detail::Unchanged { .. }
        | Detail::AppendPosition(_)
        | Detail::Source { version: None, .. } => {}
        Detail::Source { version: Some(version), .. } => xml.text("VersionId", version),
        Detail::Header { names, why } => {
            xml.text("Header", names);
            xml.text("additionalMessage", why);
        }
        Detail::MissingPart { upload, number, etag } => {
            xml.text("UploadId", upload);
            xml.number("PartNumber", *number);
            xml.text("ETag", etag);
        }
        Detail::Part { number, bytes, bytes_min } => {
            xml.number("ProposedSize", *bytes);
            xml.number("MinSizeAllowed", *bytes_min);
            xml.number("PartNumber", *number);
        }
        Detail::Metadata { bytes, bytes_max } => {
            xml.number("Size", *bytes as u64);
            xml.number("MaxSizeAllowed", *bytes_max as u64);
        }
        Detail::Region(region) => xml.text("Region", region.as_str()),
        Detail::Endpoint { endpoint, .. } => xml.text("Endpoint", endpoint),
        Detail::Version(version) => xml.text("VersionId", version),
        Detail::Upload(upload) => xml.text("UploadId", upload),
        Detail::Range { wanted, bytes } => {
            xml.text("RangeRequested", wanted);
            xml.number("ActualObjectSize", *bytes);
        }
        Detail::StorageClass(class) => xml.text("StorageClass", class),
        Detail::Condition(header) => xml.text("Condition", header),
        Detail::HeadersNotSigned(names) => xml.text("HeadersNotSigned", names),
        Detail::Preflight { method, is_object } => {
            xml.text("Method", method);
            xml.text("ResourceType", if *is_object { "OBJECT" } else { "BUCKET" });
        }
        Detail::Argument { name, value } => {
            xml.text("ArgumentName", name);
            xml.text("ArgumentValue", value);
        }
    }
}

/// Adds what the refusal says in headers.
pub(crate) fn with_headers(response: Response, detail: &Detail) -> Response {
    match detail {
        Detail::DeleteMarker { version, modified, is_named } => {
            let response = marker(response, true);
            let response = if *is_named { named(response, *modified) } else { response };
            version_id(response, version)
        }
        // DIFFERS: S3 leaves the header out where there is no delete marker; RGW and ceph/s3-tests have it.
        Detail::NoDeleteMarker => marker(response, false),
        Detail::Unchanged { etag, modified } => response
            .header_bytes(ETAG, etag.quoted().as_bytes())
            .header_bytes(LAST_MODIFIED, http_date(*modified).as_bytes()),
        Detail::Region(region) | Detail::Endpoint { region, .. } => {
            response.header_bytes(headers::BUCKET_REGION, region.as_str().as_bytes())
        }
        Detail::Part { .. }
        | Detail::Metadata { .. }
        | Detail::Version(_)
        | Detail::Upload(_)
        | Detail::Range { .. }
        | Detail::Condition(_)
        | Detail::StorageClass(_)
        | Detail::Header { .. }
        | Detail::Source { .. }
        | Detail::MissingPart { .. }
        | Detail::HeadersNotSigned(_)
        | Detail::AppendPosition(_)
        | Detail::Preflight { .. }
        | Detail::Argument { .. } => response,
    }
}

fn marker(response: Response, is_one: bool) -> Response {
    response.header(headers::DELETE_MARKER, HeaderValue::from_static(if is_one { "true" } else { "false" }))
}

fn named(response: Response, modified: Timestamp) -> Response {
    response
        .header(ALLOW, HeaderValue::from_static("DELETE"))
        .header_bytes(LAST_MODIFIED, http_date(modified).as_bytes())
}

fn version_id(response: Response, version: &VersionId) -> Response {
    const NAME: HeaderName = headers::VERSION_ID;
    response.header_bytes(NAME, version.0.as_bytes())
}
