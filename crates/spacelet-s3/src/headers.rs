//! The header names of S3 that HTTP does not have.

use http::{HeaderName, HeaderValue};

macro_rules! names {
    ($($constant:ident $name:literal)*) => {
        $(pub(crate) const $constant: HeaderName = HeaderName::from_static($name);)*
    };
}

names! {
    REQUEST_ID "x-amz-request-id"
    ACL "x-amz-acl"
    CONTENT_MD5 "content-md5"
    CONTENT_SHA256 "x-amz-content-sha256"
    DECODED_CONTENT_LENGTH "x-amz-decoded-content-length"
    COPY_SOURCE "x-amz-copy-source"
    COPY_SOURCE_RANGE "x-amz-copy-source-range"
    VERSION_ID "x-amz-version-id"
    EXPIRATION "x-amz-expiration"
    ABORT_DATE "x-amz-abort-date"
    ABORT_RULE_ID "x-amz-abort-rule-id"
    COPY_SOURCE_VERSION_ID "x-amz-copy-source-version-id"
    DELETE_MARKER "x-amz-delete-marker"
    WEBSITE_REDIRECT "x-amz-website-redirect-location"
    PARTS_COUNT "x-amz-mp-parts-count"
    BUCKET_REGION "x-amz-bucket-region"
    ACCESS_POINT_ALIAS "x-amz-access-point-alias"
    HOST_ID "x-amz-id-2"
    OBJECT_TYPE "x-rgw-object-type"
    NEXT_APPEND_POSITION "x-rgw-next-append-position"
    OBJECT_COUNT "x-rgw-object-count"
    BYTES_USED "x-rgw-bytes-used"
    QUOTA_USER_SIZE "x-rgw-quota-user-size"
    QUOTA_USER_OBJECTS "x-rgw-quota-user-objects"
    QUOTA_MAX_BUCKETS "x-rgw-quota-max-buckets"
    QUOTA_BUCKET_SIZE "x-rgw-quota-bucket-size"
    QUOTA_BUCKET_OBJECTS "x-rgw-quota-bucket-objects"
}

/// `Accept-Ranges` of objects and uploads.
pub(crate) const BYTES: HeaderValue = HeaderValue::from_static("bytes");
