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
mod location;
mod object_acl;
mod object_lock;
mod object_tagging;
mod post_object;
mod preflight;
mod put_object;
mod restore_object;
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
mod user_metadata;

use bucket_documents as documents;
use configurations_by_id as by_id;
pub(crate) use numbers::page_size;
pub(crate) use object_meta::tags as request_tags;

use http::Method;

use std::future::Future;
use std::pin::Pin;

use crate::error::{ErrorCode, S3Error};
use crate::operation::Operation;
use crate::request::Request;
use crate::response::Response;

/// An operation's answer: at once, or once it has waited for a body or the store.
pub(crate) enum Answer<'a> {
    Now(Result<Response, S3Error>),
    Later(Pin<Box<dyn Future<Output = Result<Response, S3Error>> + Send + 'a>>),
}

/// Runs the operation: read → do → write.
///
/// A request's future is made and moved on each request. So the reads, which never wait, are answered on the spot, and
/// an operation that waits has a place of its own.
pub(crate) fn dispatch(operation: Operation, request: Request<'_>) -> Answer<'_> {
    Answer::Later(match operation {
        Operation::ListBuckets => Box::pin(list_buckets::list_buckets(request)),
        Operation::CreateBucket => Box::pin(create_bucket::create_bucket(request)),
        Operation::HeadBucket => Box::pin(head_bucket::head_bucket(request)),
        Operation::DeleteBucket => Box::pin(delete_bucket::delete_bucket(request)),
        Operation::GetBucketLocation => Box::pin(get_bucket_location::get_bucket_location(request)),
        Operation::GetBucketAcl => Box::pin(bucket_acl::get_bucket_acl(request)),
        Operation::PutBucketAcl => Box::pin(bucket_acl::put_bucket_acl(request)),
        Operation::ListObjects => Box::pin(list_objects::list_objects(request)),
        Operation::ListObjectsV2 => Box::pin(list_objects_v2::list_objects_v2(request)),
        Operation::ListObjectVersions => Box::pin(list_object_versions::list_object_versions(request)),
        Operation::GetBucketVersioning => Box::pin(bucket_versioning::get_bucket_versioning(request)),
        Operation::PutBucketVersioning => Box::pin(bucket_versioning::put_bucket_versioning(request)),
        Operation::GetObjectTagging => Box::pin(object_tagging::get_object_tagging(request)),
        Operation::PutObjectTagging => Box::pin(object_tagging::put_object_tagging(request)),
        Operation::DeleteObjectTagging => Box::pin(object_tagging::delete_object_tagging(request)),
        Operation::ListMultipartUploads => Box::pin(list_multipart_uploads::list_multipart_uploads(request)),
        Operation::DeleteObjects => Box::pin(delete_objects::delete_objects(request)),
        Operation::GetBucketCors => Box::pin(bucket_cors::get_bucket_cors(request)),
        Operation::PutBucketCors => Box::pin(bucket_cors::put_bucket_cors(request)),
        Operation::DeleteBucketCors => Box::pin(bucket_cors::delete_bucket_cors(request)),
        Operation::GetBucketLogging => Box::pin(bucket_logging::get_bucket_logging(request)),
        Operation::PutBucketLogging => Box::pin(bucket_logging::put_bucket_logging(request)),
        Operation::GetBucketWebsite => Box::pin(bucket_website::get_bucket_website(request)),
        Operation::PutBucketWebsite => Box::pin(bucket_website::put_bucket_website(request)),
        Operation::DeleteBucketWebsite => Box::pin(bucket_website::delete_bucket_website(request)),
        Operation::GetBucketLifecycle => Box::pin(bucket_lifecycle::get_bucket_lifecycle(request)),
        Operation::PutBucketLifecycle => Box::pin(bucket_lifecycle::put_bucket_lifecycle(request)),
        Operation::DeleteBucketLifecycle => Box::pin(bucket_lifecycle::delete_bucket_lifecycle(request)),
        Operation::GetBucketPolicy => Box::pin(bucket_policy::get_bucket_policy(request)),
        Operation::PutBucketPolicy => Box::pin(bucket_policy::put_bucket_policy(request)),
        Operation::DeleteBucketPolicy => Box::pin(bucket_policy::delete_bucket_policy(request)),
        Operation::GetBucketPolicyStatus => Box::pin(bucket_policy::get_bucket_policy_status(request)),
        Operation::Preflight => Box::pin(preflight::preflight(request)),
        Operation::GetObject => return Answer::Now(get_object::get_object(request)),
        Operation::GetObjectAttributes => Box::pin(get_object_attributes::get_object_attributes(request)),
        Operation::HeadObject => return Answer::Now(get_object::head_object(&request)),
        Operation::AppendObject => Box::pin(append_object::append_object(request)),
        Operation::PutObject => Box::pin(put_object::put_object(request)),
        Operation::CopyObject => Box::pin(copy_object::copy_object(request)),
        Operation::DeleteObject => Box::pin(delete_object::delete_object(request)),
        Operation::GetObjectAcl => Box::pin(object_acl::get_object_acl(request)),
        Operation::PutObjectAcl => Box::pin(object_acl::put_object_acl(request)),
        Operation::CreateMultipartUpload => Box::pin(create_multipart_upload::create_multipart_upload(request)),
        Operation::UploadPart => Box::pin(upload_part::upload_part(request)),
        Operation::UploadPartCopy => Box::pin(upload_part_copy::upload_part_copy(request)),
        Operation::CompleteMultipartUpload => Box::pin(complete_multipart_upload::complete_multipart_upload(request)),
        Operation::AbortMultipartUpload => Box::pin(abort_multipart_upload::abort_multipart_upload(request)),
        Operation::ListParts => Box::pin(list_parts::list_parts(request)),
        Operation::PostObject => Box::pin(post_object::post_object(request)),
        Operation::PostWithoutForm => {
            return Answer::Now(Err(request.profile().form_faults.no_form()));
        }
        Operation::GetBucketTagging => Box::pin(documents::get(request, &documents::TAGGING)),
        Operation::PutBucketTagging => Box::pin(documents::put(request, &documents::TAGGING)),
        Operation::DeleteBucketTagging => Box::pin(documents::delete(request, &documents::TAGGING)),
        Operation::GetBucketEncryption => Box::pin(documents::get(request, &documents::ENCRYPTION)),
        Operation::PutBucketEncryption => Box::pin(documents::put(request, &documents::ENCRYPTION)),
        Operation::DeleteBucketEncryption => Box::pin(bucket_encryption::delete_bucket_encryption(request)),
        Operation::GetBucketReplication => Box::pin(documents::get(request, &documents::REPLICATION)),
        Operation::PutBucketReplication => Box::pin(documents::put(request, &documents::REPLICATION)),
        Operation::DeleteBucketReplication => Box::pin(documents::delete(request, &documents::REPLICATION)),
        Operation::GetBucketOwnershipControls => Box::pin(documents::get(request, &documents::OWNERSHIP)),
        Operation::PutBucketOwnershipControls => Box::pin(documents::put(request, &documents::OWNERSHIP)),
        Operation::DeleteBucketOwnershipControls => Box::pin(documents::delete(request, &documents::OWNERSHIP)),
        Operation::GetPublicAccessBlock => Box::pin(documents::get_public_access(request)),
        Operation::PutPublicAccessBlock => Box::pin(documents::put(request, &documents::PUBLIC_ACCESS)),
        Operation::DeletePublicAccessBlock => Box::pin(documents::delete(request, &documents::PUBLIC_ACCESS)),
        Operation::GetBucketAccelerate => Box::pin(documents::get(request, &documents::ACCELERATE)),
        Operation::PutBucketAccelerate => Box::pin(documents::put(request, &documents::ACCELERATE)),
        Operation::GetBucketNotification => Box::pin(documents::get(request, &documents::NOTIFICATION)),
        Operation::PutBucketNotification => Box::pin(bucket_notification::put_bucket_notification(request)),
        Operation::GetBucketRequestPayment => Box::pin(documents::get(request, &documents::REQUEST_PAYMENT)),
        Operation::PutBucketRequestPayment => Box::pin(documents::put(request, &documents::REQUEST_PAYMENT)),
        Operation::GetObjectLockConfiguration => Box::pin(documents::get(request, &documents::OBJECT_LOCK)),
        Operation::PutObjectLockConfiguration => Box::pin(documents::put(request, &documents::OBJECT_LOCK)),
        Operation::RestoreObject => Box::pin(restore_object::restore_object(request)),
        Operation::GetObjectLegalHold => Box::pin(object_lock::get_object_legal_hold(request)),
        Operation::PutObjectLegalHold => Box::pin(object_lock::put_object_legal_hold(request)),
        Operation::GetObjectRetention => Box::pin(object_lock::get_object_retention(request)),
        Operation::PutObjectRetention => Box::pin(object_lock::put_object_retention(request)),
        Operation::ListBucketAnalytics => Box::pin(by_id::list(request, &by_id::ANALYTICS)),
        Operation::GetBucketAnalytics => Box::pin(by_id::get(request, &by_id::ANALYTICS)),
        Operation::PutBucketAnalytics => Box::pin(by_id::put(request, &by_id::ANALYTICS)),
        Operation::DeleteBucketAnalytics => Box::pin(by_id::delete(request, &by_id::ANALYTICS)),
        Operation::ListBucketInventory => Box::pin(by_id::list(request, &by_id::INVENTORY)),
        Operation::GetBucketInventory => Box::pin(by_id::get(request, &by_id::INVENTORY)),
        Operation::PutBucketInventory => Box::pin(by_id::put(request, &by_id::INVENTORY)),
        Operation::DeleteBucketInventory => Box::pin(by_id::delete(request, &by_id::INVENTORY)),
        Operation::ListBucketMetrics => Box::pin(by_id::list(request, &by_id::METRICS)),
        Operation::GetBucketMetrics => Box::pin(by_id::get(request, &by_id::METRICS)),
        Operation::PutBucketMetrics => Box::pin(by_id::put(request, &by_id::METRICS)),
        Operation::DeleteBucketMetrics => Box::pin(by_id::delete(request, &by_id::METRICS)),
        Operation::ListBucketIntelligentTiering => Box::pin(by_id::list(request, &by_id::INTELLIGENT_TIERING)),
        Operation::GetBucketIntelligentTiering => Box::pin(by_id::get(request, &by_id::INTELLIGENT_TIERING)),
        Operation::PutBucketIntelligentTiering => Box::pin(by_id::put(request, &by_id::INTELLIGENT_TIERING)),
        Operation::DeleteBucketIntelligentTiering => Box::pin(by_id::delete(request, &by_id::INTELLIGENT_TIERING)),
        Operation::Unserved => {
            return Answer::Now(Err(S3Error::new(ErrorCode::NotImplemented, "the operation is not served")));
        }
    })
}

/// An object that was read and judged elsewhere (the website door), answered as GetObject or HeadObject do.
///
/// # Errors
/// As those.
pub(crate) fn read_object(method: &Method, request: Request<'_>) -> Result<Response, S3Error> {
    match *method {
        Method::HEAD => get_object::head_object(&request),
        _ => get_object::get_object(request),
    }
}

#[cfg(test)]
mod tests;
