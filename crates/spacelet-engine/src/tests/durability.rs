use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use bytes::Bytes;

use super::{Dice, copy_folder, open};
use crate::rows::{Physical, Slot, physical};
use crate::{EngineError, store::Store};

fn slot(store: &Store, name: &str) -> Option<Slot> {
    store.slot(&physical(1, &super::key(super::PLAIN, name))).unwrap()
}

fn row(bytes: &'static [u8]) -> Option<Slot> {
    Some(Slot::Row(Bytes::from_static(bytes)))
}

#[tokio::test]
async fn nothing_is_visible_before_it_is_durable() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    world.set("kept", Bytes::from_static(b"old")).await.unwrap();
    world.set("long", Bytes::from(vec![7; 9_000])).await.unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    *engine.store().faults.before_rows_sync.lock().unwrap() = Some(Box::new(move |store| {
        let scan = store.chunk(&physical(1, &[super::PLAIN]), &physical(2, &[super::PLAIN]), 10).unwrap();
        log.lock().unwrap().push((slot(store, "kept"), slot(store, "long"), slot(store, "new"), scan.len()));
    }));
    let change = world.commit(Vec::new(), |tx, _| {
        tx.put(super::key(super::PLAIN, "kept"), &b"new"[..]);
        tx.put(super::key(super::PLAIN, "new"), &b"new"[..]);
        tx.delete(super::key(super::PLAIN, "long"));
        Ok(())
    });
    change.await.unwrap();
    let (kept, long, new, rows) = seen.lock().unwrap().pop().unwrap();
    assert_eq!((kept, new, rows), (row(b"old"), None, 2));
    assert_eq!(long, Some(Slot::Row(Bytes::from(vec![7; 9_000]))));
    let store = engine.store();
    assert_eq!((slot(store, "kept"), slot(store, "long"), slot(store, "new")), (row(b"new"), None, row(b"new")));
}

#[tokio::test]
async fn a_failed_sync_of_rows_makes_the_store_read_only_with_the_last_durable_state() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    world.set("kept", Bytes::from_static(b"old")).await.unwrap();
    engine.store().faults.rows_sync_fails.store(true, Ordering::Relaxed);
    assert!(world.set("kept", Bytes::from_static(b"new")).await.is_err());
    engine.store().faults.rows_sync_fails.store(false, Ordering::Relaxed);
    assert!(engine.is_read_only());
    assert_eq!(world.set("other", Bytes::new()).await, Err(EngineError::ReadOnly));
    assert!(matches!(world.begin_body(None, false, None).map(|_| ()), Err(EngineError::ReadOnly)));
    assert_eq!(world.read_plain("kept"), Some(Bytes::from_static(b"old")));
}

#[tokio::test]
async fn a_failed_sync_of_bodies_leaves_nothing_and_reads_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    let bytes = Dice(3).bytes(5_000);
    world.save("kept", &bytes).await.unwrap();
    engine.store().faults.bodies_sync_fails.store(true, Ordering::Relaxed);
    assert!(world.save("lost", &bytes).await.is_err());
    assert!(engine.is_read_only());
    assert_eq!((world.body("lost"), world.load("kept").await.unwrap()), (None, bytes.to_vec()));
    drop((world, engine));
    let engine = open(folder.path());
    assert_eq!(engine.world().body("lost"), None);
    assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_full_disk_refuses_bodies_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    let bytes = Dice(4).bytes(5_000);
    world.save("before", &bytes).await.unwrap();
    engine.store().faults.segment_write_is_full.store(true, Ordering::Relaxed);
    assert_eq!(world.save("refused", &bytes).await, Err(EngineError::Full));
    // What needs no room for a body goes on, reads above all.
    world.set("row", Bytes::from_static(b"x")).await.unwrap();
    assert_eq!((world.body("refused"), world.load("before").await.unwrap()), (None, bytes.to_vec()));
    engine.store().faults.segment_write_is_full.store(false, Ordering::Relaxed);
    world.save("after", &bytes).await.unwrap();
    assert!(!engine.is_read_only());
    assert_eq!(world.load("after").await.unwrap(), bytes.to_vec());
    assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
}

/// The folder as a killed process leaves it in the middle of a commit: the batch in sled or not, never half.
#[tokio::test]
async fn a_store_killed_in_the_middle_of_a_commit_opens_clean() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    let mut dice = Dice(6);
    let (small, large) = (dice.bytes(3_000), dice.bytes(200_000));
    world.save("a", &small).await.unwrap();
    world.save("b", &large).await.unwrap();
    let copies = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().to_path_buf(), copies.path().to_path_buf());
    let count = Mutex::new(0);
    *engine.store().faults.before_rows_sync.lock().unwrap() = Some(Box::new(move |_| {
        let mut count = count.lock().unwrap();
        copy_folder(&from, &to.join(format!("{count}")));
        *count += 1;
    }));
    world.save("a", &large).await.unwrap();
    world.save("b", &small).await.unwrap();
    world.remove("a").await.unwrap();
    for number in 0..3 {
        let copy = open(&copies.path().join(format!("{number}")));
        copy.compact_now().await.unwrap();
        assert_eq!(copy.fsck().unwrap().faults, Vec::<String>::new(), "copy {number}");
        for name in ["a", "b"] {
            if copy.world().body(name).is_some() {
                let found = copy.world().load(name).await.unwrap();
                assert!(found == small || found == large, "copy {number}: {name} is neither old nor new");
            }
        }
        assert!(copy.world().body("b").is_some());
        copy.world().save("c", &small).await.unwrap();
        assert_eq!(copy.world().load("c").await.unwrap(), small.to_vec());
        assert_eq!(copy.fsck().unwrap().faults, Vec::<String>::new(), "copy {number}");
    }
}

#[tokio::test]
async fn a_torn_tail_of_a_segment_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = Dice(8).bytes(4_000);
    let engine = open(folder.path());
    engine.world().save("a", &bytes).await.unwrap();
    engine.close().await;
    drop(engine);
    let segment = std::fs::read_dir(folder.path().join("segments")).unwrap().next().unwrap().unwrap().path();
    let committed = segment.metadata().unwrap().len();
    let torn = [std::fs::read(&segment).unwrap(), vec![0xee; 777]].concat();
    std::fs::write(&segment, torn).unwrap();
    std::fs::write(folder.path().join("tmp/1-1"), b"left by a killed upload").unwrap();

    let engine = open(folder.path());
    assert_eq!(segment.metadata().unwrap().len(), committed);
    engine.world().save("b", &bytes).await.unwrap();
    engine.compact_now().await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
    assert_eq!(
        (engine.world().load("a").await.unwrap(), engine.world().load("b").await.unwrap()),
        (bytes.to_vec(), bytes.to_vec())
    );
    assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
}

/// Numbers that no commit made durable are given again by the next life: what it finds under them is in nobody's way.
#[tokio::test]
async fn files_of_a_life_without_a_commit_are_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    let small = Dice(9).bytes(3_000);
    let engine = open(folder.path());
    engine.store().faults.bodies_sync_fails.store(true, Ordering::Relaxed);
    assert!(engine.world().save("small", &small).await.is_err());
    drop(engine);

    let engine = open(folder.path());
    engine.world().save("small", &small).await.unwrap();
    assert_eq!(engine.world().load("small").await.unwrap(), small.to_vec());
}

#[tokio::test]
async fn uploads_that_a_killed_life_was_receiving_are_in_nobodys_way() {
    let (folder, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let large = Dice(10).bytes(200_000);
    let engine = open(folder.path());
    let _received = engine.world().stage(&large).await.unwrap();
    copy_folder(folder.path(), killed.path());

    let engine = open(killed.path());
    engine.world().save("large", &large).await.unwrap();
    engine.compact_now().await.unwrap();
    assert_eq!(std::fs::read_dir(killed.path().join("tmp")).unwrap().count(), 0);
    assert!(engine.world().load("large").await.unwrap() == large);
}
