//! DigitalOcean's error bodies (spaces-reference 8): `{"id", "message"}` with the status.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A refusal of the control API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// DigitalOcean's word for it.
    pub id: &'static str,
    /// DigitalOcean's sentence for it.
    pub message: &'static str,
}

impl ApiError {
    /// No token, or another one.
    pub const UNAUTHORIZED: Self =
        Self { status: StatusCode::UNAUTHORIZED, id: "unauthorized", message: "Unable to authenticate you." };
    /// No such route or thing.
    pub const NOT_FOUND: Self = Self {
        status: StatusCode::NOT_FOUND,
        id: "not_found",
        message: "The resource you requested could not be found.",
    };
}

#[derive(Serialize)]
struct Body {
    id: &'static str,
    message: &'static str,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = serde_json::to_string(&Body { id: self.id, message: self.message }).unwrap_or_default();
        (self.status, [(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
    }
}
