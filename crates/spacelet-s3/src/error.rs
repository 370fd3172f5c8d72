//! TABLE 2, the errors: each code once, with its status and its texts; and what a refusal carries besides.

use std::borrow::Cow;

use http::StatusCode;
use spacelet_engine::{ETag, EngineError, Region, Timestamp, VersionId};
use spacelet_sigv4::AuthError;

macro_rules! table {
    ($($code:ident $status:literal $aws:literal $rgw:literal)*) => {
        /// A wire code of S3 (AWS API reference, "List of error codes"; statuses as RGW maps them, spaces-reference 7.3).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "a variant is its wire code; the table says the rest")]
        pub enum ErrorCode { $($code,)* }

        impl ErrorCode {
            const ALL: &[Self] = &[$(Self::$code,)*];

            /// Its row of the table.
            #[must_use]
            pub fn row(self) -> ErrorRow {
                let (name, status, aws_message, rgw_message) = match self {
                    $(Self::$code => (stringify!($code), $status, $aws, $rgw),)*
                };
                ErrorRow { code: self, name, status, aws_message, rgw_message }
            }
        }
    };
}

table! {
    AccessControlListNotSupported 400 "The bucket does not allow ACLs" ""
    AccessDenied 403 "Access Denied" ""
    AccessForbidden 403 "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec." ""
    AccountProblem 403 "There is a problem with your AWS account that prevents the operation from completing successfully." ""
    AuthorizationHeaderMalformed 400 "The authorization header that you provided is not valid." ""
    AuthorizationQueryParametersError 400 "The authorization query parameters that you provided are not valid." ""
    BadDigest 400 "The Content-MD5 or checksum value that you specified did not match what the server received." ""
    BadRequest 400 "Bad Request" ""
    BucketAlreadyExists 409 "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again." ""
    BucketAlreadyOwnedByYou 409 "Your previous request to create the named bucket succeeded and you already own it." ""
    BucketNotEmpty 409 "The bucket you tried to delete is not empty." ""
    ConditionalRequestConflict 409 "The conditional request cannot succeed due to a conflicting operation against this resource." ""
    CrossLocationLoggingProhibited 403 "Cross-Region logging is not allowed. Buckets in one Region cannot log information to a bucket in another Region." ""
    EntityTooLarge 400 "Your proposed upload exceeds the maximum allowed object size." ""
    EntityTooSmall 400 "Your proposed upload is smaller than the minimum allowed object size." ""
    IllegalLocationConstraintException 400 "The location constraint is incompatible for the region specific endpoint this request was sent to." ""
    IncompleteBody 400 "You did not provide the number of bytes specified by the Content-Length HTTP header." ""
    InternalError 500 "We encountered an internal error. Please try again." ""
    InvalidAccessKeyId 403 "The AWS access key ID that you provided does not exist in our records." ""
    InvalidArgument 400 "Invalid Argument" ""
    InvalidBucketAclWithBlockPublicAccessError 400 "Bucket cannot have public ACLs set with BlockPublicAccess enabled" ""
    InvalidBucketAclWithObjectOwnership 400 "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting" ""
    InvalidBucketName 400 "The specified bucket is not valid." ""
    InvalidBucketState 409 "The request is not valid for the current state of the bucket." ""
    InvalidDigest 400 "The Content-MD5 that you specified is not valid." ""
    InvalidEncryptionAlgorithmError 400 "The encryption request that you specified is not valid. The valid value is AES256." ""
    InvalidLocationConstraint 400 "The specified location-constraint is not valid" "The specified location-constraint is not valid"
    InvalidObjectName 400 "The specified object name is not valid." ""
    InvalidObjectState 403 "The operation is not valid for the current state of the object." ""
    InvalidPart 400 "One or more of the specified parts could not be found. The part might not have been uploaded, or the specified entity tag might not have matched the part's entity tag." ""
    InvalidPartOrder 400 "The list of parts was not in ascending order. The parts list must be specified in order by part number." ""
    InvalidPolicyDocument 400 "The content of the form does not meet the conditions specified in the policy document." ""
    InvalidRange 416 "The requested range cannot be satisfied." ""
    InvalidRequest 400 "Invalid Request" ""
    InvalidRetentionPeriod 400 "The retention period is not valid." ""
    InvalidStorageClass 400 "The storage class you specified is not valid" ""
    InvalidTag 400 "The tag provided was not a valid tag." ""
    InvalidTargetBucketForLogging 400 "The target bucket for logging either does not exist, is not owned by you, or does not have the appropriate grants for the log-delivery group." ""
    InvalidURI 400 "The specified URI couldn't be parsed." ""
    KeyTooLongError 400 "Your key is too long." ""
    MalformedACLError 400 "The ACL that you provided was not well formed or did not validate against our published schema." ""
    MalformedPOSTRequest 400 "The body of your POST request is not well-formed multipart/form-data." ""
    MalformedPolicy 400 "Policies must be valid JSON and the first byte must be '{'" ""
    MalformedXML 400 "The XML that you provided was not well formed or did not validate against our published schema." ""
    MetadataTooLarge 400 "Your metadata headers exceed the maximum allowed metadata size." ""
    MethodNotAllowed 405 "The specified method is not allowed against this resource." ""
    MissingContentLength 411 "You must provide the Content-Length HTTP header." ""
    MissingSecurityHeader 400 "Your request was missing a required header" ""
    NoSuchBucket 404 "The specified bucket does not exist." ""
    NoSuchBucketPolicy 404 "The bucket policy does not exist" "The bucket policy does not exist"
    NoSuchCORSConfiguration 404 "The CORS configuration does not exist" ""
    NoSuchConfiguration 404 "The specified configuration does not exist." ""
    NoSuchKey 404 "The specified key does not exist." ""
    NoSuchLifecycleConfiguration 404 "The lifecycle configuration does not exist" ""
    NoSuchObjectLockConfiguration 404 "The specified object does not have a ObjectLock configuration" ""
    NoSuchPublicAccessBlockConfiguration 404 "The public access block configuration was not found" ""
    NoSuchTagSet 404 "The TagSet does not exist" ""
    NoSuchUpload 404 "The specified multipart upload does not exist. The upload ID might be invalid, or the multipart upload might have been aborted or completed." ""
    NoSuchVersion 404 "The version ID specified in the request does not match an existing version." ""
    NoSuchWebsiteConfiguration 404 "The specified bucket does not have a website configuration" ""
    NotImplemented 501 "A header you provided implies functionality that is not implemented." ""
    NotModified 304 "Not Modified" ""
    ObjectLockConfigurationNotFoundError 404 "Object Lock configuration does not exist for this bucket" ""
    ObjectNotAppendable 409 "The object is not appendable." ""
    OwnershipControlsNotFoundError 404 "The bucket ownership controls were not found" ""
    PermanentRedirect 301 "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint." ""
    PositionNotEqualToLength 409 "The position is not the length of the object." ""
    PreconditionFailed 412 "At least one of the preconditions you specified did not hold." ""
    ReplicationConfigurationNotFoundError 404 "The replication configuration was not found" ""
    RequestTimeTooSkewed 403 "The difference between the request time and the server's time is too large." ""
    RequestTimeout 408 "Your socket connection to the server was not read from or written to within the timeout period." ""
    RestoreAlreadyInProgress 409 "Object restore is already in progress" ""
    ServerSideEncryptionConfigurationNotFoundError 404 "The server side encryption configuration was not found" ""
    ServiceUnavailable 503 "Service is unable to handle request." ""
    SignatureDoesNotMatch 403 "The request signature that the server calculated does not match the signature that you provided. Check your secret access key and signing method." ""
    SlowDown 503 "Please reduce your request rate." "Reduce your request rate."
    TooManyBuckets 400 "You have attempted to create more buckets than are allowed for your account." ""
    TooManyConfigurations 400 "You are attempting to create a new configuration but have already reached the 1,000-configuration limit." ""
    UnexpectedContent 400 "This request does not support content" ""
    UnresolvableGrantByEmailAddress 400 "The email address that you provided does not match any account on record." "The e-mail address you provided does not match any account on record."
    UserSuspended 403 "The account is suspended." ""
    XAmzContentSHA256Mismatch 400 "The provided 'x-amz-content-sha256' header does not match what was computed." ""
}

/// One row of the error table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorRow {
    /// Which.
    pub code: ErrorCode,
    /// The wire code.
    pub name: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What AWS puts into `Message`.
    pub aws_message: &'static str,
    /// What RGW puts into `Message`: mostly nothing.
    pub rgw_message: &'static str,
}

/// The whole error table, for docs/ERRORS.md.
#[must_use]
pub fn errors() -> Vec<ErrorRow> {
    ErrorCode::ALL.iter().map(|code| code.row()).collect()
}

impl ErrorCode {
    /// The wire code.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Who writes the body of a refusal (spaces-reference 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Shape {
    /// The gateway: `Code`, `Message`, `BucketName`, `RequestId`, `HostId`.
    #[default]
    Gateway,
    /// The front proxy: `Message` "Access Denied.", `Resource`, `RequestId` "not available".
    Proxy,
    /// What the service does not offer: the long message of spaces-reference 6.
    NotOffered,
    /// The rate limiter before all else: a line an element, neither ids nor `BucketName`.
    Limiter,
    /// No body and no request id (RGW's answer to an unreadable DeleteObjects).
    Empty,
}

/// What a refusal says besides code and text: elements of AWS's error bodies, and headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The key's newest version, or the one that was named, is a delete marker.
    DeleteMarker {
        version: VersionId,
        modified: Timestamp,
        /// The request named it.
        is_named: bool,
    },
    /// There is no such object, and no delete marker either.
    NoDeleteMarker,
    /// What a conditional read would have answered.
    Unchanged { etag: ETag, modified: Timestamp },
    /// A part that is too small: its number, its length, the least length.
    Part { number: u32, bytes: u64, bytes_min: u64 },
    /// User metadata or a key that is too long: its length, the greatest length.
    Metadata { bytes: usize, bytes_max: usize },
    /// The region that the bucket is in.
    Region(Region),
    /// The region that the bucket is in, and the endpoint that it is to be addressed at.
    Endpoint { region: Region, endpoint: String },
    /// The version that was named.
    Version(String),
    /// The upload that was named.
    Upload(String),
    /// A range beyond an object of that length.
    Range { wanted: String, bytes: u64 },
    /// Headers that ask for what is not there, and what is wrong with them.
    Header { names: &'static str, why: &'static str },
    /// The source of a copy, which the refusal is about.
    Source { bucket: String, key: String, version: Option<String> },
    /// A part that is not there, or not with that ETag.
    MissingPart { upload: String, number: u32, etag: String },
    /// The condition that did not hold.
    Condition(&'static str),
    /// `x-rgw-next-append-position`: where the end is that an append missed.
    AppendPosition(u64),
    /// Headers that the signature should cover, and does not.
    HeadersNotSigned(String),
    /// The storage class that the object is in.
    StorageClass(&'static str),
    /// What a preflight announced, and of what.
    Preflight { method: String, is_object: bool },
    /// An argument and its value.
    Argument { name: &'static str, value: String },
}

/// A refusal on its way to the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct S3Error {
    pub(crate) code: ErrorCode,
    /// Instead of the table's message.
    pub(crate) message: Option<Cow<'static, str>>,
    /// Only Amazon says that message.
    pub(crate) is_amazons_message: bool,
    pub(crate) shape: Shape,
    /// What is said besides.
    pub(crate) detail: Option<Box<Detail>>,
    /// Why, in plain words: `x-spacelet-explain`, the log and the journal. Never a secret, never a list of what exists.
    pub(crate) explanation: Cow<'static, str>,
}

impl S3Error {
    pub(crate) fn new(code: ErrorCode, explanation: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: None,
            is_amazons_message: false,
            shape: Shape::Gateway,
            detail: None,
            explanation: explanation.into(),
        }
    }

    /// Puts `message` into the body where RGW has one.
    pub(crate) fn with_message(self, message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: Some(message.into()), ..self }
    }

    /// Puts `message` into Amazon's body.
    pub(crate) fn with_amazons_message(self, message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: Some(message.into()), is_amazons_message: true, ..self }
    }

    pub(crate) fn with_shape(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }

    /// Adds what is said besides.
    pub(crate) fn with_detail(self, detail: Detail) -> Self {
        Self { detail: Some(Box::new(detail)), ..self }
    }

    /// The text of `Message`.
    pub(crate) fn message(&self, is_aws: bool) -> &str {
        let row = self.code.row();
        let own = self.message.as_deref().filter(|_| is_aws || !self.is_amazons_message);
        own.unwrap_or(if is_aws { row.aws_message } else { row.rgw_message })
    }
}

impl From<EngineError> for S3Error {
    fn from(error: EngineError) -> Self {
        let (code, why) = match error {
            EngineError::NoSuchBucket => (ErrorCode::NoSuchBucket, "no Space of this name (or it was just deleted)"),
            EngineError::BucketAlreadyExists => {
                (ErrorCode::BucketAlreadyExists, "the name is taken; names are unique over all accounts and regions")
            }
            EngineError::BucketAlreadyOwnedByYou => {
                (ErrorCode::BucketAlreadyOwnedByYou, "the Space exists already and is yours")
            }
            EngineError::BucketNotEmpty => {
                (ErrorCode::BucketNotEmpty, "objects, old versions or delete markers remain in it")
            }
            EngineError::TooManyBuckets => {
                (ErrorCode::TooManyBuckets, "the account has as many Spaces as it may; the limit is a setting")
            }
            EngineError::NoSuchKey => (ErrorCode::NoSuchKey, "no object of this key"),
            EngineError::NoSuchVersion => (ErrorCode::NoSuchVersion, "the key has no version of this id"),
            EngineError::NoSuchUpload => (
                ErrorCode::NoSuchUpload,
                "no open multipart upload of this id for this key: wrong id, aborted or completed",
            ),
            EngineError::InvalidPart { number } => {
                return Self::new(
                    ErrorCode::InvalidPart,
                    format!("part {number} was not uploaded, or its ETag is another one"),
                );
            }
            EngineError::PartTooSmall { number, bytes, bytes_min } => {
                let why = format!("part {number} has {bytes} bytes; only the last part may be below the minimum");
                let detail = Detail::Part { number, bytes, bytes_min };
                return Self::new(ErrorCode::EntityTooSmall, why).with_detail(detail);
            }
            EngineError::ObjectLocked { because } => {
                return Self::new(ErrorCode::AccessDenied, because)
                    .with_message("Access Denied because object protected by object lock.");
            }
            EngineError::ConditionNotMet => {
                (ErrorCode::PreconditionFailed, "the key's current object is not as If-Match or If-None-Match demands")
            }
            EngineError::ConditionMissing => (ErrorCode::NoSuchKey, "If-Match was sent, and the key has no object"),
            EngineError::ConditionConflict => (
                ErrorCode::ConditionalRequestConflict,
                "the object that a condition was about was deleted while the request ran; read it and try again",
            ),
            EngineError::ChecksumNotMet => {
                (ErrorCode::BadDigest, "the parts make an object of another checksum than the request's header says")
            }
            EngineError::PartChecksumMissing { number } => {
                let why = format!(
                    "The upload was created using a composite checksum. The complete request must include the \
                     checksum for each part. It was missing for part {number} in the request."
                );
                return Self::new(ErrorCode::InvalidRequest, why.clone()).with_message(why);
            }
            EngineError::LengthNotMet { bytes } => {
                let why = format!("the parts make {bytes} bytes, which x-amz-mp-object-size does not say");
                return Self::new(ErrorCode::InvalidRequest, why);
            }
            EngineError::KeyAlreadyExists | EngineError::NoSuchAccount | EngineError::TooManyKeys => {
                (ErrorCode::InternalError, "an account or key changed during the request")
            }
            EngineError::Full => (
                ErrorCode::ServiceUnavailable,
                "the disk (or the memory limit) is full; nothing was written, reads go on",
            ),
            EngineError::ReadOnly => (
                ErrorCode::ServiceUnavailable,
                "an fsync failed, so the store takes no writes until the server is restarted; reads go on",
            ),
            EngineError::Closed => (ErrorCode::ServiceUnavailable, "the server is stopping"),
            EngineError::SealedBody => (
                ErrorCode::InvalidRequest,
                "the object is stored under a customer's key (SSE-C), which this request does not carry",
            ),
            EngineError::AppendPosition { bytes } => {
                let why = format!("the position is not the end of the object, which is at {bytes}");
                return Self::new(ErrorCode::PositionNotEqualToLength, why).with_detail(Detail::AppendPosition(bytes));
            }
            EngineError::ObjectNotAppendable => (
                ErrorCode::ObjectNotAppendable,
                "only what was made by appending can be appended to, and at most 10,000 times",
            ),
            EngineError::VersionedBucket => {
                (ErrorCode::InvalidBucketState, "there is no appending in a Space whose versioning was ever set")
            }
            EngineError::CorruptBody { detail } => {
                return Self::new(ErrorCode::InternalError, format!("the stored body is damaged: {detail}"));
            }
            EngineError::Storage { detail } => {
                return Self::new(ErrorCode::InternalError, format!("the store failed: {detail}"));
            }
        };
        Self::new(code, why)
    }
}

impl From<AuthError> for S3Error {
    fn from(error: AuthError) -> Self {
        let code = match error {
            AuthError::Malformed(_) => ErrorCode::InvalidArgument,
            AuthError::Unacceptable(_) | AuthError::Expired { .. } => ErrorCode::AccessDenied,
            AuthError::Skewed { .. } => ErrorCode::RequestTimeTooSkewed,
            AuthError::Mismatch => ErrorCode::SignatureDoesNotMatch,
        };
        let refusal = Self::new(code, error.explanation());
        match error {
            AuthError::Expired { .. } => refusal.with_amazons_message("Request has expired"),
            AuthError::Unacceptable(_) => {
                refusal.with_amazons_message("AWS authentication requires a valid Date or x-amz-date header")
            }
            AuthError::Malformed(_) | AuthError::Skewed { .. } | AuthError::Mismatch => refusal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_part_is_told_the_least_length_that_is_set() {
        let refusal = S3Error::from(EngineError::PartTooSmall { number: 2, bytes: 3, bytes_min: 7 });
        let told = Detail::Part { number: 2, bytes: 3, bytes_min: 7 };
        assert_eq!((refusal.code, refusal.detail), (ErrorCode::EntityTooSmall, Some(Box::new(told))));
    }

    #[test]
    fn each_code_once_in_order_with_a_legal_status() {
        let rows = errors();
        assert!(rows.windows(2).all(|pair| matches!(pair, [a, b] if a.name < b.name)));
        for row in rows {
            assert_eq!(row.code.status().as_u16(), row.status, "{}", row.name);
            assert!(!row.aws_message.is_empty(), "{}", row.name);
        }
    }
}
