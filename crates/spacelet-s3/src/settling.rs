//! What was changed is not known everywhere at once: a new key, a new Space, new CORS rules (spaces-reference 2, 4.2,
//! 4.6). Each takes effect when its time is over on the world's clock; without a setting, at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use spacelet_engine::{AccessKey, Bucket, Clock, Timestamp};

/// Buckets whose rules settle at once; beyond that the new rules of all of them act.
const CHANGED_MAX: usize = 1_024;

/// How long it takes; zero: no time at all.
///
/// DIFFERS: changes are known at once unless a setting says otherwise; the service needs seconds to minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settling {
    /// Until a new access key is known.
    pub key: Duration,
    /// Until a new Space is found.
    pub space: Duration,
    /// Until new CORS rules act.
    pub cors: Duration,
}

/// What has not settled yet.
pub(crate) struct Unsettled {
    times: Settling,
    /// What was made up to then was there from the start.
    from_ms: AtomicI64,
    /// By bucket, until when its former CORS rules act.
    cors: Mutex<HashMap<u64, Former>>,
}

struct Former {
    rules: Option<Bytes>,
    until: Timestamp,
}

impl Unsettled {
    pub(crate) fn new(times: Settling) -> Self {
        Self { times, from_ms: AtomicI64::new(i64::MIN), cors: Mutex::default() }
    }

    /// What was made before `at` has settled.
    pub(crate) fn begin(&self, at: Timestamp) {
        self.from_ms.store(at.0, Ordering::Relaxed);
    }

    pub(crate) fn is_key(&self, key: &AccessKey, clock: &Clock) -> bool {
        self.is_new(self.times.key, key.created, || clock.now())
    }

    pub(crate) fn is_space(&self, bucket: &Bucket, clock: &Clock) -> bool {
        self.is_new(self.times.space, bucket.created, || clock.now())
    }

    /// The clock is read only where something settles at all.
    fn is_new(&self, time: Duration, made: Timestamp, now: impl FnOnce() -> Timestamp) -> bool {
        let from_start = made.0 <= self.from_ms.load(Ordering::Relaxed);
        // What was made later than now was made before the clock was moved back.
        !time.is_zero() && !from_start && (made..after(made, time)).contains(&now())
    }

    /// A bucket's rules change at `now` from what they were to something else. How long that takes, where it does.
    pub(crate) fn cors_changes(&self, bucket: u64, rules: Option<Bytes>, now: Timestamp) -> Option<Duration> {
        let time = self.times.cors;
        if time.is_zero() {
            return None;
        }
        let mut changed = self.cors.lock().unwrap_or_else(PoisonError::into_inner);
        changed.retain(|_, former| now < former.until);
        if changed.len() >= CHANGED_MAX {
            changed.clear();
        }
        // Rules that never came to act are no former ones.
        changed.entry(bucket).or_insert(Former { rules, until: now }).until = after(now, time);
        Some(time)
    }

    /// The rules that act instead of a bucket's own (`Some(None)`: none do).
    pub(crate) fn former_cors(&self, bucket: u64, now: Timestamp) -> Option<Option<Bytes>> {
        if self.times.cors.is_zero() {
            return None;
        }
        let changed = self.cors.lock().unwrap_or_else(PoisonError::into_inner);
        changed.get(&bucket).filter(|former| now < former.until).map(|former| former.rules.clone())
    }
}

fn after(at: Timestamp, time: Duration) -> Timestamp {
    Timestamp(at.0.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Settling =
        Settling { key: Duration::from_secs(3), space: Duration::ZERO, cors: Duration::from_secs(2) };

    #[test]
    fn what_was_made_settles_when_its_time_is_over() {
        let unsettled = Unsettled::new(TIMES);
        unsettled.begin(Timestamp(1_000));
        let is_new = |made, now| unsettled.is_new(TIMES.key, Timestamp(made), || Timestamp(now));
        assert!(!is_new(1_000, 1_000), "there from the start");
        assert!(is_new(1_001, 4_000) && !is_new(1_001, 4_001));
        assert!(!is_new(5_000, 4_999), "the clock was moved back");
        assert!(!unsettled.is_new(TIMES.space, Timestamp(2_000), || Timestamp(2_000)), "takes no time");
    }

    #[test]
    fn former_rules_act_until_the_last_change_has_settled() {
        let unsettled = Unsettled::new(TIMES);
        let former = |now| unsettled.former_cors(7, Timestamp(now));
        assert_eq!(former(0), None);
        assert_eq!(unsettled.cors_changes(7, None, Timestamp(0)), Some(TIMES.cors));
        assert_eq!(former(1_999), Some(None));
        unsettled.cors_changes(7, Some(Bytes::from_static(b"never acted")), Timestamp(1_999));
        assert_eq!((former(3_998), former(3_999)), (Some(None), None));
        unsettled.cors_changes(7, Some(Bytes::from_static(b"acted")), Timestamp(5_000));
        assert_eq!(former(5_000), Some(Some(Bytes::from_static(b"acted"))));
    }

    #[test]
    fn memory_is_bounded() {
        let unsettled = Unsettled::new(TIMES);
        for bucket in 0..3_000 {
            unsettled.cors_changes(bucket, None, Timestamp(0));
        }
        assert!(unsettled.cors.lock().is_ok_and(|changed| changed.len() <= CHANGED_MAX));
        unsettled.cors_changes(9_000, None, Timestamp(2_000));
        assert!(unsettled.cors.lock().is_ok_and(|changed| changed.len() == 1), "what has settled goes");
    }
}
