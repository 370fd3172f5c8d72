//! One kind of work against one endpoint, or against two by turns.

use std::ffi::OsStr;
use std::time::Duration;

use serde_json::json;

use crate::drive::{Sample, drive};
use crate::endpoint::Endpoint;
use crate::failure::Outcome;
use crate::report::{Rounds, figure, table};
use crate::server::Server;
use crate::work::{Operation, Work};

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Of each endpoint.
    pub(crate) rounds: u32,
    /// Of one round.
    pub(crate) time: Duration,
    /// Before the first round; not counted.
    pub(crate) warm_up: Duration,
}

/// One endpoint's round: signs, then starts the clock.
pub(crate) async fn round(endpoint: &Endpoint, work: &Work, time: Duration) -> Outcome<Sample> {
    let load = work.load(endpoint).await?;
    drive(endpoint, &load, time).await
}

/// Rounds of all endpoints by turns, so that what else the machine does falls on all of them.
pub(crate) async fn by_turns(endpoints: &[&Endpoint], work: &Work, pace: Pace) -> Outcome<Vec<Rounds>> {
    let mut all: Vec<Rounds> = endpoints.iter().map(|endpoint| Rounds::new(&endpoint.name)).collect();
    for endpoint in endpoints {
        work.prepare(endpoint).await.map_err(|error| error.at(&endpoint.name))?;
        if !pace.warm_up.is_zero() {
            round(endpoint, work, pace.warm_up).await.map_err(|error| error.at(&endpoint.name))?;
        }
    }
    for _ in 0..pace.rounds {
        for (endpoint, rounds) in endpoints.iter().zip(&mut all) {
            rounds.samples.push(round(endpoint, work, pace.time).await.map_err(|error| error.at(&endpoint.name))?);
        }
    }
    Ok(all)
}

/// The command `run`: measures and prints.
pub(crate) async fn run(
    first: &Endpoint,
    second: Option<&Endpoint>,
    work: &Work,
    pace: Pace,
    json: bool,
) -> Outcome<()> {
    let endpoints: Vec<&Endpoint> = std::iter::once(first).chain(second).collect();
    let all = by_turns(&endpoints, work, pace).await?;
    let keys = if work.operation == Operation::List { work.keys_in_page(first).await? } else { 0 };
    let ratio = match &all[..] {
        [one, two] => Some(one.rate() / two.rate().max(1e-9)),
        _ => None,
    };
    if json {
        let endpoints: Vec<_> = all.iter().map(Rounds::json).collect();
        println!("{}", json!({ "work": work.title(), "endpoints": endpoints, "ratio": ratio, "keys_in_page": keys }));
        return Ok(());
    }
    print!("{}", table(&work.title(), &all.iter().collect::<Vec<_>>()));
    for rounds in &all {
        if keys > 0 {
            println!("{}: {} keys/s", rounds.name, figure(rounds.rate() * keys as f64));
        }
        if let Some(text) = rounds.samples.iter().find_map(|sample| sample.first_error.as_deref()) {
            println!("{}: an operation failed: {text}", rounds.name);
        }
    }
    if let (Some(ratio), [one, two]) = (ratio, &all[..]) {
        println!("{} does {ratio:.2} of the operations of {} (medians of {} rounds)", one.name, two.name, pace.rounds);
        if let (Some(one_us), Some(two_us)) = (one.server_us(), two.server_us()) {
            println!("and takes {:.2} of its CPU time for each", one_us / two_us.max(1e-9));
        }
    }
    Ok(())
}

/// A bare HTTP server that answers GET with as many bytes.
pub(crate) fn bare_server(bytes: u64) -> Outcome<Server> {
    let bytes = bytes.to_string();
    Server::bare("bare hyper", &[OsStr::new("--bytes"), OsStr::new(&bytes)])
}
