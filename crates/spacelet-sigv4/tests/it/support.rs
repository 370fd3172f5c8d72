//! A request's head, owned.

use http::{HeaderMap, HeaderName, HeaderValue};
use spacelet_sigv4::sign::Credentials;
use spacelet_sigv4::{AuthError, Claim, Head, SigningKeys, Verified};

/// The key of AWS's published examples.
pub(crate) const EXAMPLE: Credentials<'static> = Credentials {
    access_key: "AKIAIOSFODNN7EXAMPLE",
    secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region: "us-east-1",
};

/// The time of AWS's published examples, 2013-05-24T00:00:00Z.
pub(crate) const EXAMPLE_S: i64 = 1_369_353_600;

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) host_bucket: Option<String>,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str, headers: &[(&str, &str)]) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            host_bucket: None,
        };
        for (name, value) in headers {
            request
                .headers
                .append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        request
    }

    pub(crate) fn head(&self) -> Head<'_> {
        Head {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            host_bucket: self.host_bucket.as_deref(),
        }
    }

    pub(crate) fn add(&mut self, headers: Vec<(HeaderName, HeaderValue)>) {
        for (name, value) in headers {
            self.headers.insert(name, value);
        }
    }

    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }

    pub(crate) fn claim(&self) -> Result<Claim, AuthError> {
        Claim::parse(&self.head())
    }

    /// Judges the request with the example's secret, at one time on both clocks.
    pub(crate) fn verify(&self, now_s: i64) -> Result<Verified, AuthError> {
        self.verify_with(EXAMPLE.secret, now_s, &[])
    }

    pub(crate) fn verify_with(&self, secret: &str, now_s: i64, aliases: &[&str]) -> Result<Verified, AuthError> {
        let aliases: Vec<String> = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        self.claim()?.verify(&self.head(), secret, now_s, now_s, &aliases, &SigningKeys::new())
    }
}
