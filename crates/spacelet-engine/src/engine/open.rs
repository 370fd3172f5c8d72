//! Putting a store together.

use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};

use super::{Engine, EngineSettings, OpenError};
use crate::bodies::{Bodies, BodyFiles, Segments};
use crate::commit::{Committer, Sequence};
use crate::folder::Folder;
use crate::maintenance::{Chores, Maintenance};
use crate::rows::memory::MemoryRows;
use crate::rows::sled::SledRows;
use crate::snapshot::load_stack;
use crate::store::{MemoryState, Store, StoreRows};
use crate::world::Core;
use crate::{EngineError, World};

/// How many commits may wait.
const QUEUE_MAX: usize = 1_024;
/// The default world.
const WORLD: u32 = 0;

/// A store without a folder.
pub(super) fn volatile(settings: &EngineSettings) -> Result<Engine, OpenError> {
    let chores = Arc::new(Chores::new());
    let files = Arc::new(BodyFiles::new(None, Arc::clone(&chores)));
    let bodies = Bodies::volatile(files, settings.memory_limit_bytes);
    let state = MemoryState { rows: MemoryRows::default(), sequence: Sequence::new(), closed: false };
    let rows = StoreRows::Memory(RwLock::new(state));
    let store = Arc::new(Store::new(rows, bodies, None, chores, settings.durability, None));
    let core = core(&store, settings)?;
    let maintenance =
        Maintenance { store: Arc::clone(&store), world: Arc::clone(&core), first_id: 0, skipped: Vec::new() };
    let threads = vec![spawn("maintenance", move || maintenance.run())?];
    Ok(Engine { store, world: Arc::new(World { core }), threads: Mutex::new(threads), folder: Mutex::new(None) })
}

/// A store in a data folder.
pub(super) fn folder(path: &Path, settings: &EngineSettings) -> Result<Engine, OpenError> {
    let folder = Folder::open(path)?;
    let rows = SledRows::open(&folder.rows().path(), settings.cache_bytes).map_err(unreadable)?;
    let stored = rows.read();
    let sequence = Sequence::load(&*stored).map_err(unreadable)?;
    let segment_bytes_max = folder.space().segment_bytes_max(settings.segment_bytes_max);
    let chores = Arc::new(Chores::new());
    let files = Arc::new(BodyFiles::new(Some(folder.root.clone()), Arc::clone(&chores)));
    let segments = Segments::load(Arc::clone(&files), &*stored, segment_bytes_max).map_err(unreadable)?;
    drop(stored);
    let bodies = Bodies::on_disk(files, settings.segment_body_bytes_max);
    let (sender, queue) = tokio::sync::mpsc::channel(QUEUE_MAX);
    let store = Arc::new(Store::new(
        StoreRows::Sled(rows),
        bodies,
        Some(sender),
        chores,
        settings.durability,
        Some(folder.space()),
    ));
    let core = core(&store, settings)?;
    let maintenance = Maintenance {
        store: Arc::clone(&store),
        world: Arc::clone(&core),
        first_id: sequence.first(),
        skipped: Vec::new(),
    };
    let rows_dir = folder.rows();
    let rows_file = rows_dir.file();
    let committer = Committer {
        store: Arc::clone(&store),
        queue,
        sequence,
        segments,
        rows_file: rows_file.map_err(|source| OpenError::Io { path: rows_dir.path(), source })?,
        rows_dir,
        unsynced_dirs: folder.dirs(),
    };
    let threads = vec![spawn("maintenance", move || maintenance.run())?, spawn("committer", move || committer.run())?];
    Ok(Engine {
        store,
        world: Arc::new(World { core }),
        threads: Mutex::new(threads),
        folder: Mutex::new(Some(folder)),
    })
}

fn core(store: &Arc<Store>, settings: &EngineSettings) -> Result<Arc<Core>, OpenError> {
    let stack = load_stack(&**store, WORLD).map_err(unreadable)?;
    Ok(Arc::new(Core::new(Arc::clone(store), WORLD, settings.clock.clone(), stack)))
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<std::thread::JoinHandle<()>, OpenError> {
    let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    spawned.map_err(|source| OpenError::Io { path: name.into(), source })
}

#[allow(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn unreadable(error: EngineError) -> OpenError {
    OpenError::Corrupt { detail: error.to_string() }
}
