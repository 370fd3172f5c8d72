//! Which endpoint a host belongs to, and what the origin is told instead.

use std::net::Ipv4Addr;

use http::header::HOST;
use http::request::Parts;
use http::{HeaderValue, Request, Uri};
use spacelet_engine::{BucketName, CdnEndpoint, World};

use crate::service::Shared;
use crate::target::{Door, Target};

/// The host of a request that may have come to an edge. Most have not, which a look at its form tells: addresses and
/// names of one label.
pub(super) fn of<B>(request: &Request<B>) -> Option<String> {
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let host = authority.or_else(|| request.headers().get(HOST)?.to_str().ok())?;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let may_be = name.contains('.') && !name.starts_with('[') && name.parse::<Ipv4Addr>().is_err();
    may_be.then(|| host.to_owned())
}

/// The endpoint of a CDN host or of a custom domain.
pub(super) fn endpoint(shared: &Shared, world: &World, host: &str) -> Option<CdnEndpoint> {
    let target = Target::parse(&shared.hosts, &Uri::from_static("/"), Some(host.as_bytes())).ok()?;
    let found = match (target.door, target.bucket, target.region) {
        (Door::Cdn, Some(bucket), Some(region)) => {
            let name = BucketName::parse(&bucket).ok()?;
            world.cdn_of_bucket(&name).map(|found| found.filter(|endpoint| endpoint.region == region))
        }
        (Door::Api, None, None) => world.cdn_of_domain(&target.host.trim_end_matches('.').to_ascii_lowercase()),
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
    let (bucket, region) = (&endpoint.bucket, endpoint.region.as_str());
    let lower = asked.to_ascii_lowercase();
    let (cdn, origin) = match lower.find(".cdn.") {
        Some(at) if Some(lower.as_str()) != endpoint.custom_domain.as_deref() => {
            let (head, tail) = asked.split_at(at);
            (asked.clone(), format!("{head}{}", tail.get(4..).unwrap_or_default()))
        }
        _ => {
            let origin = format!("{bucket}.{region}.digitaloceanspaces.com");
            (format!("{bucket}.{region}.cdn.digitaloceanspaces.com"), origin)
        }
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if let (Ok(uri), Ok(host)) =
        (Uri::builder().scheme("http").authority(cdn).path_and_query(path).build(), HeaderValue::from_str(&origin))
    {
        parts.uri = uri;
        parts.headers.insert(HOST, host);
    }
}
