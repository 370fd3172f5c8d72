//! What each kind of document is called, and how its absence is told (AWS API reference).

use http::StatusCode;
use spacelet_engine::DocumentKind;

use super::{Absent, Kind, checks};
use crate::error::ErrorCode;

/// Tags of the bucket.
pub(in crate::ops) const TAGGING: Kind = Kind {
    document: DocumentKind::Tagging,
    root: "Tagging",
    absent: Absent::Refused(ErrorCode::NoSuchTagSet),
    check: checks::tagging,
    put: StatusCode::NO_CONTENT,
};

/// How objects are encrypted that do not say.
pub(in crate::ops) const ENCRYPTION: Kind = Kind {
    document: DocumentKind::Encryption,
    root: "ServerSideEncryptionConfiguration",
    absent: Absent::Refused(ErrorCode::ServerSideEncryptionConfigurationNotFoundError),
    check: checks::encryption,
    put: StatusCode::OK,
};

/// Who owns what others write, and whether ACLs count.
pub(in crate::ops) const OWNERSHIP: Kind = Kind {
    document: DocumentKind::OwnershipControls,
    root: "OwnershipControls",
    absent: Absent::Refused(ErrorCode::OwnershipControlsNotFoundError),
    check: checks::ownership,
    put: StatusCode::OK,
};

/// What may not be public.
pub(in crate::ops) const PUBLIC_ACCESS: Kind = Kind {
    document: DocumentKind::PublicAccessBlock,
    root: "PublicAccessBlockConfiguration",
    absent: Absent::Refused(ErrorCode::NoSuchPublicAccessBlockConfiguration),
    check: checks::public_access,
    put: StatusCode::OK,
};

/// Object lock, and the retention of objects that name none.
pub(in crate::ops) const OBJECT_LOCK: Kind = Kind {
    document: DocumentKind::ObjectLock,
    root: "ObjectLockConfiguration",
    absent: Absent::Refused(ErrorCode::ObjectLockConfigurationNotFoundError),
    check: checks::object_lock,
    put: StatusCode::OK,
};

/// Where objects would be replicated to.
pub(in crate::ops) const REPLICATION: Kind = Kind {
    document: DocumentKind::Replication,
    root: "ReplicationConfiguration",
    absent: Absent::Refused(ErrorCode::ReplicationConfigurationNotFoundError),
    check: checks::replication,
    put: StatusCode::OK,
};

/// Who is told of events.
pub(in crate::ops) const NOTIFICATION: Kind = Kind {
    document: DocumentKind::Notification,
    root: "NotificationConfiguration",
    absent: Absent::Document(""),
    check: checks::notification,
    put: StatusCode::OK,
};

/// Who pays.
pub(in crate::ops) const REQUEST_PAYMENT: Kind = Kind {
    document: DocumentKind::RequestPayment,
    root: "RequestPaymentConfiguration",
    absent: Absent::Document("<Payer>BucketOwner</Payer>"),
    check: checks::request_payment,
    put: StatusCode::OK,
};

/// Transfer acceleration.
pub(in crate::ops) const ACCELERATE: Kind = Kind {
    document: DocumentKind::Accelerate,
    root: "AccelerateConfiguration",
    absent: Absent::Document(""),
    check: checks::accelerate,
    put: StatusCode::OK,
};
