//! What is done to many files at once. A request does a bounded share and says whether there is more, so that the page
//! can show how far it has come and stop.

use axum::http::StatusCode;
use axum::response::Response;
use futures_util::future::try_join_all;
use serde::Serialize;
use spacelet_engine::{
    Acl, Bucket, CannedAcl, EngineError, ListObjects, Listed, NewObject, ObjectInfo, ObjectKey, VersionSelector,
};

use super::actions::find;
use super::files::file_page;
use super::text::last_name;
use super::visit::{PanelError, Visit, json, object_key};

/// Files that one request works on.
const SHARE: usize = 500;
/// Files that are worked on together, so that they share the syncs of the disk.
const TOGETHER: usize = 50;
/// Names that one request may have.
const NAMES_MAX: usize = 1_000;

#[derive(Serialize)]
struct Progress {
    /// Files worked on.
    done: usize,
    /// Where to go on, for the field `after` of the same request; none: finished.
    after: Option<String>,
    /// The page that shows what was moved, where that is one file.
    #[serde(skip_serializing_if = "Option::is_none")]
    go: Option<String>,
}

/// Files, each with the name that it was found by, and where to go on.
type Share = (Vec<(ObjectInfo, String)>, Option<String>);

/// The next share of the files that the fields `key` name: a name that ends in a slash is a folder with all in it.
fn share(visit: &Visit, bucket: &Bucket) -> Result<Share, PanelError> {
    let names: Vec<&str> = visit.all("key").collect();
    if names.is_empty() || names.len() > NAMES_MAX {
        return Err(PanelError::wrong(format!("Choose 1 to {NAMES_MAX} files and folders.")));
    }
    // `after` is the place among the names, and the last key of a folder that was begun.
    let after = visit.field("after").unwrap_or("0 ");
    let (at, mut last) = after.split_once(' ').unwrap_or(("0", ""));
    let first: usize = at.parse().map_err(|_nan| PanelError::wrong("This is no place to go on from."))?;
    let mut found = Vec::new();
    for (at, name) in names.iter().enumerate().skip(first) {
        if found.len() >= SHARE {
            return Ok((found, Some(format!("{at} "))));
        }
        if name.ends_with('/') {
            let wanted = ListObjects {
                prefix: (*name).to_owned(),
                after: last.to_owned(),
                entries_max: SHARE - found.len(),
                ..ListObjects::default()
            };
            let page = visit.world.list_objects(bucket, &wanted)?;
            for entry in page.entries {
                if let Listed::Object(info) = entry {
                    found.push((*info, (*name).to_owned()));
                }
            }
            if let Some(next) = page.next {
                return Ok((found, Some(format!("{at} {next}"))));
            }
        } else if let Some(info) = find(visit, bucket, &object_key(name)?)? {
            found.push((info, (*name).to_owned()));
        }
        last = "";
    }
    Ok((found, None))
}

fn progress(done: usize, after: Option<String>) -> Response {
    json(StatusCode::OK, &Progress { done, after, go: None })
}

pub(crate) async fn delete(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let (files, after) = share(&visit, &bucket)?;
    for some in files.chunks(TOGETHER) {
        let delete = |file: &(ObjectInfo, String)| {
            let key = file.0.key.clone();
            let (visit, bucket) = (&visit, &bucket);
            async move { visit.world.delete_object(bucket, &key, &VersionSelector::Current, &visit.account).await }
        };
        try_join_all(some.iter().map(delete)).await?;
    }
    Ok(progress(files.len(), after))
}

pub(crate) async fn permissions(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let canned = match visit.field("permission") {
        Some("public") => CannedAcl::PublicRead,
        Some("private") => CannedAcl::Private,
        _ => return Err(PanelError::wrong("Choose private or public.")),
    };
    let (files, after) = share(&visit, &bucket)?;
    for some in files.chunks(TOGETHER) {
        let set = |(info, _): &(ObjectInfo, String)| {
            let (key, acl) = (info.key.clone(), Acl::canned(canned, &info.owner, &bucket.owner));
            let (visit, bucket) = (&visit, &bucket);
            async move {
                let set = visit.world.set_object_acl(bucket, &key, &VersionSelector::Current, acl, false);
                unless_gone(set.await)
            }
        };
        try_join_all(some.iter().map(set)).await?;
    }
    Ok(progress(files.len(), after))
}

/// Moves: a copy that shares the bytes, then the old name goes. The last of several to have a name keeps it.
pub(crate) async fn rename(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let to = visit.field("to").unwrap_or_default().trim_start_matches('/').to_owned();
    let is_one = visit.all("key").count() == 1;
    if !is_one && !to.is_empty() && !to.ends_with('/') {
        return Err(PanelError::wrong("Several files are moved into a folder: end it with a slash."));
    }
    let mut plan = Vec::new();
    for name in visit.all("key") {
        let new = new_name(name, &to, is_one);
        if new.is_empty() || new == name {
            return Err(PanelError::wrong("That is where it is."));
        }
        if name.ends_with('/') && new.starts_with(name) {
            return Err(PanelError::wrong("A folder cannot be moved into itself."));
        }
        plan.push((name.to_owned(), new));
    }
    // The next share goes on after the last name of this one, whether or not that is still there.
    let (files, after) = share(&visit, &bucket)?;
    let mut moves = Vec::new();
    for (info, name) in &files {
        let new = plan.iter().find(|(old, _)| old == name).map(|(_, new)| new.as_str()).unwrap_or_default();
        let rest = info.key.as_str().strip_prefix(name.as_str()).unwrap_or_default();
        moves.push((info, object_key(&format!("{new}{rest}"))?));
    }
    for some in moves.chunks(TOGETHER) {
        try_join_all(some.iter().map(|(info, key)| move_one(&visit, &bucket, info, key.clone()))).await?;
    }
    let go = plan.iter().find(|(_, new)| is_one && !new.ends_with('/')).map(|(_, new)| file_page(&bucket, new));
    Ok(json(StatusCode::OK, &Progress { done: files.len(), after, go }))
}

/// Where a file or folder goes: `to` is its new path, or, for several and where it ends in a slash, its new folder.
fn new_name(name: &str, to: &str, is_one: bool) -> String {
    match (is_one, name.ends_with('/')) {
        (true, true) if !to.is_empty() => format!("{}/", to.trim_end_matches('/')),
        (true, false) if !to.is_empty() && !to.ends_with('/') => to.to_owned(),
        (_, true) => format!("{to}{}/", last_name(name)),
        (_, false) => format!("{to}{}", last_name(name)),
    }
}

async fn move_one(visit: &Visit, bucket: &Bucket, info: &ObjectInfo, key: ObjectKey) -> Result<(), PanelError> {
    let copied = visit.world.copy_object(info, bucket, same(info, key)).await;
    if copied == Err(EngineError::NoSuchKey) {
        return Ok(()); // Somebody deleted it meanwhile.
    }
    copied?;
    visit.world.delete_object(bucket, &info.key, &VersionSelector::Current, &visit.account).await?;
    Ok(())
}

/// The same object under a key.
pub(crate) fn same(info: &ObjectInfo, key: ObjectKey) -> NewObject {
    NewObject {
        key,
        owner: info.owner.clone(),
        acl: info.acl.clone(),
        meta: info.meta.clone(),
        checksum: info.checksum.clone(),
        etag: Some(info.etag.clone()),
        parts: info.parts.clone(),
        sealed: info.sealed.clone(),
    }
}

/// What went away meanwhile needs nothing more.
fn unless_gone(done: Result<(), EngineError>) -> Result<(), PanelError> {
    match done {
        Ok(()) | Err(EngineError::NoSuchKey) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_things_go() {
        let cases = [
            ("a/x.txt", "a/y.txt", true, "a/y.txt"),
            ("a/x.txt", "b/", true, "b/x.txt"),
            ("a/x.txt", "", true, "x.txt"),
            ("a/d/", "a/e", true, "a/e/"),
            ("a/d/", "e/", true, "e/"),
            ("a/d/", "", true, "d/"),
            ("a/d/", "b/", false, "b/d/"),
            ("a/x.txt", "", false, "x.txt"),
        ];
        for (name, to, is_one, new) in cases {
            assert_eq!(new_name(name, to, is_one), new, "{name} to {to}");
        }
    }
}
