//! The committer: one thread through which every write of a data folder goes.
//!
//! It takes everything that waits as a group: places their bodies (one write to the segment, renames), runs their
//! closures in order, syncs the bodies, applies one batch, syncs the rows, publishes, answers. Whatever fails before
//! the rows are applied fails the group and leaves nothing; a failed sync turns the store read-only.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc::Receiver;

use super::{Answer, Group, Job, Message, Sequence, Work};
use crate::bodies::files::sync_dir;
use crate::bodies::{Placed, Placement, Segments};
use crate::folder::RowsDir;
use crate::maintenance::DELETED_ROWS_MIN;
use crate::rows::Writes;
use crate::rows::sled::{GroupReads, SledRows};
use crate::store::{Store, StoreRows};
use crate::{EngineError, StagedBody};

/// A job with its placed bodies, or with why they could not be placed.
type PlacedJob = (Work, Result<Vec<Option<Placed>>, EngineError>);

/// How many commits and how many staged bytes make a group at most.
const GROUP_JOBS_MAX: usize = 512;
const GROUP_BYTES_MAX: u64 = 16 << 20;

/// The committer's own state.
pub(crate) struct Committer {
    pub(crate) store: Arc<Store>,
    pub(crate) queue: Receiver<Message>,
    pub(crate) sequence: Sequence,
    pub(crate) segments: Segments,
    /// sled's database file, to be synced after each flush.
    pub(crate) rows_file: File,
    pub(crate) rows_dir: RowsDir,
    /// Directories of a new store that must reach the disk before the first answer.
    pub(crate) unsynced_dirs: Vec<PathBuf>,
}

impl Committer {
    /// Works until it is told to close or nobody is left who could.
    pub(crate) fn run(mut self) {
        let mut held_back: Option<Message> = None;
        while let Some(message) = held_back.take().or_else(|| self.queue.blocking_recv()) {
            match message {
                Message::Job(first) => {
                    let (jobs, next) = self.collect(first);
                    held_back = next;
                    self.commit(jobs);
                }
                Message::Seal(segment) => self.segments.seal(segment),
                Message::Rewrite(reply) => drop(reply.send(self.rewrite())),
                Message::Close => break,
            }
        }
    }

    /// Puts a smaller copy of the rows in their place. Commits wait meanwhile, so this is asked for small stores only.
    fn rewrite(&mut self) -> Result<(), EngineError> {
        let StoreRows::Sled(rows) = &self.store.rows else { return Ok(()) };
        if self.store.is_read_only() {
            return Err(EngineError::ReadOnly);
        }
        let failed = |error: std::io::Error| crate::store::io_error("rewrite the rows", &error);
        let fresh = self.rows_dir.begin_rewrite().map_err(failed)?;
        if let Err(error) = rows.rewrite(&fresh, &self.rows_dir.path(), || self.rows_dir.swap()) {
            let _ = self.rows_dir.begin_rewrite();
            return Err(error);
        }
        self.rows_file = self.rows_dir.sync().and_then(|()| self.rows_dir.file()).map_err(|error| {
            let error = failed(error);
            self.store.turn_read_only(&error);
            error
        })?;
        self.rows_dir.end_rewrite().map_err(failed)
    }

    /// Everything that waits, up to the group's bounds, and the message that does not belong to it.
    fn collect(&mut self, first: Job) -> (Vec<Job>, Option<Message>) {
        let mut bytes = staged_bytes(&first);
        let mut alone = first.alone;
        let mut jobs = vec![first];
        while !alone && jobs.len() < GROUP_JOBS_MAX && bytes < GROUP_BYTES_MAX {
            match self.queue.try_recv() {
                Ok(Message::Job(job)) if !job.alone => {
                    bytes = bytes.saturating_add(staged_bytes(&job));
                    jobs.push(job);
                }
                Ok(other) => return (jobs, Some(other)),
                Err(_) => alone = true,
            }
        }
        (jobs, None)
    }

    fn commit(&mut self, jobs: Vec<Job>) {
        let store = Arc::clone(&self.store);
        let StoreRows::Sled(rows) = &store.rows else { return };
        if store.is_read_only() {
            return refuse(jobs, &EngineError::ReadOnly);
        }
        let reads = match rows.begin() {
            Ok(reads) => reads,
            Err(error) => return refuse(jobs, &error),
        };
        let mut placement = self.segments.begin();
        #[cfg(test)]
        {
            placement.fault = store.faults.check_segment_write().err();
        }
        let turns = self.place(jobs, &mut placement);
        let mut group = Group::new(&reads, &mut self.sequence, store.left());
        let answers: Vec<Answer> =
            turns.into_iter().map(|(work, placed)| work(placed.map(|placed| (&mut group, placed)))).collect();
        let mut end = group.end();
        let emptied = self.segments.account(&placement, &end.live, &mut end.writes);
        let outcome = self.make_durable(rows, &reads, &placement, &end.writes);
        match &outcome {
            Ok(()) => rows.publish(|| end.publish.into_iter().for_each(|publish| publish())),
            Err(error) => store.turn_read_only(error),
        }
        // Before the answers: who is answered may count on it that what went is on its way out.
        if outcome.is_ok() {
            for (id, place) in end.freed {
                store.bodies.discard(id, &place);
            }
            emptied.into_iter().for_each(|segment| store.bodies.remove_segment(segment));
        }
        for answer in answers {
            answer(outcome.clone());
        }
        if outcome.is_ok() {
            self.segments.ask_for_compaction(&store.chores);
            count_rows(&store, &end.writes);
        }
    }

    /// Places each job's bodies: renames, and one write for all that go to the segment.
    fn place(&mut self, jobs: Vec<Job>, placement: &mut Placement) -> Vec<PlacedJob> {
        let mut left = self.store.left();
        let mut turns = Vec::with_capacity(jobs.len());
        for job in jobs {
            let bytes = staged_bytes(&job);
            let is_moving = job.staged.iter().any(StagedBody::is_moving);
            let fits = if is_moving { left.take_for_moves(bytes) } else { left.take(bytes) };
            let placed = if fits { self.place_all(job.staged, placement) } else { Err(EngineError::Full) };
            turns.push((job.work, placed));
        }
        if let Err(error) = self.segments.write(placement) {
            for (_, turn) in &mut turns {
                if let Ok(placed) = turn
                    && placed.iter().flatten().any(Placed::is_in_segment)
                {
                    self.let_go(std::mem::take(placed));
                    *turn = Err(error.clone());
                }
            }
        }
        turns
    }

    fn place_all(
        &mut self,
        staged: Vec<StagedBody>,
        placement: &mut Placement,
    ) -> Result<Vec<Option<Placed>>, EngineError> {
        let mut placed = Vec::with_capacity(staged.len());
        for body in staged {
            match self.segments.place(body, &mut self.sequence, placement) {
                Ok(body) => placed.push(body),
                Err(error) => {
                    self.let_go(placed);
                    return Err(error);
                }
            }
        }
        Ok(placed)
    }

    /// Removes bodies that were placed for a commit that cannot be.
    fn let_go(&self, placed: Vec<Option<Placed>>) {
        placed.into_iter().flatten().for_each(|placed| self.store.bodies.discard(placed.piece.id, &placed.place));
    }

    /// Bodies first, then the rows that name them.
    fn make_durable(
        &mut self,
        rows: &SledRows,
        reads: &GroupReads,
        placement: &Placement,
        writes: &Writes,
    ) -> Result<(), EngineError> {
        if writes.is_empty() {
            return Ok(());
        }
        let syncs = self.store.syncs();
        if syncs {
            #[cfg(test)]
            self.store.faults.check_bodies_sync()?;
            for dir in std::mem::take(&mut self.unsynced_dirs) {
                sync_dir(&dir).map_err(|error| crate::store::io_error("sync the data folder", &error))?;
            }
            placement.sync()?;
        }
        rows.apply(reads, writes)?;
        #[cfg(test)]
        self.store.faults.check_rows_sync(&self.store)?;
        rows.sync(syncs.then_some(&self.rows_file))
    }
}

/// Wakes the maintenance thread once many rows were deleted.
fn count_rows(store: &Store, writes: &Writes) {
    let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
    store.changed_rows.fetch_add(count(writes.len()), Ordering::Relaxed);
    let deleted = count(writes.values().filter(|slot| slot.is_none()).count());
    let before = store.deleted_rows.fetch_add(deleted, Ordering::Relaxed);
    if before < DELETED_ROWS_MIN && before.saturating_add(deleted) >= DELETED_ROWS_MIN {
        store.chores.wake();
    }
}

/// What a job's bodies take in memory, and will take in the segment.
fn staged_bytes(job: &Job) -> u64 {
    job.staged.iter().map(StagedBody::memory_bytes).sum()
}

fn refuse(jobs: Vec<Job>, error: &EngineError) {
    for job in jobs {
        let answer = (job.work)(Err(error.clone()));
        answer(Err(error.clone()));
    }
}
