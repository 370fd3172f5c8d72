//! A world: everything that a client can see, with its own clock and its own stack of layers.

use std::sync::{Arc, PoisonError, RwLock};

use crate::Clock;
use crate::credentials::Credentials;
use crate::rows::{Stack, View};
use crate::store::Store;

/// Everything that a client can see: accounts, keys, Spaces, objects, uploads. The operations are in
/// `accounts.rs`, `keys.rs`, `buckets.rs`, `objects.rs`, `list.rs`, `multipart.rs` and `snapshot.rs`.
///
/// Reads are synchronous: point reads take microseconds and may run inline; listings (`list_*`) belong on a
/// blocking thread. Writes are async: they return once durable as the engine's settings promise.
pub struct World {
    pub(crate) core: Arc<Core>,
}

/// What a world is made of, shared with its views and its commits.
pub(crate) struct Core {
    pub(crate) store: Arc<Store>,
    pub(crate) id: u32,
    pub(crate) clock: Clock,
    pub(crate) credentials: Credentials,
    stack: RwLock<Stack>,
}

impl Core {
    pub(crate) fn new(store: Arc<Store>, id: u32, clock: Clock, stack: Stack) -> Self {
        Self { store, id, clock, credentials: Credentials::default(), stack: RwLock::new(stack) }
    }

    /// The layers as of now.
    pub(crate) fn stack(&self) -> Stack {
        Arc::clone(&self.stack.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other layers in place; the store is told of the old ones, so that they are swept only when no reader
    /// holds them any more. Called where commits are published.
    pub(crate) fn replace_stack(&self, stack: Stack) {
        let old = std::mem::replace(&mut *self.stack.write().unwrap_or_else(PoisonError::into_inner), stack);
        self.credentials.forget();
        self.store.retire(&old);
    }
}

impl World {
    /// This world's clock: stored times, expiry of links, lifecycle.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.core.clock
    }

    /// The committed state. A memory world's view is a consistent snapshot from its first scan on; a data folder's
    /// reads the latest durable rows at each call.
    pub(crate) fn view(&self) -> View {
        View::new(Arc::clone(&self.core))
    }
}
