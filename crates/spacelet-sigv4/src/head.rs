//! What a signature covers of a request: its head, untouched.

use http::HeaderMap;

/// The head of a request as it came over the wire. Nothing in it may have been decoded or normalised, since the
/// signature covers it as the client wrote it.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The raw path, undecoded, starting with `/`.
    pub path: &'a str,
    /// The raw query, without its `?`; empty when there is none.
    pub query: &'a str,
    /// The headers. For HTTP/2 the caller inserts `:authority` as `host`.
    pub headers: &'a HeaderMap,
    /// The bucket, when it was named by the Host header instead of the path. Only SigV2 covers it.
    pub host_bucket: Option<&'a str>,
}

impl<'a> Head<'a> {
    /// The last value of a header as text, when it is valid UTF-8. The last, because RGW keeps that one of several.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get_all(name).iter().next_back().and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }
}

/// Headers and queries may carry credentials, so neither is shown.
impl std::fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Head({} {:?})", self.method, self.path)
    }
}
