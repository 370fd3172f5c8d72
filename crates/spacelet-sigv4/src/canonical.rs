//! The canonical request of SigV4: what this server signs of a head, and the variations that its explanations try.

use std::ops::Range;

use crate::Head;
use crate::encode::{Keep, encode, parameters, recode};
use crate::hash::sha256_hex;
use crate::{ClaimV4, claim::V4_SCHEME};

/// How the path is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathRule<'a> {
    /// Decoded, then encoded again with `/` kept: what RGW and Spaces do.
    Recoded,
    /// As it was sent.
    AsSent,
    /// As it was sent, encoded once more.
    EncodedTwice,
    /// Another path, which is recoded.
    Other(&'a str),
}

/// How the query is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueryRule {
    /// Recoded and sorted.
    Sorted,
    /// Recoded, in the order sent.
    InOrder,
    /// As it was sent, without the signature.
    AsSent,
    /// Recoded and sorted, but only what comes before the signature of a presigned link.
    BeforeSignature,
    /// Recoded and sorted, with `+` taken literally.
    LiteralPlus,
    /// Nothing of it.
    Left,
}

/// How header values are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderRule<'a> {
    /// Trimmed, runs of blanks folded to their first.
    Folded,
    /// Trimmed only.
    Trimmed,
    /// Folded, and a listed header that did not arrive counts as empty.
    AbsentIsEmpty,
    /// Folded, without this one.
    Without(&'a str),
    /// Folded, only the last of repeated headers.
    LastOnly,
    /// Folded, with another value for one header.
    Replaced(&'a str, &'a str),
}

/// All choices that make up one canonical request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Canonical<'a> {
    pub(crate) head: Head<'a>,
    pub(crate) signed_headers: &'a str,
    pub(crate) payload_hash: &'a str,
    pub(crate) presigned: bool,
    pub(crate) method: &'a str,
    pub(crate) host: Option<&'a str>,
    pub(crate) path: PathRule<'a>,
    pub(crate) query: QueryRule,
    pub(crate) headers: HeaderRule<'a>,
}

impl<'a> Canonical<'a> {
    /// The server's own reading of a head.
    pub(crate) fn new(head: &Head<'a>, signed_headers: &'a str, payload_hash: &'a str, presigned: bool) -> Self {
        Self {
            head: *head,
            signed_headers,
            payload_hash,
            presigned,
            method: head.method,
            host: None,
            path: PathRule::Recoded,
            query: QueryRule::Sorted,
            headers: HeaderRule::Folded,
        }
    }

    /// The canonical request's bytes.
    pub(crate) fn request(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(384 + self.head.path.len() + self.head.query.len());
        out.extend_from_slice(self.method.as_bytes());
        out.push(b'\n');
        self.push_path(&mut out);
        out.push(b'\n');
        self.push_query(&mut out);
        out.push(b'\n');
        self.push_headers(&mut out);
        out.push(b'\n');
        for part in [self.signed_headers, "\n", self.payload_hash] {
            out.extend_from_slice(part.as_bytes());
        }
        out
    }

    fn push_path(&self, out: &mut Vec<u8>) {
        match self.path {
            PathRule::Recoded => recode(out, self.head.path, Keep::Slash, false),
            PathRule::AsSent => out.extend_from_slice(self.head.path.as_bytes()),
            PathRule::EncodedTwice => encode(out, self.head.path.as_bytes(), Keep::Slash),
            PathRule::Other(path) => recode(out, path, Keep::Slash, false),
        }
    }

    fn push_query(&self, out: &mut Vec<u8>) {
        let is_signature = |name: &str| self.presigned && name.eq_ignore_ascii_case("X-Amz-Signature");
        let wanted = parameters(self.head.query).filter(|(name, _)| !is_signature(name));
        match self.query {
            QueryRule::Sorted => push_sorted(out, wanted, true),
            QueryRule::LiteralPlus => push_sorted(out, wanted, false),
            QueryRule::InOrder => push_in_order(out, wanted),
            QueryRule::BeforeSignature => {
                push_sorted(out, parameters(self.head.query).take_while(|(name, _)| !is_signature(name)), true);
            }
            QueryRule::AsSent => {
                let as_sent = self.head.query.split('&');
                let wanted = as_sent.filter(|part| !is_signature(part.split('=').next().unwrap_or_default()));
                out.extend_from_slice(wanted.collect::<Vec<_>>().join("&").as_bytes());
            }
            QueryRule::Left => {}
        }
    }

    fn push_headers(&self, out: &mut Vec<u8>) {
        let mut names: Vec<&str> = self.signed_headers.split(';').filter(|name| !name.is_empty()).collect();
        if !names.is_sorted() {
            names.sort_unstable();
        }
        for name in names {
            if self.headers == HeaderRule::Without(name) {
                continue;
            }
            self.push_header(out, name);
        }
    }

    fn replaced(&self, name: &str) -> Option<&'a str> {
        if let HeaderRule::Replaced(other, value) = self.headers { Some(value).filter(|_| other == name) } else { None }
    }

    /// A listed header that did not arrive is left out, as in RGW.
    fn push_header(&self, out: &mut Vec<u8>, name: &str) {
        let replaced = self.replaced(name).or(self.host.filter(|_| name == "host"));
        let mut values = self.head.headers.get_all(name).iter().map(http::HeaderValue::as_bytes).peekable();
        if replaced.is_none() && values.peek().is_none() && self.headers != HeaderRule::AbsentIsEmpty {
            return;
        }
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        if let Some(value) = replaced {
            push_value(out, value.as_bytes(), true);
        } else if self.headers == HeaderRule::LastOnly {
            push_value(out, values.last().unwrap_or_default(), true);
        } else {
            // DIFFERS: RGW keeps the last of repeated headers; AWS joins them, which is what clients sign.
            for (at, value) in values.enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                push_value(out, value, self.headers != HeaderRule::Trimmed);
            }
        }
        out.push(b'\n');
    }
}

/// The string to sign of a canonical request.
pub(crate) fn string_to_sign(date: &str, scope: &str, canonical_request: &[u8]) -> Vec<u8> {
    let hash = sha256_hex(canonical_request);
    let mut out = Vec::with_capacity(160);
    for part in [V4_SCHEME.as_bytes(), b"\n", date.as_bytes(), b"\n", scope.as_bytes(), b"\n", &hash] {
        out.extend_from_slice(part);
    }
    out
}

/// The string to sign of a claim.
pub(crate) fn claim_to_sign(claim: &ClaimV4, canonical: &Canonical<'_>) -> Vec<u8> {
    string_to_sign(&claim.date, claim.scope.as_str(), &canonical.request())
}

/// DIFFERS: RGW keeps one value of a repeated parameter; AWS signs all of them, by name, then by value.
fn push_sorted<'q>(out: &mut Vec<u8>, wanted: impl Iterator<Item = (&'q str, &'q str)>, plus_is_space: bool) {
    let mut text = Vec::with_capacity(128);
    let mut pairs: Vec<(Range<usize>, Range<usize>)> = Vec::with_capacity(8);
    for (name, value) in wanted {
        let start = text.len();
        recode(&mut text, name, Keep::Unreserved, plus_is_space);
        let middle = text.len();
        recode(&mut text, value, Keep::Unreserved, plus_is_space);
        pairs.push((start..middle, middle..text.len()));
    }
    let part = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    pairs.sort_by(|a, b| part(&a.0).cmp(part(&b.0)).then_with(|| part(&a.1).cmp(part(&b.1))));
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(part(name));
        out.push(b'=');
        out.extend_from_slice(part(value));
    }
}

fn push_in_order<'q>(out: &mut Vec<u8>, wanted: impl Iterator<Item = (&'q str, &'q str)>) {
    for (at, (name, value)) in wanted.enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        recode(out, name, Keep::Unreserved, true);
        out.push(b'=');
        recode(out, value, Keep::Unreserved, true);
    }
}

/// A header's value without blanks around it; each run of blanks becomes its first one when `fold`.
fn push_value(out: &mut Vec<u8>, value: &[u8], fold: bool) {
    let value = value.trim_ascii();
    if !fold {
        out.extend_from_slice(value);
        return;
    }
    let mut blank = false;
    for byte in value {
        let is_blank = matches!(byte, b' ' | b'\t');
        if !(is_blank && blank) {
            out.push(*byte);
        }
        blank = is_blank;
    }
}
