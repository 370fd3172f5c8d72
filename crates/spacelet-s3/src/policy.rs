//! Bucket policies on the wire: finding a bucket's policy, and what of a request its conditions look at
//! (RGW's `rgw_build_iam_environment`; AWS, "Actions, resources, and condition keys for Amazon S3").

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{AsHeaderName, REFERER, USER_AGENT};
use http::request::Parts;
use spacelet_engine::access::Caller;
use spacelet_engine::policy::{Dialect, Environment, Policy};
use spacelet_engine::{Bucket, DocumentKind, EngineError, ObjectInfo, Timestamp, World};

use crate::error::S3Error;
use crate::headers;
use crate::operation::Operation;
use crate::ops::page_size;
use crate::query::Query;
use crate::settings::{Connection, S3Settings};
use crate::xml::iso_millis;

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

/// What conditions look at in every request.
#[derive(Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    headers: &'a HeaderMap,
    source_ip: Option<IpAddr>,
    is_secure: bool,
}

impl<'a> Circumstances<'a> {
    pub(crate) fn of(settings: &S3Settings, parts: &'a Parts) -> Self {
        let connection = parts.extensions.get::<Connection>();
        let mut seen = Self {
            headers: &parts.headers,
            source_ip: connection.map(|connection| connection.peer.ip().to_canonical()),
            is_secure: settings.assume_tls || connection.is_some_and(|connection| connection.tls),
        };
        let is_trusted = |ip: &IpAddr| settings.trust_forwarded.iter().any(|network| network.contains(*ip));
        if seen.source_ip.as_ref().is_some_and(is_trusted) {
            // The last address that no proxy of ours has: what stands before it, a client may have written itself.
            let said = text(seen.headers, "x-forwarded-for").unwrap_or_default();
            let addresses = said.split(',').rev().map_while(|part| part.trim().parse::<IpAddr>().ok());
            let mut addresses = addresses.map(|ip| ip.to_canonical()).peekable();
            while let Some(address) = addresses.next() {
                if !is_trusted(&address) || addresses.peek().is_none() {
                    seen.source_ip = Some(address);
                    break;
                }
            }
            seen.is_secure |= text(seen.headers, "x-forwarded-proto") == Some("https");
        }
        seen
    }

    /// Whether the client's connection is encrypted, as far as a policy may believe it.
    pub(crate) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Who is at the other end, behind trusted proxies.
    pub(crate) fn source_ip(&self) -> Option<IpAddr> {
        self.source_ip
    }

    /// The request's headers.
    pub(crate) fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// What conditions may look at in every request.
    pub(crate) fn environment(&self, caller: &Caller, now_s: i64, keys: PolicyKeys) -> Environment {
        let mut environment = Environment::default();
        let iso = iso_8601(now_s);
        let (current, epoch) = match keys {
            // As RGW has it, which matters only to those who compare texts or numbers.
            PolicyKeys::Rgw => (now_s.to_string(), iso),
            PolicyKeys::Aws => (iso, now_s.to_string()),
        };
        environment.add("aws:CurrentTime", current);
        environment.add("aws:EpochTime", epoch);
        for (key, header) in [("aws:Referer", REFERER), ("aws:UserAgent", USER_AGENT)] {
            if let Some(value) = text(self.headers, header) {
                environment.add(key, value);
            }
        }
        match (self.is_secure, keys) {
            (true, _) => environment.add("aws:SecureTransport", "true"),
            (false, PolicyKeys::Aws) => environment.add("aws:SecureTransport", "false"),
            (false, PolicyKeys::Rgw) => {}
        }
        if let Some(ip) = self.source_ip {
            environment.add("aws:SourceIp", ip.to_string());
        }
        let account = caller.account().map(|account| account.as_str());
        match (keys, account) {
            (PolicyKeys::Rgw, _) => {
                environment.add("aws:PrincipalType", "User");
                let name = account.map_or("anonymous", |id| id.split_once('$').map_or(id, |(_, id)| id));
                environment.add("aws:username", name);
            }
            (PolicyKeys::Aws, Some(account)) => {
                environment.add("aws:PrincipalType", "Account");
                environment.add("aws:PrincipalAccount", account);
                environment.add("aws:userid", account);
            }
            (PolicyKeys::Aws, None) => environment.add("aws:PrincipalType", "Anonymous"),
        }
        environment
    }
}

/// Which condition keys a request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKeys {
    /// Those of RGW 16.
    Rgw,
    /// AWS's too: `aws:SecureTransport` is `false` over plain HTTP, `s3:VersionId`, `s3:RequestObjectTagKeys`, an ACL's
    /// keys on copies and multipart uploads.
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
        for (key, name) in [("s3:prefix", "prefix"), ("s3:delimiter", "delimiter")] {
            if let Some(value) = query.get_non_empty(name) {
                environment.add(key, value);
            }
        }
        if let Ok(max) = page_size(query, "max-keys", 1_000) {
            environment.add("s3:max-keys", max.to_string());
        }
    }
    let writes = matches!(operation, Op::PutObject | Op::UploadPart | Op::UploadPartCopy)
        || is_aws && matches!(operation, Op::CopyObject | Op::CreateMultipartUpload);
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
        for (key, value) in request_tags(headers) {
            if is_aws {
                environment.add("s3:RequestObjectTagKeys", key.as_str());
            }
            environment.add(format!("s3:RequestObjectTag/{key}"), value);
        }
    }
    if writes && is_aws {
        let more = ["x-amz-storage-class", "x-amz-server-side-encryption-customer-algorithm"];
        add_headers(environment, headers, &more);
    }
    if operation == Op::CopyObject || is_aws && operation == Op::UploadPartCopy {
        add_headers(environment, headers, &["x-amz-copy-source", "x-amz-metadata-directive"]);
    }
    if is_aws && let Some(version) = query.get_non_empty("versionId") {
        environment.add("s3:VersionId", version);
    }
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

fn request_tags(headers: &HeaderMap) -> Vec<(String, String)> {
    crate::ops::request_tags(headers).unwrap_or_default()
}

fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
}

fn iso_8601(now_s: i64) -> String {
    let mut text = String::new();
    iso_millis(&mut text, Timestamp(now_s.saturating_mul(1_000)));
    text
}
