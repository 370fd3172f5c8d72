//! `Location` of what a completed upload or a form made.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::S3Error;
use crate::request::Request;
use crate::target::Target;

/// `host/bucket/key` without scheme and port, as RGW; a URL where the profile says so, of the host that was asked (S3 API
/// reference, CompleteMultipartUpload). Either is under the public URL where one is set.
///
/// # Errors
/// As [`Request::bucket`].
pub(super) fn location(request: &Request<'_>, key: &str) -> Result<String, S3Error> {
    let bucket = &request.bucket()?.name;
    let target = request.target;
    if let Some(url) = &request.shared.settings.public_url {
        return Ok(format!("{}/{bucket}/{key}", url.trim_end_matches('/')));
    }
    if !request.profile().answers_urls {
        return Ok(format!("{}/{bucket}/{key}", service_host(target)));
    }
    let scheme = if request.circumstances.is_secure() { "https" } else { "http" };
    let host = request.circumstances.host().unwrap_or(&target.host);
    Ok(match target.is_virtual_hosted {
        true => format!("{scheme}://{host}/{key}"),
        false => format!("{scheme}://{host}/{bucket}/{key}"),
    })
}

/// The host without the bucket that it may begin with.
fn service_host(target: &Target) -> &str {
    let rest = target
        .bucket
        .as_deref()
        .filter(|_| target.is_virtual_hosted)
        .and_then(|bucket| target.host.strip_prefix(bucket)?.strip_prefix('.'));
    rest.unwrap_or(&target.host)
}

/// Everything but RFC 3986's unreserved characters, slashes too.
pub(super) fn escaped(key: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(key, RESERVED).to_string()
}
