//! From an outcome to the wire: the body of a refusal, the headers that every answer carries, log line and journal.

use std::borrow::Cow;

use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use hyper::ext::ReasonPhrase;
use spacelet_engine::Timestamp;

use crate::ResponseBody;
use crate::access_log::Answered;
use crate::aws_error::{Named, aws_body, with_headers};
use crate::error::{Detail, ErrorCode, S3Error, Shape};
use crate::explain::{EXPLAIN, header_value};
use crate::headers;
use crate::journal::{JournalEntry, shown_target};
use crate::response::{Response, XML};
use crate::service::{Shared, Trace};
use crate::target::Door;
use crate::xml::{Xml, escaped};

/// What Spaces says to a call that it does not offer (spaces-reference 6).
const NOT_OFFERED: &str = "Server does not support the functionality required to fulfill the request. Please see \
    https://developers.digitalocean.com/documentation/spaces/#aws-s3-compatibility";

/// Makes the answer.
pub(crate) fn finish(
    shared: &Shared,
    parts: &Parts,
    mut trace: Trace,
    outcome: Result<Response, S3Error>,
) -> http::Response<ResponseBody> {
    let settings = &shared.settings;
    let now = settings.wall.now();
    let region = trace.target.as_ref().and_then(|target| target.region.as_ref()).unwrap_or(&settings.region);
    let is_aws = settings.profile.is_aws;
    let (request_id, host_id) = match is_aws {
        true => trace.answer_ids.take().map_or_else(|| shared.ids.aws(), |ids| *ids),
        false if outcome.is_err() => (shared.ids.request_id(now.seconds(), region), shared.ids.host_id(region)),
        false => (shared.ids.request_id(now.seconds(), region), String::new()),
    };
    let (mut response, code, explanation) = match outcome {
        Ok(response) => (response, None, std::mem::take(&mut trace.notes).join("; ").into()),
        Err(error) => {
            let response = refusal(shared, &trace, &error, &request_id, &host_id);
            (response, Some(error), Cow::Borrowed(""))
        }
    };
    let shows_id = is_aws
        || code.as_ref().is_none_or(|error| !matches!(error.shape, Shape::Empty | Shape::Proxy | Shape::Limiter));
    let explanation: Cow<'_, str> = code.as_ref().map_or(explanation, |error| error.explanation.clone());
    if parts.method == Method::HEAD {
        response = response.without_body();
    }
    for (name, value) in std::mem::take(&mut trace.cors) {
        response.headers.insert(name, value);
    }
    if shows_id && let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers.insert(headers::REQUEST_ID, id);
    }
    if is_aws && let Ok(id) = HeaderValue::from_str(&host_id) {
        response.headers.insert(headers::HOST_ID, id);
    }
    if settings.explain && !explanation.is_empty() {
        response.headers.insert(EXPLAIN, header_value(&explanation));
    }
    if let (Some(logged), Some(target)) = (trace.logged.take(), &trace.target) {
        let answered = Answered {
            request_id: &request_id,
            host_id: if host_id.is_empty() { &shared.ids.host_id(region) } else { &host_id },
            status: response.status.as_u16(),
            code: code.as_ref().map(|error| error.code.name()),
            bytes: response.body.bytes(),
            took_ms: logged.took_ms(),
        };
        shared.access_logs.add(*logged, target, parts, &answered);
    }
    let stamp = Stamp { request_id: &request_id, at: now, status: response.status };
    record(shared, parts, trace, &stamp, code.as_ref(), &explanation);
    let mut answer = http::Response::new(response.body);
    *answer.status_mut() = response.status;
    if response.headers.contains_key(ETAG) {
        answer.extensions_mut().clone_from(&shared.spelled_etag);
    }
    if code.is_some_and(|error| error.code == ErrorCode::SlowDown) {
        answer.extensions_mut().insert(ReasonPhrase::from_static(b"Slow Down"));
    }
    *answer.headers_mut() = response.headers;
    answer
}

fn refusal(shared: &Shared, trace: &Trace, error: &S3Error, request_id: &str, host_id: &str) -> Response {
    let status = error.code.status();
    let is_aws = shared.settings.profile.is_aws;
    let headed = |response| match &error.detail {
        Some(detail) if is_aws => with_headers(response, detail),
        _ => response,
    };
    if error.code == ErrorCode::NotModified {
        return headed(Response::empty(status));
    }
    let target = trace.target.as_ref();
    let bucket = target.and_then(|target| target.bucket.as_deref());
    let is_shaped = error.shape == Shape::Limiter && !is_aws;
    if !is_shaped && target.is_some_and(|target| target.door == Door::Website) {
        let bucket = bucket.filter(|_| trace.is_admitted);
        return page(error, is_aws, bucket, request_id, host_id);
    }
    let mut xml = Xml::document(256);
    match error.shape {
        _ if is_aws => {
            let named = Named { bucket, key: target.map(|target| target.key.as_slice()), resource: &resource(trace) };
            aws_body(&mut xml, error, &named);
            xml.text("RequestId", request_id);
            xml.text("HostId", host_id);
        }
        Shape::Limiter => return limited(error),
        Shape::Empty => return Response::empty(status).header(CONTENT_LENGTH, HeaderValue::from(0)),
        Shape::Proxy => {
            xml = Xml::bare();
            xml.open("Error");
            xml.text("Code", error.code.name());
            xml.text("Message", "Access Denied.");
            xml.text("Resource", &resource(trace));
            xml.text("RequestId", "not available");
        }
        Shape::NotOffered => {
            xml = Xml::bare();
            xml.open("Error");
            xml.text("Code", error.code.name());
            xml.text("Message", NOT_OFFERED);
            xml.text("RequestId", request_id);
            xml.text("HostId", host_id);
        }
        Shape::Gateway => {
            xml.open("Error");
            xml.text("Code", error.code.name());
            xml.text("Message", error.message(is_aws));
            if let (Some(bucket), true) = (bucket, trace.is_admitted) {
                xml.text("BucketName", bucket);
            }
            xml.text("RequestId", request_id);
            xml.text("HostId", host_id);
        }
    }
    xml.close("Error");
    let mut response = Response::full(xml.finish()).status(status).header(CONTENT_TYPE, XML);
    if let Some(Detail::AppendPosition(position)) = error.detail.as_deref() {
        response = response.header(headers::NEXT_APPEND_POSITION, HeaderValue::from(*position));
    }
    headed(if is_aws { response } else { response.header(ACCEPT_RANGES, HeaderValue::from_static("bytes")) })
}

/// A refusal of the rate limiter's (spaces-reference 7.1, shape 5).
fn limited(error: &S3Error) -> Response {
    let (code, message) = (error.code.name(), error.message(false));
    let body = format!("<Error>\n<Code>{code}</Code>\n<Message>{message}</Message>\n</Error>");
    Response::full(body).status(error.code.status()).header(CONTENT_TYPE, XML)
}

/// A refusal for a website's visitor, in RGW's words; like RGW's it leaves its elements open.
fn page(error: &S3Error, is_aws: bool, bucket: Option<&str>, request_id: &str, host_id: &str) -> Response {
    let status = error.code.status();
    let reason = match status {
        // RGW still has the words of RFC 2616.
        StatusCode::RANGE_NOT_SATISFIABLE => "Requested Range Not Satisfiable",
        status => status.canonical_reason().unwrap_or_default(),
    };
    let title = format!("{} {reason}", status.as_u16());
    let mut html = format!("<html>\n <head><title>{title}</title></head>\n <body>\n  <h1>{title}</h1>\n  <ul>\n");
    let items = [
        ("Code", Some(error.code.name())),
        ("Message", Some(error.message(is_aws))),
        ("BucketName", bucket),
        ("RequestId", Some(request_id)),
        ("HostId", Some(host_id)),
    ];
    for (name, value) in items {
        if let Some(value) = value {
            html.push_str(&format!("   <li>{name}: {}</li>\n", escaped(value)));
        }
    }
    Response::full(html)
        .status(status)
        .header(ACCEPT_RANGES, HeaderValue::from_static("bytes"))
        .header(CONTENT_TYPE, HeaderValue::from_static("text/html"))
}

/// `Resource` of a refusal: `/`, or bucket and key.
fn resource(trace: &Trace) -> String {
    let Some(target) = &trace.target else { return "/".to_owned() };
    match &target.bucket {
        None => "/".to_owned(),
        Some(bucket) if target.key.is_empty() => bucket.clone(),
        Some(bucket) => format!("{bucket}/{}", String::from_utf8_lossy(&target.key)),
    }
}

/// How and when a request was answered.
struct Stamp<'a> {
    request_id: &'a str,
    at: Timestamp,
    status: StatusCode,
}

fn record(shared: &Shared, parts: &Parts, trace: Trace, stamp: &Stamp<'_>, error: Option<&S3Error>, explanation: &str) {
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    let code = error.map(|error| error.code.name());
    let operation = trace.operation;
    let (request_id, status) = (stamp.request_id, stamp.status.as_u16());
    match code {
        None => tracing::debug!(target: "spacelet::access", method, path, status, operation, request_id, explanation),
        Some(code) if code != ErrorCode::InternalError.name() => {
            tracing::info!(target: "spacelet::access", method, path, status, operation, request_id, code, explanation);
        }
        Some(code) => {
            tracing::error!(target: "spacelet::access", method, path, status, operation, request_id, code, explanation);
        }
    }
    if shared.journal.is_on() {
        shared.journal.add(JournalEntry {
            request_id: request_id.to_owned(),
            at: stamp.at,
            method: method.to_owned(),
            target: shown_target(path, parts.uri.query().unwrap_or_default()),
            bucket: trace.target.as_ref().and_then(|target| target.bucket.clone()),
            edge: None,
            operation,
            access_key: trace.access_key,
            status,
            code,
            explanation: explanation.to_owned(),
            canonical_request: trace.canonical_request,
        });
    }
}
