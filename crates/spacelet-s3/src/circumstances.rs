//! What policy conditions look at in every request, whatever it asks for: when it came, from where, how it was signed.

use std::net::IpAddr;

use http::HeaderMap;
use http::header::{AsHeaderName, REFERER, USER_AGENT};
use http::request::Parts;
use spacelet_engine::Timestamp;
use spacelet_engine::access::Caller;
use spacelet_engine::policy::Environment;
use spacelet_sigv4::Claim;

use crate::headers::CONTENT_SHA256;
use crate::policy::PolicyKeys;
use crate::settings::{Connection, S3Settings};
use crate::xml::iso_millis;

/// How a request was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof {
    /// `s3:authType`.
    auth_type: &'static str,
    /// `s3:signatureversion`.
    version: &'static str,
    /// How old the signature is, where that is known.
    age_s: Option<i64>,
}

impl Proof {
    /// What a claim says. Ages of headers are told by the wall clock, those of links by the world's, as they are judged.
    pub(crate) fn of(claim: &Claim, wall_s: i64, world_s: i64) -> Option<Self> {
        let (v4, v2) = ("AWS4-HMAC-SHA256", "AWS");
        let (auth_type, version, age_s) = match claim {
            Claim::Anonymous => return None,
            Claim::HeaderV4(v) => ("REST-HEADER", v4, Some(wall_s.saturating_sub(v.signed_at_s))),
            Claim::PresignedV4(v) => ("REST-QUERY-STRING", v4, Some(world_s.saturating_sub(v.signed_at_s))),
            Claim::HeaderV2(v) => ("REST-HEADER", v2, Some(wall_s.saturating_sub(v.time_s))),
            Claim::PresignedV2(_) => ("REST-QUERY-STRING", v2, None),
        };
        Some(Self { auth_type, version, age_s })
    }

    /// That of a form.
    pub(crate) fn of_form(is_v4: bool) -> Self {
        Self { auth_type: "POST", version: if is_v4 { "AWS4-HMAC-SHA256" } else { "AWS" }, age_s: None }
    }
}

/// What conditions look at in every request.
#[derive(Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    headers: &'a HeaderMap,
    source_ip: Option<IpAddr>,
    is_secure: bool,
    proof: Option<Proof>,
}

impl<'a> Circumstances<'a> {
    pub(crate) fn of(settings: &S3Settings, parts: &'a Parts) -> Self {
        let connection = parts.extensions.get::<Connection>();
        let mut seen = Self {
            headers: &parts.headers,
            source_ip: connection.map(|connection| connection.peer.ip().to_canonical()),
            is_secure: settings.assume_tls || connection.is_some_and(|connection| connection.tls),
            proof: None,
        };
        let is_trusted = |ip: &IpAddr| settings.trust_forwarded.iter().any(|network| network.contains(*ip));
        if seen.source_ip.as_ref().is_some_and(is_trusted) {
            // The last address that no proxy of ours has: what stands before it, a client may have written itself.
            let said = text(seen.headers, "x-forwarded-for").unwrap_or_default();
            let addresses = said.split(',').rev().map_while(|part| part.trim().parse::<IpAddr>().ok());
            let mut addresses = addresses.map(|ip| ip.to_canonical()).peekable();
            while let Some(address) = addresses.next() {
                if !is_trusted(&address) || addresses.peek().is_none() {
                    seen.source_ip = Some(address);
                    break;
                }
            }
            seen.is_secure |= text(seen.headers, "x-forwarded-proto") == Some("https");
        }
        seen
    }

    /// The same, signed so.
    pub(crate) fn signed_by(self, proof: Option<Proof>) -> Self {
        Self { proof, ..self }
    }

    /// Whether the client's connection is encrypted, as far as a policy may believe it.
    pub(crate) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The host that was asked, with its port.
    pub(crate) fn host(&self) -> Option<&'a str> {
        self.headers.get(http::header::HOST).and_then(|host| host.to_str().ok())
    }

    /// Who is at the other end, behind trusted proxies.
    pub(crate) fn source_ip(&self) -> Option<IpAddr> {
        self.source_ip
    }

    /// The request's headers.
    pub(crate) fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// What conditions may look at in every request.
    pub(crate) fn environment(&self, caller: &Caller, now_s: i64, keys: PolicyKeys) -> Environment {
        let mut environment = Environment::default();
        let iso = iso_8601(now_s);
        let (current, epoch) = match keys {
            // As RGW has it, which matters only to those who compare texts or numbers.
            PolicyKeys::Rgw => (now_s.to_string(), iso),
            PolicyKeys::Aws => (iso, now_s.to_string()),
        };
        environment.add("aws:CurrentTime", current);
        environment.add("aws:EpochTime", epoch);
        for (key, header) in [("aws:Referer", REFERER), ("aws:UserAgent", USER_AGENT)] {
            if let Some(value) = text(self.headers, header) {
                environment.add(key, value);
            }
        }
        match (self.is_secure, keys) {
            (true, _) => environment.add("aws:SecureTransport", "true"),
            (false, PolicyKeys::Aws) => environment.add("aws:SecureTransport", "false"),
            (false, PolicyKeys::Rgw) => {}
        }
        if let Some(ip) = self.source_ip {
            environment.add("aws:SourceIp", ip.to_string());
        }
        match keys {
            PolicyKeys::Rgw => add_rgw_caller(&mut environment, caller),
            PolicyKeys::Aws => {
                add_aws_caller(&mut environment, caller);
                self.add_signature(&mut environment);
            }
        }
        environment
    }

    fn add_signature(&self, environment: &mut Environment) {
        // No connection here is of an older version that S3 would still take.
        if self.is_secure {
            environment.add("s3:TlsVersion", "1.3");
        }
        if let Some(sha256) = text(self.headers, CONTENT_SHA256) {
            environment.add("s3:x-amz-content-sha256", sha256);
        }
        let Some(proof) = self.proof else { return };
        environment.add("s3:authType", proof.auth_type);
        environment.add("s3:signatureversion", proof.version);
        if let Some(age_s) = proof.age_s {
            environment.add("s3:signatureAge", age_s.saturating_mul(1_000).max(0).to_string());
        }
    }
}

fn add_rgw_caller(environment: &mut Environment, caller: &Caller) {
    environment.add("aws:PrincipalType", "User");
    let account = caller.account().map(|account| account.as_str());
    let name = account.map_or("anonymous", |id| id.split_once('$').map_or(id, |(_, id)| id));
    environment.add("aws:username", name);
}

// DIFFERS: there are no IAM users, roles or sessions, so whoever signs is an account's root user, which has no user name
// (IAM user guide, "IAM policy elements: Variables and tags", "Principal key values").
fn add_aws_caller(environment: &mut Environment, caller: &Caller) {
    environment.add("aws:PrincipalIsAWSService", "false");
    environment.add("aws:ViaAWSService", "false");
    match caller.account().map(|account| account.as_str()) {
        Some(account) => {
            environment.add("aws:PrincipalType", "Account");
            environment.add("aws:PrincipalAccount", account);
            environment.add("aws:PrincipalArn", format!("arn:aws:iam::{account}:root"));
            environment.add("aws:userid", account);
        }
        None => {
            environment.add("aws:PrincipalType", "Anonymous");
            environment.add("aws:userid", "anonymous");
        }
    }
}

/// A header as text, when it is UTF-8.
pub(crate) fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
}

fn iso_8601(now_s: i64) -> String {
    let mut text = String::new();
    iso_millis(&mut text, Timestamp(now_s.saturating_mul(1_000)));
    text
}
