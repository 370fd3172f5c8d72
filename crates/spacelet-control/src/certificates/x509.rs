//! What is shown of an X.509 certificate (RFC 5280): until when, for which names, and its fingerprint. Nothing is
//! verified, so that a few steps through its DER are enough.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};
use spacelet_engine::Timestamp;
use time::{Date, Month, PrimitiveDateTime, Time};

/// The extension `subjectAltName`, 2.5.29.17.
const ALT_NAME: [u8; 3] = [0x55, 0x1d, 0x11];
const SEQUENCE: u8 = 0x30;
const OID: u8 = 0x06;
const OCTETS: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;

/// What is known of a certificate.
pub(super) struct Known {
    pub(super) dns_names: Vec<String>,
    pub(super) not_after: Timestamp,
    pub(super) sha1_fingerprint: String,
}

/// Reads the first certificate of a PEM text.
pub(super) fn read(pem: &str) -> Option<Known> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let body: String = body.split_whitespace().collect();
    let der = STANDARD.decode(body).ok()?;
    let certificate = Values(&der).next().filter(|value| value.tag == SEQUENCE)?;
    let signed = Values(certificate.content).next().filter(|value| value.tag == SEQUENCE)?;
    // version (optional), serial number, algorithm, issuer, validity, subject, public key, …, extensions.
    let mut fields = Values(signed.content).filter(|value| value.tag != VERSION);
    let validity = fields.nth(3).filter(|value| value.tag == SEQUENCE)?;
    let not_after = moment(&Values(validity.content).nth(1)?)?;
    let dns_names = fields.find(|value| value.tag == EXTENSIONS).map(|value| alt_names(&value)).unwrap_or_default();
    Some(Known { dns_names, not_after, sha1_fingerprint: fingerprint(&der) })
}

/// SHA-1 in hexadecimal.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(40);
    for byte in Sha1::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

struct Value<'d> {
    tag: u8,
    content: &'d [u8],
}

/// The values that stand one after the other; ends at what is no DER.
struct Values<'d>(&'d [u8]);

impl<'d> Iterator for Values<'d> {
    type Item = Value<'d>;

    fn next(&mut self) -> Option<Value<'d>> {
        let (&[tag, first], mut rest) = self.0.split_first_chunk::<2>()?;
        let mut length = usize::from(first);
        if first >= 0x80 {
            let (digits, behind) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if digits.len() > 3 {
                return None;
            }
            length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
            rest = behind;
        }
        let (content, behind) = rest.split_at_checked(length)?;
        self.0 = behind;
        Some(Value { tag, content })
    }
}

fn alt_names(extensions: &Value<'_>) -> Vec<String> {
    let Some(list) = Values(extensions.content).next() else { return Vec::new() };
    let mut names = Vec::new();
    for extension in Values(list.content) {
        let mut parts = Values(extension.content);
        let is_alt_name = parts.next().is_some_and(|id| id.tag == OID && id.content == ALT_NAME);
        let Some(value) = parts.find(|part| part.tag == OCTETS).filter(|_| is_alt_name) else { continue };
        let all = Values(value.content).next().map(|all| all.content).unwrap_or_default();
        let dns = Values(all).filter(|name| name.tag == DNS_NAME);
        names.extend(dns.map(|name| String::from_utf8_lossy(name.content).into_owned()).take(super::NAMES_MAX));
    }
    names
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` (RFC 5280 4.1.2.5).
fn moment(value: &Value<'_>) -> Option<Timestamp> {
    let text = std::str::from_utf8(value.content).ok()?;
    let (year, rest) = match value.tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: i32 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let two = |at: usize| rest.get(at..at + 2)?.parse::<u8>().ok();
    let date = Date::from_calendar_date(year, Month::try_from(two(0)?).ok()?, two(2)?).ok()?;
    let time = Time::from_hms(two(4)?, two(6)?, two(8)?).ok()?;
    Some(Timestamp(PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp() * 1_000))
}

#[cfg(test)]
#[path = "x509/tests.rs"]
mod tests;
