//! What is measured: an operation, sizes, keys, and the loads made of them.

mod multipart;

use std::fmt::Write as _;
use std::sync::Arc;

use clap::ValueEnum;
use tokio::task::JoinSet;

use crate::client::Client;
use crate::drive::{Load, Step};
use crate::endpoint::Endpoint;
use crate::failure::{Failure, Outcome};
use crate::request::{Draft, Filler, Request};

/// Objects that are written before the clock starts go over this many connections.
const LOADERS: u64 = 32;
/// Listings ask for different pages in turn, up to this many.
const PAGES_MAX: u64 = 1_000;

/// An operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Operation {
    /// PutObject over the same keys again and again.
    Put,
    /// GetObject.
    Get,
    /// HeadObject.
    Head,
    /// ListObjectsV2, a page at a time.
    List,
    /// DeleteObject, each key once; the keys are written anew before each round.
    Delete,
    /// All parts of an upload and its completion; it was created before the clock starts.
    Multipart,
}

impl Operation {
    /// As in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Put => "PUT",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::List => "LIST",
            Self::Delete => "DELETE",
            Self::Multipart => "MULTIPART",
        }
    }

    /// Keys where none are asked for: enough that they are not all alike, and few enough to be written quickly.
    pub(crate) fn keys(self) -> u64 {
        match self {
            Self::Put | Self::Get | Self::Head => 1_024,
            Self::List => 10_000,
            Self::Delete => 20_000,
            Self::Multipart => 8,
        }
    }
}

/// A piece of work.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    pub(crate) operation: Operation,
    /// Length of an object.
    pub(crate) bytes: u64,
    /// Length of a part, the last excepted.
    pub(crate) part_bytes: u64,
    /// Connections, each with one operation in flight.
    pub(crate) connections: usize,
    /// How many objects there are.
    pub(crate) keys: u64,
    /// The bucket that they are in.
    pub(crate) bucket: String,
    /// Bodies are covered by the signature; else `UNSIGNED-PAYLOAD`.
    pub(crate) signs_body: bool,
    /// Keys asked for in a page of a listing.
    pub(crate) page_keys: u64,
}

impl Work {
    /// Work in the bucket `bench` with one connection and what is usual else.
    pub(crate) fn new(operation: Operation, bytes: u64) -> Self {
        Self {
            operation,
            bytes,
            part_bytes: 5 << 20,
            connections: 1,
            keys: operation.keys(),
            bucket: "spacelet-bench".to_owned(),
            signs_body: false,
            page_keys: 1_000,
        }
    }

    /// With this many connections.
    pub(crate) fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// With this many keys.
    pub(crate) fn keys(mut self, keys: u64) -> Self {
        self.keys = keys;
        self
    }

    /// In this bucket.
    pub(crate) fn bucket(mut self, bucket: &str) -> Self {
        bucket.clone_into(&mut self.bucket);
        self
    }

    /// With bodies covered by the signature.
    pub(crate) fn signed(mut self) -> Self {
        self.signs_body = true;
        self
    }

    /// What it is, in words.
    pub(crate) fn title(&self) -> String {
        let mut title = self.operation.name().to_owned();
        let _ = match self.operation {
            Operation::Put | Operation::Get | Operation::Multipart => write!(title, " {}", size(self.bytes)),
            Operation::List => write!(title, " {} of {} keys", self.page_keys, self.keys),
            Operation::Head | Operation::Delete => Ok(()),
        };
        if self.signs_body && matches!(self.operation, Operation::Put | Operation::Multipart) {
            title.push_str(", payload signed");
        }
        let plural = if self.connections == 1 { "" } else { "s" };
        let _ = write!(title, ", {} connection{plural}", self.connections);
        title
    }

    /// Makes the bucket, and the objects that the operation reads.
    pub(crate) async fn prepare(&self, endpoint: &Endpoint) -> Outcome<()> {
        let path = format!("/{}", self.bucket);
        let mut client = Client::connect(endpoint.address).await?;
        let answer = client.fetch(&Draft::new("PUT", &path).sign(endpoint)?).await?;
        // A bucket that is there already serves as well.
        if answer.status != 409 {
            answer.success().map_err(|error| error.at("making the bucket"))?;
        }
        if matches!(self.operation, Operation::Get | Operation::Head | Operation::List) {
            self.write_objects(endpoint).await?;
        }
        Ok(())
    }

    /// The load of one round, signed now; for DELETE and multipart what it takes is written and created now.
    pub(crate) async fn load(&self, endpoint: &Endpoint) -> Outcome<Load> {
        let steps = match self.operation {
            Operation::Put => {
                let body = Filler::new(self.bytes, self.signs_body);
                self.steps(self.keys, |path, _| Draft::new("PUT", path).body(&body).sign(endpoint))?
            }
            Operation::Get => self.steps(self.keys, |path, _| Draft::new("GET", path).sign(endpoint))?,
            Operation::Head => self.steps(self.keys, |path, _| Draft::new("HEAD", path).sign(endpoint))?,
            Operation::List => self.pages(endpoint)?,
            Operation::Delete => {
                self.write_objects(endpoint).await?;
                self.steps(self.keys, |path, _| Draft::new("DELETE", path).sign(endpoint))?
            }
            Operation::Multipart => self.uploads(endpoint).await?,
        };
        let again = !matches!(self.operation, Operation::Delete | Operation::Multipart);
        Ok(Load { lanes: self.lanes(steps), again })
    }

    /// Deals the operations out to the connections. Where there are fewer, all connections do the same.
    fn lanes(&self, steps: Vec<Step>) -> Vec<Arc<Vec<Step>>> {
        if steps.len() < self.connections {
            let steps = Arc::new(steps);
            return (0..self.connections).map(|_| Arc::clone(&steps)).collect();
        }
        let mut lanes: Vec<Vec<Step>> = (0..self.connections).map(|_| Vec::new()).collect();
        let mut steps = steps.into_iter();
        while steps.len() > 0 {
            for (lane, step) in lanes.iter_mut().zip(&mut steps) {
                lane.push(step);
            }
        }
        lanes.into_iter().map(Arc::new).collect()
    }

    fn steps(&self, count: u64, make: impl Fn(&str, u64) -> Outcome<Request>) -> Outcome<Vec<Step>> {
        (0..count).map(|number| Ok(vec![make(&self.path(number), number)?])).collect()
    }

    /// Pages that begin at keys spread over the bucket and are all full, if the bucket has enough keys.
    fn pages(&self, endpoint: &Endpoint) -> Outcome<Vec<Step>> {
        let path = format!("/{}", self.bucket);
        let starts = self.keys.saturating_sub(self.page_keys);
        let pages = starts.clamp(1, PAGES_MAX);
        self.steps(pages, |_, page| {
            let mut query = format!("list-type=2&max-keys={}", self.page_keys);
            // A prime step visits the pages in an order that no cache foresees.
            let start = (page * 7_919 % pages) * starts / pages;
            if start > 0 {
                let _ = write!(query, "&start-after={}", key(start - 1));
            }
            Draft::new("GET", &path).query(&query).sign(endpoint)
        })
    }

    /// Writes the objects, signing as it goes.
    pub(crate) async fn write_objects(&self, endpoint: &Endpoint) -> Outcome<()> {
        let body = Filler::new(self.bytes, false);
        let mut running = JoinSet::new();
        for loader in 0..LOADERS.min(self.keys) {
            let (work, endpoint, body) = (self.clone(), endpoint.clone(), body.clone());
            running.spawn(async move {
                let mut client = Client::connect(endpoint.address).await?;
                for number in (loader..work.keys).step_by(LOADERS.try_into()?) {
                    let request = Draft::new("PUT", &work.path(number)).body(&body).sign(&endpoint)?;
                    client.send(&request).await?.success().map_err(|error| error.at("writing objects"))?;
                }
                Outcome::Ok(())
            });
        }
        while let Some(ended) = running.join_next().await {
            ended??;
        }
        Ok(())
    }

    /// How many keys a page really holds, so that a short answer is not taken for a quick one.
    pub(crate) async fn keys_in_page(&self, endpoint: &Endpoint) -> Outcome<u64> {
        let mut client = Client::connect(endpoint.address).await?;
        let pages = self.pages(endpoint)?;
        let request = pages.last().and_then(|step| step.first()).ok_or_else(|| Failure::new("no page to ask for"))?;
        let answer = client.fetch(request).await?.success()?;
        Ok(String::from_utf8_lossy(&answer.body).matches("<Key>").count() as u64)
    }

    fn path(&self, number: u64) -> String {
        format!("/{}/{}", self.bucket, key(number))
    }
}

fn key(number: u64) -> String {
    format!("object-{number:09}")
}

/// Bytes in the largest unit that says them exactly.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0 => "0 B".to_owned(),
        _ if bytes.is_multiple_of(1 << 30) => format!("{} GiB", bytes >> 30),
        _ if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} B"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn operations_are_dealt_out_evenly_and_none_twice() {
        let endpoint = Endpoint::new("x", "http://127.0.0.1:1", "k", "s", "nyc3").unwrap();
        let work = Work::new(Operation::Get, 1).connections(3).keys(10);
        let steps = work.steps(10, |path, _| Draft::new("GET", path).sign(&endpoint)).unwrap();
        let lanes = work.lanes(steps);
        let mut seen: Vec<_> = lanes.iter().flat_map(|lane| lane.iter().flatten()).map(|r| r.wire.clone()).collect();
        assert_eq!(lanes.iter().map(|lane| lane.len()).collect::<Vec<_>>(), [4, 3, 3]);
        seen.dedup();
        assert_eq!(seen.len(), 10);
    }

    #[test]
    fn pages_lie_within_the_bucket() {
        let endpoint = Endpoint::new("x", "http://127.0.0.1:1", "k", "s", "nyc3").unwrap();
        let count = |keys| Work::new(Operation::List, 1).keys(keys).pages(&endpoint).unwrap().len();
        assert_eq!((count(10), count(1_000), count(1_500), count(1_000_000)), (1, 1, 500, 1_000));
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!([0, 100, 4096, 20 << 20, 1 << 30].map(size), ["0 B", "100 B", "4 KiB", "20 MiB", "1 GiB"]);
    }
}
