//! URL escapes and hexadecimal as signatures use them.

use std::borrow::Cow;

const HEX_UPPER: &[u8; 16] = b"0123456789ABCDEF";
const HEX_LOWER: &[u8; 16] = b"0123456789abcdef";

/// Which bytes stay as they are: the unreserved ones of RFC 3986, and `/` where a path is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    Slash,
    Unreserved,
}

impl Keep {
    fn keeps(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'.' | b'~')
            || (byte == b'/' && self == Self::Slash)
    }
}

fn digit(table: &[u8; 16], nibble: u8) -> u8 {
    table.get(usize::from(nibble & 15)).copied().unwrap_or(b'0')
}

/// Appends one byte, escaped unless it may stay.
pub(crate) fn push_encoded(out: &mut Vec<u8>, byte: u8, keep: Keep) {
    if keep.keeps(byte) {
        out.push(byte);
    } else {
        out.extend_from_slice(&[b'%', digit(HEX_UPPER, byte >> 4), digit(HEX_UPPER, byte)]);
    }
}

/// Appends text, escaped.
pub(crate) fn encode(out: &mut Vec<u8>, text: &[u8], keep: Keep) {
    for byte in text {
        push_encoded(out, *byte, keep);
    }
}

/// Appends text that is decoded and escaped anew. A broken escape makes the whole text empty, as it does in RGW.
pub(crate) fn recode(out: &mut Vec<u8>, text: &str, keep: Keep, plus_is_space: bool) {
    let start = out.len();
    let whole = each_decoded(text, plus_is_space, |byte| push_encoded(out, byte, keep));
    if !whole {
        out.truncate(start);
    }
}

/// The decoded text; empty when an escape is broken. Bytes that are not UTF-8 are replaced.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> Cow<'_, str> {
    if !(text.contains('%') || plus_is_space && text.contains('+')) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    if !each_decoded(text, plus_is_space, |byte| out.push(byte)) {
        return Cow::Borrowed("");
    }
    Cow::Owned(String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Calls `each` with every decoded byte; false when an escape is broken.
fn each_decoded(text: &str, plus_is_space: bool, mut each: impl FnMut(u8)) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let (Some(high), Some(low)) = (bytes.next().and_then(nibble), bytes.next().and_then(nibble)) else {
                    return false;
                };
                each(high << 4 | low);
            }
            b'+' if plus_is_space => each(b' '),
            _ => each(byte),
        }
    }
    true
}

fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The parameters of a raw query, undecoded. A parameter without `=` has an empty value; empty ones are left out.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|part| !part.is_empty()).map(|part| part.split_once('=').unwrap_or((part, "")))
}

/// The decoded value of a query parameter, by its exact name.
pub(crate) fn parameter<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    parameters(query)
        .find(|(found, _)| *found == name || (found.contains('%') && decode(found, true) == name))
        .map(|(_, value)| decode(value, true))
}

/// 32 bytes as 64 lower-case digits.
pub(crate) fn hex32(bytes: &[u8; 32]) -> [u8; 64] {
    let mut out = [0; 64];
    for (pair, byte) in out.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(HEX_LOWER, byte >> 4), digit(HEX_LOWER, *byte)]);
    }
    out
}

/// 64 lower-case digits as 32 bytes. Upper case is refused, as RGW compares the text.
pub(crate) fn unhex32(text: &[u8]) -> Option<[u8; 32]> {
    if text.len() != 64 || text.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(out)
}

/// Text for an explanation: printable ASCII, anything else escaped, at most 200 bytes.
pub(crate) fn printable(text: &str) -> String {
    text.bytes().take(200).flat_map(std::ascii::escape_default).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recoded(text: &str, keep: Keep, plus: bool) -> String {
        let mut out = Vec::new();
        recode(&mut out, text, keep, plus);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn recodes_as_rgw_does() {
        assert_eq!(recoded("/a%2Fb", Keep::Slash, false), "/a/b");
        assert_eq!(recoded("/a+b", Keep::Slash, false), "/a%2Bb");
        assert_eq!(recoded("a+b", Keep::Unreserved, true), "a%20b");
        assert_eq!(recoded("a/b%c3%bc~%7E", Keep::Unreserved, true), "a%2Fb%C3%BC~~");
        assert_eq!(recoded("(!*')", Keep::Slash, false), "%28%21%2A%27%29");
        assert_eq!(recoded("ok%zz", Keep::Slash, false), "", "a broken escape empties the text");
        assert_eq!(recoded("ok%4", Keep::Slash, false), "");
    }

    #[test]
    fn finds_parameters_by_exact_name() {
        let query = "a=1&&b&X-Amz-Date=x%2By&c=d=e";
        assert_eq!(parameter(query, "X-Amz-Date").as_deref(), Some("x+y"));
        assert_eq!(parameter(query, "x-amz-date"), None);
        assert_eq!(parameter(query, "b").as_deref(), Some(""));
        assert_eq!(parameter(query, "c").as_deref(), Some("d=e"));
    }

    #[test]
    fn hexadecimal_both_ways() {
        let bytes: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 7).unwrap_or(0));
        assert_eq!(unhex32(&hex32(&bytes)), Some(bytes));
        assert_eq!(unhex32(&hex32(&[0xAB; 32]).to_ascii_uppercase()), None);
        assert_eq!(unhex32(b"ab"), None);
    }
}
