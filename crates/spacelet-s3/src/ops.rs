//! One operation, one file; here the one exhaustive match over them.

mod abort_multipart_upload;
mod append_object;
mod bucket_acl;
mod bucket_cors;
mod bucket_documents;
mod bucket_encryption;
mod bucket_lifecycle;
mod bucket_logging;
mod bucket_notification;
mod bucket_policy;
mod bucket_versioning;
mod bucket_website;
mod complete_multipart_upload;
mod configurations_by_id;
mod copy_object;
mod create_bucket;
mod create_multipart_upload;
mod delete_bucket;
mod delete_object;
mod delete_objects;
mod get_bucket_location;
mod get_object;
mod get_object_attributes;
mod head_bucket;
mod list_buckets;
mod list_multipart_uploads;
mod list_object_versions;
mod list_objects;
mod list_objects_v2;
mod list_parts;
mod object_acl;
mod object_lock;
mod object_tagging;
mod post_object;
mod preflight;
mod put_object;
mod upload_part;
mod upload_part_copy;

// What several operations share.
mod copying;
mod listing;
mod numbers;
mod object_meta;
mod preconditions;
mod token;
mod uploads;

use bucket_documents as documents;
use configurations_by_id as by_id;
pub(crate) use numbers::page_size;
pub(crate) use object_meta::tags as request_tags;

use http::Method;

use crate::error::{ErrorCode, S3Error};
use crate::operation::Operation;
use crate::request::Request;
use crate::response::Response;

/// Runs the operation: read → do → write.
///
/// # Errors
/// What the operation refuses.
pub(crate) async fn dispatch(operation: Operation, request: Request<'_>) -> Result<Response, S3Error> {
    // A future is as large as its largest part and is moved on each request: the common operations are small, and the
    // others are kept apart from them.
    if operation == Operation::GetObject {
        return get_object::get_object(request).await;
    }
    if operation == Operation::PutObject {
        return put_object::put_object(request).await;
    }
    Box::pin(dispatch_any(operation, request)).await
}

async fn dispatch_any(operation: Operation, request: Request<'_>) -> Result<Response, S3Error> {
    match operation {
        Operation::ListBuckets => list_buckets::list_buckets(request).await,
        Operation::CreateBucket => create_bucket::create_bucket(request).await,
        Operation::HeadBucket => head_bucket::head_bucket(request).await,
        Operation::DeleteBucket => delete_bucket::delete_bucket(request).await,
        Operation::GetBucketLocation => get_bucket_location::get_bucket_location(request).await,
        Operation::GetBucketAcl => bucket_acl::get_bucket_acl(request).await,
        Operation::PutBucketAcl => bucket_acl::put_bucket_acl(request).await,
        Operation::ListObjects => list_objects::list_objects(request).await,
        Operation::ListObjectsV2 => list_objects_v2::list_objects_v2(request).await,
        Operation::ListObjectVersions => list_object_versions::list_object_versions(request).await,
        Operation::GetBucketVersioning => bucket_versioning::get_bucket_versioning(request).await,
        Operation::PutBucketVersioning => bucket_versioning::put_bucket_versioning(request).await,
        Operation::GetObjectTagging => object_tagging::get_object_tagging(request).await,
        Operation::PutObjectTagging => object_tagging::put_object_tagging(request).await,
        Operation::DeleteObjectTagging => object_tagging::delete_object_tagging(request).await,
        Operation::ListMultipartUploads => list_multipart_uploads::list_multipart_uploads(request).await,
        Operation::DeleteObjects => delete_objects::delete_objects(request).await,
        Operation::GetBucketCors => bucket_cors::get_bucket_cors(request).await,
        Operation::PutBucketCors => bucket_cors::put_bucket_cors(request).await,
        Operation::DeleteBucketCors => bucket_cors::delete_bucket_cors(request).await,
        Operation::GetBucketLogging => bucket_logging::get_bucket_logging(request).await,
        Operation::PutBucketLogging => bucket_logging::put_bucket_logging(request).await,
        Operation::GetBucketWebsite => bucket_website::get_bucket_website(request).await,
        Operation::PutBucketWebsite => bucket_website::put_bucket_website(request).await,
        Operation::DeleteBucketWebsite => bucket_website::delete_bucket_website(request).await,
        Operation::GetBucketLifecycle => bucket_lifecycle::get_bucket_lifecycle(request).await,
        Operation::PutBucketLifecycle => bucket_lifecycle::put_bucket_lifecycle(request).await,
        Operation::DeleteBucketLifecycle => bucket_lifecycle::delete_bucket_lifecycle(request).await,
        Operation::GetBucketPolicy => bucket_policy::get_bucket_policy(request).await,
        Operation::PutBucketPolicy => bucket_policy::put_bucket_policy(request).await,
        Operation::DeleteBucketPolicy => bucket_policy::delete_bucket_policy(request).await,
        Operation::GetBucketPolicyStatus => bucket_policy::get_bucket_policy_status(request).await,
        Operation::Preflight => preflight::preflight(request).await,
        Operation::GetObject => get_object::get_object(request).await,
        Operation::GetObjectAttributes => get_object_attributes::get_object_attributes(request).await,
        Operation::HeadObject => get_object::head_object(request).await,
        Operation::AppendObject => append_object::append_object(request).await,
        Operation::PutObject => put_object::put_object(request).await,
        Operation::CopyObject => copy_object::copy_object(request).await,
        Operation::DeleteObject => delete_object::delete_object(request).await,
        Operation::GetObjectAcl => object_acl::get_object_acl(request).await,
        Operation::PutObjectAcl => object_acl::put_object_acl(request).await,
        Operation::CreateMultipartUpload => create_multipart_upload::create_multipart_upload(request).await,
        Operation::UploadPart => upload_part::upload_part(request).await,
        Operation::UploadPartCopy => upload_part_copy::upload_part_copy(request).await,
        Operation::CompleteMultipartUpload => complete_multipart_upload::complete_multipart_upload(request).await,
        Operation::AbortMultipartUpload => abort_multipart_upload::abort_multipart_upload(request).await,
        Operation::ListParts => list_parts::list_parts(request).await,
        Operation::PostObject => post_object::post_object(request).await,
        Operation::PostWithoutForm => {
            let refusal = S3Error::new(ErrorCode::InvalidArgument, "a POST on a Space carries a form");
            Err(refusal.with_message("Request Content-Type is not multipart/form-data"))
        }
        Operation::GetBucketTagging => documents::get(request, &documents::TAGGING).await,
        Operation::PutBucketTagging => documents::put(request, &documents::TAGGING).await,
        Operation::DeleteBucketTagging => documents::delete(request, &documents::TAGGING).await,
        Operation::GetBucketEncryption => documents::get(request, &documents::ENCRYPTION).await,
        Operation::PutBucketEncryption => documents::put(request, &documents::ENCRYPTION).await,
        Operation::DeleteBucketEncryption => bucket_encryption::delete_bucket_encryption(request).await,
        Operation::GetBucketReplication => documents::get(request, &documents::REPLICATION).await,
        Operation::PutBucketReplication => documents::put(request, &documents::REPLICATION).await,
        Operation::DeleteBucketReplication => documents::delete(request, &documents::REPLICATION).await,
        Operation::GetBucketOwnershipControls => documents::get(request, &documents::OWNERSHIP).await,
        Operation::PutBucketOwnershipControls => documents::put(request, &documents::OWNERSHIP).await,
        Operation::DeleteBucketOwnershipControls => documents::delete(request, &documents::OWNERSHIP).await,
        Operation::GetPublicAccessBlock => documents::get(request, &documents::PUBLIC_ACCESS).await,
        Operation::PutPublicAccessBlock => documents::put(request, &documents::PUBLIC_ACCESS).await,
        Operation::DeletePublicAccessBlock => documents::delete(request, &documents::PUBLIC_ACCESS).await,
        Operation::GetBucketAccelerate => documents::get(request, &documents::ACCELERATE).await,
        Operation::PutBucketAccelerate => documents::put(request, &documents::ACCELERATE).await,
        Operation::GetBucketNotification => documents::get(request, &documents::NOTIFICATION).await,
        Operation::PutBucketNotification => bucket_notification::put_bucket_notification(request).await,
        Operation::GetBucketRequestPayment => documents::get(request, &documents::REQUEST_PAYMENT).await,
        Operation::PutBucketRequestPayment => documents::put(request, &documents::REQUEST_PAYMENT).await,
        Operation::GetObjectLockConfiguration => documents::get(request, &documents::OBJECT_LOCK).await,
        Operation::PutObjectLockConfiguration => documents::put(request, &documents::OBJECT_LOCK).await,
        Operation::GetObjectLegalHold => object_lock::get_object_legal_hold(request).await,
        Operation::PutObjectLegalHold => object_lock::put_object_legal_hold(request).await,
        Operation::GetObjectRetention => object_lock::get_object_retention(request).await,
        Operation::PutObjectRetention => object_lock::put_object_retention(request).await,
        Operation::ListBucketAnalytics => by_id::list(request, &by_id::ANALYTICS).await,
        Operation::GetBucketAnalytics => by_id::get(request, &by_id::ANALYTICS).await,
        Operation::PutBucketAnalytics => by_id::put(request, &by_id::ANALYTICS).await,
        Operation::DeleteBucketAnalytics => by_id::delete(request, &by_id::ANALYTICS).await,
        Operation::ListBucketInventory => by_id::list(request, &by_id::INVENTORY).await,
        Operation::GetBucketInventory => by_id::get(request, &by_id::INVENTORY).await,
        Operation::PutBucketInventory => by_id::put(request, &by_id::INVENTORY).await,
        Operation::DeleteBucketInventory => by_id::delete(request, &by_id::INVENTORY).await,
        Operation::ListBucketMetrics => by_id::list(request, &by_id::METRICS).await,
        Operation::GetBucketMetrics => by_id::get(request, &by_id::METRICS).await,
        Operation::PutBucketMetrics => by_id::put(request, &by_id::METRICS).await,
        Operation::DeleteBucketMetrics => by_id::delete(request, &by_id::METRICS).await,
        Operation::ListBucketIntelligentTiering => by_id::list(request, &by_id::INTELLIGENT_TIERING).await,
        Operation::GetBucketIntelligentTiering => by_id::get(request, &by_id::INTELLIGENT_TIERING).await,
        Operation::PutBucketIntelligentTiering => by_id::put(request, &by_id::INTELLIGENT_TIERING).await,
        Operation::DeleteBucketIntelligentTiering => by_id::delete(request, &by_id::INTELLIGENT_TIERING).await,
        Operation::Unserved => Err(S3Error::new(ErrorCode::NotImplemented, "not built yet")),
    }
}

/// An object that was read and judged elsewhere (the website door), answered as GetObject or HeadObject do.
///
/// # Errors
/// As those.
pub(crate) async fn read_object(method: &Method, request: Request<'_>) -> Result<Response, S3Error> {
    match *method {
        Method::HEAD => get_object::head_object(request).await,
        _ => get_object::get_object(request).await,
    }
}

#[cfg(test)]
mod tests;
