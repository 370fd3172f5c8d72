//! Which layers worlds and snapshots are made of, as rows of the store.

use crate::EngineError;
use crate::bodies::table_key;
use crate::commit::Tx;
use crate::rows::{LayerId, Physical, Rows, Slot, Stack, tables};

/// The layer that a new world begins with.
const FIRST_LAYER: LayerId = 1;

/// A world's stack as stored; a new world's when nothing is.
pub(crate) fn load_stack(rows: &impl Physical, world: u32) -> Result<Stack, EngineError> {
    match rows.slot(&table_key(tables::STACKS, u64::from(world)))? {
        Some(Slot::Row(value)) => decode(&value),
        Some(Slot::Tombstone) | None => Ok([FIRST_LAYER].into()),
    }
}

/// The stack that a world or a snapshot has.
pub(crate) fn read_stack(tx: &Tx<'_>, table: u8, id: u64) -> Result<Option<Stack>, EngineError> {
    tx.get(&table_key(table, id))?.map(|value| decode(&value)).transpose()
}

/// Stores it.
pub(crate) fn put_stack(tx: &mut Tx<'_>, table: u8, id: u64, stack: &[LayerId]) {
    let value: Vec<u8> = stack.iter().flat_map(|layer| layer.to_be_bytes()).collect();
    tx.put(table_key(table, id), value);
}

/// A number for a new layer.
pub(crate) fn allot_layer(tx: &mut Tx<'_>) -> Result<LayerId, EngineError> {
    let next = match tx.get(&[tables::NEXT_LAYER])? {
        Some(value) => decode(&value)?.first().copied().unwrap_or(FIRST_LAYER),
        None => FIRST_LAYER + 1,
    };
    tx.put(vec![tables::NEXT_LAYER], next.saturating_add(1).to_be_bytes().to_vec());
    Ok(next)
}

/// Notes those of `layers` for sweeping that no world and no snapshot holds any more.
pub(crate) fn drop_unheld(tx: &mut Tx<'_>, layers: &[LayerId]) -> Result<(), EngineError> {
    let held = held(tx)?;
    for layer in layers.iter().filter(|layer| !held.contains(layer)) {
        tx.put(table_key(tables::DROPPED, u64::from(*layer)), vec![1]);
    }
    Ok(())
}

/// True when a world or a snapshot holds the layer.
pub(crate) fn is_held(tx: &Tx<'_>, layer: LayerId) -> Result<bool, EngineError> {
    Ok(held(tx)?.contains(&layer))
}

fn held(tx: &Tx<'_>) -> Result<Vec<LayerId>, EngineError> {
    let mut held = Vec::new();
    for table in [tables::STACKS, tables::SNAPSHOTS] {
        for row in tx.scan(vec![table], vec![table + 1]) {
            held.extend_from_slice(&decode(&row?.1)?);
        }
    }
    Ok(held)
}

/// Puts one layer in the place of a run of layers in every stack that has it. Returns the stack of `world` when
/// it was among them.
pub(crate) fn replace_run(
    tx: &mut Tx<'_>,
    run: &[LayerId],
    by: LayerId,
    world: u32,
) -> Result<Option<Stack>, EngineError> {
    let mut changed = Vec::new();
    for table in [tables::STACKS, tables::SNAPSHOTS] {
        for row in tx.scan(vec![table], vec![table + 1]) {
            let (key, value) = row?;
            changed.extend(with_replaced(&decode(&value)?, run, by).map(|stack| (table, key, stack)));
        }
    }
    let mut ours = None;
    for (table, key, stack) in changed {
        let id = crate::bodies::number_of(&key).unwrap_or_default();
        put_stack(tx, table, id, &stack);
        if table == tables::STACKS && id == u64::from(world) {
            ours = Some(stack.into());
        }
    }
    Ok(ours)
}

fn with_replaced(stack: &[LayerId], run: &[LayerId], by: LayerId) -> Option<Vec<LayerId>> {
    let at = stack.windows(run.len()).position(|window| window == run)?;
    let (before, rest) = stack.split_at_checked(at)?;
    Some([before, &[by], rest.get(run.len()..)?].concat())
}

fn decode(value: &[u8]) -> Result<Stack, EngineError> {
    let layers: Stack =
        value.chunks_exact(4).filter_map(|chunk| chunk.try_into().ok()).map(u32::from_be_bytes).collect();
    if layers.is_empty() || layers.len() * 4 != value.len() {
        return Err(EngineError::Storage { detail: "a stack of layers cannot be read".into() });
    }
    Ok(layers)
}
