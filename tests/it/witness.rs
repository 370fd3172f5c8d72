//! Clients that others wrote, in this process: what they take for S3 must be what is served.

mod aws_sdk;
mod object_store;
