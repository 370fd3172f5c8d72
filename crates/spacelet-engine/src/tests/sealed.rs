//! Bodies under a customer's key: unreadable where they are stored, readable from any byte with the key.

use bytes::Bytes;
use md5::{Digest as _, Md5};

use super::{Dice, key, on_both, open, row_of};
use crate::records::OBJECTS;
use crate::{Body, ChecksumAlgorithm, CustomerKey, EngineError, StagedBody, World};

const SIZES: [usize; 8] = [0, 1, 15, 4_096, 65_537, 300_000, (1 << 20) + 1, 9_500_000];

fn customer_key() -> CustomerKey {
    CustomerKey::new([0x5a; 32])
}

async fn stage(world: &World, bytes: &Bytes, hint: Option<u64>) -> StagedBody {
    let mut writer = world.begin_sealed_body(hint, true, Some(ChecksumAlgorithm::Crc32c), &customer_key()).unwrap();
    for chunk in bytes.chunks(50_001) {
        writer.write(bytes.slice_ref(chunk)).await.unwrap();
    }
    writer.finish().await.unwrap()
}

async fn save(world: &World, staged: Vec<StagedBody>) -> Body {
    let row = key(OBJECTS, "x");
    world
        .commit(staged, move |tx, bodies| {
            let body = Body::concat(bodies.into_iter());
            tx.put(row, row_of(&body));
            Ok(body)
        })
        .await
        .unwrap()
}

async fn read(world: &World, body: &Body, from: u64, to: u64) -> Vec<u8> {
    let mut reader = world.open_sealed_body(body, from..to, &customer_key()).unwrap();
    let mut out = Vec::new();
    while let Some(block) = reader.next().await {
        out.extend_from_slice(&block.unwrap());
    }
    out
}

#[tokio::test]
async fn come_back_whole_and_in_ranges_with_their_key() {
    on_both(|engine| async move {
        let world = engine.world();
        let mut dice = Dice(71);
        for size in SIZES {
            let bytes = dice.bytes(size);
            let staged = stage(&world, &bytes, (size % 2 == 0).then_some(size as u64)).await;
            assert_eq!(staged.md5()[..], Md5::digest(&bytes)[..], "the digests are those of what was sent");
            assert_eq!(staged.sha256().unwrap()[..], sha2::Sha256::digest(&bytes)[..]);
            assert_eq!(staged.checksum().unwrap().digest, crc_fast::crc32_iscsi(&bytes).to_be_bytes());
            let body = save(&world, vec![staged]).await;
            assert_eq!(body.bytes(), size as u64);
            assert!(read(&world, &body, 0, size as u64).await == bytes, "{size} bytes");
            for _ in 0..6 {
                let from = dice.roll(size as u64 + 1);
                let to = from + dice.roll(size as u64 + 1 - from);
                assert!(read(&world, &body, from, to).await == bytes[from as usize..to as usize], "{from}..{to}");
            }
            let unopened = world.open_body(&body, 0..body.bytes()).map(|_| ());
            assert_eq!(unopened, if size == 0 { Ok(()) } else { Err(EngineError::SealedBody) });
        }
        assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn parts_each_with_a_stream_of_their_own_are_one_body() {
    on_both(|engine| async move {
        let world = engine.world();
        let parts = [Dice(72).bytes(200_000), Dice(73).bytes(17), Dice(74).bytes(70_000)];
        let all = parts.concat();
        let mut staged = vec![stage(&world, &parts[0], None).await];
        // A piece that is not sealed may stand among them.
        staged.push(world.stage(&parts[1]).await.unwrap());
        staged.push(stage(&world, &parts[2], None).await);
        let body = save(&world, staged).await;
        for (from, to) in [(0, 270_017), (199_999, 200_001), (200_000, 200_017), (200_016, 270_017), (199_000, 201_000)]
        {
            assert!(read(&world, &body, from, to).await == all[from as usize..to as usize], "{from}..{to}");
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_of_it_is_readable_on_disk_and_equal_bodies_differ() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    for size in [5_000, 200_000] {
        let bytes = Bytes::from(b"readable!".repeat(size / 9));
        for name in ["a", "b"] {
            let staged = stage(&world, &bytes, None).await;
            let row = key(OBJECTS, name);
            world
                .commit(vec![staged], move |tx, bodies| {
                    tx.put(row, row_of(&bodies[0]));
                    Ok(())
                })
                .await
                .unwrap();
        }
        let nonces: Vec<_> = ["a", "b"].iter().map(|name| world.body(name).unwrap().pieces[0].nonce).collect();
        assert!(nonces[0].is_some() && nonces[0] != nonces[1]);
    }
    engine.close().await;
    drop(engine);
    let mut files = vec![folder.path().to_path_buf()];
    let mut bodies_seen = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let stored = std::fs::read(&path).unwrap();
        bodies_seen += stored.len();
        assert!(!stored.windows(8).any(|window| window == b"readable"), "{} holds what was sent", path.display());
        assert!(!stored.windows(32).any(|window| window == [0x5a; 32]), "{} holds the key", path.display());
    }
    assert!(bodies_seen > 410_000, "{bodies_seen}");
}
