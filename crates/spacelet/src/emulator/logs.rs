//! `POST /emulator/logs/flush`: delivers the access logs that wait.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use spacelet_control::ApiError;
use spacelet_s3::Delivered;

use super::Emulator;

/// Writes what waits into the target Spaces, and says how much that was.
pub(super) async fn flush(emulator: Arc<Emulator>, _: Bytes) -> Result<Value, ApiError> {
    Ok(json!({ "logs": shown(emulator.service.deliver_logs().await) }))
}

/// A delivery as it is answered.
pub(super) fn shown(delivered: Delivered) -> Value {
    json!({ "objects": delivered.objects, "records": delivered.records, "dropped": delivered.dropped })
}
