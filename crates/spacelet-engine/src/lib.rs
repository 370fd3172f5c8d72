//! The engine: worlds of accounts, access keys, Spaces and objects, and the rules that own them.
//!
//! It knows no HTTP, no XML, no status code and no signature. Reading order:
//! [`Engine`] opens a store and owns the committer; a [`World`] is everything one client can see;
//! the nouns (names, ACLs, ETags, checksums, conditions, [`access`]) are pure.

mod engine;
mod world;

mod accounts;
mod append;
mod archive;
mod buckets;
mod cdn;
mod certificates;
mod credentials;
mod documents;
mod issue;
mod judge;
mod keys;
mod lifecycle;
mod list;
mod multipart;
mod object_lock;
mod objects;
mod projects;
mod snapshot;
mod tokens;
mod versions;

pub mod access;
mod acl;
mod checksum;
mod clock;
mod conditions;
mod cors;
mod customer_key;
mod error;
mod etag;
mod name;
pub mod policy;
mod random;
mod secret;
mod storage_class;
mod website;

mod bodies;
mod commit;
#[cfg(test)]
mod faults;
mod folder;
mod fsck;
mod maintenance;
mod records;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use accounts::{Account, NewAccount};
pub use acl::{Acl, CannedAcl, Grant, Grantee, Permission};
pub use archive::RestoreOutcome;
pub use bodies::{Body, BodyReader, BodyWriter, StagedBody};
pub use buckets::{Bucket, BucketStart, BucketUsage, NewBucket, Versioning};
pub use cdn::{CdnChange, CdnEndpoint, CdnRefusal, NewCdnEndpoint};
pub use certificates::{Certificate, CertificateRefusal};
pub use checksum::{AnnouncedChecksum, Checksum, ChecksumAlgorithm, ChecksumKind};
pub use clock::{Clock, Timestamp};
pub use conditions::{Conditions, Unmet, UnmetWrite, WriteCondition};
pub use cors::{CorsAsk, CorsMatch, CorsMethod, CorsRule, asked_headers, find_rule};
pub use credentials::{Credential, FoundKey};
pub use customer_key::{CustomerKey, KeyMark};
pub use documents::{DocumentKind, DocumentSet};
pub use engine::{Durability, Engine, EngineSettings, OpenError, Report};
pub use error::EngineError;
pub use etag::ETag;
pub use issue::KeyRefusal;
pub use keys::{AccessKey, KeyGrant, KeyPermission, NewAccessKey};
pub use lifecycle::{
    Candidate, DAY_MS, Due, Expiration, LifecycleRule, Moment, Noncurrent, NoncurrentTransition, SmallObjects,
    Transition, abort_of, expiry, is_due, is_expired, is_noncurrent_expired, noncurrent_transition, transition,
};
pub use list::{ListObjects, ListVersions, Listed, ObjectPage, VersionMarker, VersionPage};
pub use multipart::{
    CompletedPart, Completion, ListParts, ListUploads, NewUpload, Part, PartPage, Upload, UploadMarker, UploadPage,
};
pub use name::{
    AccessKeyId, AccountId, BucketName, BucketNameError, ObjectKey, ObjectKeyError, Region, UploadId, VersionId,
};
pub use object_lock::{LockBypass, ObjectLock, Retention, RetentionMode};
pub use objects::{Deleted, NewObject, ObjectInfo, ObjectMeta, PartSize, StoredHeader, VersionSelector};
pub use projects::{Project, ProjectRefusal, space_urn};
pub use random::{named_uuid, new_uuid};
pub use secret::Secret;
pub use snapshot::Snapshot;
pub use storage_class::{Restoration, StorageClass};
pub use tokens::{ApiToken, NewApiToken};
pub use website::{ROUTING_RULES_MAX, RedirectAll, Redirection, ReplaceKey, RoutingRule, Visit, Website};
pub use world::World;
