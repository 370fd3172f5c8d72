//! Why a signature does not match: named guesses, each tried with the secret, at most 32 of them.
//!
//! The server holds only an HMAC, so it cannot see which line differed; but most mistakes are of a few kinds, and a
//! guess that makes the client's signature is certain to be the right one.

mod v2;
mod v4;

use crate::encode::printable;
use crate::{Claim, Head};

/// The most signatures that are made for one explanation.
const TRIES_MAX: usize = 32;

/// What was found about a signature that does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hypothesis {
    /// A stable short name (`host`, `path-as-sent`, ...); `unknown` when nothing matched.
    pub name: &'static str,
    /// Plain words, printable ASCII, without secrets: for people.
    pub explanation: String,
    /// When nothing matched: the canonical request (V4) or string to sign (V2) that this server made, keys and tokens
    /// masked. For the journal, not for the answer.
    pub canonical_request: Option<String>,
}

/// Says why the signature does not match. At most 32 signatures are tried.
#[must_use]
pub fn explain_mismatch(claim: &Claim, head: &Head<'_>, secret: &str, host_aliases: &[String]) -> Hypothesis {
    match claim {
        Claim::Anonymous => Hypothesis {
            name: "anonymous",
            explanation: "the request is not signed".to_owned(),
            canonical_request: None,
        },
        Claim::HeaderV4(claim) => v4::explain(claim, head, false, secret, host_aliases),
        Claim::PresignedV4(claim) => v4::explain(claim, head, true, secret, host_aliases),
        Claim::HeaderV2(claim) => v2::explain(claim, head, false, secret),
        Claim::PresignedV2(claim) => v2::explain(claim, head, true, secret),
    }
}

fn found(name: &'static str, explanation: String) -> Hypothesis {
    Hypothesis { name, explanation, canonical_request: None }
}

fn unknown(version: &str, ours: &[u8]) -> Hypothesis {
    let explanation = format!(
        "no usual mistake explains this {version} signature, so most likely the secret is another one than this server \
         knows for the key; the request log shows what this server signed"
    );
    Hypothesis { name: "unknown", explanation, canonical_request: Some(masked(&String::from_utf8_lossy(ours))) }
}

/// Hides what must not be written down: customer keys of SSE-C, and tokens.
fn masked(text: &str) -> String {
    let secret = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        name.ends_with("-customer-key") || name.ends_with("-token") || name == "cookie" || name == "authorization"
    };
    let lines = text.split('\n').map(|line| match line.split_once(':') {
        Some((name, _)) if secret(line) => format!("{name}:***"),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Secrets as they come out of careless copying, with what happened to them.
fn careless_secrets(secret: &str) -> [(String, &'static str); 4] {
    [
        (format!("{secret}\n"), "a line end after it"),
        (format!("{secret}\r\n"), "a Windows line end after it"),
        (format!("{secret} "), "a blank after it"),
        (format!(" {secret}"), "a blank before it"),
    ]
}

fn secret_found(how: &str) -> Hypothesis {
    found(
        "secret-with-blanks",
        format!("the client's secret has {how}; check how it is read from the file or variable"),
    )
}

/// The methods that a link may have been made for.
fn other_methods(method: &str) -> impl Iterator<Item = &'static str> {
    ["GET", "PUT", "HEAD", "POST", "DELETE"].into_iter().filter(move |other| *other != method)
}

fn method_found(signed: &str, method: &str) -> String {
    format!("the signature was made for {signed}, but the request is a {}", printable(method))
}
