use std::os::unix::fs::PermissionsExt;

use super::{open, settings};
use crate::{Engine, OpenError};

fn refusal(folder: &std::path::Path) -> OpenError {
    Engine::open(settings(Some(folder))).map(|_| ()).unwrap_err()
}

#[test]
fn a_folder_is_made_for_its_owner_only_and_held_by_one() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("deep/data");
    let engine = open(&folder);
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let refused = refusal(&folder);
    assert!(matches!(refused, OpenError::Locked { holder: Some(pid), .. } if pid == std::process::id()));
    assert!(refused.to_string().contains("is in use by another Spacelet (process"), "{refused}");
    let world = engine.world();
    drop(engine);
    // A world that somebody still holds does not hold the folder.
    let _again = open(&folder);
    assert_eq!(crate::rows::Rows::get(&world.view(), b"\x70x"), Err(crate::EngineError::Closed));
}

#[test]
fn other_folders_are_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    assert!(matches!(refusal(folder.path()), OpenError::ForeignFolder { .. }));
    std::fs::create_dir(folder.path().join(".minio.sys")).unwrap();
    assert!(refusal(folder.path()).to_string().contains("belongs to MinIO"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "a refused folder is not written to");

    let newer = tempfile::tempdir().unwrap();
    drop(open(newer.path()));
    std::fs::write(newer.path().join("format"), "spacelet data folder, format 9\n").unwrap();
    let refused = refusal(newer.path());
    assert!(matches!(&refused, OpenError::UnknownFormat { found, .. } if found.ends_with("format 9")), "{refused:?}");

    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(refusal(file.path()), OpenError::Io { .. }));
}

#[test]
fn a_first_start_that_was_killed_early_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lock"), "").unwrap();
    std::fs::write(folder.path().join("format.new"), "spacel").unwrap();
    drop(open(folder.path()));
    assert!(folder.path().join("format").exists());
}

#[test]
fn a_first_start_that_was_killed_within_sleds_own_first_write_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let meta = folder.path().join("meta");
    let conf = std::fs::read(meta.join("conf")).unwrap();
    std::fs::remove_dir_all(&meta).unwrap();
    std::fs::create_dir(&meta).unwrap();
    std::fs::write(meta.join("conf"), &conf[..conf.len() - 4]).unwrap();
    drop(open(folder.path()));
    assert_eq!(std::fs::read(meta.join("conf")).unwrap(), conf);
}
