//! The smallest request of each operation that its bucket's owner is granted, given what was prepared: a bucket with
//! the object `k`, and an upload of `k` with one part of the same content.
//!
//! `BUCKET`, `UPLOAD` and `PARTS` (the part as CompleteMultipartUpload wants it) are filled in.

/// One operation's request.
pub(crate) struct Request {
    /// As the operation table names it.
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    pub(crate) target: &'static str,
    /// Headers and body, as [`crate::support::Call::new`] reads them.
    pub(crate) rest: &'static str,
    pub(crate) setting: Setting,
    /// Operations that the owner does before.
    pub(crate) after: &'static [&'static str],
    /// True where even the owner is refused: the operation is there to say so.
    pub(crate) is_refused: bool,
}

/// What must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    Nothing,
    EmptyBucket,
    Object,
    /// A bucket made for object locks, in profile aws.
    ObjectLock,
    /// The object `k` is archived, in profile aws.
    Archived,
    /// Limited keys have no grant on the bucket, because it is to get a policy.
    NoLimitedKeys,
}

use Setting::{Archived, EmptyBucket, NoLimitedKeys, Nothing, Object, ObjectLock};

const fn of(operation: &'static str, method: &'static str, target: &'static str, rest: &'static str) -> Request {
    Request { operation, method, target, rest, setting: Object, after: &[], is_refused: false }
}

impl Request {
    const fn with(self, setting: Setting) -> Self {
        Self { setting, ..self }
    }

    const fn after(self, after: &'static [&'static str]) -> Self {
        Self { after, ..self }
    }

    const fn refused(self) -> Self {
        Self { is_refused: true, ..self }
    }
}

const POLICY: &str = "\n\n{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\
    \"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::BUCKET/public/*\"}]}";
const CORS: &str = "\n\n<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>\
    </CORSRule></CORSConfiguration>";
const LIFECYCLE: &str = "\n\n<LifecycleConfiguration><Rule><ID>a</ID><Filter><Prefix>old/</Prefix></Filter>\
    <Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>";
const TAGS: &str = "\n\n<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
const WEBSITE: &str = "\n\n<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument>\
    </WebsiteConfiguration>";
const VERSIONING: &str = "\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const ENCRYPTION: &str = "\n\n<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
    <SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";
const REPLICATION: &str = "\n\n<ReplicationConfiguration><Role>arn:aws:iam::1:role/r</Role><Rule><ID>a</ID>\
    <Priority>1</Priority><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><DeleteMarkerReplication>\
    <Status>Disabled</Status></DeleteMarkerReplication><Destination><Bucket>arn:aws:s3:::elsewhere</Bucket></Destination>\
    </Rule></ReplicationConfiguration>";
const OWNERSHIP: &str = "\n\n<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule>\
    </OwnershipControls>";
const BLOCK: &str = "\n\n<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>\
    </PublicAccessBlockConfiguration>";
const ACCELERATE: &str = "\n\n<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>";
const PAYMENT: &str = "\n\n<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";
const LOCK: &str =
    "\n\n<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
const HOLD: &str = "\n\n<LegalHold><Status>ON</Status></LegalHold>";
const RETENTION: &str = "\n\n<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate>\
    </Retention>";
const RESTORE: &str = "\n\n<RestoreRequest><Days>1</Days></RestoreRequest>";
const ANALYTICS: &str = "\n\n<AnalyticsConfiguration><Id>a</Id><StorageClassAnalysis></StorageClassAnalysis>\
    </AnalyticsConfiguration>";
const INVENTORY: &str = "\n\n<InventoryConfiguration><Id>a</Id><IsEnabled>true</IsEnabled><IncludedObjectVersions>All\
    </IncludedObjectVersions><Schedule><Frequency>Daily</Frequency></Schedule><Destination><S3BucketDestination>\
    <Bucket>arn:aws:s3:::elsewhere</Bucket><Format>CSV</Format></S3BucketDestination></Destination>\
    </InventoryConfiguration>";
const METRICS: &str = "\n\n<MetricsConfiguration><Id>a</Id></MetricsConfiguration>";
const TIERING: &str = "\n\n<IntelligentTieringConfiguration><Id>a</Id><Status>Enabled</Status><Tiering>\
    <AccessTier>ARCHIVE_ACCESS</AccessTier><Days>90</Days></Tiering></IntelligentTieringConfiguration>";
const DELETE: &str = "\nContent-MD5: 5DKh5iefM5MSKvRILIuFwQ==\n\n<Delete><Object><Key>k</Key></Object></Delete>";
const FORM: &str = "\nContent-Type: multipart/form-data; boundary=b\n\n--b\r\nContent-Disposition: form-data; \
    name=\"key\"\r\n\r\nnew\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhello\r\n--b--\r\n";
const COPY: &str = "\nx-amz-copy-source: BUCKET/k";
const PREFLIGHT: &str = "\nOrigin: http://page.test\nAccess-Control-Request-Method: GET";

/// One row for each operation that either profile serves.
#[rustfmt::skip]
pub(crate) const REQUESTS: &[Request] = &[
    of("ListBuckets", "GET", "/", "").with(Nothing),
    of("ListBuckets (HEAD)", "HEAD", "/", "").with(Nothing),
    of("CreateBucket", "PUT", "/BUCKET", "").with(Nothing),
    of("HeadBucket", "HEAD", "/BUCKET", ""),
    of("DeleteBucket", "DELETE", "/BUCKET", "").with(EmptyBucket),
    of("GetBucketLocation", "GET", "/BUCKET?location", ""),
    of("GetBucketAcl", "GET", "/BUCKET?acl", ""),
    of("PutBucketAcl", "PUT", "/BUCKET?acl", "\nx-amz-acl: private"),
    of("ListObjects", "GET", "/BUCKET", ""),
    of("ListObjectsV2", "GET", "/BUCKET?list-type=2", ""),
    of("ListMultipartUploads", "GET", "/BUCKET?uploads", ""),
    of("DeleteObjects", "POST", "/BUCKET?delete", DELETE),
    of("Preflight (bucket)", "OPTIONS", "/BUCKET", PREFLIGHT).after(&["PutBucketCors"]),
    of("PostObject", "POST", "/BUCKET", FORM),
    of("POST on a bucket without a form", "POST", "/BUCKET", "").refused(),
    of("GetObject", "GET", "/BUCKET/k", ""),
    of("HeadObject", "HEAD", "/BUCKET/k", ""),
    of("PutObject", "PUT", "/BUCKET/k", "\n\nhello"),
    of("CopyObject", "PUT", "/BUCKET/k2", COPY),
    of("DeleteObject", "DELETE", "/BUCKET/k", ""),
    of("GetObjectAcl", "GET", "/BUCKET/k?acl", ""),
    of("PutObjectAcl", "PUT", "/BUCKET/k?acl", "\nx-amz-acl: private"),
    of("CreateMultipartUpload", "POST", "/BUCKET/k?uploads", ""),
    of("UploadPart", "PUT", "/BUCKET/k?partNumber=2&uploadId=UPLOAD", "\n\nhello"),
    of("UploadPartCopy", "PUT", "/BUCKET/k?partNumber=2&uploadId=UPLOAD", COPY),
    of("CompleteMultipartUpload", "POST", "/BUCKET/k?uploadId=UPLOAD", "\n\n<CompleteMultipartUpload>PARTS</CompleteMultipartUpload>"),
    of("AbortMultipartUpload", "DELETE", "/BUCKET/k?uploadId=UPLOAD", ""),
    of("ListParts", "GET", "/BUCKET/k?uploadId=UPLOAD", ""),
    of("Preflight (object)", "OPTIONS", "/BUCKET/k", PREFLIGHT).after(&["PutBucketCors"]),
    of("GetBucketCors", "GET", "/BUCKET?cors", "").after(&["PutBucketCors"]),
    of("PutBucketCors", "PUT", "/BUCKET?cors", CORS),
    of("DeleteBucketCors", "DELETE", "/BUCKET?cors", "").after(&["PutBucketCors"]),
    of("GetBucketLifecycleConfiguration", "GET", "/BUCKET?lifecycle", "").after(&["PutBucketLifecycleConfiguration"]),
    of("PutBucketLifecycleConfiguration", "PUT", "/BUCKET?lifecycle", LIFECYCLE),
    of("DeleteBucketLifecycle", "DELETE", "/BUCKET?lifecycle", "").after(&["PutBucketLifecycleConfiguration"]),
    of("GetBucketPolicy", "GET", "/BUCKET?policy", "").with(NoLimitedKeys).after(&["PutBucketPolicy"]),
    of("PutBucketPolicy", "PUT", "/BUCKET?policy", POLICY).with(NoLimitedKeys),
    of("DeleteBucketPolicy", "DELETE", "/BUCKET?policy", "").with(NoLimitedKeys).after(&["PutBucketPolicy"]),
    of("GetBucketPolicyStatus", "GET", "/BUCKET?policyStatus", "").with(NoLimitedKeys).after(&["PutBucketPolicy"]),
    of("GetBucketWebsite", "GET", "/BUCKET?website", "").after(&["PutBucketWebsite"]),
    of("PutBucketWebsite", "PUT", "/BUCKET?website", WEBSITE),
    of("DeleteBucketWebsite", "DELETE", "/BUCKET?website", "").after(&["PutBucketWebsite"]),
    of("GetBucketVersioning", "GET", "/BUCKET?versioning", ""),
    of("PutBucketVersioning", "PUT", "/BUCKET?versioning", VERSIONING),
    of("ListObjectVersions", "GET", "/BUCKET?versions", ""),
    of("GetBucketLogging", "GET", "/BUCKET?logging", ""),
    of("PutBucketLogging", "PUT", "/BUCKET?logging", "\n\n<BucketLoggingStatus></BucketLoggingStatus>"),
    of("GetObjectTagging", "GET", "/BUCKET/k?tagging", ""),
    of("PutObjectTagging", "PUT", "/BUCKET/k?tagging", TAGS),
    of("DeleteObjectTagging", "DELETE", "/BUCKET/k?tagging", ""),
    of("GetBucketTagging", "GET", "/BUCKET?tagging", "").after(&["PutBucketTagging"]),
    of("PutBucketTagging", "PUT", "/BUCKET?tagging", TAGS),
    of("DeleteBucketTagging", "DELETE", "/BUCKET?tagging", ""),
    of("GetBucketEncryption", "GET", "/BUCKET?encryption", "").after(&["PutBucketEncryption"]),
    of("PutBucketEncryption", "PUT", "/BUCKET?encryption", ENCRYPTION),
    of("DeleteBucketEncryption", "DELETE", "/BUCKET?encryption", ""),
    of("GetBucketReplication", "GET", "/BUCKET?replication", "").after(&["PutBucketVersioning", "PutBucketReplication"]),
    of("PutBucketReplication", "PUT", "/BUCKET?replication", REPLICATION).after(&["PutBucketVersioning"]),
    of("DeleteBucketReplication", "DELETE", "/BUCKET?replication", ""),
    of("GetBucketOwnershipControls", "GET", "/BUCKET?ownershipControls", ""),
    of("PutBucketOwnershipControls", "PUT", "/BUCKET?ownershipControls", OWNERSHIP),
    of("DeleteBucketOwnershipControls", "DELETE", "/BUCKET?ownershipControls", ""),
    of("GetPublicAccessBlock", "GET", "/BUCKET?publicAccessBlock", "").after(&["PutPublicAccessBlock"]),
    of("PutPublicAccessBlock", "PUT", "/BUCKET?publicAccessBlock", BLOCK),
    of("DeletePublicAccessBlock", "DELETE", "/BUCKET?publicAccessBlock", ""),
    of("GetBucketAccelerateConfiguration", "GET", "/BUCKET?accelerate", ""),
    of("PutBucketAccelerateConfiguration", "PUT", "/BUCKET?accelerate", ACCELERATE),
    of("GetBucketNotificationConfiguration", "GET", "/BUCKET?notification", ""),
    of("PutBucketNotificationConfiguration", "PUT", "/BUCKET?notification", "\n\n<NotificationConfiguration></NotificationConfiguration>"),
    of("GetBucketRequestPayment", "GET", "/BUCKET?requestPayment", ""),
    of("PutBucketRequestPayment", "PUT", "/BUCKET?requestPayment", PAYMENT),
    of("GetObjectLockConfiguration", "GET", "/BUCKET?object-lock", "").with(ObjectLock),
    of("PutObjectLockConfiguration", "PUT", "/BUCKET?object-lock", LOCK).with(ObjectLock),
    of("GetObjectLegalHold", "GET", "/BUCKET/k?legal-hold", "").with(ObjectLock).after(&["PutObjectLegalHold"]),
    of("PutObjectLegalHold", "PUT", "/BUCKET/k?legal-hold", HOLD).with(ObjectLock),
    of("GetObjectRetention", "GET", "/BUCKET/k?retention", "").with(ObjectLock).after(&["PutObjectRetention"]),
    of("PutObjectRetention", "PUT", "/BUCKET/k?retention", RETENTION).with(ObjectLock),
    of("ListBucketAnalyticsConfigurations", "GET", "/BUCKET?analytics", ""),
    of("GetBucketAnalyticsConfiguration", "GET", "/BUCKET?analytics&id=a", "").after(&["PutBucketAnalyticsConfiguration"]),
    of("PutBucketAnalyticsConfiguration", "PUT", "/BUCKET?analytics&id=a", ANALYTICS),
    of("DeleteBucketAnalyticsConfiguration", "DELETE", "/BUCKET?analytics&id=a", "").after(&["PutBucketAnalyticsConfiguration"]),
    of("ListBucketInventoryConfigurations", "GET", "/BUCKET?inventory", ""),
    of("GetBucketInventoryConfiguration", "GET", "/BUCKET?inventory&id=a", "").after(&["PutBucketInventoryConfiguration"]),
    of("PutBucketInventoryConfiguration", "PUT", "/BUCKET?inventory&id=a", INVENTORY),
    of("DeleteBucketInventoryConfiguration", "DELETE", "/BUCKET?inventory&id=a", "").after(&["PutBucketInventoryConfiguration"]),
    of("ListBucketMetricsConfigurations", "GET", "/BUCKET?metrics", ""),
    of("GetBucketMetricsConfiguration", "GET", "/BUCKET?metrics&id=a", "").after(&["PutBucketMetricsConfiguration"]),
    of("PutBucketMetricsConfiguration", "PUT", "/BUCKET?metrics&id=a", METRICS),
    of("DeleteBucketMetricsConfiguration", "DELETE", "/BUCKET?metrics&id=a", "").after(&["PutBucketMetricsConfiguration"]),
    of("ListBucketIntelligentTieringConfigurations", "GET", "/BUCKET?intelligent-tiering", ""),
    of("GetBucketIntelligentTieringConfiguration", "GET", "/BUCKET?intelligent-tiering&id=a", "").after(&["PutBucketIntelligentTieringConfiguration"]),
    of("PutBucketIntelligentTieringConfiguration", "PUT", "/BUCKET?intelligent-tiering&id=a", TIERING),
    of("DeleteBucketIntelligentTieringConfiguration", "DELETE", "/BUCKET?intelligent-tiering&id=a", "").after(&["PutBucketIntelligentTieringConfiguration"]),
    of("GetObjectAttributes", "GET", "/BUCKET/k?attributes", "\nx-amz-object-attributes: ETag"),
    of("RestoreObject", "POST", "/BUCKET/k?restore", RESTORE).with(Archived),
    of("AppendObject (RGW)", "PUT", "/BUCKET/new?append&position=0", "\n\nhello"),
];
