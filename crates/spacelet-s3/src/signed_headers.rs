//! What Amazon S3 demands of the headers of a signed request, and those that it reads from a link's query. RGW, and so
//! Spaces, does neither (spaces-reference 2).

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use spacelet_sigv4::Claim;

use crate::Profile;
use crate::error::{Detail, ErrorCode, S3Error};
use crate::query::Query;

const PREFIX: &str = "x-amz-";
/// What S3 takes unsigned, although its name begins so: it says how the body is signed.
const CONTENT_SHA256: &str = "x-amz-content-sha256";
/// Parameters that are the signature itself, or that S3 ignores in a link: its SDKs send tags and object lock as headers,
/// and links support no checksums (S3 user guide, "Download and upload objects with presigned URLs").
const NOT_HEADERS: [&str; 10] = [
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-signedheaders",
    "x-amz-signature",
    "x-amz-security-token",
    CONTENT_SHA256,
    "x-amz-tagging",
    "x-amz-sdk-checksum-algorithm",
];
const NOT_HEADERS_PREFIXES: [&str; 2] = ["x-amz-object-lock-", "x-amz-checksum-"];

/// Puts what the SDKs move from the headers into a V4 link (`x-amz-acl=public-read`) where operations look for it. A
/// header of that name that was sent stays as it is.
pub(crate) fn read_from_link(profile: &Profile, parts: &mut Parts) {
    let raw = parts.uri.query().unwrap_or_default();
    if !profile.reads_headers_from_links || !raw.contains("X-Amz-Signature=") {
        return;
    }
    for (name, value) in Query::parse(raw).pairs() {
        let name = name.to_ascii_lowercase();
        let is_ignored =
            NOT_HEADERS.contains(&name.as_str()) || NOT_HEADERS_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        if !name.starts_with(PREFIX) || is_ignored {
            continue;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            parts.headers.entry(name).or_insert(value);
        }
    }
}

/// Holds the names of the `x-amz-*` headers against those that a V4 signature covers.
///
/// # Errors
/// `AccessDenied` with the names that are not covered.
pub(crate) fn check_covered(
    profile: &Profile,
    claim: &Claim,
    headers: &HeaderMap,
    raw_query: &str,
) -> Result<(), S3Error> {
    let (claim, query) = match claim {
        _ if !profile.wants_headers_signed => return Ok(()),
        Claim::HeaderV4(claim) => (claim, Query::default()),
        Claim::PresignedV4(claim) => (claim, Query::parse(raw_query)),
        Claim::HeaderV2(_) | Claim::PresignedV2(_) | Claim::Anonymous => return Ok(()),
    };
    let is_covered = |name: &str| {
        claim.signed_headers.split(';').any(|signed| signed.eq_ignore_ascii_case(name))
            || query.pairs().any(|(parameter, _)| parameter.eq_ignore_ascii_case(name))
    };
    let bare = headers.keys().map(HeaderName::as_str).filter(|name| name.starts_with(PREFIX));
    let bare: Vec<&str> = bare.filter(|name| *name != CONTENT_SHA256 && !is_covered(name)).collect();
    if bare.is_empty() {
        return Ok(());
    }
    let names = bare.join(", ");
    let why = format!("sign {names} too: S3 wants every x-amz- header to be among the signed ones");
    Err(S3Error::new(ErrorCode::AccessDenied, why)
        .with_message("There were headers present in the request which were not signed")
        .with_detail(Detail::HeadersNotSigned(names)))
}
