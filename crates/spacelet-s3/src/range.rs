//! The `Range` header as RGW reads it, and the range of UploadPartCopy.

use std::ops::Range;

/// What a `Range` header asks of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Everything: no header, or another unit than bytes.
    Whole,
    /// These bytes (206); never empty.
    Part(Range<u64>),
}

/// No byte of the object is in the range, or it is no range at all (416 for both, as RGW).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsatisfiable;

/// Reads a `Range` header for an object of `bytes`. Numbers are read as C's `atoll` does, and of several ranges only
/// the first counts: so does RGW. An end behind the object is clamped. `If-Range` is not looked at, as in RGW.
///
/// # Errors
/// [`Unsatisfiable`].
pub(crate) fn wanted(header: Option<&str>, bytes: u64) -> Result<Wanted, Unsatisfiable> {
    // DIFFERS: RGW 16 answers another unit with 200 and a Content-Range; RFC 9110 14.2 ignores the header.
    let Some(spec) = header.and_then(byte_range_set) else { return Ok(Wanted::Whole) };
    let (first, last) = spec.split_once('-').ok_or(Unsatisfiable)?;
    if bytes == 0 {
        return Err(Unsatisfiable);
    }
    let range = if first.is_empty() {
        // DIFFERS: RGW 16 answers `bytes=-0` with the whole object; RFC 9110 14.1.2 calls it unsatisfiable.
        let suffix = u64::try_from(leading_number(last)).ok().filter(|suffix| *suffix > 0).ok_or(Unsatisfiable)?;
        bytes.saturating_sub(suffix)..bytes
    } else {
        let first = u64::try_from(leading_number(first)).map_err(|_negative| Unsatisfiable)?;
        let end = match last {
            "" => bytes,
            last => u64::try_from(leading_number(last)).map_err(|_negative| Unsatisfiable)?.saturating_add(1),
        };
        first..end.min(bytes)
    };
    if range.is_empty() { Err(Unsatisfiable) } else { Ok(Wanted::Part(range)) }
}

/// What follows `bytes=`; `None` for another unit.
fn byte_range_set(header: &str) -> Option<&str> {
    let (unit, set) = header.split_once('=')?;
    unit.trim().eq_ignore_ascii_case("bytes").then_some(set)
}

/// The number at the start, as `atoll`: blanks, a sign, digits; 0 when there are none; saturating.
fn leading_number(text: &str) -> i64 {
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = digits
        .bytes()
        .take_while(u8::is_ascii_digit)
        .fold(0_i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    sign * value
}

/// Why an `x-amz-copy-source-range` cannot be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CopyRangeError {
    /// Not `bytes=first-last` (400).
    Malformed,
    /// It reaches past the source's end, is open-ended or reversed (416).
    Unsatisfiable,
}

/// Reads `x-amz-copy-source-range`: exactly `bytes=first-last` within the source.
///
/// # Errors
/// See [`CopyRangeError`].
pub(crate) fn copy_range(header: &str, bytes: u64) -> Result<Range<u64>, CopyRangeError> {
    let (first, last) = header
        .trim_end()
        .strip_prefix("bytes=")
        .and_then(|set| set.split_once('-'))
        .ok_or(CopyRangeError::Malformed)?;
    let number = |text: &str| -> Result<u64, CopyRangeError> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { Ok(text.parse().unwrap_or(u64::MAX)) } else { Err(CopyRangeError::Malformed) }
    };
    let first = number(first)?;
    // RGW takes a missing end for a range behind the source's end, not for a malformed one.
    let last = if last.is_empty() { u64::MAX } else { number(last)? };
    if first > last || last >= bytes {
        return Err(CopyRangeError::Unsatisfiable);
    }
    Ok(first..last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ranges_as_rgw_does() {
        let part = |range| Ok(Wanted::Part(range));
        for (header, expected) in [
            ("bytes=0-4", part(0..5)),
            ("bytes=6-", part(6..11)),
            ("bytes=-5", part(6..11)),
            ("bytes=-500", part(0..11)),
            ("bytes=6-1000", part(6..11)),
            ("bytes=0-99999999999999999999", part(0..11)),
            ("bytes=10-10", part(10..11)),
            ("bytes=0-1,3-4", part(0..2)),
            ("bytes=1-2x", part(1..3)),
            ("bytes= 1 - 2", part(1..3)),
            ("Bytes=+1-2", part(1..3)),
            ("bytes=0x1-2", part(0..3)),
            ("bytes=-5-3", part(6..11)),
            ("bytes=11-20", Err(Unsatisfiable)),
            ("bytes=11-", Err(Unsatisfiable)),
            ("bytes=5-2", Err(Unsatisfiable)),
            ("bytes=5-2,1-2", Err(Unsatisfiable)),
            ("bytes=abc", Err(Unsatisfiable)),
            ("bytes=", Err(Unsatisfiable)),
            ("bytes=-", Err(Unsatisfiable)),
            ("bytes=-0", Err(Unsatisfiable)),
            ("bytes=--5", Err(Unsatisfiable)),
            ("bytes=1-abc", Err(Unsatisfiable)),
            ("bytes=99999999999999999999-", Err(Unsatisfiable)),
            ("items=0-1", Ok(Wanted::Whole)),
            ("bytes 0-1", Ok(Wanted::Whole)),
            ("", Ok(Wanted::Whole)),
        ] {
            assert_eq!(wanted(Some(header), 11), expected, "{header}");
        }
        assert_eq!(wanted(None, 0), Ok(Wanted::Whole));
        for header in ["bytes=0-", "bytes=0-0", "bytes=-1"] {
            assert_eq!(wanted(Some(header), 0), Err(Unsatisfiable), "{header} of an empty object");
        }
    }

    #[test]
    fn reads_copy_ranges() {
        for (header, expected) in [
            ("bytes=0-4", Ok(0..5)),
            ("bytes=0-10", Ok(0..11)),
            ("bytes=0-4 ", Ok(0..5)),
            ("bytes=0-11", Err(CopyRangeError::Unsatisfiable)),
            ("bytes=5-2", Err(CopyRangeError::Unsatisfiable)),
            ("bytes=2-", Err(CopyRangeError::Unsatisfiable)),
            ("bytes=11-12", Err(CopyRangeError::Unsatisfiable)),
            ("bytes=0-99999999999999999999", Err(CopyRangeError::Unsatisfiable)),
            ("bytes=-4", Err(CopyRangeError::Malformed)),
            ("0-4", Err(CopyRangeError::Malformed)),
            ("bytes=a-b", Err(CopyRangeError::Malformed)),
            ("", Err(CopyRangeError::Malformed)),
            ("bytes=0-4,6-7", Err(CopyRangeError::Malformed)),
            ("Bytes=0-4", Err(CopyRangeError::Malformed)),
            ("garbage", Err(CopyRangeError::Malformed)),
        ] {
            assert_eq!(copy_range(header, 11), expected, "{header}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_part_is_within_the_object(header in "(bytes)?=?[-0-9, a+x]{0,24}", bytes in 0_u64..100) {
            if let Ok(Wanted::Part(range)) = wanted(Some(&header), bytes) {
                proptest::prop_assert!(range.start < range.end && range.end <= bytes);
            }
            if let Ok(range) = copy_range(&header, bytes) {
                proptest::prop_assert!(range.start < range.end && range.end <= bytes);
            }
        }
    }
}
