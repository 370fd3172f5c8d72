//! What all pages share: the frame, the navigation, and the headers that keep a page from doing what it should not.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::visit::{PanelError, Visit};

/// Places in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Spaces,
    Api,
    Connect,
    Requests,
}

const PLACES: [(Place, &str, &str); 4] = [
    (Place::Spaces, "/panel", "Spaces"),
    (Place::Api, "/panel/api", "API"),
    (Place::Connect, "/panel/connect", "Connect"),
    (Place::Requests, "/panel/requests", "Live requests"),
];

/// A page in its frame.
pub(crate) fn page(visit: &Visit, place: Place, title: &str, content: &Markup) -> Response {
    framed(visit, place, title, content, &["panel.js"])
}

/// A Space's files in their frame, with the script for uploads.
pub(crate) fn files_page(visit: &Visit, title: &str, content: &Markup) -> Response {
    framed(visit, Place::Spaces, title, content, &["panel.js", "files.js"])
}

fn framed(visit: &Visit, place: Place, title: &str, content: &Markup, scripts: &[&str]) -> Response {
    let frame = html! {
        a.skip href="#main" { "Skip to content" }
        header.side {
            a.brand href="/panel" { img src=(assets::path("icon.svg")) alt="" width="24" height="24"; "Spacelet" }
            nav aria-label="Main" {
                @for (each, href, name) in PLACES {
                    a href=(href) aria-current=[(each == place).then_some("page")] { (name) }
                }
            }
            div.side-end {
                a.button.primary.small href="/panel/new" { "Create a Space" }
                form data-post="/panel/do/sign-out" { button.link type="submit" { "Sign out" } }
            }
        }
        main #main tabindex="-1" { (content) }
        div #said role="status" aria-live="polite" {}
    };
    let answer = whole(title, Some(&visit.session.csrf), scripts, &frame);
    finish(answer, &visit.settings().s3_url)
}

/// A page for somebody who has not signed in.
pub(crate) fn bare(title: &str, content: &Markup) -> Response {
    finish(whole(title, None, &[], &html! { main.bare #main { (content) } }), "")
}

/// What a refused GET shows.
pub(crate) fn refusal_page(error: &PanelError) -> Response {
    let mut page = bare(
        "Not possible",
        &html! {
            h1 { (error.status.as_u16()) }
            p { (error.message) }
            p { a href="/panel" { "To your Spaces" } }
        },
    );
    *page.status_mut() = error.status;
    page
}

fn whole(title: &str, csrf: Option<&str>, scripts: &[&str], body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if let Some(csrf) = csrf { meta name="csrf-token" content=(csrf); }
                title { (title) " · Spacelet" }
                link rel="icon" href=(assets::path("icon.svg"));
                link rel="stylesheet" href=(assets::path("panel.css"));
                @for script in scripts { script src=(assets::path(script)) defer {} }
            }
            body { (body) }
        }
    };
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], page.into_string()).into_response()
}

/// Adds the headers that every answer of the panel has. `s3_url`: where pictures may come from besides.
pub(crate) fn finish(mut response: Response, s3_url: &str) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {s3_url}; media-src {media}; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        media = if s3_url.is_empty() { "'none'" } else { s3_url },
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "same-origin"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("x-frame-options"), "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
