//! How many requests are served: in a second from one address and for one bucket, and at once to one object
//! (spaces-reference 7.4; S3 user guide, "Best practices design patterns: optimizing Amazon S3 performance"). Enforced
//! only where the settings say so; counted on the monotonic clock, so that a world's clock that is moved changes nothing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::Method;
use spacelet_engine::BucketName;

use crate::error::{ErrorCode, S3Error, Shape};
use crate::operation::{Operation, Row, Verb};
use crate::target::Target;

/// Addresses and buckets that are counted at once.
const COUNTED_MAX: usize = 16_384;
/// A longer name is no bucket's and is not counted.
const NAME_BYTES_MAX: usize = 255;
const WINDOW: Duration = Duration::from_secs(1);

/// The numbers; `None`: any number.
///
/// DIFFERS: they are counted in seconds that begin with their first request, and in profile `aws` for a whole bucket. How
/// Spaces counts is not documented, and S3 counts for each prefix once it has partitioned a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Requests a second from one address, to all buckets together.
    pub address: Option<u32>,
    /// Requests a second to one bucket.
    pub bucket: Option<u32>,
    /// Of these, PUT, POST and DELETE.
    pub writes: Option<u32>,
    /// Of these, GET and HEAD.
    pub reads: Option<u32>,
    /// PutObject and CopyObject to one key at once.
    pub object: Option<u32>,
    /// Of the requests to a cold Space (spaces-reference 4.10), those that write.
    pub cold_writes: Option<u32>,
    /// Those that read.
    pub cold_reads: Option<u32>,
    /// Those that list.
    pub cold_lists: Option<u32>,
}

impl RateLimits {
    /// Spaces made since 2022; older ones have 500 requests a second.
    pub const SPACES: Self = Self {
        address: Some(1_500),
        bucket: Some(800),
        object: Some(10),
        cold_writes: Some(450),
        cold_reads: Some(250),
        cold_lists: Some(25),
        ..Self::NONE
    };
    /// A bucket that Amazon has not partitioned: there these are a prefix's numbers.
    pub const AWS: Self = Self { writes: Some(3_500), reads: Some(5_500), ..Self::NONE };

    const NONE: Self = Self {
        address: None,
        bucket: None,
        writes: None,
        reads: None,
        object: None,
        cold_writes: None,
        cold_reads: None,
        cold_lists: None,
    };

    /// The names that [`Self::set`] knows.
    pub const NAMES: &[&str] =
        &["address", "bucket", "writes", "reads", "object", "cold-writes", "cold-reads", "cold-lists"];

    /// Changes the number of that name; 0: any number. False for a name that is none of [`Self::NAMES`].
    pub fn set(&mut self, name: &str, number: u32) -> bool {
        let place = match name {
            "address" => &mut self.address,
            "bucket" => &mut self.bucket,
            "writes" => &mut self.writes,
            "reads" => &mut self.reads,
            "object" => &mut self.object,
            "cold-writes" => &mut self.cold_writes,
            "cold-reads" => &mut self.cold_reads,
            "cold-lists" => &mut self.cold_lists,
            _ => return false,
        };
        *place = Some(number).filter(|&number| number > 0);
        true
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Counted {
    Address(IpAddr),
    Bucket(Share, String),
}

/// Which requests to a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Share {
    All,
    Writes,
    Reads,
    ColdWrites,
    ColdReads,
    ColdLists,
}

/// A second that began with its first request.
struct Window {
    began: Instant,
    used: u32,
}

/// What counts the requests of a service.
pub(crate) struct Limiter {
    limits: RateLimits,
    counts: Mutex<HashMap<Counted, Window>>,
    /// Writes in flight by bucket and key: as many entries as requests are served at most.
    writing: Mutex<HashMap<ObjectName, u32>>,
}

type ObjectName = (String, Vec<u8>);

impl Limiter {
    pub(crate) fn new(limits: RateLimits) -> Arc<Self> {
        Arc::new(Self { limits, counts: Mutex::default(), writing: Mutex::default() })
    }

    /// Counts a request at `now`.
    ///
    /// # Errors
    /// `SlowDown` when it is one too many.
    pub(crate) fn count(
        &self,
        address: Option<IpAddr>,
        target: &Target,
        method: &Method,
        now: Instant,
    ) -> Result<(), S3Error> {
        let limits = &self.limits;
        let mut counts = locked(&self.counts);
        if let (Some(max), Some(address)) = (limits.address, address) {
            counts.add(Counted::Address(address), max, now, "from this address")?;
        }
        let Some(bucket) = target.bucket.as_ref().filter(|name| name.len() <= NAME_BYTES_MAX) else { return Ok(()) };
        if let Some(max) = limits.bucket {
            counts.add(Counted::Bucket(Share::All, bucket.clone()), max, now, "to this bucket")?;
        }
        match *method {
            Method::GET | Method::HEAD => limits.reads.map_or(Ok(()), |max| {
                counts.add(Counted::Bucket(Share::Reads, bucket.clone()), max, now, "to read from this bucket")
            }),
            Method::PUT | Method::POST | Method::DELETE => limits.writes.map_or(Ok(()), |max| {
                counts.add(Counted::Bucket(Share::Writes, bucket.clone()), max, now, "to write to this bucket")
            }),
            _ => Ok(()),
        }
    }

    /// Counts a request to a cold Space besides.
    ///
    /// # Errors
    /// As [`Self::count`].
    pub(crate) fn count_cold(&self, row: &Row, bucket: &BucketName, now: Instant) -> Result<(), S3Error> {
        let limits = &self.limits;
        let (share, max, of) = match (row.operation, row.verb) {
            (Operation::ListObjects | Operation::ListObjectsV2 | Operation::ListObjectVersions, _) => {
                (Share::ColdLists, limits.cold_lists, "to list this cold Space")
            }
            (_, Verb::Get | Verb::Head) => (Share::ColdReads, limits.cold_reads, "to read from this cold Space"),
            (_, _) => (Share::ColdWrites, limits.cold_writes, "to write to this cold Space"),
        };
        let what = Counted::Bucket(share, bucket.as_str().to_owned());
        max.map_or(Ok(()), |max| locked(&self.counts).add(what, max, now, of))
    }

    /// Begins a write of the object that `target` names; it lasts as long as what is answered.
    ///
    /// # Errors
    /// `SlowDown` when as many go on as may.
    pub(crate) fn begin_write(self: &Arc<Self>, target: &Target) -> Result<Option<Box<Writing>>, S3Error> {
        let (Some(max), Some(bucket)) = (self.limits.object, &target.bucket) else { return Ok(None) };
        let object = (bucket.clone(), target.key.clone());
        let mut writing = locked(&self.writing);
        let count = writing.entry(object.clone()).or_default();
        if *count >= max {
            return Err(too_many(format!("{max} writes of this object go on at once; a further one is too many")));
        }
        *count += 1;
        Ok(Some(Box::new(Writing { limiter: Arc::clone(self), object })))
    }
}

/// A write of an object that goes on until this is dropped.
pub(crate) struct Writing {
    limiter: Arc<Limiter>,
    object: ObjectName,
}

impl Drop for Writing {
    fn drop(&mut self) {
        let mut writing = locked(&self.limiter.writing);
        if let Some(count) = writing.get_mut(&self.object) {
            *count -= 1;
            if *count == 0 {
                writing.remove(&self.object);
            }
        }
    }
}

trait Counts {
    fn add(&mut self, what: Counted, max: u32, now: Instant, of: &str) -> Result<(), S3Error>;
}

impl Counts for HashMap<Counted, Window> {
    fn add(&mut self, what: Counted, max: u32, now: Instant, of: &str) -> Result<(), S3Error> {
        if self.len() >= COUNTED_MAX && !self.contains_key(&what) {
            self.retain(|_, window| !window.is_over(now));
            if self.len() >= COUNTED_MAX {
                // As many in one second: counting begins anew.
                self.clear();
            }
        }
        let window = self.entry(what).or_insert(Window { began: now, used: 0 });
        if window.is_over(now) {
            *window = Window { began: now, used: 0 };
        }
        if window.used >= max {
            return Err(too_many(format!("more than {max} requests a second {of}; wait, and try again")));
        }
        window.used += 1;
        Ok(())
    }
}

impl Window {
    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.began) >= WINDOW
    }
}

fn too_many(why: String) -> S3Error {
    S3Error::new(ErrorCode::SlowDown, why).with_shape(Shape::Limiter)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "rates/tests.rs"]
mod tests;
