//! Guesses about a V2 signature.

use super::{Hypothesis, careless_secrets, found, method_found, other_methods, secret_found, unknown};
use crate::chunk_signer::same;
use crate::encode::decode;
use crate::hash::sign_v2;
use crate::sigv2::StringV2;
use crate::{ClaimV2, Head};

pub(super) fn explain(claim: &ClaimV2, head: &Head<'_>, presigned: bool, secret: &str) -> Hypothesis {
    let base = StringV2::new(head, &claim.date, presigned);
    let matches =
        |secret: &str, text: &StringV2<'_>| same(sign_v2(secret, &text.text()).as_bytes(), claim.signature.as_bytes());
    let decoded = decode(head.path, false);
    let (bucket, rest) = split_bucket(head.path);
    let mut guesses: Vec<(&'static str, String, StringV2<'_>)> = vec![
        (
            "path-decoded",
            "the path was signed decoded; V2 signs it as it is sent".to_owned(),
            StringV2 { path: &decoded, ..base },
        ),
        (
            "host-style",
            "the bucket was left out of what was signed; V2 signs /bucket/key also when the bucket is in the host name"
                .to_owned(),
            StringV2 { bucket: None, path: if head.host_bucket.is_some() { head.path } else { rest }, ..base },
        ),
        (
            "content-type",
            "the Content-Type was not signed; the client or a proxy added it afterwards".to_owned(),
            StringV2 { content_type: false, ..base },
        ),
        (
            "sub-resource",
            "the sub-resource in the query (?acl, ?uploadId=, ...) was not signed".to_owned(),
            StringV2 { sub_resources: false, ..base },
        ),
        (
            "date",
            "the Date line was signed although x-amz-date was sent".to_owned(),
            StringV2 { date: &claim.date, ..base },
        ),
    ];
    if rest == "/" && !bucket.is_empty() && !head.path.ends_with('/') {
        let slashed = StringV2 { bucket: Some(bucket), path: "/", ..base };
        let explanation = "the bucket was signed with a / after it that was not sent".to_owned();
        guesses.push(("path-trailing-slash", explanation, slashed));
    }
    for method in other_methods(head.method) {
        guesses.push(("method", method_found(method, head.method), StringV2 { method, ..base }));
    }
    for (name, explanation, text) in guesses {
        if matches(secret, &text) {
            return found(name, explanation);
        }
    }
    for (other, how) in careless_secrets(secret) {
        if matches(&other, &base) {
            return secret_found(how);
        }
    }
    unknown("V2", &base.text())
}

/// The first segment of a path, and the path after it.
fn split_bucket(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    match path.find('/') {
        Some(at) => path.split_at(at),
        None => (path, "/"),
    }
}
