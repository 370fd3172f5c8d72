//! Bucket policies on the wire: finding a bucket's policy, and what of a request its conditions look at
//! (RGW's `rgw_build_iam_environment`; AWS, "Actions, resources, and condition keys for Amazon S3").

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::HeaderMap;
use spacelet_engine::policy::{Dialect, Environment, Policy};
use spacelet_engine::{Bucket, DAY_MS, DocumentKind, EngineError, ObjectInfo, Retention, Timestamp, World};

use crate::circumstances::text;
use crate::error::S3Error;
use crate::headers;
use crate::object_lock::{LEGAL_HOLD, MODE, UNTIL, mode_name};
use crate::operation::Operation;
use crate::ops::page_size;
use crate::query::Query;
use crate::xml::{iso_millis, moment};

/// Policies that are kept parsed.
const PARSED_MAX: usize = 64;
const GRANTS: [&str; 5] = [
    "x-amz-grant-read",
    "x-amz-grant-write",
    "x-amz-grant-read-acp",
    "x-amz-grant-write-acp",
    "x-amz-grant-full-control",
];
const SSE: [&str; 2] = ["x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"];

/// Policies by bucket, parsed once for the bytes that are stored.
#[derive(Default)]
pub(crate) struct PolicyCache(Mutex<HashMap<u64, (Bytes, Arc<Policy>)>>);

impl PolicyCache {
    /// The bucket's policy. Reads nothing where the bucket has none.
    ///
    /// # Errors
    /// Storage errors.
    pub(crate) fn policy_of(
        &self,
        world: &World,
        bucket: &Bucket,
        dialect: Dialect,
    ) -> Result<Option<Arc<Policy>>, S3Error> {
        let Some(document) = world.document(bucket, DocumentKind::Policy, "")? else { return Ok(None) };
        if let Ok(known) = self.0.lock()
            && let Some((text, policy)) = known.get(&bucket.id)
            && *text == document
        {
            return Ok(Some(Arc::clone(policy)));
        }
        let policy = Arc::new(stored(&document, dialect)?);
        if let Ok(mut known) = self.0.lock() {
            if known.len() >= PARSED_MAX {
                known.clear();
            }
            known.insert(bucket.id, (document, Arc::clone(&policy)));
        }
        Ok(Some(policy))
    }
}

/// A stored policy was legal in the profile in which it was put, which may have been the other one.
fn stored(document: &[u8], dialect: Dialect) -> Result<Policy, EngineError> {
    let other = if dialect == Dialect::AWS { Dialect::RGW } else { Dialect::AWS };
    Policy::parse(document, dialect)
        .or_else(|_not_of_this| Policy::parse(document, other))
        .map_err(|error| EngineError::Storage { detail: format!("a stored policy: {}", error.because) })
}

/// Which condition keys a request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKeys {
    /// Those of RGW 16.
    Rgw,
    /// AWS's too: `aws:SecureTransport` is `false` over plain HTTP, `s3:prefix` is there without a prefix, an ACL's keys
    /// are on copies and multipart uploads; and those of `add_write`, of the bucket, of signatures.
    Aws,
}

/// Adds what conditions may look at in this operation: its parameters and headers.
pub(crate) fn add_parameters(
    environment: &mut Environment,
    operation: Operation,
    query: &Query<'_>,
    headers: &HeaderMap,
    keys: PolicyKeys,
) {
    use Operation as Op;
    let is_aws = keys == PolicyKeys::Aws;
    if matches!(operation, Op::ListObjects | Op::ListObjectsV2 | Op::ListObjectVersions) {
        add_listing(environment, query, is_aws);
    }
    let writes = matches!(operation, Op::PutObject | Op::UploadPart | Op::UploadPartCopy)
        || is_aws && matches!(operation, Op::CopyObject | Op::CreateMultipartUpload | Op::PostObject);
    if writes || matches!(operation, Op::PutObjectAcl | Op::PutBucketAcl) {
        let acl = text(headers, headers::ACL);
        // RGW has the key with nothing in it where no ACL is asked for.
        if !is_aws || acl.is_some() {
            environment.add("s3:x-amz-acl", acl.unwrap_or_default());
        }
        add_headers(environment, headers, &GRANTS);
    }
    if writes {
        add_headers(environment, headers, &SSE);
        add_tags(environment, &request_tags(headers, is_aws), keys);
    }
    if operation == Op::CopyObject || is_aws && operation == Op::UploadPartCopy {
        add_headers(environment, headers, &["x-amz-copy-source", "x-amz-metadata-directive"]);
    }
    if is_aws {
        add_write(environment, operation, headers);
        if let Some(version) = query.get_non_empty("versionId") {
            environment.add("s3:VersionId", version);
        }
    }
}

fn add_listing(environment: &mut Environment, query: &Query<'_>, is_aws: bool) {
    match query.get_non_empty("prefix") {
        Some(prefix) => environment.add("s3:prefix", prefix),
        None if is_aws => environment.add("s3:prefix", ""),
        None => {}
    }
    if let Some(delimiter) = query.get_non_empty("delimiter") {
        environment.add("s3:delimiter", delimiter);
    }
    if let Ok(max) = page_size(query, "max-keys", 1_000) {
        environment.add("s3:max-keys", max.to_string());
    }
}

/// What AWS has of a write besides.
fn add_write(environment: &mut Environment, operation: Operation, headers: &HeaderMap) {
    use Operation as Op;
    let makes_object =
        matches!(operation, Op::PutObject | Op::CopyObject | Op::PostObject | Op::CompleteMultipartUpload);
    if !makes_object && !matches!(operation, Op::CreateMultipartUpload | Op::UploadPart | Op::UploadPartCopy) {
        return;
    }
    environment.add("s3:ObjectCreationOperation", if makes_object { "true" } else { "false" });
    if makes_object {
        for (key, header) in [("s3:if-match", "if-match"), ("s3:if-none-match", "if-none-match")] {
            if let Some(value) = text(headers, header) {
                environment.add(key, value);
            }
        }
    }
    let more =
        ["x-amz-storage-class", "x-amz-server-side-encryption-customer-algorithm", "x-amz-website-redirect-location"];
    add_headers(environment, headers, &more);
    for (key, header) in [
        ("s3:object-lock-mode", MODE),
        ("s3:object-lock-retain-until-date", UNTIL),
        ("s3:object-lock-legal-hold", LEGAL_HOLD),
    ] {
        if let Some(value) = text(headers, header) {
            environment.add(key, value);
        }
    }
}

/// Adds how long a write's lock is to last, as it is asked for in a header.
pub(crate) fn add_remaining_days(environment: &mut Environment, headers: &HeaderMap, now: Timestamp) {
    if let Some(until) = text(headers, UNTIL).and_then(|text| moment(text.trim())) {
        environment.add("s3:object-lock-remaining-retention-days", days_until(until, now).to_string());
    }
}

/// Adds what a document asks a retention to be.
pub(crate) fn add_retention(environment: &mut Environment, retention: Option<Retention>, now: Timestamp) {
    let Some(Retention { mode, until }) = retention else { return };
    environment.add("s3:object-lock-mode", mode_name(mode));
    let mut text = String::new();
    iso_millis(&mut text, until);
    environment.add("s3:object-lock-retain-until-date", text);
    environment.add("s3:object-lock-remaining-retention-days", days_until(until, now).to_string());
}

/// Begun days count.
fn days_until(until: Timestamp, now: Timestamp) -> i64 {
    until.0.saturating_sub(now.0).saturating_add(DAY_MS - 1).div_euclid(DAY_MS)
}

/// Adds the tags that a request gives.
pub(crate) fn add_tags(environment: &mut Environment, tags: &[(String, String)], keys: PolicyKeys) {
    for (key, value) in tags {
        if keys == PolicyKeys::Aws {
            environment.add("s3:RequestObjectTagKeys", key.as_str());
        }
        environment.add(format!("s3:RequestObjectTag/{key}"), value.as_str());
    }
}

/// Adds whose the bucket is, and where.
pub(crate) fn add_bucket(environment: &mut Environment, bucket: &Bucket) {
    environment.add("s3:ResourceAccount", bucket.owner.as_str());
    environment.add("aws:ResourceAccount", bucket.owner.as_str());
    environment.add("aws:RequestedRegion", bucket.region.as_str());
}

/// Adds the tags of the object that is there.
pub(crate) fn add_existing_tags(environment: &mut Environment, object: &ObjectInfo) {
    for (key, value) in &object.meta.tags {
        environment.add(format!("s3:ExistingObjectTag/{key}"), value.as_str());
    }
}

fn add_headers(environment: &mut Environment, headers: &HeaderMap, names: &[&'static str]) {
    for name in names {
        if let Some(value) = text(headers, *name) {
            environment.add(format!("s3:{name}"), value);
        }
    }
}

fn request_tags(headers: &HeaderMap, as_amazon: bool) -> Vec<(String, String)> {
    crate::ops::request_tags(headers, as_amazon).unwrap_or_default()
}
