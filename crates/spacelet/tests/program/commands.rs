//! Commands that start no server.

use super::process::{run, spacelet};

#[test]
fn version_is_for_programs() {
    let version = format!("spacelet {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&mut spacelet(&["version"])), (0, version.clone(), String::new()));
    assert_eq!(run(&mut spacelet(&["--version"])), (0, version, String::new()));
}

#[test]
fn help_shows_every_setting_with_variable_and_default() {
    let (code, help, _) = run(&mut spacelet(&["server", "--help"]));
    assert_eq!(code, 0);
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for row in spacelet::settings::TABLE {
        assert!(help.contains(&row.typed()), "{}", row.name);
        assert!(help.contains(row.variable), "{}", row.name);
        assert!(help.contains(row.meaning), "{}", row.name);
    }
}

#[test]
fn fsck_refuses_what_is_no_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, complaint) = run(&mut spacelet(&["fsck", folder.path().to_str().unwrap()]));
    assert!(code == 3 && complaint.contains("no data folder of Spacelet"), "{complaint}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn the_generated_pages_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said, _) = run(&mut spacelet(&["docs", "write", folder.path().to_str().unwrap()]));
    assert_eq!((code, said.lines().count()), (0, spacelet::generated_docs().len()));
    for page in spacelet::generated_docs() {
        assert_eq!(std::fs::read_to_string(folder.path().join(page.file)).unwrap(), page.text);
    }
}
