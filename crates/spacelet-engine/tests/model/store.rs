//! The two kinds of store, opened and opened again.

use std::sync::Arc;

use bytes::Bytes;
use spacelet_engine::{Clock, Durability, Engine, EngineSettings, StagedBody, World};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Memory,
    Disk,
}

pub struct Store {
    pub kind: Kind,
    pub engine: Arc<Engine>,
    pub world: Arc<World>,
    settings: EngineSettings,
    /// Removed when the store goes.
    pub folder: Option<tempfile::TempDir>,
}

impl Store {
    /// Answered writes reach the kernel, not the disk: what is tested with it is what is read, not power cuts.
    pub fn new(kind: Kind, clock: Clock) -> Self {
        Self::with(kind, EngineSettings { durability: Durability::Process, clock, ..EngineSettings::default() })
    }

    pub fn with(kind: Kind, mut settings: EngineSettings) -> Self {
        let folder = (kind == Kind::Disk).then(|| tempfile::tempdir().unwrap());
        settings.folder = folder.as_ref().map(|folder| folder.path().join("data"));
        let engine = Engine::open(settings.clone()).unwrap();
        let world = engine.world();
        Self { kind, engine, world, settings, folder }
    }

    /// Closes and opens again; a store in memory goes on.
    pub async fn reopen(self) -> Self {
        if self.kind == Kind::Memory {
            return self;
        }
        let Self { kind, engine, world, settings, folder } = self;
        engine.close().await;
        drop(world);
        drop(engine);
        let engine = Engine::open(settings.clone()).unwrap();
        let world = engine.world();
        Self { kind, engine, world, settings, folder }
    }

    pub async fn stage(&self, body: &Bytes) -> StagedBody {
        let mut writer = self.world.begin_body(Some(body.len() as u64), false, None).unwrap();
        // In two writes, so that the writer has something to put together.
        let (head, tail) = (body.slice(..body.len() / 3), body.slice(body.len() / 3..));
        for part in [head, tail] {
            if !part.is_empty() {
                writer.write(part).await.unwrap();
            }
        }
        writer.finish().await.unwrap()
    }

    pub async fn read(&self, body: &spacelet_engine::Body, range: std::ops::Range<u64>) -> Vec<u8> {
        let mut reader = self.world.open_body(body, range).unwrap();
        let mut bytes = Vec::new();
        loop {
            let block = match reader.try_next() {
                Some(block) => block,
                None => match reader.next().await {
                    Some(block) => block,
                    None => return bytes,
                },
            };
            bytes.extend_from_slice(&block.unwrap());
        }
    }
}
