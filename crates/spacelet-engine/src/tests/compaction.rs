use bytes::Bytes;

use super::{Dice, PLAIN, disk_bytes, key, open};

#[tokio::test]
async fn after_most_is_deleted_the_disk_holds_less_than_twice_what_lives() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    let mut dice = Dice(31);
    let mut bodies: Vec<(String, Bytes)> = Vec::new();
    for number in 0..500 {
        let size = if number % 25 == 0 { 150_000 } else { 2_000 + dice.roll(50_000) as usize };
        bodies.push((format!("{number:04}"), dice.bytes(size)));
        world.save(&bodies[number].0, &bodies[number].1).await.unwrap();
    }
    let full = disk_bytes(folder.path());
    for (name, _) in bodies.iter().enumerate().filter(|(number, _)| number % 10 != 0).map(|(_, body)| body) {
        world.remove(name).await.unwrap();
    }
    engine.compact_now().await.unwrap();
    let live: u64 = bodies.iter().step_by(10).map(|(_, bytes)| bytes.len() as u64).sum();
    let left = disk_bytes(&folder.path().join("segments")) + disk_bytes(&folder.path().join("bodies"));
    assert!(left < 2 * live, "{left} bytes of bodies on disk, {live} live, {full} before");
    for (name, bytes) in bodies.iter().step_by(10) {
        assert!(world.load(name).await.unwrap() == *bytes);
    }
    assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
    drop((world, engine));
    let engine = open(folder.path());
    assert!(engine.world().load("0010").await.unwrap() == bodies[10].1);
    assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn bodies_stay_readable_while_they_are_moved() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    let bytes = Dice(32).bytes(20_000);
    for round in 0..4 {
        for number in 0..100 {
            world.save(&format!("{number}"), &bytes).await.unwrap();
        }
        let reading = {
            let (world, bytes) = (engine.world(), bytes.clone());
            tokio::spawn(async move {
                for number in 0..400 {
                    assert!(world.load(&format!("{}", number % 100)).await.unwrap() == bytes, "round {round}");
                }
            })
        };
        engine.compact_now().await.unwrap();
        reading.await.unwrap();
    }
    assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
}

/// sled never gives back what deleted rows took; a store of small objects would stay as long as it ever was.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn the_rows_file_shrinks_and_readers_do_not_notice() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    let value = |number: u32| Bytes::from(number.to_be_bytes().repeat(500));
    fill(&world, 0..3_000, Some(&value)).await;
    fill(&world, 300..3_000, None).await;
    let before = engine.rows_file_bytes();
    let reading = {
        let world = engine.world();
        tokio::spawn(async move {
            for number in (0..300).cycle().take(3_000) {
                assert_eq!(world.read_plain(&format!("{number:05}")), Some(value(number)));
            }
        })
    };
    engine.compact_now().await.unwrap();
    reading.await.unwrap();
    let after = engine.rows_file_bytes();
    assert!(after * 3 < before, "{after} bytes of {before}");
    world.set("later", Bytes::from_static(b"row")).await.unwrap();
    engine.close().await;
    drop((world, engine));
    let engine = open(folder.path());
    for number in 0..300 {
        assert_eq!(engine.world().read_plain(&format!("{number:05}")), Some(value(number)));
    }
    assert_eq!(engine.world().read_plain("later"), Some(Bytes::from_static(b"row")));
    assert_eq!(engine.world().read_plain("00300"), None);
}

async fn fill(world: &crate::World, numbers: std::ops::Range<u32>, value: Option<&(dyn Fn(u32) -> Bytes + Sync)>) {
    let numbers: Vec<u32> = numbers.collect();
    for some in numbers.chunks(500) {
        let rows: Vec<_> =
            some.iter().map(|n| (key(PLAIN, &format!("{n:05}")), value.map(|value| value(*n)))).collect();
        let write = world.commit(Vec::new(), move |tx, _| {
            for (key, value) in rows {
                match value {
                    Some(value) => tx.put(key, value),
                    None => tx.delete(key),
                }
            }
            Ok(())
        });
        write.await.unwrap();
    }
}

#[tokio::test]
async fn a_rewrite_of_the_rows_that_was_cut_short_is_finished_or_undone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let engine = open(folder.path());
    engine.world().set("a", Bytes::from_static(b"row")).await.unwrap();
    engine.close().await;
    drop(engine);
    // While it was copied.
    std::fs::create_dir(path("meta.new")).unwrap();
    std::fs::write(path("meta.new/db"), "half").unwrap();
    let reopened = |state: &str| {
        let engine = open(folder.path());
        assert_eq!(engine.world().read_plain("a"), Some(Bytes::from_static(b"row")), "{state}");
        assert!(!path("meta.new").exists() && !path("meta.old").exists(), "{state}");
    };
    reopened("half copied");
    // Between the two renames.
    super::copy_folder(&path("meta"), &path("meta.new"));
    std::fs::create_dir(path("meta.old")).unwrap();
    std::fs::remove_dir_all(path("meta")).unwrap();
    reopened("half renamed");
    // Before the old one was removed.
    std::fs::create_dir(path("meta.old")).unwrap();
    reopened("not tidied");
}
