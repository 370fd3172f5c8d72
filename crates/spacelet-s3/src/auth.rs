//! Who asks: the claim is read, its key looked up, its signature judged. A caller and a payload come out of nothing else.

use std::sync::Arc;

use http::Method;
use http::request::Parts;
use spacelet_engine::access::Caller;
use spacelet_engine::{AccessKeyId, Account, Credential, World};
use spacelet_sigv4::{AuthError, Claim, Head, Payload, explain_mismatch};

use crate::Profile;
use crate::authorization;
use crate::circumstances::Proof;
use crate::error::{ErrorCode, S3Error};
use crate::headers;
use crate::region::{SignedRegion, signed_region};
use crate::service::{Shared, Trace};
use crate::signed_headers::check_covered;
use crate::target::Target;

/// An admitted caller.
pub(crate) struct Admission {
    pub(crate) world: Arc<World>,
    pub(crate) caller: Caller,
    pub(crate) account: Option<Arc<Account>>,
    /// How the body must be checked.
    pub(crate) payload: Payload,
    /// How the request was signed.
    pub(crate) proof: Option<Proof>,
    /// The region that was signed, where the profile looks at it.
    pub(crate) signed: Option<SignedRegion>,
}

/// Judges who the request says it is.
///
/// # Errors
/// `InvalidAccessKeyId`, `SignatureDoesNotMatch`, `RequestTimeTooSkewed`, `AccessDenied`, `InvalidArgument`, `UserSuspended`
/// (AWS: `AccountProblem`).
pub(crate) fn admit(shared: &Shared, parts: &Parts, target: &Target, trace: &mut Trace) -> Result<Admission, S3Error> {
    let settings = &shared.settings;
    let head = Head {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        host_bucket: target.bucket.as_deref().filter(|_| target.is_virtual_hosted),
    };
    if settings.profile.tells_malformed_signatures && parts.method != Method::OPTIONS {
        authorization::check(parts)?;
    }
    // A browser signs no preflight; what its URL was signed for is the request that follows.
    let claim = match settings.profile.takes_http_dates {
        _ if parts.method == Method::OPTIONS => Claim::Anonymous,
        true => Claim::parse_with_http_date(&head)?,
        false => Claim::parse(&head)?,
    };
    let wall_s = settings.wall.now().seconds();
    let Some(id) = claim.access_key() else {
        let world = settings.engine.world();
        let verified = claim.verify(
            &head,
            "",
            wall_s,
            world.clock().now().seconds(),
            &settings.host_aliases,
            &shared.signing_keys,
        )?;
        return Ok(Admission {
            world,
            caller: Caller::Anonymous,
            account: None,
            payload: verified.payload,
            proof: None,
            signed: None,
        });
    };
    trace.access_key = Some(id.to_owned());
    let Some((world, credential)) = settings.engine.find_key(&AccessKeyId::new(id))? else {
        // RGW judges the time before it looks for the key.
        claim.check_time(wall_s, settings.engine.world().clock().now().seconds())?;
        return Err(unknown_key(id));
    };
    let world_s = world.clock().now().seconds();
    let Credential { key, account } = &*credential;
    if shared.unsettled.is_key(key, world.clock()) {
        claim.check_time(wall_s, world_s)?;
        let why = "the access key was made a moment ago and is not known everywhere yet (--settling)";
        return Err(S3Error::new(ErrorCode::InvalidAccessKeyId, why));
    }
    let secret = key.secret.reveal();
    let verify =
        |head: &Head<'_>| claim.verify(head, secret, wall_s, world_s, &settings.host_aliases, &shared.signing_keys);
    let verified = verify(&head)
        .or_else(|error| match with_slash(&settings.profile, &claim, &head, target, &error) {
            Some(path) => verify(&Head { path: &path, ..head }),
            None => Err(error),
        })
        .map_err(|error| explained(error, &claim, &head, secret, &settings.host_aliases, trace))?;
    check_covered(&settings.profile, &claim, &parts.headers, head.query)?;
    if parts.headers.get(headers::CONTENT_MD5).is_some_and(|value| !value.as_bytes().iter().all(is_base64)) {
        // RGW refuses this while it reads the signature's headers, so before the bucket is known.
        return Err(S3Error::new(ErrorCode::AccessDenied, "Content-MD5 has characters that base64 does not have"));
    }
    if let Some(host) = verified.host_alias {
        trace.notes.push(format!("the signature covers the host {host}, an alias of this server"));
    }
    refuse_suspended(&settings.profile, account)?;
    Ok(Admission {
        world,
        caller: Caller::Account { account: account.id.clone(), grants: key.grants.clone() },
        account: Some(Arc::clone(account)),
        payload: verified.payload,
        proof: Proof::of(&claim, wall_s, world_s),
        signed: signed_region(&settings.profile, &claim),
    })
}

/// # Errors
/// `UserSuspended`, in profile aws `AccountProblem`.
pub(crate) fn refuse_suspended(profile: &Profile, account: &Account) -> Result<(), S3Error> {
    match account.suspended {
        true => Err(S3Error::new(profile.suspension_fault, "the account of this access key is suspended")),
        false => Ok(()),
    }
}

/// The path with a slash after the bucket, where a V2 signature may cover that instead.
fn with_slash(profile: &Profile, claim: &Claim, head: &Head<'_>, target: &Target, error: &AuthError) -> Option<String> {
    let is_v2 = matches!(claim, Claim::HeaderV2(_) | Claim::PresignedV2(_));
    let is_bucket = target.bucket.is_some() && target.key.is_empty() && !head.path.ends_with('/');
    let may = profile.takes_v2_bucket_slash && is_v2 && is_bucket && *error == AuthError::Mismatch;
    may.then(|| format!("{}/", head.path))
}

fn unknown_key(id: &str) -> S3Error {
    let shown: String = id.chars().take(64).collect();
    S3Error::new(
        ErrorCode::InvalidAccessKeyId,
        format!("this server has no access key {shown}; the shell's AWS_ACCESS_KEY_ID may belong to another service"),
    )
}

/// Adds to a mismatch the hypothesis that explains it; the canonical request goes to the journal only.
fn explained(
    error: AuthError,
    claim: &Claim,
    head: &Head<'_>,
    secret: &str,
    host_aliases: &[String],
    trace: &mut Trace,
) -> S3Error {
    let is_mismatch = error == AuthError::Mismatch;
    let mut refusal = S3Error::from(error);
    if is_mismatch {
        let hypothesis = explain_mismatch(claim, head, secret, host_aliases);
        trace.canonical_request = hypothesis.canonical_request;
        if !hypothesis.explanation.is_empty() {
            refusal.explanation = hypothesis.explanation.into();
        }
    }
    refusal
}

fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || matches!(byte, b'+' | b'/' | b'=')
}
