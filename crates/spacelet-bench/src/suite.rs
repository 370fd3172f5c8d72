//! Spacelet held against its aims: every figure beside its ceiling, in one run.

mod aims;
mod large;
mod listing;
mod machine;
mod memory;
mod ready;
mod small;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::failure::{Failure, Outcome};
use crate::run::Pace;

use aims::Aims;

/// Options of `suite`.
#[derive(Args)]
pub(crate) struct Options {
    /// The program to measure.
    #[arg(long, default_value = "target/release/spacelet")]
    server_binary: PathBuf,
    /// Folder for data folders, on the disk that is to be measured [default: the system's temporary folder].
    #[arg(long)]
    folder: Option<PathBuf>,
    /// 100,000 keys instead of 1,000,000, 256 MiB instead of 1 GiB, shorter and fewer rounds: figures are rougher.
    #[arg(long)]
    quick: bool,
    /// Length of the large object.
    #[arg(long, value_parser = crate::command::bytes)]
    large: Option<u64>,
    /// Only these parts.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// What can be measured alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Time from start to the first answer, and memory of an empty store.
    Ready,
    /// 4 KiB objects at 64 connections.
    Small,
    /// A large PUT and GET, and memory meanwhile.
    Large,
    /// Pages of large and small buckets.
    Listing,
    /// Memory for each object.
    Memory,
}

/// What all parts need.
pub(crate) struct Plan {
    server_binary: PathBuf,
    /// Emptied and removed at the end.
    folder: tempfile::TempDir,
    pace: Pace,
    large_bytes: u64,
    listing_keys: u64,
    starts: u32,
}

/// The command `suite`: measures, prints a line for each aim, and fails only where something could not be measured.
pub(crate) async fn perform(options: Options) -> Outcome<()> {
    let parent = options.folder.clone().unwrap_or_else(std::env::temp_dir);
    let seconds = if options.quick { 1.5 } else { 4.0 };
    let plan = Plan {
        server_binary: options.server_binary.clone(),
        folder: tempfile::Builder::new().prefix("spacelet-bench-").tempdir_in(&parent)?,
        pace: Pace {
            rounds: if options.quick { 3 } else { 5 },
            time: Duration::from_secs_f64(seconds),
            warm_up: Duration::from_secs(1),
        },
        large_bytes: options.large.unwrap_or(if options.quick { 256 << 20 } else { 1 << 30 }),
        listing_keys: if options.quick { 100_000 } else { 1_000_000 },
        starts: if options.quick { 5 } else { 15 },
    };
    let machine = machine::describe();
    let load_before = machine::load();
    if !options.json {
        println!("{machine}; load average {load_before}\n");
    }
    let mut aims = Aims::new(!options.json);
    let wants = |part| options.only.is_empty() || options.only.contains(&part);
    let parts = [Part::Ready, Part::Small, Part::Large, Part::Listing, Part::Memory];
    for part in parts.into_iter().filter(|part| wants(*part)) {
        let measured = match part {
            Part::Ready => ready::measure(&plan, &mut aims).await,
            Part::Small => Box::pin(small::measure(&plan, &mut aims)).await,
            Part::Large => Box::pin(large::measure(&plan, &mut aims)).await,
            Part::Listing => listing::measure(&plan, &mut aims).await,
            Part::Memory => memory::measure(&plan, &mut aims).await,
        };
        measured.map_err(|error| error.at(&format!("{part:?}")))?;
    }
    if options.json {
        println!(
            "{}",
            json!({ "machine": machine, "load_average": [load_before, machine::load()], "aims": aims.json(), "tables": aims.tables_json() })
        );
    } else {
        print!("{}", aims.summary());
        println!("load average {load_before} at the begin, {} at the end", machine::load());
    }
    plan.folder.close()?;
    Ok(())
}

impl Plan {
    /// A data folder that does not exist yet.
    fn data(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Removes a data folder that is no longer needed, so that the disk holds one at a time.
    fn discard(&self, name: &str) -> Outcome<()> {
        std::fs::remove_dir_all(self.data(name)).map_err(|error| Failure::from(error).at(name))
    }
}
