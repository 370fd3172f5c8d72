//! The writer: elements in the order of the calls, escaped as RGW escapes them.

use std::fmt::Write as _;

use spacelet_engine::{ETag, Timestamp};

use super::read::Element;
use super::time::iso_millis;

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// Whether `encoding-type=url` escapes a slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlashEscape {
    /// `/` becomes `%2F`.
    Escaped,
    /// `/` stays.
    Kept,
}

/// A document being written.
#[derive(Debug, Default)]
pub(crate) struct Xml {
    text: String,
}

impl Xml {
    /// An empty document with its declaration; `bytes` is a guess of its length.
    pub(crate) fn document(bytes: usize) -> Self {
        let mut text = String::with_capacity(bytes + DECLARATION.len());
        text.push_str(DECLARATION);
        Self { text }
    }

    /// A document without declaration (some of RGW's answers have none).
    pub(crate) fn bare() -> Self {
        Self::default()
    }

    /// `<name>`.
    pub(crate) fn open(&mut self, name: &str) {
        self.text.push('<');
        self.text.push_str(name);
        self.text.push('>');
    }

    /// `<name xmlns="…2006-03-01/">`.
    pub(crate) fn open_s3(&mut self, name: &str) {
        self.open_with(name, &[("xmlns", NAMESPACE)]);
    }

    /// `<name attribute="value" …>`.
    pub(crate) fn open_with(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.text.push('<');
        self.text.push_str(name);
        for (attribute, value) in attributes {
            self.text.push(' ');
            self.text.push_str(attribute);
            self.text.push_str("=\"");
            escape(&mut self.text, value);
            self.text.push('"');
        }
        self.text.push('>');
    }

    /// `</name>`.
    pub(crate) fn close(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// `<name>value</name>`, escaped.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.open(name);
        escape(&mut self.text, value);
        self.close(name);
    }

    /// `<name xmlns="…2006-03-01/">value</name>`, escaped.
    pub(crate) fn text_s3(&mut self, name: &str, value: &str) {
        self.open_s3(name);
        escape(&mut self.text, value);
        self.close(name);
    }

    /// `<name>value</name>`, percent-encoded first (`encoding-type=url`).
    pub(crate) fn url(&mut self, name: &str, value: &str, slash: SlashEscape) {
        self.open(name);
        percent_encode(&mut self.text, value, slash);
        self.close(name);
    }

    /// `<name>42</name>`.
    pub(crate) fn number(&mut self, name: &str, value: impl Into<i128>) {
        self.open(name);
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{}", value.into());
        self.close(name);
    }

    /// `<name>true</name>`.
    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        self.text(name, if value { "true" } else { "false" });
    }

    /// `<name>2026-11-24T08:15:11.603Z</name>`.
    pub(crate) fn time(&mut self, name: &str, value: Timestamp) {
        self.open(name);
        iso_millis(&mut self.text, value);
        self.close(name);
    }

    /// `<name>&quot;etag&quot;</name>`.
    pub(crate) fn quoted_etag(&mut self, name: &str, value: &ETag) {
        self.open(name);
        self.text.push_str("&quot;");
        escape(&mut self.text, value.as_str());
        self.text.push_str("&quot;");
        self.close(name);
    }

    /// `<ETag>`, in quotes or without.
    pub(crate) fn answered_etag(&mut self, value: &ETag, is_quoted: bool) {
        if is_quoted { self.quoted_etag("ETag", value) } else { self.text("ETag", value.as_str()) }
    }

    /// `<name><ID>…</ID><DisplayName>…</DisplayName></name>`.
    pub(crate) fn owner(&mut self, name: &str, id: &str, display_name: &str) {
        self.open(name);
        self.text("ID", id);
        self.text("DisplayName", display_name);
        self.close(name);
    }

    /// An element and what is in it. Attributes are left out, and white space around the text of one without children.
    pub(crate) fn element(&mut self, element: &Element) {
        if element.children.is_empty() {
            return self.text(&element.name, element.text.trim());
        }
        self.open(&element.name);
        for child in &element.children {
            self.element(child);
        }
        self.close(&element.name);
    }

    /// A whole document: `root` with S3's namespace and what is in it.
    pub(crate) fn tree(root: &Element) -> String {
        let mut inner = Self::bare();
        for child in &root.children {
            inner.element(child);
        }
        Self::whole(&root.name, &inner.finish())
    }

    /// A whole document: `root` with S3's namespace around `inner`, which is XML.
    pub(crate) fn whole(root: &str, inner: &str) -> String {
        let mut xml = Self::document(96 + inner.len());
        xml.open_s3(root);
        xml.text.push_str(inner);
        xml.close(root);
        xml.finish()
    }

    /// The text.
    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// `value` as text of an element.
pub(crate) fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    escape(&mut out, value);
    out
}

/// RGW's escapes: the five named ones, and `&#x..;` for control characters other than tab and line feed. Some of
/// those are no legal XML 1.0, but a raw one would be no better and RGW's is what clients have met.
fn escape(out: &mut String, value: &str) {
    let mut rest = value;
    while let Some(at) = rest.bytes().position(needs_escape) {
        let (clean, from) = rest.split_at(at);
        out.push_str(clean);
        let mut chars = from.chars();
        match chars.next() {
            Some('&') => out.push_str("&amp;"),
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some('"') => out.push_str("&quot;"),
            Some('\'') => out.push_str("&apos;"),
            Some(control) => {
                let _ = write!(out, "&#x{:02x};", u32::from(control));
            }
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

fn needs_escape(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | 0..=8 | 11..=31 | 127)
}

/// RGW's percent-encoding of listings: everything but `!$'()*-._|~` and alphanumerics; what is left may still hold
/// an apostrophe, which XML escapes.
fn percent_encode(out: &mut String, value: &str, slash: SlashEscape) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        match byte {
            b'\'' => out.push_str("&apos;"),
            b'/' if slash == SlashEscape::Kept => out.push('/'),
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => out.push(char::from(byte)),
            b'!' | b'$' | b'(' | b')' | b'*' | b'-' | b'.' | b'_' | b'|' | b'~' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    out.push(HEX.get(usize::from(nibble)).copied().map_or('0', char::from));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Xml)) -> String {
        let mut xml = Xml::bare();
        write(&mut xml);
        xml.finish()
    }

    #[test]
    fn escapes_as_rgw_does() {
        assert_eq!(
            written(|xml| xml.text("Key", "we\u{1}ird\nkey\t\u{7f}\"'<&>ü\r\0")),
            "<Key>we&#x01;ird\nkey\t&#x7f;&quot;&apos;&lt;&amp;&gt;ü&#x0d;&#x00;</Key>"
        );
    }

    #[test]
    fn percent_encodes_as_rgw_does() {
        let key = "ch/ !\"#$%&'()*+,-.:;<=>?@[\\]^_`{|}~ü";
        assert_eq!(
            written(|xml| xml.url("Key", key, SlashEscape::Escaped)),
            "<Key>ch%2F%20!%22%23$%25%26&apos;()*%2B%2C-.%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E_%60%7B|%7D~%C3%BC</Key>"
        );
        assert_eq!(written(|xml| xml.url("Prefix", "a/b c/", SlashEscape::Kept)), "<Prefix>a/b%20c/</Prefix>");
    }

    #[test]
    fn writes_every_kind() {
        let text = written(|xml| {
            xml.open_s3("R");
            xml.open_with("G", &[("xsi:type", "a\"b")]);
            xml.number("Size", 5_i64);
            xml.flag("IsTruncated", false);
            xml.time("At", Timestamp(0));
            xml.quoted_etag("ETag", &ETag::from_stored("ab-2"));
            xml.owner("Owner", "7", "");
            xml.close("G");
            xml.close("R");
        });
        assert_eq!(
            text,
            "<R xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><G xsi:type=\"a&quot;b\"><Size>5</Size>\
             <IsTruncated>false</IsTruncated><At>1970-01-01T00:00:00.000Z</At><ETag>&quot;ab-2&quot;</ETag>\
             <Owner><ID>7</ID><DisplayName></DisplayName></Owner></G></R>"
        );
        assert_eq!(Xml::document(0).finish(), r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    }
}
