//! `/v2/spaces/keys`: access keys as DigitalOcean's API has them (spaces-reference 8.1).

use serde::{Deserialize, Serialize};
use spacelet_engine::{AccessKey, AccessKeyId, KeyGrant, KeyPermission};

use crate::ApiError;
use crate::ask::{Answer, Ask};
use crate::page::Page;
use crate::stamp::stamp;

/// The longest name of a key, in characters.
const NAME_CHARS_MAX: usize = 255;
/// The most grants of a key.
pub(crate) const GRANTS_MAX: usize = 200;

#[derive(Deserialize)]
struct Body {
    name: Option<String>,
    grants: Option<Vec<Grant>>,
}

#[derive(Serialize, Deserialize)]
struct Grant {
    bucket: String,
    permission: String,
}

#[derive(Serialize)]
struct One<'a> {
    key: Key<'a>,
}

#[derive(Serialize)]
struct Key<'a> {
    name: &'a str,
    access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_key: Option<&'a str>,
    grants: Vec<Grant>,
    created_at: String,
}

impl<'a> Key<'a> {
    fn of(key: &'a AccessKey) -> Self {
        let grant = |grant: &KeyGrant| Grant {
            bucket: grant.bucket.clone(),
            permission: permission_name(grant.permission).to_owned(),
        };
        Self {
            name: &key.name,
            access_key: key.id.as_str(),
            secret_key: None,
            grants: key.grants.iter().map(grant).collect(),
            created_at: stamp(key.created),
        }
    }
}

pub(crate) async fn list(ask: Ask) -> Result<Answer, ApiError> {
    let (is_by_name, is_descending) = order(&ask)?;
    let mut keys = ask.world.keys_of(&ask.account)?;
    keys.retain(|key| is_wanted(key, &ask));
    if is_by_name {
        keys.sort_by(|a, b| a.name.cmp(&b.name));
    }
    if is_descending {
        keys.reverse();
    }
    Answer::ok(&Page::of("keys", keys.iter().map(Key::of).collect(), &ask)?)
}

/// By what, and whether the last comes first: by time and the newest first, unless something else is asked for.
fn order(ask: &Ask) -> Result<(bool, bool), ApiError> {
    let is_by_name = match ask.query("sort") {
        None | Some("created_at") => false,
        Some("name") => true,
        Some(_) => return Err(ApiError::bad_request("sort must be created_at or name")),
    };
    match ask.query("sort_direction") {
        Some("asc") => Ok((is_by_name, false)),
        Some("desc") => Ok((is_by_name, true)),
        None if ask.query("sort").is_none() => Ok((is_by_name, true)),
        None => Err(ApiError::bad_request("sort must come with sort_direction")),
        Some(_) => Err(ApiError::bad_request("sort_direction must be asc or desc")),
    }
}

fn is_wanted(key: &AccessKey, ask: &Ask) -> bool {
    let has = |wanted: &dyn Fn(&KeyGrant) -> bool| key.grants.iter().any(wanted);
    ask.query("name").is_none_or(|name| key.name == name)
        && ask.query("bucket").is_none_or(|bucket| has(&|grant| grant.bucket == bucket))
        && ask.query("permission").is_none_or(|wanted| has(&|grant| permission_name(grant.permission) == wanted))
}

pub(crate) async fn create(ask: Ask) -> Result<Answer, ApiError> {
    let body: Body = ask.json()?;
    let name = checked_name(body.name.ok_or_else(|| ApiError::bad_request("name is required"))?)?;
    let grants = read_grants(body.grants.unwrap_or_default())?;
    let key = ask.world.issue_key(&ask.account, name, grants, ask.settings().keys_max).await?;
    Answer::created(&One { key: Key { secret_key: Some(key.secret.reveal()), ..Key::of(&key) } })
}

pub(crate) async fn get(ask: Ask) -> Result<Answer, ApiError> {
    let key = ask.world.key(&AccessKeyId::new(ask.name()))?;
    let key = key.filter(|key| key.account == ask.account).ok_or(ApiError::NOT_FOUND)?;
    Answer::ok(&One { key: Key::of(&key) })
}

/// PUT and PATCH: what is left out stays.
pub(crate) async fn update(ask: Ask) -> Result<Answer, ApiError> {
    let id = AccessKeyId::new(ask.name());
    let is_there = ask.world.key(&id)?.is_some_and(|key| key.account == ask.account);
    if !is_there {
        return Err(ApiError::NOT_FOUND);
    }
    let body: Body = ask.json()?;
    let name = body.name.map(checked_name).transpose()?;
    let grants = body.grants.map(read_grants).transpose()?;
    if name.is_none() && grants.is_none() {
        return Err(ApiError::bad_request("name is required"));
    }
    let key = ask.world.reissue_key(&ask.account, &id, name, grants).await?;
    Answer::ok(&One { key: Key::of(&key) })
}

pub(crate) async fn delete(ask: Ask) -> Result<Answer, ApiError> {
    let was_there = ask.world.revoke_key(&ask.account, &AccessKeyId::new(ask.name())).await?;
    if was_there { Ok(Answer::NOTHING) } else { Err(ApiError::NOT_FOUND) }
}

pub(crate) fn checked_name(name: String) -> Result<String, ApiError> {
    let chars = name.chars().count();
    if name.trim().is_empty() || chars > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(ApiError::bad_request(format!("name must have 1 to {NAME_CHARS_MAX} characters")));
    }
    Ok(name)
}

fn read_grants(grants: Vec<Grant>) -> Result<Vec<KeyGrant>, ApiError> {
    if grants.len() > GRANTS_MAX {
        return Err(ApiError::bad_request(format!("a key has at most {GRANTS_MAX} grants")));
    }
    grants.into_iter().map(read_grant).collect()
}

fn read_grant(grant: Grant) -> Result<KeyGrant, ApiError> {
    let permission = match grant.permission.as_str() {
        "read" => KeyPermission::Read,
        "readwrite" => KeyPermission::ReadWrite,
        "fullaccess" if grant.bucket.is_empty() => KeyPermission::FullAccess,
        "fullaccess" => return Err(ApiError::bad_request("a fullaccess grant must have an empty bucket")),
        "" => KeyPermission::Nothing,
        _ => return Err(ApiError::bad_request("permission must be read, readwrite, fullaccess or empty")),
    };
    Ok(KeyGrant { bucket: grant.bucket, permission })
}

fn permission_name(permission: KeyPermission) -> &'static str {
    match permission {
        KeyPermission::Read => "read",
        KeyPermission::ReadWrite => "readwrite",
        KeyPermission::FullAccess => "fullaccess",
        KeyPermission::Nothing => "",
    }
}
