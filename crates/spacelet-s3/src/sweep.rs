//! Applies lifecycle rules: one pass over the Spaces that have some, on the world's clock. What a client writes
//! meanwhile stays, because each removal names the very version that was judged.

use std::sync::Arc;

use spacelet_engine::{
    Bucket, DocumentKind, EngineError, Expiration, LifecycleRule, ListObjects, ListUploads, ListVersions, Listed,
    ObjectInfo, Timestamp, Upload, VersionSelector, World, is_due, is_expired,
};

use crate::lifecycle::rules_of;

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
}

/// One pass. `day_ms` is the length of a day: [`spacelet_engine::DAY_MS`], or less for tests.
///
/// # Errors
/// Storage errors; what was removed before stays removed.
pub async fn sweep(world: &Arc<World>, day_ms: i64) -> Result<Swept, EngineError> {
    let mut pass = Pass { world: Arc::clone(world), now: world.clock().now(), day_ms, swept: Swept::default() };
    for bucket in pass.read(World::buckets).await? {
        let rules = if bucket.documents.contains(DocumentKind::Lifecycle) {
            let of = bucket.clone();
            pass.read(move |world| rules_of(world, &of)).await?
        } else {
            Vec::new()
        };
        match pass.bucket(&bucket, &rules).await {
            Ok(()) | Err(EngineError::NoSuchBucket) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(pass.swept)
}

struct Pass {
    world: Arc<World>,
    now: Timestamp,
    day_ms: i64,
    swept: Swept,
}

impl Pass {
    /// Reads on a blocking thread.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&World) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let world = Arc::clone(&self.world);
        let task = tokio::task::spawn_blocking(move || read(&world));
        task.await.map_err(|panic| EngineError::Storage { detail: format!("a lifecycle read failed: {panic}") })?
    }

    async fn bucket(&mut self, bucket: &Bucket, rules: &[LifecycleRule]) -> Result<(), EngineError> {
        let expires = |rule: &LifecycleRule| rule.expiration.is_some_and(|it| it != Expiration::LoneMarkers);
        if rules.iter().any(|rule| rule.is_enabled && expires(rule)) {
            self.objects(bucket, rules).await?;
        }
        let is_about_versions =
            |rule: &LifecycleRule| rule.noncurrent_days.is_some() || rule.expiration == Some(Expiration::LoneMarkers);
        if bucket.versioning.is_some() && rules.iter().any(|rule| rule.is_enabled && is_about_versions(rule)) {
            self.versions(bucket, rules).await?;
        }
        self.uploads(bucket, rules).await
    }

    async fn objects(&mut self, bucket: &Bucket, rules: &[LifecycleRule]) -> Result<(), EngineError> {
        let mut after = String::new();
        loop {
            let (of, wanted) = (bucket.clone(), ListObjects { after, entries_max: PAGE, ..ListObjects::default() });
            let page = self.read(move |world| world.list_objects(&of, &wanted)).await?;
            for entry in &page.entries {
                let Listed::Object(object) = entry else { continue };
                let (key, tags) = (object.key.as_str(), &object.meta.tags);
                if is_expired(rules, key, tags, object.modified, self.now, self.day_ms)
                    && self.world.expire_object(bucket, object, &VersionSelector::Current).await?
                {
                    self.swept.objects += 1;
                }
            }
            let Some(next) = page.next else { return Ok(()) };
            after = next;
        }
    }

    async fn versions(&mut self, bucket: &Bucket, rules: &[LifecycleRule]) -> Result<(), EngineError> {
        let mut after = None;
        // The newer neighbour of the next entry, and whether it is a delete marker that has had no older version so far.
        let mut newer: Option<ObjectInfo> = None;
        loop {
            let (of, wanted) = (bucket.clone(), ListVersions { after, entries_max: PAGE, ..ListVersions::default() });
            let page = self.read(move |world| world.list_versions(&of, &wanted)).await?;
            for entry in page.entries {
                let Listed::Object(version) = entry else { continue };
                match newer.take() {
                    Some(newer) if newer.key == version.key => {
                        self.noncurrent(bucket, rules, &version, newer.modified).await?;
                    }
                    Some(last) => self.lone_marker(bucket, rules, &last).await?,
                    None => {}
                }
                newer = Some(*version);
            }
            let Some(next) = page.next else { break };
            after = Some(next);
        }
        match newer {
            Some(last) => self.lone_marker(bucket, rules, &last).await,
            None => Ok(()),
        }
    }

    /// An older version: its days count from when the newer one came.
    async fn noncurrent(
        &mut self,
        bucket: &Bucket,
        rules: &[LifecycleRule],
        version: &ObjectInfo,
        since: Timestamp,
    ) -> Result<(), EngineError> {
        let selecting = rules.iter().filter(|rule| rule.selects(version.key.as_str(), &version.meta.tags));
        let mut days = selecting.filter_map(|rule| rule.noncurrent_days);
        if days.any(|days| is_due(since, days, self.now, self.day_ms))
            && self.world.expire_object(bucket, version, &VersionSelector::Id(version.version.clone())).await?
        {
            self.swept.versions += 1;
        }
        Ok(())
    }

    /// The last (oldest) entry of a key: when it is also the newest and a delete marker, nothing is behind it.
    async fn lone_marker(
        &mut self,
        bucket: &Bucket,
        rules: &[LifecycleRule],
        last: &ObjectInfo,
    ) -> Result<(), EngineError> {
        let removes = |rule: &LifecycleRule| {
            rule.expiration == Some(Expiration::LoneMarkers) && rule.selects(last.key.as_str(), &[])
        };
        if last.is_delete_marker
            && last.is_current
            && rules.iter().any(removes)
            && self.world.expire_object(bucket, last, &VersionSelector::Id(last.version.clone())).await?
        {
            self.swept.markers += 1;
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
        is_due(upload.initiated, days.unwrap_or(UPLOAD_DAYS_MAX), self.now, self.day_ms)
    }
}

#[cfg(test)]
#[path = "sweep/tests.rs"]
mod tests;
