//! Object lock: what keeps a version from being deleted, and from being unlocked (S3 user guide, "Locking objects with
//! Object Lock"). Pure; `versions.rs` asks before it deletes a version for good.

use crate::Timestamp;

/// How strictly a version is retained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetentionMode {
    /// Who may bypass governance may delete it and change its retention.
    Governance,
    /// Nobody may delete it or shorten its retention before its time.
    Compliance,
}

/// Until when a version is retained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How strictly.
    pub mode: RetentionMode,
    /// The moment from which it may be deleted.
    pub until: Timestamp,
}

/// The lock of one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ObjectLock {
    /// Its retention, once set; it may be over.
    pub retention: Option<Retention>,
    /// Its legal hold, once set: true is on.
    pub legal_hold: Option<bool>,
}

/// What a caller may do about a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockBypass {
    /// Nothing.
    Nothing,
    /// Ignore governance retention (`x-amz-bypass-governance-retention`, and the permission for it).
    Governance,
    /// Ignore every lock: the way out that a server's operator has.
    Everything,
}

impl ObjectLock {
    /// Whether nothing was ever set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Why the version must not be deleted now; `None`: it may be.
    #[must_use]
    pub fn keeps(&self, now: Timestamp, bypass: LockBypass) -> Option<&'static str> {
        if bypass == LockBypass::Everything {
            return None;
        }
        if self.legal_hold == Some(true) {
            return Some("the version is under a legal hold");
        }
        match self.retention.filter(|retention| retention.until > now).map(|retention| retention.mode)? {
            RetentionMode::Compliance => Some("the version is retained in compliance mode"),
            RetentionMode::Governance if bypass >= LockBypass::Governance => None,
            RetentionMode::Governance => Some("the version is retained in governance mode"),
        }
    }

    /// Why its retention must not become `new` now; `None`: it may. Retention may always be lengthened in its mode.
    #[must_use]
    pub fn refuses(&self, new: Option<Retention>, now: Timestamp, bypass: LockBypass) -> Option<&'static str> {
        let old = self.retention.filter(|retention| retention.until > now)?;
        if new.is_some_and(|new| new.mode == old.mode && new.until >= old.until) {
            return None;
        }
        match old.mode {
            RetentionMode::Compliance if bypass < LockBypass::Everything => {
                Some("retention in compliance mode can only be lengthened")
            }
            RetentionMode::Governance if bypass < LockBypass::Governance => {
                Some("shortening or changing governance retention takes x-amz-bypass-governance-retention")
            }
            RetentionMode::Compliance | RetentionMode::Governance => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn retained(mode: RetentionMode, until: i64) -> Option<Retention> {
        Some(Retention { mode, until: Timestamp(until) })
    }

    #[test]
    fn what_keeps_a_version() {
        use LockBypass::{Everything, Governance as Bypass, Nothing};
        use RetentionMode::{Compliance, Governance};
        for (retention, legal_hold, kept_from) in [
            (None, None, [false, false, false]),
            (None, Some(false), [false, false, false]),
            (None, Some(true), [true, true, false]),
            (retained(Governance, 2_000), None, [true, false, false]),
            (retained(Compliance, 2_000), None, [true, true, false]),
            (retained(Governance, 1_000), None, [false, false, false]),
            (retained(Compliance, 999), Some(true), [true, true, false]),
        ] {
            let lock = ObjectLock { retention, legal_hold };
            let kept = [Nothing, Bypass, Everything].map(|bypass| lock.keeps(NOW, bypass).is_some());
            assert_eq!(kept, kept_from, "{lock:?}");
        }
    }

    #[test]
    fn how_retention_may_change() {
        use RetentionMode::{Compliance, Governance};
        // For each change whether it is refused without and with the bypass.
        for (old, new, refused) in [
            (None, retained(Compliance, 5_000), [false, false]),
            (retained(Governance, 2_000), retained(Governance, 2_001), [false, false]),
            (retained(Governance, 2_000), retained(Governance, 1_999), [true, false]),
            (retained(Governance, 2_000), retained(Compliance, 2_000), [true, false]),
            (retained(Governance, 2_000), None, [true, false]),
            (retained(Compliance, 2_000), retained(Compliance, 2_000), [false, false]),
            (retained(Compliance, 2_000), retained(Compliance, 1_999), [true, true]),
            (retained(Compliance, 2_000), retained(Governance, 9_000), [true, true]),
            (retained(Compliance, 2_000), None, [true, true]),
            (retained(Compliance, 999), None, [false, false]),
        ] {
            let lock = ObjectLock { retention: old, legal_hold: None };
            let got =
                [LockBypass::Nothing, LockBypass::Governance].map(|bypass| lock.refuses(new, NOW, bypass).is_some());
            assert_eq!(got, refused, "{old:?} {new:?}");
        }
    }
}
