use std::collections::BTreeMap;

use super::{Dice, PLAIN, key, on_both, open, settings};
use crate::rows::Rows;
use crate::{Engine, EngineError, Snapshot, World};
use bytes::Bytes;

type Model = BTreeMap<Vec<u8>, Bytes>;

fn name(dice: &mut Dice) -> Vec<u8> {
    let mut key = vec![PLAIN + dice.roll(2) as u8];
    for _ in 0..1 + dice.roll(3) {
        key.push([0, b'a', b'b', 0xff][dice.roll(4) as usize]);
    }
    key
}

/// Most values are short; some need overflow rows.
fn value(dice: &mut Dice) -> Bytes {
    let length = if dice.roll(8) == 0 { 3_990 + dice.roll(10_000) } else { dice.roll(60) };
    dice.bytes(length as usize)
}

fn compare(rows: &impl Rows, model: &Model, dice: &mut Dice) {
    let (from, to) = (name(dice), name(dice));
    let to = if to.first() == from.first() { to } else { vec![from[0] + 1] };
    let expected: Vec<_> = if from < to {
        model.range(from.clone()..to.clone()).map(|(k, v)| (k.clone(), v.clone())).collect()
    } else {
        Vec::new()
    };
    let found: Result<Vec<_>, _> = rows.scan(from.clone(), to.clone()).collect();
    assert_eq!(found.unwrap(), expected);
    let one = name(dice);
    assert_eq!(rows.get(&one).unwrap(), model.get(&one).cloned());
}

async fn step(world: &World, model: &mut Model, snapshots: &mut Vec<(Snapshot, Model)>, dice: &mut Dice) {
    match dice.roll(40) {
        0 => snapshots.push((world.freeze().await.unwrap(), model.clone())),
        1 if !snapshots.is_empty() => {
            let at = dice.roll(snapshots.len() as u64) as usize;
            world.restore(&snapshots[at].0).await.unwrap();
            *model = snapshots[at].1.clone();
        }
        2 if snapshots.len() > 3 => {
            let at = dice.roll(snapshots.len() as u64) as usize;
            world.forget(&snapshots.remove(at).0).await.unwrap();
        }
        _ => {
            let writes: Vec<_> =
                (0..1 + dice.roll(4)).map(|_| (name(dice), (dice.roll(3) > 0).then(|| value(dice)))).collect();
            let fails = dice.roll(6) == 0;
            let (mut next, mut own_dice) = (model.clone(), Dice(dice.roll(1 << 40) + 1));
            let after: Vec<_> = writes.clone();
            let outcome = world.commit(Vec::new(), move |tx, _| {
                for (key, value) in writes {
                    match value {
                        Some(value) => tx.put(key.clone(), value),
                        None => tx.delete(key.clone()),
                    }
                }
                for (key, value) in after {
                    match value {
                        Some(value) => drop(next.insert(key, value)),
                        None => drop(next.remove(&key)),
                    }
                }
                compare(tx, &next, &mut own_dice);
                if fails { Err(EngineError::ConditionNotMet) } else { Ok(next) }
            });
            if let Ok(next) = outcome.await {
                *model = next;
            }
        }
    }
}

async fn random_steps(engine: &Engine, steps: u32, seed: u64) {
    let world = engine.world();
    let (mut model, mut snapshots, mut dice) = (Model::new(), Vec::new(), Dice(seed));
    for _ in 0..steps {
        step(&world, &mut model, &mut snapshots, &mut dice).await;
        compare(&world.view(), &model, &mut dice);
    }
    engine.compact_now().await.unwrap();
    for (snapshot, frozen) in &snapshots {
        world.restore(snapshot).await.unwrap();
        let view = world.view();
        let rows: Result<Vec<_>, _> = view.scan(vec![PLAIN], vec![PLAIN + 1]).collect();
        let expected: Vec<_> =
            frozen.range(vec![PLAIN]..vec![PLAIN + 1]).map(|(k, v)| (k.clone(), v.clone())).collect();
        assert_eq!(rows.unwrap(), expected);
    }
}

#[tokio::test]
async fn memory_and_sled_agree_with_a_map() {
    for seed in 1..=3 {
        on_both(|engine| async move { random_steps(&engine, 400, seed * 7_919).await }).await;
    }
}

#[tokio::test]
async fn rows_survive_a_reopen() {
    let folder = tempfile::tempdir().unwrap();
    let long = Dice(5).bytes(30_000);
    let engine = open(folder.path());
    engine.world().set("long", long.clone()).await.unwrap();
    engine.world().set("gone", long.clone()).await.unwrap();
    let first = engine.world().commit(Vec::new(), |tx, _| Ok(tx.next_sequence())).await.unwrap();
    let snapshot = engine.world().freeze().await.unwrap();
    engine.world().set("gone", Bytes::from_static(b"short")).await.unwrap();
    engine.close().await;
    assert_eq!(engine.world().set("late", Bytes::new()).await, Err(EngineError::Closed));
    drop(engine);

    let engine = open(folder.path());
    let world = engine.world();
    assert_eq!(world.read_plain("long"), Some(long.clone()));
    assert_eq!(world.read_plain("gone"), Some(Bytes::from_static(b"short")));
    world.restore(&snapshot).await.unwrap();
    assert_eq!(world.read_plain("gone"), Some(long));
    assert!(world.commit(Vec::new(), |tx, _| Ok(tx.next_sequence())).await.unwrap() > first);
}

#[tokio::test]
async fn long_values_never_reach_sleds_blob_files() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let mut dice = Dice(11);
    for number in 0..300 {
        let length = 3_000 + dice.roll(60_000) as usize;
        engine.world().set(&format!("{}", number % 100), dice.bytes(length)).await.unwrap();
    }
    engine.close().await;
    assert_eq!(std::fs::read_dir(folder.path().join("meta/blobs")).map_or(0, Iterator::count), 0);
}

#[tokio::test]
async fn a_panic_fails_its_own_commit_only() {
    on_both(|engine| async move {
        let world = engine.world();
        let outcome: Result<(), _> = world
            .commit(Vec::new(), |tx, _| {
                tx.put(key(PLAIN, "half"), &b"x"[..]);
                std::panic::resume_unwind(Box::new("a test's panic"));
            })
            .await;
        assert!(matches!(outcome, Err(EngineError::Storage { .. })));
        world.set("whole", Bytes::from_static(b"y")).await.unwrap();
        assert_eq!((world.read_plain("half"), world.read_plain("whole")), (None, Some(Bytes::from_static(b"y"))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_commit_sees_those_before_it() {
    on_both(|engine| async move {
        let mut tasks = Vec::new();
        for _ in 0..16 {
            let world = engine.world();
            tasks.push(tokio::spawn(async move {
                for _ in 0..50 {
                    let add = world.commit(Vec::new(), |tx, _| {
                        let count =
                            tx.get(&key(PLAIN, "count"))?.map_or(0, |v| u32::from_be_bytes(v[..].try_into().unwrap()));
                        tx.put(key(PLAIN, "count"), (count + 1).to_be_bytes().to_vec());
                        Ok(())
                    });
                    add.await.unwrap();
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(engine.world().read_plain("count").unwrap()[..], 800u32.to_be_bytes());
    })
    .await;
}

#[tokio::test]
async fn a_memory_scan_is_one_consistent_state() {
    let engine = Engine::open(settings(None)).unwrap();
    let world = engine.world();
    for number in 0..10u8 {
        world.set(&format!("{number}"), Bytes::from(vec![number])).await.unwrap();
    }
    let view = world.view();
    let mut scan = view.scan(vec![PLAIN], vec![PLAIN + 1]);
    scan.next().unwrap().unwrap();
    world.set("9", Bytes::from_static(b"changed")).await.unwrap();
    assert_eq!(scan.last().unwrap().unwrap().1, Bytes::from(vec![9]));
}
