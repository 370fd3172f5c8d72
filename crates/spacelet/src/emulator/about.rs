//! `GET /emulator/server`: what a program has to know to use this server.

use axum::Json;
use serde_json::{Value, json};

use crate::settings::Settings;

/// The answer, which never changes while the server runs.
pub(super) fn about(settings: &Settings, s3_url: &str) -> Json<Value> {
    Json(json!({
        "server": {
            "version": env!("CARGO_PKG_VERSION"),
            "profile": settings.profile.name,
            "region": settings.region.as_str(),
            "s3_url": s3_url,
            "domains": settings.domains,
        }
    }))
}
