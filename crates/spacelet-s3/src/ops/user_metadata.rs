//! What users say about an object, `x-amz-meta-*` (S3 user guide, "User-defined object metadata").

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName};

use crate::Profile;
use crate::error::{Detail, ErrorCode, S3Error};
use crate::response::Response;

const PREFIX: &str = "x-amz-meta-";

/// Values by name, sorted. `HeaderName` is lower case already; underscores are kept, as newer RGWs keep them. Of repeated
/// headers the last counts (RGW), or all, with commas between (AWS).
///
/// # Errors
/// `MetadataTooLarge`.
pub(super) fn read(headers: &HeaderMap, profile: &Profile) -> Result<Vec<(String, Vec<u8>)>, S3Error> {
    let mut user: Vec<(String, Vec<u8>)> = Vec::new();
    for name in headers.keys() {
        let Some(short) = name.as_str().strip_prefix(PREFIX) else { continue };
        let mut values = headers.get_all(name).iter().map(http::HeaderValue::as_bytes);
        let value = match profile.metadata_is_mail_safe {
            true => values.collect::<Vec<_>>().join(&b","[..]),
            false => values.next_back().unwrap_or_default().to_vec(),
        };
        user.push((short.to_owned(), value));
    }
    user.sort();
    check_size(&user, profile)?;
    Ok(user)
}

/// It has a size: names and values in UTF-8, summed.
fn check_size(user: &[(String, Vec<u8>)], profile: &Profile) -> Result<(), S3Error> {
    let bytes: usize = user.iter().map(|(name, value)| name.len() + value.len()).sum();
    match profile.metadata_bytes_max {
        Some(bytes_max) if bytes > bytes_max => {
            let why = format!("the user metadata has {bytes} bytes, and at most {bytes_max} are taken");
            Err(S3Error::new(ErrorCode::MetadataTooLarge, why).with_detail(Detail::Metadata { bytes, bytes_max }))
        }
        _ => Ok(()),
    }
}

/// Adds the headers.
pub(super) fn write(user: &[(String, Vec<u8>)], profile: &Profile, mut response: Response) -> Response {
    for (name, value) in user {
        if let Ok(name) = HeaderName::try_from(format!("{PREFIX}{name}")) {
            let value = if profile.metadata_is_mail_safe { mail_safe(value) } else { Cow::Borrowed(value.as_slice()) };
            response = response.header_bytes(name, &value);
        }
    }
    response
}

/// What is not ASCII as an encoded word of RFC 2047, each byte a character of Latin-1, as S3 takes them: `ö`, sent in
/// UTF-8, comes back as `=?UTF-8?B?w4PCtg==?=`.
fn mail_safe(value: &[u8]) -> Cow<'_, [u8]> {
    if value.is_ascii() {
        return Cow::Borrowed(value);
    }
    let text: String = value.iter().map(|byte| char::from(*byte)).collect();
    Cow::Owned(format!("=?UTF-8?B?{}?=", STANDARD.encode(text)).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ascii_is_an_encoded_word() {
        let safe = |value: &str| String::from_utf8_lossy(&mail_safe(value.as_bytes())).into_owned();
        assert_eq!(safe("ö"), "=?UTF-8?B?w4PCtg==?=");
        // The example of S3's user guide.
        assert_eq!(safe("ÄMÄZÕÑ S3"), "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=");
        assert_eq!(safe("AMAZON S3"), "AMAZON S3");
    }
}
