//! Times as DigitalOcean's JSON has them: RFC 3339, UTC, whole seconds.

use spacelet_engine::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// `2018-07-19T15:04:16Z`; a year that has no four digits becomes the epoch.
#[must_use]
pub fn stamp(at: Timestamp) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339).unwrap_or_else(|_year| "1970-01-01T00:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_in_utc() {
        assert_eq!(stamp(Timestamp(1_532_012_656_999)), "2018-07-19T15:04:16Z");
        assert_eq!(stamp(Timestamp(784_111_777_999)), "1994-11-06T08:49:37Z");
        assert_eq!(stamp(Timestamp(i64::MAX)), "1970-01-01T00:00:00Z");
    }
}
