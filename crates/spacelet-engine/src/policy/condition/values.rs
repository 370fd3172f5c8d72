//! Texts read as what an operator compares.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network, or an address as a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    /// Bits at the end that do not count.
    free: u32,
    is_v6: bool,
}

impl Network {
    /// Reads `10.0.0.0/8`, `::1`, …; `None` when it is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        as_network(text)
    }

    /// Whether the address is in it. IPv4 within IPv6 (`::ffff:10.0.0.1`) is IPv4.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        let (bits, is_v6) = match address.to_canonical() {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), false),
            IpAddr::V6(v6) => (u128::from(v6), true),
        };
        is_v6 == self.is_v6 && self.meets(Self { bits, free: 0, is_v6 })
    }

    /// Whether at least so many bits count.
    pub(super) fn has_bits(self, of_v4: u32, of_v6: u32) -> bool {
        let (width, wanted) = if self.is_v6 { (128, of_v6) } else { (32, of_v4) };
        width - self.free >= wanted
    }

    /// Whether the two share all bits that count in both, whatever their kinds: RGW asks no more.
    pub(super) fn meets(self, other: Self) -> bool {
        let free = self.free.max(other.free);
        let counting = |bits: u128| bits.checked_shr(free).unwrap_or(0);
        counting(self.bits) == counting(other.bits)
    }
}

/// `10.0.0.0/8`, `::1`, ….
pub(super) fn as_network(text: &str) -> Option<Network> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
        None => (text, None),
    };
    let (bits, width): (u128, u32) = if address.contains(':') {
        (u128::from(address.parse::<Ipv6Addr>().ok()?), 128)
    } else {
        (u128::from(u32::from(address.parse::<Ipv4Addr>().ok()?)), 32)
    };
    let free = width.checked_sub(prefix.unwrap_or(width))?;
    Some(Network { bits, free, is_v6: width == 128 })
}

pub(super) fn as_number(text: &str) -> Option<f64> {
    text.trim_start().parse().ok()
}

/// Everything is true but an empty text, `false` and nought.
pub(super) fn as_bool(text: &str) -> bool {
    if text.is_empty() || text.eq_ignore_ascii_case("false") {
        return false;
    }
    as_number(text).is_none_or(|number| number != 0.0 && !number.is_nan())
}

/// Seconds since the epoch, from a number of them or from ISO 8601 in UTC (`2030-01-01`, `2030-01-01T00:00:00.000Z`).
pub(super) fn as_date(text: &str) -> Option<f64> {
    as_number(text).or_else(|| iso_8601(text))
}

fn iso_8601(text: &str) -> Option<f64> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time.strip_suffix('Z')?)),
        None => (text, None),
    };
    let mut fields = date.split('-');
    let mut field = |width: usize| match fields.next() {
        None => Some(None),
        Some(digits) if digits.len() == width => digits.parse::<u32>().ok().map(Some),
        Some(_) => None,
    };
    let (year, month, day) = (field(4)??, field(2)?.unwrap_or(1), field(2)?.unwrap_or(1));
    if fields.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let seconds = time.map_or(Some(0.0), seconds_of)?;
    Some(f64::from(days(i32::try_from(year).ok()?, month, day)?) * 86_400.0 + seconds)
}

fn seconds_of(time: &str) -> Option<f64> {
    let mut fields = time.split(':');
    let hour: u32 = fields.next()?.parse().ok()?;
    let minute: u32 = fields.next()?.parse().ok()?;
    let second: f64 = fields.next().map_or(Some(0.0), |text| text.parse().ok())?;
    let is_legal = fields.next().is_none() && hour < 24 && minute < 60 && (0.0..61.0).contains(&second);
    is_legal.then(|| f64::from(hour * 3_600 + minute * 60) + second)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar (years from March, as Fliegel and Van Flandern count).
fn days(year: i32, month: u32, day: u32) -> Option<i32> {
    let (month, day) = (i32::try_from(month).ok()?, i32::try_from(day).ok()?);
    let year = if month > 2 { year } else { year - 1 };
    let month = (month + 9) % 12;
    Some(
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 306 + 5) / 10 + day
            - 1
            - 719_468,
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, expected) in [
            ("1970-01-01", Some(0.0)),
            ("1970-01-02T00:00:01Z", Some(86_401.0)),
            ("2000-03-01T00:00:00.500Z", Some(951_868_800.5)),
            ("2024-02-29T12:30Z", Some(1_709_209_800.0)),
            ("2026-11", Some(1_793_491_200.0)),
            ("1700000000", Some(1_700_000_000.0)),
            ("2024-13-01", None),
            ("2024-01-01T00:00:00", None),
            ("yesterday", None),
        ] {
            assert_eq!(as_date(text), expected, "{text}");
        }
    }

    #[test]
    fn networks() {
        let meets = |a: &str, b: &str| as_network(a).unwrap().meets(as_network(b).unwrap());
        assert!(meets("127.0.0.1", "127.0.0.0/8"));
        assert!(!meets("128.0.0.1", "127.0.0.0/8"));
        assert!(meets("1.2.3.4", "0.0.0.0/0"));
        assert!(meets("2001:db8::1", "2001:db8::/32"));
        assert!(!meets("2001:db9::1", "2001:db8::/32"));
        assert!(meets("::1", "::/0"));
        for broken in ["", "x", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "::/129", "1.2.3.4/-1"] {
            assert_eq!(as_network(broken), None, "{broken}");
        }
    }

    #[test]
    fn addresses_in_networks() {
        let contains =
            |network: &str, address: &str| Network::parse(network).unwrap().contains(address.parse().unwrap());
        assert!(contains("10.0.0.0/8", "10.1.1.1") && contains("10.0.0.0/8", "::ffff:10.1.1.1"));
        assert!(!contains("10.0.0.0/8", "11.1.1.1") && !contains("::/0", "10.1.1.1") && !contains("0.0.0.0/0", "::1"));
    }

    #[test]
    fn truths() {
        for (text, expected) in
            [("true", true), ("false", false), ("FALSE", false), ("", false), ("0", false), ("2", true)]
        {
            assert_eq!(as_bool(text), expected, "{text}");
        }
    }
}
