//! DigitalOcean's error bodies (spaces-reference 8): `{"id", "message", "request_id"}` with the status.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use spacelet_engine::{CdnRefusal, CertificateRefusal, EngineError, KeyRefusal, ProjectRefusal};

/// What is said of a certificate's name that cannot be.
pub(crate) const CERTIFICATE_NAME: &str = "name must be unique and have 1 to 255 characters";

/// A refusal of the control API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// DigitalOcean's word for it.
    pub id: &'static str,
    /// A sentence for it, DigitalOcean's own where it is known.
    pub message: Cow<'static, str>,
    /// Seconds until the request may be repeated, for the header.
    pub retry_after_s: Option<i64>,
}

impl ApiError {
    /// No token, or another one.
    pub const UNAUTHORIZED: Self = Self::fixed(StatusCode::UNAUTHORIZED, "unauthorized", "Unable to authenticate you.");
    /// The token may not do this.
    pub const FORBIDDEN: Self =
        Self::fixed(StatusCode::FORBIDDEN, "forbidden", "You do not have permission to perform this action.");
    /// No such route or thing.
    pub const NOT_FOUND: Self =
        Self::fixed(StatusCode::NOT_FOUND, "not_found", "The resource you requested could not be found.");
    /// The body is no JSON, or its fields have other types.
    pub const UNREADABLE: Self = Self::fixed(StatusCode::BAD_REQUEST, "bad_request", "error parsing request body");
    /// Too many requests.
    pub const TOO_MANY: Self =
        Self::fixed(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "API rate limit exceeded.");
    /// The store failed.
    pub const SERVER: Self =
        Self::fixed(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Unexpected server-side error");

    const fn fixed(status: StatusCode, id: &'static str, message: &'static str) -> Self {
        Self { status, id, message: Cow::Borrowed(message), retry_after_s: None }
    }

    /// 400.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), ..Self::UNREADABLE }
    }

    /// 403.
    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), ..Self::FORBIDDEN }
    }

    /// 409.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), ..Self::fixed(StatusCode::CONFLICT, "conflict", "") }
    }

    /// 412.
    pub fn precondition_failed(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), ..Self::fixed(StatusCode::PRECONDITION_FAILED, "precondition_failed", "") }
    }

    /// 422.
    pub fn unprocessable(message: impl Into<Cow<'static, str>>) -> Self {
        let plain = Self::fixed(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable_entity", "");
        Self { message: message.into(), ..plain }
    }

    /// The response, with the request's id in the body.
    pub(crate) fn respond(&self, request_id: Option<&str>) -> Response {
        let body = Body { id: self.id, message: &self.message, request_id };
        let body = serde_json::to_string(&body).unwrap_or_default();
        let mut response = (self.status, [(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.respond(None)
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        if let EngineError::ObjectLocked { because } = error {
            return Self::conflict(format!("Locked: {because}."));
        }
        let server = |status, message| Self::fixed(status, Self::SERVER.id, message);
        let known = [
            (EngineError::NoSuchBucket, Self::NOT_FOUND),
            (EngineError::NoSuchKey, Self::NOT_FOUND),
            (EngineError::NoSuchVersion, Self::NOT_FOUND),
            (EngineError::NoSuchUpload, Self::NOT_FOUND),
            (EngineError::NoSuchAccount, Self::NOT_FOUND),
            (EngineError::BucketNotEmpty, Self::conflict("The Space is not empty.")),
            (EngineError::Full, server(StatusCode::INSUFFICIENT_STORAGE, "There is no room left. Nothing was kept.")),
            (EngineError::ReadOnly, server(StatusCode::SERVICE_UNAVAILABLE, "The store only reads now; see its log.")),
        ];
        let found = known.into_iter().find(|(known, _)| *known == error);
        found.map(|(_, refusal)| refusal).unwrap_or_else(|| {
            tracing::error!(%error, "the store could not serve the control port");
            Self::SERVER
        })
    }
}

impl From<KeyRefusal> for ApiError {
    fn from(refusal: KeyRefusal) -> Self {
        match refusal {
            KeyRefusal::TooMany => Self::unprocessable("the account has as many Spaces access keys as it may have"),
            KeyRefusal::NoSuchKey => Self::NOT_FOUND,
            KeyRefusal::Mixed => Self::bad_request("cannot mix fullaccess permission with scoped permissions."),
            KeyRefusal::InvalidGrant => Self::forbidden("invalid grant"),
            KeyRefusal::HasPolicy { bucket } => Self::precondition_failed(format!(
                "bucket {bucket} has a bucket policy. Only 'All Permissions' access keys support buckets with S3 \
                 bucket policies"
            )),
            KeyRefusal::OtherKind => Self::bad_request(
                "a fullaccess key cannot become a key with scoped permissions, nor the other way round",
            ),
            KeyRefusal::Engine(error) => error.into(),
        }
    }
}

impl From<CdnRefusal> for ApiError {
    fn from(refusal: CdnRefusal) -> Self {
        match refusal {
            CdnRefusal::AlreadyEnabled => Self::conflict("cdn already enabled"),
            CdnRefusal::DomainTaken => Self::conflict("custom domain already in use"),
            CdnRefusal::NoSuchSpace => Self::unprocessable("invalid origin"),
            CdnRefusal::NoSuchEndpoint => Self::NOT_FOUND,
            CdnRefusal::Engine(error) => error.into(),
        }
    }
}

impl From<CertificateRefusal> for ApiError {
    fn from(refusal: CertificateRefusal) -> Self {
        match refusal {
            CertificateRefusal::NameTaken => Self::unprocessable(CERTIFICATE_NAME),
            CertificateRefusal::TooMany => Self::unprocessable("the account has as many certificates as it may have"),
            CertificateRefusal::Engine(error) => error.into(),
        }
    }
}

impl From<ProjectRefusal> for ApiError {
    fn from(refusal: ProjectRefusal) -> Self {
        match refusal {
            ProjectRefusal::NameTaken => Self::conflict("name is already in use by another project"),
            ProjectRefusal::NoSuchProject | ProjectRefusal::NoSuchSpace => Self::NOT_FOUND,
            ProjectRefusal::TooMany => Self::unprocessable("the account has as many projects as it may have"),
            ProjectRefusal::InUse => {
                Self::precondition_failed("cannot delete a project with resources, nor the default project")
            }
            ProjectRefusal::Engine(error) => error.into(),
        }
    }
}
