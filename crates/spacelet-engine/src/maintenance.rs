//! Background work, on one thread of its own: removing files, sweeping what a killed process left, sweeping dropped
//! layers, compacting segments, shrinking the rows' file, flattening deep stacks. None of it delays a start or a request.

mod compact;
mod inbox;
mod layers;
mod shrink;
mod strays;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::EngineError;
use crate::bodies::files::unlink;
use crate::store::Store;
use crate::world::Core;

use inbox::Inbox;
pub(crate) use shrink::DELETED_ROWS_MIN;

/// How the maintenance thread is told what to do.
#[derive(Debug)]
pub(crate) struct Chores {
    sender: Sender<Chore>,
    receiver: Mutex<Option<Receiver<Chore>>>,
    stopping: AtomicBool,
}

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Chore {
    /// Remove a file.
    Remove(PathBuf),
    /// Look whether there is something to sweep or to compact.
    Wake,
    /// Do all of it now, at full speed, and say when it is done.
    Now(tokio::sync::oneshot::Sender<Result<(), EngineError>>),
    /// Say when everything that was asked for before is done.
    Flush(tokio::sync::oneshot::Sender<()>),
    /// End.
    Stop,
}

/// Again after this long, while readers hold what is to be swept.
const RETRY: Duration = Duration::from_millis(200);

impl Chores {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver: Mutex::new(Some(receiver)), stopping: AtomicBool::new(false) }
    }

    pub(crate) fn remove_file(&self, path: PathBuf) {
        if let Err(unsent) = self.sender.send(Chore::Remove(path))
            && let Chore::Remove(path) = unsent.0
        {
            unlink(&path);
        }
    }

    pub(crate) fn wake(&self) {
        // Without a thread the store is closing, and the next start looks again.
        let _ = self.sender.send(Chore::Wake);
    }

    pub(crate) fn send(&self, chore: Chore) -> bool {
        self.sender.send(chore).is_ok()
    }

    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        let _ = self.sender.send(Chore::Stop);
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}

/// The maintenance thread's state.
pub(crate) struct Maintenance {
    pub(crate) store: Arc<Store>,
    pub(crate) world: Arc<Core>,
    /// Files with smaller ids were made before this life of the store.
    pub(crate) first_id: u64,
    /// Segments that could not be compacted (a record in them is damaged): left as they are.
    pub(crate) skipped: Vec<u64>,
}

impl Maintenance {
    /// Works until it is told to stop.
    pub(crate) fn run(mut self) {
        let chores = Arc::clone(&self.store.chores);
        let receiver = chores.receiver.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(receiver) = receiver else { return };
        let mut inbox = Inbox::new(receiver);
        if self.store.queue.is_some() {
            self.report("sweep stray files", strays::sweep(&self.store, self.first_id));
        }
        let mut again = self.look(&mut inbox);
        loop {
            let wait = if again { RETRY } else { Duration::from_secs(3_600) };
            match inbox.next(wait) {
                Ok(Chore::Remove(path)) => unlink(&path),
                Ok(Chore::Wake) | Err(RecvTimeoutError::Timeout) => again = self.look(&mut inbox),
                Ok(Chore::Now(reply)) => {
                    let done = self.pass(false, &mut inbox).map(|left| again = left);
                    // Files that this made superfluous wait behind this message.
                    inbox.remove_files();
                    let _ = reply.send(done);
                }
                Ok(Chore::Flush(reply)) => drop(reply.send(())),
                Ok(Chore::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        inbox.remove_files();
    }

    /// One pass at bounded speed; true when something must be tried again later.
    fn look(&mut self, inbox: &mut Inbox) -> bool {
        let passed = self.pass(true, inbox);
        let again = matches!(passed, Ok(true));
        self.report("maintain the store", passed.map(|_| ()));
        again
    }

    fn pass(&mut self, bounded: bool, inbox: &mut Inbox) -> Result<bool, EngineError> {
        layers::flatten(&self.store, &self.world)?;
        let held = layers::sweep_dropped(&self.store)?;
        if self.store.queue.is_some() {
            self.compact(bounded, inbox)?;
            shrink::shrink(&self.store, !bounded)?;
        }
        Ok(held)
    }

    fn report(&self, doing: &str, result: Result<(), EngineError>) {
        match result {
            Ok(()) | Err(EngineError::Closed | EngineError::ReadOnly) => {}
            Err(error) => tracing::warn!(%error, "could not {doing}"),
        }
    }
}
