//! The emulator's own API on the control port (`/emulator/…`), as far as it needs to see the whole server; what needs the
//! store alone is in `spacelet-control`. The control port lets in only tokens that may do everything. The pages are in
//! docs/EMULATOR-API.md.

mod about;
mod clock;
mod logs;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde_json::json;
use spacelet_engine::Engine;
use spacelet_s3::S3Service;

use crate::settings::Settings;

/// What the routes see of the server.
pub(crate) struct Emulator {
    pub(crate) engine: Arc<Engine>,
    pub(crate) service: S3Service,
    /// The length of a day for lifecycle rules, in milliseconds.
    pub(crate) day_ms: i64,
}

/// Every route.
pub(crate) fn router(settings: &Settings, s3_url: &str, emulator: Emulator) -> Router {
    let about = about::about(settings, s3_url);
    Router::new()
        .route("/emulator/server", get(async move || about.clone()))
        .route("/emulator/clock", get(clock::read).post(clock::put))
        .route("/emulator/logs/flush", post(logs::flush))
        .with_state(Arc::new(emulator))
}

/// A refusal in DigitalOcean's shape.
fn refusal(status: StatusCode, id: &str, message: &str) -> Response {
    (status, Json(json!({ "id": id, "message": message }))).into_response()
}
