//! Opaque continuation tokens: where a listing goes on, so written that nobody takes it for a key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Detail, ErrorCode, S3Error};

/// Before what follows: tokens of another make are refused.
const FORM: &str = "1:";

/// The token of a page that ends with `last`.
pub(super) fn make(last: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{FORM}{last}"))
}

/// What the page before ended with.
///
/// # Errors
/// `InvalidArgument` for what [`make`] did not make.
pub(super) fn read(token: &str) -> Result<String, S3Error> {
    let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let last = text.and_then(|text| text.strip_prefix(FORM).map(str::to_owned));
    last.ok_or_else(|| {
        S3Error::new(ErrorCode::InvalidArgument, "the continuation token is none that a listing answered")
            .with_message("The continuation token provided is incorrect")
            .with_detail(Detail::Argument { name: "continuation-token", value: token.to_owned() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_as_what_they_were_made_of() {
        for last in ["", "a/b", "ä\u{1}", "~"] {
            assert_eq!(read(&make(last)).ok().as_deref(), Some(last));
        }
        for wrong in ["", "a", "key", "AAAA", "====", "MTo=="] {
            assert_eq!(read(wrong).map_err(|error| error.code), Err(ErrorCode::InvalidArgument), "{wrong}");
        }
    }
}
