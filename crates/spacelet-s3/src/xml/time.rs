//! Times as S3 writes them. Formatted by hand: a listing writes a thousand of them, and needs no allocation for it.

use spacelet_engine::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS: i64 = 86_400_000;

/// A moment split into calendar fields (proleptic Gregorian, UTC).
struct Calendar {
    year: i64,
    month: usize,
    day: u64,
    weekday: usize,
    hour: u64,
    minute: u64,
    second: u64,
    milli: u64,
}

impl Calendar {
    /// Howard Hinnant's `civil_from_days`, on the days since 1970-01-01.
    fn of(at: Timestamp) -> Self {
        let days = at.0.div_euclid(DAY_MS);
        let ms = at.0.rem_euclid(DAY_MS).unsigned_abs();
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self {
            year,
            month: usize::try_from(month).unwrap_or(1),
            day: day.unsigned_abs(),
            weekday: usize::try_from((days + 4).rem_euclid(7)).unwrap_or(0),
            hour: ms / 3_600_000,
            minute: ms / 60_000 % 60,
            second: ms / 1_000 % 60,
            milli: ms % 1_000,
        }
    }
}

/// Appends `value` with at least `width` digits.
fn push_padded(out: &mut String, value: u64, width: u32) {
    let mut divisor = 10_u64.pow(width - 1);
    while value / divisor >= 10 {
        divisor *= 10;
    }
    while divisor > 0 {
        let digit = u8::try_from(value / divisor % 10).unwrap_or(0);
        out.push(char::from(b'0' + digit));
        divisor /= 10;
    }
}

/// Appends `2026-11-24T08:15:11.603Z`.
pub(crate) fn iso_millis(out: &mut String, at: Timestamp) {
    let calendar = Calendar::of(at);
    push_padded(out, calendar.year.unsigned_abs(), 4);
    for (before, value) in [('-', calendar.month as u64), ('-', calendar.day), ('T', calendar.hour)] {
        out.push(before);
        push_padded(out, value, 2);
    }
    for value in [calendar.minute, calendar.second] {
        out.push(':');
        push_padded(out, value, 2);
    }
    out.push('.');
    push_padded(out, calendar.milli, 3);
    out.push('Z');
}

/// Reads a time of RFC 3339, to the millisecond.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
}

/// Appends `24/Nov/2026:08:15:11 +0000`: the time in an access log's line.
pub(crate) fn log_time(out: &mut String, at: Timestamp) {
    let calendar = Calendar::of(at);
    push_padded(out, calendar.day, 2);
    out.push('/');
    out.push_str(calendar.month.checked_sub(1).and_then(|month| MONTHS.get(month)).unwrap_or(&"Jan"));
    out.push('/');
    push_padded(out, calendar.year.unsigned_abs(), 4);
    for value in [calendar.hour, calendar.minute, calendar.second] {
        out.push(':');
        push_padded(out, value, 2);
    }
    out.push_str(" +0000");
}

/// Appends `2026-11-24-08-15-11`: the time in a log object's name.
pub(crate) fn log_name(out: &mut String, at: Timestamp) {
    let calendar = Calendar::of(at);
    push_padded(out, calendar.year.unsigned_abs(), 4);
    for value in [calendar.month as u64, calendar.day, calendar.hour, calendar.minute, calendar.second] {
        out.push('-');
        push_padded(out, value, 2);
    }
}

/// Appends `2026/11/24/`: the day in a partitioned log object's name.
pub(crate) fn log_day(out: &mut String, at: Timestamp) {
    let calendar = Calendar::of(at);
    push_padded(out, calendar.year.unsigned_abs(), 4);
    for value in [calendar.month as u64, calendar.day] {
        out.push('/');
        push_padded(out, value, 2);
    }
    out.push('/');
}

/// `Tue, 24 Nov 2026 08:15:11 GMT` (RFC 9110 5.6.7).
pub(crate) fn http_date(at: Timestamp) -> String {
    let calendar = Calendar::of(at);
    let mut out = String::with_capacity(29);
    out.push_str(WEEKDAYS.get(calendar.weekday).copied().unwrap_or_default());
    out.push_str(", ");
    push_padded(&mut out, calendar.day, 2);
    out.push(' ');
    out.push_str(MONTHS.get(calendar.month.saturating_sub(1)).copied().unwrap_or_default());
    out.push(' ');
    push_padded(&mut out, calendar.year.unsigned_abs(), 4);
    for (before, value) in [(' ', calendar.hour), (':', calendar.minute), (':', calendar.second)] {
        out.push(before);
        push_padded(&mut out, value, 2);
    }
    out.push_str(" GMT");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(ms: i64) -> String {
        let mut out = String::new();
        iso_millis(&mut out, Timestamp(ms));
        out
    }

    #[test]
    fn writes_known_moments() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(951_782_400_007), "2000-02-29T00:00:00.007Z");
        assert_eq!(iso(1_795_508_111_603), "2026-11-24T08:15:11.603Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(iso(4_102_444_799_999), "2099-12-31T23:59:59.999Z");
        assert_eq!(http_date(Timestamp(1_795_508_111_603)), "Tue, 24 Nov 2026 08:15:11 GMT");
        assert_eq!(http_date(Timestamp(784_111_777_000)), "Sun, 06 Nov 1994 08:49:37 GMT");
        let mut log = String::new();
        log_time(&mut log, Timestamp(784_111_777_000));
        log.push(' ');
        log_name(&mut log, Timestamp(784_111_777_000));
        assert_eq!(log, "06/Nov/1994:08:49:37 +0000 1994-11-06-08-49-37");
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_httpdate(seconds in 0_i64..250_000_000_000) {
            let then = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds.unsigned_abs());
            proptest::prop_assert_eq!(http_date(Timestamp(seconds * 1000)), httpdate::fmt_http_date(then));
        }
    }
}
