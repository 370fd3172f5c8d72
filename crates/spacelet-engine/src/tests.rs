//! Tests of rows, commits, bodies, recovery and maintenance: of what the public operations stand on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "tests")]

mod bodies;
mod compaction;
mod durability;
mod folder;
mod fsck;
mod layers;
mod owned_rows;
mod rows;
mod sealed;
mod versions;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use crate::records::OBJECTS;
use crate::rows::Rows;
use crate::{Body, BodyReader, Engine, EngineError, EngineSettings, StagedBody, World};

/// A table whose rows name no bodies.
pub(super) const PLAIN: u8 = 0x70;

/// Small limits, so that little data meets them all.
pub(super) fn settings(folder: Option<&Path>) -> EngineSettings {
    EngineSettings {
        folder: folder.map(Path::to_path_buf),
        segment_body_bytes_max: 64 << 10,
        segment_bytes_max: 1 << 20,
        ..EngineSettings::default()
    }
}

pub(super) fn open(folder: &Path) -> Arc<Engine> {
    Engine::open(settings(Some(folder))).unwrap()
}

/// Runs a test on a volatile store and on a data folder.
pub(super) async fn on_both<F: Future<Output = ()>>(test: impl Fn(Arc<Engine>) -> F) {
    test(Engine::open(settings(None)).unwrap()).await;
    let folder = tempfile::tempdir().unwrap();
    test(open(folder.path())).await;
}

pub(super) fn key(table: u8, name: &str) -> Vec<u8> {
    [&[table], name.as_bytes()].concat()
}

/// Random enough, and the same every time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    pub(super) fn bytes(&mut self, length: usize) -> Bytes {
        (0..length).map(|_| self.roll(256) as u8).collect::<Vec<u8>>().into()
    }
}

/// A row that names a body, as records of objects do.
pub(super) fn row_of(body: &Body) -> Vec<u8> {
    let mut row = vec![1];
    minicbor::Encoder::new(&mut row).array(1).unwrap().encode(body).unwrap();
    row
}

impl Engine {
    pub(super) fn rows_file_bytes(&self) -> u64 {
        match &self.store().rows {
            crate::store::StoreRows::Sled(rows) => rows.file_bytes().unwrap(),
            crate::store::StoreRows::Memory(_) => 0,
        }
    }
}

impl World {
    pub(super) async fn set(&self, name: &str, value: Bytes) -> Result<(), EngineError> {
        let key = key(PLAIN, name);
        self.commit(Vec::new(), move |tx, _| {
            tx.put(key, value);
            Ok(())
        })
        .await
    }

    pub(super) fn read_plain(&self, name: &str) -> Option<Bytes> {
        self.view().get(&key(PLAIN, name)).unwrap()
    }

    pub(super) async fn stage(&self, bytes: &Bytes) -> Result<StagedBody, EngineError> {
        let mut writer = self.begin_body(None, false, None)?;
        for chunk in bytes.chunks(50_000) {
            writer.write(Bytes::copy_from_slice(chunk)).await?;
        }
        writer.finish().await
    }

    /// Writes a row with a body.
    pub(super) async fn save(&self, name: &str, bytes: &Bytes) -> Result<Body, EngineError> {
        let staged = self.stage(bytes).await?;
        let key = key(OBJECTS, name);
        self.commit(vec![staged], move |tx, bodies| {
            tx.put(key, row_of(&bodies[0]));
            Ok(bodies[0].clone())
        })
        .await
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), EngineError> {
        let key = key(OBJECTS, name);
        self.commit(Vec::new(), move |tx, _| {
            tx.delete(key);
            Ok(())
        })
        .await
    }

    pub(super) fn body(&self, name: &str) -> Option<Body> {
        let key = key(OBJECTS, name);
        self.view().get(&key).unwrap().map(|row| crate::records::body_of_row(&key, &row).unwrap())
    }

    pub(super) async fn read_range(&self, body: &Body, range: Range<u64>) -> Result<Vec<u8>, EngineError> {
        read_to_end(self.open_body(body, range)?).await
    }

    pub(super) async fn load(&self, name: &str) -> Result<Vec<u8>, EngineError> {
        let body = self.body(name).ok_or(EngineError::NoSuchKey)?;
        self.read_range(&body, 0..body.bytes()).await
    }
}

/// What an open reader has left.
pub(crate) async fn read_to_end(mut reader: BodyReader) -> Result<Vec<u8>, EngineError> {
    let mut out = Vec::new();
    while let Some(block) = reader.next().await {
        out.extend_from_slice(&block?);
    }
    assert_eq!(reader.remaining_bytes(), 0);
    Ok(out)
}

/// Bytes of all files below a folder.
pub(super) fn disk_bytes(folder: &Path) -> u64 {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { disk_bytes(&path) } else { path.metadata().map_or(0, |metadata| metadata.len()) }
        })
        .sum()
}

pub(super) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
