//! Applies lifecycle rules: one pass over the Spaces that have some, on the world's clock. What a client writes
//! meanwhile stays, because each removal names the very version that was judged.

use std::sync::Arc;

use spacelet_engine::{
    Bucket, Candidate, Deleted, DocumentKind, EngineError, Expiration, LifecycleRule, ListObjects, ListUploads,
    ListVersions, Listed, Moment, ObjectInfo, StorageClass, Timestamp, Upload, VersionSelector, World, is_due,
    is_expired, is_noncurrent_expired, noncurrent_transition, transition,
};

use crate::ids::Ids;
use crate::lifecycle::{Rules, rules_of};
use crate::notification::{EventDetails, EventObject, Notices, Notifier};

/// Unfinished uploads go after so many days without any rule (Spaces' limits page).
const UPLOAD_DAYS_MAX: u32 = 30;
const PAGE: usize = 1000;

/// What a pass removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Current objects (in a versioned Space: covered by a delete marker).
    pub objects: u64,
    /// Older versions.
    pub versions: u64,
    /// Delete markers without versions.
    pub markers: u64,
    /// Unfinished uploads.
    pub uploads: u64,
    /// Objects and older versions that were moved to another class.
    pub moved: u64,
}

/// How rules are applied.
#[derive(Clone, Copy)]
pub(crate) struct Sweeping<'s> {
    /// The length of a day: [`spacelet_engine::DAY_MS`], or less for tests.
    pub(crate) day_ms: i64,
    /// Transitions are carried out.
    pub(crate) moves_objects: bool,
    /// `Days` and `Date` of an expiration are about delete markers without versions too.
    pub(crate) expires_markers: bool,
    /// Restored copies take their time, and are told of when they are there.
    pub(crate) restores_take_time: bool,
    /// The time of this pass.
    pub(crate) now: Timestamp,
    /// The time of the pass before: what became of restored copies since then is told.
    pub(crate) since: Timestamp,
    /// Who is told, and the ids that events name.
    pub(crate) notifier: &'s Notifier,
    pub(crate) ids: &'s Ids,
}

/// One pass.
///
/// # Errors
/// Storage errors; what was removed before stays removed.
pub(crate) async fn sweep(world: &Arc<World>, sweeping: Sweeping<'_>) -> Result<Swept, EngineError> {
    let at = Moment { now: sweeping.now, day_ms: sweeping.day_ms };
    let mut pass = Pass { world: Arc::clone(world), at, sweeping, swept: Swept::default() };
    for bucket in pass.read(World::buckets).await? {
        let rules = if bucket.documents.contains(DocumentKind::Lifecycle) {
            let of = bucket.clone();
            pass.read(move |world| rules_of(world, &of)).await?
        } else {
            Rules::default()
        };
        let notices = Notices::of_service(world, &bucket, sweeping.notifier, sweeping.ids);
        match pass.bucket(&Work { bucket: &bucket, rules: &rules, notices }).await {
            Ok(()) | Err(EngineError::NoSuchBucket) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(pass.swept)
}

struct Pass<'s> {
    world: Arc<World>,
    at: Moment,
    sweeping: Sweeping<'s>,
    swept: Swept,
}

/// A bucket whose turn it is.
struct Work<'w> {
    bucket: &'w Bucket,
    rules: &'w Rules,
    /// Told of what is done, where the bucket has notifications.
    notices: Option<Notices<'w>>,
}

impl Work<'_> {
    fn expired(&self, object: &ObjectInfo, deleted: &Deleted) {
        if let Some(notices) = &self.notices {
            notices.expired(object.key.as_str(), deleted);
        }
    }
}

/// The newer neighbour of the next version in a listing.
struct Newer {
    version: ObjectInfo,
    /// How many older versions of the key came before the next one.
    noncurrent: u32,
}

impl Pass<'_> {
    /// Reads on a blocking thread.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&World) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let world = Arc::clone(&self.world);
        let task = tokio::task::spawn_blocking(move || read(&world));
        task.await.map_err(|panic| EngineError::Storage { detail: format!("a lifecycle read failed: {panic}") })?
    }

    async fn bucket(&mut self, work: &Work<'_>) -> Result<(), EngineError> {
        let Work { bucket, rules, .. } = *work;
        let enabled = || rules.rules.iter().filter(|rule| rule.is_enabled);
        let expires = |rule: &LifecycleRule| rule.expiration.is_some_and(|it| it != Expiration::LoneMarkers);
        if enabled().any(|rule| expires(rule) || self.sweeping.moves_objects && !rule.transitions.is_empty()) {
            self.objects(work).await?;
        }
        let is_about_versions = |rule: &LifecycleRule| {
            rule.noncurrent.is_some()
                || self.sweeping.expires_markers && expires(rule)
                || rule.expiration == Some(Expiration::LoneMarkers)
                || self.sweeping.moves_objects && !rule.noncurrent_transitions.is_empty()
        };
        if bucket.versioning.is_some() && enabled().any(is_about_versions) {
            self.versions(work).await?;
        }
        self.uploads(bucket, &rules.rules).await?;
        self.restored(work).await
    }

    /// Tells of restored copies that came or went since the pass before.
    async fn restored(&mut self, work: &Work<'_>) -> Result<(), EngineError> {
        let Some(notices) = work.notices.as_ref().filter(|notices| notices.are_about("ObjectRestore:")) else {
            return Ok(());
        };
        let passed = |at: Timestamp| self.sweeping.since < at && at <= self.at.now;
        let mut after = None;
        loop {
            let wanted = ListVersions { after, entries_max: PAGE, ..ListVersions::default() };
            let of = work.bucket.clone();
            let page = self.read(move |world| world.list_versions(&of, &wanted)).await?;
            for entry in page.entries {
                let Listed::Object(object) = entry else { continue };
                let Some(copy) = object.restored else { continue };
                let told = EventObject::there(&object);
                if self.sweeping.restores_take_time && passed(copy.ready) {
                    notices.tell("ObjectRestore:Completed", &told, EventDetails::restored(&object, copy));
                }
                if passed(copy.until) {
                    notices.tell("ObjectRestore:Delete", &told, EventDetails::Nothing);
                }
            }
            let Some(next) = page.next else { return Ok(()) };
            after = Some(next);
        }
    }

    async fn objects(&mut self, work: &Work<'_>) -> Result<(), EngineError> {
        let mut after = String::new();
        loop {
            let (of, wanted) =
                (work.bucket.clone(), ListObjects { after, entries_max: PAGE, ..ListObjects::default() });
            let page = self.read(move |world| world.list_objects(&of, &wanted)).await?;
            for entry in &page.entries {
                if let Listed::Object(object) = entry {
                    self.object(work, object).await?;
                }
            }
            let Some(next) = page.next else { return Ok(()) };
            after = next;
        }
    }

    /// A current object: expired, else moved.
    async fn object(&mut self, work: &Work<'_>, object: &ObjectInfo) -> Result<(), EngineError> {
        let rules = work.rules;
        let candidate = Candidate::current(object);
        if is_expired(&rules.rules, &candidate, &self.at) {
            if let Some(deleted) = self.world.expire_object(work.bucket, object, &VersionSelector::Current).await? {
                self.swept.objects += 1;
                work.expired(object, &deleted);
            }
            return Ok(());
        }
        let from = object.meta.storage_class();
        let class = transition(&rules.rules, &candidate, from, rules.small, &self.at);
        self.move_to(work, object, &VersionSelector::Current, class).await
    }

    async fn move_to(
        &mut self,
        work: &Work<'_>,
        object: &ObjectInfo,
        version: &VersionSelector,
        class: Option<StorageClass>,
    ) -> Result<(), EngineError> {
        let Some(class) = class.filter(|_| self.sweeping.moves_objects) else { return Ok(()) };
        if self.world.move_object(work.bucket, object, version, class).await? {
            self.swept.moved += 1;
            if let Some(notices) = &work.notices {
                let details = EventDetails::Moved { class: class.name() };
                notices.tell("LifecycleTransition", &EventObject::there(object), details);
            }
        }
        Ok(())
    }

    async fn versions(&mut self, work: &Work<'_>) -> Result<(), EngineError> {
        let mut after = None;
        let mut newer: Option<Newer> = None;
        loop {
            let (of, wanted) =
                (work.bucket.clone(), ListVersions { after, entries_max: PAGE, ..ListVersions::default() });
            let page = self.read(move |world| world.list_versions(&of, &wanted)).await?;
            for entry in page.entries {
                let Listed::Object(version) = entry else { continue };
                let noncurrent = match newer.take() {
                    Some(newer) if newer.version.key == version.key => {
                        self.noncurrent(work, &version, &newer).await?;
                        newer.noncurrent.saturating_add(1)
                    }
                    Some(last) => {
                        self.lone_marker(work, &last.version).await?;
                        0
                    }
                    None => 0,
                };
                newer = Some(Newer { version: *version, noncurrent });
            }
            let Some(next) = page.next else { break };
            after = Some(next);
        }
        match newer {
            Some(last) => self.lone_marker(work, &last.version).await,
            None => Ok(()),
        }
    }

    /// An older version: its days count from when the newer one came.
    async fn noncurrent(&mut self, work: &Work<'_>, version: &ObjectInfo, newer: &Newer) -> Result<(), EngineError> {
        let rules = work.rules;
        let candidate = Candidate::noncurrent(version, newer.version.modified);
        let selector = VersionSelector::Id(version.version.clone());
        if is_noncurrent_expired(&rules.rules, &candidate, newer.noncurrent, &self.at) {
            if let Some(deleted) = self.world.expire_object(work.bucket, version, &selector).await? {
                self.swept.versions += 1;
                work.expired(version, &deleted);
            }
            return Ok(());
        }
        let from = version.meta.storage_class();
        let class = noncurrent_transition(&rules.rules, &candidate, newer.noncurrent, from, rules.small, &self.at);
        self.move_to(work, version, &selector, class).await
    }

    /// The last (oldest) entry of a key: when it is also the newest and a delete marker, nothing is behind it.
    async fn lone_marker(&mut self, work: &Work<'_>, last: &ObjectInfo) -> Result<(), EngineError> {
        let candidate = Candidate::current(last);
        let removes =
            |rule: &LifecycleRule| rule.expiration == Some(Expiration::LoneMarkers) && rule.selects(&candidate);
        let is_old = || self.sweeping.expires_markers && is_expired(&work.rules.rules, &candidate, &self.at);
        let is_lone = last.is_delete_marker && last.is_current;
        if !is_lone || !work.rules.rules.iter().any(removes) && !is_old() {
            return Ok(());
        }
        let selector = VersionSelector::Id(last.version.clone());
        if let Some(deleted) = self.world.expire_object(work.bucket, last, &selector).await? {
            self.swept.markers += 1;
            work.expired(last, &deleted);
        }
        Ok(())
    }

    async fn uploads(&mut self, bucket: &Bucket, rules: &[LifecycleRule]) -> Result<(), EngineError> {
        let mut after = None;
        loop {
            let (of, wanted) = (bucket.clone(), ListUploads { after, entries_max: PAGE, ..ListUploads::default() });
            let page = self.read(move |world| world.list_uploads(&of, &wanted)).await?;
            for upload in page.uploads {
                if !self.is_overdue(rules, &upload) {
                    continue;
                }
                match self.world.abort_upload(bucket, &upload.key, &upload.id).await {
                    Ok(()) => self.swept.uploads += 1,
                    Err(EngineError::NoSuchUpload) => {}
                    Err(other) => return Err(other),
                }
            }
            let Some(next) = page.next else { return Ok(()) };
            after = Some(next);
        }
    }

    fn is_overdue(&self, rules: &[LifecycleRule], upload: &Upload) -> bool {
        let selecting = rules.iter().filter(|rule| rule.is_enabled && upload.key.as_str().starts_with(&rule.prefix));
        let days = selecting.filter_map(|rule| rule.abort_upload_days).chain([UPLOAD_DAYS_MAX]).min();
        is_due(upload.initiated, days.unwrap_or(UPLOAD_DAYS_MAX), &self.at)
    }
}

#[cfg(test)]
#[path = "sweep/tests.rs"]
mod tests;
