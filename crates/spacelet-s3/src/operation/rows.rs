//! The rows of TABLE 1. Built operations first, then what comes later, then what Spaces does not offer
//! (spaces-reference 6; the sub-resources of AWS's API reference).

use spacelet_engine::access::Need;

use super::Scope::{Bucket, Object, Service};
use super::Status::{Built, Ignored, NotAllowed, NotImplemented, NotOffered, Withdrawn};
use super::When::{Form, Has, Header, Is, Set};
use super::{Row, Subject, Verb};

/// What is served: `ops.rs` has one arm for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    ListBuckets,
    CreateBucket,
    HeadBucket,
    DeleteBucket,
    GetBucketLocation,
    GetBucketAcl,
    PutBucketAcl,
    ListObjects,
    ListObjectsV2,
    ListMultipartUploads,
    DeleteObjects,
    GetBucketCors,
    PutBucketCors,
    DeleteBucketCors,
    GetBucketLifecycle,
    PutBucketLifecycle,
    DeleteBucketLifecycle,
    GetBucketPolicy,
    PutBucketPolicy,
    DeleteBucketPolicy,
    GetBucketPolicyStatus,
    GetBucketLogging,
    PutBucketLogging,
    GetBucketWebsite,
    PutBucketWebsite,
    DeleteBucketWebsite,
    Preflight,
    GetBucketVersioning,
    PutBucketVersioning,
    ListObjectVersions,
    GetObjectTagging,
    PutObjectTagging,
    DeleteObjectTagging,
    PostObject,
    PostWithoutForm,
    GetObject,
    HeadObject,
    GetObjectAttributes,
    PutObject,
    AppendObject,
    CopyObject,
    DeleteObject,
    GetObjectAcl,
    PutObjectAcl,
    CreateMultipartUpload,
    UploadPart,
    UploadPartCopy,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
    GetBucketTagging,
    PutBucketTagging,
    DeleteBucketTagging,
    GetBucketEncryption,
    PutBucketEncryption,
    DeleteBucketEncryption,
    GetBucketReplication,
    PutBucketReplication,
    DeleteBucketReplication,
    GetBucketOwnershipControls,
    PutBucketOwnershipControls,
    DeleteBucketOwnershipControls,
    GetPublicAccessBlock,
    PutPublicAccessBlock,
    DeletePublicAccessBlock,
    GetBucketAccelerate,
    PutBucketAccelerate,
    GetBucketNotification,
    PutBucketNotification,
    GetBucketRequestPayment,
    PutBucketRequestPayment,
    GetObjectLockConfiguration,
    PutObjectLockConfiguration,
    RestoreObject,
    GetObjectLegalHold,
    PutObjectLegalHold,
    GetObjectRetention,
    PutObjectRetention,
    ListBucketAnalytics,
    GetBucketAnalytics,
    PutBucketAnalytics,
    DeleteBucketAnalytics,
    ListBucketInventory,
    GetBucketInventory,
    PutBucketInventory,
    DeleteBucketInventory,
    ListBucketMetrics,
    GetBucketMetrics,
    PutBucketMetrics,
    DeleteBucketMetrics,
    ListBucketIntelligentTiering,
    GetBucketIntelligentTiering,
    PutBucketIntelligentTiering,
    DeleteBucketIntelligentTiering,
    /// Refused while the request is resolved.
    Unserved,
}

macro_rules! rows {
    ($($name:literal $operation:ident: $verb:ident $scope:ident [$($when:expr),*] $need:ident $action:literal $subject:ident $spaces:ident $aws:ident)*) => {
        &[$(Row {
            name: $name,
            operation: Operation::$operation,
            verb: Verb::$verb,
            scope: $scope,
            when: &[$($when),*],
            need: Need::$need,
            action: $action,
            subject: Subject::$subject,
            spaces: $spaces,
            aws: $aws,
        }),*]
    };
}

/// `NAME OPERATION: METHOD SCOPE [WHEN] NEED ACTION SUBJECT spaces aws`.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = rows! {
    "ListBuckets" ListBuckets: Get Service [] Signed "s3:ListAllMyBuckets" Nothing Built Built
    "ListBuckets (HEAD)" ListBuckets: Head Service [] Signed "s3:ListAllMyBuckets" Nothing Built Built
    "CreateBucket" CreateBucket: Put Bucket [] Signed "s3:CreateBucket" NewBucket Built Built
    "HeadBucket" HeadBucket: Head Bucket [] BucketRead "s3:ListBucket" Bucket Built Built
    "DeleteBucket" DeleteBucket: Delete Bucket [] BucketDelete "s3:DeleteBucket" Bucket Built Built
    "GetBucketLocation" GetBucketLocation: Get Bucket [Has("location")] BucketState "s3:GetBucketLocation" Bucket Built Built
    "GetBucketAcl" GetBucketAcl: Get Bucket [Has("acl")] BucketReadAcp "s3:GetBucketAcl" Bucket Built Built
    "PutBucketAcl" PutBucketAcl: Put Bucket [Has("acl")] BucketWriteAcp "s3:PutBucketAcl" Bucket Built Built
    "ListObjects" ListObjects: Get Bucket [] BucketRead "s3:ListBucket" Bucket Built Built
    "ListObjectsV2" ListObjectsV2: Get Bucket [Is("list-type", "2")] BucketRead "s3:ListBucket" Bucket Built Built
    "ListMultipartUploads" ListMultipartUploads: Get Bucket [Has("uploads")] BucketRead "s3:ListBucketMultipartUploads" Bucket Built Built
    "DeleteObjects" DeleteObjects: Post Bucket [Has("delete")] Nothing "s3:DeleteObject" Bucket Built Built
    "Preflight (bucket)" Preflight: Options Bucket [] Nothing "-" Bucket Built Built
    "PostObject" PostObject: Post Bucket [Form] Nothing "s3:PutObject" Bucket Built Built
    "POST on a bucket without a form" PostWithoutForm: Post Bucket [] Nothing "-" Bucket Built Built
    "GetObject" GetObject: Get Object [] ObjectRead "s3:GetObject" Object Built Built
    "HeadObject" HeadObject: Head Object [] ObjectRead "s3:GetObject" Object Built Built
    "PutObject" PutObject: Put Object [] BucketWrite "s3:PutObject" Key Built Built
    "AppendObject (RGW)" AppendObject: Put Object [Has("append")] BucketWrite "s3:PutObject" Key Built Ignored
    "CopyObject" CopyObject: Put Object [Header("x-amz-copy-source")] BucketWrite "s3:PutObject" Copy Built Built
    "DeleteObject" DeleteObject: Delete Object [] BucketWrite "s3:DeleteObject" Key Built Built
    "GetObjectAcl" GetObjectAcl: Get Object [Has("acl")] ObjectReadAcp "s3:GetObjectAcl" Object Built Built
    "PutObjectAcl" PutObjectAcl: Put Object [Has("acl")] ObjectWriteAcp "s3:PutObjectAcl" Object Built Built
    "CreateMultipartUpload" CreateMultipartUpload: Post Object [Has("uploads")] BucketWrite "s3:PutObject" Key Built Built
    "UploadPart" UploadPart: Put Object [Set("uploadId")] BucketWrite "s3:PutObject" Key Built Built
    "UploadPartCopy" UploadPartCopy: Put Object [Set("uploadId"), Header("x-amz-copy-source")] BucketWrite "s3:PutObject" Copy Built Built
    "CompleteMultipartUpload" CompleteMultipartUpload: Post Object [Has("uploadId")] BucketWrite "s3:PutObject" Key Built Built
    "AbortMultipartUpload" AbortMultipartUpload: Delete Object [Set("uploadId")] Nothing "s3:AbortMultipartUpload" Key Built Built
    "ListParts" ListParts: Get Object [Has("uploadId")] Nothing "s3:ListMultipartUploadParts" Key Built Built
    "Preflight (object)" Preflight: Options Object [] Nothing "-" Bucket Built Built
    "POST on an object without a sub-resource" Unserved: Post Object [] Nothing "-" Key NotImplemented NotAllowed
    "GetBucketCors" GetBucketCors: Get Bucket [Has("cors")] BucketConfigure "s3:GetBucketCORS" Bucket Built Built
    "PutBucketCors" PutBucketCors: Put Bucket [Has("cors")] BucketConfigure "s3:PutBucketCORS" Bucket Built Built
    "DeleteBucketCors" DeleteBucketCors: Delete Bucket [Has("cors")] BucketConfigure "s3:PutBucketCORS" Bucket Built Built
    "GetBucketLifecycleConfiguration" GetBucketLifecycle: Get Bucket [Has("lifecycle")] BucketConfigure "s3:GetLifecycleConfiguration" Bucket Built Built
    "PutBucketLifecycleConfiguration" PutBucketLifecycle: Put Bucket [Has("lifecycle")] BucketConfigure "s3:PutLifecycleConfiguration" Bucket Built Built
    "DeleteBucketLifecycle" DeleteBucketLifecycle: Delete Bucket [Has("lifecycle")] BucketConfigure "s3:PutLifecycleConfiguration" Bucket Built Built
    "GetBucketPolicy" GetBucketPolicy: Get Bucket [Has("policy")] BucketConfigure "s3:GetBucketPolicy" Bucket Built Built
    "PutBucketPolicy" PutBucketPolicy: Put Bucket [Has("policy")] BucketConfigure "s3:PutBucketPolicy" Bucket Built Built
    "DeleteBucketPolicy" DeleteBucketPolicy: Delete Bucket [Has("policy")] BucketConfigure "s3:DeleteBucketPolicy" Bucket Built Built
    "GetBucketWebsite" GetBucketWebsite: Get Bucket [Has("website")] BucketConfigure "s3:GetBucketWebsite" Bucket Built Built
    "PutBucketWebsite" PutBucketWebsite: Put Bucket [Has("website")] BucketConfigure "s3:PutBucketWebsite" Bucket Built Built
    "DeleteBucketWebsite" DeleteBucketWebsite: Delete Bucket [Has("website")] BucketConfigure "s3:DeleteBucketWebsite" Bucket Built Built
    "GetBucketVersioning" GetBucketVersioning: Get Bucket [Has("versioning")] BucketState "s3:GetBucketVersioning" Bucket Built Built
    "PutBucketVersioning" PutBucketVersioning: Put Bucket [Has("versioning")] BucketConfigure "s3:PutBucketVersioning" Bucket Built Built
    "ListObjectVersions" ListObjectVersions: Get Bucket [Has("versions")] BucketRead "s3:ListBucketVersions" Bucket Built Built
    "GetBucketLogging" GetBucketLogging: Get Bucket [Has("logging")] BucketConfigure "s3:GetBucketLogging" Bucket Built Built
    "PutBucketLogging" PutBucketLogging: Put Bucket [Has("logging")] BucketConfigure "s3:PutBucketLogging" Bucket Built Built
    "DELETE of a bucket's logging" Unserved: Delete Bucket [Has("logging")] BucketConfigure "s3:PutBucketLogging" Bucket NotAllowed NotAllowed
    "GetObjectTagging" GetObjectTagging: Get Object [Has("tagging")] ObjectRead "s3:GetObjectTagging" Object Built Built
    "PutObjectTagging" PutObjectTagging: Put Object [Has("tagging")] BucketWrite "s3:PutObjectTagging" Object Built Built
    "DeleteObjectTagging" DeleteObjectTagging: Delete Object [Has("tagging")] BucketWrite "s3:DeleteObjectTagging" Object Built Built
    "GetBucketTagging" GetBucketTagging: Get Bucket [Has("tagging")] BucketConfigure "s3:GetBucketTagging" Bucket NotOffered Built
    "PutBucketTagging" PutBucketTagging: Put Bucket [Has("tagging")] BucketConfigure "s3:PutBucketTagging" Bucket NotOffered Built
    "DeleteBucketTagging" DeleteBucketTagging: Delete Bucket [Has("tagging")] BucketConfigure "s3:PutBucketTagging" Bucket NotOffered Built
    "GetBucketEncryption" GetBucketEncryption: Get Bucket [Has("encryption")] BucketConfigure "s3:GetEncryptionConfiguration" Bucket NotOffered Built
    "PutBucketEncryption" PutBucketEncryption: Put Bucket [Has("encryption")] BucketConfigure "s3:PutEncryptionConfiguration" Bucket NotOffered Built
    "DeleteBucketEncryption" DeleteBucketEncryption: Delete Bucket [Has("encryption")] BucketConfigure "s3:PutEncryptionConfiguration" Bucket NotOffered Built
    "GetBucketReplication" GetBucketReplication: Get Bucket [Has("replication")] BucketConfigure "s3:GetReplicationConfiguration" Bucket NotOffered Built
    "PutBucketReplication" PutBucketReplication: Put Bucket [Has("replication")] BucketConfigure "s3:PutReplicationConfiguration" Bucket NotOffered Built
    "DeleteBucketReplication" DeleteBucketReplication: Delete Bucket [Has("replication")] BucketConfigure "s3:PutReplicationConfiguration" Bucket NotOffered Built
    "GetBucketOwnershipControls" GetBucketOwnershipControls: Get Bucket [Has("ownershipControls")] BucketConfigure "s3:GetBucketOwnershipControls" Bucket NotOffered Built
    "PutBucketOwnershipControls" PutBucketOwnershipControls: Put Bucket [Has("ownershipControls")] BucketConfigure "s3:PutBucketOwnershipControls" Bucket NotOffered Built
    "DeleteBucketOwnershipControls" DeleteBucketOwnershipControls: Delete Bucket [Has("ownershipControls")] BucketConfigure "s3:PutBucketOwnershipControls" Bucket NotOffered Built
    "GetPublicAccessBlock" GetPublicAccessBlock: Get Bucket [Has("publicAccessBlock")] BucketConfigure "s3:GetBucketPublicAccessBlock" Bucket NotOffered Built
    "PutPublicAccessBlock" PutPublicAccessBlock: Put Bucket [Has("publicAccessBlock")] BucketConfigure "s3:PutBucketPublicAccessBlock" Bucket NotOffered Built
    "DeletePublicAccessBlock" DeletePublicAccessBlock: Delete Bucket [Has("publicAccessBlock")] BucketConfigure "s3:PutBucketPublicAccessBlock" Bucket NotOffered Built
    "GetBucketAccelerateConfiguration" GetBucketAccelerate: Get Bucket [Has("accelerate")] BucketConfigure "s3:GetAccelerateConfiguration" Bucket NotOffered Built
    "PutBucketAccelerateConfiguration" PutBucketAccelerate: Put Bucket [Has("accelerate")] BucketConfigure "s3:PutAccelerateConfiguration" Bucket NotOffered Built
    "GetBucketNotificationConfiguration" GetBucketNotification: Get Bucket [Has("notification")] BucketConfigure "s3:GetBucketNotification" Bucket NotOffered Built
    "PutBucketNotificationConfiguration" PutBucketNotification: Put Bucket [Has("notification")] BucketConfigure "s3:PutBucketNotification" Bucket NotOffered Built
    "GetBucketRequestPayment" GetBucketRequestPayment: Get Bucket [Has("requestPayment")] BucketConfigure "s3:GetBucketRequestPayment" Bucket NotOffered Built
    "PutBucketRequestPayment" PutBucketRequestPayment: Put Bucket [Has("requestPayment")] BucketConfigure "s3:PutBucketRequestPayment" Bucket NotOffered Built
    "DeleteBucketNotification (RGW)" Unserved: Delete Bucket [Has("notification")] BucketConfigure "s3:PutBucketNotification" Bucket NotOffered NotAllowed
    "DeleteBucketAccelerate" Unserved: Delete Bucket [Has("accelerate")] BucketConfigure "s3:PutAccelerateConfiguration" Bucket NotOffered NotAllowed
    "ListBucketAnalyticsConfigurations" ListBucketAnalytics: Get Bucket [Has("analytics")] BucketConfigure "s3:GetAnalyticsConfiguration" Bucket NotOffered Built
    "GetBucketAnalyticsConfiguration" GetBucketAnalytics: Get Bucket [Has("analytics"), Has("id")] BucketConfigure "s3:GetAnalyticsConfiguration" Bucket NotOffered Built
    "PutBucketAnalyticsConfiguration" PutBucketAnalytics: Put Bucket [Has("analytics")] BucketConfigure "s3:PutAnalyticsConfiguration" Bucket NotOffered Built
    "DeleteBucketAnalyticsConfiguration" DeleteBucketAnalytics: Delete Bucket [Has("analytics")] BucketConfigure "s3:PutAnalyticsConfiguration" Bucket NotOffered Built
    "ListBucketInventoryConfigurations" ListBucketInventory: Get Bucket [Has("inventory")] BucketConfigure "s3:GetInventoryConfiguration" Bucket NotOffered Built
    "GetBucketInventoryConfiguration" GetBucketInventory: Get Bucket [Has("inventory"), Has("id")] BucketConfigure "s3:GetInventoryConfiguration" Bucket NotOffered Built
    "PutBucketInventoryConfiguration" PutBucketInventory: Put Bucket [Has("inventory")] BucketConfigure "s3:PutInventoryConfiguration" Bucket NotOffered Built
    "DeleteBucketInventoryConfiguration" DeleteBucketInventory: Delete Bucket [Has("inventory")] BucketConfigure "s3:PutInventoryConfiguration" Bucket NotOffered Built
    "ListBucketMetricsConfigurations" ListBucketMetrics: Get Bucket [Has("metrics")] BucketConfigure "s3:GetMetricsConfiguration" Bucket NotOffered Built
    "GetBucketMetricsConfiguration" GetBucketMetrics: Get Bucket [Has("metrics"), Has("id")] BucketConfigure "s3:GetMetricsConfiguration" Bucket NotOffered Built
    "PutBucketMetricsConfiguration" PutBucketMetrics: Put Bucket [Has("metrics")] BucketConfigure "s3:PutMetricsConfiguration" Bucket NotOffered Built
    "DeleteBucketMetricsConfiguration" DeleteBucketMetrics: Delete Bucket [Has("metrics")] BucketConfigure "s3:PutMetricsConfiguration" Bucket NotOffered Built
    "ListBucketIntelligentTieringConfigurations" ListBucketIntelligentTiering: Get Bucket [Has("intelligent-tiering")] BucketConfigure "s3:GetIntelligentTieringConfiguration" Bucket NotOffered Built
    "GetBucketIntelligentTieringConfiguration" GetBucketIntelligentTiering: Get Bucket [Has("intelligent-tiering"), Has("id")] BucketConfigure "s3:GetIntelligentTieringConfiguration" Bucket NotOffered Built
    "PutBucketIntelligentTieringConfiguration" PutBucketIntelligentTiering: Put Bucket [Has("intelligent-tiering")] BucketConfigure "s3:PutIntelligentTieringConfiguration" Bucket NotOffered Built
    "DeleteBucketIntelligentTieringConfiguration" DeleteBucketIntelligentTiering: Delete Bucket [Has("intelligent-tiering")] BucketConfigure "s3:PutIntelligentTieringConfiguration" Bucket NotOffered Built
    "GetBucketPolicyStatus" GetBucketPolicyStatus: Get Bucket [Has("policyStatus")] BucketConfigure "s3:GetBucketPolicyStatus" Bucket NotOffered Built
    "GetObjectLockConfiguration" GetObjectLockConfiguration: Get Bucket [Has("object-lock")] BucketConfigure "s3:GetBucketObjectLockConfiguration" Bucket NotOffered Built
    "PutObjectLockConfiguration" PutObjectLockConfiguration: Put Bucket [Has("object-lock")] BucketConfigure "s3:PutBucketObjectLockConfiguration" Bucket NotOffered Built
    "DeleteObjectLockConfiguration" Unserved: Delete Bucket [Has("object-lock")] BucketConfigure "s3:PutBucketObjectLockConfiguration" Bucket NotOffered NotAllowed
    "DeleteBucketRequestPayment" Unserved: Delete Bucket [Has("requestPayment")] BucketConfigure "s3:PutBucketRequestPayment" Bucket NotOffered NotAllowed
    "CreateSession" Unserved: Get Bucket [Has("session")] BucketRead "s3express:CreateSession" Bucket NotOffered NotOffered
    "GetBucketMetadataConfiguration" Unserved: Get Bucket [Has("metadataConfiguration")] BucketConfigure "s3:GetBucketMetadataConfiguration" Bucket NotOffered NotOffered
    "CreateBucketMetadataConfiguration" Unserved: Post Bucket [Has("metadataConfiguration")] BucketConfigure "s3:CreateBucketMetadataConfiguration" Bucket NotOffered NotOffered
    "DeleteBucketMetadataConfiguration" Unserved: Delete Bucket [Has("metadataConfiguration")] BucketConfigure "s3:DeleteBucketMetadataConfiguration" Bucket NotOffered NotOffered
    "GetBucketMetadataTableConfiguration" Unserved: Get Bucket [Has("metadataTable")] BucketConfigure "s3:GetBucketMetadataTableConfiguration" Bucket NotOffered NotOffered
    "CreateBucketMetadataTableConfiguration" Unserved: Post Bucket [Has("metadataTable")] BucketConfigure "s3:CreateBucketMetadataTableConfiguration" Bucket NotOffered NotOffered
    "DeleteBucketMetadataTableConfiguration" Unserved: Delete Bucket [Has("metadataTable")] BucketConfigure "s3:DeleteBucketMetadataTableConfiguration" Bucket NotOffered NotOffered
    "GetObjectLegalHold" GetObjectLegalHold: Get Object [Has("legal-hold")] ObjectRead "s3:GetObjectLegalHold" Object NotOffered Built
    "PutObjectLegalHold" PutObjectLegalHold: Put Object [Has("legal-hold")] BucketWrite "s3:PutObjectLegalHold" Object NotOffered Built
    "GetObjectRetention" GetObjectRetention: Get Object [Has("retention")] ObjectRead "s3:GetObjectRetention" Object NotOffered Built
    "PutObjectRetention" PutObjectRetention: Put Object [Has("retention")] BucketWrite "s3:PutObjectRetention" Object NotOffered Built
    "DeleteObjectLegalHold" Unserved: Delete Object [Has("legal-hold")] BucketWrite "s3:PutObjectLegalHold" Key NotOffered NotAllowed
    "DeleteObjectRetention" Unserved: Delete Object [Has("retention")] BucketWrite "s3:PutObjectRetention" Key NotOffered NotAllowed
    "GetObjectTorrent" Unserved: Get Object [Has("torrent")] ObjectRead "s3:GetObjectTorrent" Object NotOffered Withdrawn
    "GetObjectAttributes" GetObjectAttributes: Get Object [Has("attributes")] ObjectRead "s3:GetObjectAttributes" Object Ignored Built
    "RestoreObject" RestoreObject: Post Object [Has("restore")] BucketConfigure "s3:RestoreObject" Object NotOffered Built
    "SelectObjectContent" Unserved: Post Object [Has("select")] ObjectRead "s3:GetObject" Object NotOffered NotOffered
    "RenameObject" Unserved: Put Object [Has("renameObject")] BucketWrite "s3:RenameObject" Object NotOffered NotOffered
    "GetBucketAbac" Unserved: Get Bucket [Has("abac")] BucketConfigure "s3:GetBucketABAC" Bucket NotOffered NotOffered
    "PutBucketAbac" Unserved: Put Bucket [Has("abac")] BucketConfigure "s3:PutBucketABAC" Bucket NotOffered NotOffered
    "UpdateBucketMetadataInventoryTableConfiguration" Unserved: Put Bucket [Has("metadataInventoryTable")] BucketConfigure "s3:UpdateBucketMetadataInventoryTableConfiguration" Bucket NotOffered NotOffered
    "UpdateBucketMetadataJournalTableConfiguration" Unserved: Put Bucket [Has("metadataJournalTable")] BucketConfigure "s3:UpdateBucketMetadataJournalTableConfiguration" Bucket NotOffered NotOffered
    "UpdateBucketMetadataAnnotationTableConfiguration" Unserved: Put Bucket [Has("metadataAnnotationTable")] BucketConfigure "s3:UpdateBucketMetadataAnnotationTableConfiguration" Bucket NotOffered NotOffered
    "GetObjectAnnotation" Unserved: Get Object [Has("annotation")] ObjectRead "s3:GetObjectAnnotation" Object NotOffered NotOffered
    "PutObjectAnnotation" Unserved: Put Object [Has("annotation")] BucketWrite "s3:PutObjectAnnotation" Object NotOffered NotOffered
    "DeleteObjectAnnotation" Unserved: Delete Object [Has("annotation")] BucketWrite "s3:DeleteObjectAnnotation" Object NotOffered NotOffered
    "UpdateObjectEncryption" Unserved: Put Object [Has("encryption")] BucketWrite "s3:UpdateObjectEncryption" Object NotOffered NotOffered
};
