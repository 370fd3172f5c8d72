//! Conditional reads (RFC 9110 section 13, as S3 applies it) and, for copies, the `x-amz-copy-source-if-*` set.

use crate::{ETag, Timestamp};

/// The four preconditions, as sent; absent ones are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// `If-Match`: a list of ETags or `*`, raw.
    pub if_match: Option<String>,
    /// `If-None-Match`, raw.
    pub if_none_match: Option<String>,
    /// `If-Modified-Since`.
    pub if_modified_since: Option<Timestamp>,
    /// `If-Unmodified-Since`.
    pub if_unmodified_since: Option<Timestamp>,
}

/// What must hold of the current object when a write or a deletion is committed (API reference, PutObject,
/// CompleteMultipartUpload, CopyObject, DeleteObject). ETags or `*`, raw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WriteCondition {
    /// `If-Match`.
    pub if_match: Option<String>,
    /// `If-None-Match`.
    pub if_none_match: Option<String>,
    /// Whether there was an object when the request came: when it has gone since, the write is a conflict.
    pub existed: bool,
}

/// Why a write must not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnmetWrite {
    /// 404: `If-Match`, and there is no object.
    Missing,
    /// 412.
    Failed,
    /// 409: the object was deleted while the request ran.
    Conflict,
}

impl WriteCondition {
    /// True when nothing is demanded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.if_match.is_none() && self.if_none_match.is_none()
    }

    /// Checks it against the current object's ETag; `None`: there is no object, or a delete marker.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(&self, current: Option<&ETag>) -> Result<(), UnmetWrite> {
        if self.is_empty() {
            return Ok(());
        }
        let Some(etag) = current else {
            return match (self.existed, &self.if_match) {
                (true, _) => Err(UnmetWrite::Conflict),
                (false, Some(_)) => Err(UnmetWrite::Missing),
                (false, None) => Ok(()),
            };
        };
        let is_refused = self.if_match.as_ref().is_some_and(|list| !names(list, etag))
            || self.if_none_match.as_ref().is_some_and(|list| names(list, etag));
        if is_refused { Err(UnmetWrite::Failed) } else { Ok(()) }
    }
}

/// Which way a condition was not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet {
    /// 304 on reads.
    NotModified,
    /// 412.
    PreconditionFailed,
}

impl Conditions {
    /// True when nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// Checks them against an object; times compare in whole seconds.
    ///
    /// # Errors
    /// The first that is not met: If-Match, If-Unmodified-Since (only without If-Match), If-None-Match,
    /// If-Modified-Since (only without If-None-Match).
    pub fn check(&self, etag: &ETag, modified: Timestamp) -> Result<(), Unmet> {
        let modified = modified.seconds();
        match (&self.if_match, self.if_unmodified_since) {
            (Some(list), _) if !names(list, etag) => return Err(Unmet::PreconditionFailed),
            (None, Some(since)) if modified > since.seconds() => return Err(Unmet::PreconditionFailed),
            _ => {}
        }
        match (&self.if_none_match, self.if_modified_since) {
            (Some(list), _) if names(list, etag) => Err(Unmet::NotModified),
            (None, Some(since)) if modified <= since.seconds() => Err(Unmet::NotModified),
            _ => Ok(()),
        }
    }
}

/// Whether a raw list of ETags names `etag`.
// DIFFERS: `*` names every object (RFC 9110 13.1), where RGW 16 compares it literally: GET with `If-Match: *` must
// not fail for an object that is there.
fn names(list: &str, etag: &ETag) -> bool {
    list.split(',').map(str::trim).any(|one| one == "*" || etag.matches(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The object of every case: ETag `e`, modified at second 100 (and a half).
    fn check(conditions: &Conditions) -> Result<(), Unmet> {
        conditions.check(&ETag::from_stored("e"), Timestamp(100_500))
    }

    fn at(second: i64) -> Option<Timestamp> {
        Some(Timestamp(second * 1000))
    }

    fn text(list: &str) -> Option<String> {
        Some(list.to_owned())
    }

    #[test]
    fn each_condition_alone() {
        let failed = Err(Unmet::PreconditionFailed);
        let same = Err(Unmet::NotModified);
        for (list, if_match, if_none_match) in [
            ("\"e\"", Ok(()), same),
            ("e", Ok(()), same),
            ("\"x\", \"e\"", Ok(()), same),
            ("W/\"e\"", Ok(()), same),
            ("*", Ok(()), same),
            ("\"x\"", failed, Ok(())),
            ("", failed, Ok(())),
        ] {
            assert_eq!(check(&Conditions { if_match: text(list), ..Default::default() }), if_match, "{list}");
            assert_eq!(check(&Conditions { if_none_match: text(list), ..Default::default() }), if_none_match, "{list}");
        }
        for (second, unmodified, modified) in [(99, failed, Ok(())), (100, Ok(()), same), (101, Ok(()), same)] {
            let c = Conditions { if_unmodified_since: at(second), ..Default::default() };
            assert_eq!(check(&c), unmodified, "{second}");
            let c = Conditions { if_modified_since: at(second), ..Default::default() };
            assert_eq!(check(&c), modified, "{second}");
        }
    }

    #[test]
    fn writes_look_at_what_is_there() {
        let etag = ETag::from_stored("e");
        let (there, gone) = (Some(&etag), None);
        for (if_match, if_none_match, existed, current, expected) in [
            (None, None, true, gone, Ok(())),
            (None, text("*"), true, there, Err(UnmetWrite::Failed)),
            (None, text("*"), false, gone, Ok(())),
            (None, text("*"), true, gone, Err(UnmetWrite::Conflict)),
            (None, text("\"x\""), true, there, Ok(())),
            (None, text("\"e\""), true, there, Err(UnmetWrite::Failed)),
            (text("\"e\""), None, true, there, Ok(())),
            (text("*"), None, true, there, Ok(())),
            (text("\"x\""), None, true, there, Err(UnmetWrite::Failed)),
            (text("\"e\""), None, false, gone, Err(UnmetWrite::Missing)),
            (text("*"), None, true, gone, Err(UnmetWrite::Conflict)),
        ] {
            let condition = WriteCondition { if_match, if_none_match, existed };
            assert_eq!(condition.check(current), expected, "{condition:?} {current:?}");
        }
    }

    #[test]
    fn an_etag_wins_over_its_date() {
        let c = Conditions { if_match: text("e"), if_unmodified_since: at(1), ..Default::default() };
        assert_eq!(check(&c), Ok(()));
        let c = Conditions { if_none_match: text("x"), if_modified_since: at(900), ..Default::default() };
        assert_eq!(check(&c), Ok(()));
        let c = Conditions { if_match: text("x"), if_none_match: text("e"), ..Default::default() };
        assert_eq!(check(&c), Err(Unmet::PreconditionFailed));
        assert_eq!(check(&Conditions::default()), Ok(()));
    }
}
