//! Turns the text of one setting into its value. Pure: no environment, no file, no look-up of names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use crate::notify::Destination;
use spacelet_engine::policy::Network;
use spacelet_engine::{BucketName, CannedAcl};
use spacelet_s3::{RateLimits, Settling};

/// A Space to make at start: its name and, where given, its canned ACL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitialBucket {
    /// Its name.
    pub name: BucketName,
    /// `private` or `public-read` (anyone may list it; each object keeps an ACL of its own).
    pub acl: CannedAcl,
}

/// `HOST:PORT`, `:PORT` (every interface) or `PORT` (loopback). HOST is an IP address or `localhost`: no name is
/// looked up, so that a start never waits for DNS.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    let advice = || format!("`{text}` is no address: write IP:PORT, such as 127.0.0.1:9000 or 0.0.0.0:9000");
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(address);
    }
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    let (host, port) = text.rsplit_once(':').ok_or_else(advice)?;
    let Ok(port) = port.parse::<u16>() else { return Err(advice()) };
    match host {
        "" => Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port)),
        "localhost" => Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)),
        "[localhost]" => Ok(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port)),
        _ => Err(advice()),
    }
}

/// Networks, between commas.
pub(super) fn networks(text: &str) -> Result<Vec<Network>, String> {
    let network = |part: &str| Network::parse(part).ok_or_else(|| format!("`{part}` is no network such as 10.0.0.0/8"));
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(network).collect()
}

/// `ARN=URL`, separated by commas.
pub(super) fn destinations(text: &str) -> Result<Vec<Destination>, String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Destination::parse).collect()
}

/// An `http://` or `https://` URL without path; a trailing slash is dropped.
pub(super) fn url(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    let host = trimmed.strip_prefix("http://").or_else(|| trimmed.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(trimmed.to_owned()),
        _ => Err(format!("`{text}` is no base URL: write http://HOST or http://HOST:PORT, without a path")),
    }
}

/// A number of bytes: `1048576`, `512KiB`, `64MiB`, `1GiB` (powers of 1,024; `K`, `M`, `G` and `KB`… mean the same).
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let unit = text.get(digits.len()..).unwrap_or_default().trim().to_ascii_lowercase();
    let shift = match unit.as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return Err(format!("`{text}` is no size: the unit is KiB, MiB, GiB or TiB")),
    };
    let number: u64 =
        digits.parse().map_err(|error| format!("`{text}` is no size such as 512MiB or 1GiB ({error})"))?;
    number.checked_mul(1 << shift).ok_or_else(|| format!("`{text}` is too large"))
}

/// A whole number from `1` to `max`.
pub(super) fn count(text: &str, max: u32) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(number) if (1..=max).contains(&number) => Ok(number),
        Ok(_) | Err(_) => Err(format!("`{text}` is not a whole number from 1 to {max}")),
    }
}

/// A time in seconds: `30`, `30s`, `500ms`, `2m`; not nothing and at most a day.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (digits, ms) = match text {
        t if t.ends_with("ms") => (t.trim_end_matches("ms"), 1),
        t if t.ends_with('s') => (t.trim_end_matches('s'), 1000),
        t if t.ends_with('m') => (t.trim_end_matches('m'), 60_000),
        t if t.ends_with('h') => (t.trim_end_matches('h'), 3_600_000),
        t => (t, 1000),
    };
    match digits.trim().parse::<u64>().ok().and_then(|n| n.checked_mul(ms)) {
        Some(ms @ 1..=86_400_000) => Ok(Duration::from_millis(ms)),
        Some(_) | None => Err(format!("`{text}` is no time such as 30s, 500ms or 2m (at most a day)")),
    }
}

/// As [`duration`], or `0` for no time at all.
pub(super) fn duration_or_none(text: &str) -> Result<Duration, String> {
    if text == "0" { Ok(Duration::ZERO) } else { duration(text) }
}

/// One of two words, and what it stands for.
pub(super) fn either<T>(text: &str, one: (&str, T), other: (&str, T)) -> Result<T, String> {
    match text {
        _ if text == one.0 => Ok(one.1),
        _ if text == other.0 => Ok(other.1),
        _ => Err(format!("`{text}` is neither `{}` nor `{}`", one.0, other.0)),
    }
}

/// `on` or `off` (also `true`/`false`, `1`/`0`, `yes`/`no`).
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "true" | "1" | "yes" => Ok(true),
        "off" | "false" | "0" | "no" => Ok(false),
        _ => Err(format!("`{text}` is neither `on` nor `off`")),
    }
}

/// What takes users' clients by surprise (spaces-reference 2, 4.2, 4.6, 8.2): about what they waited for.
const SETTLING: &str = "key=95s,space=10s,cors=90s,cdn=10s";

/// How long S3's changes take to be known, and the control API's CDN endpoints.
pub(super) fn settling(text: &str) -> Result<(Settling, Duration), String> {
    let text = match switch(text) {
        Ok(true) => SETTLING,
        Ok(false) => "",
        Err(_) => text,
    };
    let (mut settling, mut endpoints) = (Settling::default(), Duration::ZERO);
    for word in list(text) {
        let refused = || format!("`{word}` does not settle: write `on`, `off`, or a list such as {SETTLING}");
        let (name, time) = word.split_once('=').ok_or_else(refused)?;
        let place = match name {
            "key" => &mut settling.key,
            "space" => &mut settling.space,
            "cors" => &mut settling.cors,
            "cdn" => &mut endpoints,
            _ => return Err(refused()),
        };
        *place = duration(time)?;
    }
    Ok((settling, endpoints))
}

/// Rates: off, those of the profile, or some of them other numbers.
pub(super) fn rates(text: &str) -> Result<Option<Vec<(&'static str, u32)>>, String> {
    if let Ok(is_on) = switch(text) {
        return Ok(is_on.then(Vec::new));
    }
    list(text).iter().map(|word| rate(word)).collect::<Result<_, _>>().map(Some)
}

fn rate(word: &str) -> Result<(&'static str, u32), String> {
    let refused = || {
        let names = RateLimits::NAMES.join(", ");
        format!("`{word}` is no rate: write `on`, `off`, or NAME=NUMBER, where NAME is one of {names}")
    };
    let (name, number) = word.split_once('=').ok_or_else(refused)?;
    let name = RateLimits::NAMES.iter().find(|known| **known == name).ok_or_else(refused)?;
    Ok((name, number.parse().map_err(|_nan| refused())?))
}

/// Words separated by commas, blanks or line ends.
pub(super) fn list(text: &str) -> Vec<String> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Host names: lower case, without a scheme; a port is allowed where `with_port`.
pub(super) fn hosts(text: &str, with_port: bool) -> Result<Vec<String>, String> {
    list(text).into_iter().map(|host| host_name(&host, with_port)).collect()
}

fn host_name(host: &str, with_port: bool) -> Result<String, String> {
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || (with_port && matches!(c, ':' | '[' | ']'));
    if host.chars().all(allowed) {
        return Ok(host.trim_start_matches('.').to_ascii_lowercase());
    }
    Err(format!("`{host}` is no host name: write it without http:// and without a path"))
}

/// `name` or `name:acl`, separated by commas or blanks.
pub(super) fn buckets(text: &str) -> Result<Vec<InitialBucket>, String> {
    list(text).iter().map(|word| bucket(word)).collect()
}

fn bucket(word: &str) -> Result<InitialBucket, String> {
    let (name, acl) = word.split_once(':').unwrap_or((word, "private"));
    let name = BucketName::parse(name).map_err(|error| format!("`{name}` is no Space name: {}", error.rule))?;
    Ok(InitialBucket { name, acl: canned_acl(acl)? })
}

/// A canned ACL that a Space may start with.
pub(crate) fn canned_acl(text: &str) -> Result<CannedAcl, String> {
    let is_amazons = |acl: &CannedAcl| matches!(acl, CannedAcl::LogDeliveryWrite | CannedAcl::AwsExecRead);
    CannedAcl::parse(text)
        .filter(|acl| !is_amazons(acl))
        .ok_or_else(|| format!("`{text}` is no canned ACL: use `private` or `public-read`"))
}

/// An access key ID that a person chose: 3–128 printable characters, none of which has a meaning in a signature.
pub(crate) fn access_key_id(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '/' | ',' | '=' | ':');
    if (3..=128).contains(&text.len()) && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Err("an access key ID has 3 to 128 printable ASCII characters and no blank or one of / , = :".to_owned())
}

/// A secret that a person chose; the error never repeats it.
pub(crate) fn secret_key(text: &str) -> Result<spacelet_engine::Secret, String> {
    if (3..=128).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(spacelet_engine::Secret::new(text));
    }
    Err("a secret key has 3 to 128 characters and no line ends".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_every_accepted_form() {
        for (text, means) in [
            ("127.0.0.1:9000", "127.0.0.1:9000"),
            ("0.0.0.0:0", "0.0.0.0:0"),
            (":9000", "0.0.0.0:9000"),
            ("9000", "127.0.0.1:9000"),
            ("localhost:80", "127.0.0.1:80"),
            ("[::1]:9000", "[::1]:9000"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), means, "{text}");
        }
        for text in ["", "example.com:80", "127.0.0.1", "127.0.0.1:99999", "a:b:c"] {
            assert!(address(text).unwrap_err().contains("IP:PORT"), "{text}");
        }
    }

    #[test]
    fn sizes_and_times_carry_units() {
        assert_eq!(bytes("0"), Ok(0));
        assert_eq!(bytes("64 KiB"), Ok(65_536));
        assert_eq!(bytes("1GiB"), Ok(1 << 30));
        assert_eq!(bytes("5m"), Ok(5 << 20));
        assert!(bytes("1.5GiB").is_err() && bytes("-1").is_err() && bytes("9999999999TiB").is_err());
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert!(duration("0").is_err() && duration("2d").is_err() && duration("100h").is_err());
    }

    #[test]
    fn settling_is_a_switch_or_times() {
        let s = Duration::from_secs;
        assert_eq!(settling("off"), Ok((Settling::default(), s(0))));
        assert_eq!(settling("on"), Ok((Settling { key: s(95), space: s(10), cors: s(90) }, s(10))));
        assert_eq!(settling("key=2s, cdn=1m"), Ok((Settling { key: s(2), ..Settling::default() }, s(60))));
        assert!(settling("bucket=2s").unwrap_err().contains("does not settle") && settling("key").is_err());
        assert!(settling("key=long").is_err());
    }

    #[test]
    fn rates_are_a_switch_or_numbers() {
        assert_eq!(rates("off"), Ok(None));
        assert_eq!(rates("on"), Ok(Some(Vec::new())));
        assert_eq!(rates("bucket=5, object=0"), Ok(Some(vec![("bucket", 5), ("object", 0)])));
        assert!(rates("space=5").unwrap_err().contains("one of address, bucket, writes, reads, object, cold-writes"));
        assert!(rates("bucket=many").is_err() && rates("bucket").is_err());
    }

    #[test]
    fn buckets_are_separated_by_commas_or_blanks() {
        let made = buckets("photos, site:public-read\nlogs").unwrap();
        let names: Vec<&str> = made.iter().map(|b| b.name.as_str()).collect();
        assert_eq!(names, ["photos", "site", "logs"]);
        assert_eq!(made.iter().map(|b| b.acl).filter(|acl| *acl == CannedAcl::PublicRead).count(), 1);
        assert!(buckets("Photos").unwrap_err().contains("`Photos` is no Space name"));
        assert!(buckets("photos:shared").unwrap_err().contains("`shared` is no canned ACL"));
    }

    #[test]
    fn a_refused_secret_is_not_repeated() {
        assert!(!secret_key("xy").unwrap_err().contains("xy"));
        assert!(access_key_id("a/b").is_err() && access_key_id("ab").is_err());
        assert_eq!(access_key_id("minioadmin").unwrap(), "minioadmin");
    }

    #[test]
    fn urls_and_hosts() {
        assert_eq!(url("http://localhost:19000/"), Ok("http://localhost:19000".to_owned()));
        assert!(url("localhost").is_err() && url("http://").is_err() && url("http://a/b").is_err());
        assert_eq!(hosts(".Spaces.Test, b", false).unwrap(), ["spaces.test", "b"]);
        assert!(hosts("http://x", true).is_err());
        assert_eq!(hosts("host.docker.internal:9000", true).unwrap(), ["host.docker.internal:9000"]);
    }
}
