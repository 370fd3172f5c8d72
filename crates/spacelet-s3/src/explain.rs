//! Explanations in plain words: the header `x-spacelet-explain`.

use http::{HeaderName, HeaderValue};

/// The header that says why.
pub(crate) const EXPLAIN: HeaderName = HeaderName::from_static("x-spacelet-explain");

/// At most so many bytes of explanation go out.
pub(crate) const EXPLAIN_BYTES_MAX: usize = 1_024;

/// `text` as a header value: printable ASCII, everything else escaped (`\u{e9}`), cut at [`EXPLAIN_BYTES_MAX`].
pub(crate) fn header_value(text: &str) -> HeaderValue {
    let mut plain = String::with_capacity(text.len().min(EXPLAIN_BYTES_MAX));
    for c in text.chars() {
        let mut escaped = String::new();
        if c == ' ' || c.is_ascii_graphic() {
            escaped.push(c);
        } else {
            escaped.extend(c.escape_default());
        }
        if plain.len() + escaped.len() > EXPLAIN_BYTES_MAX {
            break;
        }
        plain.push_str(&escaped);
    }
    HeaderValue::try_from(plain).unwrap_or(HeaderValue::from_static("-"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn anything_becomes_printable_ascii() {
        assert_eq!(header_value("key \u{e9}\r\nSet-Cookie: x").to_str().unwrap(), "key \\u{e9}\\r\\nSet-Cookie: x");
        assert_eq!(header_value(&"\u{1F600}".repeat(1_000)).len(), 1_017);
        assert_eq!(header_value(&"a".repeat(5_000)).len(), EXPLAIN_BYTES_MAX);
    }
}
