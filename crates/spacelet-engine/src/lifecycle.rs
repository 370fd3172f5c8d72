//! Lifecycle rules: which objects, versions, delete markers and uploads are due, and when (S3 user guide, "Managing
//! your storage lifecycle"; rounding as RGW does it). Pure: rules and times in, verdicts out.

use crate::{ObjectInfo, StorageClass, Timestamp};

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

/// When a current object is moved to another class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// So many days after it was written.
    Days(u32),
    /// From this midnight on.
    Date(Timestamp),
}

/// Moves current objects to a colder class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// When.
    pub due: Due,
    /// Where to.
    pub class: StorageClass,
}

/// Which older versions an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noncurrent {
    /// So many days after they stopped being current.
    pub days: u32,
    /// So many older versions are left alone, the newest ones (`NewerNoncurrentVersions`).
    pub kept: u32,
}

/// Moves older versions to a colder class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoncurrentTransition {
    /// Which.
    pub versions: Noncurrent,
    /// Where to.
    pub class: StorageClass,
}

/// Which objects are too small to be moved, where a rule says nothing about sizes
/// (`x-amz-transition-default-minimum-object-size`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SmallObjects {
    /// Those under 128 KiB stay, whatever the class.
    #[default]
    Stay,
    /// Those under 128 KiB may go into an archive only.
    GoToArchives,
}

/// Below this an object is small.
const SMALL_BYTES: u64 = 128 << 10;

/// What a rule is held against: an object or an older version.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its tags.
    pub tags: &'a [(String, String)],
    /// Its length.
    pub bytes: u64,
    /// From when on its days count.
    pub since: Timestamp,
}

impl<'a> Candidate<'a> {
    /// A current object: its days count from when it was written.
    #[must_use]
    pub fn current(object: &'a ObjectInfo) -> Self {
        Self { key: object.key.as_str(), tags: &object.meta.tags, bytes: object.bytes, since: object.modified }
    }

    /// An older version, which stopped being current at `since`.
    #[must_use]
    pub fn noncurrent(version: &'a ObjectInfo, since: Timestamp) -> Self {
        Self { since, ..Self::current(version) }
    }
}

/// One rule. What it selects must meet all of prefix, tags and sizes.
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
    /// Only objects of more bytes.
    pub bytes_over: Option<u64>,
    /// Only objects of fewer bytes.
    pub bytes_under: Option<u64>,
    /// Current objects.
    pub expiration: Option<Expiration>,
    /// Older versions.
    pub noncurrent: Option<Noncurrent>,
    /// Where current objects are moved to.
    pub transitions: Vec<Transition>,
    /// Where older versions are moved to.
    pub noncurrent_transitions: Vec<NoncurrentTransition>,
    /// Unfinished uploads: so many days after they began.
    pub abort_upload_days: Option<u32>,
}

impl LifecycleRule {
    /// Whether the rule is on and about this object.
    #[must_use]
    pub fn selects(&self, candidate: &Candidate<'_>) -> bool {
        self.is_enabled
            && candidate.key.starts_with(&self.prefix)
            && self.tags.iter().all(|tag| candidate.tags.contains(tag))
            && self.bytes_over.is_none_or(|bytes| candidate.bytes > bytes)
            && self.bytes_under.is_none_or(|bytes| candidate.bytes < bytes)
    }

    /// Whether an object of so many bytes may be moved there.
    fn moves(&self, bytes: u64, class: StorageClass, small: SmallObjects) -> bool {
        let names_sizes = self.bytes_over.is_some() || self.bytes_under.is_some();
        let is_exempt = small == SmallObjects::GoToArchives && class.is_archive();
        names_sizes || is_exempt || bytes >= SMALL_BYTES
    }
}

impl Noncurrent {
    /// Whether the days of an older version are over, before which there are `newer` older versions.
    #[must_use]
    pub fn is_due(&self, since: Timestamp, newer: u32, at: &Moment) -> bool {
        newer >= self.kept && is_due(since, self.days, at)
    }
}

/// A moment, and how long a day is: [`DAY_MS`], or less for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub now: Timestamp,
    /// A day.
    pub day_ms: i64,
}

/// Whether something that began at `since` is `days` old. A day of production begins at midnight UTC; a shortened one
/// (tests) has no midnight.
#[must_use]
pub fn is_due(since: Timestamp, days: u32, at: &Moment) -> bool {
    let base = if at.day_ms == DAY_MS { at.now.0.div_euclid(DAY_MS) * DAY_MS } else { at.now.0 };
    base.saturating_sub(since.0) >= i64::from(days) * at.day_ms
}

/// When a current object will go, and by which rule: the earliest of all. Always in days of production, and at a
/// midnight: that is what `x-amz-expiration` shows.
#[must_use]
pub fn expiry<'r>(rules: &'r [LifecycleRule], candidate: &Candidate<'_>) -> Option<(Timestamp, &'r str)> {
    let due = |rule: &'r LifecycleRule| {
        let at = match rule.expiration? {
            Expiration::Days(days) => {
                ((candidate.since.0 + i64::from(days) * DAY_MS).div_euclid(DAY_MS) + 1).saturating_mul(DAY_MS)
            }
            Expiration::Date(date) => date.0,
            Expiration::LoneMarkers => return None,
        };
        Some((Timestamp(at), rule.id.as_str()))
    };
    rules.iter().filter(|rule| rule.selects(candidate)).filter_map(due).min_by_key(|(at, _)| *at)
}

/// When an unfinished upload of a key will be aborted, and by which rule, as [`expiry`] shows it.
#[must_use]
pub fn abort_of<'r>(rules: &'r [LifecycleRule], key: &str, initiated: Timestamp) -> Option<(Timestamp, &'r str)> {
    let due = |rule: &'r LifecycleRule| {
        let end = initiated.0.saturating_add(i64::from(rule.abort_upload_days?) * DAY_MS);
        Some((Timestamp((end.div_euclid(DAY_MS) + 1).saturating_mul(DAY_MS)), rule.id.as_str()))
    };
    let selecting = rules.iter().filter(|rule| rule.is_enabled && key.starts_with(&rule.prefix));
    selecting.filter_map(due).min_by_key(|(at, _)| *at)
}

/// Whether the rules remove a current object now.
#[must_use]
pub fn is_expired(rules: &[LifecycleRule], candidate: &Candidate<'_>, at: &Moment) -> bool {
    rules.iter().filter(|rule| rule.selects(candidate)).any(|rule| match rule.expiration {
        Some(Expiration::Days(days)) => is_due(candidate.since, days, at),
        Some(Expiration::Date(date)) => at.now >= date,
        Some(Expiration::LoneMarkers) | None => false,
    })
}

/// Whether the rules remove an older version now, before which there are `newer` older versions.
#[must_use]
pub fn is_noncurrent_expired(rules: &[LifecycleRule], candidate: &Candidate<'_>, newer: u32, at: &Moment) -> bool {
    let selecting = rules.iter().filter(|rule| rule.selects(candidate));
    selecting.filter_map(|rule| rule.noncurrent).any(|versions| versions.is_due(candidate.since, newer, at))
}

/// The class that a current object of class `from` is to be in by now, where the rules move it: the coldest of all.
#[must_use]
pub fn transition(
    rules: &[LifecycleRule],
    candidate: &Candidate<'_>,
    from: StorageClass,
    small: SmallObjects,
    at: &Moment,
) -> Option<StorageClass> {
    let is_due = |transition: &&Transition| match transition.due {
        Due::Days(days) => is_due(candidate.since, days, at),
        Due::Date(date) => at.now >= date,
    };
    let classes = rules.iter().filter(|rule| rule.selects(candidate)).flat_map(|rule| {
        let due = rule.transitions.iter().filter(is_due).map(|transition| transition.class);
        due.filter(|class| rule.moves(candidate.bytes, *class, small))
    });
    classes.filter(|class| from.may_become(*class)).max_by_key(|class| class.coldness())
}

/// As [`transition`], for an older version before which there are `newer` older versions.
#[must_use]
pub fn noncurrent_transition(
    rules: &[LifecycleRule],
    candidate: &Candidate<'_>,
    newer: u32,
    from: StorageClass,
    small: SmallObjects,
    at: &Moment,
) -> Option<StorageClass> {
    let classes = rules.iter().filter(|rule| rule.selects(candidate)).flat_map(|rule| {
        let due = rule.noncurrent_transitions.iter().filter(|it| it.versions.is_due(candidate.since, newer, at));
        due.map(|it| it.class).filter(|class| rule.moves(candidate.bytes, *class, small))
    });
    classes.filter(|class| from.may_become(*class)).max_by_key(|class| class.coldness())
}

#[cfg(test)]
#[path = "lifecycle/tests.rs"]
mod tests;
