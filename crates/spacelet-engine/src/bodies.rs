//! Bodies: received, placed, read, let go.
//!
//! A body of at most `segment_body_bytes_max` waits in memory and is appended to a segment by the committer; a longer
//! one streams to a file of its own. In a volatile store bodies stay in memory up to its limit, longer ones (and all
//! beyond the limit) in unlinked temporary files. `bodies/files.rs` is the only file that opens any of these.

mod file_sink;
pub(crate) mod files;
mod hash;
mod held;
mod place;
mod reader;
mod seal;
pub(crate) mod segments;
mod writer;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bytes::Bytes;

use crate::commit::Sequence;
use crate::{Checksum, ChecksumAlgorithm, CustomerKey, EngineError, World};

pub(crate) use files::{BodyFiles, FileId, StagedFile};
pub(crate) use hash::{combined_crc, crc32c, digest_of, running_crc};
pub(crate) use held::{Budget, Held, Reservation};
pub(crate) use place::{BodyRow, HEAD_BYTES, Head, Place, Placed, body_row_key, number_of, record_bytes, table_key};
pub use reader::BodyReader;
pub(crate) use seal::Nonce;
pub(crate) use segments::{Placement, Segments};
pub use writer::BodyWriter;

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
    /// It is stored under a customer's key, from this counter block on.
    #[n(2)]
    pub(crate) nonce: Option<Nonce>,
}

/// A received body that no record names yet. Dropping it releases its bytes.
#[derive(Debug)]
pub struct StagedBody {
    bytes: u64,
    md5: [u8; 16],
    sha256: Option<[u8; 32]>,
    checksum: Option<Checksum>,
    /// The CRC that was asked for besides.
    kept: Option<Checksum>,
    /// Of what is stored.
    crc: u32,
    content: Content,
    /// Its bytes are stored under a customer's key.
    nonce: Option<Nonce>,
    /// Compaction: the body has its id already.
    keep_id: Option<u64>,
}

/// Where a received body waits.
#[derive(Debug)]
pub(crate) enum Content {
    Empty,
    Memory { blocks: Vec<Bytes>, reservation: Reservation },
    File(StagedFile),
}

/// The bodies of a store.
pub(crate) struct Bodies {
    pub(crate) files: Arc<BodyFiles>,
    budget: Arc<Budget>,
    /// Bodies up to this length wait in memory.
    memory_body_bytes_max: u64,
    volatile: bool,
    held: RwLock<HashMap<u64, Arc<Held>>>,
    /// Files of their own that readers of long lists of pieces have not opened yet, and whether they are to go.
    pins: Mutex<HashMap<u64, (usize, bool)>>,
}

/// In a volatile store longer bodies go to a temporary file.
const VOLATILE_MEMORY_BODY_BYTES_MAX: u64 = 8 << 20;

impl Bodies {
    pub(crate) fn on_disk(files: Arc<BodyFiles>, segment_body_bytes_max: u64) -> Self {
        Self {
            files,
            budget: Arc::new(Budget::new(u64::MAX)),
            memory_body_bytes_max: segment_body_bytes_max,
            volatile: false,
            held: RwLock::default(),
            pins: Mutex::default(),
        }
    }

    pub(crate) fn volatile(files: Arc<BodyFiles>, memory_limit_bytes: u64) -> Self {
        Self {
            budget: Arc::new(Budget::new(memory_limit_bytes)),
            volatile: true,
            ..Self::on_disk(files, VOLATILE_MEMORY_BODY_BYTES_MAX)
        }
    }

    /// Keeps a staged body with the process.
    pub(crate) fn hold(&self, body: StagedBody, sequence: &mut Sequence) -> Option<Placed> {
        let (bytes, nonce) = (body.bytes(), body.nonce);
        let held = match body.content {
            Content::Empty => return None,
            Content::Memory { blocks, reservation } => Held::Memory { blocks, _reservation: reservation },
            Content::File(staged) => Held::File(Arc::clone(&staged.file)),
        };
        let id = sequence.next();
        self.held.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(held));
        Some(Placed { piece: Piece { id, bytes, nonce }, place: Place::Held })
    }

    pub(crate) fn held(&self, id: u64) -> Option<Arc<Held>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).get(&id).map(Arc::clone)
    }

    /// Lets a body go that no row names any more. A segment's bytes go when it is compacted or removed.
    pub(crate) fn discard(&self, id: u64, place: &Place) {
        match place {
            Place::Segment { .. } => {}
            Place::Held => drop(self.held.write().unwrap_or_else(PoisonError::into_inner).remove(&id)),
            Place::File { .. } => {
                let mut pins = self.pins.lock().unwrap_or_else(PoisonError::into_inner);
                match pins.get_mut(&id) {
                    Some((_, gone)) => *gone = true,
                    None => {
                        drop(pins);
                        self.files.remove(FileId::Own(id));
                    }
                }
            }
        }
    }

    /// Keeps a body's own file from being removed until [`Bodies::unpin`].
    fn pin(&self, id: u64) {
        self.pins.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default().0 += 1;
    }

    fn unpin(&self, id: u64) {
        let mut pins = self.pins.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((count, gone)) = pins.get_mut(&id) else { return };
        *count = count.saturating_sub(1);
        let (last, gone) = (*count == 0, *gone);
        if last {
            pins.remove(&id);
        }
        drop(pins);
        if last && gone {
            self.files.remove(FileId::Own(id));
        }
    }

    pub(crate) fn is_pinned(&self, id: u64) -> bool {
        self.pins.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&id)
    }

    /// Removes a segment in which nothing lives.
    pub(crate) fn remove_segment(&self, segment: u64) {
        self.files.remove(FileId::Segment(segment));
    }

    /// Lets go of open files and of what is held.
    pub(crate) fn close(&self) {
        self.files.close();
        self.held.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

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
        if self.core.store.is_read_only() {
            return Err(EngineError::ReadOnly);
        }
        Ok(BodyWriter::new(Arc::clone(&self.core.store), bytes_hint, sha256, checksum))
    }

    /// As [`World::begin_body`], for a body that is stored under a customer's key. Its digests are those of what is
    /// written here, not of what is stored.
    ///
    /// # Errors
    /// As there.
    pub fn begin_sealed_body(
        &self,
        bytes_hint: Option<u64>,
        sha256: bool,
        checksum: Option<ChecksumAlgorithm>,
        key: &CustomerKey,
    ) -> Result<BodyWriter, EngineError> {
        if self.core.store.is_read_only() {
            return Err(EngineError::ReadOnly);
        }
        Ok(BodyWriter::sealed(Arc::clone(&self.core.store), bytes_hint, sha256, checksum, key))
    }

    /// Reads a stored body through for its MD5 and a checksum of it.
    ///
    /// # Errors
    /// As [`World::open_body`].
    pub async fn digests_of(
        &self,
        body: &Body,
        algorithm: ChecksumAlgorithm,
    ) -> Result<([u8; 16], Checksum), EngineError> {
        let mut hashes = hash::Hashes::new(false, Some(algorithm));
        let mut reader = self.open_body(body, 0..body.bytes())?;
        while let Some(block) = reader.next().await {
            hashes.update(&block?);
        }
        let read = hashes.end(body.bytes(), Content::Empty);
        let checksum = read.checksum.clone();
        let lost = || EngineError::Storage { detail: "a checksum that was asked for was not computed".into() };
        Ok((read.md5, checksum.ok_or_else(lost)?))
    }

    /// Opens a range of a body for reading. Small bodies come in one block, from memory or one read.
    /// A range that reaches beyond the body ends with it.
    ///
    /// # Errors
    /// [`EngineError::NoSuchKey`] when the body has gone since its record was read (read the record again),
    /// [`EngineError::CorruptBody`], [`EngineError::SealedBody`] for one that is stored under a customer's key.
    pub fn open_body(&self, body: &Body, range: Range<u64>) -> Result<BodyReader, EngineError> {
        BodyReader::open(&self.core.store, body, range, None)
    }

    /// As [`World::open_body`], for a body that is stored under a customer's key. That it is the right key is the
    /// caller's to check, by [`crate::ObjectInfo::sealed`]: a wrong one gives wrong bytes.
    ///
    /// # Errors
    /// As there.
    pub fn open_sealed_body(
        &self,
        body: &Body,
        range: Range<u64>,
        key: &CustomerKey,
    ) -> Result<BodyReader, EngineError> {
        BodyReader::open(&self.core.store, body, range, Some(key))
    }
}

impl StagedBody {
    /// An empty body.
    #[must_use]
    pub fn empty() -> Self {
        hash::Hashes::new(false, None).end(0, Content::Empty)
    }

    /// A body that compaction moves: it keeps its id.
    pub(crate) fn moved(id: u64, crc: u32, bytes: Bytes) -> Self {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let content = Content::Memory { blocks: vec![bytes], reservation: Reservation::none() };
        Self {
            bytes: length,
            md5: [0; 16],
            sha256: None,
            checksum: None,
            kept: None,
            crc,
            content,
            nonce: None,
            keep_id: Some(id),
        }
    }

    /// Its length.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its MD5.
    #[must_use]
    pub fn md5(&self) -> [u8; 16] {
        self.md5
    }

    /// Its SHA-256, when it was asked for.
    #[must_use]
    pub fn sha256(&self) -> Option<[u8; 32]> {
        self.sha256
    }

    /// The checksum that was asked for.
    #[must_use]
    pub fn checksum(&self) -> Option<&Checksum> {
        self.checksum.as_ref()
    }

    /// Where its key stream begins, when it is stored under a customer's key.
    pub(crate) fn nonce(&self) -> Option<Nonce> {
        self.nonce
    }

    /// The CRC-64/NVME, when it was asked for besides ([`BodyWriter::keep_crc64`]).
    #[must_use]
    pub fn kept_crc64(&self) -> Option<&Checksum> {
        self.kept.as_ref()
    }

    /// True for a body that compaction moves.
    pub(crate) fn is_moving(&self) -> bool {
        self.keep_id.is_some()
    }

    /// What it takes in memory.
    pub(crate) fn memory_bytes(&self) -> u64 {
        match self.content {
            Content::Memory { .. } => self.bytes,
            Content::File(_) | Content::Empty => 0,
        }
    }

    /// Its content, its CRC-32C, and the id that it must keep.
    pub(crate) fn into_parts(self) -> (Content, u32, Option<u64>) {
        (self.content, self.crc, self.keep_id)
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
