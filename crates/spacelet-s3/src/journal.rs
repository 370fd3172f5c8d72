//! The last requests and what became of them, for people who look for a fault. Bounded; holds no secret.

use std::collections::VecDeque;
use std::sync::Mutex;

use spacelet_engine::Timestamp;

/// What is remembered of a request. No header, no body, no signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// The request id that the answer carried; its `cf-ray` where the CDN's cache answered, which repeats the origin's id.
    pub request_id: String,
    /// When it was answered, by the wall clock.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The raw path and query; values of signatures and tokens are masked.
    pub target: String,
    /// The bucket that it is about, named by path or by host.
    pub bucket: Option<String>,
    /// What the CDN's cache did where it was asked: the answer's `cf-cache-status`.
    pub edge: Option<String>,
    /// The operation, as TABLE 1 names it; empty when none was found.
    pub operation: &'static str,
    /// The access key id that the request named.
    pub access_key: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The wire code of a refusal.
    pub code: Option<&'static str>,
    /// Why it was refused, or what was silently ignored.
    pub explanation: String,
    /// For a bad signature that no hypothesis explains: the canonical request that the server made.
    pub canonical_request: Option<String>,
}

/// A ring of the last requests.
pub(crate) struct Journal {
    entries: Mutex<VecDeque<JournalEntry>>,
    entries_max: usize,
}

impl Journal {
    pub(crate) fn new(entries_max: usize) -> Self {
        Self { entries: Mutex::new(VecDeque::with_capacity(entries_max.min(1_024))), entries_max }
    }

    /// Whether anything is kept at all.
    pub(crate) fn is_on(&self) -> bool {
        self.entries_max > 0
    }

    /// Remembers one, forgetting the oldest when full.
    pub(crate) fn add(&self, entry: JournalEntry) {
        let Ok(mut entries) = self.entries.lock() else { return };
        if entries.len() >= self.entries_max {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    /// Adds what the CDN's cache did to the entry of a request that it passed on.
    pub(crate) fn mark_edge(&self, request_id: &str, edge: &str) {
        let Ok(mut entries) = self.entries.lock() else { return };
        if let Some(entry) = entries.iter_mut().rev().find(|entry| entry.request_id == request_id) {
            entry.edge = Some(edge.to_owned());
        }
    }

    /// All of them, oldest first.
    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.entries.lock().map(|entries| entries.iter().cloned().collect()).unwrap_or_default()
    }
}

/// Query parameters whose values open something.
const SECRET: [&str; 4] = ["x-amz-signature", "signature", "x-amz-security-token", "token"];

/// `path?query` with the values of signatures and tokens masked; at most 2,048 bytes.
pub(crate) fn shown_target(path: &str, query: &str) -> String {
    let mut shown = String::with_capacity(path.len() + query.len() + 1);
    shown.push_str(path);
    for (at, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        shown.push(if at == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((name, _)) if SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret)) => {
                shown.push_str(name);
                shown.push_str("=***");
            }
            _ => shown.push_str(pair),
        }
    }
    let mut end = shown.len().min(2_048);
    while !shown.is_char_boundary(end) {
        end -= 1;
    }
    shown.truncate(end);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_masked() {
        assert_eq!(
            shown_target("/b/k", "X-Amz-Date=1&X-Amz-Signature=abc&signature=d&acl"),
            "/b/k?X-Amz-Date=1&X-Amz-Signature=***&signature=***&acl"
        );
        assert_eq!(shown_target("/", ""), "/");
    }

    #[test]
    fn the_ring_forgets_the_oldest() {
        let journal = Journal::new(2);
        for status in [200, 201, 202] {
            journal.add(JournalEntry {
                request_id: String::new(),
                at: Timestamp(0),
                method: String::new(),
                target: String::new(),
                bucket: None,
                edge: None,
                operation: "",
                access_key: None,
                status,
                code: None,
                explanation: String::new(),
                canonical_request: None,
            });
        }
        assert_eq!(journal.entries().iter().map(|entry| entry.status).collect::<Vec<_>>(), [201, 202]);
    }
}
