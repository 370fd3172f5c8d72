//! Signing in, by the printed link or by the token, and out.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Serialize;

use super::sessions::{Session, is_same};
use super::visit::{PanelError, Visit, go, own_host};
use super::{Panel, guard, layout};
use crate::ApiError;
use crate::ask::{Answer, Ask, read_query};
use crate::stamp::stamp;

/// The longest form, in bytes.
const FORM_BYTES_MAX: usize = 4_096;

/// With a code, signs in; without, the form. The page that signs in leads on by itself instead of redirecting, so that
/// the next request is the panel's own whatever page the link stood on.
pub(super) async fn page(panel: Arc<Panel>, request: Request) -> Response {
    let host = match own_host(&panel, request.headers()) {
        Ok(host) => host,
        Err(refused) => return forbidden(refused),
    };
    let query = read_query(request.uri().query().unwrap_or_default());
    let code = query.into_iter().find(|(name, _)| name == "code").map(|(_, code)| code);
    let Some(code) = code else { return form(StatusCode::OK, None) };
    let Some(session) = panel.sessions().begin_by_code(&code) else {
        return form(
            StatusCode::FORBIDDEN,
            Some("This link was used already, is older than five minutes, or there is a newer one."),
        );
    };
    let content = html! {
        meta http-equiv="refresh" content="0;url=/panel";
        h1 { "Signed in" }
        p { a href="/panel" { "To your Spaces" } }
    };
    with_cookie(layout::bare("Signed in", &content), &session, &host)
}

/// Signs in with the control API's token.
pub(super) async fn by_token(panel: Arc<Panel>, request: Request) -> Response {
    let headers = request.headers();
    let allowed = own_host(&panel, headers).and_then(|host| guard::check_sign_in(headers, &host).map(|()| host));
    let host = match allowed {
        Ok(host) => host,
        Err(refused) => return forbidden(refused),
    };
    let form_bytes = to_bytes(request.into_body(), FORM_BYTES_MAX).await.unwrap_or_default();
    let fields = read_query(&String::from_utf8_lossy(&form_bytes));
    let token = fields.iter().find(|(name, _)| name == "token").map(|(_, token)| token.trim()).unwrap_or_default();
    if !is_same(token, panel.shared.settings.token.reveal()) {
        return form(StatusCode::FORBIDDEN, Some("This is not the token of this server."));
    }
    let session = panel.sessions().begin();
    with_cookie(layout::finish(Redirect::to("/panel").into_response(), ""), &session, &host)
}

#[derive(Serialize)]
struct One {
    sign_in_link: Link,
}

#[derive(Serialize)]
struct Link {
    url: String,
    expires_at: String,
}

/// `POST /emulator/sign-in-links`: a link that signs in once, for who has the token; an older link is good no more.
pub(crate) async fn link(ask: Ask) -> Result<Answer, ApiError> {
    let (code, expires) = ask.shared.sessions.new_code();
    let url = format!("{}/panel/sign-in?code={}", ask.base, code.reveal());
    Answer::created(&One { sign_in_link: Link { url, expires_at: stamp(expires) } })
}

pub(super) async fn sign_out(visit: Visit) -> Result<Response, PanelError> {
    visit.panel.sessions().end(&visit.session.id);
    Ok(go("/panel/sign-in"))
}

fn with_cookie(mut response: Response, session: &Session, host: &str) -> Response {
    let name = guard::cookie_name(host);
    let cookie = format!("{name}={}; Path=/; HttpOnly; SameSite=Strict", session.id);
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

fn forbidden(refused: guard::Refused) -> Response {
    layout::refusal_page(&PanelError::new(StatusCode::FORBIDDEN, refused.because()))
}

fn form(status: StatusCode, wrong: Option<&str>) -> Response {
    let mut page = layout::bare("Sign in", &form_markup(wrong));
    *page.status_mut() = status;
    page
}

fn form_markup(wrong: Option<&str>) -> Markup {
    html! {
        h1 { "Sign in to Spacelet" }
        p { "Open the link that the server printed when it started: it signs in once, within five minutes. For a new one, type "
            code { "spacelet panel" } " where the server runs." }
        p { "Or paste the control API's token: the one in "
            code { "SPACELET_TOKEN" } ", or the one it printed at its first start." }
        @if let Some(wrong) = wrong { p.error role="alert" { (wrong) } }
        form method="post" action="/panel/sign-in" {
            label for="token" { "Token" }
            input #token name="token" type="password" autocomplete="off" required autofocus;
            button.primary type="submit" { "Sign in" }
        }
    }
}
