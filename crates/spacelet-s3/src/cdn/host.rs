//! Which endpoint a host belongs to, and what the origin is told instead.

use std::net::Ipv4Addr;

use http::header::HOST;
use http::request::Parts;
use http::{HeaderValue, Uri};
use spacelet_engine::{BucketName, CdnEndpoint, World};

use crate::service::Shared;
use crate::target::{Door, HostRead, without_port};

/// What a CDN's host has behind bucket and region.
const CDN: &str = ".cdn.";
const DOMAIN: &str = "digitaloceanspaces.com";

/// The host of a request that may have come to an edge. Most have not, which a look at its form tells: addresses and
/// names of one label.
pub(super) fn of(parts: &Parts) -> Option<String> {
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    let host = authority.or_else(|| parts.headers.get(HOST)?.to_str().ok())?;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let may_be = name.contains('.') && !name.starts_with('[') && name.parse::<Ipv4Addr>().is_err();
    may_be.then(|| host.to_owned())
}

/// The endpoint of a CDN host or of a custom domain.
pub(super) fn endpoint(shared: &Shared, world: &World, host: &str) -> Option<CdnEndpoint> {
    let host = without_port(host);
    let found = match shared.hosts.read(host) {
        HostRead { door: Door::Cdn, region: Some(region), bucket: Some(bucket), .. } => {
            let name = BucketName::parse(bucket).ok()?;
            world.cdn_of_bucket(&name).map(|found| found.filter(|endpoint| endpoint.region == region))
        }
        HostRead { door: Door::Api, region: None, bucket: None, is_global: false } => {
            world.cdn_of_domain(&host.trim_end_matches('.').to_ascii_lowercase())
        }
        _ => return None,
    };
    found.unwrap_or_else(|error| {
        tracing::error!(%error, "the CDN's endpoints cannot be read");
        None
    })
}

/// Names the CDN's door in the target and the origin in the Host header: the first decides what is allowed, the second is
/// what a link was signed for before its host was swapped.
pub(super) fn swap(parts: &mut Parts, endpoint: &CdnEndpoint) {
    let asked = parts.uri.authority().map(|authority| authority.as_str().to_owned());
    let asked = asked.or_else(|| parts.headers.get(HOST)?.to_str().ok().map(str::to_owned)).unwrap_or_default();
    let (cdn, origin) = hosts(endpoint, &asked);
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if let (Ok(uri), Ok(host)) =
        (Uri::builder().scheme("http").authority(cdn).path_and_query(path).build(), HeaderValue::from_str(&origin))
    {
        parts.uri = uri;
        parts.headers.insert(HOST, host);
    }
}

/// The CDN's host and the origin's. A CDN host keeps its domain and port; a custom domain has neither, so that
/// DigitalOcean's stand for it.
fn hosts(endpoint: &CdnEndpoint, asked: &str) -> (String, String) {
    let own = endpoint.custom_domain.as_deref();
    let is_own = own.is_some_and(|own| without_port(asked).trim_end_matches('.').eq_ignore_ascii_case(own));
    let space = format!("{}.{}", endpoint.bucket, endpoint.region.as_str());
    let origin = asked.split_at_checked(space.len()).and_then(|(head, rest)| {
        let (label, rest) = rest.split_at_checked(CDN.len())?;
        let is_cdns = head.eq_ignore_ascii_case(&space) && label.eq_ignore_ascii_case(CDN);
        is_cdns.then(|| format!("{head}.{rest}"))
    });
    match origin.filter(|_| !is_own) {
        Some(origin) => (asked.to_owned(), origin),
        None => (format!("{space}{CDN}{DOMAIN}"), format!("{space}.{DOMAIN}")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use spacelet_engine::{AccountId, Region, Timestamp};

    use super::*;

    #[test]
    fn the_origin_of_each_host() {
        for (bucket, domain, asked, cdn, origin) in [
            ("box", None, "box.nyc3.cdn.localhost:9000", "box.nyc3.cdn.localhost:9000", "box.nyc3.localhost:9000"),
            (
                "box",
                None,
                "BOX.NYC3.CDN.digitaloceanspaces.com.",
                "BOX.NYC3.CDN.digitaloceanspaces.com.",
                "BOX.NYC3.digitaloceanspaces.com.",
            ),
            ("x.cdn.y", None, "x.cdn.y.nyc3.cdn.localhost", "x.cdn.y.nyc3.cdn.localhost", "x.cdn.y.nyc3.localhost"),
            (
                "box",
                Some("files.cdn.example"),
                "files.cdn.example:9000",
                "box.nyc3.cdn.digitaloceanspaces.com",
                "box.nyc3.digitaloceanspaces.com",
            ),
            (
                "box",
                Some("box.nyc3.cdn.example"),
                "box.nyc3.cdn.example",
                "box.nyc3.cdn.digitaloceanspaces.com",
                "box.nyc3.digitaloceanspaces.com",
            ),
        ] {
            let endpoint = CdnEndpoint {
                id: String::new(),
                account: AccountId::new("1"),
                bucket: BucketName::parse(bucket).unwrap(),
                region: Region::new("nyc3"),
                origin: String::new(),
                ttl_s: 3600,
                certificate_id: None,
                custom_domain: domain.map(str::to_owned),
                created: Timestamp(0),
            };
            let mut parts = http::Request::get("/k?x").header(HOST, asked).body(()).unwrap().into_parts().0;
            swap(&mut parts, &endpoint);
            assert_eq!(parts.uri.to_string(), format!("http://{cdn}/k?x"));
            assert_eq!(parts.headers.get(HOST).unwrap(), origin);
        }
    }
}
