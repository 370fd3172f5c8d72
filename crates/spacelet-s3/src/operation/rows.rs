//! The rows of TABLE 1. Built operations first, then what comes later, then what Spaces does not offer
//! (spaces-reference 6; the sub-resources of AWS's API reference).

use spacelet_engine::access::Need;

use super::Scope::{Bucket, Object, Service};
use super::Status::{Built, Ignored, NotAllowed, NotImplemented, NotOffered, NotYet};
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
    PutObject,
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
    "CopyObject" CopyObject: Put Object [Header("x-amz-copy-source")] BucketWrite "s3:PutObject" Copy Built Built
    "DeleteObject" DeleteObject: Delete Object [] BucketWrite "s3:DeleteObject" Key Built Built
    "GetObjectAcl" GetObjectAcl: Get Object [Has("acl")] ObjectReadAcp "s3:GetObjectAcl" Object Built Built
    "PutObjectAcl" PutObjectAcl: Put Object [Has("acl")] ObjectWriteAcp "s3:PutObjectAcl" Object Built Built
    "CreateMultipartUpload" CreateMultipartUpload: Post Object [Has("uploads")] BucketWrite "s3:PutObject" Key Built Built
    "UploadPart" UploadPart: Put Object [Set("uploadId")] BucketWrite "s3:PutObject" Key Built Built
    "UploadPartCopy" UploadPartCopy: Put Object [Set("uploadId"), Header("x-amz-copy-source")] BucketWrite "s3:PutObject" Copy Built Built
    "CompleteMultipartUpload" CompleteMultipartUpload: Post Object [Has("uploadId")] BucketWrite "s3:PutObject" Key Built Built
    "AbortMultipartUpload" AbortMultipartUpload: Delete Object [Set("uploadId")] BucketWrite "s3:AbortMultipartUpload" Key Built Built
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
    "GetBucketWebsite" Unserved: Get Bucket [Has("website")] BucketConfigure "s3:GetBucketWebsite" Bucket NotYet NotYet
    "PutBucketWebsite" Unserved: Put Bucket [Has("website")] BucketConfigure "s3:PutBucketWebsite" Bucket NotYet NotYet
    "DeleteBucketWebsite" Unserved: Delete Bucket [Has("website")] BucketConfigure "s3:DeleteBucketWebsite" Bucket NotYet NotYet
    "GetBucketVersioning" GetBucketVersioning: Get Bucket [Has("versioning")] BucketState "s3:GetBucketVersioning" Bucket Built Built
    "PutBucketVersioning" PutBucketVersioning: Put Bucket [Has("versioning")] BucketConfigure "s3:PutBucketVersioning" Bucket Built Built
    "ListObjectVersions" ListObjectVersions: Get Bucket [Has("versions")] BucketRead "s3:ListBucketVersions" Bucket Built Built
    "GetBucketLogging" Unserved: Get Bucket [Has("logging")] BucketConfigure "s3:GetBucketLogging" Bucket NotYet NotYet
    "PutBucketLogging" Unserved: Put Bucket [Has("logging")] BucketConfigure "s3:PutBucketLogging" Bucket NotYet NotYet
    "GetObjectTagging" GetObjectTagging: Get Object [Has("tagging")] ObjectRead "s3:GetObjectTagging" Object Built Built
    "PutObjectTagging" PutObjectTagging: Put Object [Has("tagging")] BucketWrite "s3:PutObjectTagging" Object Built Built
    "DeleteObjectTagging" DeleteObjectTagging: Delete Object [Has("tagging")] BucketWrite "s3:DeleteObjectTagging" Object Built Built
    "GetBucketTagging" Unserved: Get Bucket [Has("tagging")] BucketConfigure "s3:GetBucketTagging" Bucket NotOffered NotYet
    "PutBucketTagging" Unserved: Put Bucket [Has("tagging")] BucketConfigure "s3:PutBucketTagging" Bucket NotOffered NotYet
    "DeleteBucketTagging" Unserved: Delete Bucket [Has("tagging")] BucketConfigure "s3:DeleteBucketTagging" Bucket NotOffered NotYet
    "GetBucketEncryption" Unserved: Get Bucket [Has("encryption")] BucketConfigure "s3:GetBucketEncryption" Bucket NotOffered NotYet
    "PutBucketEncryption" Unserved: Put Bucket [Has("encryption")] BucketConfigure "s3:PutBucketEncryption" Bucket NotOffered NotYet
    "DeleteBucketEncryption" Unserved: Delete Bucket [Has("encryption")] BucketConfigure "s3:DeleteBucketEncryption" Bucket NotOffered NotYet
    "GetBucketReplication" Unserved: Get Bucket [Has("replication")] BucketConfigure "s3:GetBucketReplication" Bucket NotOffered NotYet
    "PutBucketReplication" Unserved: Put Bucket [Has("replication")] BucketConfigure "s3:PutBucketReplication" Bucket NotOffered NotYet
    "DeleteBucketReplication" Unserved: Delete Bucket [Has("replication")] BucketConfigure "s3:DeleteBucketReplication" Bucket NotOffered NotYet
    "GetBucketOwnershipControls" Unserved: Get Bucket [Has("ownershipControls")] BucketConfigure "s3:GetBucketOwnershipControls" Bucket NotOffered NotYet
    "PutBucketOwnershipControls" Unserved: Put Bucket [Has("ownershipControls")] BucketConfigure "s3:PutBucketOwnershipControls" Bucket NotOffered NotYet
    "DeleteBucketOwnershipControls" Unserved: Delete Bucket [Has("ownershipControls")] BucketConfigure "s3:DeleteBucketOwnershipControls" Bucket NotOffered NotYet
    "GetPublicAccessBlock" Unserved: Get Bucket [Has("publicAccessBlock")] BucketConfigure "s3:GetBucketPublicAccessBlock" Bucket NotOffered NotYet
    "PutPublicAccessBlock" Unserved: Put Bucket [Has("publicAccessBlock")] BucketConfigure "s3:PutBucketPublicAccessBlock" Bucket NotOffered NotYet
    "DeletePublicAccessBlock" Unserved: Delete Bucket [Has("publicAccessBlock")] BucketConfigure "s3:DeleteBucketPublicAccessBlock" Bucket NotOffered NotYet
    "GetBucketAccelerateConfiguration" Unserved: Get Bucket [Has("accelerate")] BucketConfigure "s3:GetBucketAccelerateConfiguration" Bucket NotOffered NotYet
    "PutBucketAccelerateConfiguration" Unserved: Put Bucket [Has("accelerate")] BucketConfigure "s3:PutBucketAccelerateConfiguration" Bucket NotOffered NotYet
    "GetBucketNotificationConfiguration" Unserved: Get Bucket [Has("notification")] BucketConfigure "s3:GetBucketNotificationConfiguration" Bucket NotOffered NotYet
    "PutBucketNotificationConfiguration" Unserved: Put Bucket [Has("notification")] BucketConfigure "s3:PutBucketNotificationConfiguration" Bucket NotOffered NotYet
    "GetBucketRequestPayment" Unserved: Get Bucket [Has("requestPayment")] BucketConfigure "s3:GetBucketRequestPayment" Bucket NotOffered NotYet
    "PutBucketRequestPayment" Unserved: Put Bucket [Has("requestPayment")] BucketConfigure "s3:PutBucketRequestPayment" Bucket NotOffered NotYet
    "DeleteBucketNotification (RGW)" Unserved: Delete Bucket [Has("notification")] BucketConfigure "s3:PutBucketNotification" Bucket NotOffered NotAllowed
    "DeleteBucketAccelerate" Unserved: Delete Bucket [Has("accelerate")] BucketConfigure "s3:PutAccelerateConfiguration" Bucket NotOffered NotAllowed
    "ListBucketAnalyticsConfigurations" Unserved: Get Bucket [Has("analytics")] BucketConfigure "s3:GetAnalyticsConfiguration" Bucket NotOffered NotYet
    "GetBucketAnalyticsConfiguration" Unserved: Get Bucket [Has("analytics"), Has("id")] BucketConfigure "s3:GetAnalyticsConfiguration" Bucket NotOffered NotYet
    "PutBucketAnalyticsConfiguration" Unserved: Put Bucket [Has("analytics")] BucketConfigure "s3:PutAnalyticsConfiguration" Bucket NotOffered NotYet
    "DeleteBucketAnalyticsConfiguration" Unserved: Delete Bucket [Has("analytics")] BucketConfigure "s3:PutAnalyticsConfiguration" Bucket NotOffered NotYet
    "ListBucketInventoryConfigurations" Unserved: Get Bucket [Has("inventory")] BucketConfigure "s3:GetInventoryConfiguration" Bucket NotOffered NotYet
    "GetBucketInventoryConfiguration" Unserved: Get Bucket [Has("inventory"), Has("id")] BucketConfigure "s3:GetInventoryConfiguration" Bucket NotOffered NotYet
    "PutBucketInventoryConfiguration" Unserved: Put Bucket [Has("inventory")] BucketConfigure "s3:PutInventoryConfiguration" Bucket NotOffered NotYet
    "DeleteBucketInventoryConfiguration" Unserved: Delete Bucket [Has("inventory")] BucketConfigure "s3:PutInventoryConfiguration" Bucket NotOffered NotYet
    "ListBucketMetricsConfigurations" Unserved: Get Bucket [Has("metrics")] BucketConfigure "s3:GetMetricsConfiguration" Bucket NotOffered NotYet
    "GetBucketMetricsConfiguration" Unserved: Get Bucket [Has("metrics"), Has("id")] BucketConfigure "s3:GetMetricsConfiguration" Bucket NotOffered NotYet
    "PutBucketMetricsConfiguration" Unserved: Put Bucket [Has("metrics")] BucketConfigure "s3:PutMetricsConfiguration" Bucket NotOffered NotYet
    "DeleteBucketMetricsConfiguration" Unserved: Delete Bucket [Has("metrics")] BucketConfigure "s3:PutMetricsConfiguration" Bucket NotOffered NotYet
    "ListBucketIntelligentTieringConfigurations" Unserved: Get Bucket [Has("intelligent-tiering")] BucketConfigure "s3:GetIntelligentTieringConfiguration" Bucket NotOffered NotYet
    "GetBucketIntelligentTieringConfiguration" Unserved: Get Bucket [Has("intelligent-tiering"), Has("id")] BucketConfigure "s3:GetIntelligentTieringConfiguration" Bucket NotOffered NotYet
    "PutBucketIntelligentTieringConfiguration" Unserved: Put Bucket [Has("intelligent-tiering")] BucketConfigure "s3:PutIntelligentTieringConfiguration" Bucket NotOffered NotYet
    "DeleteBucketIntelligentTieringConfiguration" Unserved: Delete Bucket [Has("intelligent-tiering")] BucketConfigure "s3:PutIntelligentTieringConfiguration" Bucket NotOffered NotYet
    "GetBucketPolicyStatus" GetBucketPolicyStatus: Get Bucket [Has("policyStatus")] BucketConfigure "s3:GetBucketPolicyStatus" Bucket NotOffered Built
    "GetObjectLockConfiguration" Unserved: Get Bucket [Has("object-lock")] BucketConfigure "s3:GetBucketObjectLockConfiguration" Bucket NotOffered NotYet
    "PutObjectLockConfiguration" Unserved: Put Bucket [Has("object-lock")] BucketConfigure "s3:PutBucketObjectLockConfiguration" Bucket NotOffered NotYet
    "CreateSession" Unserved: Get Bucket [Has("session")] BucketRead "s3express:CreateSession" Bucket NotOffered NotOffered
    "GetBucketMetadataConfiguration" Unserved: Get Bucket [Has("metadataConfiguration")] BucketConfigure "s3:GetBucketMetadataConfiguration" Bucket NotOffered NotOffered
    "CreateBucketMetadataConfiguration" Unserved: Post Bucket [Has("metadataConfiguration")] BucketConfigure "s3:CreateBucketMetadataConfiguration" Bucket NotOffered NotOffered
    "DeleteBucketMetadataConfiguration" Unserved: Delete Bucket [Has("metadataConfiguration")] BucketConfigure "s3:DeleteBucketMetadataConfiguration" Bucket NotOffered NotOffered
    "GetBucketMetadataTableConfiguration" Unserved: Get Bucket [Has("metadataTable")] BucketConfigure "s3:GetBucketMetadataTableConfiguration" Bucket NotOffered NotOffered
    "CreateBucketMetadataTableConfiguration" Unserved: Post Bucket [Has("metadataTable")] BucketConfigure "s3:CreateBucketMetadataTableConfiguration" Bucket NotOffered NotOffered
    "DeleteBucketMetadataTableConfiguration" Unserved: Delete Bucket [Has("metadataTable")] BucketConfigure "s3:DeleteBucketMetadataTableConfiguration" Bucket NotOffered NotOffered
    "GetObjectLegalHold" Unserved: Get Object [Has("legal-hold")] ObjectRead "s3:GetObjectLegalHold" Object NotOffered NotYet
    "PutObjectLegalHold" Unserved: Put Object [Has("legal-hold")] BucketWrite "s3:PutObjectLegalHold" Object NotOffered NotYet
    "GetObjectRetention" Unserved: Get Object [Has("retention")] ObjectRead "s3:GetObjectRetention" Object NotOffered NotYet
    "PutObjectRetention" Unserved: Put Object [Has("retention")] BucketWrite "s3:PutObjectRetention" Object NotOffered NotYet
    "GetObjectTorrent" Unserved: Get Object [Has("torrent")] ObjectRead "s3:GetObjectTorrent" Object NotOffered NotOffered
    "GetObjectAttributes" Unserved: Get Object [Has("attributes")] ObjectRead "s3:GetObjectAttributes" Object Ignored NotYet
    "RestoreObject" Unserved: Post Object [Has("restore")] BucketWrite "s3:RestoreObject" Object NotOffered NotYet
    "SelectObjectContent" Unserved: Post Object [Has("select")] ObjectRead "s3:GetObject" Object NotOffered NotOffered
    "RenameObject" Unserved: Put Object [Has("renameObject")] BucketWrite "s3:RenameObject" Object NotOffered NotOffered
    "AppendObject (RGW)" Unserved: Put Object [Has("append"), Has("position")] BucketWrite "s3:PutObject" Object NotOffered Ignored
};
