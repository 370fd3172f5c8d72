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
