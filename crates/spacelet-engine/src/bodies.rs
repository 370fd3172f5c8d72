//! Bodies: the only file that opens body files (segments, files of their own, temporary files).

use std::ops::Range;

use bytes::Bytes;

use crate::{Checksum, ChecksumAlgorithm, EngineError, World};

/// Where an object's bytes are: a list of pieces, each a body of the store. Opaque outside the engine.
#[derive(Debug, Clone, PartialEq, Eq, Default, minicbor::Encode, minicbor::Decode)]
pub struct Body {
    #[n(0)]
    pub(crate) pieces: Vec<Piece>,
}

/// A body of the store, in whole: its row says where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Piece {
    #[n(0)]
    pub(crate) id: u64,
    #[n(1)]
    pub(crate) bytes: u64,
}

/// A body being received. Memory use does not grow with its length (at most a few blocks of 1 MiB).
/// Dropping it leaves nothing behind.
pub struct BodyWriter {}

/// A received body that no record names yet. Dropping it releases its bytes.
#[derive(Debug)]
pub struct StagedBody {}

/// Reads a range of a body, block by block. Holds what it reads: a body deleted meanwhile stays readable.
pub struct BodyReader {}

impl World {
    /// Begins a body. `bytes_hint`: its length where known (a large one gets a preallocated file at once).
    /// MD5 is always computed; `sha256` and `checksum` on request.
    ///
    /// # Errors
    /// [`EngineError::Full`], [`EngineError::ReadOnly`], storage errors.
    pub fn begin_body(
        &self,
        bytes_hint: Option<u64>,
        sha256: bool,
        checksum: Option<ChecksumAlgorithm>,
    ) -> Result<BodyWriter, EngineError> {
        todo!()
    }

    /// Opens a range of a body for reading. Small bodies come in one block, from memory or one read.
    ///
    /// # Errors
    /// [`EngineError::NoSuchKey`] when the body has gone since its record was read (read the record again),
    /// [`EngineError::CorruptBody`].
    pub fn open_body(&self, body: &Body, range: Range<u64>) -> Result<BodyReader, EngineError> {
        todo!()
    }
}

impl BodyWriter {
    /// Appends bytes.
    ///
    /// # Errors
    /// [`EngineError::Full`], storage errors; the body is then lost and the writer must be dropped.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), EngineError> {
        todo!()
    }

    /// Ends the body.
    ///
    /// # Errors
    /// As [`BodyWriter::write`].
    pub async fn finish(self) -> Result<StagedBody, EngineError> {
        todo!()
    }
}

impl StagedBody {
    /// An empty body.
    #[must_use]
    pub fn empty() -> Self {
        todo!()
    }

    /// Its length.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        todo!()
    }

    /// Its MD5.
    #[must_use]
    pub fn md5(&self) -> [u8; 16] {
        todo!()
    }

    /// Its SHA-256, when it was asked for.
    #[must_use]
    pub fn sha256(&self) -> Option<[u8; 32]> {
        todo!()
    }

    /// The checksum that was asked for.
    #[must_use]
    pub fn checksum(&self) -> Option<&Checksum> {
        todo!()
    }
}

impl Body {
    /// Its length.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.bytes).sum()
    }

    /// One body of several, in order: no byte is copied.
    pub(crate) fn concat(bodies: impl Iterator<Item = Body>) -> Body {
        Body { pieces: bodies.flat_map(|body| body.pieces).collect() }
    }
}

impl BodyReader {
    /// Bytes still to come.
    #[must_use]
    pub fn remaining_bytes(&self) -> u64 {
        todo!()
    }

    /// The next block without waiting, when it is in memory or is one small read (a few µs); `None` otherwise or at the end.
    pub fn try_next(&mut self) -> Option<Result<Bytes, EngineError>> {
        todo!()
    }

    /// The next block (at most 1 MiB), read on a blocking thread where it comes from a file; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, EngineError>> {
        todo!()
    }
}
