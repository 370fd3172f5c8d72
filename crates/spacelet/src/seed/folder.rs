//! The files of a seed's folder. A symbolic link is followed only to a file inside the folder; one that leads out,
//! or to a folder, stops the start, because a seed must not publish what nobody listed.

use std::path::{Path, PathBuf};

/// A file and the key it gets: its path below the folder with `/` between the parts.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) key: String,
    pub(super) path: PathBuf,
}

/// Every file below `folder`, by key.
pub(super) fn files(folder: &Path) -> Result<Vec<Found>, String> {
    let root = folder.canonicalize().map_err(|error| format!("cannot open folder {}: {error}", folder.display()))?;
    let mut found = Vec::new();
    let mut open = vec![(root.clone(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| unreadable(&folder, &error))?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let key = match name {
                Some(name) => format!("{prefix}{name}"),
                None => return Err(format!("the name of {} is not UTF-8", path.display())),
            };
            let kind = path.symlink_metadata().map_err(|error| unreadable(&path, &error))?.file_type();
            if kind.is_dir() {
                open.push((path, format!("{key}/")));
            } else if kind.is_file() {
                found.push(Found { key, path });
            } else if kind.is_symlink() {
                found.push(Found { key, path: inside(&root, &path)? });
            } else {
                return Err(format!("{} is neither a file nor a folder", path.display()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Where a link leads, if that is a file inside `root`.
fn inside(root: &Path, link: &Path) -> Result<PathBuf, String> {
    let target = link.canonicalize().map_err(|error| unreadable(link, &error))?;
    if !target.starts_with(root) {
        return Err(format!("{} is a symbolic link that leads out of the folder: copy the file", link.display()));
    }
    if !target.is_file() {
        return Err(format!("{} is a symbolic link to something that is no file", link.display()));
    }
    Ok(target)
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}

/// The `Content-Type` of a file by its extension, for what browsers show; `None` leaves S3's default.
pub(super) fn content_type(key: &str) -> Option<&'static str> {
    let (_, extension) = key.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "js" | "mjs" => "text/javascript",
        "txt" | "md" => "text/plain",
        "csv" => "text/csv",
        "json" => "application/json",
        "xml" => "application/xml",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "wasm" => "application/wasm",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn files_become_keys_and_links_stay_inside() {
        let outer = tempfile::tempdir().unwrap();
        fs::write(outer.path().join("outside.txt"), "x").unwrap();
        let folder = outer.path().join("seed");
        fs::create_dir_all(folder.join("a/b")).unwrap();
        fs::write(folder.join("a/b/one.txt"), "1").unwrap();
        fs::write(folder.join("two.html"), "2").unwrap();
        symlink(folder.join("two.html"), folder.join("a/link.html")).unwrap();
        let keys: Vec<String> = files(&folder).unwrap().into_iter().map(|found| found.key).collect();
        assert_eq!(keys, ["a/b/one.txt", "a/link.html", "two.html"]);

        symlink("../outside.txt", folder.join("out.txt")).unwrap();
        assert!(files(&folder).unwrap_err().contains("out.txt is a symbolic link that leads out"));
        fs::remove_file(folder.join("out.txt")).unwrap();
        symlink(&folder, folder.join("loop")).unwrap();
        assert!(files(&folder).unwrap_err().contains("loop is a symbolic link to something that is no file"));
    }

    #[test]
    fn a_missing_folder_is_named() {
        assert!(files(Path::new("/nonexistent/seed")).unwrap_err().contains("cannot open folder /nonexistent/seed"));
    }

    #[test]
    fn types_by_extension() {
        assert_eq!(content_type("a.b/index.HTML"), Some("text/html"));
        assert_eq!((content_type("README"), content_type("x.unknown")), (None, None));
    }
}
