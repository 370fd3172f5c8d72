//! Scans over several sources at once: layers, and batches laid over them. The first source that has a key decides.

use std::collections::VecDeque;

use super::{Key, LayerId, Physical, Scan, Slot, Value, Writes, logical, physical, physical_range};
use crate::EngineError;

/// A source of rows in key order; `None` hides the key in the sources behind it.
type Source<'a> = Box<dyn Iterator<Item = Result<(Key, Option<Value>), EngineError>> + 'a>;

/// Stored rows in a range, read in chunks that grow: a seek that takes one row stays cheap, a long scan too.
struct Chunked<'a, P: ?Sized> {
    rows: &'a P,
    from: Vec<u8>,
    to: Vec<u8>,
    limit: usize,
    buffer: VecDeque<(Vec<u8>, Slot)>,
    done: bool,
}

const FIRST_CHUNK: usize = 4;
const CHUNK_MAX: usize = 256;

impl<P: Physical + ?Sized> Chunked<'_, P> {
    fn fill(&mut self) -> Result<(), EngineError> {
        let rows = self.rows.chunk(&self.from, &self.to, self.limit)?;
        self.done = rows.len() < self.limit;
        if let Some((last, _)) = rows.last() {
            self.from.clear();
            self.from.extend_from_slice(last);
            self.from.push(0);
        }
        self.limit = self.limit.saturating_mul(4).min(CHUNK_MAX);
        self.buffer = rows.into();
        Ok(())
    }
}

impl<P: Physical + ?Sized> Iterator for Chunked<'_, P> {
    type Item = Result<(Vec<u8>, Slot), EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.buffer.is_empty()
            && !self.done
            && let Err(error) = self.fill()
        {
            self.done = true;
            return Some(Err(error));
        }
        self.buffer.pop_front().map(Ok)
    }
}

fn row_of(slot: Slot) -> Option<Value> {
    match slot {
        Slot::Row(value) => Some(value),
        Slot::Tombstone => None,
    }
}

/// Everything that is stored in a range, as it is: the store's own tables, all layers.
pub(crate) fn stored<P: Physical + ?Sized>(
    rows: &P,
    from: Vec<u8>,
    to: Vec<u8>,
) -> impl Iterator<Item = Result<(Vec<u8>, Slot), EngineError>> {
    Chunked { rows, done: from >= to, from, to, limit: FIRST_CHUNK, buffer: VecDeque::new() }
}

/// One layer's rows in a range.
fn layer_source<'a, P: Physical + ?Sized>(rows: &'a P, layer: LayerId, from: &[u8], to: &[u8]) -> Source<'a> {
    let (from, to) = physical_range(layer, from, to);
    Box::new(stored(rows, from, to).map(|row| row.map(|(key, slot)| (logical(key), row_of(slot)))))
}

/// What a batch says about one layer's rows in a range; `None` when nothing.
fn batch_source<'a>(writes: &'a Writes, layer: LayerId, from: &[u8], to: &[u8]) -> Option<Source<'a>> {
    let (from, to) = physical_range(layer, from, to);
    if from >= to {
        return None;
    }
    let mut found = writes.range(from..to).peekable();
    found.peek()?;
    Some(Box::new(found.map(|(key, slot)| Ok((logical(key.clone()), slot.clone().and_then(row_of))))))
}

/// Everything in a range, seen through batches (the newest first) and a stack of layers.
pub(crate) fn merged<'a, P: Physical + ?Sized>(
    rows: &'a P,
    batches: &[&'a Writes],
    stack: &[LayerId],
    from: &[u8],
    to: &[u8],
) -> Scan<'a> {
    let mut sources = Vec::with_capacity(stack.len());
    for layer in stack {
        sources.extend(batches.iter().filter_map(|writes| batch_source(writes, *layer, from, to)));
        sources.push(layer_source(rows, *layer, from, to));
    }
    merge(sources)
}

/// Everything that a run of layers says in a range, deletions (`None`) included.
pub(crate) fn folded<'a, P: Physical + ?Sized>(
    rows: &'a P,
    run: &[LayerId],
    from: &[u8],
    to: &[u8],
) -> Result<Folded<'a>, EngineError> {
    let sources = run.iter().map(|layer| layer_source(rows, *layer, from, to));
    Ok(Folded(Merge { sources: heads(sources)?, failed: false }))
}

/// See [`folded`].
pub(crate) struct Folded<'a>(Merge<'a>);

impl Iterator for Folded<'_> {
    type Item = Result<(Key, Option<Value>), EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.step().transpose()
    }
}

/// One row, seen likewise.
pub(crate) fn get_merged<P: Physical + ?Sized>(
    rows: &P,
    batches: &[&Writes],
    stack: &[LayerId],
    key: &[u8],
) -> Result<Option<Value>, EngineError> {
    for layer in stack {
        let key = physical(*layer, key);
        let pending = batches.iter().find_map(|writes| writes.get(&key));
        let slot = match pending {
            Some(slot) => slot.clone(),
            None => rows.slot(&key)?,
        };
        match slot {
            Some(Slot::Row(value)) => return Ok(Some(value)),
            Some(Slot::Tombstone) => return Ok(None),
            None => {}
        }
    }
    Ok(None)
}

/// A source and what it offers next.
type Headed<'a> = (Option<(Key, Option<Value>)>, Source<'a>);

/// Sources merged by key.
struct Merge<'a> {
    sources: Vec<Headed<'a>>,
    failed: bool,
}

fn merge<'a>(sources: Vec<Source<'a>>) -> Scan<'a> {
    let mut sources = sources;
    if sources.len() == 1
        && let Some(only) = sources.pop()
    {
        return Box::new(only.filter_map(|row| match row {
            Ok((key, value)) => value.map(|value| Ok((key, value))),
            Err(error) => Some(Err(error)),
        }));
    }
    match heads(sources.into_iter()) {
        Ok(sources) => Box::new(Merge { sources, failed: false }),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

/// Takes the first row of each source.
fn heads<'a>(sources: impl Iterator<Item = Source<'a>>) -> Result<Vec<Headed<'a>>, EngineError> {
    sources.map(|mut source| Ok((source.next().transpose()?, source))).collect()
}

impl Merge<'_> {
    /// The smallest key on offer and what the first source that has it says; moves all of its sources on.
    fn step(&mut self) -> Result<Option<(Key, Option<Value>)>, EngineError> {
        let least = self.sources.iter().filter_map(|(head, _)| head.as_ref().map(|(key, _)| key)).min().cloned();
        let Some(least) = least else { return Ok(None) };
        let mut decided = None;
        for (head, source) in &mut self.sources {
            if head.as_ref().is_some_and(|(key, _)| *key == least) {
                let taken = std::mem::replace(head, source.next().transpose()?);
                if decided.is_none() {
                    decided = taken;
                }
            }
        }
        Ok(decided)
    }
}

impl Iterator for Merge<'_> {
    type Item = Result<(Key, Value), EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            match self.step() {
                Ok(Some((key, Some(value)))) => return Some(Ok((key, value))),
                Ok(Some((_, None))) => {}
                Ok(None) => return None,
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}
