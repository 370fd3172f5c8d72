//! Sixteen tasks at once on four keys: each key's history must be that of one register.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use spacelet_engine::{
    Acl, Bucket, BucketName, Clock, EngineError, EngineSettings, NewBucket, NewObject, ObjectMeta, Region,
    VersionSelector, Versioning,
};

use crate::checker::{Event, Operation, is_linearizable};
use crate::random::Random;
use crate::run::{account, key};
use crate::store::{Kind, Store};

const TASKS: u64 = 16;
const OPERATIONS: u64 = 16;
const KEYS: usize = 4;

/// Orders what happens: one number for each beginning and each end.
#[derive(Default)]
struct Ticks(AtomicU64);

impl Ticks {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// A fresh set of keys each round; every other round in a bucket that keeps versions.
pub async fn sixteen_tasks(kind: Kind, rounds: u64) {
    // Synced before answered: the way by which nothing may be visible before it is durable.
    let store = Arc::new(Store::with(kind, EngineSettings { clock: Clock::system(), ..EngineSettings::default() }));
    let buckets = [bucket(&store, "plain", false).await, bucket(&store, "versions", true).await];
    let ticks = Arc::new(Ticks::default());
    let mut checked = 0;
    for round in 0..rounds {
        let bucket = &buckets[(round % 2) as usize];
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| tokio::spawn(one_task(store.clone(), bucket.clone(), ticks.clone(), round, task)))
            .collect();
        let mut histories = vec![Vec::new(); KEYS];
        for task in tasks {
            for (at, operation) in task.await.unwrap() {
                histories[at].push(operation);
            }
        }
        for (at, mut history) in histories.into_iter().enumerate() {
            history.sort_by_key(|operation| operation.invoked);
            checked += history.len();
            assert!(is_linearizable(&history), "round {round}, key {at}: no order explains {history:#?}");
        }
    }
    assert_eq!(checked as u64, rounds * TASKS * OPERATIONS);
    assert_eq!(store.engine.fsck().unwrap().faults, Vec::<String>::new());
}

async fn bucket(store: &Store, name: &str, versioned: bool) -> Bucket {
    let new = NewBucket {
        name: BucketName::parse(name).unwrap(),
        region: Region::new("nyc3"),
        owner: account("7"),
        acl: Acl::private(&account("7")),
        buckets_max: 100,
    };
    let bucket = store.world.create_bucket(new).await.unwrap();
    if versioned {
        store.world.set_versioning(&bucket, Versioning::Enabled).await.unwrap();
    }
    store.world.bucket(&bucket.name).unwrap().unwrap()
}

async fn one_task(
    store: Arc<Store>,
    bucket: Bucket,
    ticks: Arc<Ticks>,
    round: u64,
    task: u64,
) -> Vec<(usize, Operation)> {
    let mut random = Random::new(round * 1000 + task);
    let mut done = Vec::new();
    for number in 0..OPERATIONS {
        let at = random.below(KEYS);
        let name = format!("{round}/{at}");
        let value = (round * TASKS + task) * OPERATIONS + number;
        let staged = match random.below(5) {
            0 | 1 => Some(store.stage(&body_of(value)).await),
            _ => None,
        };
        let deletes = staged.is_none() && random.one_in(4);
        let invoked = ticks.next();
        let event = match staged {
            Some(body) => {
                let object = NewObject {
                    key: key(&name),
                    owner: account("7"),
                    acl: Acl::private(&account("7")),
                    meta: ObjectMeta {
                        user: vec![("v".to_owned(), value.to_le_bytes().to_vec())],
                        ..ObjectMeta::default()
                    },
                    checksum: None,
                    etag: None,
                    parts: Vec::new(),
                    sealed: None,
                };
                store.world.put_object(&bucket, object, body).await.unwrap();
                Event::Put(value)
            }
            None if deletes => {
                let selector = VersionSelector::Current;
                let deleted = store.world.delete_object(&bucket, &key(&name), &selector, &account("7")).await.unwrap();
                Event::Delete(deleted.existed)
            }
            None => Event::Get(get(&store, &bucket, &name).await),
        };
        done.push((at, Operation { invoked, returned: ticks.next(), event }));
        tokio::task::yield_now().await;
    }
    done
}

/// Mostly small, now and then in a file of its own.
fn body_of(value: u64) -> Bytes {
    let words = if value.is_multiple_of(13) { 40_000 } else { 1 + (value % 50) as usize };
    value.to_le_bytes().repeat(words).into()
}

/// Reads record and body, which must belong together.
async fn get(store: &Store, bucket: &Bucket, name: &str) -> Option<u64> {
    loop {
        let info = store.world.object(bucket, &key(name), &VersionSelector::Current).unwrap()?;
        if info.is_delete_marker {
            return None;
        }
        let value = u64::from_le_bytes(info.meta.user[0].1.as_slice().try_into().unwrap());
        match store.world.open_body(&info.body, 0..info.bytes) {
            // Overwritten since its record was read.
            Err(EngineError::NoSuchKey) => {}
            Err(error) => panic!("{error}"),
            Ok(reader) => {
                assert!(collect(reader).await == body_of(value), "{name}: the body of another write");
                return Some(value);
            }
        }
    }
}

async fn collect(mut reader: spacelet_engine::BodyReader) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(block) = reader.next().await {
        bytes.extend_from_slice(&block.unwrap());
    }
    bytes
}
