//! The storage engine alone: objects put by tasks of this process, with no HTTP in between.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hdrhistogram::Histogram;
use spacelet_engine::{
    AccountId, Acl, Bucket, BucketName, Engine, EngineError, EngineSettings, NewBucket, NewObject, ObjectKey,
    ObjectMeta, Region, World,
};
use tokio::task::JoinSet;

use crate::drive::Sample;
use crate::failure::{Failure, Outcome};
use crate::process;
use crate::request::Filler;

/// Each task overwrites this many keys in turn.
const KEYS_OF_A_TASK: u64 = 16;

/// Puts objects of `bytes` bytes for `time` by `tasks` tasks; into a new store in `folder`, or a volatile one.
pub(crate) async fn put(folder: Option<&Path>, bytes: u64, tasks: u64, time: Duration) -> Outcome<Sample> {
    let folder = folder.map(tempfile::tempdir_in).transpose()?;
    let data = folder.as_ref().map(|folder| folder.path().join("data"));
    let engine = Engine::open(EngineSettings { folder: data, ..EngineSettings::default() })
        .map_err(|error| Failure::new(format!("the store does not open: {error:?}")))?;
    let world = engine.world();
    let bucket = Arc::new(world.create_bucket(new_bucket()?).await.map_err(refused)?);
    let body: Bytes = Filler::new(bytes, false).pieces().flatten().collect();
    let cpu_before = process::cpu(std::process::id()).unwrap_or_default();
    let begin = Instant::now();
    let mut running = JoinSet::new();
    for task in 0..tasks {
        running.spawn(write(Arc::clone(&world), Arc::clone(&bucket), body.clone(), task, begin + time));
    }
    let mut latency_us = Histogram::new_with_max(600_000_000, 3)?;
    while let Some(ended) = running.join_next().await {
        latency_us.add(ended??)?;
    }
    let seconds = begin.elapsed().as_secs_f64();
    let cpu = process::cpu(std::process::id()).unwrap_or_default().saturating_sub(cpu_before);
    engine.close().await;
    Ok(Sample {
        operations: latency_us.len(),
        errors: 0,
        first_error: None,
        body_bytes: latency_us.len() * bytes,
        seconds,
        latency_us,
        server_cpu: Some(cpu),
        client_cpu: Duration::ZERO,
        rss_bytes: process::rss_bytes(std::process::id()),
    })
}

async fn write(
    world: Arc<World>,
    bucket: Arc<Bucket>,
    body: Bytes,
    task: u64,
    end: Instant,
) -> Outcome<Histogram<u64>> {
    let mut latency_us = Histogram::new_with_max(600_000_000, 3)?;
    let mut before = Instant::now();
    for number in (0..KEYS_OF_A_TASK).cycle() {
        if before >= end {
            break;
        }
        let mut writer = world.begin_body(Some(body.len() as u64), false, None).map_err(refused)?;
        writer.write(body.clone()).await.map_err(refused)?;
        let staged = writer.finish().await.map_err(refused)?;
        let object = new_object(&format!("object-{task}-{number}"))?;
        world.put_object(&bucket, object, staged).await.map_err(refused)?;
        let after = Instant::now();
        latency_us.saturating_record(u64::try_from((after - before).as_micros())?.max(1));
        before = after;
    }
    Ok(latency_us)
}

fn owner() -> AccountId {
    AccountId::new("1")
}

fn new_bucket() -> Outcome<NewBucket> {
    let name = BucketName::parse("bench").map_err(|error| Failure::new(format!("{error:?}")))?;
    Ok(NewBucket { name, region: Region::new("nyc3"), owner: owner(), acl: Acl::private(&owner()), buckets_max: 1 })
}

fn new_object(key: &str) -> Outcome<NewObject> {
    Ok(NewObject {
        key: ObjectKey::parse(key.as_bytes()).map_err(|error| Failure::new(format!("{error:?}")))?,
        owner: owner(),
        acl: Acl::private(&owner()),
        meta: ObjectMeta::default(),
        checksum: None,
        etag: None,
        parts: Vec::new(),
        sealed: None,
    })
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn refused(error: EngineError) -> Failure {
    Failure::new(format!("the engine refused: {error:?}"))
}
