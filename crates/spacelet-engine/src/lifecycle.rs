//! Lifecycle rules: which objects, versions, delete markers and uploads are due, and when (S3 user guide, "Managing
//! your storage lifecycle"; rounding as RGW does it). Pure: rules and times in, verdicts out.

use crate::Timestamp;

/// 24 hours, the day of production.
pub const DAY_MS: i64 = 86_400_000;

/// When a current object goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiration {
    /// So many days after it was written; at least 1.
    Days(u32),
    /// From this midnight on.
    Date(Timestamp),
    /// Not at all; but a delete marker without versions goes.
    LoneMarkers,
}

/// One rule. What it selects must meet all of prefix and tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleRule {
    /// Its name, at most 255 bytes.
    pub id: String,
    /// Off: kept and shown, never applied.
    pub is_enabled: bool,
    /// Only keys that begin so.
    pub prefix: String,
    /// Only objects with all of these tags.
    pub tags: Vec<(String, String)>,
    /// Current objects.
    pub expiration: Option<Expiration>,
    /// Older versions: so many days after they stopped being current.
    pub noncurrent_days: Option<u32>,
    /// Unfinished uploads: so many days after they began.
    pub abort_upload_days: Option<u32>,
}

impl LifecycleRule {
    /// Whether the rule is on and about this key with these tags.
    #[must_use]
    pub fn selects(&self, key: &str, tags: &[(String, String)]) -> bool {
        self.is_enabled && key.starts_with(&self.prefix) && self.tags.iter().all(|tag| tags.contains(tag))
    }
}

/// Whether something that began at `since` is `days` old. A day of production begins at midnight UTC; a shortened one
/// (tests) has no midnight.
#[must_use]
pub fn is_due(since: Timestamp, days: u32, now: Timestamp, day_ms: i64) -> bool {
    let base = if day_ms == DAY_MS { now.0.div_euclid(DAY_MS) * DAY_MS } else { now.0 };
    base.saturating_sub(since.0) >= i64::from(days) * day_ms
}

/// When a current object written at `modified` will go, and by which rule: the earliest of all. Always in days of
/// production, and at a midnight: that is what `x-amz-expiration` shows.
#[must_use]
pub fn expiry<'r>(
    rules: &'r [LifecycleRule],
    key: &str,
    tags: &[(String, String)],
    modified: Timestamp,
) -> Option<(Timestamp, &'r str)> {
    let due = |rule: &'r LifecycleRule| {
        let at = match rule.expiration? {
            Expiration::Days(days) => {
                ((modified.0 + i64::from(days) * DAY_MS).div_euclid(DAY_MS) + 1).saturating_mul(DAY_MS)
            }
            Expiration::Date(date) => date.0,
            Expiration::LoneMarkers => return None,
        };
        Some((Timestamp(at), rule.id.as_str()))
    };
    rules.iter().filter(|rule| rule.selects(key, tags)).filter_map(due).min_by_key(|(at, _)| *at)
}

/// Whether the rules remove a current object now.
#[must_use]
pub fn is_expired(
    rules: &[LifecycleRule],
    key: &str,
    tags: &[(String, String)],
    modified: Timestamp,
    now: Timestamp,
    day_ms: i64,
) -> bool {
    rules.iter().filter(|rule| rule.selects(key, tags)).any(|rule| match rule.expiration {
        Some(Expiration::Days(days)) => is_due(modified, days, now, day_ms),
        Some(Expiration::Date(date)) => now >= date,
        Some(Expiration::LoneMarkers) | None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str, prefix: &str, expiration: Expiration) -> LifecycleRule {
        LifecycleRule {
            id: id.to_owned(),
            is_enabled: true,
            prefix: prefix.to_owned(),
            tags: Vec::new(),
            expiration: Some(expiration),
            noncurrent_days: None,
            abort_upload_days: None,
        }
    }

    /// 2026-11-23T23:50:42Z.
    const WRITTEN: Timestamp = Timestamp(1_795_477_842_000);
    /// 2026-11-24T00:00:00Z.
    const MIDNIGHT: i64 = 1_795_478_400_000;

    #[test]
    fn days_end_at_midnight() {
        let rules = [rule("long", "logs/", Expiration::Days(40)), rule("r1", "logs/", Expiration::Days(30))];
        let expected = Timestamp(MIDNIGHT + 30 * DAY_MS);
        assert_eq!(expiry(&rules, "logs/x", &[], WRITTEN), Some((expected, "r1")));
        assert_eq!(expiry(&rules, "other", &[], WRITTEN), None);
        let expired = |now| is_expired(&rules, "logs/x", &[], WRITTEN, Timestamp(now), DAY_MS);
        assert!(!expired(expected.0 - 1));
        assert!(expired(expected.0));
    }

    #[test]
    fn shortened_days_need_no_midnight() {
        assert!(!is_due(Timestamp(5_000), 2, Timestamp(24_999), 10_000));
        assert!(is_due(Timestamp(5_000), 2, Timestamp(25_000), 10_000));
        assert!(!is_due(Timestamp(MIDNIGHT + 1), 1, Timestamp(MIDNIGHT + DAY_MS + 2), DAY_MS));
        assert!(is_due(Timestamp(MIDNIGHT), 1, Timestamp(MIDNIGHT + DAY_MS), DAY_MS));
    }

    #[test]
    fn dates_tags_and_states() {
        let mut by_date = rule("d", "", Expiration::Date(Timestamp(MIDNIGHT)));
        by_date.tags = vec![("k".to_owned(), "v".to_owned())];
        let tagged = [("a".to_owned(), "b".to_owned()), ("k".to_owned(), "v".to_owned())];
        let rules = [by_date];
        assert!(is_expired(&rules, "x", &tagged, WRITTEN, Timestamp(MIDNIGHT), DAY_MS));
        assert!(!is_expired(&rules, "x", &tagged, WRITTEN, Timestamp(MIDNIGHT - 1), DAY_MS));
        assert!(!is_expired(&rules, "x", &[], WRITTEN, Timestamp(MIDNIGHT), DAY_MS));
        let rules = rules.map(|rule| LifecycleRule { is_enabled: false, ..rule });
        assert!(!is_expired(&rules, "x", &tagged, WRITTEN, Timestamp(MIDNIGHT), DAY_MS));
        let markers = [rule("m", "", Expiration::LoneMarkers)];
        assert_eq!(expiry(&markers, "x", &[], WRITTEN), None);
    }
}
