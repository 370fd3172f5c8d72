//! Who a request says it is, read from its head and not yet believed.

use std::borrow::Cow;

use crate::date::{amz_date, parse_amz_date, parse_http_date};
use crate::encode::parameter;
use crate::error::{EXPIRES_MAX_S, SKEW_S};
use crate::{AuthError, Head};

pub(crate) const V4_SCHEME: &str = "AWS4-HMAC-SHA256";

/// Who a request says it is, and with what proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// No signature at all.
    Anonymous,
    /// `Authorization: AWS4-HMAC-SHA256 ...`.
    HeaderV4(ClaimV4),
    /// `X-Amz-Algorithm=AWS4-HMAC-SHA256&...` in the query.
    PresignedV4(ClaimV4),
    /// `Authorization: AWS key:signature`.
    HeaderV2(ClaimV2),
    /// `AWSAccessKeyId=...&Expires=...&Signature=...` in the query.
    PresignedV2(ClaimV2),
}

/// A V4 claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimV4 {
    /// The access key's id.
    pub access_key: String,
    /// Date, region and service of the credential; none of them is enforced.
    pub scope: Scope,
    /// The names of the signed headers as sent, joined by `;`.
    pub signed_headers: String,
    /// The signature, as sent: 64 lower-case hexadecimal digits when it is right.
    pub signature: String,
    /// The time of signing as sent, `20130524T000000Z`.
    pub date: String,
    /// The time of signing, in seconds since 1970.
    pub signed_at_s: i64,
    /// How long a presigned link lives, in seconds; 0 for a header claim.
    pub expires_s: i64,
}

/// The credential scope of SigV4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    text: String,
}

/// A V2 claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimV2 {
    /// The access key's id.
    pub access_key: String,
    /// The signature in base64, as sent.
    pub signature: String,
    /// The date header, or `Expires` of a presigned link, as sent.
    pub date: String,
    /// The time of signing, or the end of a presigned link, in seconds since 1970.
    pub time_s: i64,
}

impl Scope {
    /// `date/region/service/aws4_request`.
    #[must_use]
    pub fn new(date: &str, region: &str, service: &str) -> Self {
        Self { text: format!("{date}/{region}/{service}/aws4_request") }
    }

    /// The scope as it is signed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `20130524`.
    #[must_use]
    pub fn date(&self) -> &str {
        self.text.split('/').next().unwrap_or_default()
    }

    /// `us-east-1`.
    #[must_use]
    pub fn region(&self) -> &str {
        self.text.split('/').nth(1).unwrap_or_default()
    }

    /// `s3`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.text.split('/').nth(2).unwrap_or_default()
    }
}

impl Claim {
    /// Reads who the request says it is. An `Authorization` header wins over a presigned query.
    ///
    /// # Errors
    /// [`AuthError::Malformed`] for a header of no known shape, [`AuthError::Unacceptable`] for a missing or unreadable
    /// date and for a link that lacks a part.
    pub fn parse(head: &Head<'_>) -> Result<Self, AuthError> {
        Self::parse_with(head, parse_amz_date)
    }

    /// As [`parse`](Self::parse), where the time of a V4 signature may also stand in a `Date` header as HTTP writes it
    /// (AWS and botocore do so; RGW refuses it).
    ///
    /// # Errors
    /// As there.
    pub fn parse_with_http_date(head: &Head<'_>) -> Result<Self, AuthError> {
        Self::parse_with(head, parse_http_date)
    }

    fn parse_with(head: &Head<'_>, date: fn(&str) -> Option<i64>) -> Result<Self, AuthError> {
        let Some(authorization) = head.header("authorization").filter(|value| !value.is_empty()) else {
            return parse_query(head);
        };
        if let Some(rest) = authorization.strip_prefix(V4_SCHEME) {
            return parse_header_v4(head, rest, date).map(Self::HeaderV4);
        }
        if let Some(rest) = authorization.strip_prefix("AWS ") {
            return parse_header_v2(head, rest).map(Self::HeaderV2);
        }
        Err(AuthError::Malformed("the Authorization header starts with neither \"AWS4-HMAC-SHA256\" nor \"AWS\""))
    }

    /// The access key's id; `None` for an anonymous request.
    #[must_use]
    pub fn access_key(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::HeaderV4(claim) | Self::PresignedV4(claim) => Some(&claim.access_key),
            Self::HeaderV2(claim) | Self::PresignedV2(claim) => Some(&claim.access_key),
        }
    }

    /// Whether the signature is in the query.
    #[must_use]
    pub fn is_presigned(&self) -> bool {
        matches!(self, Self::PresignedV4(_) | Self::PresignedV2(_))
    }

    /// Judges the claim's time alone. RGW does so before it looks for the key, so an unknown key with a wrong clock is
    /// told about the clock: call this first, then look for the key, then [`verify`](Self::verify).
    ///
    /// # Errors
    /// [`AuthError::Skewed`] or [`AuthError::Expired`].
    pub fn check_time(&self, wall_s: i64, world_s: i64) -> Result<(), AuthError> {
        match self {
            Self::Anonymous => Ok(()),
            Self::HeaderV4(claim) => check_skew(claim.signed_at_s, wall_s),
            Self::HeaderV2(claim) => check_skew(claim.time_s, wall_s),
            Self::PresignedV4(claim) => check_end(claim.signed_at_s.saturating_add(claim.expires_s), world_s),
            Self::PresignedV2(claim) => check_end(claim.time_s, world_s),
        }
    }
}

fn check_skew(signed_at_s: i64, wall_s: i64) -> Result<(), AuthError> {
    let delta_s = signed_at_s.saturating_sub(wall_s);
    if delta_s.unsigned_abs() > SKEW_S.unsigned_abs() {
        return Err(AuthError::Skewed { delta_s });
    }
    Ok(())
}

fn check_end(end_s: i64, world_s: i64) -> Result<(), AuthError> {
    if world_s >= end_s {
        return Err(AuthError::Expired { since_s: world_s.saturating_sub(end_s) });
    }
    Ok(())
}

fn parse_header_v4(head: &Head<'_>, rest: &str, parse_date: fn(&str) -> Option<i64>) -> Result<ClaimV4, AuthError> {
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    // One separator follows the scheme; whatever it is, RGW steps over it.
    let mut letters = rest.chars();
    letters.next();
    for part in letters.as_str().split(',').map(|part| part.trim_matches([' ', '\t'])).filter(|part| !part.is_empty()) {
        let (name, value) = part
            .split_once('=')
            .map(|(name, value)| (name.trim(), value.trim()))
            .ok_or(AuthError::Malformed("a part of the Authorization header is not of the form Name=value"))?;
        match name {
            "Credential" => credential = Some(value),
            "SignedHeaders" => signed_headers = Some(value),
            "Signature" => signature = Some(value).filter(|value| !value.is_empty()),
            _ => {}
        }
    }
    let (Some(credential), Some(signed_headers), Some(signature)) = (credential, signed_headers, signature) else {
        return Err(AuthError::Malformed("the Authorization header lacks Credential, SignedHeaders or Signature"));
    };
    let (date, signed_at_s) = match (head.header("x-amz-date"), head.header("date")) {
        (Some(date), _) => (date.to_owned(), parse_amz_date(date)),
        // What is signed is the time as V4 writes it, however the header does.
        (None, Some(date)) => match (parse_amz_date(date), parse_date(date)) {
            (None, Some(at_s)) => (amz_date(at_s), Some(at_s)),
            (at_s, _) => (date.to_owned(), at_s),
        },
        (None, None) => return Err(AuthError::Unacceptable("the request has neither an x-amz-date nor a Date header")),
    };
    let signed_at_s = signed_at_s.ok_or(AuthError::Unacceptable(
        "x-amz-date (or Date) is not of the form YYYYMMDDTHHMMSSZ, which SigV4 needs",
    ))?;
    let (access_key, scope) = parse_credential(credential)?;
    Ok(ClaimV4 {
        access_key,
        scope,
        signed_headers: signed_headers.to_owned(),
        signature: signature.to_owned(),
        date,
        signed_at_s,
        expires_s: 0,
    })
}

/// `key/20130524/us-east-1/s3/aws4_request`: an id that is not empty and exactly four slashes.
pub(crate) fn parse_credential(credential: &str) -> Result<(String, Scope), AuthError> {
    let (access_key, scope) = credential
        .split_once('/')
        .filter(|(key, scope)| !key.is_empty() && scope.matches('/').count() == 3 && scope.contains("aws4_request"))
        .ok_or(AuthError::Malformed("the credential is not of the form key/YYYYMMDD/region/s3/aws4_request"))?;
    Ok((access_key.to_owned(), Scope { text: scope.to_owned() }))
}

fn parse_header_v2(head: &Head<'_>, rest: &str) -> Result<ClaimV2, AuthError> {
    let (access_key, signature) = rest
        .rsplit_once(':')
        .filter(|(key, signature)| !key.is_empty() && !signature.is_empty())
        .ok_or(AuthError::Malformed("the Authorization header is not of the form AWS key:signature"))?;
    let date = head
        .header("x-amz-date")
        .or_else(|| head.header("date"))
        .ok_or(AuthError::Unacceptable("the request has neither a Date nor an x-amz-date header"))?;
    let time_s = parse_http_date(date)
        .ok_or(AuthError::Unacceptable("the Date (or x-amz-date) header is not a date of RFC 9110"))?;
    Ok(ClaimV2 { access_key: access_key.to_owned(), signature: signature.to_owned(), date: date.to_owned(), time_s })
}

fn parse_query(head: &Head<'_>) -> Result<Claim, AuthError> {
    if parameter(head.query, "X-Amz-Algorithm").is_some_and(|value| value == V4_SCHEME) {
        return parse_presigned_v4(head.query).map(Claim::PresignedV4);
    }
    match parameter(head.query, "AWSAccessKeyId") {
        Some(access_key) if !access_key.is_empty() => {
            parse_presigned_v2(head.query, access_key).map(Claim::PresignedV2)
        }
        _ => Ok(Claim::Anonymous),
    }
}

fn parse_presigned_v4(query: &str) -> Result<ClaimV4, AuthError> {
    let needed = |name: &str, otherwise: &'static str| {
        parameter(query, name).filter(|value| !value.is_empty()).ok_or(AuthError::Unacceptable(otherwise))
    };
    let credential = needed("X-Amz-Credential", "the presigned link lacks X-Amz-Credential")?;
    let date = needed("X-Amz-Date", "the presigned link lacks X-Amz-Date")?;
    let signed_at_s = parse_amz_date(&date)
        .ok_or(AuthError::Unacceptable("X-Amz-Date of the presigned link is not of the form YYYYMMDDTHHMMSSZ"))?;
    let expires = needed("X-Amz-Expires", "the presigned link lacks X-Amz-Expires")?;
    let expires_s = leading_number(&expires)
        .filter(|seconds| (1..=EXPIRES_MAX_S).contains(seconds))
        .ok_or(AuthError::Unacceptable("X-Amz-Expires of the presigned link is not between 1 and 604800 seconds"))?;
    let signed_headers = needed("X-Amz-SignedHeaders", "the presigned link lacks X-Amz-SignedHeaders")?;
    let signature = needed("X-Amz-Signature", "the presigned link lacks X-Amz-Signature")?;
    let (access_key, scope) = parse_credential(&credential)?;
    Ok(ClaimV4 {
        access_key,
        scope,
        signed_headers: signed_headers.into_owned(),
        signature: signature.into_owned(),
        date: date.into_owned(),
        signed_at_s,
        expires_s,
    })
}

fn parse_presigned_v2(query: &str, access_key: Cow<'_, str>) -> Result<ClaimV2, AuthError> {
    let date = parameter(query, "Expires")
        .filter(|value| !value.is_empty())
        .ok_or(AuthError::Unacceptable("the presigned link lacks Expires"))?;
    let time_s = leading_number(&date)
        .ok_or(AuthError::Unacceptable("Expires of the presigned link is not a number of seconds since 1970"))?;
    let signature = parameter(query, "Signature")
        .filter(|value| !value.is_empty())
        .ok_or(AuthError::Malformed("the presigned link lacks Signature"))?;
    Ok(ClaimV2 {
        access_key: access_key.into_owned(),
        signature: signature.into_owned(),
        date: date.into_owned(),
        time_s,
    })
}

/// The number that a text starts with, as C's `atoll` reads it: RGW takes `60abc` for 60.
fn leading_number(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end).and_then(|number| number.parse::<i64>().ok()).map(|number| sign * number)
}
