//! What the engine can refuse. It knows no HTTP: `spacelet-s3` maps each variant to a code and a status.

use std::fmt;

/// A refusal by the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineError {
    /// The bucket is not there (or was deleted between two steps).
    NoSuchBucket,
    /// The name is taken by another account, or by the same with another ACL.
    BucketAlreadyExists,
    /// The caller's own, with the same settings: S3 answers 200 on Spaces.
    BucketAlreadyOwnedByYou,
    /// Objects, versions or delete markers remain.
    BucketNotEmpty,
    /// The account has as many buckets as it may.
    TooManyBuckets,
    /// No such key.
    NoSuchKey,
    /// The key is there, the version is not.
    NoSuchVersion,
    /// No such upload, or it belongs to another key.
    NoSuchUpload,
    /// A part that Complete names is not there or has another ETag.
    InvalidPart {
        /// Its number.
        number: u32,
    },
    /// A part that is not the last is below the minimum.
    PartTooSmall {
        /// Its number.
        number: u32,
        /// Its length.
        bytes: u64,
        /// The least length, as it was given.
        bytes_min: u64,
    },
    /// A condition that was to hold at commit does not.
    ConditionNotMet,
    /// A lock keeps the version, or its retention.
    ObjectLocked {
        /// Which lock, in plain words.
        because: &'static str,
    },
    /// There is no object that a condition could hold of.
    ConditionMissing,
    /// The object that a condition was about was deleted while the request ran.
    ConditionConflict,
    /// The completed object has another checksum than the client said.
    ChecksumNotMet,
    /// Complete names no checksum for a part of an upload whose checksum is one of its parts' checksums.
    PartChecksumMissing {
        /// Its number.
        number: u32,
    },
    /// The parts make another length than the client said.
    LengthNotMet {
        /// What they make.
        bytes: u64,
    },
    /// An access key id is taken.
    KeyAlreadyExists,
    /// No such account.
    NoSuchAccount,
    /// The account's quota or the number of keys is reached.
    TooManyKeys,
    /// The disk (or the memory limit of a volatile store) is full. Nothing was written; reads go on.
    Full,
    /// A failed fsync made the store read-only.
    ReadOnly,
    /// The store was closed.
    Closed,
    /// A body is missing or fails its CRC: never answered with wrong bytes.
    CorruptBody {
        /// What is wrong, for the log.
        detail: String,
    },
    /// A body is stored under a customer's key, which was not given.
    SealedBody,
    /// An append at another position than the end.
    AppendPosition {
        /// Where the end is.
        bytes: u64,
    },
    /// An append to an object that was not made by appending.
    ObjectNotAppendable,
    /// An append in a bucket whose versioning was ever set.
    VersionedBucket,
    /// Rows or files could not be read or written.
    Storage {
        /// What happened, for the log.
        detail: String,
    },
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for EngineError {}
