//! Bodies under a customer's key: AES-256 in counter mode, each piece from a random counter block of its own.
//!
//! A sealed piece is as long as what is in it and any byte of it can be read alone. Its CRC is of what is stored, so
//! that fsck and compaction need no key; its MD5 and checksums are of what was sent.

use std::collections::VecDeque;
use std::ops::Range;

use aes::Aes256;
use bytes::{Bytes, BytesMut};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use minicbor::{Decode, Encode};

use super::hash::Hashes;
use super::{Content, Piece, StagedBody};
use crate::CustomerKey;

/// The counter block that a sealed piece begins with: random, so that no two pieces share any part of a key stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub(crate) struct Nonce(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

/// Seals a body while it is received.
pub(crate) struct Seal {
    nonce: Nonce,
    stream: Ctr128BE<Aes256>,
    /// Of what was sent.
    hashes: Hashes,
}

impl Seal {
    pub(crate) fn new(key: &CustomerKey, hashes: Hashes) -> Self {
        let nonce = Nonce(crate::random::bytes());
        Self { nonce, stream: stream(key, nonce), hashes }
    }

    /// Computes a CRC-64/NVME of what is sent besides.
    pub(crate) fn keep_crc64(&mut self) {
        self.hashes.keep_crc64();
    }

    /// The next bytes as they are to be stored.
    pub(crate) fn apply(&mut self, bytes: Bytes) -> Bytes {
        self.hashes.update(&bytes);
        let mut bytes = owned(bytes);
        self.stream.apply_keystream(&mut bytes);
        bytes.freeze()
    }

    /// The stored body, with the digests of what was sent.
    pub(crate) fn end(self, stored: StagedBody) -> StagedBody {
        let sent = self.hashes.end(stored.bytes, Content::Empty);
        StagedBody {
            md5: sent.md5,
            sha256: sent.sha256,
            checksum: sent.checksum,
            kept: sent.kept,
            nonce: Some(self.nonce),
            ..stored
        }
    }
}

/// Opens sealed pieces while they are handed out, block by block in order.
pub(crate) struct Unseal {
    key: CustomerKey,
    /// The pieces' shares of the range that are still to come.
    pieces: VecDeque<(Option<Nonce>, Range<u64>)>,
    /// Of the piece in hand, and how many of its bytes are to come.
    open: Option<(Option<Ctr128BE<Aes256>>, u64)>,
}

impl Unseal {
    pub(crate) fn new(key: &CustomerKey, wanted: &[(Piece, Range<u64>)]) -> Self {
        let pieces = wanted.iter().map(|(piece, range)| (piece.nonce, range.clone())).collect();
        Self { key: key.clone(), pieces, open: None }
    }

    /// The next block as it was sent.
    pub(crate) fn apply(&mut self, block: Bytes) -> Bytes {
        let mut block = owned(block);
        let mut rest: &mut [u8] = &mut block;
        while !rest.is_empty() {
            let Some((stream, left)) = self.open.as_mut().filter(|(_, left)| *left > 0) else {
                let Some(next) = self.next_piece() else { break };
                self.open = Some(next);
                continue;
            };
            let here = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at_mut(here);
            if let Some(stream) = stream {
                stream.apply_keystream(now);
            }
            *left = left.saturating_sub(u64::try_from(here).unwrap_or(u64::MAX));
            rest = later;
        }
        block.freeze()
    }

    fn next_piece(&mut self) -> Option<(Option<Ctr128BE<Aes256>>, u64)> {
        let (nonce, range) = self.pieces.pop_front()?;
        let stream = nonce.map(|nonce| {
            let mut stream = stream(&self.key, nonce);
            stream.seek(range.start);
            stream
        });
        Some((stream, range.end.saturating_sub(range.start)))
    }
}

fn stream(key: &CustomerKey, nonce: Nonce) -> Ctr128BE<Aes256> {
    Ctr128BE::new(key.bytes().into(), &nonce.0.into())
}

/// The bytes to be changed in place, copied only where somebody else holds them too.
fn owned(bytes: Bytes) -> BytesMut {
    bytes.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]))
}
