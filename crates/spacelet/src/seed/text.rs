//! The TOML of a seed: its shape, and the check of each value with the line it stands on. Errors never show the
//! line itself, because it may hold a secret.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use spacelet_engine::{
    AccountId, BucketName, CannedAcl, KeyGrant, KeyPermission, NewAccount, ObjectKey, Region, Secret,
};
use toml::Spanned;

use super::{At, Seed, SeedError, SeedKey, SeedObjects, SeedSpace, Source};
use crate::settings::{access_key_id, canned_acl, secret_key};

/// Reads a seed. `origin` is what errors call it, `base` what its folders are relative to.
pub(crate) fn parse(text: &str, origin: &str, base: &Path) -> Result<Seed, SeedError> {
    let lines = Lines { text, origin };
    let shape: Shape = toml::from_str(text).map_err(|error| SeedError {
        origin: origin.to_owned(),
        line: error.span().map(|span| lines.number(span.start)),
        detail: error.message().to_owned(),
    })?;
    Ok(Seed {
        origin: origin.to_owned(),
        base: base.to_path_buf(),
        accounts: shape.account.into_iter().map(|row| account(&lines, row)).collect::<Result<_, _>>()?,
        keys: shape.key.into_iter().map(|row| key(&lines, row)).collect::<Result<_, _>>()?,
        spaces: shape.space.into_iter().map(|row| space(&lines, row)).collect::<Result<_, _>>()?,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    #[serde(default)]
    account: Vec<AccountShape>,
    #[serde(default)]
    key: Vec<KeyShape>,
    #[serde(default)]
    space: Vec<SpaceShape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountShape {
    id: Spanned<String>,
    display_name: Option<String>,
    email: Option<String>,
    suspended: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyShape {
    account: Option<String>,
    id: Spanned<String>,
    secret: Spanned<Quoted>,
    #[serde(default)]
    name: String,
    grants: Option<Vec<GrantShape>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantShape {
    #[serde(default)]
    bucket: String,
    permission: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpaceShape {
    account: Option<String>,
    name: Spanned<String>,
    region: Option<Spanned<String>>,
    acl: Option<Spanned<String>>,
    #[serde(default)]
    objects: Vec<Spanned<ObjectsShape>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectsShape {
    folder: Option<PathBuf>,
    prefix: Option<String>,
    key: Option<Spanned<String>>,
    text: Option<String>,
    acl: Option<Spanned<String>>,
    content_type: Option<String>,
    cache_control: Option<String>,
}

/// A secret: a refusal must not repeat what stood there instead of a string.
struct Quoted(String);

impl<'de> Deserialize<'de> for Quoted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(QuotedVisitor)
    }
}

struct QuotedVisitor;

impl QuotedVisitor {
    fn refuse<E: de::Error>() -> Result<Quoted, E> {
        Err(E::custom("a secret is a text in quotes"))
    }
}

impl Visitor<'_> for QuotedVisitor {
    type Value = Quoted;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in quotes")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Quoted, E> {
        Ok(Quoted(text.to_owned()))
    }
    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Quoted, E> {
        Self::refuse()
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Quoted, E> {
        Self::refuse()
    }
    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Quoted, E> {
        Self::refuse()
    }
}

/// Turns byte offsets into line numbers, and details into errors.
struct Lines<'a> {
    text: &'a str,
    origin: &'a str,
}

impl Lines<'_> {
    fn number(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
    }

    fn of<T>(&self, value: &Spanned<T>) -> usize {
        self.number(value.span().start)
    }

    fn error<T>(&self, at: &Spanned<T>, detail: impl Into<String>) -> SeedError {
        SeedError { origin: self.origin.to_owned(), line: Some(self.of(at)), detail: detail.into() }
    }
}

fn account(lines: &Lines<'_>, row: AccountShape) -> Result<At<NewAccount>, SeedError> {
    let id = row.id.get_ref();
    if id.is_empty() || id.len() > 128 {
        return Err(lines.error(&row.id, "an account ID has 1 to 128 bytes"));
    }
    let what = NewAccount {
        id: AccountId::new(id.clone()),
        display_name: row.display_name.unwrap_or_else(|| id.clone()),
        email: row.email,
        suspended: row.suspended,
    };
    Ok(At { line: lines.of(&row.id), what })
}

fn key(lines: &Lines<'_>, row: KeyShape) -> Result<At<SeedKey>, SeedError> {
    let id = access_key_id(row.id.get_ref()).map_err(|detail| lines.error(&row.id, detail))?;
    let secret: Secret = secret_key(&row.secret.get_ref().0).map_err(|detail| lines.error(&row.secret, detail))?;
    let grants = match row.grants {
        None => vec![KeyGrant { bucket: String::new(), permission: KeyPermission::FullAccess }],
        Some(rows) => rows.into_iter().map(|row| grant(lines, row)).collect::<Result<_, _>>()?,
    };
    let name = if row.name.is_empty() { "seed".to_owned() } else { row.name };
    let what = SeedKey { account: row.account.map(AccountId::new), id, secret, name, grants };
    Ok(At { line: lines.of(&row.id), what })
}

fn grant(lines: &Lines<'_>, row: GrantShape) -> Result<KeyGrant, SeedError> {
    let permission = match row.permission.get_ref().as_str() {
        "read" => KeyPermission::Read,
        "readwrite" => KeyPermission::ReadWrite,
        "fullaccess" => KeyPermission::FullAccess,
        other => {
            let detail = format!("`{other}` is no permission: use `read`, `readwrite` or `fullaccess`");
            return Err(lines.error(&row.permission, detail));
        }
    };
    if row.bucket.is_empty() != (permission == KeyPermission::FullAccess) {
        let detail = "`read` and `readwrite` are for one `bucket`; `fullaccess` is for all and names none";
        return Err(lines.error(&row.permission, detail));
    }
    Ok(KeyGrant { bucket: row.bucket, permission })
}

fn space(lines: &Lines<'_>, row: SpaceShape) -> Result<At<SeedSpace>, SeedError> {
    let name = BucketName::parse(row.name.get_ref()).map_err(|error| {
        lines.error(&row.name, format!("`{}` is no Space name: {}", row.name.get_ref(), error.rule))
    })?;
    let what = SeedSpace {
        account: row.account.map(AccountId::new),
        name,
        region: row.region.map(|slug| region(lines, &slug)).transpose()?,
        acl: acl(lines, row.acl)?,
        objects: row.objects.into_iter().map(|row| objects(lines, row)).collect::<Result<_, _>>()?,
    };
    Ok(At { line: lines.of(&row.name), what })
}

fn region(lines: &Lines<'_>, slug: &Spanned<String>) -> Result<Region, SeedError> {
    if Region::KNOWN.contains(&slug.get_ref().as_str()) {
        return Ok(Region::new(slug.get_ref().clone()));
    }
    let detail = format!("`{}` is no region: use one of {}", slug.get_ref(), Region::KNOWN.join(", "));
    Err(lines.error(slug, detail))
}

fn acl(lines: &Lines<'_>, name: Option<Spanned<String>>) -> Result<CannedAcl, SeedError> {
    let Some(name) = name else { return Ok(CannedAcl::Private) };
    canned_acl(name.get_ref()).map_err(|detail| lines.error(&name, detail))
}

fn objects(lines: &Lines<'_>, row: Spanned<ObjectsShape>) -> Result<At<SeedObjects>, SeedError> {
    let line = lines.of(&row);
    let error =
        |detail: &str| SeedError { origin: lines.origin.to_owned(), line: Some(line), detail: detail.to_owned() };
    let row = row.into_inner();
    let source = match (row.folder, row.key, row.text) {
        (Some(folder), None, None) => Source::Folder { folder, prefix: row.prefix.unwrap_or_default() },
        (None, Some(key), Some(text)) => {
            let parsed = ObjectKey::parse(key.get_ref().as_bytes());
            let key = parsed.map_err(|_rule| lines.error(&key, "a key has 1 to 1,024 bytes"))?;
            Source::Text { key, text }
        }
        _ => {
            return Err(error(
                "objects come from a `folder` (with or without `prefix`) or are a `key` with its `text`",
            ));
        }
    };
    let what = SeedObjects {
        source,
        acl: acl(lines, row.acl)?,
        content_type: row.content_type,
        cache_control: row.cache_control,
    };
    Ok(At { line, what })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        parse(text, "seed.toml", Path::new(".")).unwrap_err().to_string()
    }

    #[test]
    fn a_whole_seed_is_read() {
        let text = r#"
            [[account]]
            id = "6174283"
            email = "me@example.com"

            [[key]]
            id = "DO00EXAMPLE000000000"
            secret = "hush-hush"
            grants = [{ bucket = "photos", permission = "read" }]

            [[space]]
            name = "photos"
            region = "ams3"
            acl = "public-read"
            objects = [{ folder = "fixtures", prefix = "2024/" }, { key = "hello.txt", text = "hello" }]
        "#;
        let seed = parse(text, "seed.toml", Path::new("/base")).unwrap();
        assert_eq!(seed.accounts[0].what.display_name, "6174283");
        assert_eq!(seed.keys[0].what.grants[0].permission, KeyPermission::Read);
        assert_eq!(seed.spaces[0].what.region.as_ref().unwrap().as_str(), "ams3");
        assert_eq!((seed.spaces[0].line, seed.spaces[0].what.objects.len()), (12, 2));
        assert!(!format!("{seed:?}").contains("hush"));
    }

    #[test]
    fn each_refusal_names_its_line() {
        let key = "[[key]]\nid = \"abc\"\nsecret = \"hush-hush\"\n";
        for (text, says) in [
            ("[[space]]\nname = \"Photos\"".to_owned(), "seed.toml line 2: `Photos` is no Space name"),
            ("\n\n[[space]\nname = 1".to_owned(), "seed.toml line 3: "),
            ("[[space]]\nname = \"abc\"\nregion = \"mars1\"".to_owned(), "seed.toml line 3: `mars1` is no region"),
            ("[[space]]\nname = \"abc\"\nacl = \"open\"".to_owned(), "seed.toml line 3: `open` is no canned ACL"),
            ("[[space]]\nname = \"abc\"\ncolour = 1".to_owned(), "seed.toml line 3: unknown field `colour`"),
            ("[[bucket]]\nname = \"abc\"".to_owned(), "seed.toml line 1: unknown field `bucket`"),
            (
                "[[space]]\nname = \"abc\"\nobjects = [\n{ key = \"a\" }]".to_owned(),
                "seed.toml line 4: objects come from",
            ),
            (format!("{key}grants = [{{ permission = \"all\" }}]"), "seed.toml line 4: `all` is no permission"),
            (
                format!("{key}grants = [{{ permission = \"read\" }}]"),
                "seed.toml line 4: `read` and `readwrite` are for",
            ),
            ("[[key]]\nid = \"a\"\nsecret = \"b\"".to_owned(), "seed.toml line 2: an access key ID has"),
        ] {
            assert!(refusal(&text).starts_with(says), "{text}\n→ {}", refusal(&text));
        }
    }

    #[test]
    fn a_refusal_never_shows_a_secret() {
        for text in [
            "[[key]]\nid = \"abc\"\nsecret = 987654321",
            "[[key]]\nid = \"abc\"\nsecret = 98.7654321",
            "[[key]]\nid = \"abc\"\nsecret = \"9\\u0000\"",
            "[[key]]\nid = \"abc\"\nsecret = 987-not-quoted",
            "[[key]]\nid = \"abc\"\nsecret = \"98765 and the quote is missing",
        ] {
            let refusal = refusal(text);
            assert!(refusal.starts_with("seed.toml line 3: ") && !refusal.contains("98"), "{refusal}");
        }
    }
}
