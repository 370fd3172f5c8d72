//! Dates of signatures: ISO 8601 basic for V4, the three forms of RFC 9110 and that one for V2.

use std::time::UNIX_EPOCH;

const DAY_S: i64 = 86_400;

/// `20130524T000000Z` as seconds since 1970. As in RGW, a fraction is ignored and the `Z` may be missing.
#[must_use]
pub fn parse_amz_date(text: &str) -> Option<i64> {
    let (stamp, rest) = text.split_at_checked(15)?;
    if !(rest.is_empty() || rest == "Z" || is_fraction(rest)) {
        return None;
    }
    let (date, time) = stamp.split_once('T')?;
    if date.len() != 8 || time.len() != 6 {
        return None;
    }
    let number = |text: &str, from: usize, to: usize| text.get(from..to).and_then(digits);
    let (year, month, day) = (number(date, 0, 4)?, number(date, 4, 6)?, number(date, 6, 8)?);
    let (hour, minute, second) = (number(time, 0, 2)?, number(time, 2, 4)?, number(time, 4, 6)?);
    if !(1..=12).contains(&month)
        || !(1..=days_of(year, month)).contains(&day)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    Some(days_since_1970(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second)
}

/// Seconds since 1970 as `20130524T000000Z`. Years outside 0 to 9999 are not meant.
#[must_use]
pub fn amz_date(unix_s: i64) -> String {
    let (year, month, day) = civil(unix_s.div_euclid(DAY_S));
    let time = unix_s.rem_euclid(DAY_S);
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", time / 3600, time / 60 % 60, time % 60)
}

/// A `Date` header or `x-amz-date` of SigV2.
pub(crate) fn parse_http_date(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(unix_s) = parse_amz_date(text) {
        return Some(unix_s);
    }
    let (stamp, zone_s) = split_zone(text);
    let parsed = httpdate::parse_http_date(&stamp).ok().or_else(|| with_right_weekday(&stamp))?;
    let unix_s = i64::try_from(parsed.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
    Some(unix_s - zone_s)
}

/// A policy's `expiration`: `2007-12-01T12:00:00.000Z`, the fraction optional.
pub(crate) fn parse_extended(text: &str) -> Option<i64> {
    let (stamp, rest) = text.split_at_checked(19)?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|(at, byte)| stamp.as_bytes().get(*at) != Some(byte)) {
        return None;
    }
    let mut basic: String = stamp.chars().filter(|letter| !matches!(letter, '-' | ':')).collect();
    basic.push_str(rest);
    parse_amz_date(&basic)
}

/// RGW does not compare the weekday with the date, so a wrong one is mended.
fn with_right_weekday(stamp: &str) -> Option<std::time::SystemTime> {
    let (_, date) = stamp.split_once(", ")?;
    let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    weekdays.into_iter().find_map(|weekday| httpdate::parse_http_date(&format!("{weekday}, {date}")).ok())
}

/// Python's and Java's `+0000` instead of `GMT`: the stamp with GMT, and the zone's seconds.
fn split_zone(text: &str) -> (String, i64) {
    let zone = text.rsplit_once(' ').and_then(|(stamp, zone)| {
        let sign = if zone.starts_with('-') { -1 } else { 1 };
        let number = zone.strip_prefix(['+', '-']).filter(|number| number.len() == 4).and_then(digits)?;
        Some((format!("{stamp} GMT"), sign * (number / 100 * 3600 + number % 100 * 60)))
    });
    zone.unwrap_or_else(|| (text.to_owned(), 0))
}

fn is_fraction(text: &str) -> bool {
    let number = text.strip_prefix('.').map(|rest| rest.strip_suffix('Z').unwrap_or(rest));
    number.is_some_and(|number| {
        !number.is_empty() && number.len() <= 9 && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Digits only; `parse` alone would take a sign.
fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01, by counting from 1 March so that a leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a day counted from 1970-01-01; the reverse of [`days_since_1970`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_rgw_reads() {
        let cases = [
            ("20130524T000000Z", Some(1_369_353_600)),
            ("20130524T000000", Some(1_369_353_600)),
            ("20130524T000000.123Z", Some(1_369_353_600)),
            ("20000229T235959Z", Some(951_868_799)),
            ("19700101T000000Z", Some(0)),
            ("20130524T000000Zx", None),
            ("20130524", None),
            ("2013-05-24T00:00:00Z", None),
            ("20130229T000000Z", None),
            ("20131324T000000Z", None),
            ("+0130524T000000Z", None),
            ("garbage", None),
            ("", None),
            ("\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_amz_date(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_the_dates_of_sigv2() {
        let cases = [
            ("Tue, 27 Mar 2007 19:36:42 GMT", Some(1_175_024_202)),
            ("Tue, 27 Mar 2007 19:36:42 +0000", Some(1_175_024_202)),
            ("Tue, 27 Mar 2007 21:36:42 +0200", Some(1_175_024_202)),
            ("Tue, 27 Mar 2007 12:36:42 -0700", Some(1_175_024_202)),
            ("Tuesday, 27-Mar-07 19:36:42 GMT", Some(1_175_024_202)),
            ("Tue Mar 27 19:36:42 2007", Some(1_175_024_202)),
            ("20070327T193642Z", Some(1_175_024_202)),
            ("Sun, 27 Mar 2007 19:36:42 GMT", Some(1_175_024_202)),
            ("27 Mar 2007 19:36:42 GMT", None),
            ("garbage", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_http_date(text), expected, "{text}");
        }
        assert_eq!(parse_extended("2007-12-01T12:00:00.000Z"), Some(1_196_510_400));
        assert_eq!(parse_extended("2007-12-01T12:00:00Z"), Some(1_196_510_400));
        assert_eq!(parse_extended("2007-12-01 12:00:00Z"), None);
    }

    proptest! {
        #[test]
        fn writes_what_it_reads(unix_s in 0_i64..250_000_000_000) {
            prop_assert_eq!(parse_amz_date(&amz_date(unix_s)), Some(unix_s));
        }
    }
}
