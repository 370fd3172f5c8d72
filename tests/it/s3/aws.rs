//! What profile `aws` has and Spaces lacks: configurations of a bucket, object lock, ownership, public access block,
//! encryption as it is reported, notifications. In profile `spaces` all of it is 501 (`not_offered.rs`).

mod acls;
mod authorization;
mod bucket_documents;
mod checksums;
mod configurations_by_id;
mod encryption;
mod lifecycle;
mod notification;
mod object_lock;
mod ownership;
mod policy;
mod preflight;
mod public_access;
mod regions;
mod start;
mod storage_classes;
mod tags;

use crate::server::Server;
use spacelet_s3::Profile;

/// A server in profile `aws` with a bucket `b-one`.
fn with_bucket() -> Server {
    let server = Server::start_with(|settings| settings.profile = Profile::AWS);
    server.prepare(&["PUT /b-one"]);
    server
}
