//! Integration tests of the whole server, over sockets.
//!
//! Start at `support.rs`: a request is written as text, signed, sent, and its answer compared with an inline snapshot.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    clippy::map_err_ignore,
    clippy::wildcard_enum_match_arm,
    clippy::needless_pass_by_value,
    reason = "a test that panics has failed, which is what it is for"
)]

mod server;
mod sign;
mod support;
mod tested_by;
mod wire;

mod control;
mod emulator;
mod errors;
mod golden;
mod limits;
mod matrix;
mod policy;
mod s3;

mod fuzz;
mod witness;

mod docs;
mod tidy;
