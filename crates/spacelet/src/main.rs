//! The program `spacelet`; everything is in the library.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Chosen here and not in the library: a program that embeds a server keeps its own.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(spacelet::cli::run(std::env::args_os()) as u8)
}
