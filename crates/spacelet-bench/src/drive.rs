//! The clock: connections that send what was prepared, and what came of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::failure::{Failure, Outcome};
use crate::process;
use crate::request::Request;

/// Latencies are kept to three digits up to ten minutes.
const LATENCY_US_MAX: u64 = 600_000_000;

/// One operation: its requests, sent one after another.
pub(crate) type Step = Vec<Request>;

/// What is sent: the operations of each connection.
pub(crate) struct Load {
    /// One list for each connection.
    pub(crate) lanes: Vec<Arc<Vec<Step>>>,
    /// Whether a connection begins anew when its list is done; else it rests.
    pub(crate) again: bool,
}

/// What one run gave.
pub(crate) struct Sample {
    /// Operations done.
    pub(crate) operations: u64,
    /// Of them those with an answer that was no success.
    pub(crate) errors: u64,
    /// The first of these answers.
    pub(crate) first_error: Option<String>,
    /// Bytes of bodies sent and received.
    pub(crate) body_bytes: u64,
    /// From the first byte sent to the last byte received.
    pub(crate) seconds: f64,
    /// µs of each operation.
    pub(crate) latency_us: Histogram<u64>,
    /// CPU time of the server's process meanwhile.
    pub(crate) server_cpu: Option<Duration>,
    /// CPU time of this process meanwhile.
    pub(crate) client_cpu: Duration,
    /// The server's resident memory at the end.
    pub(crate) rss_bytes: Option<u64>,
}

impl Sample {
    /// Operations in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.operations as f64 / self.seconds.max(1e-9)
    }

    /// Body bytes in a second.
    pub(crate) fn byte_rate(&self) -> f64 {
        self.body_bytes as f64 / self.seconds.max(1e-9)
    }

    /// The server's CPU time for one operation in µs.
    pub(crate) fn server_us(&self) -> Option<f64> {
        Some(self.server_cpu?.as_secs_f64() * 1e6 / self.operations.max(1) as f64)
    }

    /// The sample, unless an answer was no success: figures of refusals are worth nothing.
    pub(crate) fn clean(self) -> Outcome<Self> {
        match &self.first_error {
            Some(text) => {
                Err(Failure::new(format!("{} of {} operations failed: {text}", self.errors, self.operations)))
            }
            None => Ok(self),
        }
    }
}

/// What one connection saw.
struct Tally {
    operations: u64,
    errors: u64,
    first_error: Option<String>,
    body_bytes: u64,
    latency_us: Histogram<u64>,
}

/// Runs a load for `time`, or until it is done where it is not repeated.
pub(crate) async fn drive(endpoint: &Endpoint, load: &Load, time: Duration) -> Outcome<Sample> {
    let mut clients = Vec::new();
    for _ in &load.lanes {
        clients.push(Client::connect(endpoint.address).await?);
    }
    let (own, server_before) = (std::process::id(), endpoint.pid.and_then(process::cpu));
    let own_before = process::cpu(own).unwrap_or_default();
    let begin = Instant::now();
    let mut running = JoinSet::new();
    for (client, lane) in clients.into_iter().zip(&load.lanes) {
        running.spawn(converse(client, Arc::clone(lane), load.again, begin + time));
    }
    let mut whole = Tally::new()?;
    while let Some(ended) = running.join_next().await {
        whole.add(ended??)?;
    }
    let seconds = begin.elapsed().as_secs_f64();
    let used = |before: Option<Duration>, pid| Some(process::cpu(pid)?.saturating_sub(before?));
    Ok(Sample {
        operations: whole.operations,
        errors: whole.errors,
        first_error: whole.first_error,
        body_bytes: whole.body_bytes,
        seconds,
        latency_us: whole.latency_us,
        server_cpu: endpoint.pid.and_then(|pid| used(server_before, pid)),
        client_cpu: process::cpu(own).unwrap_or_default().saturating_sub(own_before),
        rss_bytes: endpoint.pid.and_then(process::rss_bytes),
    })
}

async fn converse(mut client: Client, lane: Arc<Vec<Step>>, again: bool, end: Instant) -> Outcome<Tally> {
    let mut tally = Tally::new()?;
    let mut before = Instant::now();
    loop {
        for step in lane.iter() {
            if before >= end {
                return Ok(tally);
            }
            tally.step(&mut client, step).await?;
            let after = Instant::now();
            let us = u64::try_from((after - before).as_micros()).unwrap_or(u64::MAX);
            tally.latency_us.saturating_record(us.max(1));
            before = after;
        }
        if !again || lane.is_empty() {
            return Ok(tally);
        }
    }
}

impl Tally {
    fn new() -> Outcome<Self> {
        let latency_us = Histogram::new_with_bounds(1, LATENCY_US_MAX, 3)?;
        Ok(Self { operations: 0, errors: 0, first_error: None, body_bytes: 0, latency_us })
    }

    async fn step(&mut self, client: &mut Client, step: &Step) -> Outcome<()> {
        self.operations += 1;
        for request in step {
            let answer = client.send(request).await?;
            self.body_bytes += answer.body_bytes + request.body_bytes();
            if !answer.is_success() {
                self.errors += 1;
                self.first_error.get_or_insert_with(|| answer.summary());
                break;
            }
        }
        Ok(())
    }

    fn add(&mut self, other: Self) -> Outcome<()> {
        self.operations += other.operations;
        self.errors += other.errors;
        self.body_bytes += other.body_bytes;
        self.first_error = self.first_error.take().or(other.first_error);
        self.latency_us.add(&other.latency_us)?;
        Ok(())
    }
}
