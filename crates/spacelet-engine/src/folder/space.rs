//! How much room the disk has, and who may use the last of it.
//!
//! sled cannot go on after a write that found the disk full, so room is kept back for the rows: bodies stop first, then
//! commits that add rows; deletions (and the compaction that follows them) may use what is left, or a full store could
//! never be emptied.

use std::path::PathBuf;

/// The file system of a data folder.
pub(crate) struct Space {
    pub(super) root: PathBuf,
}

/// Room as of a moment ago.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left {
    free: u64,
    kept: u64,
}

/// Kept back from bodies: a 64th of the disk between these bounds, and never more than an eighth.
const KEPT_BYTES_MIN: u64 = 16 << 20;
const KEPT_BYTES_MAX: u64 = 64 << 20;
/// Shorter segments are never asked for.
const SEGMENT_BYTES_MIN: u64 = 1 << 20;

impl Space {
    /// How much room there is (1 µs).
    pub(crate) fn left(&self) -> Left {
        let Ok(stat) = rustix::fs::statvfs(&self.root) else { return Left::plenty() };
        let total = stat.f_blocks.saturating_mul(stat.f_frsize);
        let kept = (total / 64).clamp(KEPT_BYTES_MIN, KEPT_BYTES_MAX).min(total / 8);
        Left { free: stat.f_bavail.saturating_mul(stat.f_frsize), kept }
    }

    /// A length for segments that leaves room to compact one on a disk that is full.
    pub(crate) fn segment_bytes_max(&self, wanted: u64) -> u64 {
        let Ok(stat) = rustix::fs::statvfs(&self.root) else { return wanted };
        wanted.min((stat.f_blocks.saturating_mul(stat.f_frsize) / 64).max(SEGMENT_BYTES_MIN))
    }
}

impl Left {
    /// A store in memory; a file system that does not say.
    pub(crate) fn plenty() -> Self {
        Self { free: u64::MAX, kept: 0 }
    }

    /// Takes room for bodies; false when there is not enough.
    pub(crate) fn take(&mut self, bytes: u64) -> bool {
        self.take_above(self.kept, bytes)
    }

    /// Takes room for bodies that are moved, so that room comes back.
    pub(crate) fn take_for_moves(&mut self, bytes: u64) -> bool {
        self.take_above(self.kept / 4, bytes)
    }

    fn take_above(&mut self, kept: u64, bytes: u64) -> bool {
        let fits = bytes == 0 || self.free.saturating_sub(kept) >= bytes;
        if fits {
            self.free = self.free.saturating_sub(bytes);
        }
        fits
    }

    /// Whether a batch may be written that leaves `more` rows more than there were.
    pub(crate) fn allows_rows(&self, more: i64) -> bool {
        self.free >= if more > 0 { self.kept / 2 } else { self.kept / 8 }
    }
}

#[cfg(test)]
mod tests {
    use super::Left;

    #[test]
    fn bodies_stop_first_then_new_rows_and_deletions_last() {
        let left = |free| Left { free, kept: 1_000 };
        let bodies = |free, bytes| left(free).take(bytes);
        assert!(bodies(1_100, 100) && !bodies(1_100, 101) && bodies(0, 0));
        assert!(left(400).take_for_moves(150) && !left(400).take_for_moves(151));
        assert!(left(500).allows_rows(1) && !left(499).allows_rows(1));
        assert!(left(125).allows_rows(0) && left(125).allows_rows(-1) && !left(124).allows_rows(-1));
        let mut shared = left(1_200);
        assert!(shared.take(150) && !shared.take(60) && shared.take(50));
        assert!(Left::plenty().allows_rows(1) && Left::plenty().take(1 << 60));
    }
}
