//! The program `spacelet`; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(spacelet::cli::run(std::env::args_os()) as u8)
}
