//! `/v2/certificates`, as far as CDN domains need them (spaces-reference 8.3).

mod x509;

use serde::{Deserialize, Serialize};
use spacelet_engine::{Certificate, Timestamp, new_uuid};

use crate::ApiError;
use crate::ask::{Answer, Ask};
use crate::error::CERTIFICATE_NAME;
use crate::page::Page;
use crate::stamp::stamp;

/// The most certificates of an account.
const CERTIFICATES_MAX: usize = 200;
/// The longest name of one, in characters.
const NAME_CHARS_MAX: usize = 255;
/// The most names of one.
const NAMES_MAX: usize = 100;
/// How long one of Let's Encrypt is good for.
const LETS_ENCRYPT_MS: i64 = 90 * 86_400_000;

#[derive(Deserialize)]
struct Body {
    name: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    dns_names: Vec<String>,
    private_key: Option<String>,
    leaf_certificate: Option<String>,
}

#[derive(Serialize)]
struct One {
    certificate: Shown,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    name: String,
    not_after: String,
    sha1_fingerprint: String,
    created_at: String,
    dns_names: Vec<String>,
    state: &'static str,
    #[serde(rename = "type")]
    kind: String,
}

impl Shown {
    fn of(certificate: Certificate, now: Timestamp) -> Self {
        Self {
            // Nothing is ever pending here; an expired one cannot be used.
            state: if certificate.not_after > now { "verified" } else { "error" },
            id: certificate.id,
            name: certificate.name,
            not_after: stamp(certificate.not_after),
            sha1_fingerprint: certificate.sha1_fingerprint,
            created_at: stamp(certificate.created),
            dns_names: certificate.dns_names,
            kind: certificate.kind,
        }
    }
}

pub(crate) async fn list(ask: Ask) -> Result<Answer, ApiError> {
    let mut certificates = ask.world.certificates_of(&ask.account)?;
    certificates.retain(|certificate| ask.query("name").is_none_or(|name| certificate.name == name));
    let now = ask.world.clock().now();
    let shown = certificates.into_iter().map(|certificate| Shown::of(certificate, now)).collect();
    Answer::ok(&Page::of("certificates", shown, &ask)?)
}

pub(crate) async fn create(ask: Ask) -> Result<Answer, ApiError> {
    let body: Body = ask.json()?;
    if body.name.is_empty() || body.name.chars().count() > NAME_CHARS_MAX {
        return Err(ApiError::unprocessable(CERTIFICATE_NAME));
    }
    let now = ask.world.clock().now();
    let known = match body.kind.as_deref().unwrap_or("custom") {
        "lets_encrypt" => promised(body.dns_names, now)?,
        "custom" => given(body.private_key, body.leaf_certificate)?,
        _ => return Err(ApiError::unprocessable("type must be custom or lets_encrypt")),
    };
    let certificate = Certificate {
        id: new_uuid(),
        account: ask.account.clone(),
        name: body.name,
        kind: body.kind.unwrap_or_else(|| "custom".to_owned()),
        dns_names: known.dns_names,
        not_after: known.not_after,
        sha1_fingerprint: known.sha1_fingerprint,
        created: now,
    };
    ask.world.create_certificate(certificate.clone(), CERTIFICATES_MAX).await?;
    Answer::created(&One { certificate: Shown::of(certificate, now) })
}

// DIFFERS: Let's Encrypt is not asked: the certificate is verified at once, and its fingerprint is that of its names.
fn promised(dns_names: Vec<String>, now: Timestamp) -> Result<x509::Known, ApiError> {
    if dns_names.is_empty() || dns_names.len() > NAMES_MAX || dns_names.iter().any(|name| name.len() > 253) {
        return Err(ApiError::unprocessable("dns_names must hold 1 to 100 names"));
    }
    let sha1_fingerprint = x509::fingerprint(dns_names.join(",").as_bytes());
    Ok(x509::Known { dns_names, not_after: Timestamp(now.0.saturating_add(LETS_ENCRYPT_MS)), sha1_fingerprint })
}

fn given(private_key: Option<String>, leaf: Option<String>) -> Result<x509::Known, ApiError> {
    if !private_key.is_some_and(|key| key.contains("PRIVATE KEY-----")) {
        return Err(ApiError::unprocessable("private_key must be a PEM block"));
    }
    let known = x509::read(&leaf.unwrap_or_default());
    known.ok_or_else(|| ApiError::unprocessable("leaf_certificate must be an X.509 certificate in a PEM block"))
}

pub(crate) async fn get(ask: Ask) -> Result<Answer, ApiError> {
    let certificate = ask.world.certificate(&ask.account, ask.name())?.ok_or(ApiError::NOT_FOUND)?;
    Answer::ok(&One { certificate: Shown::of(certificate, ask.world.clock().now()) })
}

pub(crate) async fn delete(ask: Ask) -> Result<Answer, ApiError> {
    let was_there = ask.world.delete_certificate(&ask.account, ask.name()).await?;
    if was_there { Ok(Answer::NOTHING) } else { Err(ApiError::NOT_FOUND) }
}
