//! Whose host is it, and what does the path name: parsed once from the raw target, decoded once.
//!
//! Nothing is normalised: `//`, `..` and `%2F` reach the key as they are.

use http::Uri;
use percent_encoding::percent_decode;
use spacelet_engine::Region;

use crate::Profile;
use crate::error::{ErrorCode, S3Error};
use crate::operation::Scope;
use crate::region::is_name;

mod amazon;

/// Through which door a request comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The S3 API.
    Api,
    /// `{bucket}.{region}.cdn.…`.
    Cdn,
    /// `{bucket}.{region}-static.…`.
    Website,
}

/// What a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) door: Door,
    /// The region of a regional host; `None` on a bare host, which sees all.
    pub(crate) region: Option<Region>,
    /// The host is Amazon's global endpoint, which has no region of its own.
    pub(crate) is_global: bool,
    /// Whether the bucket came from the host.
    pub(crate) is_virtual_hosted: bool,
    /// The bucket as asked, not checked.
    pub(crate) bucket: Option<String>,
    /// The decoded key; empty when only a bucket is named.
    pub(crate) key: Vec<u8>,
    /// The host as asked, without its port.
    pub(crate) host: String,
}

/// The host names that the service answers to.
#[derive(Debug, Clone)]
pub(crate) struct HostNames {
    /// Base domains in lower case, each with a leading dot.
    bases: Vec<Base>,
    /// Region labels, the default region included.
    regions: Vec<String>,
    /// Amazon's names are known too.
    knows_amazon: bool,
}

/// What a host names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostRead<'h> {
    pub(crate) door: Door,
    pub(crate) region: Option<Region>,
    pub(crate) bucket: Option<&'h str>,
    /// Amazon's global endpoint.
    pub(crate) is_global: bool,
}

impl<'h> HostRead<'h> {
    fn new(door: Door, region: Option<Region>, bucket: Option<&'h str>) -> Self {
        Self { door, region, bucket, is_global: false }
    }
}

#[derive(Debug, Clone)]
struct Base {
    dotted: String,
    /// Whether `{bucket}.{base}` names a bucket without a region.
    takes_bare_buckets: bool,
    /// One of Amazon's own.
    is_amazons: bool,
}

impl HostNames {
    /// DigitalOcean's names, `localhost` and `domains`; Amazon's where the profile is.
    pub(crate) fn new(domains: &[String], default_region: &Region, profile: &Profile) -> Self {
        let mut bases = vec![
            Base { dotted: ".digitaloceanspaces.com".to_owned(), takes_bare_buckets: false, is_amazons: false },
            Base { dotted: ".localhost".to_owned(), takes_bare_buckets: true, is_amazons: false },
        ];
        if profile.knows_amazon_hosts {
            bases.extend(amazon::DOMAINS.map(|dotted| Base {
                dotted: dotted.to_owned(),
                takes_bare_buckets: false,
                is_amazons: true,
            }));
        }
        bases.extend(domains.iter().map(|domain| Base {
            dotted: format!(".{}", domain.trim_matches('.').to_ascii_lowercase()),
            takes_bare_buckets: true,
            is_amazons: false,
        }));
        // The longest first, so that a domain under another one wins.
        bases.sort_by_key(|base| std::cmp::Reverse(base.dotted.len()));
        let mut regions: Vec<String> = Region::KNOWN.iter().map(|&slug| slug.to_owned()).collect();
        if !regions.iter().any(|slug| slug == default_region.as_str()) {
            regions.push(default_region.as_str().to_owned());
        }
        Self { bases, regions, knows_amazon: profile.knows_amazon_hosts }
    }

    /// True for a slug that a client may name in LocationConstraint.
    pub(crate) fn is_region(&self, slug: &str) -> bool {
        self.regions.iter().any(|known| known == slug)
    }

    /// What stands before the base domain: bucket, region, door. An unknown host is a bare service host.
    pub(crate) fn read<'h>(&self, host: &'h str) -> HostRead<'h> {
        let bare = HostRead::new(Door::Api, None, None);
        let host = host.strip_suffix('.').unwrap_or(host);
        let Some((base, labels)) = self.bases.iter().find_map(|base| {
            let at = host.len().checked_sub(base.dotted.len())?;
            let tail = host.get(at..)?;
            tail.eq_ignore_ascii_case(&base.dotted).then(|| (base, host.get(..at).unwrap_or_default()))
        }) else {
            return bare;
        };
        if let Some(named) = amazon::read(labels, base.is_amazons).filter(|_| self.knows_amazon) {
            let is_global = named.region.is_none();
            return HostRead { is_global, ..HostRead::new(named.door, named.region, named.bucket) };
        }
        let (door, labels) = match labels.rsplit_once('.') {
            Some((rest, last)) if last.eq_ignore_ascii_case("cdn") => (Door::Cdn, rest),
            _ => (Door::Api, labels),
        };
        let (bucket, last) = match labels.rsplit_once('.') {
            Some((bucket, last)) => (Some(bucket), last),
            None => (None, labels),
        };
        let last = last.to_ascii_lowercase();
        // AWS's website hosts: `{bucket}.s3-website.{region}` and `{bucket}.s3-website-{region}`. The region is whichever
        // a client signed for when it made the bucket, so its form tells.
        let is_region = |slug: &str| self.is_region(slug) || is_name(slug);
        if let Some(site) = bucket.and_then(|bucket| strip_label(bucket, "s3-website")).filter(|_| is_region(&last)) {
            return HostRead::new(Door::Website, Some(Region::new(last)), Some(site));
        }
        if let Some(region) = last.strip_prefix("s3-website-").filter(|slug| is_region(slug)) {
            return HostRead::new(Door::Website, Some(Region::new(region)), bucket);
        }
        if self.is_region(&last) {
            return HostRead::new(door, Some(Region::new(last)), bucket);
        }
        if let Some(region) = last.strip_suffix("-static").filter(|slug| self.is_region(slug)) {
            return HostRead::new(Door::Website, Some(Region::new(region)), bucket);
        }
        if base.takes_bare_buckets && door == Door::Api && !labels.is_empty() {
            return HostRead::new(Door::Api, None, Some(labels));
        }
        bare
    }
}

impl Target {
    /// What the target names. A key without a bucket (`//k`) is an object of no bucket.
    pub(crate) fn scope(&self) -> Scope {
        match (&self.bucket, self.key.is_empty()) {
            (_, false) => Scope::Object,
            (Some(_), true) => Scope::Bucket,
            (None, true) => Scope::Service,
        }
    }

    /// Reads the target of a request. The authority of an absolute-form target wins over the Host header (RFC 9112 3.2.2).
    ///
    /// # Errors
    /// `InvalidURI` for a path whose escapes are broken.
    pub(crate) fn parse(names: &HostNames, uri: &Uri, host_header: Option<&[u8]>) -> Result<Self, S3Error> {
        let authority = uri.authority().map(|authority| authority.as_str());
        let host = match (authority, host_header) {
            (Some(authority), _) => authority.rsplit_once('@').map_or(authority, |(_, host)| host),
            (None, Some(bytes)) => std::str::from_utf8(bytes).unwrap_or_default(),
            (None, None) => "",
        };
        let host = without_port(host);
        let HostRead { door, region, bucket: host_bucket, is_global } = names.read(host);
        let path = decode_path(uri.path())?;
        let path = path.strip_prefix(b"/").unwrap_or(&path);
        let (bucket, key) = match host_bucket {
            Some(bucket) => (Some(bucket.to_owned()), path.to_vec()),
            None => {
                let end = path.iter().position(|&byte| byte == b'/');
                let (bucket, key) = end.map_or((path, &[][..]), |at| path.split_at(at));
                let bucket = String::from_utf8_lossy(bucket).into_owned();
                (Some(bucket).filter(|name| !name.is_empty()), key.strip_prefix(b"/").unwrap_or(key).to_vec())
            }
        };
        let is_virtual_hosted = host_bucket.is_some();
        Ok(Self { door, region, is_global, is_virtual_hosted, bucket, key, host: host.to_owned() })
    }
}

/// What stands before the last label, if that is `label`.
fn strip_label<'h>(labels: &'h str, label: &str) -> Option<&'h str> {
    let (before, last) = labels.rsplit_once('.')?;
    last.eq_ignore_ascii_case(label).then_some(before)
}

/// A host without its port; IPv6 addresses keep their brackets.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !ends_inside_brackets(name) => name,
        _ => host,
    }
}

/// True for the first half of a split IPv6 address.
fn ends_inside_brackets(name: &str) -> bool {
    name.starts_with('[') && !name.ends_with(']')
}

/// Decodes `%41`, and nothing else: `+` is a plus sign in a path.
///
/// DIFFERS: a broken escape is `InvalidURI` as on AWS; RGW 16 takes the whole path for empty and lists buckets.
fn decode_path(path: &str) -> Result<Vec<u8>, S3Error> {
    if !path.contains('%') {
        return Ok(path.as_bytes().to_vec());
    }
    let mut rest = path.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        rest = rest.get(at..).unwrap_or_default();
        let is_escape = matches!(rest, [_, high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit());
        if !is_escape {
            return Err(S3Error::new(ErrorCode::InvalidURI, "the path has a % that two hex digits do not follow"));
        }
        rest = rest.get(3..).unwrap_or_default();
    }
    Ok(percent_decode(path.as_bytes()).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn parse(host: &str, uri: &str) -> String {
        parse_in(&Profile::SPACES, host, uri)
    }

    fn parse_in(profile: &Profile, host: &str, uri: &str) -> String {
        let names = HostNames::new(&["s3.example.test".to_owned()], &Region::new("nyc3"), profile);
        match Target::parse(&names, &uri.parse().unwrap(), Some(host.as_bytes())) {
            Ok(target) => format!(
                "{:?} {} {} {}",
                target.door,
                target.region.as_ref().map_or(if target.is_global { "global" } else { "-" }, Region::as_str),
                target.bucket.as_deref().unwrap_or("-"),
                String::from_utf8_lossy(&target.key),
            ),
            Err(error) => error.code.name().to_owned(),
        }
    }

    #[test]
    fn host_forms() {
        for (host, uri, expected) in [
            ("localhost:9000", "/b/k", "Api - b k"),
            ("127.0.0.1:9000", "/b/k", "Api - b k"),
            ("[::1]:9000", "/b/k", "Api - b k"),
            ("[::1]", "/b/k", "Api - b k"),
            ("spacelet:9000", "/b/k", "Api - b k"),
            ("cdn.example.com", "/b/k", "Api - b k"),
            ("", "/b/k", "Api - b k"),
            ("nyc3.digitaloceanspaces.com", "/b/k", "Api nyc3 b k"),
            ("b.nyc3.digitaloceanspaces.com", "/k", "Api nyc3 b k"),
            ("b.NYC3.DigitalOceanSpaces.com:443", "/k", "Api nyc3 b k"),
            ("B.nyc3.digitaloceanspaces.com.", "/k", "Api nyc3 B k"),
            ("a.b.ams3.digitaloceanspaces.com", "/k/l", "Api ams3 a.b k/l"),
            ("b.nyc3.cdn.digitaloceanspaces.com", "/k", "Cdn nyc3 b k"),
            ("b.nyc3-static.digitaloceanspaces.com", "/k", "Website nyc3 b k"),
            ("b.x.S3-Website.nyc3.localhost", "/k", "Website nyc3 b.x k"),
            ("b.s3-website-nyc3.localhost", "/k", "Website nyc3 b k"),
            ("b.s3-website-us-east-1.localhost", "/k", "Website us-east-1 b k"),
            ("b.s3-website.eu-central-1.s3.example.test", "/k", "Website eu-central-1 b k"),
            ("b.s3-website-nowhere.localhost", "/k", "Api - b.s3-website-nowhere k"),
            ("b.s3-website.nowhere.localhost", "/k", "Api - b.s3-website.nowhere k"),
            ("digitaloceanspaces.com", "/b/k", "Api - b k"),
            ("foo.digitaloceanspaces.com", "/b/k", "Api - b k"),
            ("b.localhost:9000", "/k", "Api - b k"),
            ("fra1.localhost", "/b/k", "Api fra1 b k"),
            ("b.fra1.localhost", "/k", "Api fra1 b k"),
            ("a.b.localhost", "/k", "Api - a.b k"),
            ("b.s3.example.test", "/k", "Api - b k"),
            ("s3.example.test", "/b/k", "Api - b k"),
            ("b.sgp1.cdn.s3.example.test", "/k", "Cdn sgp1 b k"),
        ] {
            assert_eq!(parse(host, uri), expected, "{host} {uri}");
        }
    }

    #[test]
    fn amazons_host_forms() {
        for (host, uri, expected) in [
            ("s3.amazonaws.com", "/b/k", "Api global b k"),
            ("b.s3.amazonaws.com:443", "/k", "Api global b k"),
            ("a.b.S3.AmazonAWS.com", "/k", "Api global a.b k"),
            ("s3.us-east-1.amazonaws.com", "/b/k", "Api us-east-1 b k"),
            ("b.s3.eu-central-1.amazonaws.com", "/k", "Api eu-central-1 b k"),
            ("b.s3-eu-west-1.amazonaws.com", "/k", "Api eu-west-1 b k"),
            ("s3-us-gov-west-1.amazonaws.com", "/b/k", "Api us-gov-west-1 b k"),
            ("b.s3.dualstack.eu-west-1.amazonaws.com", "/k", "Api eu-west-1 b k"),
            ("s3.dualstack.eu-west-1.amazonaws.com", "/b/k", "Api eu-west-1 b k"),
            ("b.s3-fips.us-west-2.amazonaws.com", "/k", "Api us-west-2 b k"),
            ("b.s3-fips.dualstack.us-west-2.amazonaws.com", "/k", "Api us-west-2 b k"),
            ("b.s3-accelerate.amazonaws.com", "/k", "Api global b k"),
            ("b.s3-accelerate.dualstack.amazonaws.com", "/k", "Api global b k"),
            ("s3.cn-north-1.amazonaws.com.cn", "/b/k", "Api cn-north-1 b k"),
            ("b.s3-website-us-east-1.amazonaws.com", "/k", "Website us-east-1 b k"),
            ("b.s3-website.eu-central-1.amazonaws.com", "/k", "Website eu-central-1 b k"),
            ("sqs.us-east-1.amazonaws.com", "/b/k", "Api - b k"),
            ("amazonaws.com", "/b/k", "Api - b k"),
            ("b.s3.eu-west-1.localhost:9000", "/k", "Api eu-west-1 b k"),
            ("s3.eu-west-1.s3.example.test", "/b/k", "Api eu-west-1 b k"),
            ("b.s3.localhost", "/k", "Api - b.s3 k"),
            ("my-bucket-1.localhost", "/k", "Api - my-bucket-1 k"),
            ("b.nyc3.digitaloceanspaces.com", "/k", "Api nyc3 b k"),
        ] {
            assert_eq!(parse_in(&Profile::AWS, host, uri), expected, "{host} {uri}");
        }
        assert_eq!(parse("b.s3.eu-west-1.amazonaws.com", "/b/k"), "Api - b k", "a host that Spaces does not know");
    }

    #[test]
    fn absolute_form_wins_over_host() {
        assert_eq!(parse("proxy:3128", "http://b.nyc3.digitaloceanspaces.com/k"), "Api nyc3 b k");
        assert_eq!(parse("x", "http://localhost/b/k?q"), "Api - b k");
        assert_eq!(parse("x", "http://user@b.localhost"), "Api - b ");
    }

    #[test]
    fn paths_are_decoded_once_and_not_normalised() {
        for (uri, expected) in [
            ("/", "Api - - "),
            ("/b", "Api - b "),
            ("/b/", "Api - b "),
            ("/b//a", "Api - b /a"),
            ("/b/a/../c", "Api - b a/../c"),
            ("/b/a%2Fb", "Api - b a/b"),
            ("/b/a%252Fb+c", "Api - b a%2Fb+c"),
            ("/b%2Fk", "Api - b k"),
            ("//k", "Api - - k"),
            ("/b/%00", "Api - b \0"),
            ("/b/%zz", "InvalidURI"),
            ("/b/%", "InvalidURI"),
            ("/b/%4", "InvalidURI"),
            ("*", "Api - * "),
        ] {
            assert_eq!(parse("localhost", uri), expected, "{uri}");
        }
    }
}
