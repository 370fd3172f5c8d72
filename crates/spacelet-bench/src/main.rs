//! Measures any S3 endpoint with real signatures, beside a second one or beside what the machine can do at most.
//!
//! Everything is signed before the clock starts, and connections are cheap ([`client`]), since on one machine the
//! client's time is taken from the server's. Reading order: [`work`] says what is sent, [`drive`] holds the clock,
//! [`run`] takes turns, [`suite`] holds Spacelet against its aims.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints figures")]

mod ceiling;
mod client;
mod command;
mod drive;
mod endpoint;
mod failure;
mod process;
mod report;
mod request;
mod run;
mod server;
mod suite;
mod work;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let command = command::Command::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("spacelet-bench: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(command.perform()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("spacelet-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}
