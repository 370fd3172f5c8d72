//! Request ids and host ids in the form that Spaces shows (spaces-reference 7.2).

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use spacelet_engine::Region;

use crate::error::{ErrorCode, S3Error};

/// A name of lower-case letters and digits from the system's random source.
///
/// # Errors
/// `InternalError` without a random source.
pub(crate) fn random_name(letters: usize) -> Result<String, S3Error> {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut bytes = vec![0_u8; letters];
    getrandom::fill(&mut bytes)
        .map_err(|error| S3Error::new(ErrorCode::InternalError, format!("no random bytes: {error}")))?;
    Ok(bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 31)).copied().map(char::from)).collect())
}

/// Makes request ids: unique within a process, not secret.
pub(crate) struct Ids {
    next: AtomicU64,
    /// The gateway's instance: four hex digits.
    instance: String,
}

impl Ids {
    /// With a random start.
    pub(crate) fn new() -> Self {
        let mut seed = [0_u8; 8];
        // Ids need not be unpredictable: without a random source they just start from zero.
        let _ = getrandom::fill(&mut seed);
        let seed = u64::from_le_bytes(seed);
        Self { next: AtomicU64::new(seed), instance: format!("{:04x}", 0x1000 | (seed >> 48 & 0x0fff)) }
    }

    /// `tx`, 21 hex digits, seconds, instance, zone.
    pub(crate) fn request_id(&self, now_s: i64, region: &Region) -> String {
        let n = scramble(self.next.fetch_add(1, Ordering::Relaxed));
        let mut id = String::with_capacity(48);
        id.push_str("tx00000");
        push_hex(&mut id, n, 16);
        id.push('-');
        push_hex(&mut id, now_s.cast_unsigned(), 10);
        for part in ["-", &self.instance, "-", region.as_str()] {
            id.push_str(part);
        }
        id.push(zone_letter(region));
        id
    }

    /// A request id and a host id (`x-amz-id-2`) in the form of Amazon S3: 16 letters and digits; 56 bytes in base64.
    pub(crate) fn aws(&self) -> (String, String) {
        let n = scramble(self.next.fetch_add(1, Ordering::Relaxed));
        let mut bytes = [0_u8; 56];
        for (at, chunk) in (1_u64..).zip(bytes.chunks_exact_mut(8)) {
            chunk.copy_from_slice(&scramble(n.wrapping_add(at)).to_be_bytes());
        }
        (format!("{n:016X}"), STANDARD.encode(bytes))
    }

    /// Instance, zone, zone group.
    pub(crate) fn host_id(&self, region: &Region) -> String {
        format!("{}-{region}{}-{region}-zg02", self.instance, zone_letter(region), region = region.as_str())
    }
}

/// What a region's name ends with in its zone's: the letters that were seen in Spaces' request ids (spaces-reference 1).
fn zone_letter(region: &Region) -> char {
    match region.as_str() {
        "nyc3" => 'c',
        "fra1" | "sfo2" => 'b',
        _ => 'a',
    }
}

/// Appends the lowest `digits` hexadecimal digits. Every answer has 26 of them, for which `format!` takes 2,000 instructions.
fn push_hex(out: &mut String, value: u64, digits: u32) {
    for at in (0..digits).rev() {
        let nibble = u32::try_from(value >> (4 * at) & 0xf).unwrap_or(0);
        out.push(char::from_digit(nibble, 16).unwrap_or('0'));
    }
}

/// A bijection that makes consecutive numbers look unlike each other (splitmix64's finaliser).
fn scramble(n: u64) -> u64 {
    let n = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_gateways_form_and_differ() {
        let ids = Ids::new();
        let region = Region::new("nyc3");
        let (a, b) = (ids.request_id(1_795_477_838, &region), ids.request_id(1_795_477_838, &region));
        assert_ne!(a, b);
        assert_eq!(a.len(), "tx000008eb61aa2f0477a0b-006b04d14e-12c2-nyc3c".len());
        assert!(a.starts_with("tx00000") && a.contains("-006b04d14e-") && a.ends_with("-nyc3c"), "{a}");
        assert_eq!(ids.host_id(&region).len(), "12c2-nyc3c-nyc3-zg04".len());
        let ((request, host), (other, _)) = (ids.aws(), ids.aws());
        assert_eq!((request.len(), host.len()), (16, 76));
        assert_ne!(request, other);
    }

    #[test]
    fn hex_is_padded_to_its_digits() {
        for value in [0, 1, 0xabc, 1_795_477_838, u64::MAX] {
            let mut shown = String::new();
            push_hex(&mut shown, value, 16);
            assert_eq!(shown, format!("{value:016x}"));
        }
    }
}
