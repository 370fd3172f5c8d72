//! Starts that fail say what to do.

use super::process::{Process, run, spacelet};

const PORTS: [&str; 4] = ["--address", "127.0.0.1:0", "--control-address", "127.0.0.1:0"];

/// A start that must fail: its exit code and what it said.
fn refused(arguments: &[&str]) -> (i32, String) {
    let (code, said, complaint) = run(spacelet(&["server"]).args(PORTS).args(arguments));
    assert_eq!(said, "");
    (code, complaint)
}

#[test]
fn a_taken_port_names_its_holder_and_the_flag() {
    let server = Process::start(&[]);
    let address = server.api().strip_prefix("http://").unwrap().to_owned();
    let (code, _, complaint) =
        run(&mut spacelet(&["server", "--address", &address, "--control-address", "127.0.0.1:0"]));
    assert_eq!(code, 3);
    let says = format!("spacelet: {address} is taken by process ");
    assert!(complaint.starts_with(&says) && complaint.contains("(spacelet)"), "{complaint}");
    assert!(complaint.contains("choose another port with --address"), "{complaint}");
    server.terminate();
}

#[test]
fn a_folder_in_use_names_its_holder() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Process::start(&[data]);
    let (code, complaint) = refused(&[data]);
    assert!(code == 3 && complaint.contains(data), "{complaint}");
    let (code, _, complaint) = run(&mut spacelet(&["fsck", data]));
    assert!(code == 3 && complaint.contains(data), "{complaint}");
    server.terminate();
    let (code, said, _) = run(&mut spacelet(&["fsck", data]));
    assert!(code == 0 && said.ends_with(": clean\n"), "{said}");
}

#[test]
fn folders_of_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".minio.sys")).unwrap();
    let (code, complaint) = refused(&[folder.path().to_str().unwrap()]);
    assert!(code == 3 && complaint.contains("MinIO"), "{complaint}");

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("thesis.txt"), "x").unwrap();
    let (code, complaint) = refused(&[folder.path().to_str().unwrap()]);
    assert!(code == 3 && complaint.contains("empty"), "{complaint}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "it was left as it was");
}

#[test]
fn a_newer_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    Process::start(&[data]).terminate();
    std::fs::write(folder.path().join("format"), "9999\n").unwrap();
    let (code, complaint) = refused(&[data]);
    assert!(code == 3 && complaint.contains("9999"), "{complaint}");
}

#[test]
fn a_bad_seed_names_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.toml");
    let seed = path.to_str().unwrap();
    let refuse = |text: &str| {
        std::fs::write(&path, text).unwrap();
        refused(&["--seed", seed])
    };
    let (code, complaint) = refuse("# comment\n[[space]]\nname = \"No_Good\"\n");
    assert_eq!(code, 2);
    assert!(complaint.contains(&format!("{seed} line 3: `No_Good` is no Space name")), "{complaint}");
    // These are found only when the seed is applied.
    let (_, complaint) = refuse("[[space]]\nname = \"good\"\naccount = \"nobody\"\n");
    assert!(complaint.contains(&format!("{seed} line 2: there is no account `nobody`")), "{complaint}");
    let (_, complaint) = refuse("[[space]]\nname = \"good\"\nobjects = [\n  { folder = \"absent\" },\n]\n");
    assert!(complaint.contains(&format!("{seed} line 4: cannot open folder ")), "{complaint}");
    let (_, complaint) = refused(&["--seed", "/nonexistent/seed.toml"]);
    assert!(complaint.contains("/nonexistent/seed.toml: cannot read the seed file"), "{complaint}");
}

#[test]
fn a_wrong_command_line_is_exit_code_2() {
    for arguments in
        [&["serve"][..], &["server", "--no-such-flag"], &["server", "--profile", "gcs"], &["server", ""], &[]]
    {
        let (code, said, complaint) = run(&mut spacelet(arguments));
        assert_eq!((code, said.as_str()), (2, ""), "{arguments:?}");
        assert!(!complaint.is_empty());
    }
}
