//! How S3's signatures are made and judged: SigV4 and SigV2, by header and by presigned link, streamed chunks,
//! and POST form policies.
//!
//! Everything here is a pure function of its arguments: no clock, no I/O, no runtime, no state but a small cache of
//! derived keys. What HTTP answer an error gets is decided elsewhere. Start with [`Claim::parse`], then
//! [`Claim::check_time`], then [`Claim::verify`].

mod canonical;
mod chunk_error;
mod chunk_signer;
mod chunked;
mod claim;
mod date;
mod encode;
mod error;
mod hash;
mod head;
mod hypotheses;
mod payload;
mod sigv2;
mod verify;

pub mod checksum;
pub mod post_policy;
pub mod sign;

pub use chunk_error::{ChunkError, Trailers};
pub use chunk_signer::ChunkSigner;
pub use chunked::ChunkedDecoder;
pub use claim::{Claim, ClaimV2, ClaimV4, Scope};
pub use date::{amz_date, parse_amz_date};
pub use error::{AuthError, EXPIRES_MAX_S, SKEW_S};
pub use head::Head;
pub use hypotheses::{Hypothesis, explain_mismatch};
pub use payload::{ChunkedPayload, Payload};
pub use verify::{SigningKeys, Verified};
