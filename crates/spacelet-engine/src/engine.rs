//! Opening, closing and checking a store; the one place that knows whether it is volatile or a data folder.

mod open;
mod refusal;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::commit::Message;
use crate::folder::Folder;
use crate::maintenance::Chore;
use crate::rows::sled::write_snapshot;
use crate::store::{Store, StoreRows};
use crate::{AccessKeyId, Clock, Credential, EngineError, FoundKey, World};

/// Fewer changed rows than this need no tidying at the end.
const TIDY_ROWS_MIN: u64 = 2_000;
/// Tidying a longer file would hold up the end for too long.
const TIDY_FILE_BYTES_MAX: u64 = 64 << 20;

/// What a store promises about an answered write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Survives a power cut: bodies and rows are synced before the answer.
    #[default]
    Disk,
    /// Survives `kill -9` of the process, not a power cut: written, not synced.
    Process,
}

/// How to open an engine.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// `None`: volatile, nothing is left behind. `Some`: the data folder, made when absent (mode 0700).
    pub folder: Option<PathBuf>,
    /// Only meaningful with a folder.
    pub durability: Durability,
    /// Volatile stores: bytes of bodies kept in memory before larger bodies go to an unlinked temporary file
    /// (or, where no folder is writable, before writes are refused with [`EngineError::Full`]).
    pub memory_limit_bytes: u64,
    /// Bodies up to this length go to segments, longer ones to a file of their own. Default 256 KiB.
    pub segment_body_bytes_max: u64,
    /// A segment is closed and a new one begun at this length. Default 64 MiB.
    pub segment_bytes_max: u64,
    /// sled's cache in bytes. Default 16 MiB.
    pub cache_bytes: u64,
    /// The clock of the default world.
    pub clock: Clock,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            folder: None,
            durability: Durability::Disk,
            memory_limit_bytes: 1 << 30,
            segment_body_bytes_max: 256 << 10,
            segment_bytes_max: 64 << 20,
            cache_bytes: 16 << 20,
            clock: Clock::system(),
        }
    }
}

/// Why a store could not be opened. Each says what to do.
#[derive(Debug)]
pub enum OpenError {
    /// Another process holds the folder's lock.
    Locked {
        /// The data folder.
        folder: PathBuf,
        /// Its process id when known.
        holder: Option<u32>,
    },
    /// Made by a newer Spacelet, or by something else.
    UnknownFormat {
        /// The data folder.
        folder: PathBuf,
        /// What its `format` file says.
        found: String,
    },
    /// A folder that MinIO made (`.minio.sys`).
    MinioFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// Not empty and not ours.
    ForeignFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The file system said no.
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The rows could not be read.
    Corrupt {
        /// What is wrong.
        detail: String,
    },
}

/// What `fsck` found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows of current objects, versions and parts that were looked at.
    pub records: u64,
    /// Bodies read and compared with their CRC, and their bytes.
    pub bodies: u64,
    /// Bytes of them.
    pub body_bytes: u64,
    /// One line for each thing that is wrong; empty means clean.
    pub faults: Vec<String>,
}

/// An open store. Cheap to share (`Arc`). Dropping the last handle closes it; [`Engine::close`] does so orderly.
pub struct Engine {
    store: Arc<Store>,
    world: Arc<World>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Held until the store is closed.
    folder: Mutex<Option<Folder>>,
}

impl Engine {
    /// Opens (or makes) the store and recovers it. With a folder this starts the committer thread and the
    /// background sweeper; neither delays the return.
    ///
    /// # Errors
    /// See [`OpenError`].
    #[allow(clippy::needless_pass_by_value, reason = "the settings are the engine's from here on")]
    pub fn open(settings: EngineSettings) -> Result<Arc<Engine>, OpenError> {
        match &settings.folder {
            Some(folder) => open::folder(folder, &settings),
            None => open::volatile(&settings),
        }
        .map(Arc::new)
    }

    /// The default world.
    #[must_use]
    pub fn world(&self) -> Arc<World> {
        Arc::clone(&self.world)
    }

    /// The world, key and account behind an access key id, in any world. Under a µs for one that was asked for before.
    ///
    /// # Errors
    /// [`EngineError::Storage`] when rows cannot be read.
    pub fn find_key(&self, id: &AccessKeyId) -> Result<Option<FoundKey>, EngineError> {
        let credentials = &self.world.core.credentials;
        let generation = match credentials.get(id) {
            Ok(credential) => return Ok(Some((self.world(), credential))),
            Err(generation) => generation,
        };
        let Some(key) = self.world.key(id)? else { return Ok(None) };
        let Some(account) = self.world.account(&key.account)? else { return Ok(None) };
        let credential = Arc::new(Credential { key, account: Arc::new(account) });
        credentials.remember(generation, &credential);
        Ok(Some((self.world(), credential)))
    }

    /// True once a failed fsync has made the store read-only; it stays so until the process restarts.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.store.is_read_only()
    }

    /// Reads every record and compares every body with its length and CRC. Slow: reads the whole store.
    ///
    /// # Errors
    /// [`EngineError::Storage`] when rows cannot be read at all.
    pub fn fsck(&self) -> Result<Report, EngineError> {
        // A thread of its own may wait for the committer wherever this is called from.
        let checked = std::thread::scope(|scope| scope.spawn(|| crate::fsck::check(&self.store)).join());
        checked.unwrap_or_else(|_| Err(EngineError::Storage { detail: "the check panicked".into() }))
    }

    /// Does now, at full speed, what the background does in its own time: sweeps dropped layers, compacts segments,
    /// removes files that nobody needs.
    ///
    /// # Errors
    /// Storage errors; [`EngineError::Closed`].
    pub async fn compact_now(&self) -> Result<(), EngineError> {
        let (reply, done) = tokio::sync::oneshot::channel();
        if !self.store.chores.send(Chore::Now(reply)) {
            return Err(EngineError::Closed);
        }
        done.await.unwrap_or(Err(EngineError::Closed))
    }

    /// Waits for queued commits and background work, syncs, closes. Further calls answer [`EngineError::Closed`].
    pub async fn close(&self) {
        self.store.chores.stop();
        if let Some(queue) = &self.store.queue {
            // A queue without a committer is closed already.
            let _ = queue.send(Message::Close).await;
        }
        let threads = self.take_threads();
        let joined = tokio::task::spawn_blocking(move || threads.into_iter().for_each(join)).await;
        if joined.is_err() {
            tracing::error!("a thread of the store ended with a panic");
        }
        let tidy = self.tidying();
        if let StoreRows::Sled(rows) = &self.store.rows {
            rows.close();
        }
        if let Some(tidy) = tidy
            && let Ok(Err(error)) = tokio::task::spawn_blocking(tidy).await
        {
            tracing::warn!(%error, "the rows could not be prepared for a fast start");
        }
        self.end();
    }

    #[cfg(test)]
    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// What makes the next start fast, where much was written and it takes little time: sled would otherwise read
    /// then what was written since now.
    fn tidying(&self) -> Option<impl FnOnce() -> Result<(), EngineError> + Send + 'static> {
        let StoreRows::Sled(rows) = &self.store.rows else { return None };
        let wrote_much = self.store.changed_rows.load(Ordering::Relaxed) >= TIDY_ROWS_MIN;
        let is_small = rows.file_bytes().is_ok_and(|bytes| bytes <= TIDY_FILE_BYTES_MAX);
        let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let path = folder.as_ref().filter(|_| wrote_much && is_small && !self.is_read_only())?.rows().path();
        Some(move || write_snapshot(&path, 1 << 20))
    }

    fn take_threads(&self) -> Vec<JoinHandle<()>> {
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets go of everything; worlds that are still held answer `Closed` from now on.
    fn end(&self) {
        match &self.store.rows {
            StoreRows::Memory(state) => {
                let mut state = state.write().unwrap_or_else(PoisonError::into_inner);
                state.closed = true;
                state.rows = crate::rows::memory::MemoryRows::default();
            }
            StoreRows::Sled(rows) => rows.close(),
        }
        self.store.bodies.close();
        self.world.core.credentials.forget();
        *self.folder.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let threads = self.take_threads();
        if !threads.is_empty() {
            self.store.chores.stop();
            if let Some(queue) = &self.store.queue {
                close_queue(queue);
            }
            threads.into_iter().for_each(join);
        }
        self.end();
    }
}

/// From a thread that may belong to a runtime, where waiting on the queue itself is not allowed.
fn close_queue(queue: &tokio::sync::mpsc::Sender<Message>) {
    let queue = queue.clone();
    join(std::thread::spawn(move || drop(queue.blocking_send(Message::Close))));
}

fn join(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a thread of the store ended with a panic");
    }
}
