//! `/emulator/tokens`: API tokens with scopes, which DigitalOcean makes only in its panel.

use serde::{Deserialize, Serialize};
use spacelet_engine::{ApiToken, EngineError, NewApiToken};

use crate::ApiError;
use crate::ask::{Answer, Ask};
use crate::page::Page;
use crate::routes::is_scope;
use crate::stamp::stamp;

/// The most tokens of a store.
pub(crate) const TOKENS_MAX: usize = 200;
/// The longest name, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 255;

#[derive(Deserialize)]
struct Body {
    name: String,
    scopes: Vec<String>,
}

#[derive(Serialize)]
struct One<'a> {
    token: Token<'a>,
}

#[derive(Serialize)]
struct Token<'a> {
    id: &'a str,
    name: &'a str,
    scopes: &'a [String],
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

impl<'a> Token<'a> {
    fn of(token: &'a ApiToken) -> Self {
        let ApiToken { id, name, scopes, created, .. } = token;
        Self { id, name, scopes, created_at: stamp(*created), token: None }
    }
}

pub(crate) async fn list(ask: Ask) -> Result<Answer, ApiError> {
    let tokens = ask.world.tokens_of(&ask.account)?;
    Answer::ok(&Page::of("tokens", tokens.iter().map(Token::of).collect(), &ask)?)
}

pub(crate) async fn create(ask: Ask) -> Result<Answer, ApiError> {
    let Body { name, scopes } = ask.json()?;
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(ApiError::unprocessable(format!("name must have 1 to {NAME_CHARS_MAX} characters")));
    }
    if let Some(unknown) = scopes.iter().find(|scope| !is_scope(scope)) {
        return Err(ApiError::unprocessable(format!("there is no scope {unknown:?}")));
    }
    let token = NewApiToken { account: ask.account.clone(), name, scopes };
    match ask.world.create_token(token, TOKENS_MAX).await {
        Ok((token, secret)) => {
            Answer::created(&One { token: Token { token: Some(secret.reveal()), ..Token::of(&token) } })
        }
        Err(EngineError::TooManyKeys) => Err(ApiError::unprocessable(format!("there are {TOKENS_MAX} tokens already"))),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn delete(ask: Ask) -> Result<Answer, ApiError> {
    let was_there = ask.world.delete_token(&ask.account, ask.name()).await?;
    if was_there { Ok(Answer::NOTHING) } else { Err(ApiError::NOT_FOUND) }
}
