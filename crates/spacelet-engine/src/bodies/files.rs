//! Body files: the only file that opens, creates, renames and removes them.
//!
//! Open files are kept in a bounded cache: never one descriptor per object.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::EngineError;
use crate::maintenance::Chores;
use crate::store::io_error;

/// Open files kept for reading.
const OPEN_MAX: usize = 128;

/// Which body file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FileId {
    /// A segment by number.
    Segment(u64),
    /// A body's own file by id.
    Own(u64),
}

/// The body files of a store.
pub(crate) struct BodyFiles {
    /// `None` in a volatile store.
    root: Option<PathBuf>,
    /// Names this life of the store in file names under `tmp/`. Random: a life may end before it has written anything
    /// by which the next one could know it.
    life: u64,
    staged: AtomicU64,
    open: Mutex<Open>,
    chores: Arc<Chores>,
}

#[derive(Default)]
struct Open {
    files: HashMap<FileId, (Arc<File>, u64)>,
    tick: u64,
}

/// What lies in a data folder.
pub(crate) struct Found {
    /// Body files with their lengths.
    pub(crate) bodies: Vec<(FileId, u64)>,
    /// Files of uploads that earlier lives of the store did not finish.
    pub(crate) staged: Vec<PathBuf>,
}

/// A body's file that no commit has taken yet: removed when dropped.
#[derive(Debug)]
pub(crate) struct StagedFile {
    pub(crate) file: Arc<File>,
    /// How many bytes have their room already.
    pub(crate) preallocated: u64,
    path: Option<PathBuf>,
    chores: Arc<Chores>,
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // Removing a long file takes its time: not on the thread that gave it up.
            self.chores.remove_file(path);
        }
    }
}

impl BodyFiles {
    pub(crate) fn new(root: Option<PathBuf>, chores: Arc<Chores>) -> Self {
        let life = u64::from_be_bytes(crate::random::bytes());
        Self { root, life, staged: AtomicU64::new(0), open: Mutex::new(Open::default()), chores }
    }

    fn root(&self) -> Result<&Path, EngineError> {
        self.root.as_deref().ok_or_else(|| EngineError::Storage { detail: "a volatile store has no body files".into() })
    }

    fn path(&self, id: FileId) -> Result<PathBuf, EngineError> {
        let root = self.root()?;
        Ok(match id {
            FileId::Segment(number) => root.join("segments").join(format!("{number}.seg")),
            FileId::Own(id) => root.join("bodies").join(format!("{:02x}", (id >> 8) & 0xff)).join(format!("{id:016x}")),
        })
    }

    /// A file for a body being received: under `tmp/`, or, in a volatile store, one that has no name.
    pub(crate) fn stage(&self, bytes_hint: Option<u64>) -> Result<StagedFile, EngineError> {
        let (file, path) = match &self.root {
            Some(root) => {
                let number = self.staged.fetch_add(1, Ordering::Relaxed);
                let path = root.join("tmp").join(format!("{:x}-{number:x}", self.life));
                let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
                (file.map_err(|error| io_error("make a file for a body", &error))?, Some(path))
            }
            None => {
                // No writable folder at all is a full store: bodies in memory still work.
                let file = tempfile::tempfile().map_err(|error| {
                    tracing::warn!(%error, "no temporary file for a large body");
                    EngineError::Full
                })?;
                (file, None)
            }
        };
        let mut staged = StagedFile { file: Arc::new(file), preallocated: 0, path, chores: Arc::clone(&self.chores) };
        if let Some(bytes) = bytes_hint.filter(|bytes| *bytes > 0) {
            staged.preallocated = preallocate(&staged.file, bytes)?;
        }
        Ok(staged)
    }

    /// Moves a staged file to its place. Returns the directories to sync.
    pub(crate) fn adopt(&self, mut staged: StagedFile, id: u64) -> Result<Vec<PathBuf>, EngineError> {
        let path = self.path(FileId::Own(id))?;
        let failed = |error: io::Error| io_error("move a body to its place", &error);
        let Some(from) = &staged.path else {
            return Err(EngineError::Storage { detail: "an unlinked file cannot be kept".into() });
        };
        let mut dirs: Vec<PathBuf> = path.parent().map(Path::to_path_buf).into_iter().collect();
        if let Err(error) = std::fs::rename(from, &path) {
            let (io::ErrorKind::NotFound, Some(dir)) = (error.kind(), path.parent()) else { return Err(failed(error)) };
            std::fs::create_dir_all(dir).and_then(|()| std::fs::rename(from, &path)).map_err(failed)?;
            dirs.extend(dir.parent().map(Path::to_path_buf));
        }
        staged.path = None;
        Ok(dirs)
    }

    /// Makes an empty segment. Returns it and the directory to sync. A file that is there already was made by a life of
    /// the store that was killed before it committed the number: nothing names it.
    pub(crate) fn create_segment(&self, number: u64) -> Result<(Arc<File>, PathBuf), EngineError> {
        let path = self.path(FileId::Segment(number))?;
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&path);
        let file = file.map_err(|error| io_error("make a segment", &error))?;
        Ok((Arc::new(file), path.parent().map(Path::to_path_buf).unwrap_or_default()))
    }

    /// Opens a segment to go on appending, and cuts what lies behind its committed length.
    pub(crate) fn reopen_segment(&self, number: u64, bytes: u64) -> Result<Arc<File>, EngineError> {
        let path = self.path(FileId::Segment(number))?;
        let failed = |error: io::Error| io_error("open a segment", &error);
        let file = OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?;
        let found = file.metadata().map_err(failed)?.len();
        if found < bytes {
            return Err(EngineError::CorruptBody { detail: format!("segment {number} has {found} of {bytes} bytes") });
        }
        if found > bytes {
            file.set_len(bytes).map_err(failed)?;
        }
        Ok(Arc::new(file))
    }

    /// An open segment.
    pub(crate) fn segment(&self, number: u64) -> Result<Arc<File>, EngineError> {
        let found = self.open(FileId::Segment(number))?;
        found.ok_or_else(|| EngineError::CorruptBody { detail: format!("segment {number} is missing") })
    }

    /// An open body file; `None` when it is not there.
    pub(crate) fn open(&self, id: FileId) -> Result<Option<Arc<File>>, EngineError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.tick = open.tick.wrapping_add(1);
        let tick = open.tick;
        if let Some((file, used)) = open.files.get_mut(&id) {
            *used = tick;
            return Ok(Some(Arc::clone(file)));
        }
        let file = match File::open(self.path(id)?) {
            Ok(file) => Arc::new(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_error("open a body", &error)),
        };
        if open.files.len() >= OPEN_MAX {
            let oldest = open.files.iter().min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id);
            oldest.map(|id| open.files.remove(&id));
        }
        open.files.insert(id, (Arc::clone(&file), tick));
        Ok(Some(file))
    }

    /// Removes a body file; those who hold it open can go on reading.
    pub(crate) fn remove(&self, id: FileId) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).files.remove(&id);
        if let Ok(path) = self.path(id) {
            self.chores.remove_file(path);
        }
    }

    /// Lets go of all open files.
    pub(crate) fn close(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).files.clear();
    }

    /// Every body file there is; and what earlier lives left under `tmp/`.
    pub(crate) fn list(&self) -> Result<Found, EngineError> {
        let root = self.root()?;
        let failed = |error: io::Error| io_error("list body files", &error);
        let mut bodies = Vec::new();
        for path in entries(&root.join("segments")).map_err(failed)? {
            let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
            bodies.extend(number.and_then(|number| Some((FileId::Segment(number), length(&path)?))));
        }
        for dir in entries(&root.join("bodies")).map_err(failed)? {
            let files = entries(&dir).map_err(failed)?;
            bodies.extend(files.iter().filter_map(|path| Some((FileId::Own(hex_name(path)?), length(path)?))));
        }
        let mut staged = entries(&root.join("tmp")).map_err(failed)?;
        let ours = format!("{:x}-", self.life);
        staged
            .retain(|path| path.file_name().and_then(|name| name.to_str()).is_none_or(|name| !name.starts_with(&ours)));
        Ok(Found { bodies, staged })
    }
}

/// Removes a file for good. One that has gone already is no matter.
pub(crate) fn unlink(path: &Path) {
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "a file that is not needed any more cannot be removed")
        }
    }
}

/// Brings a directory's entries to the disk.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Writes a block of a body, or a group's bodies to a segment.
pub(crate) fn write_at(file: &File, buffer: &[u8], at: u64) -> io::Result<()> {
    file.write_all_at(buffer, at)
}

/// Reads `bytes` from `at` into a new buffer, which is not zeroed first.
pub(crate) fn read_block(file: &File, at: u64, bytes: usize) -> Result<bytes::Bytes, EngineError> {
    let mut block = Vec::with_capacity(bytes);
    while block.len() < bytes {
        let from = at.saturating_add(u64::try_from(block.len()).unwrap_or(u64::MAX));
        match rustix::io::pread(file, rustix::buffer::spare_capacity(&mut block), from) {
            Ok(0) => return Err(EngineError::CorruptBody { detail: "a body's file ends too early".into() }),
            Ok(_) => {}
            Err(error) if error == rustix::io::Errno::INTR => {}
            Err(error) => return Err(io_error("read a body", &error.into())),
        }
    }
    block.truncate(bytes);
    Ok(block.into())
}

/// Fills `buffer` from `at`; a file that ends before is a corrupt body.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], at: u64) -> Result<(), EngineError> {
    file.read_exact_at(buffer, at).map_err(|error| {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return EngineError::CorruptBody { detail: "a body's file ends too early".into() };
        }
        io_error("read a body", &error)
    })
}

/// Takes the room now, so that a full disk is known before the bytes come. File systems that cannot are no matter.
fn preallocate(file: &File, bytes: u64) -> Result<u64, EngineError> {
    match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, bytes).map_err(io::Error::from) {
        Ok(()) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Err(EngineError::Full),
        Err(_) => Ok(0),
    }
}

fn entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    std::fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn length(path: &Path) -> Option<u64> {
    path.metadata().ok().map(|metadata| metadata.len())
}

fn hex_name(path: &Path) -> Option<u64> {
    path.file_name().and_then(|name| name.to_str()).and_then(|name| u64::from_str_radix(name, 16).ok())
}
