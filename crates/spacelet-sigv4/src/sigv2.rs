//! The string to sign of SigV2.

use crate::Head;
use crate::encode::{decode, parameters};

/// The query parameters that SigV2 covers, in the order in which they are signed (asked of RGW 16 one by one).
const SUB_RESOURCES: [&str; 26] = [
    "acl",
    "cors",
    "delete",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

/// All choices that make up one V2 string to sign; the explanations try others than the server's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StringV2<'a> {
    pub(crate) head: Head<'a>,
    pub(crate) method: &'a str,
    pub(crate) date: &'a str,
    pub(crate) path: &'a str,
    pub(crate) bucket: Option<&'a str>,
    pub(crate) content_type: bool,
    pub(crate) sub_resources: bool,
    pub(crate) presigned: bool,
}

impl<'a> StringV2<'a> {
    /// The server's own reading. `date` is the Date header, or `Expires` of a presigned link.
    pub(crate) fn new(head: &Head<'a>, date: &'a str, presigned: bool) -> Self {
        let amz_date = !presigned && head.headers.contains_key("x-amz-date");
        Self {
            head: *head,
            method: head.method,
            date: if amz_date { "" } else { date },
            path: head.path,
            bucket: head.host_bucket,
            content_type: true,
            sub_resources: true,
            presigned,
        }
    }

    /// The bytes to sign.
    pub(crate) fn text(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        let header = |name: &str| self.head.header(name).unwrap_or_default();
        let content_type = if self.content_type { header("content-type") } else { "" };
        for part in [self.method, header("content-md5"), content_type, self.date] {
            out.extend_from_slice(part.as_bytes());
            out.push(b'\n');
        }
        self.push_amz_headers(&mut out);
        if self.presigned {
            self.push_amz_parameters(&mut out);
        }
        self.push_resource(&mut out);
        out
    }

    fn push_amz_headers(&self, out: &mut Vec<u8>) {
        let mut names: Vec<&str> =
            self.head.headers.keys().map(http::HeaderName::as_str).filter(|name| name.starts_with("x-amz-")).collect();
        names.sort_unstable();
        for name in names {
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            // DIFFERS: RGW keeps the last of repeated headers; AWS joins them, which is what clients sign.
            for (at, value) in self.head.headers.get_all(name).iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(value.as_bytes().trim_ascii());
            }
            out.push(b'\n');
        }
    }

    /// RGW signs metadata that a presigned link carries in its query.
    fn push_amz_parameters(&self, out: &mut Vec<u8>) {
        let mut found: Vec<(String, &str)> = parameters(self.head.query)
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .filter(|(name, _)| name.starts_with("x-amz-meta-") || name == "x-amz-security-token")
            .collect();
        found.sort_unstable();
        for (name, value) in found {
            for part in [name.as_str(), ":", &decode(value, true), "\n"] {
                out.extend_from_slice(part.as_bytes());
            }
        }
    }

    fn push_resource(&self, out: &mut Vec<u8>) {
        if let Some(bucket) = self.bucket {
            out.push(b'/');
            out.extend_from_slice(bucket.as_bytes());
        }
        out.extend_from_slice(self.path.as_bytes());
        let mut separator = b'?';
        for wanted in SUB_RESOURCES.into_iter().filter(|_| self.sub_resources) {
            let Some((_, value)) = parameters(self.head.query).find(|(name, _)| *name == wanted) else { continue };
            out.push(separator);
            separator = b'&';
            out.extend_from_slice(wanted.as_bytes());
            let value = decode(value, true);
            if !value.is_empty() {
                out.push(b'=');
                out.extend_from_slice(value.as_bytes());
            }
        }
    }
}
