//! A world: everything that a client can see, with its own clock and its own stack of layers.

use crate::Clock;
use crate::rows::View;

/// Everything that a client can see: accounts, keys, Spaces, objects, uploads. The operations are in
/// `accounts.rs`, `keys.rs`, `buckets.rs`, `objects.rs`, `list.rs`, `multipart.rs` and `snapshot.rs`.
///
/// Reads are synchronous: point reads take microseconds and may run inline; listings (`list_*`) belong on a
/// blocking thread. Writes are async: they return once durable as the engine's settings promise.
pub struct World {}

impl World {
    /// This world's clock: stored times, expiry of links, lifecycle.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        todo!()
    }

    /// The committed state. A memory world's view is a consistent snapshot from its first scan on; a data folder's
    /// reads the latest durable rows at each call.
    pub(crate) fn view(&self) -> View {
        todo!()
    }
}
