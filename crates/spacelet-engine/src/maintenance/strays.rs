//! What a killed process left: received bodies that no commit took, files that a commit had dropped.

use crate::EngineError;
use crate::bodies::files::{FileId, unlink};
use crate::bodies::{body_row_key, table_key};
use crate::rows::{Physical, tables};
use crate::store::Store;

/// Removes files of earlier lives that no row names. Files of this life have ids from `first_id` on and are not
/// looked at, so nothing here can meet a commit.
pub(super) fn sweep(store: &Store, first_id: u64) -> Result<(), EngineError> {
    let found = store.bodies.files.list()?;
    found.staged.iter().for_each(|path| unlink(path));
    for (id, _) in found.bodies {
        let (number, key) = match id {
            FileId::Own(number) => (number, body_row_key(number)),
            FileId::Segment(number) => (number, table_key(tables::SEGMENTS, number)),
        };
        // The file of a body that is gone and that a reader has not opened yet goes with that reader.
        let is_read = || matches!(id, FileId::Own(_)) && store.bodies.is_pinned(number);
        if number < first_id && store.slot(&key)?.is_none() && !is_read() {
            store.bodies.files.remove(id);
        }
        if store.chores.is_stopping() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::sweep;
    use crate::Body;
    use crate::tests::{Dice, open, read_to_end};

    /// A body that was stored by an earlier life and is deleted while it is read, before the sweep comes to it.
    #[tokio::test]
    async fn what_a_reader_has_not_opened_yet_is_left_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(folder.path());
        let world = engine.world();
        let (mut dice, mut pieces, mut whole) = (Dice(61), Vec::new(), Vec::new());
        for number in 0..20 {
            let bytes = dice.bytes(70_000);
            pieces.push(world.save(&format!("{number}"), &bytes).await.unwrap());
            whole.extend_from_slice(&bytes);
        }
        let body = Body::concat(pieces.into_iter());
        let reader = world.open_body(&body, 0..body.bytes()).unwrap();
        for number in 0..20 {
            world.remove(&format!("{number}")).await.unwrap();
        }
        sweep(engine.store(), u64::MAX).unwrap();
        engine.compact_now().await.unwrap();
        assert!(read_to_end(reader).await.unwrap() == whole);
        assert_eq!(engine.fsck().unwrap().faults, Vec::<String>::new());
    }
}
