//! Receiving a body: into memory while it is small, into a file (`file_sink.rs`) once it is not.

use std::sync::Arc;

use bytes::Bytes;

use super::file_sink::FileSink;
use super::hash::Hashes;
use super::seal::Seal;
use super::{Content, Reservation, StagedBody};
use crate::store::Store;
use crate::{ChecksumAlgorithm, CustomerKey, EngineError};

/// How much is written to a file at once, and how long the blocks in memory are.
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
    /// What is written is stored under a customer's key.
    seal: Option<Box<Seal>>,
}

enum Sink {
    Memory {
        hashes: Box<Hashes>,
        blocks: Vec<Bytes>,
        reservation: Reservation,
    },
    File(Box<FileSink>),
    /// Going over to a file failed; the body is lost.
    Lost,
}

impl BodyWriter {
    pub(crate) fn new(store: Arc<Store>, hint: Option<u64>, sha256: bool, checksum: Option<ChecksumAlgorithm>) -> Self {
        Self::hashing(store, hint, Hashes::new(sha256, checksum))
    }

    pub(crate) fn sealed(
        store: Arc<Store>,
        hint: Option<u64>,
        sha256: bool,
        checksum: Option<ChecksumAlgorithm>,
        key: &CustomerKey,
    ) -> Self {
        let seal = Some(Box::new(Seal::new(key, Hashes::new(sha256, checksum))));
        Self { seal, ..Self::hashing(store, hint, Hashes::of_sealed()) }
    }

    fn hashing(store: Arc<Store>, hint: Option<u64>, hashes: Hashes) -> Self {
        let hashes = Box::new(hashes);
        let reservation = Reservation::of(&store.bodies.budget);
        Self {
            store,
            hint,
            bytes: 0,
            open: Vec::new(),
            sink: Sink::Memory { hashes, blocks: Vec::new(), reservation },
            without_files: false,
            seal: None,
        }
    }

    /// Computes a CRC-64/NVME besides. Before the first byte.
    pub fn keep_crc64(&mut self) {
        match (&mut self.seal, &mut self.sink) {
            (Some(seal), _) => seal.keep_crc64(),
            (None, Sink::Memory { hashes, .. }) => hashes.keep_crc64(),
            (None, Sink::File(_) | Sink::Lost) => {}
        }
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// [`EngineError::Full`], storage errors; the body is then lost and the writer must be dropped.
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<(), EngineError> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length == 0 {
            return Ok(());
        }
        if let Some(seal) = &mut self.seal {
            bytes = seal.apply(bytes);
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
        let wanted = if matches!(self.sink, Sink::File(_)) { BLOCK_BYTES } else { hint.max(at_hand) };
        wanted.min(BLOCK_BYTES)
    }

    async fn end_block(&mut self, block: Bytes) -> Result<(), EngineError> {
        match &mut self.sink {
            Sink::Memory { blocks, .. } => {
                blocks.push(block);
                Ok(())
            }
            Sink::File(sink) => sink.write(block).await,
            Sink::Lost => Err(lost()),
        }
    }

    /// Goes over from memory to a file. Where a volatile store has no writable folder at all, memory must do.
    async fn spill(&mut self, more: u64) -> Result<(), EngineError> {
        if self.without_files {
            return Err(EngineError::Full);
        }
        let mut sink = match FileSink::open(&self.store, self.hint, more).await {
            Ok(sink) => Box::new(sink),
            Err(error) if !self.store.bodies.volatile => return Err(error),
            Err(_) => {
                self.without_files = true;
                return if self.reserve(more, 0) { Ok(()) } else { Err(EngineError::Full) };
            }
        };
        let before = std::mem::replace(&mut self.sink, Sink::Lost);
        let Sink::Memory { hashes, mut blocks, .. } = before else { return Err(lost()) };
        // All of this is hashed already.
        blocks.push(Bytes::from(std::mem::take(&mut self.open)));
        sink.begin_with(blocks, hashes).await?;
        self.sink = Sink::File(sink);
        Ok(())
    }

    /// Ends the body.
    ///
    /// # Errors
    /// As [`BodyWriter::write`].
    pub async fn finish(mut self) -> Result<StagedBody, EngineError> {
        let seal = self.seal.take();
        let staged = self.finish_stored().await?;
        Ok(match seal {
            Some(seal) => seal.end(staged),
            None => staged,
        })
    }

    async fn finish_stored(mut self) -> Result<StagedBody, EngineError> {
        if self.bytes == 0 {
            return match self.sink {
                Sink::Memory { hashes, .. } => Ok(hashes.end(0, Content::Empty)),
                Sink::File(_) | Sink::Lost => Err(lost()),
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
            Sink::File(sink) => {
                let (hashes, staged) = sink.end().await?;
                Ok(hashes.end(self.bytes, Content::File(staged)))
            }
            Sink::Lost => Err(lost()),
        }
    }
}

fn lost() -> EngineError {
    EngineError::Storage { detail: "the body was lost by an earlier failure".into() }
}
