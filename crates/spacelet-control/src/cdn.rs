//! `/v2/cdn/endpoints` (spaces-reference 8.2). The edge itself is on the S3 port.

mod names;

use serde::{Deserialize, Serialize};
use spacelet_engine::{CdnChange, CdnEndpoint, CdnRefusal, NewCdnEndpoint};

use crate::ApiError;
use crate::ask::{Answer, Ask};
use crate::page::Page;
use crate::stamp::stamp;

/// The TTLs that an endpoint may have, in seconds.
const TTLS_S: [u32; 5] = [60, 600, 3_600, 86_400, 604_800];
/// What is meant by none, null and 0.
pub(crate) const TTL_DEFAULT_S: u32 = 3_600;
/// A certificate that Cloudflare would have to make: taken as it is, and shown again.
const CLOUDFLARE: &str = "needs-cloudflare-cert";
/// Files of one purge.
const FILES_MAX: usize = 1_000;
/// The longest path of a purge, in bytes.
const FILE_BYTES_MAX: usize = 2_048;

/// A create's or an update's body; clients write `null`, `""` and `0` for what they do not mean.
#[derive(Deserialize)]
struct Body {
    origin: Option<String>,
    ttl: Option<i64>,
    certificate_id: Option<String>,
    custom_domain: Option<String>,
}

#[derive(Deserialize)]
struct Files {
    files: Vec<String>,
}

#[derive(Serialize)]
struct One {
    endpoint: Endpoint,
}

#[derive(Serialize)]
struct Endpoint {
    id: String,
    origin: String,
    endpoint: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_domain: Option<String>,
    ttl: u32,
}

impl Endpoint {
    fn of(endpoint: CdnEndpoint) -> Self {
        Self {
            endpoint: format!("{}.{}.cdn.digitaloceanspaces.com", endpoint.bucket, endpoint.region.as_str()),
            id: endpoint.id,
            origin: endpoint.origin,
            created_at: stamp(endpoint.created),
            certificate_id: endpoint.certificate_id,
            custom_domain: endpoint.custom_domain,
            ttl: endpoint.ttl_s,
        }
    }
}

pub(crate) async fn list(ask: Ask) -> Result<Answer, ApiError> {
    let endpoints = ask.world.cdn_endpoints_of(&ask.account)?;
    Answer::ok(&Page::of("endpoints", endpoints.into_iter().map(Endpoint::of).collect(), &ask)?)
}

pub(crate) async fn create(ask: Ask) -> Result<Answer, ApiError> {
    let body: Body = ask.json()?;
    let ttl_s = ttl(body.ttl)?;
    let origin = body.origin.unwrap_or_default();
    let bucket = names::origin_bucket(&ask, &origin)?.ok_or(CdnRefusal::NoSuchSpace)?;
    let (custom_domain, certificate_id) = domain(&ask, body.custom_domain, body.certificate_id)?;
    let account = ask.account.clone();
    let new = NewCdnEndpoint {
        account,
        bucket: bucket.name,
        region: bucket.region,
        origin,
        ttl_s,
        certificate_id,
        custom_domain,
    };
    Answer::created(&One { endpoint: Endpoint::of(ask.world.create_cdn_endpoint(new).await?) })
}

pub(crate) async fn get(ask: Ask) -> Result<Answer, ApiError> {
    Answer::ok(&One { endpoint: Endpoint::of(existing(&ask)?) })
}

/// What is left out stays; an empty `custom_domain` takes the domain away.
pub(crate) async fn update(ask: Ask) -> Result<Answer, ApiError> {
    let endpoint = existing(&ask)?;
    let body: Body = ask.json()?;
    let change = CdnChange {
        ttl_s: body.ttl.map(|ttl_s| ttl(Some(ttl_s))).transpose()?,
        domain: match (body.custom_domain, body.certificate_id) {
            (None, None) => None,
            // A certificate alone is a new one for the domain that is there.
            (None, certificate) => Some(domain(&ask, endpoint.custom_domain, certificate)?),
            (Some(name), certificate) => Some(domain(&ask, Some(name), certificate)?),
        },
    };
    let endpoint = ask.world.update_cdn_endpoint(&ask.account, ask.name(), change).await?;
    Answer::ok(&One { endpoint: Endpoint::of(endpoint) })
}

pub(crate) async fn delete(ask: Ask) -> Result<Answer, ApiError> {
    let endpoint = ask.world.delete_cdn_endpoint(&ask.account, ask.name()).await?;
    (ask.settings().purge)(&endpoint, &["*".to_owned()]);
    Ok(Answer::NOTHING)
}

/// Takes files out of the cache: paths, directories (`css/*`), or everything (`*`).
pub(crate) async fn purge(ask: Ask) -> Result<Answer, ApiError> {
    let endpoint = existing(&ask)?;
    let Files { files } = ask.json()?;
    if files.is_empty() || files.len() > FILES_MAX || !files.iter().all(|file| is_purgeable(file)) {
        return Err(ApiError::unprocessable(
            "files must hold 1 to 1000 paths; a path may end in a slash and an asterisk, and * alone is every file",
        ));
    }
    let now_s = ask.world.clock().now().seconds();
    let is_within = ask.shared.rates.count_purged(&ask.token_id, files.len() as u64, now_s);
    if !is_within && ask.settings().enforce_rates {
        return Err(ApiError::TOO_MANY);
    }
    (ask.settings().purge)(&endpoint, &files);
    Ok(Answer::NOTHING)
}

pub(crate) fn is_purgeable(file: &str) -> bool {
    let path = file.strip_suffix('*').unwrap_or(file);
    let is_directory = file == "*" || !file.ends_with('*') || path.ends_with('/');
    !file.is_empty() && file.len() <= FILE_BYTES_MAX && is_directory && !path.contains('*')
}

fn existing(ask: &Ask) -> Result<CdnEndpoint, ApiError> {
    let endpoints = ask.world.cdn_endpoints_of(&ask.account)?;
    let found = endpoints.into_iter().find(|endpoint| endpoint.id == ask.name());
    found.filter(|endpoint| has_settled(ask, endpoint)).ok_or(ApiError::NOT_FOUND)
}

/// A new endpoint is not found for a while (Terraform's provider tries for 30 s), where the settings say so.
fn has_settled(ask: &Ask, endpoint: &CdnEndpoint) -> bool {
    let age_ms = ask.world.clock().now().0.saturating_sub(endpoint.created.0);
    // The clock may have been moved back since.
    u128::try_from(age_ms).map_or(true, |age_ms| age_ms >= ask.settings().endpoints_settle.as_millis())
}

fn ttl(given: Option<i64>) -> Result<u32, ApiError> {
    let wanted = given.filter(|&ttl_s| ttl_s != 0).unwrap_or(TTL_DEFAULT_S.into());
    let found = TTLS_S.into_iter().find(|&ttl_s| i64::from(ttl_s) == wanted);
    found.ok_or_else(|| ApiError::unprocessable("ttl must be one of 60, 600, 3600, 86400, 604800"))
}

/// The custom domain, in lower case, and its certificate, both checked.
fn domain(
    ask: &Ask,
    name: Option<String>,
    certificate: Option<String>,
) -> Result<(Option<String>, Option<String>), ApiError> {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok((None, None)) };
    let name = name.to_ascii_lowercase();
    if !names::may_be_custom(&name, &ask.settings().domains) {
        return Err(ApiError::unprocessable("invalid custom domain"));
    }
    let id = certificate.filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| ApiError::unprocessable("a custom domain needs a certificate_id"))?;
    if id != CLOUDFLARE {
        let known = ask.world.certificate(&ask.account, &id)?;
        let covers = known.is_some_and(|known| known.dns_names.iter().any(|pattern| names::covers(pattern, &name)));
        if !covers {
            return Err(ApiError::unprocessable("invalid certificate for the custom domain"));
        }
    }
    Ok((Some(name), Some(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_purged() {
        for file in ["*", "a.png", "css/*", "a/b/*", "/a", "a b/ü"] {
            assert!(is_purgeable(file), "{file}");
        }
        for file in ["", "a*", "*.png", "css/**", "*/a", "a/*/b"] {
            assert!(!is_purgeable(file), "{file}");
        }
    }

    #[test]
    fn ttls() {
        assert_eq!((ttl(None), ttl(Some(0)), ttl(Some(60))), (Ok(3_600), Ok(3_600), Ok(60)));
        assert!(ttl(Some(1_800)).is_err() && ttl(Some(-60)).is_err());
    }
}
