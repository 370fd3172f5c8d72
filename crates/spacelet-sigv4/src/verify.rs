//! Judging a claim with the secret of the key it names.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use subtle::ConstantTimeEq;

use crate::canonical::{Canonical, claim_to_sign};
use crate::chunk_signer::{ChunkSigner, same};
use crate::hash::{SigningKey, sign_v2};
use crate::payload::UNSIGNED;
use crate::sigv2::StringV2;
use crate::{AuthError, Claim, ClaimV2, ClaimV4, Head, Payload};

/// How many derived keys are kept. A key lives for one day and region, so a server with more keys than this in use at
/// once merely derives some of them again.
const SIGNING_KEYS_MAX: usize = 512;

/// How many host aliases are tried at most for one request.
const HOST_ALIASES_MAX: usize = 32;

/// A small bounded cache of derived V4 signing keys. One per server; shared freely.
#[derive(Default)]
pub struct SigningKeys {
    hasher: RandomState,
    keys: Mutex<HashMap<u64, CachedKey>>,
}

struct CachedKey {
    access_key: Box<str>,
    scope: Box<str>,
    secret: Box<str>,
    key: SigningKey,
}

impl SigningKeys {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The signing key of a claim: from the cache when key, scope and secret are the same, else derived.
    fn of(&self, claim: &ClaimV4, secret: &str) -> SigningKey {
        let scope = claim.scope.as_str();
        let hash = self.hasher.hash_one((claim.access_key.as_str(), scope));
        {
            let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = keys.get(&hash).filter(|found| found.is_for(claim, secret)) {
                return found.key.clone();
            }
        }
        let key = SigningKey::derive(secret, &claim.scope);
        let entry = CachedKey {
            access_key: claim.access_key.as_str().into(),
            scope: scope.into(),
            secret: secret.into(),
            key: key.clone(),
        };
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= SIGNING_KEYS_MAX {
            keys.clear();
        }
        keys.insert(hash, entry);
        key
    }
}

impl CachedKey {
    /// A rotated secret must not be served from the cache, so the secret is compared too.
    fn is_for(&self, claim: &ClaimV4, secret: &str) -> bool {
        *self.access_key == *claim.access_key
            && *self.scope == *claim.scope.as_str()
            && bool::from(self.secret.as_bytes().ct_eq(secret.as_bytes()))
    }
}

/// It holds secrets, so nothing of it is shown.
impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKeys(..)")
    }
}

/// What a right signature says.
#[derive(Debug)]
pub struct Verified {
    /// How the body must be checked.
    pub payload: Payload,
    /// Whether the signature came in the query.
    pub presigned: bool,
    /// When it was signed, in seconds since 1970; `None` for presigned V2 links and anonymous requests.
    pub signed_at_s: Option<i64>,
    /// The host that had been signed instead of the request's own, when an alias matched.
    pub host_alias: Option<String>,
}

impl Claim {
    /// Judges the claim. `wall_s` judges header signatures (15 minutes of skew), `world_s` the end of presigned links;
    /// both are seconds since 1970. `host_aliases` are hosts that may have been signed instead of the request's Host;
    /// at most 32 of them are tried. An anonymous claim is always right; `secret` is then not looked at.
    ///
    /// # Errors
    /// As [`AuthError`] lists, the time before the signature.
    pub fn verify(
        &self,
        head: &Head<'_>,
        secret: &str,
        wall_s: i64,
        world_s: i64,
        host_aliases: &[String],
        keys: &SigningKeys,
    ) -> Result<Verified, AuthError> {
        self.check_time(wall_s, world_s)?;
        match self {
            Self::Anonymous => Ok(Verified {
                payload: Payload::uncovered(head)?,
                presigned: false,
                signed_at_s: None,
                host_alias: None,
            }),
            Self::HeaderV4(claim) => verify_v4(claim, head, false, secret, host_aliases, keys),
            Self::PresignedV4(claim) => verify_v4(claim, head, true, secret, host_aliases, keys),
            Self::HeaderV2(claim) => verify_v2(claim, head, false, secret),
            Self::PresignedV2(claim) => verify_v2(claim, head, true, secret),
        }
    }
}

fn verify_v4(
    claim: &ClaimV4,
    head: &Head<'_>,
    presigned: bool,
    secret: &str,
    host_aliases: &[String],
    keys: &SigningKeys,
) -> Result<Verified, AuthError> {
    let signs = |name: &str| claim.signed_headers.split(';').any(|signed| signed == name);
    if signs("content-md5") {
        check_content_md5(head)?;
    }
    let key = keys.of(claim, secret);
    let payload_hash = head.header("x-amz-content-sha256").unwrap_or(UNSIGNED);
    let mut canonical = Canonical::new(head, &claim.signed_headers, payload_hash, presigned);
    let matches =
        |canonical: &Canonical<'_>| same(&key.sign(&claim_to_sign(claim, canonical)), claim.signature.as_bytes());
    let mut host_alias = None;
    if !matches(&canonical) {
        let aliases = host_aliases.iter().take(HOST_ALIASES_MAX).filter(|_| signs("host"));
        host_alias = aliases.into_iter().find(|alias| {
            canonical.host = Some(alias);
            matches(&canonical)
        });
        if host_alias.is_none() {
            return Err(AuthError::Mismatch);
        }
    }
    Ok(Verified {
        payload: Payload::of(head, || ChunkSigner::of_claim(key, claim))?,
        presigned,
        signed_at_s: Some(claim.signed_at_s),
        host_alias: host_alias.cloned(),
    })
}

fn verify_v2(claim: &ClaimV2, head: &Head<'_>, presigned: bool, secret: &str) -> Result<Verified, AuthError> {
    check_content_md5(head)?;
    let text = StringV2::new(head, &claim.date, presigned).text();
    if !same(sign_v2(secret, &text).as_bytes(), claim.signature.as_bytes()) {
        return Err(AuthError::Mismatch);
    }
    Ok(Verified {
        payload: Payload::uncovered(head)?,
        presigned,
        signed_at_s: Some(claim.time_s).filter(|_| !presigned),
        host_alias: None,
    })
}

/// RGW refuses to sign a Content-MD5 that is not made of base64's letters.
fn check_content_md5(head: &Head<'_>) -> Result<(), AuthError> {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=".contains(byte);
    match head.headers.get("content-md5") {
        Some(value) if !value.as_bytes().iter().all(allowed) => {
            Err(AuthError::Unacceptable("Content-MD5 is not base64"))
        }
        _ => Ok(()),
    }
}
