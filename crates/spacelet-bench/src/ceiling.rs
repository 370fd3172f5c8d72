//! Ceilings: what this machine can do at most, so that a server's figures can be read as shares of it.

pub(crate) mod disk;
pub(crate) mod engine;
pub(crate) mod hash;
pub(crate) mod http;
