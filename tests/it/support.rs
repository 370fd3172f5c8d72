//! The one way in which tests speak to a server: a request written as text, signed, sent, and its answer held
//! against an inline snapshot (`UPDATE_EXPECT=1` rewrites them).
//!
//! The text's first line is `METHOD TARGET [as A|B|C|nobody] [at HOST] [in REGION]`; then come headers, an empty line, the body:
//!
//! ```text
//! PUT /bucket/key as B
//! Content-Type: text/plain
//!
//! hello
//! ```

use crate::server::Server;
use crate::sign::{self, Key, Scope, Signed};
use crate::wire::{self, Answer};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use expect_test::Expect;
use md5::{Digest as _, Md5};
use regex_lite::Regex;
use std::fmt::Write as _;

/// A request to be signed and sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// None: not signed.
    pub(crate) key: Option<Key>,
    pub(crate) host: Option<String>,
    /// The path that is signed, where it is not the one that is sent.
    pub(crate) signed_path: Option<String>,
    /// Bodies that Amazon S3 wants a digest of have one, as every client sends it.
    pub(crate) sends_md5: bool,
    /// By how many seconds the client's clock is ahead.
    pub(crate) skew_s: i64,
    /// The region that is signed.
    pub(crate) region: String,
}

/// Sub-resources whose bodies Amazon S3 takes with a digest only.
const WITH_DIGEST: [&str; 8] =
    ["delete", "cors", "lifecycle", "replication", "tagging", "legal-hold", "object-lock", "retention"];

impl Call {
    /// Reads a request from its text.
    pub(crate) fn new(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.trim_start().lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut call = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: lines.map(header_of).collect(),
            body: body.as_bytes().to_vec(),
            key: Some(key("A")),
            host: None,
            signed_path: None,
            sends_md5: true,
            skew_s: 0,
            region: Scope::now(0).region,
        };
        while let (Some(word), Some(value)) = (words.next(), words.next()) {
            match (word, value) {
                ("as", "nobody") => call.key = None,
                ("as", name) => call.key = Some(key(name)),
                ("at", host) => call.host = Some(host.to_owned()),
                ("in", region) => call.region = region.to_owned(),
                _ => panic!("neither `as` nor `at` nor `in`: {word} {value}"),
            }
        }
        call
    }

    /// Signed with this key, or not at all.
    pub(crate) fn by(mut self, key: impl Into<Option<Key>>) -> Self {
        self.key = key.into();
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without the Content-MD5 that is added where Amazon S3 wants one.
    pub(crate) fn without_md5(mut self) -> Self {
        self.sends_md5 = false;
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn signed_path(mut self, path: &str) -> Self {
        self.signed_path = Some(path.to_owned());
        self
    }

    /// Replaces a header, whether it was there or not.
    pub(crate) fn header_instead(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(has, _)| !has.eq_ignore_ascii_case(name));
        self.header(name, value)
    }

    /// Adds a parameter to the query.
    pub(crate) fn parameter(mut self, parameter: &str) -> Self {
        self.query = if self.query.is_empty() { parameter.to_owned() } else { format!("{}&{parameter}", self.query) };
        self
    }

    /// Signs and sends.
    pub(crate) fn send(&self, server: &Server) -> Answer {
        wire::exchange(server.address(), &self.bytes(&server.address().to_string()))
            .unwrap_or_else(|e| panic!("{} {}: {e}", self.method, self.path))
    }

    /// The request as it is sent to a server that is called so.
    pub(crate) fn bytes(&self, host: &str) -> Vec<u8> {
        let mut bytes = self.head(host).into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The request's head, signed, with the empty line at its end.
    pub(crate) fn head(&self, host: &str) -> String {
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        let mut head = format!("{} {}{query} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in self.signed_headers(host) {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head + "\r\n"
    }

    fn signed_headers(&self, host: &str) -> Vec<(String, String)> {
        let mut headers = vec![("Host".to_owned(), self.host.clone().unwrap_or_else(|| host.to_owned()))];
        headers.extend(self.headers.iter().cloned());
        let has = |headers: &[(String, String)], name: &str| headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
        let framed = has(&headers, "content-length") || has(&headers, "transfer-encoding");
        if !framed && (!self.body.is_empty() || matches!(self.method.as_str(), "PUT" | "POST")) {
            headers.push(("Content-Length".to_owned(), self.body.len().to_string()));
        }
        let names = |name: &str| {
            name.eq_ignore_ascii_case("content-md5") || name.to_ascii_lowercase().starts_with("x-amz-checksum-")
        };
        let first = self.query.split(['&', '=']).next().unwrap_or_default();
        let is_wanted = matches!(self.method.as_str(), "PUT" | "POST") && WITH_DIGEST.contains(&first);
        if self.sends_md5 && is_wanted && !headers.iter().any(|(name, _)| names(name)) {
            headers.push(("Content-MD5".to_owned(), STANDARD.encode(Md5::digest(&self.body))));
        }
        let Some(key) = &self.key else { return headers };
        let scope = Scope { region: self.region.clone(), ..Scope::now(self.skew_s) };
        if !has(&headers, "x-amz-content-sha256") {
            headers.push(("x-amz-content-sha256".to_owned(), sign::sha256_hex(&self.body)));
        }
        if !has(&headers, "x-amz-date") {
            headers.push(("x-amz-date".to_owned(), scope.amz_date()));
        }
        let hash = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case("x-amz-content-sha256"));
        let made = sign::v4(
            key,
            &scope,
            &Signed {
                method: &self.method,
                path: self.signed_path.as_deref().unwrap_or(&self.path),
                query: &self.query,
                headers: &headers,
                names: None,
                payload_hash: hash.map(|(_, v)| v.as_str()).unwrap_or_default(),
            },
        );
        headers.push(("Authorization".to_owned(), sign::authorization(key, &scope, &made)));
        headers
    }
}

/// A key of the three accounts.
pub(crate) fn key(name: &str) -> Key {
    crate::golden::key(name)
}

/// Sends a request and holds its answer, volatile values masked, against a snapshot.
///
/// Not shown: date, connection, the request id's header (a test of its own holds them) and explanations.
pub(crate) fn check(server: &Server, request: &str, expected: Expect) {
    check_call(server, &Call::new(request), expected);
}

/// [`check`] for a request that text cannot hold.
pub(crate) fn check_call(server: &Server, call: &Call, expected: Expect) {
    expected.assert_eq(&shown(&call.send(server)));
}

/// Status and error code of an answer: `404 NoSuchKey`, `200`.
pub(crate) fn outcome(answer: &Answer) -> String {
    match answer.xml("Code") {
        Some(code) => format!("{} {code}", answer.status),
        None => answer.status.to_string(),
    }
}

/// A line a request, with what came of it: `GET /b/k as B → 403 AccessDenied`.
pub(crate) fn check_outcomes(server: &Server, requests: &[impl AsRef<str>], expected: Expect) {
    let mut text = String::new();
    for request in requests {
        let request = request.as_ref();
        let _ = writeln!(text, "{} → {}", request.replace('\n', " | "), outcome(&server.send(request)));
    }
    expected.assert_eq(&text);
}

/// A variable of the environment, for runs by hand that differ from the gate's.
#[expect(clippy::disallowed_methods, reason = "the server reads its settings in one file; tests have none")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

const HIDDEN: &[&str] = &["date", "connection", "x-amz-request-id", "x-amz-id-2", "x-spacelet-explain"];

/// An answer as snapshots show it.
pub(crate) fn shown(answer: &Answer) -> String {
    let mut headers: Vec<(String, &str)> =
        answer.headers.iter().map(|(n, v)| (n.to_ascii_lowercase(), v.as_str())).collect();
    headers.retain(|(n, _)| !HIDDEN.contains(&n.as_str()));
    headers.sort();
    let mut out = format!("{} {}\n", answer.status, answer.reason);
    for (name, value) in headers {
        let _ = writeln!(out, "{name}: {value}");
    }
    if !answer.body.is_empty() {
        let _ = write!(out, "\n{}\n", answer.text());
    }
    masked(&out)
}

fn masked(text: &str) -> String {
    const MASKS: &[(&str, &str)] = &[
        (r"<RequestId>[^<]*</RequestId><HostId>[^<]*</HostId>", "<RequestId>…</RequestId><HostId>…</HostId>"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME"),
        (r"last-modified: [^\n]+", "last-modified: TIME"),
        (r"2~[A-Za-z0-9_-]{31}", "UPLOAD"),
        (r"127\.0\.0\.1:\d+", "HOST"),
    ];
    let mut text = text.to_owned();
    for (pattern, to) in MASKS {
        text = Regex::new(pattern).unwrap().replace_all(&text, *to).into_owned();
    }
    text
}

fn header_of(line: &str) -> (String, String) {
    let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("no header: {line}"));
    (name.trim().to_owned(), value.trim().to_owned())
}
