//! The commands that ask a running server: found by its file, by its data folder, by variables.

use std::path::Path;
use std::process::Command;

use super::process::{Process, run, spacelet};

/// A command whose runtime folder is `folder`.
fn with(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = spacelet(arguments);
    command.env("XDG_RUNTIME_DIR", folder);
    command
}

fn server(folder: &Path, more: &[&str]) -> Process {
    let ports = ["server", "--address", "127.0.0.1:0", "--control-address", "127.0.0.1:0"];
    Process::start_with(with(folder, &ports).args(more))
}

fn good(command: &mut Command) -> String {
    let (code, out, err) = run(command);
    assert_eq!(code, 0, "{out}{err}");
    out
}

#[test]
fn keys_and_spaces_of_the_only_server() {
    let folder = tempfile::tempdir().unwrap();
    let at = |arguments: &[&str]| with(folder.path(), arguments);
    let server = server(folder.path(), &[]);
    let url = good(&mut at(&["spaces", "create", "media", "--region", "ams3", "--public-listing"]));
    assert_eq!(url.trim(), format!("{}/media", server.api()));
    good(&mut at(&["spaces", "create", "media", "--if-absent"]));
    let listed = good(&mut at(&["spaces", "list"]));
    assert!(listed.starts_with("NAME   REGION  LISTING"), "{listed}");
    assert!(listed.contains("media  ams3    public"), "--if-absent changes nothing that it is not told: {listed}");
    let (code, _, err) = run(&mut at(&["spaces", "create", "media"]));
    assert!(code == 1 && err.contains("Space already exists."), "{code} {err}");

    let made = good(&mut at(&["keys", "create", "ci", "--grant", "media:read", "--json"]));
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let id = made["access_key"].as_str().unwrap();
    assert_eq!(made["secret_key"].as_str().unwrap().len(), 43);
    let listed = good(&mut at(&["keys", "list"]));
    assert!(listed.contains("media:read") && listed.contains("everything"), "{listed}");
    assert!(!listed.contains(made["secret_key"].as_str().unwrap()));
    let changed = good(&mut at(&["keys", "update", id, "--name", "two", "--grant", "media:readwrite"]));
    assert!(changed.contains("(two) may media:readwrite"), "{changed}");
    good(&mut at(&["keys", "delete", id]));
    let (code, _, err) = run(&mut at(&["keys", "delete", id]));
    assert!(code == 1 && err.contains("404"), "{code} {err}");

    let told = good(&mut at(&["connect", "boto3", "--bucket", "media", "--new-key", "me"]));
    assert!(told.contains(&server.api()) && told.contains(r#"region_name="ams3""#) && told.contains("DO"), "{told}");
    good(&mut at(&["spaces", "delete", "media", "--force"]));
    server.terminate();
    let (code, _, err) = run(&mut at(&["keys", "list"]));
    assert!(code == 2 && err.contains("start one with `spacelet server`"), "{code} {err}");
}

#[test]
fn a_server_is_found_by_its_data_folder_and_by_variables() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = data.path().to_str().unwrap();
    let one = server(folder.path(), &[data]);
    let two = server(folder.path(), &["--token", "second-server-token"]);
    let (code, _, err) = run(&mut with(folder.path(), &["keys", "list"]));
    assert!(code == 2 && err.contains("several servers run"), "{code} {err}");
    let first = good(&mut spacelet(&["keys", "list", "--data", data]));
    assert!(first.contains("first"), "{first}");
    let console = two.shown("Console: ");
    good(&mut with(folder.path(), &["keys", "list", "--url", &console]));
    let given = |url: &str, token: &str| {
        let mut command = spacelet(&["keys", "list"]);
        command.env("SPACELET_URL", url).env("SPACELET_TOKEN", token);
        run(&mut command)
    };
    assert_eq!(given(&console, "second-server-token").0, 0);
    let (code, _, err) = given(&console, "another-token");
    assert!(code == 1 && err.contains("set SPACELET_TOKEN"), "{code} {err}");
    let (code, _, err) = given(&two.api(), "second-server-token");
    assert!(code == 2 && err.contains("may be the S3 port"), "{code} {err}");
    one.terminate();
    assert!(!Path::new(data).join("running.json").exists(), "the file goes with the server");
    let (code, _, err) = run(&mut spacelet(&["keys", "list", "--data", data]));
    assert!(code == 2 && err.contains("no server runs on"), "{code} {err}");
    two.terminate();
}

#[test]
fn what_is_typed_counts_more_than_what_is_set() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = data.path().to_str().unwrap();
    let typed = server(folder.path(), &[data]);
    let set = server(folder.path(), &["--token", "second-server-token"]);
    let told = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = with(folder.path(), &["connect", "boto3"]);
        command.args(arguments).envs(variables.iter().copied());
        good(&mut command)
    };
    let by_url = [("SPACELET_URL", set.shown("Console: ")), ("SPACELET_TOKEN", "second-server-token".to_owned())];
    let by_url = by_url.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert!(told(&[], &by_url).contains(&set.api()));
    assert!(told(&["--data", data], &by_url).contains(&typed.api()));
    assert!(told(&["--url", &set.shown("Console: ")], &[("SPACELET_DATA", data)]).contains(&set.api()));
    typed.terminate();
    set.terminate();
}

#[test]
fn a_new_link_to_the_panel() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), &[]);
    let link = good(&mut with(folder.path(), &["panel"]));
    let code = link.trim().strip_prefix(&format!("{}/panel/sign-in?code=", server.shown("Console: ")));
    assert_eq!(code.map(str::len), Some(64), "{link}");
    let told = good(&mut with(folder.path(), &["panel", "--json"]));
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(told["url"].as_str() != Some(link.trim()) && told["expires_at"].is_string(), "{told}");
    server.terminate();
}

#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), &[]);
    let runtime = folder.path().join("spacelet");
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let file = std::fs::read_dir(&runtime).unwrap().next().unwrap().unwrap().path();
    assert_eq!((mode(&runtime), mode(&file)), (0o700, 0o600));
    server.terminate();
    assert_eq!(std::fs::read_dir(&runtime).unwrap().count(), 0);
}
