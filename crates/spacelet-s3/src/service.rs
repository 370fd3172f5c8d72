//! START HERE: a request's whole life, top to bottom, and the only exit for refusals.

use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::Either;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, EXPECT, HOST};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body::Body;
use spacelet_engine::{EngineError, Timestamp, World};
use spacelet_sigv4::SigningKeys;
use tokio::sync::Semaphore;

use crate::access_log::{AccessLogs, Delivered, Logged};
use crate::auth::{Admission, admit};
use crate::body::{BodySource, BoxError, RequestBody};
use crate::cdn::{self, CdnCache};
use crate::checksum;
use crate::circumstances::Circumstances;
use crate::cors::{self, CorsHeaders};
use crate::error::{ErrorCode, S3Error, Shape};
use crate::facts::gather;
use crate::finish::finish;
use crate::header_case::spelled_etag;
use crate::ids::Ids;
use crate::journal::{Journal, JournalEntry};
use crate::operation::{Operation, Row, Scope, Subject, find};
use crate::ops::{self, Answer};
use crate::policy::PolicyCache;
use crate::query::Query;
use crate::rates::{Limiter, Writing};
use crate::request::{AnswerIds, FormSigner, Notes, Request};
use crate::response::Response;
use crate::settling::Unsettled;
use crate::signed_headers::read_from_link;
use crate::sweep::{Sweeping, Swept, sweep};
use crate::target::{Door, HostNames, Target};
use crate::visit::visit;
use crate::{Profile, ResponseBody, S3Settings, health};

/// S3's wire over an engine: a [`tower::Service`] for any HTTP server. Cloning is cheap; clones share everything.
#[derive(Clone)]
pub struct S3Service {
    shared: Arc<Shared>,
}

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) settings: S3Settings,
    pub(crate) hosts: HostNames,
    pub(crate) signing_keys: SigningKeys,
    pub(crate) ids: Ids,
    /// Given to answers with an ETag.
    pub(crate) spelled_etag: http::Extensions,
    pub(crate) journal: Journal,
    /// Lines of access logs that wait to be delivered.
    pub(crate) access_logs: AccessLogs,
    /// What the CDN's edge keeps.
    pub(crate) cdn: CdnCache,
    /// Bucket policies, parsed.
    pub(crate) policies: PolicyCache,
    /// A turn for each read that runs on a blocking thread.
    pub(crate) blocking_reads: Semaphore,
    /// When lifecycle rules were applied last, by the world's clock.
    swept_ms: AtomicI64,
    /// Where rates are enforced.
    pub(crate) limiter: Option<Arc<Limiter>>,
    /// Changes that are not known everywhere yet.
    pub(crate) unsettled: Unsettled,
}

/// What was learned about a request on its way, for its answer, its log line and the journal.
#[derive(Default)]
pub(crate) struct Trace {
    pub(crate) target: Option<Arc<Target>>,
    /// Request id and host id, where an event told of them already.
    pub(crate) answer_ids: Option<Box<(String, String)>>,
    /// Set once the caller was admitted: from then on refusals name the bucket, as RGW's do.
    pub(crate) is_admitted: bool,
    /// Set once the caller was admitted: what a page of the request's origin may see, on refusals too.
    pub(crate) cors: CorsHeaders,
    pub(crate) operation: &'static str,
    pub(crate) access_key: Option<String>,
    pub(crate) canonical_request: Option<String>,
    pub(crate) notes: Vec<String>,
    /// Set once a bucket is known that logs its requests.
    pub(crate) logged: Option<Box<Logged>>,
    /// A turn to write one object, where rates are enforced.
    pub(crate) writing: Option<Box<Writing>>,
}

impl Trace {
    /// Learns who sent a form.
    fn sent_by(&mut self, signer: &FormSigner) {
        if let Some(logged) = &mut self.logged {
            logged.requester = Some(signer.account.clone());
        }
        self.access_key = Some(signer.access_key.clone());
    }

    fn keep(&mut self, notes: &Mutex<Vec<String>>) {
        if let Ok(mut notes) = notes.lock() {
            self.notes.append(&mut notes);
        }
    }
}

impl S3Service {
    /// A service over `settings.engine`.
    #[must_use]
    pub fn new(settings: S3Settings) -> Self {
        let shared = Shared {
            hosts: HostNames::new(&settings.domains, &settings.region, &settings.profile),
            signing_keys: SigningKeys::new(),
            ids: Ids::new(),
            spelled_etag: spelled_etag(),
            access_logs: AccessLogs::default(),
            policies: PolicyCache::default(),
            cdn: CdnCache::default(),
            journal: Journal::new(settings.limits.journal_entries_max),
            swept_ms: AtomicI64::new(settings.engine.world().clock().now().0),
            blocking_reads: Semaphore::new(settings.limits.blocking_reads_max.max(1)),
            limiter: settings.rates.map(Limiter::new),
            unsettled: Unsettled::new(settings.settling),
            settings,
        };
        Self { shared: Arc::new(shared) }
    }

    /// The last requests, oldest first; at most [`crate::Limits::journal_entries_max`].
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.shared.journal.entries()
    }

    /// Applies lifecycle rules to a world: one pass. `day_ms` is the length of a day: [`spacelet_engine::DAY_MS`], or less
    /// for tests.
    ///
    /// # Errors
    /// Storage errors; what was done before stays done.
    pub async fn apply_lifecycle(&self, world: &Arc<World>, day_ms: i64) -> Result<Swept, EngineError> {
        let (shared, settings) = (&self.shared, &self.shared.settings);
        let now = world.clock().now();
        let sweeping = Sweeping {
            day_ms,
            moves_objects: settings.profile.has_storage_classes,
            expires_markers: settings.profile.lifecycle_is_amazons,
            restores_take_time: settings.restore_ms > 0,
            now,
            since: Timestamp(shared.swept_ms.load(Ordering::Relaxed)),
            notifier: &settings.notifier,
            ids: &shared.ids,
        };
        let swept = sweep(world, sweeping).await?;
        shared.swept_ms.store(now.0, Ordering::Relaxed);
        Ok(swept)
    }

    /// Writes the access logs that wait into their target buckets.
    pub async fn deliver_logs(&self) -> Delivered {
        self.shared.access_logs.deliver().await
    }

    /// Returns when so many lines of access logs wait that they should be delivered.
    pub async fn logs_are_full(&self) {
        self.shared.access_logs.full().await;
    }

    /// What was made up to `at`, on the world's clock, has settled ([`S3Settings::settling`]).
    pub fn settle_from(&self, at: Timestamp) {
        self.shared.unsettled.begin(at);
    }

    /// Takes files of a CDN endpoint (its id) out of the edge's cache: paths, directories (`css/*`), or everything (`*`).
    pub fn purge_cdn(&self, endpoint: &str, files: &[String]) {
        self.shared.cdn.purge(endpoint, files);
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Answers one request of the origin. A panic in an operation is answered as `InternalError`.
    pub async fn serve<B>(&self, request: http::Request<B>) -> http::Response<ResponseBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let (parts, mut source) = taken_apart(&self.shared.settings.profile, request);
        self.origin(&parts, &mut source).await
    }

    /// At the CDN's edge where the host is one's, else at the origin.
    fn answer<'a>(
        &'a self,
        parts: &'a Parts,
        source: &'a mut BodySource,
    ) -> impl Future<Output = http::Response<ResponseBody>> + Send + 'a {
        match cdn::edge_of(&self.shared, parts) {
            None => Either::Left(self.origin(parts, source)),
            Some(edge) => Either::Right(Box::pin(edge.answer(self, parts, source))),
        }
    }

    pub(crate) async fn origin(&self, parts: &Parts, source: &mut BodySource) -> http::Response<ResponseBody> {
        let shared = &*self.shared;
        if let Some(answer) = health::answer(shared, parts) {
            return answer;
        }
        let mut trace = Trace::default();
        let outcome = AssertUnwindSafe(run(shared, parts, source, &mut trace)).catch_unwind().await;
        let outcome = outcome.unwrap_or_else(|_panic| {
            Err(S3Error::new(ErrorCode::InternalError, "a defect in the server; its log has the place"))
        });
        if outcome.is_err() && !parts.headers.contains_key(EXPECT) {
            source.drain(&shared.settings.limits).await;
        }
        finish(shared, parts, trace, outcome)
    }
}

/// The stages, each `value → Result<value, S3Error>`. The order is RGW's: what fails first is what a client is told.
async fn run(shared: &Shared, parts: &Parts, source: &mut BodySource, trace: &mut Trace) -> Result<Response, S3Error> {
    let host = parts.headers.get(HOST).map(|value| value.as_bytes());
    let target = Arc::clone(trace.target.insert(Arc::new(Target::parse(&shared.hosts, &parts.uri, host)?)));
    if let Some(limiter) = &shared.limiter {
        let address = Circumstances::of(&shared.settings, parts).source_ip();
        limiter.count(address, &target, &parts.method, Instant::now())?;
    }
    let notes = Mutex::new(Vec::new());
    if target.door == Door::Website {
        let answer = visit(shared, parts, &target, Notes(&notes), trace);
        trace.keep(&notes);
        return answer;
    }
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    let (form_signer, answer_ids) = (OnceLock::new(), OnceLock::new());
    let told = (&form_signer, &answer_ids);
    let begun = begin(shared, parts, source, trace, (&target, &query), Notes(&notes), told)?;
    let answer = match begun {
        Answer::Now(answer) => answer,
        Answer::Later(operation) => operation.await,
    };
    if let Some(signer) = form_signer.get() {
        trace.sent_by(signer);
    }
    trace.answer_ids = answer_ids.get().cloned();
    trace.keep(&notes);
    answer
}

/// From the operation that is asked for to its beginning. Not a part of the future that waits, which would hold all of
/// this as long.
fn begin<'a>(
    shared: &'a Shared,
    parts: &'a Parts,
    source: &'a mut BodySource,
    trace: &mut Trace,
    (target, query): (&'a Target, &'a Query<'a>),
    notes: Notes<'a>,
    (form_signer, answer_ids): (&'a OnceLock<FormSigner>, &'a AnswerIds),
) -> Result<Answer<'a>, S3Error> {
    let is_aws = shared.settings.profile.is_aws;
    let row = find(is_aws, &parts.method, target.scope(), query, &parts.headers)?;
    trace.operation = row.name;
    row.offered(is_aws)?;
    if shared.settings.refuses_checksums {
        checksum::refuse_as_in_2025(&parts.headers)?;
    }
    if row.operation == Operation::CopyObject {
        crate::facts::CopySource::parse(&parts.headers)?;
    }
    guard_cdn(shared, row, parts, target, query)?;
    let admission = admit(shared, parts, target, trace)?;
    if let (Some(limiter), Operation::PutObject | Operation::CopyObject) = (&shared.limiter, row.operation) {
        trace.writing = limiter.begin_write(target)?;
    }
    if row.subject == Subject::Copy && admission.account.is_some() && names_a_body(&parts.headers) {
        return Err(S3Error::new(ErrorCode::NotImplemented, "a copy has no body"));
    }
    guard_doors(shared, target, &admission)?;
    row.check_digest(&shared.settings.profile, &parts.headers)?;
    trace.is_admitted = true;
    if parts.method != Method::OPTIONS {
        trace.cors = cors::headers_for(shared, &admission.world, target, parts);
    }
    let circumstances = Circumstances::of(&shared.settings, parts).signed_by(admission.proof);
    let facts = gather(shared, row, &admission, target, query, circumstances, trace)?;
    let Admission { world, caller, account, payload, signed, proof: _ } = admission;
    let body = RequestBody::new(source, &parts.headers, &shared.settings.limits, payload);
    if let (Door::Cdn, Some(bytes_max)) = (target.door, shared.settings.profile.cdn_put_bytes_max) {
        body.check_declared(bytes_max)?;
    }
    let request = Request {
        shared,
        world,
        target,
        query,
        headers: &parts.headers,
        circumstances,
        caller,
        account,
        bucket: facts.bucket,
        key: facts.key,
        signed,
        object: facts.object,
        source: facts.source,
        body: Some(body),
        notes,
        form_signer,
        answer_ids,
    };
    Ok(ops::dispatch(row.operation, request))
}

/// The answer to a request on whose way something panicked that no operation could answer for.
fn defect() -> http::Response<ResponseBody> {
    let mut response = http::Response::new(ResponseBody::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

fn names_a_body(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0")
}

/// The CDN's host reads, and takes what a link sends that was made for the origin, its host swapped (spaces-reference 10).
fn guard_cdn(shared: &Shared, row: &Row, parts: &Parts, target: &Target, query: &Query<'_>) -> Result<(), S3Error> {
    let is_call = parts.headers.contains_key(AUTHORIZATION);
    let is_read = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if target.door != Door::Cdn || is_read && !is_call {
        return Ok(());
    }
    let is_link = query.has("X-Amz-Signature") && query.has("X-Amz-Credential")
        || query.has("Signature") && query.has("AWSAccessKeyId");
    let is_upload = matches!(row.operation, Operation::PutObject | Operation::UploadPart);
    let takes_links = shared.settings.profile.cdn_put_bytes_max.is_some();
    if takes_links && is_upload && is_link && !is_call {
        return Ok(());
    }
    let why = "the CDN's host takes no API calls; use the host without .cdn";
    Err(S3Error::new(ErrorCode::AccessDenied, why).with_shape(Shape::Proxy))
}

/// What the front proxy refuses before the gateway is asked (spaces-reference 1, 7.1).
fn guard_doors(shared: &Shared, target: &Target, admission: &Admission) -> Result<(), S3Error> {
    let proxy = |why| Err(S3Error::new(ErrorCode::AccessDenied, why).with_shape(Shape::Proxy));
    match target.door {
        // DIFFERS: an unsigned request to the root is 403 as on Spaces; RGW lists nobody's buckets.
        Door::Api if target.scope() == Scope::Service && admission.account.is_none() => {
            if shared.settings.profile.proxy_guards_root {
                return proxy("an unsigned request to the root; sign it to list your Spaces");
            }
            Ok(())
        }
        // What the CDN takes was looked at before (`guard_cdn`), and visitors were led to `visit`.
        Door::Api | Door::Cdn | Door::Website => Ok(()),
    }
}

fn taken_apart<B>(profile: &Profile, request: http::Request<B>) -> (Parts, BodySource)
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    name_the_host(&mut parts);
    read_from_link(profile, &mut parts);
    (parts, BodySource::new(body))
}

/// Puts the authority of HTTP/2 and absolute-form requests where signatures look for it.
fn name_the_host(parts: &mut Parts) {
    if parts.headers.contains_key(HOST) {
        return;
    }
    let host = parts.uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(host) = host {
        parts.headers.insert(HOST, host);
    }
}

impl<B> tower::Service<http::Request<B>> for S3Service
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = http::Response<ResponseBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let service = self.clone();
        let (parts, mut source) = taken_apart(&service.shared.settings.profile, request);
        let answer = async move { service.answer(&parts, &mut source).await };
        // Outside of operations too: in the edge, in draining a refused body, in making the answer.
        let caught = AssertUnwindSafe(answer).catch_unwind();
        Box::pin(caught.map(|answer| Ok(answer.unwrap_or_else(|_panic| defect()))))
    }
}

#[cfg(test)]
mod tests;
