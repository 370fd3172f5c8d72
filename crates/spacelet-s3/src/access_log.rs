//! Access logs: a line for each request to a bucket that logs, kept in memory and delivered as objects into the target
//! bucket (S3 user guide, "Logging requests with server access logging"). A delivery is no request: it is never logged.
//! As with the service, delivery is best effort: what a full store or a vanished target refuses is dropped and counted.

mod line;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use bytes::Bytes;
use http::request::Parts;
use spacelet_engine::access::Caller;
use spacelet_engine::{
    AccountId, Acl, Bucket, DocumentKind, EngineError, NewObject, ObjectKey, ObjectMeta, StoredHeader, Timestamp, World,
};
use tokio::sync::Notify;

pub(crate) use line::Answered;

use crate::circumstances::Circumstances;
use crate::ids::random_name;
use crate::logging::{LogTarget, log_target_of};
use crate::operation::Row;
use crate::target::Target;

/// A buffer of so many bytes is delivered at once.
const FULL_BYTES: usize = 1 << 20;
/// A buffer never has more; further lines are dropped until it was delivered.
const BUFFER_BYTES_MAX: usize = 4 << 20;
/// Buckets that have lines waiting.
const BUFFERS_MAX: usize = 1_000;
/// Letters of the end of a log object's name.
const UNIQUE_LETTERS: usize = 16;

/// What a request to a bucket that logs leaves for its line.
pub(crate) struct Logged {
    world: Arc<World>,
    source: Bucket,
    target: LogTarget,
    /// The operation; `None`: a visit of the website.
    row: Option<&'static Row>,
    pub(crate) requester: Option<AccountId>,
    peer: Option<IpAddr>,
    began: Instant,
    /// Of the object that was asked for, where there is one.
    pub(crate) object_bytes: Option<u64>,
    /// As `?versionId` named it.
    version: Option<String>,
}

impl Logged {
    /// `None` for a bucket that logs nothing: one bit is looked at.
    pub(crate) fn of(
        world: &Arc<World>,
        bucket: &Bucket,
        row: Option<&'static Row>,
        caller: &Caller,
        circumstances: Circumstances<'_>,
        version: Option<&str>,
    ) -> Option<Box<Self>> {
        if !bucket.documents.contains(DocumentKind::Logging) {
            return None;
        }
        let target = log_target_of(world, bucket).ok().flatten()?;
        Some(Box::new(Self {
            world: Arc::clone(world),
            source: bucket.clone(),
            target,
            row,
            requester: caller.account().cloned(),
            peer: circumstances.source_ip(),
            began: Instant::now(),
            object_bytes: None,
            version: version.map(str::to_owned),
        }))
    }

    /// Milliseconds since it was known that the request is logged.
    pub(crate) fn took_ms(&self) -> u128 {
        self.began.elapsed().as_millis()
    }
}

/// World, source bucket, and day.
type BufferId = (usize, u64, Option<Timestamp>);

/// Lines that wait, by world, source bucket, and day where that matters.
#[derive(Default)]
pub(crate) struct AccessLogs {
    buffers: Mutex<HashMap<BufferId, Buffer>>,
    full: Notify,
}

struct Buffer {
    world: Arc<World>,
    source: Bucket,
    target: LogTarget,
    /// The day of all its lines, where the log object is named by it.
    day: Option<Timestamp>,
    text: String,
    records: u64,
    dropped: u64,
}

/// What a delivery did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Log objects written.
    pub objects: u64,
    /// Lines in them.
    pub records: u64,
    /// Lines that were lost: too many waited, or the target took none.
    pub dropped: u64,
}

impl AccessLogs {
    /// Keeps a line about a request that was answered.
    pub(crate) fn add(&self, logged: Logged, target: &Target, parts: &Parts, answered: &Answered<'_>) {
        let line = line::line(&logged, target, parts, answered);
        let Ok(mut buffers) = self.buffers.lock() else { return };
        let day = logged.target.day_of(logged.world.clock().now());
        let id = (Arc::as_ptr(&logged.world).addr(), logged.source.id, day);
        if buffers.len() >= BUFFERS_MAX && !buffers.contains_key(&id) {
            self.full.notify_one();
            tracing::warn!("lines of access logs wait for {BUFFERS_MAX} Spaces; one is dropped");
            return;
        }
        let Logged { world, source, target, .. } = logged;
        let buffer = buffers.entry(id).or_insert_with(|| Buffer {
            world,
            source,
            target: target.clone(),
            day,
            text: String::new(),
            records: 0,
            dropped: 0,
        });
        buffer.target = target;
        if buffer.text.len() + line.len() > BUFFER_BYTES_MAX {
            buffer.dropped += 1;
            return;
        }
        buffer.text.push_str(&line);
        buffer.records += 1;
        if buffer.text.len() >= FULL_BYTES {
            self.full.notify_one();
        }
    }

    /// Returns when a buffer is full enough to be delivered.
    pub(crate) async fn full(&self) {
        self.full.notified().await;
    }

    /// Delivers all that waits.
    pub(crate) async fn deliver(&self) -> Delivered {
        let buffers = self.buffers.lock().map(|mut buffers| std::mem::take(&mut *buffers)).unwrap_or_default();
        let mut delivered = Delivered::default();
        for buffer in buffers.into_values() {
            let (records, source) = (buffer.records, buffer.source.name.clone());
            delivered.dropped += buffer.dropped;
            match buffer.deliver().await {
                Ok(()) => {
                    delivered.objects += 1;
                    delivered.records += records;
                }
                Err(why) => {
                    tracing::warn!(bucket = source.as_str(), records, why, "access logs could not be delivered");
                    delivered.dropped += records;
                }
            }
        }
        delivered
    }
}

impl Buffer {
    /// Writes one object. The target must still be there and the same account's.
    async fn deliver(self) -> Result<(), String> {
        let words = |error: EngineError| format!("{error:?}");
        let target = self.world.bucket(&self.target.bucket).map_err(words)?;
        let target = target.filter(|target| target.owner == self.source.owner).ok_or("the target Space is gone")?;
        let mut key = self.target.key(&self.source, self.day.unwrap_or_else(|| self.world.clock().now()));
        key.push_str(
            &random_name(UNIQUE_LETTERS).map_err(|error| error.explanation.into_owned())?.to_ascii_uppercase(),
        );
        let mut acl = Acl::private(&target.owner);
        acl.grants.extend(self.target.grants);
        let object = NewObject {
            key: ObjectKey::parse(key.as_bytes()).map_err(|error| format!("{error:?}"))?,
            owner: target.owner.clone(),
            acl,
            meta: ObjectMeta { headers: vec![plain_text()], ..ObjectMeta::default() },
            checksum: None,
            etag: None,
            sealed: None,
            parts: Vec::new(),
        };
        let body = Bytes::from(self.text);
        let mut writer = self.world.begin_body(Some(body.len() as u64), false, None).map_err(words)?;
        writer.write(body).await.map_err(words)?;
        let staged = writer.finish().await.map_err(words)?;
        self.world.put_object(&target, object, staged).await.map_err(words)?;
        Ok(())
    }
}

fn plain_text() -> StoredHeader {
    StoredHeader { name: "content-type".to_owned(), value: b"text/plain".to_vec() }
}
