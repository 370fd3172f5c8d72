//! A request's life on the control port, top to bottom, and the only exit for refusals.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::{RequestExt, body::Body};
use spacelet_engine::{World, new_uuid};

use crate::ask::{Answer, Ask, read_query};
use crate::auth::{self, Caller};
use crate::rates::Standing;
use crate::routes::Route;
use crate::{ApiError, BODY_BYTES_MAX, ServerRun, Shared};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers a request for a route of the table.
pub(crate) async fn answer(shared: Arc<Shared>, route: &'static Route, request: Request) -> Response {
    let request_id = new_uuid();
    let mut standing = None;
    let outcome = run(shared, route, request, &mut standing).await;
    finish(outcome, &request_id, standing)
}

/// Answers a request for a route of the program's own.
pub(crate) async fn answer_program(shared: Arc<Shared>, run: ServerRun, request: Request) -> Response {
    let mut standing = None;
    let outcome = async {
        admit(&shared, "*", false, request.headers(), &mut standing)?;
        Answer::ok(&run(read_body(request.into_body()).await?).await?)
    };
    let outcome = outcome.await;
    finish(outcome, &new_uuid(), standing)
}

/// Answers what no route is for: 401 without a token, so that nobody learns what there is.
pub(crate) async fn unknown(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let world = shared.settings.engine.world();
    let outcome = auth::identify(&shared, &world, request.headers()).and(Err(ApiError::NOT_FOUND));
    finish(outcome, &new_uuid(), None)
}

/// The stages: who asks, how often, may they, what do they say; then the route's own work.
async fn run(
    shared: Arc<Shared>,
    route: &'static Route,
    mut request: Request,
    standing: &mut Option<Standing>,
) -> Result<Answer, ApiError> {
    let (world, caller) = admit(&shared, route.scope, route.is_cdn(), request.headers(), standing)?;
    let names = request.extract_parts::<RawPathParams>().await.map_err(|_path| ApiError::NOT_FOUND)?;
    let names = names.iter().map(|(_, value)| value.to_owned()).collect();
    let (parts, body) = request.into_parts();
    let ask = Ask {
        names,
        query: read_query(parts.uri.query().unwrap_or_default()),
        body: read_body(body).await?,
        base: base(&shared, &parts),
        path: parts.uri.path().to_owned(),
        account: caller.account,
        token_id: caller.token_id,
        shared,
        world,
    };
    (route.run)(ask).await
}

/// Who asks, how often, may they.
fn admit(
    shared: &Shared,
    scope: &str,
    is_cdn: bool,
    headers: &HeaderMap,
    standing: &mut Option<Standing>,
) -> Result<(Arc<World>, Caller), ApiError> {
    let world = shared.settings.engine.world();
    let caller = auth::identify(shared, &world, headers)?;
    let now_s = world.clock().now().seconds();
    let counted = *standing.insert(shared.rates.count(&caller.token_id, is_cdn, now_s));
    if counted.is_exceeded && shared.settings.enforce_rates {
        return Err(ApiError { retry_after_s: counted.retry_after_s, ..ApiError::TOO_MANY });
    }
    caller.require(scope)?;
    Ok((world, caller))
}

async fn read_body(body: Body) -> Result<axum::body::Bytes, ApiError> {
    to_bytes(body, BODY_BYTES_MAX).await.map_err(|_error| ApiError::UNREADABLE)
}

/// Where the client found the API: the public URL, or the host it asked.
fn base(shared: &Shared, parts: &Parts) -> String {
    let base = shared.settings.public_url.clone().unwrap_or_else(|| {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
        format!("http://{}", host.unwrap_or("localhost"))
    });
    base.trim_end_matches('/').to_owned()
}

fn finish(outcome: Result<Answer, ApiError>, request_id: &str, standing: Option<Standing>) -> Response {
    let mut response = match outcome {
        Ok(Answer { status, body }) if body.is_empty() => status.into_response(),
        Ok(Answer { status, body }) => {
            (status, [(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
        }
        Err(refusal) => refusal.respond(Some(request_id)),
    };
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Some(standing) = standing {
        headers.insert(LIMIT, standing.limit.into());
        headers.insert(REMAINING, standing.remaining.into());
        headers.insert(RESET, standing.reset_s.into());
    }
    response
}
