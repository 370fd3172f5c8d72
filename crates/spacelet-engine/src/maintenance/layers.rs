//! Layers that nobody holds any more are swept row by row; stacks that have grown deep are flattened.

use std::sync::Arc;

use crate::EngineError;
use crate::bodies::{number_of, table_key};
use crate::commit::{Tx, commit_waiting};
use crate::rows::{LayerId, Physical, Slot, Stack, Writes, folded, layer_chunk, physical, tables};
use crate::snapshot::{allot_layer, replace_run};
use crate::store::Store;
use crate::world::Core;

/// Rows per commit.
const BATCH_ROWS: usize = 1_000;
/// Deeper stacks are flattened.
const DEPTH_MAX: usize = 8;

/// Sweeps dropped layers, their bodies with them. True when one had to be left because readers hold it.
pub(super) fn sweep_dropped(store: &Store) -> Result<bool, EngineError> {
    let dropped = store.chunk(&[tables::DROPPED], &[tables::DROPPED + 1], BATCH_ROWS)?;
    let mut left = false;
    for layer in dropped.iter().filter_map(|(key, _)| number_of(key)?.try_into().ok()) {
        if store.is_held(layer) {
            left = true;
        } else {
            sweep(store, layer)?;
        }
    }
    Ok(left)
}

fn sweep(store: &Store, layer: LayerId) -> Result<(), EngineError> {
    loop {
        let keys = layer_chunk(store, layer, BATCH_ROWS)?;
        let done = keys.is_empty();
        commit_waiting(store, Vec::new(), false, move |group, _| {
            if done {
                group.put(table_key(tables::DROPPED, u64::from(layer)), None);
            }
            group.remove_rows(keys)
        })?;
        if done || store.chores.is_stopping() {
            return Ok(());
        }
    }
}

/// Copies the frozen layers between a deep stack's top and its bottom into one, and puts that in their place. They
/// are frozen, so nothing changes under the copying; bodies are counted by rows, so the copies hold them too.
pub(super) fn flatten(store: &Arc<Store>, world: &Arc<Core>) -> Result<(), EngineError> {
    let stack = world.stack();
    if stack.len() <= DEPTH_MAX {
        return Ok(());
    }
    let run: Stack = stack.get(1..stack.len() - 1).unwrap_or_default().into();
    let into = begin(store, world)?;
    for table in tables::LAYERED..tables::LAYERED_END {
        let mut rows = folded(&**store, &run, &[table], &[])?.peekable();
        while rows.peek().is_some() {
            let batch: Result<Writes, EngineError> =
                rows.by_ref().take(BATCH_ROWS).map(|row| copied(row?, into)).collect();
            let batch = batch?;
            commit_waiting(store, Vec::new(), false, move |group, _| group.settle(batch, &[]))?;
            if store.chores.is_stopping() {
                return Ok(());
            }
        }
    }
    end(store, world, &run, into)
}

fn copied(
    (key, value): (Vec<u8>, Option<bytes::Bytes>),
    into: LayerId,
) -> Result<(Vec<u8>, Option<Slot>), EngineError> {
    Ok((physical(into, &key), Some(value.map_or(Slot::Tombstone, Slot::Row))))
}

/// A layer to copy into. Until the end it counts as dropped: a start after a crash sweeps it.
fn begin(store: &Store, world: &Arc<Core>) -> Result<LayerId, EngineError> {
    let core = Arc::clone(world);
    commit_waiting(store, Vec::new(), true, move |group, placed| {
        group.run(&core, placed, |tx, _| {
            let layer = allot_layer(tx)?;
            tx.put(table_key(tables::DROPPED, u64::from(layer)), vec![1]);
            Ok(layer)
        })
    })
}

fn end(store: &Store, world: &Arc<Core>, run: &Stack, into: LayerId) -> Result<(), EngineError> {
    let (core, run) = (Arc::clone(world), Arc::clone(run));
    commit_waiting(store, Vec::new(), true, move |group, placed| {
        group.run(&core, placed, |tx, _| {
            let ours = replace_run(tx, &run, into, core.id)?;
            let is_used = crate::snapshot::is_held(tx, into)?;
            if is_used {
                tx.delete(table_key(tables::DROPPED, u64::from(into)));
            }
            publish(tx, &core, ours);
            crate::snapshot::drop_unheld(tx, &run)
        })
    })
}

fn publish(tx: &mut Tx<'_>, core: &Arc<Core>, stack: Option<Stack>) {
    if let Some(stack) = stack {
        let core = Arc::clone(core);
        tx.on_publish(move || core.replace_stack(stack));
    }
}
