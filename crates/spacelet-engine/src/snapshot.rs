//! Snapshots of a world: freeze the top layer, go back to it later. No row is touched.

mod stacks;

use std::sync::Arc;

use crate::commit::Tx;
use crate::rows::{LayerId, Stack, tables};
use crate::world::Core;
use crate::{EngineError, World};

pub(crate) use stacks::{allot_layer, drop_unheld, is_held, load_stack, replace_run};
use stacks::{put_stack, read_stack};

/// A frozen state of a world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Snapshot {
    pub(crate) id: u64,
}

impl World {
    /// Freezes the state; later writes go to a new layer.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn freeze(&self) -> Result<Snapshot, EngineError> {
        let core = Arc::clone(&self.core);
        let snapshot = self.commit_as(Vec::new(), true, move |tx, _| freeze(tx, &core)).await?;
        self.core.store.chores.wake();
        Ok(snapshot)
    }

    /// Goes back to a frozen state; what was written since is swept in the background.
    ///
    /// # Errors
    /// Storage errors; among them a snapshot that was forgotten.
    pub async fn restore(&self, snapshot: &Snapshot) -> Result<(), EngineError> {
        let (core, id) = (Arc::clone(&self.core), snapshot.id);
        self.commit_as(Vec::new(), true, move |tx, _| restore(tx, &core, id)).await?;
        self.core.store.chores.wake();
        Ok(())
    }

    /// Forgets a snapshot; what only it held is swept in the background. One that is not there is no error.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn forget(&self, snapshot: &Snapshot) -> Result<(), EngineError> {
        let id = snapshot.id;
        self.commit_as(Vec::new(), true, move |tx, _| forget(tx, id)).await?;
        self.core.store.chores.wake();
        Ok(())
    }
}

fn freeze(tx: &mut Tx<'_>, core: &Arc<Core>) -> Result<Snapshot, EngineError> {
    let stack = Arc::clone(tx.stack());
    let id = tx.next_sequence();
    let (top, below) = stack.split_first().map_or((0, &[][..]), |(top, below)| (*top, below));
    if tx.layer_is_empty(top)? && !below.is_empty() {
        put_stack(tx, tables::SNAPSHOTS, id, below);
        return Ok(Snapshot { id });
    }
    put_stack(tx, tables::SNAPSHOTS, id, &stack);
    push_layer(tx, core, &stack)?;
    Ok(Snapshot { id })
}

fn restore(tx: &mut Tx<'_>, core: &Arc<Core>, id: u64) -> Result<(), EngineError> {
    let frozen = read_stack(tx, tables::SNAPSHOTS, id)?;
    let frozen = frozen.ok_or_else(|| EngineError::Storage { detail: format!("there is no snapshot {id}") })?;
    let old = Arc::clone(tx.stack());
    push_layer(tx, core, &frozen)?;
    drop_unheld(tx, &old)
}

fn forget(tx: &mut Tx<'_>, id: u64) -> Result<(), EngineError> {
    let Some(frozen) = read_stack(tx, tables::SNAPSHOTS, id)? else { return Ok(()) };
    tx.delete(crate::bodies::table_key(tables::SNAPSHOTS, id));
    drop_unheld(tx, &frozen)
}

/// Gives the world a new, empty top layer over `below`.
fn push_layer(tx: &mut Tx<'_>, core: &Arc<Core>, below: &[LayerId]) -> Result<(), EngineError> {
    let top = allot_layer(tx)?;
    let stack: Stack = std::iter::once(top).chain(below.iter().copied()).collect();
    put_stack(tx, tables::STACKS, u64::from(core.id), &stack);
    let core = Arc::clone(core);
    tx.on_publish(move || core.replace_stack(stack));
    Ok(())
}
