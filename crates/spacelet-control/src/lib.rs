//! The control port: DigitalOcean's JSON API (`/v2/…`), what the emulator adds to it (`/emulator/…`), and the panel.
//! Every route of the API is a row in `routes.rs`, but for those that the program brings along because they need the
//! whole server; a request's life is `serve.rs`. The panel has rows and a life of its own (`panel.rs`). It opens no
//! socket and knows no S3.

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

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::{get, on};
use spacelet_engine::{AccountId, CdnEndpoint, Clock, Engine, Region, Secret};

pub use error::ApiError;
pub use openapi::document as openapi;
pub use panel::{JournalRow, PanelSettings, S3Answer, S3Door};
pub use routes::{Field, Kind, ROUTES, Route, Shape};
pub use stamp::stamp;

use panel::Sessions;
use rates::Rates;

/// The longest body that the API reads, in bytes.
const BODY_BYTES_MAX: usize = 256 << 10;

/// Takes files out of the CDN's cache: the endpoint, and paths or patterns that end in `*`.
pub type Purge = Arc<dyn Fn(&CdnEndpoint, &[String]) + Send + Sync>;

/// A route of the program's own, for which a token must do everything. The body is read within the API's limit; what it
/// answers is JSON with status 200.
#[derive(Clone)]
pub struct ServerRoute {
    /// `GET` or `POST`.
    pub verb: &'static str,
    /// Its path, below `/emulator/`.
    pub path: &'static str,
    /// What it does.
    pub run: ServerRun,
}

/// What a route of the program's does with a body.
pub type ServerRun =
    Arc<dyn Fn(Bytes) -> Pin<Box<dyn Future<Output = Result<serde_json::Value, ApiError>> + Send>> + Send + Sync>;

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
    /// How long a new CDN endpoint is not found, on the world's clock.
    pub endpoints_settle: Duration,
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
    /// Who has signed in to the panel.
    pub(crate) sessions: Sessions,
}

/// The service of the control port. Health and the API's description answer anybody, the panel those who have signed
/// in (`panel/guard.rs`); everything else, the program's routes too, wants a bearer token, and what is not DigitalOcean's
/// wants one that may do everything.
pub fn router(settings: ControlSettings, program: Vec<ServerRoute>) -> Router {
    let sessions = Sessions::new(Clock::system(), &settings.panel.code);
    let shared = Arc::new(Shared { settings, rates: Rates::default(), sessions });
    let mut api = Router::new();
    for route in ROUTES {
        let handler = move |State(shared): State<Arc<Shared>>, request: Request| serve::answer(shared, route, request);
        api = api.route(route.path, on(route.method(), handler));
    }
    let mut of_program = Router::new();
    for route in program {
        let ServerRoute { verb, path, run } = route;
        let handler =
            move |State(shared): State<Arc<Shared>>, request: Request| serve::answer_program(shared, run, request);
        of_program = of_program.route(path, on(routes::method(verb), handler));
    }
    api.fallback(serve::unknown)
        .method_not_allowed_fallback(serve::unknown)
        .merge(of_program)
        .with_state(Arc::clone(&shared))
        .merge(panel::router(&shared))
        .route("/openapi.json", get(async || openapi::response()))
        .route("/_spacelet/health/live", get(async || StatusCode::OK))
        .route("/_spacelet/health/ready", get(async move || ready(&shared)))
}

fn ready(shared: &Shared) -> StatusCode {
    let is_ready = shared.settings.ready.load(Ordering::Acquire);
    if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
