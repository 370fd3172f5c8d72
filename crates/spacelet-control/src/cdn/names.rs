//! Hosts: what an origin names, and what may be a custom domain.

use std::net::IpAddr;

use spacelet_engine::{Bucket, BucketName};

use crate::ApiError;
use crate::ask::Ask;

/// The Space that an origin (`b.nyc3.digitaloceanspaces.com`, also under this server's domains) names: the account's,
/// in that region, not cold, and without a dot in its name, which the CDN's certificate would not cover.
///
/// # Errors
/// Storage errors.
pub(super) fn origin_bucket(ask: &Ask, origin: &str) -> Result<Option<Bucket>, ApiError> {
    let Some((bucket, region)) = split(origin, &ask.settings().domains) else { return Ok(None) };
    let Ok(name) = BucketName::parse(bucket) else { return Ok(None) };
    let bucket = ask.world.bucket(&name)?;
    let is_here = |bucket: &Bucket| bucket.owner == ask.account && bucket.region.as_str() == region;
    Ok(bucket.filter(|bucket| is_here(bucket) && !bucket.is_cold))
}

/// Bucket and region of an origin.
fn split<'o>(origin: &'o str, domains: &[String]) -> Option<(&'o str, &'o str)> {
    let labels = suffixes(domains).into_iter().find_map(|suffix| origin.strip_suffix(&suffix))?;
    let (bucket, region) = labels.split_once('.')?;
    (!region.contains('.')).then_some((bucket, region))
}

/// Each base domain with a leading dot.
fn suffixes(domains: &[String]) -> Vec<String> {
    let bases = ["digitaloceanspaces.com", "localhost"].into_iter().chain(domains.iter().map(String::as_str));
    bases.map(|base| format!(".{}", base.trim_matches('.').to_ascii_lowercase())).collect()
}

/// Whether a host in lower case may be a custom domain: a full name that is no address, not this machine, and not one
/// of the service's own.
pub(super) fn may_be_custom(name: &str, domains: &[String]) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<&str> = name.split('.').collect();
    let is_name = name.len() <= 253 && labels.len() >= 2 && labels.iter().all(|label| is_label(label));
    let ends_in_digits = labels.last().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    let is_ours = suffixes(domains).iter().any(|suffix| format!(".{name}").ends_with(suffix));
    is_name && !ends_in_digits && !is_ours && name.parse::<IpAddr>().is_err()
}

/// Whether a certificate's name (`*.example.com` covers one label) is good for a host.
pub(super) fn covers(pattern: &str, host: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    match pattern.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(_, parent)| parent == rest),
        None => pattern == host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        let domains = ["s3.example.test".to_owned()];
        assert_eq!(split("b.nyc3.digitaloceanspaces.com", &domains), Some(("b", "nyc3")));
        assert_eq!(split("b.nyc3.s3.example.test", &domains), Some(("b", "nyc3")));
        assert_eq!(split("b.nyc3.localhost", &domains), Some(("b", "nyc3")));
        for origin in ["", "b", "nyc3.digitaloceanspaces.com", "a.b.nyc3.digitaloceanspaces.com", "b.nyc3.example.com"]
        {
            assert_eq!(split(origin, &domains), None, "{origin}");
        }
    }

    #[test]
    fn custom_domains_are_names_of_others() {
        let domains = ["s3.example.test".to_owned()];
        for name in ["static.example.com", "a.b", "_x.example.com"] {
            assert!(may_be_custom(name, &domains), "{name}");
        }
        for name in [
            "localhost",
            "a.localhost",
            "127.0.0.1",
            "[::1]",
            "10.1",
            "digitaloceanspaces.com",
            "-a.example.com",
            "b.nyc3.digitaloceanspaces.com",
            "s3.example.test",
            "x.s3.example.test",
            "a..b",
            "a b.com",
            "example",
            "",
        ] {
            assert!(!may_be_custom(name, &domains), "{name}");
        }
    }

    #[test]
    fn a_wildcard_covers_one_label() {
        assert!(covers("*.example.com", "a.example.com") && covers("A.example.com", "a.example.com"));
        assert!(!covers("*.example.com", "example.com") && !covers("*.example.com", "a.b.example.com"));
    }
}
