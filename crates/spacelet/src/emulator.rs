//! The emulator's own API on the control port (`/emulator/…`), as far as it needs to see the whole server; what needs the
//! store alone is in `spacelet-control`, which also lets in only tokens that may do everything. The pages are in
//! docs/EMULATOR-API.md.

mod about;
mod clock;
mod logs;

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use spacelet_control::{ApiError, ServerRoute};
use spacelet_engine::Engine;
use spacelet_s3::S3Service;

pub(crate) use about::about;

/// What the routes see of the server.
pub(crate) struct Emulator {
    pub(crate) engine: Arc<Engine>,
    pub(crate) service: S3Service,
    /// The length of a day for lifecycle rules, in milliseconds.
    pub(crate) day_ms: i64,
    /// What `GET /emulator/server` answers.
    pub(crate) about: Value,
}

/// Every route.
pub(crate) fn routes(emulator: Emulator) -> Vec<ServerRoute> {
    let emulator = Arc::new(emulator);
    vec![
        route("GET", "/emulator/server", &emulator, about::read),
        route("GET", "/emulator/clock", &emulator, clock::read),
        route("POST", "/emulator/clock", &emulator, clock::put),
        route("POST", "/emulator/logs/flush", &emulator, logs::flush),
    ]
}

fn route<F>(
    verb: &'static str,
    path: &'static str,
    emulator: &Arc<Emulator>,
    run: fn(Arc<Emulator>, Bytes) -> F,
) -> ServerRoute
where
    F: Future<Output = Result<Value, ApiError>> + Send + 'static,
{
    let emulator = Arc::clone(emulator);
    ServerRoute { verb, path, run: Arc::new(move |body| Box::pin(run(Arc::clone(&emulator), body))) }
}
