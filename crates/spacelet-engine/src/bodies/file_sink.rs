//! Receiving a body into a file, in blocks of 1 MiB: while blocks are hashed on one blocking thread and written on
//! another, the next is received. The hash is what takes longest, so a further block always waits for it. What was
//! written is synced from time to time beside that, so that the sync at the end has little left to do. At most four
//! blocks are in memory.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};

use super::files::{StagedFile, write_at};
use super::hash::Hashes;
use crate::EngineError;
use crate::store::{Store, io_error};

/// How many blocks may be under way: one in work and one that waits.
const BLOCKS_MAX: usize = 2;
/// How much is written between two syncs on the way.
const SYNC_BYTES: u64 = 32 << 20;

/// A file that a body is received into.
pub(super) struct FileSink {
    store: Arc<Store>,
    staged: StagedFile,
    hint: Option<u64>,
    written: u64,
    /// The digests, once all blocks before are hashed. `None`: an earlier write failed; the body is lost.
    hashes: Option<oneshot::Receiver<Box<Hashes>>>,
    /// Blocks under way, the oldest first.
    blocks: VecDeque<Block>,
    syncing: Option<JoinHandle<io::Result<()>>>,
    unsynced: u64,
}

/// A block under way.
struct Block {
    hashing: JoinHandle<()>,
    writing: JoinHandle<io::Result<()>>,
}

impl FileSink {
    /// Makes the file, preallocated where the length is known. It takes blocks after [`FileSink::begin_with`].
    pub(super) async fn open(store: &Arc<Store>, hint: Option<u64>, bytes: u64) -> Result<Self, EngineError> {
        if !store.has_room(hint.unwrap_or(bytes)) {
            return Err(EngineError::Full);
        }
        let files = Arc::clone(&store.bodies.files);
        let staged = spawn_blocking(move || files.stage(hint)).await.map_err(|error| ended_early(&error))??;
        let store = Arc::clone(store);
        Ok(Self { store, staged, hint, written: 0, hashes: None, blocks: VecDeque::new(), syncing: None, unsynced: 0 })
    }

    /// Writes what was in memory before; `hashes` has seen it.
    pub(super) async fn begin_with(&mut self, blocks: Vec<Bytes>, hashes: Box<Hashes>) -> Result<(), EngineError> {
        for block in blocks {
            let (file, at) = (Arc::clone(&self.staged.file), self.written);
            self.written = at.saturating_add(length(&block));
            let writing = spawn_blocking(move || write_at(&file, &block, at)).await;
            writing.map_err(|error| ended_early(&error))?.map_err(|error| io_error("write a body", &error))?;
        }
        let (done, after) = oneshot::channel();
        // The receiver is kept below.
        let _ = done.send(hashes);
        self.hashes = Some(after);
        Ok(())
    }

    /// Begins to hash and to write a block; waits while too many are under way.
    pub(super) async fn write(&mut self, block: Bytes) -> Result<(), EngineError> {
        let before = self.hashes.take().ok_or_else(lost)?;
        self.wait_down_to(BLOCKS_MAX - 1).await?;
        let end = self.written.saturating_add(length(&block));
        if end > self.staged.preallocated && !self.store.has_room(length(&block)) {
            return Err(EngineError::Full);
        }
        self.sync_on_the_way(length(&block)).await?;
        let (file, at, hashed) = (Arc::clone(&self.staged.file), self.written, block.clone());
        self.written = end;
        let (done, after) = oneshot::channel();
        // Blocking tasks begin in the order in which they were spawned, so the one that this waits for has begun.
        let hashing = spawn_blocking(move || {
            let Ok(mut hashes) = before.blocking_recv() else { return };
            hashes.update(&hashed);
            // Nobody waits for the digests of a body that was given up.
            let _ = done.send(hashes);
        });
        self.blocks.push_back(Block { hashing, writing: spawn_blocking(move || write_at(&file, &block, at)) });
        self.hashes = Some(after);
        Ok(())
    }

    /// Waits until at most `left` blocks are under way.
    async fn wait_down_to(&mut self, left: usize) -> Result<(), EngineError> {
        while self.blocks.len() > left {
            let Some(Block { hashing, writing }) = self.blocks.pop_front() else { return Ok(()) };
            let (hashed, written) = (hashing.await, writing.await);
            written.map_err(|error| ended_early(&error))?.map_err(|error| io_error("write a body", &error))?;
            hashed.map_err(|error| ended_early(&error))?;
        }
        Ok(())
    }

    async fn sync_on_the_way(&mut self, more: u64) -> Result<(), EngineError> {
        if self.unsynced >= SYNC_BYTES && self.store.syncs() {
            self.wait_for_sync().await?;
            let file = Arc::clone(&self.staged.file);
            self.syncing = Some(spawn_blocking(move || file.sync_data()));
            self.unsynced = 0;
        }
        self.unsynced = self.unsynced.saturating_add(more);
        Ok(())
    }

    /// A sync that failed on the way counts: the one at the end would not report it again.
    async fn wait_for_sync(&mut self) -> Result<(), EngineError> {
        let Some(syncing) = self.syncing.take() else { return Ok(()) };
        let synced = syncing.await.map_err(|error| ended_early(&error))?;
        synced.map_err(|error| sync_failed(&self.store, &error))
    }

    /// Waits for all that is under way, cuts what was preallocated too long, syncs.
    pub(super) async fn end(mut self) -> Result<(Box<Hashes>, StagedFile), EngineError> {
        self.wait_down_to(0).await?;
        let hashes = self.hashes.take().ok_or_else(lost)?.await.map_err(|_gone| lost())?;
        self.wait_for_sync().await?;
        let (store, file, written, hint) = (self.store, Arc::clone(&self.staged.file), self.written, self.hint);
        let ended = spawn_blocking(move || end_file(&store, &file, written, hint)).await;
        ended.map_err(|error| ended_early(&error))??;
        Ok((hashes, self.staged))
    }
}

fn end_file(store: &Store, file: &File, written: u64, hint: Option<u64>) -> Result<(), EngineError> {
    if hint.is_some_and(|hint| hint > written) {
        file.set_len(written).map_err(|error| io_error("cut a body's file", &error))?;
    }
    if store.syncs() { file.sync_data().map_err(|error| sync_failed(store, &error)) } else { Ok(()) }
}

/// A body's file that could not be synced is lost, and with it the trust in the disk; a full one is only full.
fn sync_failed(store: &Store, error: &io::Error) -> EngineError {
    let error = io_error("sync a body", error);
    if error != EngineError::Full {
        store.turn_read_only(&error);
    }
    error
}

fn lost() -> EngineError {
    EngineError::Storage { detail: "the body was lost by an earlier failure".into() }
}

fn length(block: &Bytes) -> u64 {
    u64::try_from(block.len()).unwrap_or(u64::MAX)
}

fn ended_early(error: &tokio::task::JoinError) -> EngineError {
    EngineError::Storage { detail: format!("a blocking task ended early: {error}") }
}
