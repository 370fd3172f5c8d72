//! The emulator's own API on the control port (`/emulator/…`), as far as it needs to see the whole server; what needs the
//! store alone is in `spacelet-control`. The control port lets in only tokens that may do everything.

mod about;

use axum::Router;
use axum::routing::get;

use crate::settings::Settings;

/// Every route.
pub(crate) fn router(settings: &Settings, s3_url: String) -> Router {
    let about = about::about(settings, s3_url);
    Router::new().route("/emulator/server", get(async move || about.clone()))
}
