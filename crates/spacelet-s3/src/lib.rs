//! S3's wire as DigitalOcean Spaces speaks it: request targets, signatures' answers, XML, headers, error codes.
//!
//! Start at [`S3Service`] (`service.rs`), which a request's whole life can be read from: target → route → claim →
//! facts → decision → operation → answer. Two tables hold what is data: [`operations`] (TABLE 1) and [`errors`]
//! (TABLE 2). This crate opens no socket, reads no environment and touches no file.

mod service;
mod settings;

mod access_log;
mod auth;
mod authorization;
mod facts;
mod finish;
mod guard;
mod health;
mod operation;
mod ops;
mod sweep;
mod target;
mod visit;

mod acl;
mod aws_error;
mod besides;
mod body;
mod cdn;
mod checksum;
mod circumstances;
mod cold;
mod cors;
mod customer_key;
mod denial;
mod encryption;
mod form;
mod form_faults;
mod header_case;
mod headers;
mod lifecycle;
mod logging;
mod notification;
mod object_lock;
mod ownership;
mod policy;
mod public_access;
mod query;
mod range;
mod rates;
mod region;
mod request;
mod response;
mod settling;
mod signed_headers;
mod storage_class;
mod stored;
mod tags;
mod website;
mod xml;

mod error;
mod explain;
mod ids;
mod journal;
mod limits;
mod profile;

pub use access_log::Delivered;
pub use acl::AclFaults;
pub use cors::PreflightFaults;
pub use customer_key::CustomerKeyFaults;
pub use error::{ErrorCode, ErrorRow, errors};
pub use form_faults::FormFaults;
pub use journal::JournalEntry;
pub use limits::Limits;
pub use notification::{Deliver, Event, EventDetails, EventObject, Notifier};
pub use operation::{OperationRow, Scope, Status, operations};
pub use policy::PolicyKeys;
pub use profile::Profile;
pub use rates::RateLimits;
pub use response::ResponseBody;
pub use service::S3Service;
pub use settings::{Connection, NewBuckets, S3Settings};
pub use settling::Settling;
pub use sweep::Swept;
