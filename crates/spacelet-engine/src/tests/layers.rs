use bytes::Bytes;

use super::{Dice, on_both, open};
use crate::EngineError;
use crate::rows::{Physical, tables};

#[tokio::test]
async fn a_frozen_state_keeps_its_bodies() {
    on_both(|engine| async move {
        let world = engine.world();
        let mut dice = Dice(41);
        let (old, new) = (dice.bytes(90_000), dice.bytes(3_000));
        world.save("changed", &old).await.unwrap();
        world.save("deleted", &old).await.unwrap();
        let snapshot = world.freeze().await.unwrap();
        world.save("changed", &new).await.unwrap();
        world.save("added", &new).await.unwrap();
        world.remove("deleted").await.unwrap();
        assert_eq!((world.load("changed").await.unwrap(), world.body("deleted")), (new.to_vec(), None));
        engine.compact_now().await.unwrap();
        assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
        world.restore(&snapshot).await.unwrap();
        engine.compact_now().await.unwrap();
        for name in ["changed", "deleted"] {
            assert!(world.load(name).await.unwrap() == old);
        }
        assert_eq!(world.body("added"), None);
        let report = engine.fsck().unwrap();
        assert_eq!((report.bodies, report.faults), (2, Vec::new()));
        world.forget(&snapshot).await.unwrap();
        world.remove("changed").await.unwrap();
        assert!(matches!(world.restore(&snapshot).await, Err(EngineError::Storage { .. })));
    })
    .await;
}

#[tokio::test]
async fn deep_stacks_are_flattened_and_read_the_same() {
    on_both(|engine| async move {
        let world = engine.world();
        let mut dice = Dice(42);
        let mut snapshots = Vec::new();
        for round in 0..20u8 {
            let body = dice.bytes(200);
            world.save(&format!("{}", round % 5), &body).await.unwrap();
            world.set("round", Bytes::from(vec![round])).await.unwrap();
            snapshots.push((world.freeze().await.unwrap(), body));
        }
        world.remove("3").await.unwrap();
        engine.compact_now().await.unwrap();
        assert!(world.core.stack().len() <= 8, "{:?}", world.core.stack());
        assert_eq!((world.read_plain("round").unwrap()[0], world.body("3")), (19, None));
        assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
        for (round, (snapshot, body)) in snapshots.iter().enumerate().rev() {
            world.restore(snapshot).await.unwrap();
            assert_eq!(world.read_plain("round").unwrap()[0] as usize, round);
            assert!(world.load(&format!("{}", round % 5)).await.unwrap() == *body);
            world.forget(snapshot).await.unwrap();
        }
        engine.compact_now().await.unwrap();
        assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_sweep_that_was_cut_short_goes_on_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    let snapshot = world.freeze().await.unwrap();
    let bytes = Dice(43).bytes(100);
    for number in 0..50 {
        world.save(&format!("{number}"), &bytes).await.unwrap();
    }
    // The end comes with the restore: whatever the background has done by then, the next start does the rest.
    engine.store().chores.stop();
    world.restore(&snapshot).await.unwrap();
    drop((world, engine));
    let engine = open(folder.path());
    engine.compact_now().await.unwrap();
    assert!(engine.store().chunk(&[tables::DROPPED], &[tables::DROPPED + 1], 1).unwrap().is_empty());
    let report = engine.fsck().unwrap();
    assert_eq!((report.bodies, report.faults), (0, Vec::new()));
}
