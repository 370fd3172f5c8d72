//! A bucket's configurations as they were put, read back. One that cannot be read any more is the store's fault, never
//! the client's.

use spacelet_engine::{Bucket, DocumentKind, EngineError, World};

use crate::xml::{Element, FromXml, XmlError, parse_root};

/// A configuration; `None`, without a read, where the bucket has none.
///
/// # Errors
/// Storage errors.
pub(crate) fn stored<T: FromXml>(world: &World, bucket: &Bucket, kind: DocumentKind) -> Result<Option<T>, EngineError> {
    let Some(root) = stored_root(world, bucket, kind, T::ROOT)? else { return Ok(None) };
    T::from_root(&root).map(Some).map_err(|error| unreadable(T::ROOT, &error))
}

/// As [`stored`], as the tree below its root element.
///
/// # Errors
/// As there.
pub(crate) fn stored_root(
    world: &World,
    bucket: &Bucket,
    kind: DocumentKind,
    root: &str,
) -> Result<Option<Element>, EngineError> {
    let Some(document) = world.document(bucket, kind, "")? else { return Ok(None) };
    parse_root(&document, document.len(), root).map(Some).map_err(|error| unreadable(root, &error))
}

fn unreadable(root: &str, error: &XmlError) -> EngineError {
    EngineError::Storage { detail: format!("a stored {root}: {error}") }
}
