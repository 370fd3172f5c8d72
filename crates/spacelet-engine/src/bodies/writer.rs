//! Receiving a body: into memory while it is small, into a file once it is not.
//!
//! A file is written in blocks of 1 MiB: while one block is hashed on one blocking thread and written on another, the
//! next is received. At most three blocks are in memory.

use std::fs::File;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};

use super::files::{StagedFile, write_at};
use super::hash::Hashes;
use super::{Content, Reservation, StagedBody};
use crate::store::{Store, io_error};
use crate::{ChecksumAlgorithm, EngineError};

/// How much is written at once.
const BLOCK_BYTES: usize = 1 << 20;

/// A body being received. Memory use does not grow with its length (at most a few blocks of 1 MiB).
/// Dropping it leaves nothing behind.
pub struct BodyWriter {
    store: Arc<Store>,
    hint: Option<u64>,
    bytes: u64,
    /// Received and not yet a block.
    open: Vec<u8>,
    sink: Sink,
    /// No temporary file could be made.
    without_files: bool,
}

enum Sink {
    Memory { hashes: Box<Hashes>, blocks: Vec<Bytes>, reservation: Reservation },
    File { staged: StagedFile, written: u64, busy: Busy },
}

/// What goes on beside the receiving.
enum Busy {
    Idle(Box<Hashes>),
    Block {
        hashing: JoinHandle<Box<Hashes>>,
        writing: JoinHandle<std::io::Result<()>>,
    },
    /// An earlier write failed; the body is lost.
    Failed,
}

impl BodyWriter {
    pub(crate) fn new(store: Arc<Store>, hint: Option<u64>, sha256: bool, checksum: Option<ChecksumAlgorithm>) -> Self {
        let hashes = Box::new(Hashes::new(sha256, checksum));
        let reservation = Reservation::of(&store.bodies.budget);
        Self {
            store,
            hint,
            bytes: 0,
            open: Vec::new(),
            sink: Sink::Memory { hashes, blocks: Vec::new(), reservation },
            without_files: false,
        }
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// [`EngineError::Full`], storage errors; the body is then lost and the writer must be dropped.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), EngineError> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length == 0 {
            return Ok(());
        }
        let total = self.bytes.saturating_add(length);
        if !self.reserve(length, total) {
            self.spill(length).await?;
        }
        // A file's blocks are hashed while they are written.
        if let Sink::Memory { hashes, .. } = &mut self.sink {
            hashes.update(&bytes);
        }
        self.bytes = total;
        self.take(bytes).await
    }

    /// Takes memory for what comes; false when it must go to a file (or further into one) instead.
    fn reserve(&mut self, length: u64, total: u64) -> bool {
        let Sink::Memory { reservation, .. } = &mut self.sink else { return true };
        let expected = self.hint.unwrap_or_default().max(total);
        let is_small = expected <= self.store.bodies.memory_body_bytes_max || self.without_files;
        is_small && reservation.grow(length).is_ok()
    }

    /// Cuts what comes into blocks.
    async fn take(&mut self, mut bytes: Bytes) -> Result<(), EngineError> {
        while !bytes.is_empty() {
            if self.open.is_empty() && bytes.len() >= BLOCK_BYTES {
                let block = bytes.split_to(BLOCK_BYTES);
                // A slice may keep a far larger buffer alive: what stays in memory is copied.
                let block =
                    if matches!(self.sink, Sink::Memory { .. }) { Bytes::copy_from_slice(&block) } else { block };
                self.end_block(block).await?;
                continue;
            }
            if self.open.capacity() == 0 {
                self.open.reserve_exact(self.block_capacity(bytes.len()));
            }
            let room = BLOCK_BYTES.saturating_sub(self.open.len());
            self.open.extend_from_slice(&bytes.split_to(room.min(bytes.len())));
            if self.open.len() >= BLOCK_BYTES {
                let block = Bytes::from(std::mem::take(&mut self.open));
                self.end_block(block).await?;
            }
        }
        Ok(())
    }

    /// As much as will be needed where the length is known: small bodies take exactly their own room.
    fn block_capacity(&self, at_hand: usize) -> usize {
        let hint = self.hint.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or_default();
        let wanted = if matches!(self.sink, Sink::File { .. }) { BLOCK_BYTES } else { hint.max(at_hand) };
        wanted.min(BLOCK_BYTES)
    }

    async fn end_block(&mut self, block: Bytes) -> Result<(), EngineError> {
        match &mut self.sink {
            Sink::Memory { blocks, .. } => {
                blocks.push(block);
                Ok(())
            }
            Sink::File { staged, written, busy } => {
                let mut hashes = busy.wait().await?;
                let end = written.saturating_add(u64::try_from(block.len()).unwrap_or(u64::MAX));
                if end > staged.preallocated && !self.store.has_room(end.saturating_sub(*written)) {
                    return Err(EngineError::Full);
                }
                let (file, at, hashed) = (Arc::clone(&staged.file), *written, block.clone());
                *written = end;
                let hashing = spawn_blocking(move || {
                    hashes.update(&hashed);
                    hashes
                });
                *busy = Busy::Block { hashing, writing: spawn_blocking(move || write_at(&file, &block, at)) };
                Ok(())
            }
        }
    }

    /// Goes over from memory to a file. Where a volatile store has no writable folder at all, memory must do.
    async fn spill(&mut self, more: u64) -> Result<(), EngineError> {
        if self.without_files {
            return Err(EngineError::Full);
        }
        if !self.store.has_room(self.hint.unwrap_or(more)) {
            return Err(EngineError::Full);
        }
        let (store, hint) = (Arc::clone(&self.store), self.hint);
        let staged = spawn_blocking(move || store.bodies.files.stage(hint)).await.map_err(|error| lost(&error))?;
        let staged = match staged {
            Ok(staged) => staged,
            Err(error) if !self.store.bodies.volatile => return Err(error),
            Err(_) => {
                self.without_files = true;
                return if self.reserve(more, 0) { Ok(()) } else { Err(EngineError::Full) };
            }
        };
        let sink = Sink::File { staged, written: 0, busy: Busy::Failed };
        let Sink::Memory { hashes, mut blocks, .. } = std::mem::replace(&mut self.sink, sink) else { return Ok(()) };
        let Sink::File { staged, written, busy } = &mut self.sink else { return Ok(()) };
        // All of this is hashed already.
        blocks.push(Bytes::from(std::mem::take(&mut self.open)));
        for block in blocks {
            let (file, at) = (Arc::clone(&staged.file), *written);
            *written = written.saturating_add(u64::try_from(block.len()).unwrap_or(u64::MAX));
            let writing = spawn_blocking(move || write_at(&file, &block, at));
            writing.await.map_err(|error| lost(&error))?.map_err(|error| io_error("write a body", &error))?;
        }
        *busy = Busy::Idle(hashes);
        Ok(())
    }

    /// Ends the body.
    ///
    /// # Errors
    /// As [`BodyWriter::write`].
    pub async fn finish(mut self) -> Result<StagedBody, EngineError> {
        if self.bytes == 0 {
            return match self.sink {
                Sink::Memory { hashes, .. } => Ok(hashes.end(0, Content::Empty)),
                Sink::File { .. } => Err(EngineError::Storage { detail: "an empty body has a file".into() }),
            };
        }
        if !self.open.is_empty() {
            let rest = std::mem::take(&mut self.open).into_boxed_slice();
            self.end_block(Bytes::from(rest)).await?;
        }
        match self.sink {
            Sink::Memory { hashes, blocks, reservation } => {
                Ok(hashes.end(self.bytes, Content::Memory { blocks, reservation }))
            }
            Sink::File { staged, mut busy, .. } => {
                let hashes = busy.wait().await?;
                let (store, file, bytes, hint) = (self.store, Arc::clone(&staged.file), self.bytes, self.hint);
                let ended = spawn_blocking(move || end_file(&store, &file, bytes, hint)).await;
                ended.map_err(|error| lost(&error))??;
                Ok(hashes.end(bytes, Content::File(staged)))
            }
        }
    }
}

impl Busy {
    /// Waits for the block in hand.
    async fn wait(&mut self) -> Result<Box<Hashes>, EngineError> {
        match std::mem::replace(self, Self::Failed) {
            Self::Idle(hashes) => Ok(hashes),
            Self::Block { hashing, writing } => {
                let (hashes, written) = (hashing.await, writing.await);
                written.map_err(|error| lost(&error))?.map_err(|error| io_error("write a body", &error))?;
                hashes.map_err(|error| lost(&error))
            }
            Self::Failed => Err(EngineError::Storage { detail: "the body was lost by an earlier failure".into() }),
        }
    }
}

/// Cuts a file that was preallocated too long, and syncs it where the store promises that.
fn end_file(store: &Store, file: &File, bytes: u64, hint: Option<u64>) -> Result<(), EngineError> {
    if hint.is_some_and(|hint| hint > bytes) {
        file.set_len(bytes).map_err(|error| io_error("cut a body's file", &error))?;
    }
    if store.syncs() {
        file.sync_data().map_err(|error| {
            let error = io_error("sync a body", &error);
            if error != EngineError::Full {
                store.turn_read_only(&error);
            }
            error
        })?;
    }
    Ok(())
}

fn lost(error: &tokio::task::JoinError) -> EngineError {
    EngineError::Storage { detail: format!("a blocking task ended early: {error}") }
}
