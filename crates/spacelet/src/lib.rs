//! The Spacelet server: sockets, settings, command line, seeds, log. It joins the front ends to the engine and knows
//! neither S3's wire nor how anything is stored.
//!
//! ```no_run
//! # async fn example() -> Result<(), spacelet::StartError> {
//! let running = spacelet::Server::start(spacelet::Settings::for_tests()).await?;
//! println!("{}", running.endpoint());
//! running.stop().await;
//! # Ok(())
//! # }
//! ```

pub mod cli;
pub mod settings;

mod access_logs;
mod emulator;
mod first;
mod lifecycle;
mod listen;
mod notify;
mod panel;
mod runtime;
mod seed;
mod server;
mod start_error;

mod banner;
mod docs;
mod log;
mod mounted;
mod port_holder;
mod token;

pub use banner::text as banner;
pub use docs::{Page, pages as generated_docs};
pub use first::FirstKey;
pub use notify::Destination;
pub use seed::SeedError;
pub use server::{Running, Server};
pub use settings::{SettingError, Settings};
pub use spacelet_s3::{Limits, NewBuckets, Profile, Settling};
pub use start_error::StartError;
