//! What the maintenance thread is told, in order, but for files that are to go: their room is wanted at once, and
//! compacting what else was deleted takes minutes.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::Chore;
use crate::bodies::files::unlink;

/// The thread's end of [`super::Chores`].
pub(super) struct Inbox {
    receiver: Receiver<Chore>,
    /// What came while files were removed.
    waiting: VecDeque<Chore>,
}

impl Inbox {
    pub(super) fn new(receiver: Receiver<Chore>) -> Self {
        Self { receiver, waiting: VecDeque::new() }
    }

    /// The next thing to do, when there is one within this time.
    pub(super) fn next(&mut self, wait: Duration) -> Result<Chore, RecvTimeoutError> {
        self.waiting.pop_front().map_or_else(|| self.receiver.recv_timeout(wait), Ok)
    }

    /// Removes the files that are to go; all else waits for its turn.
    pub(super) fn remove_files(&mut self) {
        for chore in self.receiver.try_iter() {
            match chore {
                Chore::Remove(path) => unlink(&path),
                other @ (Chore::Wake | Chore::Now(_) | Chore::Flush(_) | Chore::Stop) => self.waiting.push_back(other),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::maintenance::Chores;

    #[test]
    fn files_go_before_what_was_asked_for_earlier() {
        let folder = tempfile::tempdir().unwrap();
        let chores = Chores::new();
        let mut inbox = Inbox::new(chores.receiver.lock().unwrap().take().unwrap());
        chores.wake();
        for name in ["a", "b"] {
            std::fs::write(folder.path().join(name), name).unwrap();
            chores.remove_file(folder.path().join(name));
        }
        chores.stop();
        inbox.remove_files();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(matches!(inbox.next(Duration::ZERO), Ok(Chore::Wake)));
        assert!(matches!(inbox.next(Duration::ZERO), Ok(Chore::Stop)));
        assert!(matches!(inbox.next(Duration::ZERO), Err(RecvTimeoutError::Timeout)));
    }
}
