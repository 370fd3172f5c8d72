//! How a body must be checked, as the head promised.

use crate::chunk_signer::ChunkSigner;
use crate::encode::unhex32;
use crate::{AuthError, Head};

pub(crate) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
pub(crate) const STREAMING: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
pub(crate) const STREAMING_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
pub(crate) const STREAMING_UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// How a body must be checked. Only operations that read a body check it: RGW answers a GET whatever hash it names.
#[derive(Debug)]
pub enum Payload {
    /// The body is not covered by the signature.
    Unsigned,
    /// The body's SHA-256. Another body is refused. RGW: 400 `XAmzContentSHA256Mismatch`.
    Sha256([u8; 32]),
    /// `x-amz-content-sha256` holds something that no body can match. The request is admitted, then a body is refused
    /// as one whose hash is wrong; RGW lets an empty one pass. RGW: 400 `XAmzContentSHA256Mismatch`.
    Unmatchable,
    /// The body is framed as aws-chunked.
    Chunked(ChunkedPayload),
}

/// How an aws-chunked body must be checked.
#[derive(Debug)]
pub struct ChunkedPayload {
    /// Checks the chunks' signatures; `None` when they carry none.
    pub signed: Option<Box<ChunkSigner>>,
    /// Whether trailing headers may follow the last chunk.
    pub trailer: bool,
    /// `x-amz-decoded-content-length`: the object's size in bytes.
    pub decoded_len: u64,
}

impl Payload {
    /// What `x-amz-content-sha256` says; `signer` is asked only when chunks are signed.
    pub(crate) fn of(head: &Head<'_>, signer: impl FnOnce() -> Option<ChunkSigner>) -> Result<Self, AuthError> {
        let chunked =
            |signed, trailer| Ok(Self::Chunked(ChunkedPayload { signed, trailer, decoded_len: decoded_len(head)? }));
        match head.header("x-amz-content-sha256") {
            None | Some(UNSIGNED) => Ok(Self::Unsigned),
            Some(STREAMING) => chunked(signer().map(Box::new), false),
            // DIFFERS: RGW 16 refuses bodies with trailing headers; current SDKs send them by default, so they are accepted.
            Some(STREAMING_TRAILER) => chunked(signer().map(Box::new), true),
            Some(STREAMING_UNSIGNED_TRAILER) => chunked(None, true),
            Some(hash) => Ok(unhex32(hash.as_bytes()).map_or(Self::Unmatchable, Self::Sha256)),
        }
    }

    /// The payload of a request whose signature covers no body (V2, anonymous): unsigned, unless it is framed.
    // DIFFERS: RGW stores the framing of such a body as if it were the object; aws-chunked framing never ends up in one.
    pub(crate) fn uncovered(head: &Head<'_>) -> Result<Self, AuthError> {
        match Self::of(head, || None)? {
            Self::Chunked(chunked) => Ok(Self::Chunked(chunked)),
            Self::Unsigned | Self::Sha256(_) | Self::Unmatchable => Ok(Self::Unsigned),
        }
    }
}

fn decoded_len(head: &Head<'_>) -> Result<u64, AuthError> {
    let text = head
        .header("x-amz-decoded-content-length")
        .ok_or(AuthError::Malformed("an aws-chunked body needs the header x-amz-decoded-content-length"))?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .then(|| text.parse().ok())
        .flatten()
        .ok_or(AuthError::Malformed("x-amz-decoded-content-length is not a number of bytes"))
}
