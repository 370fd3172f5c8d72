//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use serde_json::json;

use crate::ceiling::{disk, engine, hash, http};
use crate::endpoint::Endpoint;
use crate::failure::{Failure, Outcome};
use crate::report::{Rounds, figure, table};
use crate::run::{Pace, bare_server, run};
use crate::suite;
use crate::work::{Operation, Work};

/// Measures any S3 endpoint with real signatures, made before the clock starts.
#[derive(Parser)]
#[command(name = "spacelet-bench", version)]
pub(crate) enum Command {
    /// Measures one kind of work against an endpoint, or against two by turns.
    Run(Box<Run>),
    /// Measures what this machine can do at most.
    #[command(subcommand)]
    Ceiling(Ceiling),
    /// Starts Spacelet and holds it against the aims of docs/BENCHMARKS.md.
    Suite(suite::Options),
}

#[derive(Args)]
pub(crate) struct Run {
    /// Where, such as http://127.0.0.1:9000.
    #[arg(long)]
    endpoint: String,
    /// The access key's ID.
    #[arg(long)]
    key: String,
    /// Its secret.
    #[arg(long)]
    secret: String,
    /// The region named in signatures.
    #[arg(long, default_value = "nyc3")]
    region: String,
    /// The server's process on this machine: its CPU time and memory are then shown.
    #[arg(long)]
    pid: Option<u32>,
    /// A second endpoint, by turns with the first.
    #[arg(long, value_name = "URL,KEY,SECRET[,PID]", conflicts_with = "second_ceiling")]
    second: Option<String>,
    /// A bare HTTP server as the second endpoint (PUT, GET).
    #[arg(long)]
    second_ceiling: bool,
    /// What to do.
    #[arg(long, value_enum, default_value = "get")]
    op: Operation,
    /// Length of an object: 4096, 4KiB, 1GiB.
    #[arg(long, default_value = "4KiB", value_parser = bytes)]
    size: u64,
    /// Length of a multipart upload's part.
    #[arg(long, default_value = "5MiB", value_parser = bytes)]
    part_size: u64,
    /// Connections, each with one operation in flight.
    #[arg(long, short, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
    /// Objects that are read, overwritten, listed or deleted [default: by operation, 8 to 20,000].
    #[arg(long)]
    keys: Option<u64>,
    /// Keys in a page of a listing.
    #[arg(long, default_value_t = 1_000)]
    page: u64,
    /// The bucket; it is made when absent, and its objects `object-…` are overwritten.
    #[arg(long, default_value = "spacelet-bench")]
    bucket: String,
    /// Signs the SHA-256 of bodies; else they are sent as UNSIGNED-PAYLOAD.
    #[arg(long)]
    sign_payload: bool,
    /// Seconds of a round.
    #[arg(long, default_value_t = 3.0, value_parser = seconds)]
    duration: f64,
    /// Seconds before the first round that are not counted.
    #[arg(long, default_value_t = 0.5, value_parser = seconds)]
    warm_up: f64,
    /// Rounds of each endpoint.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
pub(crate) enum Ceiling {
    /// A bare hyper server: answers every GET with the same bytes or file, swallows every PUT. Runs until it is ended.
    Http {
        /// Where it listens.
        #[arg(long, default_value = "127.0.0.1:9100")]
        address: SocketAddr,
        /// Bytes of its answers.
        #[arg(long, default_value = "4KiB", value_parser = bytes)]
        bytes: u64,
        /// A file to answer with instead.
        #[arg(long)]
        file: Option<PathBuf>,
        /// Bytes of it that are read at once, the next while the last are sent.
        #[arg(long, default_value = "256KiB", value_parser = bytes)]
        block: u64,
    },
    /// MD5 and SHA-256 of one core.
    Hash {
        /// Seconds of each.
        #[arg(long, default_value_t = 1.0, value_parser = seconds)]
        duration: f64,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// The storage engine without HTTP: objects put by many tasks at once.
    Engine {
        /// Folder in which to make a durable store; else it is volatile.
        #[arg(long)]
        folder: Option<PathBuf>,
        /// Length of an object.
        #[arg(long, default_value = "4KiB", value_parser = bytes)]
        size: u64,
        /// Tasks, each with one object in flight.
        #[arg(long, default_value_t = 64)]
        tasks: u64,
        /// Seconds.
        #[arg(long, default_value_t = 3.0, value_parser = seconds)]
        duration: f64,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// The disk: one large file, written and synced.
    Disk {
        /// Folder to write in.
        #[arg(long, default_value = ".")]
        folder: PathBuf,
        /// Length of the file.
        #[arg(long, default_value = "1GiB", value_parser = bytes)]
        size: u64,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    /// Does what was asked.
    pub(crate) async fn perform(self) -> Outcome<()> {
        match self {
            Self::Run(options) => options.perform().await,
            Self::Ceiling(ceiling) => ceiling.perform().await,
            Self::Suite(options) => Box::pin(suite::perform(options)).await,
        }
    }
}

impl Run {
    async fn perform(self) -> Outcome<()> {
        let first = Endpoint::new("first", &self.endpoint, &self.key, &self.secret, &self.region)?.with_pid(self.pid);
        let work = Work {
            operation: self.op,
            bytes: self.size,
            part_bytes: self.part_size,
            connections: usize::from(self.connections),
            keys: self.keys.unwrap_or_else(|| self.op.keys()),
            bucket: self.bucket,
            signs_body: self.sign_payload,
            page_keys: self.page,
        };
        let pace = Pace {
            rounds: self.rounds,
            time: Duration::from_secs_f64(self.duration),
            warm_up: Duration::from_secs_f64(self.warm_up),
        };
        if self.second_ceiling {
            if !matches!(self.op, Operation::Put | Operation::Get) {
                return Err(Failure::new("the bare server knows PUT and GET only"));
            }
            let bare = bare_server(self.size)?;
            return run(&first, Some(&bare.endpoint), &work, pace, self.json).await;
        }
        let second = self.second.map(|text| second(&text, &self.region)).transpose()?;
        run(&first, second.as_ref(), &work, pace, self.json).await
    }
}

impl Ceiling {
    async fn perform(self) -> Outcome<()> {
        match self {
            Self::Http { address, bytes, file, block } => http::serve(address, bytes, file, block).await,
            Self::Hash { duration, json } => {
                let rates = hash::rates(Duration::from_secs_f64(duration));
                if json {
                    println!("{}", json!({ "md5_bytes_per_s": rates.md5, "sha256_bytes_per_s": rates.sha256 }));
                } else {
                    println!("MD5      {} MB/s\nSHA-256  {} MB/s", figure(rates.md5 / 1e6), figure(rates.sha256 / 1e6));
                }
                Ok(())
            }
            Self::Engine { folder, size, tasks, duration, json } => {
                let sample = engine::put(folder.as_deref(), size, tasks, Duration::from_secs_f64(duration)).await?;
                let kind = if folder.is_some() { "durable" } else { "volatile" };
                let rounds = Rounds { name: kind.to_owned(), samples: vec![sample] };
                if json {
                    println!("{}", rounds.json());
                } else {
                    print!("{}", table(&format!("engine alone, {tasks} tasks"), &[&rounds]));
                }
                Ok(())
            }
            Self::Disk { folder, size, json } => {
                let rate = disk::rate(&folder, size)?;
                if json {
                    println!("{}", json!({ "bytes_per_s": rate }));
                } else {
                    println!("{} MB/s written and synced", figure(rate / 1e6));
                }
                Ok(())
            }
        }
    }
}

/// `URL,KEY,SECRET[,PID]`
fn second(text: &str, region: &str) -> Outcome<Endpoint> {
    let parts: Vec<&str> = text.split(',').collect();
    let (url, key, secret, pid) = match parts[..] {
        [url, key, secret] => (url, key, secret, None),
        [url, key, secret, pid] => (url, key, secret, Some(pid.parse()?)),
        _ => return Err(Failure::new("--second takes URL,KEY,SECRET[,PID]")),
    };
    Ok(Endpoint::new("second", url, key, secret, region)?.with_pid(pid))
}

/// `4096`, `4KiB`, `20MiB`, `1GiB`
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..).unwrap_or_default() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        unit => return Err(format!("`{unit}` is none of B, KiB, MiB, GiB")),
    };
    let count: u64 = digits.trim().parse().map_err(|error| format!("`{digits}`: {error}"))?;
    count.checked_mul(unit).filter(|bytes| *bytes <= 5 << 40).ok_or_else(|| format!("`{text}` is more than S3 keeps"))
}

/// Seconds, up to a day.
fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(seconds),
        Ok(_) => Err("0 to 86400 seconds".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Command::command().debug_assert();
    }

    #[test]
    fn sizes_and_times() {
        assert_eq!(["7", "4KiB", "1GiB"].map(bytes), [Ok(7), Ok(4096), Ok(1 << 30)]);
        assert!(["", "x", "4KB", "99999999999GiB", "-1"].map(bytes).iter().all(Result::is_err));
        assert!(seconds("-1").is_err() && seconds("inf").is_err() && seconds("0.5") == Ok(0.5));
    }
}
