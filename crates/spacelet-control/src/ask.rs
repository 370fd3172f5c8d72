//! A request as handlers see it, and what they answer.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use spacelet_engine::{AccountId, World};

use crate::{ApiError, ControlSettings, Shared};

/// An admitted request.
pub(crate) struct Ask {
    pub(crate) shared: Arc<Shared>,
    pub(crate) world: Arc<World>,
    /// Whose token it carries.
    pub(crate) account: AccountId,
    /// The id of that token, for counting.
    pub(crate) token_id: String,
    /// The parts of the path that the route's `{…}` stand for, decoded.
    pub(crate) names: Vec<String>,
    /// The query, decoded; of a name that comes twice the first counts.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Bytes,
    /// `http://host`, where the client found the API; for links.
    pub(crate) base: String,
    pub(crate) path: String,
}

impl Ask {
    pub(crate) fn settings(&self) -> &ControlSettings {
        &self.shared.settings
    }

    /// What the route's first `{…}` stands for.
    pub(crate) fn name(&self) -> &str {
        self.names.first().map(String::as_str).unwrap_or_default()
    }

    /// A parameter that is there and not empty.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(has, _)| has == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 400.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body).map_err(|_error| ApiError::UNREADABLE)
    }

    /// This request's URL with another page; its other parameters stay.
    pub(crate) fn url_of_page(&self, page: usize, per_page: usize) -> String {
        let others = self.query.iter().filter(|(name, _)| name != "page" && name != "per_page");
        let mut url = format!("{}{}?page={page}&per_page={per_page}", self.base, self.path);
        for (name, value) in others {
            url.push_str(&format!("&{}={}", escaped(name), escaped(value)));
        }
        url
    }
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// `a=b&c=d%20e` as pairs; `+` is a blank, as forms write it.
pub(crate) fn read_query(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(n, v)| (decoded(n), decoded(v))).collect()
}

/// What a handler answers.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// JSON; empty for 204.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// 204.
    pub(crate) const NOTHING: Self = Self { status: StatusCode::NO_CONTENT, body: Vec::new() };

    /// 200 with JSON.
    pub(crate) fn ok(body: &impl Serialize) -> Result<Self, ApiError> {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with JSON.
    pub(crate) fn created(body: &impl Serialize) -> Result<Self, ApiError> {
        Self::json(StatusCode::CREATED, body)
    }

    fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_vec(body).map_err(|_error| ApiError::SERVER)?;
        Ok(Self { status, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_becomes_pairs() {
        let pairs = |query| read_query(query).into_iter().map(|(n, v)| format!("{n}:{v}")).collect::<Vec<_>>();
        assert_eq!(pairs("a=b&c=d%20e+f&&g"), ["a:b", "c:d e f", "g:"]);
        assert!(pairs("").is_empty());
    }
}
