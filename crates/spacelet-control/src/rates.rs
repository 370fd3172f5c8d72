//! DigitalOcean's rates: 5,000 requests an hour and 250 a minute for a token, 5 in ten seconds for CDN paths, 50 purged
//! files in twenty. They are counted always, by the world's clock, and enforced only where the settings say so.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Tokens whose requests are counted at once; when there are more, counting begins anew.
const TOKENS_MAX: usize = 1_024;

/// What is counted: its window in seconds and how many fit into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    seconds: i64,
    limit: u64,
}

const HOUR: Window = Window { seconds: 3_600, limit: 5_000 };
const MINUTE: Window = Window { seconds: 60, limit: 250 };
const CDN: Window = Window { seconds: 10, limit: 5 };
const PURGE: Window = Window { seconds: 20, limit: 50 };

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    began_s: i64,
    used: u64,
}

impl Count {
    /// Counts `n` more at `now`, and says how many had been used with them.
    fn add(&mut self, window: Window, now_s: i64, n: u64) -> u64 {
        // A window begins with its first request; a clock that was moved back begins one, too.
        if self.used == 0 || !(self.began_s..self.began_s.saturating_add(window.seconds)).contains(&now_s) {
            *self = Self { began_s: now_s, used: 0 };
        }
        self.used = self.used.saturating_add(n);
        self.used
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    hour: Count,
    minute: Count,
    cdn: Count,
    purge: Count,
}

/// What a request is told of its rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// `ratelimit-limit`.
    pub(crate) limit: u64,
    /// `ratelimit-remaining`.
    pub(crate) remaining: u64,
    /// `ratelimit-reset`, Unix seconds.
    pub(crate) reset_s: i64,
    /// True when the request is one too many.
    pub(crate) is_exceeded: bool,
    /// `retry-after`, of the burst limit only.
    pub(crate) retry_after_s: Option<i64>,
}

/// The counts of all tokens.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    counts: Mutex<HashMap<String, Counts>>,
}

impl Rates {
    /// Counts a request of a token.
    pub(crate) fn count(&self, token_id: &str, is_cdn: bool, now_s: i64) -> Standing {
        self.with(token_id, |counts| {
            let hour = counts.hour.add(HOUR, now_s, 1);
            let minute = counts.minute.add(MINUTE, now_s, 1);
            let burst_left_s = counts.minute.began_s + MINUTE.seconds - now_s;
            let (window, count, used) = if is_cdn {
                let used = counts.cdn.add(CDN, now_s, 1);
                (CDN, counts.cdn, used)
            } else {
                (HOUR, counts.hour, hour)
            };
            let is_burst = minute > MINUTE.limit;
            Standing {
                limit: window.limit,
                remaining: window.limit.saturating_sub(used),
                reset_s: count.began_s + window.seconds,
                is_exceeded: hour > HOUR.limit || is_burst || used > window.limit,
                retry_after_s: is_burst.then_some(burst_left_s),
            }
        })
    }

    /// Counts purged files; false when they are too many.
    pub(crate) fn count_purged(&self, token_id: &str, files: u64, now_s: i64) -> bool {
        self.with(token_id, |counts| counts.purge.add(PURGE, now_s, files) <= PURGE.limit)
    }

    fn with<T>(&self, token_id: &str, count: impl FnOnce(&mut Counts) -> T) -> T {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= TOKENS_MAX && !counts.contains_key(token_id) {
            counts.clear();
        }
        count(counts.entry(token_id.to_owned()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_and_begins_anew() {
        let rates = Rates::default();
        let standing = rates.count("t", false, 1_000);
        assert_eq!((standing.limit, standing.remaining, standing.reset_s), (5_000, 4_999, 4_600));
        assert_eq!(rates.count("t", false, 4_599).remaining, 4_998);
        assert_eq!(rates.count("t", false, 4_600).remaining, 4_999);
        assert_eq!(rates.count("u", false, 4_600).remaining, 4_999);
        assert_eq!(rates.count("t", false, 10).reset_s, 3_610, "a clock that was moved back");
    }

    #[test]
    fn the_sixth_cdn_request_in_ten_seconds_is_too_many() {
        let rates = Rates::default();
        for left in (0..5).rev() {
            let standing = rates.count("t", true, 50);
            assert_eq!((standing.limit, standing.remaining, standing.is_exceeded), (5, left, false));
        }
        let sixth = rates.count("t", true, 59);
        assert!(sixth.is_exceeded && sixth.retry_after_s.is_none());
        assert!(!rates.count("t", true, 60).is_exceeded);
    }

    #[test]
    fn only_the_burst_says_when_to_come_back() {
        let rates = Rates::default();
        let last = (0..251).map(|_| rates.count("t", false, 7)).last();
        assert_eq!(last.map(|standing| (standing.is_exceeded, standing.retry_after_s)), Some((true, Some(60))));
    }

    #[test]
    fn fifty_files_in_twenty_seconds() {
        let rates = Rates::default();
        assert!(rates.count_purged("t", 50, 0));
        assert!(!rates.count_purged("t", 1, 19));
        assert!(rates.count_purged("t", 50, 20));
        assert!(!rates.count_purged("t", 51, 40));
    }
}
