//! The shape that Amazon S3 wants of an Authorization header and of a presigned link, and what it says of another one
//! (API reference, "Authenticating Requests (AWS Signature Version 4)"; the words as versitygw's tests found them at S3).
//! RGW, and so Spaces, takes more shapes and has no words (`spacelet-sigv4/src/claim.rs`).

use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use spacelet_sigv4::{EXPIRES_MAX_S, parse_amz_date};

use crate::error::{Detail, ErrorCode, S3Error};
use crate::query::Query;

const V4: &str = "AWS4-HMAC-SHA256";
const V2: &str = "AWS";
/// Parameters of which each makes a URL a presigned link.
const OF_LINKS: [&str; 3] = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"];
/// What `x-amz-content-sha256` may say besides a SHA-256.
const PAYLOADS: [&str; 6] = [
    "UNSIGNED-PAYLOAD",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
    "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER",
];

/// Judges the shape alone: nothing is looked up, and V2 is left to who verifies it.
///
/// # Errors
/// `AuthorizationHeaderMalformed`, `AuthorizationQueryParametersError`, `InvalidArgument`, `InvalidRequest`.
pub(crate) fn check(parts: &Parts) -> Result<(), S3Error> {
    let raw = parts.uri.query().unwrap_or_default();
    let is_link = raw.split('&').any(|pair| OF_LINKS.contains(&pair.split('=').next().unwrap_or_default()));
    let header = parts.headers.get(AUTHORIZATION).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match (header.filter(|value| !value.is_empty()), is_link) {
        (None, false) => Ok(()),
        (None, true) => check_link(&Query::parse(raw)),
        (Some(header), false) => check_header(&header, &parts.headers),
        (Some(header), true) => {
            let text = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query \
                string parameter or the Authorization header should be specified";
            Err(argument("Authorization", &header, text))
        }
    }
}

fn check_header(header: &str, headers: &HeaderMap) -> Result<(), S3Error> {
    let Some((scheme, rest)) = header.split_once(' ') else {
        let text = "Authorization header is invalid -- one and only one ' ' (space) required";
        return Err(argument("Authorization", header, text));
    };
    match scheme {
        V2 => return Ok(()),
        V4 => {}
        _ => return Err(argument("Authorization", header, "Unsupported Authorization Type")),
    }
    let components: Vec<&str> = rest.split(',').map(str::trim).collect();
    if components.len() != 3 {
        let text = "the authorization header requires three components: Credential, SignedHeaders, and Signature.";
        return Err(malformed_header(text));
    }
    let mut named = Vec::with_capacity(3);
    for component in components {
        match component.split_once('=').filter(|(_, value)| !value.contains('=')) {
            Some(pair) => named.push(pair),
            None => {
                return Err(malformed_header(&format!("the authorization component \"{component}\" is malformed.")));
            }
        }
    }
    for name in ["Credential", "SignedHeaders", "Signature"] {
        if !named.iter().any(|(found, _)| *found == name) {
            return Err(malformed_header(&format!("missing {name}.")));
        }
    }
    let credential = named.iter().find(|(name, _)| *name == "Credential").map(|(_, value)| *value).unwrap_or_default();
    let signed = headers.get("x-amz-date").and_then(|date| date.to_str().ok());
    check_credential(credential).and_then(|()| check_day(credential, signed)).map_err(|why| malformed_header(&why))?;
    check_payload(headers)
}

/// Whether the head says how the body is signed.
fn check_payload(headers: &HeaderMap) -> Result<(), S3Error> {
    let Some(said) = headers.get("x-amz-content-sha256") else {
        let text = "Missing required header for this request: x-amz-content-sha256";
        return Err(S3Error::new(ErrorCode::InvalidRequest, text).with_message(text));
    };
    let said = String::from_utf8_lossy(said.as_bytes());
    let is_hash = said.len() == 64 && said.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash || PAYLOADS.contains(&said.as_ref()) {
        return Ok(());
    }
    let text = format!("x-amz-content-sha256 must be {} or a valid sha256 value.", PAYLOADS.join(", "));
    Err(argument("x-amz-content-sha256", &said, text))
}

fn check_link(query: &Query<'_>) -> Result<(), S3Error> {
    let needed = |name| {
        query.get_non_empty(name).ok_or_else(|| {
            malformed_link(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, \
                 X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
            )
        })
    };
    if needed("X-Amz-Algorithm")? != V4 {
        return Err(malformed_link("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\""));
    }
    let (credential, date) = (needed("X-Amz-Credential")?, needed("X-Amz-Date")?);
    if parse_amz_date(date).is_none() {
        return Err(malformed_link("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""));
    }
    check_credential(credential)
        .map_err(|why| malformed_link(&format!("Error parsing the X-Amz-Credential parameter; {why}")))?;
    check_day(credential, Some(date)).map_err(|why| malformed_link(&why))?;
    needed("X-Amz-Signature")?;
    needed("X-Amz-SignedHeaders")?;
    match needed("X-Amz-Expires")?.parse::<i64>() {
        Err(_) => Err(malformed_link("X-Amz-Expires should be a number")),
        Ok(seconds) if seconds < 0 => Err(out_of_range("X-Amz-Expires must be non-negative")),
        Ok(seconds) if seconds > EXPIRES_MAX_S => Err(out_of_range(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than \
             604800 seconds",
        )),
        Ok(_) => Ok(()),
    }
}

// DIFFERS: S3 says this with AuthorizationQueryParametersError (400); ceph/s3-tests have RGW's code.
fn out_of_range(text: &'static str) -> S3Error {
    S3Error::new(ErrorCode::AccessDenied, text).with_message(text)
}

/// `key/20130524/us-east-1/s3/aws4_request`. The region is held against the bucket's later on (`region.rs`).
fn check_credential(credential: &str) -> Result<(), String> {
    let parts: Vec<&str> = credential.split('/').collect();
    let [key, date, _, service, end] = parts.as_slice() else { return Err(no_credential()) };
    if key.is_empty() {
        return Err(no_credential());
    }
    if date.len() != 8 || parse_amz_date(&format!("{date}T000000Z")).is_none() {
        return Err(format!(
            "incorrect date format \"{date}\". This date in the credential must be in the format \"yyyyMMdd\"."
        ));
    }
    if *service != "s3" {
        return Err(format!("incorrect service \"{service}\". This endpoint belongs to \"s3\"."));
    }
    if *end != "aws4_request" {
        return Err(format!("incorrect terminal \"{end}\". This endpoint uses \"aws4_request\"."));
    }
    Ok(())
}

/// The credential is of the day that the request is signed at.
fn check_day(credential: &str, signed_at: Option<&str>) -> Result<(), String> {
    let date = credential.split('/').nth(1).unwrap_or_default();
    match signed_at.filter(|at| parse_amz_date(at).is_some()).and_then(|at| at.get(..8)) {
        Some(day) if day != date => {
            Err(format!("Invalid credential date \"{date}\". This date is not the same as X-Amz-Date: \"{day}\"."))
        }
        _ => Ok(()),
    }
}

fn no_credential() -> String {
    "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".".to_owned()
}

fn malformed_header(why: &str) -> S3Error {
    let text = format!("The authorization header is malformed; {why}");
    S3Error::new(ErrorCode::AuthorizationHeaderMalformed, text.clone()).with_message(text)
}

fn malformed_link(why: &str) -> S3Error {
    S3Error::new(ErrorCode::AuthorizationQueryParametersError, why.to_owned()).with_message(why.to_owned())
}

/// The value is the client's own, and goes back to it alone.
pub(crate) fn argument(name: &'static str, value: &str, text: impl Into<String>) -> S3Error {
    let text = text.into();
    S3Error::new(ErrorCode::InvalidArgument, text.clone())
        .with_message(text)
        .with_detail(Detail::Argument { name, value: value.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_each_shape() {
        for (credential, at, expected) in [
            ("AK/20130524/us-east-1/s3/aws4_request", "20130524T000000Z", Ok(())),
            ("AK/20130524/us-east-1/s3/aws4_request", "garbage", Ok(())),
            ("AK/20130524/us-east-1/s3", "20130524T000000Z", Err("the Credential is mal-formed")),
            ("/20130524/us-east-1/s3/aws4_request", "20130524T000000Z", Err("the Credential is mal-formed")),
            ("AK/2013/us-east-1/s3/aws4_request", "20130524T000000Z", Err("incorrect date format \"2013\"")),
            ("AK/20131340/us-east-1/s3/aws4_request", "20130524T000000Z", Err("incorrect date format \"20131340\"")),
            ("AK/20130524/us-east-1/ec2/aws4_request", "20130524T000000Z", Err("incorrect service \"ec2\"")),
            ("AK/20130524/us-east-1/s3/aws4", "20130524T000000Z", Err("incorrect terminal \"aws4\"")),
            ("AK/20130524/us-east-1/s3/aws4_request", "20130525T000000Z", Err("Invalid credential date \"20130524\"")),
        ] {
            let found = check_credential(credential).and_then(|()| check_day(credential, Some(at)));
            let is_as_expected = match (&found, expected) {
                (Ok(()), Ok(())) => true,
                (Err(why), Err(begin)) => why.starts_with(begin),
                (Ok(()), Err(_)) | (Err(_), Ok(())) => false,
            };
            assert!(is_as_expected, "{credential} {found:?}");
        }
    }
}
