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

    /// The sample, unless nothing was done or an answer was no success: figures of refusals are worth nothing.
    pub(crate) fn clean(self) -> Outcome<Self> {
        if self.operations == 0 {
            return Err(Failure::new("nothing was done, so nothing was measured"));
        }
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

/// Runs a load for `time`, or until it is done where it is not repeated. Each connection does one operation at least,
/// however short the time.
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
            if before >= end && tally.operations > 0 {
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::request::Draft;

    /// An endpoint that answers every read with these bytes.
    async fn parrot(answer: &'static [u8]) -> Endpoint {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    while stream.read(&mut request).await.unwrap_or(0) > 0 {
                        if stream.write_all(answer).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Endpoint::new("parrot", &url, "k", "s", "nyc3").unwrap()
    }

    fn load(endpoint: &Endpoint, lanes: usize, steps: usize, again: bool) -> Load {
        let lane = || (0..steps).map(|_| vec![Draft::new("GET", "/b/k").sign(endpoint).unwrap()]).collect();
        Load { lanes: (0..lanes).map(|_| Arc::new(lane())).collect(), again }
    }

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc";

    #[tokio::test]
    async fn even_no_time_is_enough_for_one_operation_each() {
        let endpoint = parrot(OK).await;
        let sample = drive(&endpoint, &load(&endpoint, 3, 5, true), Duration::ZERO).await.unwrap().clean().unwrap();
        assert_eq!((sample.operations, sample.body_bytes, sample.latency_us.len()), (3, 9, 3));
    }

    #[tokio::test]
    async fn a_load_that_is_not_repeated_ends_with_its_last_operation() {
        let endpoint = parrot(OK).await;
        let sample = drive(&endpoint, &load(&endpoint, 2, 5, false), Duration::from_secs(60)).await.unwrap();
        assert_eq!((sample.operations, sample.errors), (10, 0));
    }

    #[tokio::test]
    async fn refusals_and_idleness_are_no_figures() {
        let endpoint = parrot(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno").await;
        let sample = drive(&endpoint, &load(&endpoint, 1, 2, false), Duration::from_secs(60)).await.unwrap();
        assert_eq!(sample.errors, 2);
        let failure = sample.clean().err().unwrap().to_string();
        assert!(failure.starts_with("2 of 2 operations failed: answered 403 no"), "{failure}");
        let idle = drive(&endpoint, &load(&endpoint, 1, 0, true), Duration::from_secs(60)).await.unwrap();
        assert!(idle.clean().is_err());
    }
}
