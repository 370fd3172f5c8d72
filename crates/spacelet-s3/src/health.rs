//! Health on the S3 port: `_` is not legal in a bucket name, so `/_spacelet/` is ours (design: listeners and names).

use std::sync::atomic::Ordering;

use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use spacelet_engine::BucketName;

use crate::ResponseBody;
use crate::response::Response;
use crate::service::Shared;

/// Answers a health request; `None` for anything else.
///
/// MinIO's paths are served unsigned, while no bucket `minio` exists: fixtures made for MinIO wait for them.
pub(crate) fn answer(shared: &Shared, parts: &Parts) -> Option<http::Response<ResponseBody>> {
    let path = parts.uri.path();
    let (is_ours, probe) = match path.strip_prefix("/_spacelet/health/") {
        Some(probe) => (true, probe),
        None => (false, path.strip_prefix("/minio/health/")?),
    };
    let is_ready = shared.settings.ready.load(Ordering::Acquire);
    let is_well = match probe {
        "live" => true,
        "ready" => is_ready,
        "cluster" | "cluster/read" if !is_ours => is_ready,
        _ => return None,
    };
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return None;
    }
    if !is_ours && (parts.headers.contains_key(AUTHORIZATION) || parts.uri.query().is_some() || has_minio(shared)) {
        return None;
    }
    let status = if is_well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let text = if is_well { "ok\n" } else { "not ready\n" };
    let response = if parts.method == Method::HEAD {
        Response::empty(status).header(CONTENT_LENGTH, HeaderValue::from(text.len()))
    } else {
        Response::full(text).status(status)
    };
    let response = response.header(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    let mut answer = http::Response::new(response.body);
    *answer.status_mut() = response.status;
    *answer.headers_mut() = response.headers;
    Some(answer)
}

fn has_minio(shared: &Shared) -> bool {
    let name = BucketName::parse("minio").ok();
    let found = name.map(|name| shared.settings.engine.world().bucket(&name));
    matches!(found, Some(Ok(Some(_)) | Err(_)))
}
