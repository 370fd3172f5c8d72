//! Where the rows' database lies, and how a rewritten one takes its place.
//!
//! A rewrite is complete and synced under `meta.new` before `meta` becomes `meta.old` and `meta.new` becomes `meta`;
//! a start after a crash between the two finishes it.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::make_dir;
use crate::OpenError;

/// The database's folder.
#[derive(Debug, Clone)]
pub(crate) struct RowsDir {
    root: PathBuf,
}

impl RowsDir {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.root.join("meta")
    }

    /// sled's database file, to be synced.
    pub(crate) fn file(&self) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).open(self.path().join("db"))
    }

    fn fresh_path(&self) -> PathBuf {
        self.root.join("meta.new")
    }

    fn old_path(&self) -> PathBuf {
        self.root.join("meta.old")
    }

    /// Brings the folder into order after whatever happened; makes it when there is none.
    pub(super) fn recover(&self) -> Result<(), OpenError> {
        let recovered = || {
            if !self.path().exists() {
                if self.old_path().exists() && self.fresh_path().exists() {
                    std::fs::rename(self.fresh_path(), self.path())?;
                } else if self.old_path().exists() {
                    std::fs::rename(self.old_path(), self.path())?;
                }
            }
            remove_dir(&self.fresh_path())?;
            remove_dir(&self.old_path())?;
            self.drop_unborn()
        };
        recovered().map_err(|source| OpenError::Io { path: self.path(), source })?;
        make_dir(&self.path())
    }

    /// sled writes its parameters in two steps before its database, and reads half of them as corruption for ever: as
    /// long as no database was begun they say nothing, and it writes them again.
    fn drop_unborn(&self) -> io::Result<()> {
        let is_born = std::fs::metadata(self.path().join("db")).is_ok_and(|db| db.len() > 0);
        if is_born {
            return Ok(());
        }
        match std::fs::remove_file(self.parameters()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// sled's parameters, which it never syncs.
    pub(super) fn parameters(&self) -> PathBuf {
        self.path().join("conf")
    }

    /// An empty folder for a rewrite.
    pub(crate) fn begin_rewrite(&self) -> io::Result<PathBuf> {
        remove_dir(&self.fresh_path())?;
        Ok(self.fresh_path())
    }

    /// Puts the rewritten database in the place of the old one, which stays there when that fails. Both must be closed.
    /// That it has changed places is on the disk after [`RowsDir::sync`].
    pub(crate) fn swap(&self) -> io::Result<()> {
        for entry in std::fs::read_dir(self.fresh_path())? {
            let path = entry?.path();
            if path.is_file() {
                File::open(path)?.sync_all()?;
            }
        }
        File::open(self.fresh_path())?.sync_all()?;
        self.sync()?;
        std::fs::rename(self.path(), self.old_path())?;
        if let Err(error) = std::fs::rename(self.fresh_path(), self.path()) {
            std::fs::rename(self.old_path(), self.path())?;
            return Err(error);
        }
        Ok(())
    }

    /// Brings to the disk which database is in place.
    pub(crate) fn sync(&self) -> io::Result<()> {
        File::open(&self.root)?.sync_all()
    }

    /// Removes the replaced database.
    pub(crate) fn end_rewrite(&self) -> io::Result<()> {
        remove_dir(&self.old_path())
    }
}

fn remove_dir(path: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
