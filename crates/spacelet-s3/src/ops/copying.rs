//! What CopyObject and UploadPartCopy share: their source's checks, and reading it into a new body.

use std::ops::Range;

use spacelet_engine::{EngineError, ObjectInfo, StagedBody, VersionSelector, World};

use super::preconditions;
use crate::error::{ErrorCode, S3Error};
use crate::request::{Request, Source};

/// The source (of the same region: `facts.rs` saw to it), its conditions checked.
///
/// # Errors
/// `PreconditionFailed`, `InvalidArgument` for an unreadable date.
pub(super) fn source<'r>(request: &'r Request<'_>) -> Result<&'r Source, S3Error> {
    let source = request.source.as_ref();
    let source =
        source.ok_or_else(|| S3Error::new(ErrorCode::InternalError, "the operation table promises no source"))?;
    preconditions::check_copy(request.headers, &source.object)?;
    Ok(source)
}

/// The source's record as it is now, after its body went away under the one that was read.
///
/// # Errors
/// `NoSuchKey`, `PreconditionFailed`.
pub(super) fn read_again(request: &Request<'_>, source: &Source) -> Result<ObjectInfo, S3Error> {
    let version = if source.object.version.is_null() {
        VersionSelector::Current
    } else {
        VersionSelector::Id(source.object.version.clone())
    };
    let found = request.world.object(&source.bucket, &source.object.key, &version)?;
    let found = found.filter(|object| !object.is_delete_marker).ok_or(EngineError::NoSuchKey)?;
    preconditions::check_copy(request.headers, &found)?;
    Ok(found)
}

/// Copies a range of a body into a new one, block by block.
///
/// # Errors
/// [`EngineError::NoSuchKey`] when the body has gone meanwhile, and what the store says.
pub(super) async fn stage_range(
    world: &World,
    source: &ObjectInfo,
    range: Range<u64>,
) -> Result<StagedBody, EngineError> {
    let mut writer = world.begin_body(Some(range.end - range.start), false, None)?;
    let mut reader = world.open_body(&source.body, range)?;
    while let Some(block) = reader.next().await {
        writer.write(block?).await?;
    }
    writer.finish().await
}
