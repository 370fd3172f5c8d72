use bytes::Bytes;

use super::{Dice, disk_bytes, open};

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
