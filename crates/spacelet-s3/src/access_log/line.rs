//! One line of an access log (S3 user guide, "Amazon S3 server access log format"): 26 fields, `-` where there is none.

use std::fmt::Write as _;

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, REFERER, USER_AGENT};
use http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Logged;
use crate::headers::DECODED_CONTENT_LENGTH;
use crate::journal::shown_target;
use crate::operation::{Operation, Scope};
use crate::target::{Door, Target};
use crate::xml::log_time;

/// Bytes of one quoted field.
const QUOTED_BYTES_MAX: usize = 2_048;
/// Keys are percent-encoded but for these.
const NOT_IN_KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Resources of operations; where none is named here, it is the sub-resource, or `BUCKET` or `OBJECT`.
const RESOURCES: &[(Operation, &str)] = &[
    (Operation::ListObjectVersions, "BUCKETVERSIONS"),
    (Operation::GetBucketPolicy, "BUCKETPOLICY"),
    (Operation::PutBucketPolicy, "BUCKETPOLICY"),
    (Operation::DeleteBucketPolicy, "BUCKETPOLICY"),
    (Operation::GetBucketLogging, "LOGGING_STATUS"),
    (Operation::PutBucketLogging, "LOGGING_STATUS"),
    (Operation::DeleteObjects, "MULTI_OBJECT_DELETE"),
    (Operation::GetObjectTagging, "OBJECT_TAGGING"),
    (Operation::PutObjectTagging, "OBJECT_TAGGING"),
    (Operation::DeleteObjectTagging, "OBJECT_TAGGING"),
    (Operation::UploadPart, "PART"),
    (Operation::UploadPartCopy, "PART"),
    (Operation::CompleteMultipartUpload, "UPLOAD"),
    (Operation::AbortMultipartUpload, "UPLOAD"),
    (Operation::ListParts, "UPLOAD"),
    (Operation::ListObjectsV2, "BUCKET"),
    (Operation::PostObject, "OBJECT"),
    (Operation::Preflight, "PREFLIGHT"),
];

/// What the answer adds to a line.
pub(crate) struct Answered<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) host_id: &'a str,
    pub(crate) status: u16,
    pub(crate) code: Option<&'static str>,
    /// `None`: of unknown length.
    pub(crate) bytes: Option<u64>,
    pub(crate) took_ms: u128,
}

/// The line, with its end.
pub(crate) fn line(logged: &Logged, target: &Target, parts: &Parts, answered: &Answered<'_>) -> String {
    let header = |name| parts.headers.get(name).map(|value| value.as_bytes());
    let dash = || "-".to_owned();
    let mut line = format!("{} {} [", logged.source.owner.as_str(), logged.source.name.as_str());
    log_time(&mut line, logged.world.clock().now());
    line.push(']');
    let uri = shown_target(parts.uri.path(), parts.uri.query().unwrap_or_default());
    let fields = [
        logged.peer.map_or_else(dash, |peer| peer.to_string()),
        logged.requester.as_ref().map_or_else(dash, |account| account.as_str().to_owned()),
        answered.request_id.to_owned(),
        operation(logged, target, parts),
        key(target),
        quoted(format!("{} {uri} {:?}", parts.method, parts.version).as_bytes()),
        answered.status.to_string(),
        answered.code.map_or_else(dash, str::to_owned),
        answered.bytes.filter(|bytes| *bytes > 0).map_or_else(dash, |bytes| bytes.to_string()),
        logged.object_bytes.or_else(|| sent_bytes(target, parts)).map_or_else(dash, |bytes| bytes.to_string()),
        answered.took_ms.to_string(),
        answered.took_ms.to_string(),
        header(REFERER).map_or_else(dash, quoted),
        header(USER_AGENT).map_or_else(dash, quoted),
        logged.version.clone().unwrap_or_else(dash),
        answered.host_id.to_owned(),
    ];
    for field in fields {
        let _ = write!(line, " {field}");
    }
    let (signature, kind) = signature(parts);
    let host = header(HOST).map_or_else(dash, bare);
    // Cipher suite, TLS version, access point and ACL use: not known here.
    let _ = writeln!(line, " {signature} - {kind} {host} - - -");
    line
}

/// `REST.GET.OBJECT`, `REST.COPY.OBJECT`, `WEBSITE.GET.OBJECT`.
fn operation(logged: &Logged, target: &Target, parts: &Parts) -> String {
    let Some(row) = logged.row else { return format!("WEBSITE.{}.OBJECT", parts.method) };
    let named = RESOURCES.iter().find(|(operation, _)| *operation == row.operation).map(|(_, resource)| *resource);
    let resource = named.map(str::to_owned).or_else(|| row.sub_resource().map(str::to_ascii_uppercase));
    let resource = resource.unwrap_or_else(|| match target.scope() {
        Scope::Object => "OBJECT".to_owned(),
        Scope::Bucket | Scope::Service => "BUCKET".to_owned(),
    });
    let is_copy = matches!(row.operation, Operation::CopyObject | Operation::UploadPartCopy);
    let verb = if is_copy { "COPY" } else { parts.method.as_str() };
    let door = if target.door == Door::Website { "WEBSITE" } else { "REST" };
    format!("{door}.{verb}.{resource}")
}

/// The length of an object or part that was sent.
fn sent_bytes(target: &Target, parts: &Parts) -> Option<u64> {
    if parts.method != Method::PUT || target.scope() != Scope::Object {
        return None;
    }
    let number = |name| parts.headers.get(name)?.to_str().ok()?.parse().ok();
    number(DECODED_CONTENT_LENGTH).or_else(|| number(CONTENT_LENGTH))
}

fn key(target: &Target) -> String {
    if target.key.is_empty() {
        return "-".to_owned();
    }
    utf8_percent_encode(&String::from_utf8_lossy(&target.key), NOT_IN_KEY).to_string()
}

/// In quotes; a quote or control character inside is percent-encoded, so that a line stays a line.
fn quoted(value: &[u8]) -> String {
    format!("\"{}\"", safe(value, |byte| byte == b'"'))
}

/// As [`quoted`], for a field without quotes.
fn bare(value: &[u8]) -> String {
    safe(value, |byte| byte == b' ' || byte == b'"')
}

fn safe(value: &[u8], is_bad: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(value.len());
    for &byte in value.iter().take(QUOTED_BYTES_MAX) {
        match byte {
            0x20..=0x7e if !is_bad(byte) => out.push(char::from(byte)),
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

/// Signature version and how it came: by header or by query.
fn signature(parts: &Parts) -> (&'static str, &'static str) {
    let query = parts.uri.query().unwrap_or_default();
    let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    match parts.headers.get(AUTHORIZATION).map(|value| value.as_bytes()) {
        Some(value) if value.starts_with(b"AWS4-") => ("SigV4", "AuthHeader"),
        Some(value) if value.starts_with(b"AWS ") => ("SigV2", "AuthHeader"),
        _ if has("X-Amz-Signature") => ("SigV4", "QueryString"),
        _ if has("Signature") => ("SigV2", "QueryString"),
        _ => ("-", "-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_cannot_break_its_line() {
        assert_eq!(quoted(b"Agent \"x\"\r\n\xff"), "\"Agent %22x%22%0D%0A%FF\"");
        assert_eq!(bare(b"a b\""), "a%20b%22");
        assert_eq!(quoted(&[b'a'; 5_000]).len(), QUOTED_BYTES_MAX + 2);
    }
}
