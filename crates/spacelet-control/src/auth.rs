//! Who may use the control API: whoever holds the bearer token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

use crate::{ApiError, ControlSettings};

/// Lets a request through that carries the token, and answers DigitalOcean's 401 to any other.
pub(crate) async fn require_token(
    State(settings): State<Arc<ControlSettings>>,
    request: Request,
    next: Next,
) -> Response {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| bearer(value.as_bytes()));
    let right = given.is_some_and(|token| token.ct_eq(settings.token.reveal().as_bytes()).into());
    if right { next.run(request).await } else { ApiError::UNAUTHORIZED.into_response() }
}

/// The token of `Bearer TOKEN`; the scheme's case does not matter (RFC 9110 11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_token_is_what_follows_the_scheme() {
        assert_eq!(bearer(b"Bearer abc"), Some(&b"abc"[..]));
        assert_eq!(bearer(b"bearer  abc "), Some(&b"abc"[..]));
        assert_eq!(bearer(b"Basic abc=="), None);
        assert_eq!(bearer(b"Bear"), None);
    }
}
