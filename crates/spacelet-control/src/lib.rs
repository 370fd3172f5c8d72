//! The control port: DigitalOcean's JSON API (`/v2/…`) and what the emulator adds to it (`/emulator/…`). Every route is
//! a row in `routes.rs`, and a request's life is `serve.rs`. It opens no socket and knows no S3.

mod routes;
mod serve;

mod account;
mod cdn;
mod certificates;
mod keys;
mod projects;
mod spaces;
mod tokens;

pub mod connect;
mod openapi;

mod panel;

mod ask;
mod auth;
mod error;
mod page;
mod rates;
mod stamp;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, on};
use spacelet_engine::{AccountId, CdnEndpoint, Engine, Region, Secret};

pub use error::ApiError;
pub use openapi::document as openapi;
pub use panel::{JournalRow, PanelSettings, S3Answer, S3Door};
pub use routes::{Field, Kind, ROUTES, Route, Shape};

use rates::Rates;

/// The longest body that the API reads, in bytes.
const BODY_BYTES_MAX: usize = 256 << 10;

/// Takes files out of the CDN's cache: the endpoint, and paths or patterns that end in `*`.
pub type Purge = Arc<dyn Fn(&CdnEndpoint, &[String]) + Send + Sync>;

/// Everything that the control API is told at start.
#[derive(Clone)]
pub struct ControlSettings {
    /// The store.
    pub engine: Arc<Engine>,
    /// The token that may do everything.
    pub token: Secret,
    /// Whose the first token is; where the store has no such account, its first one.
    pub account: AccountId,
    /// The region of Spaces that are made without one.
    pub region: Region,
    /// Base domains beside `digitaloceanspaces.com` and `localhost`.
    pub domains: Vec<String>,
    /// The S3 endpoint as clients on this machine write it.
    pub s3_url: String,
    /// The control port's URL where it is not the address that was asked, for links to other pages.
    pub public_url: Option<String>,
    /// How many Spaces an account may have.
    pub buckets_max: u32,
    /// How many access keys an account may have.
    pub keys_max: usize,
    /// Whether the API's rates are enforced (they are always counted).
    pub enforce_rates: bool,
    /// Empties the CDN's cache.
    pub purge: Purge,
    /// What the panel is told besides.
    pub panel: PanelSettings,
    /// True once seeds are in: what `/_spacelet/health/ready` answers.
    pub ready: Arc<AtomicBool>,
}

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) settings: ControlSettings,
    pub(crate) rates: Rates,
}

/// The service of the control port. Health and the API's description answer anybody; everything else, `emulator`'s
/// routes too, wants a bearer token, and what is not DigitalOcean's wants one that may do everything.
pub fn router(settings: ControlSettings, emulator: Router) -> Router {
    let shared = Arc::new(Shared { settings, rates: Rates::default() });
    let guard = middleware::from_fn_with_state(Arc::clone(&shared), require_full_token);
    let mut api = Router::new();
    for route in ROUTES {
        let handler = move |State(shared): State<Arc<Shared>>, request: Request| serve::answer(shared, route, request);
        api = api.route(route.path, on(route.method(), handler));
    }
    api.fallback(serve::unknown)
        .method_not_allowed_fallback(serve::unknown)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(Arc::clone(&shared))
        .merge(panel::router(&shared))
        .merge(emulator.route_layer(guard))
        .route("/openapi.json", get(async || openapi::response()))
        .route("/_spacelet/health/live", get(async || StatusCode::OK))
        .route("/_spacelet/health/ready", get(async move || ready(&shared)))
}

async fn require_full_token(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let world = shared.settings.engine.world();
    match auth::identify(&shared, &world, request.headers()).and_then(|caller| caller.require("*")) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn ready(shared: &Shared) -> StatusCode {
    let is_ready = shared.settings.ready.load(Ordering::Acquire);
    if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
