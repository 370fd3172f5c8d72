//! The data folder itself: whose it is, which version, who holds it.

mod rows_dir;
mod space;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::OpenError;

pub(crate) use rows_dir::RowsDir;
pub(crate) use space::{Left, Space};

/// The version of everything below a data folder.
const FORMAT: &str = "spacelet data folder, format 1\n";

/// A data folder, held until dropped.
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    /// The lock goes when this is closed.
    _lock: File,
}

impl Folder {
    /// Makes the folder when it is absent, checks that it is ours, and locks it.
    pub(crate) fn open(root: &Path) -> Result<Self, OpenError> {
        make_dir(root)?;
        let found = entries(root)?;
        if found.iter().any(|name| name == ".minio.sys") {
            return Err(OpenError::MinioFolder { folder: root.to_path_buf() });
        }
        let is_ours = found.iter().any(|name| name == "format");
        // A first start that was killed before it wrote the format leaves these and nothing else.
        if !is_ours && found.iter().any(|name| !matches!(name.as_str(), "lock" | "format.new" | "lost+found")) {
            return Err(OpenError::ForeignFolder { folder: root.to_path_buf() });
        }
        let lock = lock(root)?;
        if is_ours {
            check_format(root)?;
        } else {
            write_format(root)?;
        }
        for name in ["segments", "bodies", "tmp"] {
            make_dir(&root.join(name))?;
        }
        RowsDir::new(root).recover()?;
        Ok(Self { root: root.to_path_buf(), _lock: lock })
    }

    /// Where the rows lie.
    pub(crate) fn rows(&self) -> RowsDir {
        RowsDir::new(&self.root)
    }

    /// Directories (and sled's parameters) that must reach the disk before the first commit is answered.
    pub(crate) fn dirs(&self) -> Vec<PathBuf> {
        let parent = self.root.parent().map(|parent| match parent.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => parent.to_path_buf(),
        });
        // In one that may not be read the folder was made by somebody else.
        let parent = parent.filter(|parent| File::open(parent).is_ok());
        [Some(self.rows().parameters()), Some(self.rows().path()), Some(self.root.clone()), parent]
            .into_iter()
            .flatten()
            .collect()
    }

    pub(crate) fn space(&self) -> Space {
        Space { root: self.root.clone() }
    }
}

fn lock(root: &Path) -> Result<File, OpenError> {
    let path = root.join("lock");
    let failed = |source: io::Error| OpenError::Io { path: path.clone(), source };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Who holds it is a help, not a need.
            let _ = file.read_to_string(&mut holder);
            return Err(OpenError::Locked { folder: root.to_path_buf(), holder: holder.trim().parse().ok() });
        }
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
    Ok(file)
}

fn check_format(root: &Path) -> Result<(), OpenError> {
    let path = root.join("format");
    let mut found = String::new();
    let read = File::open(&path).and_then(|file| file.take(200).read_to_string(&mut found));
    read.map_err(|source| OpenError::Io { path, source })?;
    if found == FORMAT {
        return Ok(());
    }
    Err(OpenError::UnknownFormat { folder: root.to_path_buf(), found: found.trim().to_owned() })
}

/// Written aside and renamed, so that a half-written one is never taken for another program's.
fn write_format(root: &Path) -> Result<(), OpenError> {
    let path = root.join("format.new");
    let written =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).and_then(|mut file| {
            file.write_all(FORMAT.as_bytes())?;
            file.sync_data()?;
            std::fs::rename(&path, root.join("format"))
        });
    written.map_err(|source| OpenError::Io { path, source })
}

fn make_dir(path: &Path) -> Result<(), OpenError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| OpenError::Io { path: path.to_path_buf(), source })
}

fn entries(root: &Path) -> Result<Vec<String>, OpenError> {
    let names = std::fs::read_dir(root).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned())).collect()
    });
    names.map_err(|source| OpenError::Io { path: root.to_path_buf(), source })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_directory_that_holds_the_folder_is_synced_where_it_can_be() {
        let holder = |root: &str| {
            let folder = Folder { root: root.into(), _lock: tempfile::tempfile().unwrap() };
            folder.dirs().get(3).cloned()
        };
        assert_eq!(holder("data"), Some(PathBuf::from(".")));
        assert_eq!(holder("./data"), Some(PathBuf::from(".")));
        assert_eq!(holder("/"), None);
        assert_eq!(holder("/not/there/data"), None);
    }
}
