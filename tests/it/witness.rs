//! Clients that others wrote, in this process: what they take for S3 must be what is served.

mod aws_sdk;
mod object_store;

use spacelet::Profile;

/// Amazon's own endpoint: a server must be told of the name.
const AMAZON: &str = "s3.us-east-1.amazonaws.com";

/// What a profile's clients sign for.
fn region(profile: Profile) -> &'static str {
    if profile.is_aws { "us-east-1" } else { "nyc3" }
}

/// Under which a profile's buckets have names.
fn domain(profile: Profile) -> &'static str {
    if profile.is_aws { AMAZON } else { "nyc3.digitaloceanspaces.com" }
}
