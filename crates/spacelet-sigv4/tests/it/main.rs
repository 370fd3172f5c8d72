//! Tests of the signatures as their users see them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod chunked;
mod hypotheses;
mod post_policy;
mod recorded;
mod round_trip;
mod support;
mod vectors;
