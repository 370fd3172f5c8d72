//! The commit: a closure decides at the one place where writes are ordered.
//!
//! In a volatile store that place is the rows' lock, and the closure runs inline. With a data folder it is the
//! committer's thread (`committer.rs`), which takes everything that waits as one group.
//!
//! **Bodies are counted by rows, not by callers.** When a closure ends, each row that it put or deleted is compared
//! with what its layer held before: every piece in the new row's body (`records::body_of_row`) counts one more, every
//! piece in the old row's body one less. A body whose count reaches 0 goes after the commit. So a copy, a move from a
//! part to an object, an ACL change over a frozen layer and a dropped layer are all right without further calls;
//! [`Tx::retain`] only checks that a body is still there.

mod committer;
mod group;
mod sequence;
mod tx;

use std::sync::{Arc, PoisonError};

use crate::bodies::Placed;
use crate::store::{MemoryState, Store, StoreRows};
use crate::{Body, EngineError, StagedBody, World};

pub(crate) use committer::Committer;
pub(crate) use group::Group;
pub(crate) use sequence::Sequence;
pub(crate) use tx::Tx;

/// What a queued commit does once it is its turn: given the group and its placed bodies it runs, given an error it
/// only hands it on. Returns what to call when the group has ended, with how it ended.
pub(crate) type Work = Box<dyn FnOnce(Result<Turn<'_, '_>, EngineError>) -> Answer + Send>;
/// Answers a commit once its group is durable (or failed).
pub(crate) type Answer = Box<dyn FnOnce(Result<(), EngineError>) + Send>;
/// A commit's turn: the group so far and its own placed bodies (`None`: an empty body).
pub(crate) type Turn<'g, 'b> = (&'g mut Group<'b>, Vec<Option<Placed>>);

/// What the committer's queue carries.
pub(crate) enum Message {
    /// A commit.
    Job(Job),
    /// The current segment is to get no more bodies when it is this one, so that it can be compacted.
    Seal(u64),
    /// Copy the rows into a smaller database.
    Rewrite(tokio::sync::oneshot::Sender<Result<(), EngineError>>),
    /// Finish what was queued before, then end.
    Close,
}

/// A queued commit.
pub(crate) struct Job {
    pub(crate) staged: Vec<StagedBody>,
    pub(crate) work: Work,
    /// True: no other commit shares its group (it changes the layers that the others would use).
    pub(crate) alone: bool,
}

impl World {
    /// Places the staged bodies and runs `decide` on them where commits are ordered: its `get` and `scan` see every
    /// closure before it. Answers once its writes are as durable as the settings promise and visible to all.
    /// `Err` or a panic from the closure: none of its writes happen and its bodies are gone.
    /// The closure must not touch the `World` (views, commits): it has the `Tx` for that.
    pub(crate) async fn commit<T: Send + 'static>(
        &self,
        staged: Vec<StagedBody>,
        decide: impl FnOnce(&mut Tx<'_>, Vec<Body>) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.commit_as(staged, false, decide).await
    }

    /// As [`World::commit`]; `alone`: in a group of its own.
    pub(crate) async fn commit_as<T: Send + 'static>(
        &self,
        staged: Vec<StagedBody>,
        alone: bool,
        decide: impl FnOnce(&mut Tx<'_>, Vec<Body>) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let core = Arc::clone(&self.core);
        let Some(queue) = &self.core.store.queue else {
            return commit_inline(&core.store, staged, |group, placed| group.run(&core, placed, decide));
        };
        let (work, reply) = work_of(move |group, placed| group.run(&core, placed, decide));
        let job = Job { staged, work, alone };
        if queue.send(Message::Job(job)).await.is_err() {
            return Err(EngineError::Closed);
        }
        reply.await.unwrap_or(Err(EngineError::Closed))
    }
}

/// Commits from a thread that may wait (never from a runtime's worker).
pub(crate) fn commit_waiting<T: Send + 'static>(
    store: &Store,
    staged: Vec<StagedBody>,
    alone: bool,
    run: impl FnOnce(&mut Group<'_>, Vec<Option<Placed>>) -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    let Some(queue) = &store.queue else { return commit_inline(store, staged, run) };
    let (work, reply) = work_of(run);
    if queue.blocking_send(Message::Job(Job { staged, work, alone })).is_err() {
        return Err(EngineError::Closed);
    }
    reply.blocking_recv().unwrap_or(Err(EngineError::Closed))
}

/// Makes queued work of a closure, and the place where its answer will come.
fn work_of<T: Send + 'static>(
    run: impl FnOnce(&mut Group<'_>, Vec<Option<Placed>>) -> Result<T, EngineError> + Send + 'static,
) -> (Work, tokio::sync::oneshot::Receiver<Result<T, EngineError>>) {
    let (reply, answer) = tokio::sync::oneshot::channel();
    let work: Work = Box::new(move |turn| {
        let result = turn.and_then(|(group, placed)| run(group, placed));
        // The caller may have given up waiting; the commit stands all the same.
        Box::new(move |outcome| drop(reply.send(outcome.and(result))))
    });
    (work, answer)
}

/// A volatile store's commit: no queue, no thread, no sync.
fn commit_inline<T>(
    store: &Store,
    staged: Vec<StagedBody>,
    run: impl FnOnce(&mut Group<'_>, Vec<Option<Placed>>) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let StoreRows::Memory(state) = &store.rows else { return Err(EngineError::Closed) };
    let mut state = state.write().unwrap_or_else(PoisonError::into_inner);
    if state.closed {
        return Err(EngineError::Closed);
    }
    let MemoryState { rows, sequence, .. } = &mut *state;
    let placed = staged.into_iter().map(|body| store.bodies.hold(body, sequence)).collect();
    let mut group = Group::new(&*rows, sequence, store.left());
    let result = run(&mut group, placed);
    let end = group.end();
    rows.apply(end.writes);
    for publish in end.publish {
        publish();
    }
    drop(state);
    for (id, place) in end.freed {
        store.bodies.discard(id, &place);
    }
    result
}
