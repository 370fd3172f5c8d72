//! Sizes, times and paths as people read and URLs write them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use spacelet_engine::Timestamp;

use crate::stamp::stamp;

const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// For a value in a query.
pub(crate) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// For a path: slashes stay.
pub(crate) fn escaped_path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// `1.2 MiB`: three digits at most, in powers of 1,024.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = u128::from(bytes) * 10 / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    if tenths >= 1000 { format!("{} {name}", tenths / 10) } else { format!("{}.{} {name}", tenths / 10, tenths % 10) }
}

/// `2026-07-19 15:04:16`, UTC.
pub(crate) fn time(at: Timestamp) -> String {
    stamp(at).trim_end_matches('Z').replace('T', " ")
}

/// `7 files`, `1 file`.
pub(crate) fn count(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// The last name in a path, without the slash that ends a folder's.
pub(crate) fn last_name(key: &str) -> &str {
    let key = key.strip_suffix('/').unwrap_or(key);
    key.rsplit('/').next().unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits() {
        let cases = [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (200 << 20, "200 MiB")];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(size(5 << 30), "5.0 GiB");
        assert_eq!(size(u64::MAX), "16383 PiB");
    }

    #[test]
    fn names_and_escapes() {
        assert_eq!(last_name("a/b/c.txt"), "c.txt");
        assert_eq!(last_name("a/b/"), "b");
        assert_eq!(escaped_path("a b/ü?#"), "a%20b/%C3%BC%3F%23");
        assert_eq!(escaped("a/b"), "a%2Fb");
        assert_eq!(time(Timestamp(1_532_012_656_999)), "2018-07-19 15:04:16");
    }
}
