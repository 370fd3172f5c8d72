//! Live requests: what came in on the S3 port, and why what was refused was refused.

use std::collections::HashMap;

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use spacelet_engine::{AccessKeyId, Timestamp};

use super::layout::{self, Place};
use super::text::time;
use super::visit::{PanelError, Visit};

/// Requests on the page.
const ROWS: usize = 200;

/// One request on the S3 port. No header, no body, no signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// The request id that the answer carried, or another that no other row has.
    pub request_id: String,
    /// When it was answered.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The raw path and query, signatures masked.
    pub target: String,
    /// The Space that it is about, named by path or by host.
    pub bucket: Option<String>,
    /// What the CDN's cache did, where it was asked.
    pub edge: Option<String>,
    /// The operation's name; empty when none was found.
    pub operation: String,
    /// The access key id that the request named.
    pub access_key: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The wire code of a refusal.
    pub code: Option<String>,
    /// Why it was refused, or what was silently ignored.
    pub explanation: String,
    /// For a bad signature that nothing explains: the canonical request that the server made.
    pub canonical_request: Option<String>,
}

pub(crate) async fn page(visit: Visit) -> Result<Response, PanelError> {
    let wanted = visit.field("bucket").unwrap_or_default();
    let spaces = visit.world.buckets_of(&visit.account, None)?;
    let rows = rows(&visit, wanted, "")?;
    let content = html! {
        div.head { h1 { "Live requests" } }
        form.tools action="/panel/requests" {
            label for="bucket" { "Space" }
            input #bucket name="bucket" list="spaces" value=(wanted) placeholder="All" autocomplete="off" spellcheck="false" data-submits;
            datalist #spaces { @for space in &spaces { option value=(space.name); } }
            label.choice { input #live type="checkbox" checked; span { "Show new ones as they come" } }
            span.quiet #live-said role="status" {}
        }
        table.list.requests {
            thead { tr { th { "Time (UTC)" } th { "Operation" } th { "Status" } th { "Who" } th { "Request, and why it was refused" } } }
            tbody #live-rows data-newer={ "/panel/requests/new?bucket=" (super::text::escaped(wanted)) } data-rows-max=(ROWS) { (rows) }
        }
        p.quiet { "The newest come first. Headers, bodies and signatures are not kept." }
    };
    Ok(layout::page(&visit, Place::Requests, "Live requests", &content))
}

/// The rows that came after the one that the page has on top.
pub(crate) async fn newer(visit: Visit) -> Result<Response, PanelError> {
    let wanted = visit.field("bucket").unwrap_or_default();
    let rows = rows(&visit, wanted, visit.field("after").unwrap_or_default())?;
    let answer = ([(CONTENT_TYPE, "text/html; charset=utf-8")], rows.into_string()).into_response();
    Ok(layout::finish(answer, ""))
}

fn rows(visit: &Visit, bucket: &str, after: &str) -> Result<Markup, PanelError> {
    let all = (visit.panel.settings().journal)();
    let newest = all.iter().rev().take_while(|row| row.request_id != after);
    let shown: Vec<_> = newest.filter(|row| bucket.is_empty() || is_of(row, bucket)).take(ROWS).collect();
    let mut names: HashMap<&str, String> = HashMap::new();
    for id in shown.iter().filter_map(|row| row.access_key.as_deref()) {
        if !names.contains_key(id) {
            let key = visit.world.key(&AccessKeyId::new(id))?.filter(|key| key.account == visit.account);
            names.insert(id, key.map(|key| key.name).unwrap_or_default());
        }
    }
    Ok(html! { @for row in shown { (markup(row, &names)) } })
}

/// Whether a request is about a Space. One that was refused before that was known is judged by its path.
fn is_of(row: &JournalRow, bucket: &str) -> bool {
    if let Some(has) = &row.bucket {
        return has == bucket;
    }
    is_in_path(&row.target, bucket)
}

fn is_in_path(target: &str, bucket: &str) -> bool {
    let rest = target.strip_prefix('/').and_then(|path| path.strip_prefix(bucket));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

fn markup(row: &JournalRow, names: &HashMap<&str, String>) -> Markup {
    let class = match row.status {
        400.. => "bad",
        300..400 => "meh",
        _ => "good",
    };
    let who = row.access_key.as_deref();
    html! {
        tr data-id=(row.request_id) {
            td data-name="Time" { (time(row.at)) }
            td data-name="Operation" { @if row.operation.is_empty() { "–" } @else { (row.operation) } }
            td data-name="Status" { span class={ "tag " (class) } { (row.status) } @if let Some(code) = &row.code { " " (code) } @if let Some(edge) = &row.edge { " " span.tag { "CDN " (edge) } } }
            td data-name="Who" {
                @match who {
                    None => span.quiet { "anonymous" },
                    Some(id) => { @let name = names.get(id).map(String::as_str).unwrap_or_default(); @if name.is_empty() { code { (id) } } @else { span title=(id) { (name) } } }
                }
            }
            td.why data-name="Request" {
                code { (row.method) " " (row.target) }
                @if let Some(bucket) = row.bucket.as_deref().filter(|bucket| !is_in_path(&row.target, bucket)) { " " span.tag { (bucket) } }
                @if !row.explanation.is_empty() { p { (row.explanation) } }
                @if let Some(canonical) = &row.canonical_request { details { summary { "Canonical request" } pre { (canonical) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_of_the_space_in_its_path() {
        let row = |target: &str| JournalRow {
            request_id: String::new(),
            at: Timestamp(0),
            method: String::new(),
            target: target.to_owned(),
            bucket: None,
            edge: None,
            operation: String::new(),
            access_key: None,
            status: 200,
            code: None,
            explanation: String::new(),
            canonical_request: None,
        };
        assert!(["/b", "/b/", "/b/k", "/b?acl"].iter().all(|target| is_of(&row(target), "b")));
        assert!(!["/", "/bb", "/a/b", "/bb/k"].iter().any(|target| is_of(&row(target), "b")));
        let by_host = JournalRow { bucket: Some("b".to_owned()), ..row("/k") };
        assert!(is_of(&by_host, "b") && !is_of(&by_host, "k"));
    }
}
