use bytes::Bytes;

use super::{Dice, key, open, row_of};
use crate::EngineError;
use crate::records::OBJECTS;

fn spoil(path: &std::path::Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

fn first_file(folder: &std::path::Path) -> std::path::PathBuf {
    let path = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if path.is_dir() { first_file(&path) } else { path }
}

#[tokio::test]
async fn damaged_bodies_are_found_and_never_answered() {
    for size in [5_000, 3_000_000] {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(folder.path());
        let world = engine.world();
        let bytes = Dice(51).bytes(size);
        world.save("x", &bytes).await.unwrap();
        assert_eq!(engine.fsck().unwrap().body_bytes, size as u64);
        spoil(&first_file(&folder.path().join(if size < 65_536 { "segments" } else { "bodies" })));
        assert!(matches!(world.load("x").await, Err(EngineError::CorruptBody { .. })));
        let faults = engine.fsck().unwrap().faults;
        assert_eq!(faults.len(), 1);
        assert!(faults[0].ends_with("its bytes do not match its CRC"), "{faults:?}");
    }
}

#[tokio::test]
async fn a_missing_file_is_found_and_answered_as_corrupt() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = Dice(52).bytes(100_000);
    let engine = open(folder.path());
    engine.world().save("x", &bytes).await.unwrap();
    engine.close().await;
    drop(engine);
    std::fs::remove_file(first_file(&folder.path().join("bodies"))).unwrap();
    let engine = open(folder.path());
    assert!(matches!(engine.world().load("x").await, Err(EngineError::CorruptBody { .. })));
    assert!(engine.fsck().unwrap().faults[0].ends_with("its file is missing"));
}

#[tokio::test]
async fn files_and_rows_that_disagree_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let world = engine.world();
    let bytes = Dice(53).bytes(100_000);
    let body = world.save("x", &bytes).await.unwrap();
    let own = first_file(&folder.path().join("bodies"));
    std::fs::copy(&own, own.with_file_name("0000000000000000")).unwrap();
    std::fs::OpenOptions::new().write(true).open(&own).unwrap().set_len(99_999).unwrap();
    let piece = crate::bodies::Piece { id: body.pieces[0].id + 1_000_000, bytes: 7, nonce: None };
    let unknown = crate::Body { pieces: vec![piece] };
    let refused = world.commit(Vec::new(), move |tx, _| {
        tx.put(key(OBJECTS, "y"), row_of(&unknown));
        Ok(())
    });
    assert_eq!(refused.await, Err(EngineError::NoSuchKey), "a row over an unknown body is never written");
    let faults = engine.fsck().unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("its file has 99999 bytes, not 100000")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("is named by no record")), "{faults:?}");
    assert_eq!(faults.len(), 2);
    world.set("row", Bytes::new()).await.unwrap();
}
