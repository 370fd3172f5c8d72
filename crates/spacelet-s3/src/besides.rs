//! Permissions that a write takes besides its own, for what its headers ask (S3 user guide, "Required permissions for
//! Amazon S3 API operations"; API reference, PutObject, CopyObject, CreateMultipartUpload).

use http::HeaderMap;
use spacelet_engine::ObjectInfo;

use crate::Profile;
use crate::circumstances::text;
use crate::operation::Operation;

/// The permission that an object's tags take.
pub(crate) const TAGGING: &str = "s3:PutObjectTagging";
/// Permissions, and the headers that take them.
const ASKED: [(&str, &[&str]); 4] = [
    (
        "s3:PutObjectAcl",
        &[
            "x-amz-acl",
            "x-amz-grant-read",
            "x-amz-grant-write",
            "x-amz-grant-read-acp",
            "x-amz-grant-write-acp",
            "x-amz-grant-full-control",
        ],
    ),
    (TAGGING, &["x-amz-tagging"]),
    ("s3:PutObjectRetention", &["x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"]),
    ("s3:PutObjectLegalHold", &["x-amz-object-lock-legal-hold"]),
];

/// What a request that makes an object of this key takes besides.
pub(crate) fn actions<'a>(
    profile: &Profile,
    operation: Operation,
    headers: &'a HeaderMap,
) -> impl Iterator<Item = &'static str> + use<'a> {
    use Operation as Op;
    let makes = matches!(operation, Op::PutObject | Op::CopyObject | Op::CreateMultipartUpload | Op::PostObject);
    let looks = makes && profile.headers_take_permissions;
    let is_asked = |name: &&str| text(headers, *name).is_some_and(|value| !value.is_empty());
    let asked = ASKED.into_iter().filter(move |(_, names)| looks && names.iter().any(is_asked));
    asked.map(|(action, _)| action)
}

/// What a read takes besides: whoever asks for an object's attributes must be able to read it (API reference,
/// GetObjectAttributes).
pub(crate) fn of_read(profile: &Profile, operation: Operation) -> Option<&'static str> {
    (profile.headers_take_permissions && operation == Operation::GetObjectAttributes).then_some("s3:GetObject")
}

/// Whether a copy takes its source's tags, so that they must be readable and writable.
pub(crate) fn copies_tags(profile: &Profile, operation: Operation, headers: &HeaderMap, source: &ObjectInfo) -> bool {
    let replaces = text(headers, "x-amz-tagging-directive").is_some_and(|word| word.eq_ignore_ascii_case("REPLACE"));
    profile.headers_take_permissions && operation == Operation::CopyObject && !replaces && !source.meta.tags.is_empty()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn headers_take_permissions() {
        let taken = |profile: &Profile, operation, names: &[&str]| {
            let mut headers = HeaderMap::new();
            for name in names {
                headers.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::from_static("x"));
            }
            actions(profile, operation, &headers).collect::<Vec<_>>()
        };
        let put = |names| taken(&Profile::AWS, Operation::PutObject, names);
        assert!(put(&["x-amz-storage-class"]).is_empty());
        assert_eq!(put(&["x-amz-acl"]), ["s3:PutObjectAcl"]);
        assert_eq!(put(&["x-amz-grant-read", "x-amz-tagging"]), ["s3:PutObjectAcl", "s3:PutObjectTagging"]);
        let locks = ["x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"];
        assert_eq!(put(&locks), ["s3:PutObjectRetention", "s3:PutObjectLegalHold"]);
        assert!(taken(&Profile::AWS, Operation::UploadPart, &locks).is_empty());
        assert!(taken(&Profile::SPACES, Operation::PutObject, &["x-amz-acl"]).is_empty());
    }
}
