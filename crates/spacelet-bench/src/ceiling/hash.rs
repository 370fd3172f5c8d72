//! Digests of one core: every PUT's ETag needs MD5, every signed payload SHA-256.

use std::time::{Duration, Instant};

use md5::{Digest, Md5};
use sha2::Sha256;

use crate::request::Filler;

/// Bytes in a second of both digests, computed one after the other.
pub(crate) struct HashRates {
    pub(crate) md5: f64,
    pub(crate) sha256: f64,
}

/// Measures both for about `time` each, in blocks of 1 MiB.
pub(crate) fn rates(time: Duration) -> HashRates {
    HashRates { md5: rate::<Md5>(time), sha256: rate::<Sha256>(time) }
}

fn rate<D: Digest>(time: Duration) -> f64 {
    let block: Vec<u8> = Filler::new(1 << 20, false).pieces().flatten().collect();
    let (mut digest, mut bytes) = (D::new(), 0_u64);
    let begin = Instant::now();
    while begin.elapsed() < time {
        digest.update(&block);
        bytes += block.len() as u64;
    }
    // The result must be wanted, or the compiler would leave the work out.
    std::hint::black_box(digest.finalize());
    bytes as f64 / begin.elapsed().as_secs_f64()
}
