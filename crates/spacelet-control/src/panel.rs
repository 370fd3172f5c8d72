//! The panel: what a person does at DigitalOcean's control panel, on the control port. Pages are HTML written by the
//! server; `assets/*.js` sends their forms and uploads. Every route is a row here, and a request's life is `visit.rs`.
//! It asks no other host for anything, and never serves what was uploaded.

mod guard;
mod sessions;
mod visit;

mod assets;
mod layout;
mod links;
mod text;

mod sign_in;

mod create;
mod spaces;

mod actions;
mod bulk;
mod file;
mod files;
mod upload;

mod keys;
mod tokens;

mod connect;
mod requests;
mod settings;

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{MethodFilter, get, on};
use spacelet_engine::Secret;

use crate::Shared;
use visit::{PanelError, Visit};

pub use requests::JournalRow;
pub(crate) use sessions::Sessions;
pub(crate) use sign_in::link as sign_in_link;

/// The answer of the S3 front end to a request that the panel signed: status, body, and why it was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body; at most a configuration document.
    pub body: Vec<u8>,
    /// The text of `x-spacelet-explain`, where there is one.
    pub explanation: String,
}

/// Answers a signed S3 request in this process, as the S3 port would: configuration documents are S3's own XML, which
/// only the S3 front end reads and writes.
pub type S3Door =
    Arc<dyn Fn(axum::http::Request<Vec<u8>>) -> Pin<Box<dyn Future<Output = S3Answer> + Send>> + Send + Sync>;

/// What the panel is told at start.
#[derive(Clone)]
pub struct PanelSettings {
    /// The code of the sign-in link that is printed at start: used once, within five minutes.
    pub code: Secret,
    /// The last requests on the S3 port, oldest first.
    pub journal: Arc<dyn Fn() -> Vec<JournalRow> + Send + Sync>,
    /// The S3 front end.
    pub s3: S3Door,
}

impl PanelSettings {
    /// A code for the sign-in link: 32 characters from the system's random source.
    #[must_use]
    pub fn new_code() -> Secret {
        Secret::new(sessions::random_text())
    }
}

/// What all requests to the panel share.
pub(crate) struct Panel {
    pub(crate) shared: Arc<Shared>,
}

impl Panel {
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.shared.sessions
    }

    pub(crate) fn settings(&self) -> &PanelSettings {
        &self.shared.settings.panel
    }
}

/// What a row does.
type Run = fn(Visit) -> Pin<Box<dyn Future<Output = Result<Response, PanelError>> + Send>>;

/// One route for those who have signed in.
pub(crate) struct Row {
    method: MethodFilter,
    path: &'static str,
    /// Whether it reads the body itself (uploads); otherwise it is read as a form.
    streams: bool,
    run: Run,
}

macro_rules! rows {
    ($($method:ident $path:literal $streams:literal $run:path;)*) => {
        const ROWS: &[Row] = &[$(Row {
            method: MethodFilter::$method,
            path: $path,
            streams: $streams,
            run: |visit| Box::pin($run(visit)),
        }),*];
    };
}

rows! {
    GET "/" false spaces::page;
    GET "/panel" false spaces::page;
    GET "/panel/new" false create::page;
    GET "/panel/check-name" false create::check_name;
    POST "/panel/do/create-space" false create::create;

    GET "/panel/spaces/{space}" false files::page;
    GET "/panel/spaces/{space}/file" false file::page;
    PUT "/panel/spaces/{space}/upload" true upload::put;
    POST "/panel/spaces/{space}/folder" false actions::create_folder;
    POST "/panel/spaces/{space}/delete" false bulk::delete;
    POST "/panel/spaces/{space}/move" false bulk::rename;
    POST "/panel/spaces/{space}/permissions" false bulk::permissions;
    POST "/panel/spaces/{space}/metadata" false actions::metadata;
    POST "/panel/spaces/{space}/share" false actions::share;
    POST "/panel/spaces/{space}/version" false actions::version;
    GET "/panel/spaces/{space}/download" false actions::download;

    GET "/panel/spaces/{space}/settings" false settings::page;
    POST "/panel/spaces/{space}/listing" false settings::listing;
    POST "/panel/spaces/{space}/versioning" false settings::versioning;
    POST "/panel/spaces/{space}/cors" false settings::cors;
    POST "/panel/spaces/{space}/document" false settings::document;
    POST "/panel/spaces/{space}/cdn" false settings::cdn;
    POST "/panel/spaces/{space}/purge" false settings::purge;
    POST "/panel/spaces/{space}/destroy" false settings::destroy;

    GET "/panel/api" false keys::page;
    POST "/panel/do/create-key" false keys::create;
    POST "/panel/do/update-key" false keys::update;
    POST "/panel/do/delete-key" false keys::delete;
    POST "/panel/do/create-token" false tokens::create;
    POST "/panel/do/delete-token" false tokens::delete;

    GET "/panel/connect" false connect::page;
    GET "/panel/requests" false requests::page;
    GET "/panel/requests/new" false requests::newer;
    POST "/panel/do/sign-out" false sign_in::sign_out;
}

/// The panel's routes.
pub(crate) fn router(shared: &Arc<Shared>) -> Router {
    let panel = Arc::new(Panel { shared: Arc::clone(shared) });
    let mut router = Router::new();
    for row in ROWS {
        let panel = Arc::clone(&panel);
        let handler = move |request: Request| visit::answer(panel, row, request);
        router = router.route(row.path, on(row.method, handler));
    }
    let (by_link, by_token) = (Arc::clone(&panel), panel);
    router
        .route("/panel/sign-in", get(move |request: Request| sign_in::page(by_link, request)))
        .route("/panel/sign-in", axum::routing::post(move |request: Request| sign_in::by_token(by_token, request)))
        .merge(assets::router())
}
