//! What CopyObject and UploadPartCopy share: their source's checks, and reading it into a new body.

use std::ops::Range;

use spacelet_engine::{
    Checksum, ChecksumAlgorithm, ChecksumKind, EngineError, KeyMark, ObjectInfo, StagedBody, VersionSelector, World,
};

use super::preconditions;
use crate::customer_key::{self, Given};
use crate::error::{ErrorCode, S3Error};
use crate::request::{Request, Source};
use crate::storage_class::{self, NO_SOURCE};

/// The source (of the same region: `facts.rs` saw to it), its conditions checked.
///
/// # Errors
/// `PreconditionFailed`, `InvalidArgument` for an unreadable date, `InvalidObjectState` for an archived object.
pub(super) fn source<'r>(request: &'r Request<'_>) -> Result<&'r Source, S3Error> {
    let source = request.source.as_ref();
    let source =
        source.ok_or_else(|| S3Error::new(ErrorCode::InternalError, "the operation table promises no source"))?;
    check(request, &source.object)?;
    Ok(source)
}

/// The source's record as it is now, after its body went away under the one that was read.
///
/// # Errors
/// `NoSuchKey`, `PreconditionFailed`, `InvalidObjectState`.
pub(super) fn read_again(request: &Request<'_>, source: &Source) -> Result<ObjectInfo, S3Error> {
    let version = if source.object.version.is_null() {
        VersionSelector::Current
    } else {
        VersionSelector::Id(source.object.version.clone())
    };
    let found = request.world.object(&source.bucket, &source.object.key, &version)?;
    let found = found.filter(|object| !object.is_delete_marker).ok_or(EngineError::NoSuchKey)?;
    check(request, &found)?;
    Ok(found)
}

fn check(request: &Request<'_>, source: &ObjectInfo) -> Result<(), S3Error> {
    preconditions::check_copy(request.headers, source)?;
    storage_class::must_be_readable(request, source, NO_SOURCE)
}

/// The source's checksum, where it is of all its bytes and of that algorithm.
pub(super) fn whole_checksum(source: &ObjectInfo, algorithm: ChecksumAlgorithm) -> Option<Checksum> {
    let of_all = |checksum: &Checksum| checksum.kind == ChecksumKind::FullObject && checksum.algorithm == algorithm;
    source.checksum.clone().filter(of_all)
}

/// The keys of a copy: the one that opens its source, and the one that it is stored under.
pub(super) struct Keys {
    source: Option<Given>,
    pub(super) target: Option<Given>,
}

impl Keys {
    /// Of a source as it is now.
    ///
    /// # Errors
    /// As [`customer_key::of_read`].
    pub(super) fn of(request: &Request<'_>, from: &ObjectInfo, target: Option<Given>) -> Result<Self, S3Error> {
        // DIFFERS: RGW 16 copies nothing that is under a customer's key (501), nor to such a key (it ignores it); this is
        // AWS's way (API reference, CopyObject).
        Ok(Self { source: customer_key::of_read(request, from.sealed.as_ref(), &customer_key::SOURCE)?, target })
    }

    /// Whether the stored bytes can be shared: neither has a key.
    pub(super) fn are_none(&self) -> bool {
        self.source.is_none() && self.target.is_none()
    }

    /// What recognises the target's key.
    pub(super) fn mark(&self) -> Option<KeyMark> {
        self.target.as_ref().map(|given| KeyMark::new(&given.key))
    }

    /// Copies a range of a body into a new one, block by block.
    ///
    /// # Errors
    /// [`EngineError::NoSuchKey`] when the body has gone meanwhile, and what the store says.
    pub(super) async fn stage_range(
        &self,
        world: &World,
        source: &ObjectInfo,
        range: Range<u64>,
        checksum: Option<ChecksumAlgorithm>,
    ) -> Result<StagedBody, EngineError> {
        let bytes = Some(range.end - range.start);
        let sealing = self.target.as_ref().map(|given| &given.key);
        let mut writer = customer_key::begin(world, bytes, false, checksum, sealing)?;
        let mut reader = customer_key::open(world, source, range, self.source.as_ref())?;
        while let Some(block) = reader.next().await {
            writer.write(block?).await?;
        }
        writer.finish().await
    }
}
