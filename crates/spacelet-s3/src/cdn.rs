//! The CDN's edge (spaces-reference 10): in front of the whole service, for the hosts `{bucket}.{region}.cdn.…` of Spaces
//! that have an endpoint, and for custom domains. Whole URLs are kept for the endpoint's TTL, unless the file says
//! otherwise itself; time is the world's.

mod cache;
mod host;

use bytes::Bytes;
use http::header::{
    AGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, IF_NONE_MATCH, ORIGIN, RANGE, SERVER, SET_COOKIE, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use spacelet_engine::{CdnEndpoint, Timestamp, World, new_uuid};

use crate::body::BodySource;
use crate::headers::REQUEST_ID;
use crate::journal::{JournalEntry, shown_target};
use crate::range::{Wanted, wanted};
use crate::service::Shared;
use crate::{ResponseBody, S3Service};

pub(crate) use cache::CdnCache;
use cache::{BODY_BYTES_MAX, Entry};

const STATUS: HeaderName = HeaderName::from_static("cf-cache-status");
const RAY: HeaderName = HeaderName::from_static("cf-ray");
const UUID: HeaderName = HeaderName::from_static("x-do-cdn-uuid");

/// What a file may depend on, as was seen of the service's edge (spaces-reference 4.6).
const VARIES: &str = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

/// A request that came to the edge.
pub(crate) struct Edge {
    endpoint: CdnEndpoint,
    /// Host, whole URL and Origin: under what the answer is kept; `None`: neither looked up nor kept.
    key: Option<String>,
    path: String,
    now: Timestamp,
    /// What was purged since is not kept.
    generation: u64,
}

/// The edge that a request came to; `None`, after a look at the host, for every other request.
pub(crate) fn edge_of(shared: &Shared, parts: &Parts) -> Option<Edge> {
    let host = host::of(parts)?;
    let world = shared.settings.engine.world();
    let endpoint = host::endpoint(shared, &world, &host)?;
    Some(Edge::new(shared, &world, endpoint, &host, parts))
}

impl Edge {
    fn new(shared: &Shared, world: &World, endpoint: CdnEndpoint, host: &str, parts: &Parts) -> Self {
        let path_and_query = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let origin = parts.headers.get(ORIGIN).map(|origin| origin.as_bytes()).unwrap_or_default();
        let origin = String::from_utf8_lossy(origin);
        let path = parts.uri.path().trim_start_matches('/');
        let is_read = matches!(parts.method, Method::GET | Method::HEAD);
        let is_kept = is_read && !path.is_empty() && !is_signed(parts);
        Self {
            key: is_kept.then(|| format!("{} {} {path_and_query} {origin}", endpoint.id, host.to_ascii_lowercase())),
            path: percent_decode_str(path).decode_utf8_lossy().into_owned(),
            endpoint,
            now: world.clock().now(),
            generation: shared.cdn.generation(),
        }
    }

    /// Answers from the cache, or from the origin and keeps what may be kept.
    pub(crate) async fn answer(
        self,
        service: &S3Service,
        parts: &Parts,
        source: &mut BodySource,
    ) -> Response<ResponseBody> {
        let shared = service.shared();
        let range = parts.headers.get(RANGE).and_then(|range| range.to_str().ok());
        // A range that the file does not have is the origin's to refuse.
        let kept = self.kept(&shared.cdn).filter(|entry| wanted(range, entry.body.len() as u64).is_ok());
        if let Some(entry) = kept {
            let response = self.hit(&entry, parts);
            self.record(shared, parts, &response);
            return response;
        }
        let mut parts = parts.clone();
        host::swap(&mut parts, &self.endpoint);
        let is_whole = parts.method == Method::GET && !parts.headers.contains_key(RANGE);
        let response = service.origin(&parts, source).await;
        let response = self.miss(&shared.cdn, response, is_whole).await;
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        if let (Some(id), Some(edge)) = (text(REQUEST_ID), text(STATUS)) {
            shared.journal.mark_edge(id, edge);
        }
        response
    }

    /// The origin is not asked, so that it writes no line of its own.
    fn record(&self, shared: &Shared, parts: &Parts, response: &Response<ResponseBody>) {
        let operation = if parts.method == Method::HEAD { "HeadObject" } else { "GetObject" };
        let (method, path, status) = (parts.method.as_str(), parts.uri.path(), response.status().as_u16());
        tracing::debug!(target: "spacelet::access", method, path, status, operation, edge = "HIT");
        if !shared.journal.is_on() {
            return;
        }
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        shared.journal.add(JournalEntry {
            request_id: text(RAY).unwrap_or_default(),
            at: shared.settings.wall.now(),
            method: method.to_owned(),
            target: shown_target(path, parts.uri.query().unwrap_or_default()),
            bucket: Some(self.endpoint.bucket.as_str().to_owned()),
            edge: text(STATUS),
            operation,
            access_key: None,
            status,
            code: None,
            explanation: String::new(),
            canonical_request: None,
        });
    }

    fn kept(&self, cache: &CdnCache) -> Option<Entry> {
        let entry = cache.get(self.key.as_deref()?)?;
        let age_s = age_s(&entry, self.now);
        let ttl_s = entry.max_age_s.unwrap_or(u64::from(self.endpoint.ttl_s));
        (0..i64::try_from(ttl_s).unwrap_or(i64::MAX)).contains(&age_s).then_some(entry)
    }

    fn hit(&self, entry: &Entry, parts: &Parts) -> Response<ResponseBody> {
        let mut response = Response::new(ResponseBody::empty());
        *response.headers_mut() = entry.headers.clone();
        response.headers_mut().insert(AGE, age_s(entry, self.now).into());
        self.mark(response.headers_mut(), "HIT");
        let etag = entry.headers.get(http::header::ETAG);
        if etag.is_some_and(|etag| is_named(parts.headers.get(IF_NONE_MATCH), etag)) {
            response.headers_mut().remove(CONTENT_LENGTH);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else if parts.method == Method::GET {
            write_body(&mut response, &entry.body, &parts.headers);
        }
        response
    }

    /// Marks the origin's answer; keeps it where it is a whole public file that fits.
    async fn miss(
        &self,
        cache: &CdnCache,
        mut response: Response<ResponseBody>,
        is_whole: bool,
    ) -> Response<ResponseBody> {
        let is_file = matches!(response.status(), StatusCode::OK | StatusCode::PARTIAL_CONTENT);
        let Some(key) = self.key.clone().filter(|_| is_file) else {
            self.mark(response.headers_mut(), "DYNAMIC");
            return response;
        };
        let own = own_rule(response.headers());
        if own == Own::Never || response.headers().contains_key(SET_COOKIE) {
            self.mark(response.headers_mut(), "BYPASS");
            return response;
        }
        response.headers_mut().insert(VARY, HeaderValue::from_static(VARIES));
        if own == Own::Nothing {
            response.headers_mut().insert(CACHE_CONTROL, max_age(self.endpoint.ttl_s));
        }
        self.mark(response.headers_mut(), "MISS");
        if !is_whole || response.status() != StatusCode::OK || !fits(response.body()) {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        let Ok(body) = body.collect().await else { return bad_gateway() };
        let body = body.to_bytes();
        parts.headers.insert(CONTENT_LENGTH, body.len().into());
        let entry = Entry {
            headers: parts.headers.clone(),
            body: body.clone(),
            stored: self.now,
            max_age_s: if let Own::For(seconds) = own { Some(seconds) } else { None },
            endpoint: self.endpoint.id.clone(),
            path: self.path.clone(),
        };
        cache.put(key, entry, self.generation);
        Response::from_parts(parts, ResponseBody::full(body))
    }

    fn mark(&self, headers: &mut HeaderMap, status: &'static str) {
        headers.insert(STATUS, HeaderValue::from_static(status));
        headers.insert(SERVER, HeaderValue::from_static("cloudflare"));
        let ray: String = new_uuid().chars().filter(|&c| c != '-').take(16).collect();
        let texts = [(RAY, format!("{ray}-{}", self.endpoint.region.as_str())), (UUID, self.endpoint.id.clone())];
        for (name, text) in texts {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        }
    }
}

/// What a file's own Cache-Control says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    /// Nothing about how long.
    Nothing,
    /// So many seconds.
    For(u64),
    /// Not to be kept.
    Never,
}

fn own_rule(headers: &HeaderMap) -> Own {
    let text = headers.get(CACHE_CONTROL).map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
    let Some(text) = text else { return Own::Nothing };
    let rules = || text.split(',').map(str::trim);
    if rules().any(|rule| matches!(rule, "no-store" | "no-cache" | "private")) {
        return Own::Never;
    }
    let seconds = |name: &str| rules().find_map(|rule| rule.strip_prefix(name)?.trim_matches('"').parse::<u64>().ok());
    match seconds("s-maxage=").or_else(|| seconds("max-age=")) {
        Some(0) => Own::Never,
        Some(seconds) => Own::For(seconds),
        None => Own::Nothing,
    }
}

fn max_age(ttl_s: u32) -> HeaderValue {
    HeaderValue::from_str(&format!("max-age={ttl_s}")).unwrap_or(HeaderValue::from_static("max-age=3600"))
}

// DIFFERS: a file over 8 MiB is not kept, so that memory is bounded; the service keeps it.
fn fits(body: &ResponseBody) -> bool {
    body.size_hint().exact().is_some_and(|length| length <= BODY_BYTES_MAX as u64)
}

fn is_signed(parts: &Parts) -> bool {
    let query = parts.uri.query().unwrap_or_default();
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    parts.headers.contains_key(AUTHORIZATION)
        || names.into_iter().any(|name| name.eq_ignore_ascii_case("x-amz-signature") || name == "Signature")
}

fn age_s(entry: &Entry, now: Timestamp) -> i64 {
    now.0.saturating_sub(entry.stored.0).div_euclid(1_000)
}

fn is_named(condition: Option<&HeaderValue>, etag: &HeaderValue) -> bool {
    let text = condition.map(|value| String::from_utf8_lossy(value.as_bytes())).unwrap_or_default();
    text.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == "*" || tag.as_bytes() == etag)
}

/// The whole body, or the range that is asked for.
fn write_body(response: &mut Response<ResponseBody>, body: &Bytes, asked: &HeaderMap) {
    let whole = body.len() as u64;
    let range = asked.get(RANGE).and_then(|range| range.to_str().ok());
    let Ok(Wanted::Part(part)) = wanted(range, whole) else {
        *response.body_mut() = ResponseBody::full(body.clone());
        return;
    };
    let (from, to) = (usize::try_from(part.start).unwrap_or(0), usize::try_from(part.end).unwrap_or(0));
    let body = body.get(from..to).map(|slice| body.slice_ref(slice)).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, body.len().into());
    let shown = format!("bytes {}-{}/{whole}", part.start, part.end.saturating_sub(1));
    if let Ok(value) = HeaderValue::from_str(&shown) {
        headers.insert(http::header::CONTENT_RANGE, value);
    }
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    *response.body_mut() = ResponseBody::full(body);
}

/// The origin's body ended early.
fn bad_gateway() -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &'static str) -> Own {
        own_rule(&[(CACHE_CONTROL, HeaderValue::from_static(text))].into_iter().collect())
    }

    #[test]
    fn a_files_own_rule() {
        assert_eq!(own_rule(&HeaderMap::new()), Own::Nothing);
        assert_eq!(rule("public"), Own::Nothing);
        assert_eq!(rule("public, max-age=30"), Own::For(30));
        assert_eq!(rule("max-age=30, S-MaxAge=5"), Own::For(5));
        assert_eq!(rule("max-age=0"), Own::Never);
        assert_eq!(rule("Private, max-age=30"), Own::Never);
        assert_eq!(rule("no-store"), Own::Never);
    }
}
