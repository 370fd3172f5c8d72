//! Who may use the control API: whoever holds a bearer token, from any host. A page of another origin never holds one,
//! and gets no CORS header, so that a browser lets it send nothing that this file would let in.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use spacelet_engine::{AccountId, World};
use subtle::ConstantTimeEq;

use crate::{ApiError, Shared};

/// Who asks, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: AccountId,
    /// The token's id, for counting; never the token.
    pub(crate) token_id: String,
    /// `*`: everything.
    pub(crate) scopes: Vec<String>,
}

impl Caller {
    /// # Errors
    /// 403 when the token has neither the scope nor all of them.
    pub(crate) fn require(&self, scope: &str) -> Result<(), ApiError> {
        let has = self.scopes.iter().any(|has| has == "*" || has == scope);
        if has { Ok(()) } else { Err(ApiError::FORBIDDEN) }
    }
}

/// Whose token the request carries.
///
/// # Errors
/// 401 for none or an unknown one, 500 from the store.
pub(crate) fn identify(shared: &Shared, world: &World, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let given = headers.get(AUTHORIZATION).and_then(|value| bearer(value.as_bytes())).ok_or(ApiError::UNAUTHORIZED)?;
    if given.ct_eq(shared.settings.token.reveal().as_bytes()).into() {
        let (account, scopes) = (first_account(shared, world)?, vec!["*".to_owned()]);
        return Ok(Caller { account, token_id: String::new(), scopes });
    }
    let given = std::str::from_utf8(given).ok().ok_or(ApiError::UNAUTHORIZED)?;
    let token = world.find_token(given)?.ok_or(ApiError::UNAUTHORIZED)?;
    Ok(Caller { account: token.account, token_id: token.id, scopes: token.scopes })
}

/// The account of the settings; where seeds brought others instead, the first of them.
pub(crate) fn first_account(shared: &Shared, world: &World) -> Result<AccountId, ApiError> {
    let wanted = &shared.settings.account;
    if world.account(wanted)?.is_some() {
        return Ok(wanted.clone());
    }
    Ok(world.accounts()?.into_iter().next().map_or_else(|| wanted.clone(), |account| account.id))
}

/// The token of `Bearer TOKEN`; the scheme's case does not matter (RFC 9110 11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_token_is_what_follows_the_scheme() {
        assert_eq!(bearer(b"Bearer abc"), Some(&b"abc"[..]));
        assert_eq!(bearer(b"bearer  abc "), Some(&b"abc"[..]));
        assert_eq!(bearer(b"Basic abc=="), None);
        assert_eq!(bearer(b"Bear"), None);
    }

    #[test]
    fn a_scope_is_needed_unless_the_token_has_all() {
        let caller = |scopes: &[&str]| Caller {
            account: AccountId::new("1"),
            token_id: String::new(),
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        };
        assert_eq!(caller(&["*"]).require("cdn:read"), Ok(()));
        assert_eq!(caller(&["spaces_key:read", "cdn:read"]).require("cdn:read"), Ok(()));
        assert_eq!(caller(&["cdn:read"]).require("cdn:create"), Err(ApiError::FORBIDDEN));
        assert_eq!(caller(&["cdn:read"]).require("*"), Err(ApiError::FORBIDDEN));
        assert_eq!(caller(&[]).require("*"), Err(ApiError::FORBIDDEN));
    }
}
