//! When two answers count as equal: at the levels status, body and wire.
//!
//! What changes from run to run (ids, times, hosts) is masked on both sides; the expectations are stored masked.

use super::recipe::Expect;
use crate::wire::Answer;
use regex_lite::{Captures, Regex};
use std::collections::BTreeMap;

/// Headers whose values are compared; of all others only the presence.
const COMPARED: &[&str] = &[
    "content-type",
    "content-length",
    "content-range",
    "accept-ranges",
    "etag",
    "location",
    "vary",
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "access-control-max-age",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
    "x-rgw-object-type",
    "x-amz-delete-marker",
    "x-amz-tagging-count",
    "x-amz-website-redirect-location",
    "x-amz-storage-class",
    "transfer-encoding",
];
/// Headers that say nothing about the protocol.
const IGNORED: &[&str] = &["date", "connection", "keep-alive", "server", "x-spacelet-explain"];
/// Longer bodies are compared by length and MD5.
const LONG: usize = 20_000;

/// Replaces volatile values by fixed words.
pub(crate) struct Masks {
    plain: Vec<(Regex, &'static str)>,
    version: Regex,
}

impl Masks {
    pub(crate) fn new() -> Self {
        let plain = [
            (r"tx[0-9a-f]{21}-[0-9a-f]{10}-[0-9a-f]+-[a-z0-9]+", "TX"),
            (r"<HostId>[^<]*</HostId>", "<HostId>H</HostId>"),
            (r#""HostId":"[^"]*""#, r#""HostId":"H""#),
            (r"(<RequestId>)[0-9a-f-]{36}\.[0-9.]+(<)", "${1}R${2}"),
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "T"),
            (r"(<(?:UploadId|NextUploadIdMarker|UploadIdMarker)>)[^<]+", "${1}U"),
            (r"(<ID>)[A-Za-z0-9_-]{48}(<)", "${1}L${2}"),
            (r"(?i)date: [^\r\n]+", "date: D"),
            (r"(?i)last-modified: [^\r\n]+", "last-modified: D"),
            (r"127\.0\.0\.1:\d+|localhost:\d+|nyc3\.digitaloceanspaces\.com:\d+", "HOST"),
        ];
        Self {
            plain: plain.map(|(pattern, to)| (Regex::new(pattern).unwrap(), to)).into(),
            version: Regex::new(r"(<(?:VersionId|VersionIdMarker|NextVersionIdMarker|DeleteMarkerVersionId)>)([^<]+)")
                .unwrap(),
        }
    }

    pub(crate) fn mask(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (pattern, to) in &self.plain {
            text = pattern.replace_all(&text, *to).into_owned();
        }
        let version = |found: &Captures<'_>| match &found[2] {
            "null" => found[0].to_owned(),
            _ => format!("{}V", &found[1]),
        };
        self.version.replace_all(&text, version).into_owned()
    }

    /// The body as the recording writes it: text, or a digest where it is long, or base64.
    pub(crate) fn body(&self, answer: &Answer) -> String {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        use sha2::Digest as _;
        let body = &answer.body;
        if body.len() > LONG {
            let digest = crate::sign::hex(&md5::Md5::digest(body));
            return format!("<{} bytes omitted, md5 {digest}>", body.len());
        }
        match std::str::from_utf8(body) {
            Ok(text) => self.mask(text),
            Err(_) => format!("base64:{}", STANDARD.encode(body)),
        }
    }

    /// Header names in lower case with their values, or `*` where only the presence counts.
    pub(crate) fn headers(&self, answer: &Answer) -> BTreeMap<String, String> {
        let mut values: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (name, value) in &answer.headers {
            values.entry(name.to_ascii_lowercase()).or_default().push(value);
        }
        values.retain(|name, _| !IGNORED.contains(&name.as_str()));
        let view = |name: &str, values: &[&str]| {
            if !COMPARED.contains(&name) && !name.starts_with("x-amz-meta-") {
                return "*".to_owned();
            }
            match values {
                [one] => self.mask(one),
                many => format!("[{}]", many.iter().map(|v| format!("'{v}'")).collect::<Vec<_>>().join(", ")),
            }
        };
        values.iter().map(|(n, v)| (n.clone(), view(n, v))).collect()
    }
}

/// How far an answer agrees, and in words where it stops to.
pub(crate) struct Agreement {
    pub(crate) status: bool,
    pub(crate) body: bool,
    pub(crate) wire: bool,
    pub(crate) why: String,
}

/// Compares at the three levels; a level holds only where the one before it does.
pub(crate) fn agreement(masks: &Masks, expect: &Expect, answer: &Answer) -> Agreement {
    let body = masks.body(answer);
    let none = |why: String| Agreement { status: false, body: false, wire: false, why };
    let (wanted_code, code) = (code(&expect.body), code(&body));
    if expect.status != answer.status || wanted_code != code {
        let (got, wanted) = (code.unwrap_or("-"), wanted_code.unwrap_or("-"));
        let status = expect.status;
        return none(format!("status {} {got}, RGW {status} {wanted}", answer.status));
    }
    if expect.body != body {
        let why = format!("body\n    RGW {}\n    got {}", shortened(&expect.body), shortened(&body));
        return Agreement { status: true, ..none(why) };
    }
    let headers = masks.headers(answer);
    if expect.headers != headers {
        let why = format!("headers {}", differences(&expect.headers, &headers));
        return Agreement { status: true, body: true, ..none(why) };
    }
    Agreement { status: true, body: true, wire: true, why: String::new() }
}

fn code(body: &str) -> Option<&str> {
    let (_, rest) = body.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code)
}

fn shortened(text: &str) -> String {
    text.chars().take(700).collect()
}

fn differences(wanted: &BTreeMap<String, String>, got: &BTreeMap<String, String>) -> String {
    let missing = wanted.iter().filter(|(n, _)| !got.contains_key(*n)).map(|(n, v)| format!("missing {n}: {v}"));
    let extra = got.iter().filter(|(n, _)| !wanted.contains_key(*n)).map(|(n, v)| format!("extra {n}: {v}"));
    let other = wanted.iter().filter_map(|(n, v)| {
        let found = got.get(n).filter(|found| *found != v)?;
        Some(format!("{n}: RGW {v:?}, got {found:?}"))
    });
    missing.chain(extra).chain(other).collect::<Vec<_>>().join("; ")
}
