//! Numbers in query parameters, as RGW reads them.

use crate::error::{ErrorCode, S3Error};
use crate::query::Query;

/// An optional number: blanks before, a sign, digits and nothing else; saturating. Absent or empty: `None`.
///
/// # Errors
/// `InvalidArgument`.
pub(super) fn number(query: &Query<'_>, name: &str) -> Result<Option<i64>, S3Error> {
    query.get_non_empty(name).map(|text| parse(name, text)).transpose()
}

fn parse(name: &str, text: &str) -> Result<i64, S3Error> {
    let text = text.trim_start();
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(S3Error::new(ErrorCode::InvalidArgument, format!("{name} is not a number")));
    }
    let value = digits.parse::<i64>().unwrap_or(i64::MAX);
    Ok(if is_negative { -value } else { value })
}

/// The size of a page: `max` when absent, at most `max`, and 0 for a negative one.
///
/// # Errors
/// `InvalidArgument`.
pub(crate) fn page_size(query: &Query<'_>, name: &str, max: usize) -> Result<usize, S3Error> {
    let wanted = number(query, name)?;
    Ok(wanted.map_or(max, |wanted| usize::try_from(wanted).unwrap_or(0).min(max)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_as_rgw_reads_them() {
        for (text, expected) in [
            ("max-keys=2", Some(2)),
            ("max-keys=%201", Some(1)),
            ("max-keys=%2B3", Some(3)),
            ("max-keys=-1", Some(0)),
            ("max-keys=0", Some(0)),
            ("max-keys=5000", Some(1000)),
            ("max-keys=99999999999999999999", Some(1000)),
            ("max-keys=", Some(1000)),
            ("", Some(1000)),
            ("max-keys=abc", None),
            ("max-keys=12abc", None),
            ("max-keys=-", None),
            ("max-keys=1%20", None),
        ] {
            assert_eq!(page_size(&Query::parse(text), "max-keys", 1000).ok(), expected, "{text}");
        }
    }
}
