use bytes::Bytes;
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::{Dice, disk_bytes, key, on_both, open, read_to_end, row_of, settings};
use crate::records::OBJECTS;
use crate::{Body, ChecksumAlgorithm, Engine, EngineError, EngineSettings};

const SIZES: [usize; 9] = [0, 1, 4_096, 65_536, 65_537, 262_144, 1 << 20, (1 << 20) + 1, 9_500_000];

#[tokio::test]
async fn bodies_of_every_size_come_back_whole_and_in_ranges() {
    on_both(|engine| async move {
        let world = engine.world();
        let mut dice = Dice(21);
        for size in SIZES {
            let bytes = dice.bytes(size);
            let body = world.save("x", &bytes).await.unwrap();
            assert_eq!(body.bytes(), size as u64);
            assert!(world.load("x").await.unwrap() == bytes, "{size} bytes");
            for _ in 0..4 {
                let from = dice.roll(size as u64 + 1);
                let to = from + dice.roll(size as u64 + 1 - from);
                assert!(world.read_range(&body, from..to).await.unwrap() == bytes[from as usize..to as usize]);
            }
        }
        assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn digests_are_those_of_the_bytes() {
    on_both(|engine| async move {
        for (size, hint) in
            [(1_000, None), (1_000, Some(1_000)), (300_000, None), (2_500_000, Some(2_500_000)), (9_000_000, None)]
        {
            let bytes = Dice(22).bytes(size);
            let known = |algorithm| match algorithm {
                ChecksumAlgorithm::Crc32 => crc_fast::crc32_iso_hdlc(&bytes).to_be_bytes().to_vec(),
                ChecksumAlgorithm::Crc32c => crc_fast::crc32_iscsi(&bytes).to_be_bytes().to_vec(),
                ChecksumAlgorithm::Crc64Nvme => crc_fast::crc64_nvme(&bytes).to_be_bytes().to_vec(),
                ChecksumAlgorithm::Sha1 => sha1::Sha1::digest(&bytes).to_vec(),
                ChecksumAlgorithm::Sha256 => Sha256::digest(&bytes).to_vec(),
                ChecksumAlgorithm::Sha512 => sha2::Sha512::digest(&bytes).to_vec(),
                ChecksumAlgorithm::Md5 => Md5::digest(&bytes).to_vec(),
                ChecksumAlgorithm::XxHash64 => xxhash_rust::xxh64::xxh64(&bytes, 0).to_be_bytes().to_vec(),
                ChecksumAlgorithm::XxHash3 => xxhash_rust::xxh3::xxh3_64(&bytes).to_be_bytes().to_vec(),
                ChecksumAlgorithm::XxHash128 => xxhash_rust::xxh3::xxh3_128(&bytes).to_be_bytes().to_vec(),
            };
            for algorithm in ChecksumAlgorithm::ALL {
                let mut writer = engine.world().begin_body(hint, size % 3 == 0, Some(algorithm)).unwrap();
                for chunk in bytes.chunks(70_000) {
                    writer.write(bytes.slice_ref(chunk)).await.unwrap();
                }
                let staged = writer.finish().await.unwrap();
                assert_eq!(staged.md5()[..], Md5::digest(&bytes)[..]);
                assert_eq!(staged.sha256().is_some(), size % 3 == 0);
                assert!(staged.sha256().is_none_or(|sha256| sha256[..] == Sha256::digest(&bytes)[..]));
                assert_eq!(staged.checksum().unwrap().digest, known(algorithm), "{algorithm:?} of {size} bytes");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_dropped_upload_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    engine.world().set("row", Bytes::new()).await.unwrap();
    let before = disk_bytes(folder.path());
    let bytes = Dice(23).bytes(3_000_000);
    let staged = engine.world().stage(&bytes).await.unwrap();
    assert!(disk_bytes(folder.path()) > before + 2_900_000);
    drop(staged);
    let refused = engine.world().stage(&bytes).await.unwrap();
    let world = engine.world();
    let outcome = world.commit(vec![refused], |_, _| Err::<(), _>(EngineError::ConditionNotMet));
    assert_eq!(outcome.await, Err(EngineError::ConditionNotMet));
    engine.compact_now().await.unwrap();
    assert!(disk_bytes(folder.path()) < before + 100_000);
}

#[tokio::test]
async fn a_body_deleted_while_it_is_read_stays_readable() {
    on_both(|engine| async move {
        let world = engine.world();
        for size in [2_000, 3_000_000] {
            let bytes = Dice(24).bytes(size);
            let body = world.save("x", &bytes).await.unwrap();
            let mut reader = world.open_body(&body, 0..body.bytes()).unwrap();
            world.remove("x").await.unwrap();
            engine.compact_now().await.unwrap();
            let mut found = Vec::new();
            while let Some(block) = reader.next().await {
                found.extend_from_slice(&block.unwrap());
            }
            assert!(found == bytes);
            assert!(matches!(world.open_body(&body, 0..1).map(|_| ()), Err(EngineError::NoSuchKey)));
        }
    })
    .await;
}

/// Bodies of many pieces are not opened at once: their files wait for the reader.
#[tokio::test]
async fn a_body_of_many_pieces_stays_readable_too() {
    on_both(|engine| async move {
        let world = engine.world();
        let mut dice = Dice(25);
        let (mut pieces, mut whole) = (Vec::new(), Vec::new());
        for number in 0..40 {
            let bytes = dice.bytes(if number % 2 == 0 { 70_000 } else { 500 });
            pieces.push(world.save(&format!("part{number}"), &bytes).await.unwrap());
            whole.extend_from_slice(&bytes);
        }
        let body = Body::concat(pieces.into_iter());
        let joined = body.clone();
        let complete = world.commit(Vec::new(), move |tx, _| {
            (0..40).for_each(|number| tx.delete(key(OBJECTS, &format!("part{number}"))));
            tx.put(key(OBJECTS, "whole"), row_of(&joined));
            Ok(())
        });
        complete.await.unwrap();
        engine.compact_now().await.unwrap();
        assert!(world.load("whole").await.unwrap() == whole);
        assert!(world.read_range(&body, 69_000..900_000).await.unwrap() == whole[69_000..900_000]);
        let reader = world.open_body(&body, 0..body.bytes()).unwrap();
        world.remove("whole").await.unwrap();
        engine.compact_now().await.unwrap();
        assert!(read_to_end(reader).await.unwrap() == whole);
        engine.compact_now().await.unwrap();
        assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
    })
    .await;
}

/// The first byte of an object of ten thousand parts does not wait for ten thousand look-ups.
#[tokio::test]
async fn pieces_are_looked_up_when_their_turn_comes() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    let bytes = Dice(26).bytes(70_000);
    let piece = world.save("part", &bytes).await.unwrap();
    let body = Body::concat(std::iter::repeat_n(piece, 10_000));
    let mut reader = world.open_body(&body, 0..body.bytes()).unwrap();
    // The first 16 and the last.
    assert_eq!((reader.looked_up(), reader.remaining_bytes()), (17, 700_000_000));
    for _ in 0..20 {
        assert!(reader.next().await.unwrap().unwrap() == bytes);
    }
    assert_eq!(reader.looked_up(), 1);
    let middle = world.read_range(&body, 300_000_010..301_500_000).await.unwrap();
    let wanted: Vec<u8> = bytes.iter().copied().cycle().skip(300_000_010 % 70_000).take(1_499_990).collect();
    assert!(middle == wanted);
}

/// A body whose first pieces are another object's is missed when it is opened, not while it is read.
#[tokio::test]
async fn a_long_body_that_was_dropped_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    let shared = world.save("shared", &Dice(28).bytes(70_000)).await.unwrap();
    let own = world.save("own", &Dice(29).bytes(70_000)).await.unwrap();
    let body = Body::concat(std::iter::repeat_n(shared, 20).chain([own]));
    assert!(world.open_body(&body, 0..body.bytes()).is_ok());
    world.remove("own").await.unwrap();
    assert!(matches!(world.open_body(&body, 0..body.bytes()).map(|_| ()), Err(EngineError::NoSuchKey)));
}

#[tokio::test]
async fn copies_share_a_body_until_the_last_goes() {
    on_both(|engine| async move {
        let world = engine.world();
        let bytes = Dice(26).bytes(100_000);
        let body = world.save("a", &bytes).await.unwrap();
        let shared = body.clone();
        let copy = world.commit(Vec::new(), move |tx, _| {
            tx.retain(&shared)?;
            tx.put(key(OBJECTS, "b"), row_of(&shared));
            Ok(())
        });
        copy.await.unwrap();
        world.remove("a").await.unwrap();
        assert!(world.load("b").await.unwrap() == bytes);
        world.remove("b").await.unwrap();
        assert!(matches!(world.open_body(&body, 0..1).map(|_| ()), Err(EngineError::NoSuchKey)));
        let late = world.commit(Vec::new(), move |tx, _| tx.retain(&body));
        assert_eq!(late.await, Err(EngineError::NoSuchKey));
        assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn small_bodies_come_without_waiting() {
    on_both(|engine| async move {
        let bytes = Dice(27).bytes(60_000);
        let body = engine.world().save("x", &bytes).await.unwrap();
        let mut reader = engine.world().open_body(&body, 10..50_000).unwrap();
        assert_eq!(reader.remaining_bytes(), 49_990);
        assert_eq!(reader.try_next().unwrap().unwrap(), bytes.slice(10..50_000));
        assert!(reader.try_next().is_none());
    })
    .await;
}

#[tokio::test]
async fn memory_is_limited_and_given_back() {
    let engine = Engine::open(EngineSettings { memory_limit_bytes: 100_000, ..settings(None) }).unwrap();
    let world = engine.world();
    let bytes = Dice(28).bytes(60_000);
    world.save("a", &bytes).await.unwrap();
    // Beyond the limit a body goes to an unlinked file, of whatever length.
    world.save("b", &bytes).await.unwrap();
    assert!(world.load("b").await.unwrap() == bytes && world.load("a").await.unwrap() == bytes);
    world.remove("a").await.unwrap();
    let staged = world.stage(&bytes).await.unwrap();
    assert!(matches!(staged.into_parts().0, crate::bodies::Content::Memory { .. }));
}
