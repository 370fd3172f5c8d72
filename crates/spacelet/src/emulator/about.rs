//! `GET /emulator/server`: what a program has to know to use this server.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use spacelet_control::ApiError;

use super::Emulator;
use crate::settings::Settings;

/// The answer, which never changes while the server runs.
pub(crate) fn about(settings: &Settings, s3_url: &str) -> Value {
    json!({
        "server": {
            "version": env!("CARGO_PKG_VERSION"),
            "profile": settings.profile.name,
            "region": settings.region.as_str(),
            "s3_url": s3_url,
            "domains": settings.domains,
        }
    })
}

/// Tells it.
pub(super) async fn read(emulator: Arc<Emulator>, _: Bytes) -> Result<Value, ApiError> {
    Ok(emulator.about.clone())
}
