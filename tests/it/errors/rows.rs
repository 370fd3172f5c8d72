//! The rows: an operation, the code it refuses with, in which profiles, what is prepared, and the request.
//!
//! There is always the bucket `BUCKET` with the object `k`, which holds `hello`; `UPLOAD` and `VERSION` are those that
//! what was prepared last answered, and `LONG` is 3,000 letters.

/// One documented error of one operation.
pub(crate) struct Row {
    /// As the operation table names it.
    pub(crate) operation: &'static str,
    pub(crate) code: &'static str,
    /// `s` for spaces, `a` for aws.
    pub(crate) profiles: &'static str,
    pub(crate) before: &'static [&'static str],
    pub(crate) request: &'static str,
}

const fn of(
    operation: &'static str,
    code: &'static str,
    profiles: &'static str,
    before: &'static [&'static str],
    request: &'static str,
) -> Row {
    Row { operation, code, profiles, before, request }
}

const UPLOAD: &str = "POST /BUCKET/k?uploads";
const PART: &str = "PUT /BUCKET/k?partNumber=1&uploadId=UPLOAD\n\nhello";
const OTHER_PART: &str = "PUT /BUCKET/k?partNumber=2&uploadId=UPLOAD\n\nhello";
const VERSIONED: &str =
    "PUT /BUCKET?versioning\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const DELETED: &str = "DELETE /BUCKET/k";
const WITH_ACLS: &str = "only aws: PUT /BUCKET?ownershipControls\n\n<OwnershipControls><Rule><ObjectOwnership>\
    ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";
const FAR: &str = "PUT /BUCKET-far\n\n<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
    </CreateBucketConfiguration>";
const SEALED: &str = "PUT /BUCKET/k\nx-amz-server-side-encryption-customer-algorithm: AES256\n\
    x-amz-server-side-encryption-customer-key: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n\
    x-amz-server-side-encryption-customer-key-MD5: KYvwGXoFFJ42a2u2GDWhwQ==\n\nhello";

/// Reads of objects.
#[rustfmt::skip]
const READS: &[Row] = &[
    of("GetObject", "InvalidRange", "sa", &[], "GET /BUCKET/k\nRange: bytes=9-"),
    of("GetObject", "PreconditionFailed", "sa", &[], "GET /BUCKET/k\nIf-Match: \"other\""),
    of("GetObject", "NotModified", "sa", &[], "GET /BUCKET/k\nIf-None-Match: \"5d41402abc4b2a76b9719d911017c592\""),
    of("GetObject", "NoSuchKey", "sa", &[VERSIONED, DELETED], "GET /BUCKET/k"),
    of("GetObject", "MethodNotAllowed", "a", &[VERSIONED, DELETED], "GET /BUCKET/k?versionId=VERSION"),
    of("GetObject", "NoSuchVersion", "a", &[VERSIONED], "GET /BUCKET/k?versionId=pnuTJ3kQR1xGKEf5zQLd0HtPXWdgcmQm"),
    of("GetObject", "InvalidRequest", "a", &[SEALED], "GET /BUCKET/k"),
    of("GetObject", "InvalidArgument", "s", &[SEALED], "GET /BUCKET/k"),
    of("GetObject", "InvalidRequest", "s", &["PUT /BUCKET/k?acl\nx-amz-acl: public-read"], "GET /BUCKET/k?response-content-type=text/html as nobody"),
    of("", "InvalidURI", "a", &[], "GET /BUCKET/%zz as nobody"),
    of("GetObject", "InvalidObjectState", "a", &["PUT /BUCKET/cold\nx-amz-storage-class: GLACIER\n\nhello"], "GET /BUCKET/cold"),
    of("GetObject", "PermanentRedirect", "a", &[FAR], "GET /BUCKET-far/k at s3.us-east-1.amazonaws.com"),
    of("HeadObject", "InvalidRange", "sa", &[], "HEAD /BUCKET/k\nRange: bytes=9-"),
    of("HeadObject", "PreconditionFailed", "sa", &[], "HEAD /BUCKET/k\nIf-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT"),
    of("HeadObject", "NotModified", "sa", &[], "HEAD /BUCKET/k\nIf-None-Match: *"),
    of("HeadObject", "MethodNotAllowed", "a", &[VERSIONED, DELETED], "HEAD /BUCKET/k?versionId=VERSION"),
    of("HeadObject", "InvalidRequest", "a", &[SEALED], "HEAD /BUCKET/k"),
    of("HeadObject", "InvalidArgument", "s", &[SEALED], "HEAD /BUCKET/k"),
    of("GetObjectAttributes", "InvalidArgument", "a", &[], "GET /BUCKET/k?attributes\nx-amz-object-attributes: Colour"),
    of("GetObjectRetention", "NoSuchObjectLockConfiguration", "a", &["PUT /BUCKET-locked\nx-amz-bucket-object-lock-enabled: true", "PUT /BUCKET-locked/k\n\nhello"], "GET /BUCKET-locked/k?retention"),
    of("GetObjectLegalHold", "NoSuchObjectLockConfiguration", "a", &["PUT /BUCKET-locked\nx-amz-bucket-object-lock-enabled: true", "PUT /BUCKET-locked/k\n\nhello"], "GET /BUCKET-locked/k?legal-hold"),
    of("GetObjectRetention", "InvalidRequest", "a", &[], "GET /BUCKET/k?retention"),
];

/// Writes of objects.
#[rustfmt::skip]
const WRITES: &[Row] = &[
    of("PutObject", "BadDigest", "sa", &[], "PUT /BUCKET/k\nContent-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==\n\nhello"),
    of("PutObject", "BadDigest", "sa", &[], "PUT /BUCKET/k\nx-amz-checksum-crc32: AAAAAA==\n\nhello"),
    of("PutObject", "InvalidDigest", "sa", &[], "PUT /BUCKET/k\nContent-MD5: bm9uZQ==\n\nhello"),
    of("PutObject", "XAmzContentSHA256Mismatch", "sa", &[], "PUT /BUCKET/k\nx-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\nhello"),
    of("PutObject", "EntityTooLarge", "sa", &[], "PUT /BUCKET/k\nContent-Length: 6000000000\nx-amz-content-sha256: UNSIGNED-PAYLOAD"),
    of("PutObject", "MetadataTooLarge", "a", &[], "PUT /BUCKET/k\nx-amz-meta-a: LONG\n\nhello"),
    of("PutObject", "InvalidArgument", "a", &[], "PUT /BUCKET/k\nx-amz-tagging: a=1&a=2\n\nhello"),
    of("PutObject", "InvalidTag", "a", &[], "PUT /BUCKET/k\nx-amz-tagging: LONG=1\n\nhello"),
    of("PutObject", "InvalidArgument", "s", &[], "PUT /BUCKET/k\nx-amz-tagging: LONG=1\n\nhello"),
    of("PutObject", "InvalidArgument", "sa", &[WITH_ACLS], "PUT /BUCKET/k\nx-amz-acl: everybody\n\nhello"),
    of("PutObject", "AccessControlListNotSupported", "a", &[], "PUT /BUCKET/k\nx-amz-acl: public-read\n\nhello"),
    of("PutObject", "PreconditionFailed", "a", &[], "PUT /BUCKET/k\nIf-None-Match: *\n\nhello"),
    of("PutObject", "NoSuchKey", "a", &[], "PUT /BUCKET/new\nIf-Match: \"5d41402abc4b2a76b9719d911017c592\"\n\nhello"),
    of("PutObject", "NotImplemented", "a", &[], "PUT /BUCKET/k\nIf-None-Match: *\nIf-Match: *\n\nhello"),
    of("PutObject", "InvalidEncryptionAlgorithmError", "a", &[], "PUT /BUCKET/k\nx-amz-server-side-encryption-customer-algorithm: AES192\nx-amz-server-side-encryption-customer-key: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\nx-amz-server-side-encryption-customer-key-MD5: KYvwGXoFFJ42a2u2GDWhwQ==\n\nhello"),
    of("PutObject", "InvalidArgument", "sa", &[], "PUT /BUCKET/k\nx-amz-server-side-encryption-customer-algorithm: AES256\nx-amz-server-side-encryption-customer-key: AAAA\nx-amz-server-side-encryption-customer-key-MD5: KYvwGXoFFJ42a2u2GDWhwQ==\n\nhello"),
    of("PutObject", "InvalidArgument", "a", &[], "PUT /BUCKET/k\nx-amz-server-side-encryption: AES192\n\nhello"),
    of("PutObject", "InvalidRequest", "s", &[], "PUT /BUCKET/k\nx-amz-server-side-encryption: AES256\n\nhello"),
    of("PutObject", "InvalidRequest", "a", &[], "PUT /BUCKET/k\nx-amz-object-lock-legal-hold: ON\n\nhello"),
    of("PutObject", "InvalidRequest", "a", &[], "PUT /BUCKET/k\nx-amz-checksum-crc32: AAAAAA==\nx-amz-checksum-sha1: qvTGHdzF6KLavt4PO0gs2a6pQ00=\n\nhello"),
    of("PutObject", "AccessDenied", "sa", &[], "PUT /BUCKET/k as B\n\nhello"),
    of("PutObject", "InvalidStorageClass", "a", &[], "PUT /BUCKET/k\nx-amz-storage-class: COLD\n\nhello"),
    of("PutObject", "KeyTooLongError", "a", &[], "PUT /BUCKET/LONG\n\nhello"),
    of("PutObject", "InvalidObjectName", "s", &[], "PUT /BUCKET/LONG\n\nhello"),
    of("RestoreObject", "InvalidObjectState", "a", &[], "POST /BUCKET/k?restore\n\n<RestoreRequest><Days>1</Days></RestoreRequest>"),
    of("RestoreObject", "RestoreAlreadyInProgress", "a", &["PUT /BUCKET/cold\nx-amz-storage-class: GLACIER\n\nhello", "POST /BUCKET/cold?restore\n\n<RestoreRequest><Days>1</Days></RestoreRequest>"], "POST /BUCKET/cold?restore\n\n<RestoreRequest><Days>1</Days></RestoreRequest>"),
    of("CopyObject", "InvalidObjectState", "a", &["PUT /BUCKET/cold\nx-amz-storage-class: GLACIER\n\nhello"], "PUT /BUCKET/c\nx-amz-copy-source: BUCKET/cold"),
    of("CopyObject", "InvalidRequest", "sa", &[], "PUT /BUCKET/k\nx-amz-copy-source: BUCKET/k"),
    of("CopyObject", "InvalidArgument", "sa", &[], "PUT /BUCKET/c\nx-amz-copy-source: BUCKET/k\nx-amz-metadata-directive: MERGE"),
    of("CopyObject", "InvalidArgument", "sa", &[], "PUT /BUCKET/c\nx-amz-copy-source: k"),
    of("CopyObject", "PreconditionFailed", "sa", &[], "PUT /BUCKET/c\nx-amz-copy-source: BUCKET/k\nx-amz-copy-source-if-match: \"other\""),
    of("CopyObject", "NoSuchKey", "sa", &[], "PUT /BUCKET/c\nx-amz-copy-source: BUCKET/absent"),
    of("CopyObject", "NoSuchBucket", "sa", &[], "PUT /BUCKET/c\nx-amz-copy-source: BUCKET-absent/k"),
    of("CopyObject", "AccessDenied", "sa", &["PUT /BUCKET-other as B", "PUT /BUCKET-other/k as B\n\nhello"], "PUT /BUCKET/c\nx-amz-copy-source: BUCKET-other/k"),
    of("CopyObject", "InvalidRequest", "a", &[VERSIONED, DELETED], "PUT /BUCKET/c\nx-amz-copy-source: BUCKET/k?versionId=VERSION"),
    of("DeleteObject", "PreconditionFailed", "a", &[], "DELETE /BUCKET/k\nIf-Match: \"other\""),
    of("DeleteObject", "AccessDenied", "a", &["PUT /BUCKET-locked\nx-amz-bucket-object-lock-enabled: true", "PUT /BUCKET-locked/k\nx-amz-object-lock-legal-hold: ON\nContent-MD5: XUFAKrxLKna5cZ2REBfFkg==\n\nhello"], "DELETE /BUCKET-locked/k?versionId=VERSION"),
    of("DeleteObjects", "MalformedXML", "a", &[], "POST /BUCKET?delete\n\n<Delete></Delete>"),
    of("PutObjectAcl", "InvalidArgument", "sa", &[WITH_ACLS], "PUT /BUCKET/k?acl\nx-amz-acl: everybody"),
    of("PutObjectAcl", "AccessControlListNotSupported", "a", &[], "PUT /BUCKET/k?acl\nx-amz-acl: public-read"),
    of("PutObjectTagging", "InvalidTag", "sa", &[], "PUT /BUCKET/k?tagging\n\n<Tagging><TagSet><Tag><Key>LONG</Key><Value>1</Value></Tag></TagSet></Tagging>"),
    of("PutObjectRetention", "InvalidRequest", "a", &[], "PUT /BUCKET/k?retention\n\n<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate></Retention>"),
    of("PutObjectLegalHold", "InvalidRequest", "a", &[], "PUT /BUCKET/k?legal-hold\n\n<LegalHold><Status>ON</Status></LegalHold>"),
    of("PostObject", "InvalidArgument", "sa", &[], "POST /BUCKET\nContent-Type: multipart/form-data; boundary=b\n\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhello\r\n--b--\r\n"),
    of("PostObject", "AccessDenied", "sa", &[], "POST /BUCKET as nobody\nContent-Type: multipart/form-data; boundary=b\n\n--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nnew\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhello\r\n--b--\r\n"),
    of("PostObject", "InvalidPolicyDocument", "a", &[], "POST /BUCKET as nobody\nContent-Type: multipart/form-data; boundary=b\n\n--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--b\r\nContent-Disposition: form-data; name=\"AWSAccessKeyId\"\r\n\r\nDO00TESTKEYAAAAAAAAA\r\n--b\r\nContent-Disposition: form-data; name=\"policy\"\r\n\r\neyJleHBpcmF0aW9uIjoic29vbiIsImNvbmRpdGlvbnMiOltdfQ==\r\n--b\r\nContent-Disposition: form-data; name=\"signature\"\r\n\r\nE0i6EHLZbNBZ+aC0L+zGgkGdKMY=\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhello\r\n--b--\r\n"),
    of("PostObject", "MalformedPOSTRequest", "a", &[], "POST /BUCKET as nobody\nContent-Type: multipart/form-data\n\nx"),
    of("POST on a bucket without a form", "InvalidArgument", "s", &[], "POST /BUCKET"),
    of("POST on a bucket without a form", "PreconditionFailed", "a", &[], "POST /BUCKET"),
    of("AppendObject (RGW)", "PositionNotEqualToLength", "s", &["PUT /BUCKET/a?append&position=0\n\nhello"], "PUT /BUCKET/a?append&position=1\n\nhello"),
    of("AppendObject (RGW)", "ObjectNotAppendable", "s", &[], "PUT /BUCKET/k?append&position=5\n\nhello"),
    of("AppendObject (RGW)", "InvalidArgument", "s", &[], "PUT /BUCKET/a?append&position=x\n\nhello"),
    of("AppendObject (RGW)", "InvalidBucketState", "s", &[VERSIONED], "PUT /BUCKET/a?append&position=0\n\nhello"),
];

/// Multipart uploads.
#[rustfmt::skip]
const UPLOADS: &[Row] = &[
    of("CreateMultipartUpload", "InvalidTag", "a", &[], "POST /BUCKET/k?uploads\nx-amz-tagging: LONG=1"),
    of("CreateMultipartUpload", "InvalidArgument", "s", &[], "POST /BUCKET/k?uploads\nx-amz-tagging: LONG=1"),
    of("CreateMultipartUpload", "AccessControlListNotSupported", "a", &[], "POST /BUCKET/k?uploads\nx-amz-acl: public-read"),
    of("CreateMultipartUpload", "InvalidRequest", "a", &[], "POST /BUCKET/k?uploads\nx-amz-checksum-algorithm: CRC128"),
    of("UploadPart", "InvalidArgument", "sa", &[UPLOAD], "PUT /BUCKET/k?partNumber=10001&uploadId=UPLOAD\n\nhello"),
    of("UploadPart", "EntityTooLarge", "sa", &[UPLOAD], "PUT /BUCKET/k?partNumber=1&uploadId=UPLOAD\nContent-Length: 6000000000\nx-amz-content-sha256: UNSIGNED-PAYLOAD"),
    of("UploadPart", "InvalidRequest", "a", &["POST /BUCKET/k?uploads\nx-amz-checksum-algorithm: CRC32"], "PUT /BUCKET/k?partNumber=1&uploadId=UPLOAD\nx-amz-checksum-sha1: qvTGHdzF6KLavt4PO0gs2a6pQ00=\n\nhello"),
    of("UploadPartCopy", "InvalidArgument", "sa", &[UPLOAD], "PUT /BUCKET/k?partNumber=1&uploadId=UPLOAD\nx-amz-copy-source: BUCKET/k\nx-amz-copy-source-range: 0-1"),
    of("UploadPartCopy", "InvalidRange", "sa", &[UPLOAD], "PUT /BUCKET/k?partNumber=1&uploadId=UPLOAD\nx-amz-copy-source: BUCKET/k\nx-amz-copy-source-range: bytes=0-9"),
    of("UploadPartCopy", "PreconditionFailed", "sa", &[UPLOAD], "PUT /BUCKET/k?partNumber=1&uploadId=UPLOAD\nx-amz-copy-source: BUCKET/k\nx-amz-copy-source-if-none-match: \"5d41402abc4b2a76b9719d911017c592\""),
    of("CompleteMultipartUpload", "InvalidPart", "sa", &[UPLOAD, PART], "POST /BUCKET/k?uploadId=UPLOAD\n\n<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>other</ETag></Part></CompleteMultipartUpload>"),
    of("CompleteMultipartUpload", "InvalidPartOrder", "sa", &[UPLOAD, PART, OTHER_PART], "POST /BUCKET/k?uploadId=UPLOAD\n\n<CompleteMultipartUpload><Part><PartNumber>2</PartNumber><ETag>5d41402abc4b2a76b9719d911017c592</ETag></Part><Part><PartNumber>1</PartNumber><ETag>5d41402abc4b2a76b9719d911017c592</ETag></Part></CompleteMultipartUpload>"),
    of("CompleteMultipartUpload", "EntityTooSmall", "sa", &[UPLOAD, PART, OTHER_PART], "POST /BUCKET/k?uploadId=UPLOAD\n\n<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>5d41402abc4b2a76b9719d911017c592</ETag></Part><Part><PartNumber>2</PartNumber><ETag>5d41402abc4b2a76b9719d911017c592</ETag></Part></CompleteMultipartUpload>"),
    of("CompleteMultipartUpload", "MalformedXML", "sa", &[UPLOAD, PART], "POST /BUCKET/k?uploadId=UPLOAD\n\n<CompleteMultipartUpload></CompleteMultipartUpload>"),
    of("CompleteMultipartUpload", "PreconditionFailed", "a", &[UPLOAD, PART], "POST /BUCKET/k?uploadId=UPLOAD\nIf-None-Match: *\n\n<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>5d41402abc4b2a76b9719d911017c592</ETag></Part></CompleteMultipartUpload>"),
    of("CompleteMultipartUpload", "InvalidRequest", "a", &[UPLOAD, PART], "POST /BUCKET/k?uploadId=UPLOAD\nx-amz-mp-object-size: 4\n\n<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>5d41402abc4b2a76b9719d911017c592</ETag></Part></CompleteMultipartUpload>"),
    of("AbortMultipartUpload", "NoSuchUpload", "sa", &[UPLOAD, "DELETE /BUCKET/k?uploadId=UPLOAD"], "DELETE /BUCKET/k?uploadId=UPLOAD"),
    of("ListParts", "NoSuchUpload", "sa", &[UPLOAD, "DELETE /BUCKET/k?uploadId=UPLOAD"], "GET /BUCKET/k?uploadId=UPLOAD"),
    of("ListParts", "InvalidArgument", "a", &[UPLOAD], "GET /BUCKET/k?uploadId=UPLOAD&max-parts=many"),
];

/// Buckets and their listings.
#[rustfmt::skip]
const BUCKETS: &[Row] = &[
    of("ListBuckets", "InvalidArgument", "a", &[], "GET /?max-buckets=0"),
    of("CreateBucket", "InvalidBucketName", "sa", &[], "PUT /Not_A_Name"),
    of("CreateBucket", "BucketAlreadyExists", "sa", &[], "PUT /BUCKET as B"),
    of("CreateBucket", "InvalidLocationConstraint", "sa", &[], "PUT /BUCKET-new\n\n<CreateBucketConfiguration><LocationConstraint>atlantis</LocationConstraint></CreateBucketConfiguration>"),
    of("CreateBucket", "IllegalLocationConstraintException", "a", &[], "PUT /BUCKET-new in eu-west-1"),
    of("CreateBucket", "InvalidBucketAclWithObjectOwnership", "a", &[], "PUT /BUCKET-new\nx-amz-acl: public-read\nx-amz-object-ownership: BucketOwnerEnforced"),
    of("CreateBucket", "InvalidBucketAclWithBlockPublicAccessError", "a", &[], "PUT /BUCKET-new\nx-amz-acl: public-read\nx-amz-object-ownership: ObjectWriter"),
    of("CreateBucket", "BucketAlreadyOwnedByYou", "a", &[FAR], "PUT /BUCKET-far\n\n<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"),
    of("CreateBucket", "MalformedXML", "a", &[], "PUT /BUCKET-new\n\n<CreateBucketConfiguration>"),
    of("CreateBucket", "InvalidArgument", "s", &[], "PUT /BUCKET-new\n\n<CreateBucketConfiguration>"),
    of("GetBucketLocation", "AuthorizationHeaderMalformed", "a", &[FAR], "GET /BUCKET-far?location"),
    of("CreateBucket", "InvalidArgument", "sa", &[], "PUT /BUCKET-new\nx-amz-object-ownership: ObjectWriter\nx-amz-acl: everybody"),
    of("CreateBucket", "NotImplemented", "s", &[], "PUT /BUCKET-new\nx-amz-bucket-object-lock-enabled: true"),
    of("DeleteBucket", "BucketNotEmpty", "sa", &[], "DELETE /BUCKET"),
    of("ListObjects", "InvalidArgument", "sa", &[], "GET /BUCKET?max-keys=many"),
    of("ListObjectsV2", "InvalidArgument", "a", &[], "GET /BUCKET?list-type=2&continuation-token=mine"),
    of("ListObjectVersions", "InvalidArgument", "sa", &[], "GET /BUCKET?versions&max-keys=many"),
    of("ListMultipartUploads", "InvalidArgument", "sa", &[], "GET /BUCKET?uploads&max-uploads=many"),
    of("Preflight (bucket)", "AccessDenied", "s", &[], "OPTIONS /BUCKET as nobody\nOrigin: http://page.test\nAccess-Control-Request-Method: GET"),
    of("Preflight (bucket)", "AccessForbidden", "a", &[], "OPTIONS /BUCKET as nobody\nOrigin: http://page.test\nAccess-Control-Request-Method: GET"),
    of("Preflight (object)", "InvalidArgument", "s", &[], "OPTIONS /BUCKET/k as nobody\nOrigin: http://page.test"),
    of("Preflight (object)", "BadRequest", "a", &[], "OPTIONS /BUCKET/k as nobody\nOrigin: http://page.test"),
];

/// What is configured of a bucket.
#[rustfmt::skip]
const CONFIGURATIONS: &[Row] = &[
    of("PutBucketAcl", "UnresolvableGrantByEmailAddress", "sa", &[WITH_ACLS], "PUT /BUCKET?acl\nx-amz-grant-read: emailAddress=\"nobody@example.com\""),
    of("PutBucketAcl", "MalformedACLError", "a", &[WITH_ACLS], "PUT /BUCKET?acl\n\n<AccessControlPolicy/>"),
    of("PutBucketAcl", "MissingSecurityHeader", "a", &[WITH_ACLS], "PUT /BUCKET?acl"),
    of("PutBucketAcl", "UnexpectedContent", "a", &[WITH_ACLS], "PUT /BUCKET?acl\nx-amz-acl: private\n\n<AccessControlPolicy/>"),
    of("PutBucketAcl", "InvalidRequest", "sa", &[WITH_ACLS], "PUT /BUCKET?acl\nx-amz-acl: private\nx-amz-grant-read: id=\"7000001\""),
    of("PutBucketAcl", "AccessControlListNotSupported", "a", &[], "PUT /BUCKET?acl\nx-amz-acl: public-read"),
    of("GetBucketCors", "NoSuchCORSConfiguration", "sa", &[], "GET /BUCKET?cors"),
    of("PutBucketCors", "MalformedXML", "sa", &[], "PUT /BUCKET?cors\n\n<CORSConfiguration><CORSRule></CORSRule></CORSConfiguration>"),
    of("GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration", "sa", &[], "GET /BUCKET?lifecycle"),
    of("PutBucketLifecycleConfiguration", "InvalidArgument", "sa", &[], "PUT /BUCKET?lifecycle\n\n<LifecycleConfiguration><Rule><ID>a</ID><Filter><Prefix>old/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>0</Days></Expiration></Rule></LifecycleConfiguration>"),
    of("PutBucketLifecycleConfiguration", "BadDigest", "sa", &[], "PUT /BUCKET?lifecycle\nContent-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==\n\n<LifecycleConfiguration><Rule><ID>a</ID><Filter><Prefix>old/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>"),
    of("GetBucketPolicy", "NoSuchBucketPolicy", "sa", &[], "GET /BUCKET?policy"),
    of("PutBucketPolicy", "MalformedPolicy", "a", &[], "PUT /BUCKET?policy\n\n{}"),
    of("PutBucketPolicy", "InvalidArgument", "s", &[], "PUT /BUCKET?policy\n\n{"),
    of("GetBucketWebsite", "NoSuchWebsiteConfiguration", "sa", &[], "GET /BUCKET?website"),
    of("PutBucketWebsite", "InvalidArgument", "a", &[], "PUT /BUCKET?website\n\n<WebsiteConfiguration></WebsiteConfiguration>"),
    of("PutBucketVersioning", "InvalidBucketState", "a", &["PUT /BUCKET-locked\nx-amz-bucket-object-lock-enabled: true"], "PUT /BUCKET-locked?versioning\n\n<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"),
    of("PutBucketLogging", "InvalidTargetBucketForLogging", "a", &[], "PUT /BUCKET?logging\n\n<BucketLoggingStatus><LoggingEnabled><TargetBucket>BUCKET-absent</TargetBucket><TargetPrefix>l/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"),
    of("PutBucketLogging", "CrossLocationLoggingProhibited", "a", &[FAR], "PUT /BUCKET?logging\n\n<BucketLoggingStatus><LoggingEnabled><TargetBucket>BUCKET-far</TargetBucket><TargetPrefix>l/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"),
    of("GetBucketTagging", "NoSuchTagSet", "a", &[], "GET /BUCKET?tagging"),
    of("PutBucketTagging", "InvalidTag", "a", &[], "PUT /BUCKET?tagging\n\n<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>a</Key><Value>2</Value></Tag></TagSet></Tagging>"),
    of("PutBucketEncryption", "MalformedXML", "a", &[], "PUT /BUCKET?encryption\n\n<ServerSideEncryptionConfiguration></ServerSideEncryptionConfiguration>"),
    of("GetBucketReplication", "ReplicationConfigurationNotFoundError", "a", &[], "GET /BUCKET?replication"),
    of("PutBucketReplication", "InvalidRequest", "a", &[], "PUT /BUCKET?replication\n\n<ReplicationConfiguration><Role>arn:aws:iam::1:role/r</Role><Rule><ID>a</ID><Priority>1</Priority><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication><Destination><Bucket>arn:aws:s3:::elsewhere</Bucket></Destination></Rule></ReplicationConfiguration>"),
    of("GetBucketOwnershipControls", "OwnershipControlsNotFoundError", "a", &["DELETE /BUCKET?ownershipControls"], "GET /BUCKET?ownershipControls"),
    of("GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration", "a", &["DELETE /BUCKET?publicAccessBlock"], "GET /BUCKET?publicAccessBlock"),
    of("GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "a", &[], "GET /BUCKET?object-lock"),
    of("PutObjectLockConfiguration", "InvalidBucketState", "a", &[], "PUT /BUCKET?object-lock\n\n<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"),
    of("PutObjectLockConfiguration", "InvalidRetentionPeriod", "a", &["PUT /BUCKET-locked\nx-amz-bucket-object-lock-enabled: true"], "PUT /BUCKET-locked?object-lock\n\n<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>0</Days></DefaultRetention></Rule></ObjectLockConfiguration>"),
    of("PutBucketNotificationConfiguration", "InvalidArgument", "a", &[], "PUT /BUCKET?notification\n\n<NotificationConfiguration><TopicConfiguration><Topic>arn:aws:sns:us-east-1:1:absent</Topic><Event>s3:ObjectPainted:*</Event></TopicConfiguration></NotificationConfiguration>"),
    of("PutBucketAccelerateConfiguration", "MalformedXML", "a", &[], "PUT /BUCKET?accelerate\n\n<AccelerateConfiguration><Status>Maybe</Status></AccelerateConfiguration>"),
    of("PutBucketRequestPayment", "MalformedXML", "a", &[], "PUT /BUCKET?requestPayment\n\n<RequestPaymentConfiguration><Payer>Me</Payer></RequestPaymentConfiguration>"),
    of("GetBucketMetricsConfiguration", "NoSuchConfiguration", "a", &[], "GET /BUCKET?metrics&id=a"),
    of("PutBucketMetricsConfiguration", "InvalidArgument", "a", &[], "PUT /BUCKET?metrics&id=b\n\n<MetricsConfiguration><Id>a</Id></MetricsConfiguration>"),
    of("GetBucketInventoryConfiguration", "NoSuchConfiguration", "a", &[], "GET /BUCKET?inventory&id=a"),
    of("GetBucketAnalyticsConfiguration", "NoSuchConfiguration", "a", &[], "GET /BUCKET?analytics&id=a"),
    of("GetBucketIntelligentTieringConfiguration", "NoSuchConfiguration", "a", &[], "GET /BUCKET?intelligent-tiering&id=a"),
];

/// Signatures, and the paths that name a bucket or an object.
#[rustfmt::skip]
const DOOR: &[Row] = &[
    of("GetObject", "AuthorizationQueryParametersError", "a", &[], "GET /BUCKET/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=DO00TESTKEYAAAAAAAAA%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00 as nobody"),
    of("GetObject", "AccessDenied", "sa", &[], "GET /BUCKET/k as B"),
];

/// All rows.
pub(crate) const ROWS: &[&[Row]] = &[READS, WRITES, UPLOADS, BUCKETS, CONFIGURATIONS, DOOR];
