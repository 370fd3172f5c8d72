//! The program as a user meets it: started, asked, stopped, started again; and the library inside a test process.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod program {
    pub(crate) mod process;

    mod commands;
    mod library;
    mod refusals;
    mod remote;
    mod serving;
}
