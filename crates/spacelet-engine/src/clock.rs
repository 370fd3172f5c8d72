//! Time, as a value that is handed in: the only place that asks the system what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

/// A clock: the system's plus an offset (a world's clock can be moved), or fixed. Clones share the offset.
#[derive(Debug, Clone)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
    fixed_ms: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The system's wall clock.
    #[must_use]
    pub fn system() -> Self {
        Self { offset_ms: Arc::new(AtomicI64::new(0)), fixed_ms: None }
    }

    /// A clock that stands still at `at` until it is moved.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self { offset_ms: Arc::new(AtomicI64::new(0)), fixed_ms: Some(Arc::new(AtomicI64::new(at.0))) }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let base = match &self.fixed_ms {
            Some(at) => at.load(Ordering::Relaxed),
            None => wall_ms(),
        };
        Timestamp(base.saturating_add(self.offset_ms.load(Ordering::Relaxed)))
    }

    /// How far the clock was moved, in milliseconds.
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Puts the clock so far ahead of (negative: behind) where it would be unmoved.
    pub fn set_offset_ms(&self, ms: i64) {
        self.offset_ms.store(ms, Ordering::Relaxed);
    }

    /// Moves the clock by `ms` (negative: back).
    pub fn advance_ms(&self, ms: i64) {
        self.offset_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

#[allow(clippy::disallowed_methods, reason = "this is the one place that asks the system for the time")]
fn wall_ms() -> i64 {
    match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_moved_and_clones_share_it() {
        let clock = Clock::fixed(Timestamp(5_000));
        let same = clock.clone();
        assert_eq!(clock.now(), Timestamp(5_000));
        same.advance_ms(-7_001);
        assert_eq!(clock.now(), Timestamp(-2_001));
        assert_eq!(clock.now().seconds(), -3);
        assert_eq!(clock.offset_ms(), -7_001);
        same.set_offset_ms(1);
        assert_eq!(clock.now(), Timestamp(5_001));
    }

    #[test]
    fn the_system_clock_is_past_2025_and_can_be_moved() {
        let clock = Clock::system();
        let before = clock.now();
        assert!(before > Timestamp(1_735_689_600_000));
        clock.advance_ms(3_600_000);
        assert!(clock.now().0 - before.0 >= 3_600_000);
    }
}
