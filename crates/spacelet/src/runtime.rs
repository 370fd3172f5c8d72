//! How the command line finds a running server: a file of mode 0600 in the data folder and in the user's runtime folder
//! (`$XDG_RUNTIME_DIR/spacelet`), which holds the control URL and the token and goes with the server.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::server::Running;
use crate::settings::process_environment;

/// The file's name in a data folder.
const IN_DATA: &str = "running.json";
/// The longest file that is read.
const BYTES_MAX: u64 = 4_096;

/// A server as its file tells it. No `Debug`: it holds the token.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) control_url: String,
    pub(crate) token: String,
}

/// The files of a running server; dropping it removes them.
pub(crate) struct Announcement(Vec<PathBuf>);

/// Writes the files where that is possible: a server that can write nowhere runs all the same.
pub(crate) fn announce(running: &Running) -> Announcement {
    let found = Found { control_url: running.control_endpoint(), token: running.token().reveal().to_owned() };
    let text = serde_json::to_string(&found).unwrap_or_default();
    let name = format!("{}.json", running.control_address().port());
    let places = [running.folder().map(|folder| folder.join(IN_DATA)), folder().map(|folder| folder.join(name))];
    let written = places.into_iter().flatten().filter(|path| match write(path, &text) {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(path = %path.display(), %error, "the command line cannot be told of this server");
            false
        }
    });
    Announcement(written.collect())
}

impl Drop for Announcement {
    fn drop(&mut self) {
        for path in &self.0 {
            // One that is gone already is as good.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn folder() -> Option<PathBuf> {
    let runtime = process_environment("XDG_RUNTIME_DIR").filter(|folder| folder.starts_with('/'))?;
    Some(Path::new(&runtime).join("spacelet"))
}

/// Written aside and renamed, so that nobody reads half of it or follows a link that waits there.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    let aside = path.with_extension("new");
    let _ = std::fs::remove_file(&aside);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(&aside, path)
}

/// The server of a data folder.
pub(crate) fn of_data(folder: &Path) -> Option<Found> {
    read(&folder.join(IN_DATA))
}

/// Every server that this user's runtime folder names; one that was killed may be among them.
pub(crate) fn all() -> Vec<Found> {
    let entries = folder().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths.iter().filter_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Option<Found> {
    let is_small = path.metadata().ok()?.len() <= BYTES_MAX;
    let text = is_small.then(|| std::fs::read_to_string(path).ok())??;
    serde_json::from_str(&text).ok()
}
