//! What is done to one file, and making folders.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use spacelet_engine::{
    Acl, Bucket, NewObject, ObjectInfo, ObjectKey, ObjectMeta, StagedBody, StoredHeader, VersionId, VersionSelector,
};

use super::bulk::same;
use super::layout;
use super::links;
use super::visit::{PanelError, Visit, go, json, object_key};

/// Quick Share's durations: in the form, and in seconds.
pub(crate) const DURATIONS: [(&str, u32); 5] =
    [("1 hour", 3_600), ("6 hours", 21_600), ("1 day", 86_400), ("3 days", 259_200), ("7 days", 604_800)];
/// Headers that can be set on a file.
pub(crate) const HEADERS: [(&str, &str); 4] = [
    ("content-type", "Content-Type"),
    ("cache-control", "Cache-Control"),
    ("content-encoding", "Content-Encoding"),
    ("content-disposition", "Content-Disposition"),
];
/// All metadata of a file, in bytes (spaces-reference 5).
const META_BYTES_MAX: usize = 2_048;

/// A folder is an empty file whose name ends in a slash, as other S3 programs make them.
pub(crate) async fn create_folder(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let name = visit.field("name").unwrap_or_default().trim_matches('/');
    if name.is_empty() {
        return Err(PanelError::wrong("A folder has a name."));
    }
    let key = object_key(&format!("{}{name}/", visit.field("prefix").unwrap_or_default()))?;
    if find(&visit, &bucket, &key)?.is_none() {
        let object = NewObject {
            key,
            owner: bucket.owner.clone(),
            acl: Acl::private(&bucket.owner),
            meta: ObjectMeta::default(),
            checksum: None,
            etag: None,
            parts: Vec::new(),
            sealed: None,
        };
        visit.world.put_object(&bucket, object, StagedBody::empty()).await?;
    }
    Ok(go(""))
}

/// The file that a request is about, as it is now.
pub(crate) fn current(visit: &Visit, bucket: &Bucket, key: &ObjectKey) -> Result<ObjectInfo, PanelError> {
    find(visit, bucket, key)?.ok_or_else(|| PanelError::missing("file"))
}

/// A file as it is now; one that was deleted and left a delete marker is none.
pub(crate) fn find(visit: &Visit, bucket: &Bucket, key: &ObjectKey) -> Result<Option<ObjectInfo>, PanelError> {
    let found = visit.world.object(bucket, key, &VersionSelector::Current)?;
    Ok(found.filter(|info| !info.is_delete_marker))
}

pub(crate) async fn share(visit: Visit) -> Result<Response, PanelError> {
    let (bucket, key) = (visit.bucket()?, visit.key()?);
    current(&visit, &bucket, &key)?;
    let seconds = visit.field("seconds").and_then(|text| text.parse().ok());
    let seconds = seconds.filter(|seconds| DURATIONS.iter().any(|(_, known)| known == seconds));
    let seconds = seconds.ok_or_else(|| PanelError::wrong("Choose one of the five durations."))?;
    let link = links::shared(&visit, &bucket, key.as_str(), seconds, "").await?;
    Ok(json(StatusCode::OK, &BTreeMap::from([("show", link)])))
}

pub(crate) async fn download(visit: Visit) -> Result<Response, PanelError> {
    let (bucket, key) = (visit.bucket()?, visit.key()?);
    let link = links::download(&visit, &bucket, key.as_str(), visit.field("version")).await?;
    Ok(layout::finish(Redirect::to(&link).into_response(), ""))
}

/// Replaces what is said of a file: the object anew, with the same bytes.
pub(crate) async fn metadata(visit: Visit) -> Result<Response, PanelError> {
    let (bucket, key) = (visit.bucket()?, visit.key()?);
    let info = current(&visit, &bucket, &key)?;
    let mut object = same(&info, key);
    let is_set_here = |header: &StoredHeader| HEADERS.iter().any(|(name, _)| header.name == *name);
    object.meta.headers.retain(|header| !is_set_here(header));
    for (name, _) in HEADERS {
        if let Some(value) = visit.field(name).map(str::trim).filter(|value| !value.is_empty()) {
            object.meta.headers.push(StoredHeader { name: name.to_owned(), value: header_value(value)? });
        }
    }
    object.meta.user = user_metadata(visit.field("user").unwrap_or_default())?;
    visit.world.copy_object(&info, &bucket, object).await?;
    Ok(go(""))
}

/// Lines of `name: value`.
fn user_metadata(text: &str) -> Result<Vec<(String, Vec<u8>)>, PanelError> {
    let mut all = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let name = name.trim().to_ascii_lowercase();
        let name = name.strip_prefix("x-amz-meta-").unwrap_or(&name).to_owned();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(PanelError::wrong(format!("“{name}” is no name for metadata: letters, digits and hyphens.")));
        }
        all.insert(name, header_value(value.trim())?);
    }
    let bytes: usize = all.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > META_BYTES_MAX {
        return Err(PanelError::wrong("Metadata has at most 2 KiB."));
    }
    Ok(all.into_iter().collect())
}

fn header_value(value: &str) -> Result<Vec<u8>, PanelError> {
    if value.len() > META_BYTES_MAX || value.chars().any(char::is_control) {
        return Err(PanelError::wrong("A value has at most 2 KiB and no line breaks."));
    }
    Ok(value.as_bytes().to_vec())
}

/// An older version: made the newest again, or deleted for good.
pub(crate) async fn version(visit: Visit) -> Result<Response, PanelError> {
    let (bucket, key) = (visit.bucket()?, visit.key()?);
    let id = VersionId(visit.field("version").unwrap_or_default().to_owned());
    let selector = VersionSelector::Id(id);
    match visit.field("do") {
        Some("restore") => {
            let info = visit.world.object(&bucket, &key, &selector)?.filter(|info| !info.is_delete_marker);
            let info = info.ok_or_else(|| PanelError::missing("version"))?;
            visit.world.copy_object(&info, &bucket, same(&info, key)).await?;
        }
        Some("delete") => {
            visit.world.delete_object(&bucket, &key, &selector, &visit.account).await?;
        }
        _ => return Err(PanelError::wrong("Restore or delete?")),
    }
    Ok(go(""))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_line_by_line() {
        let read = user_metadata("Colour: green\nx-amz-meta-a:b:c\n\n").unwrap();
        assert_eq!(read, [("a".to_owned(), b"b:c".to_vec()), ("colour".to_owned(), b"green".to_vec())]);
        assert!(user_metadata("two words: x").is_err() && user_metadata(": x").is_err());
        assert!(user_metadata(&format!("a: {}", "x".repeat(3_000))).is_err());
    }
}
