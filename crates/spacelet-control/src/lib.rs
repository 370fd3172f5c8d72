//! DigitalOcean's JSON API on the control port: every route on one screen. It holds the bearer token's check and
//! DigitalOcean's error bodies; the `/v2` routes come on top of them. It opens no socket and knows no S3.

mod auth;
mod error;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::get;
use spacelet_engine::Secret;

pub use error::ApiError;

/// Everything that the control API is told at start.
#[derive(Debug, Clone)]
pub struct ControlSettings {
    /// What `Authorization: Bearer` must carry.
    pub token: Secret,
    /// True once seeds are in: what `/_spacelet/health/ready` answers.
    pub ready: Arc<AtomicBool>,
}

/// The service of the control port. Health answers anybody; everything else wants the bearer token.
pub fn router(settings: ControlSettings) -> Router {
    let settings = Arc::new(settings);
    let closed = Router::new()
        .fallback(async || ApiError::NOT_FOUND)
        .layer(middleware::from_fn_with_state(Arc::clone(&settings), auth::require_token));
    Router::new()
        .route("/_spacelet/health/live", get(async || StatusCode::OK))
        .route("/_spacelet/health/ready", get(ready))
        .with_state(settings)
        .merge(closed)
}

async fn ready(State(settings): State<Arc<ControlSettings>>) -> StatusCode {
    if settings.ready.load(Ordering::Acquire) { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
