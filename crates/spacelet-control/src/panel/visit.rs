//! A request's life in the panel, top to bottom: from which host, sent by whom, signed in, with the session's token;
//! then the route's own work; one exit for refusals.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::RequestExt;
use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use spacelet_engine::{AccountId, Bucket, BucketName, CdnRefusal, EngineError, KeyRefusal, ObjectKey, World};

use super::guard::{self, Refused};
use super::sessions::{Session, is_same};
use super::{Panel, Row, layout};
use crate::ask::read_query;
use crate::{ApiError, ControlSettings, auth};

/// The longest form that is read, in bytes: names of 1,000 files with 1,024 bytes each, escaped.
const FORM_BYTES_MAX: usize = 4 << 20;

/// A request of somebody who has signed in.
pub(crate) struct Visit {
    pub(crate) panel: Arc<Panel>,
    pub(crate) world: Arc<World>,
    pub(crate) account: AccountId,
    pub(crate) session: Session,
    /// The panel's own `host:port`, as the browser wrote it.
    pub(crate) host: String,
    pub(crate) headers: HeaderMap,
    /// The parts of the path that the row's `{…}` stand for, decoded.
    names: BTreeMap<String, String>,
    /// The query of a GET or an upload, the form of a POST, decoded.
    pub(crate) fields: Vec<(String, String)>,
    /// What a row that streams reads; else empty.
    body: Mutex<Body>,
}

/// Why the panel could not do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PanelError {
    pub(crate) status: StatusCode,
    /// For people.
    pub(crate) message: String,
}

impl PanelError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// 422: what was typed cannot be.
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// 404.
    pub(crate) fn missing(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no such {what}."))
    }
}

impl From<EngineError> for PanelError {
    fn from(error: EngineError) -> Self {
        let missing = [
            (EngineError::NoSuchBucket, "Space"),
            (EngineError::NoSuchKey, "file"),
            (EngineError::NoSuchVersion, "version"),
        ];
        match missing.into_iter().find(|(known, _)| *known == error) {
            Some((_, what)) => Self::missing(what),
            None => ApiError::from(error).into(),
        }
    }
}

impl From<KeyRefusal> for PanelError {
    fn from(refusal: KeyRefusal) -> Self {
        if let KeyRefusal::Engine(error) = refusal { error.into() } else { ApiError::from(refusal).into() }
    }
}

impl From<CdnRefusal> for PanelError {
    fn from(refusal: CdnRefusal) -> Self {
        match refusal {
            CdnRefusal::NoSuchSpace => Self::missing("Space"),
            CdnRefusal::Engine(error) => error.into(),
            CdnRefusal::AlreadyEnabled | CdnRefusal::DomainTaken | CdnRefusal::NoSuchEndpoint => {
                ApiError::from(refusal).into()
            }
        }
    }
}

impl From<ApiError> for PanelError {
    fn from(error: ApiError) -> Self {
        Self::new(error.status, error.message.into_owned())
    }
}

impl Visit {
    pub(crate) fn settings(&self) -> &ControlSettings {
        &self.panel.shared.settings
    }

    /// A field that is there and not empty; of several the first.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(has, _)| has == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The body, for a row that streams it. A second call has nothing.
    pub(crate) fn take_body(&mut self) -> Body {
        std::mem::take(self.body.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// All fields of a name.
    pub(crate) fn all<'v>(&'v self, name: &'v str) -> impl Iterator<Item = &'v str> {
        self.fields.iter().filter(move |(has, _)| has == name).map(|(_, value)| value.as_str())
    }

    /// A Space of the account by name.
    pub(crate) fn bucket_named(&self, name: &str) -> Result<Bucket, PanelError> {
        let name = BucketName::parse(name).map_err(|_rule| PanelError::missing("Space"))?;
        let bucket = self.world.bucket(&name)?.filter(|bucket| bucket.owner == self.account);
        bucket.ok_or_else(|| PanelError::missing("Space"))
    }

    /// The Space that the path names.
    pub(crate) fn bucket(&self) -> Result<Bucket, PanelError> {
        self.bucket_named(self.names.get("space").map(String::as_str).unwrap_or_default())
    }

    /// The file that the field `key` names.
    pub(crate) fn key(&self) -> Result<ObjectKey, PanelError> {
        object_key(self.field("key").unwrap_or_default())
    }
}

/// A file's name, checked.
pub(crate) fn object_key(key: &str) -> Result<ObjectKey, PanelError> {
    ObjectKey::parse(key.as_bytes()).map_err(|error| PanelError::wrong(format!("{error}.")))
}

/// Answers a request for a row.
pub(super) async fn answer(panel: Arc<Panel>, row: &'static Row, request: Request) -> Response {
    let is_page = *request.method() == Method::GET;
    let outcome = match admit(&panel, request.method(), request.headers()) {
        Ok((host, session)) => visit(panel, row, request, host, session).await,
        Err(Door::SignIn) if is_page => return layout::finish(Redirect::to("/panel/sign-in").into_response(), ""),
        Err(Door::SignIn) => Err(PanelError::new(StatusCode::UNAUTHORIZED, "You are signed out. Reload the page.")),
        Err(Door::Refused(refused)) => Err(PanelError::new(StatusCode::FORBIDDEN, refused.because())),
    };
    outcome.unwrap_or_else(|error| if is_page { layout::refusal_page(&error) } else { refusal(&error) })
}

enum Door {
    SignIn,
    Refused(Refused),
}

impl From<Refused> for Door {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

fn admit(panel: &Panel, method: &Method, headers: &HeaderMap) -> Result<(String, Session), Door> {
    let host = own_host(panel, headers)?;
    let session = guard::cookie(headers, &host).and_then(|id| panel.sessions().find(id));
    let Some(session) = session else { return Err(Door::SignIn) };
    guard::check_origin(method, headers, &host)?;
    let csrf = headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if *method != Method::GET && !is_same(csrf, &session.csrf) {
        return Err(Refused::Csrf.into());
    }
    Ok((host, session))
}

/// The host that was asked, where the panel answers under it.
pub(super) fn own_host(panel: &Panel, headers: &HeaderMap) -> Result<String, Refused> {
    let settings = &panel.shared.settings;
    let public = settings.public_url.as_deref().and_then(|url| url.split_once("://")).map(|(_, rest)| rest);
    let public = public.map(|rest| rest.split('/').next().unwrap_or_default());
    guard::check_host(headers, settings.domains.iter().map(String::as_str).chain(public))
}

async fn visit(
    panel: Arc<Panel>,
    row: &'static Row,
    mut request: Request,
    host: String,
    session: Session,
) -> Result<Response, PanelError> {
    let world = panel.shared.settings.engine.world();
    let account = auth::first_account(&panel.shared, &world)?;
    let names = request.extract_parts::<RawPathParams>().await;
    let names = names.map_err(|_path| PanelError::missing("page"))?;
    let names = names.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (parts, body) = request.into_parts();
    let mut fields = read_query(parts.uri.query().unwrap_or_default());
    let mut left = Body::empty();
    if row.streams {
        left = body;
    } else if parts.method != Method::GET {
        let form = to_bytes(body, FORM_BYTES_MAX).await;
        let form = form.map_err(|_long| PanelError::new(StatusCode::PAYLOAD_TOO_LARGE, "Too much at once."))?;
        fields.extend(read_query(&String::from_utf8_lossy(&form)));
    }
    let headers = parts.headers;
    let visit = Visit { panel, world, account, session, host, headers, names, fields, body: Mutex::new(left) };
    (row.run)(visit).await
}

/// A refusal for a script: `{"error": …}`.
fn refusal(error: &PanelError) -> Response {
    json(error.status, &BTreeMap::from([("error", error.message.as_str())]))
}

/// What a form's script is told: where to go (empty: stay and load the page anew).
pub(crate) fn go(to: &str) -> Response {
    json(StatusCode::OK, &BTreeMap::from([("go", to)]))
}

/// JSON with the headers of all of the panel's answers.
pub(crate) fn json(status: StatusCode, body: &impl serde::Serialize) -> Response {
    let body = serde_json::to_string(body).unwrap_or_default();
    layout::finish((status, [(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response(), "")
}
