//! Links to files: their address, and presigned ones for downloads, previews and Quick Share.

use axum::http::HeaderMap;
use axum::http::header::HOST;
use spacelet_engine::{AccessKey, Bucket, KeyGrant, KeyPermission};
use spacelet_sigv4::Head;
use spacelet_sigv4::sign::{Credentials, presign_v4};

use super::text::{escaped, escaped_path, last_name};
use super::visit::{PanelError, Visit};

/// How long links for downloads and previews are good, in seconds.
pub(crate) const SHORT_S: u32 = 3_600;

/// A file's address on the S3 port.
pub(crate) fn url(visit: &Visit, bucket: &Bucket, key: &str) -> String {
    format!("{}/{}/{}", visit.settings().s3_url, bucket.name, escaped_path(key))
}

/// The host of a Space's CDN endpoint on this machine; its custom domain where it has one.
pub(crate) fn cdn_url(visit: &Visit, bucket: &Bucket) -> Result<Option<String>, PanelError> {
    let Some(endpoint) = visit.world.cdn_of_bucket(&bucket.name)? else { return Ok(None) };
    let (scheme, host) = split(&visit.settings().s3_url);
    let port = host.rsplit_once(':').map(|(_, port)| format!(":{port}")).unwrap_or_default();
    let name = endpoint.custom_domain;
    let name = name.unwrap_or_else(|| format!("{}.{}.cdn.localhost", bucket.name, bucket.region.as_str()));
    Ok(Some(format!("{scheme}://{name}{port}")))
}

/// A link with which anybody reads a file for a while, in world time.
pub(crate) async fn shared(
    visit: &Visit,
    bucket: &Bucket,
    key: &str,
    seconds: u32,
    query: &str,
) -> Result<String, PanelError> {
    let signer = signing_key(visit).await?;
    let s3_url = &visit.settings().s3_url;
    let (_, host) = split(s3_url);
    let path = format!("/{}/{}", bucket.name, escaped_path(key));
    let mut headers = HeaderMap::new();
    headers.insert(HOST, host.parse().map_err(|_header| PanelError::wrong("The public URL's host is no host."))?);
    let head = Head { method: "GET", path: &path, query, headers: &headers, host_bucket: None };
    let credentials = Credentials {
        access_key: signer.id.as_str(),
        secret: signer.secret.reveal(),
        region: visit.settings().region.as_str(),
    };
    let query = presign_v4(&head, &credentials, visit.world.clock().now().seconds(), seconds);
    Ok(format!("{s3_url}{path}?{query}"))
}

/// A link that saves the file under its own name.
pub(crate) async fn download(
    visit: &Visit,
    bucket: &Bucket,
    key: &str,
    version: Option<&str>,
) -> Result<String, PanelError> {
    let name = escaped(last_name(key));
    let mut query =
        format!("response-content-disposition={}", escaped(&format!("attachment; filename*=UTF-8''{name}")));
    if let Some(version) = version {
        query.push_str(&format!("&versionId={}", escaped(version)));
    }
    shared(visit, bucket, key, SHORT_S, &query).await
}

/// The account's oldest full key; where it has none left, one is made, and seen on the API page like any other.
pub(crate) async fn signing_key(visit: &Visit) -> Result<AccessKey, PanelError> {
    let is_full = |key: &AccessKey| key.grants.iter().any(|grant| grant.permission == KeyPermission::FullAccess);
    if let Some(key) = visit.world.keys_of(&visit.account)?.into_iter().find(is_full) {
        return Ok(key);
    }
    let grants = vec![KeyGrant { bucket: String::new(), permission: KeyPermission::FullAccess }];
    let keys_max = visit.settings().keys_max;
    let made = visit.world.issue_key(&visit.account, "Links made in the panel".to_owned(), grants, keys_max).await;
    made.map_err(|refusal| crate::ApiError::from(refusal).into())
}

/// Scheme and host of a URL without a path.
pub(crate) fn split(url: &str) -> (&str, &str) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    (scheme, rest.split('/').next().unwrap_or(rest))
}
