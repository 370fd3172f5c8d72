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
        if number < first_id && store.slot(&key)?.is_none() {
            store.bodies.files.remove(id);
        }
        if store.chores.is_stopping() {
            break;
        }
    }
    Ok(())
}
