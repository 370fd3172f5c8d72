//! `POST /emulator/logs/flush`: delivers the access logs that wait.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use serde_json::{Value, json};
use spacelet_s3::Delivered;

use super::Emulator;

/// Writes what waits into the target Spaces, and says how much that was.
pub(super) async fn flush(State(emulator): State<Arc<Emulator>>) -> Json<Value> {
    Json(json!({ "logs": shown(emulator.service.deliver_logs().await) }))
}

/// A delivery as it is answered.
pub(super) fn shown(delivered: Delivered) -> Value {
    json!({ "objects": delivered.objects, "records": delivered.records, "dropped": delivered.dropped })
}
