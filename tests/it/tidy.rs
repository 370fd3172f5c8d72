//! What the project holds itself to: which crate may see which, who opens files, how long files are, which words are
//! not written, and that every deliberate difference is told.

use crate::support::environment;
use regex_lite::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines a file may have.
const LINES_MAX: usize = 600;

/// A crate, which of ours it may depend on, and which of others' it must never depend on.
type Edge = (&'static str, &'static [&'static str], &'static [&'static str]);

/// The drawing of docs/ARCHITECTURE.md as data.
const EDGES: &[Edge] = &[
    ("spacelet-sigv4", &[], &["tokio", "axum", "sled", "hyper", "time"]),
    ("spacelet-engine", &[], &["http", "hyper", "axum", "quick-xml"]),
    ("spacelet-s3", &["spacelet-sigv4", "spacelet-engine"], &["sled", "serde_json", "axum"]),
    ("spacelet-control", &["spacelet-sigv4", "spacelet-engine"], &["sled", "quick-xml"]),
    ("spacelet", &["spacelet-s3", "spacelet-control", "spacelet-engine"], &["sled", "quick-xml"]),
    ("spacelet-fixture", &["spacelet"], &["sled", "quick-xml"]),
    // The engine only for measuring it alone, the ceiling of a durable PUT.
    ("spacelet-bench", &["spacelet-sigv4", "spacelet-engine"], &["sled"]),
];

#[test]
fn crates_depend_on_each_other_as_drawn() {
    let packages = packages();
    let drawn: BTreeSet<&str> = EDGES.iter().map(|(name, ..)| *name).collect();
    let built: BTreeSet<&str> = packages.keys().map(String::as_str).filter(|n| *n != "spacelet-tests").collect();
    assert_eq!(built, drawn, "a crate is missing from the drawing or from the workspace");
    for (name, may, never) in EDGES {
        for dependency in &packages[*name] {
            let ours = drawn.contains(dependency.as_str());
            assert!(!ours || may.contains(&dependency.as_str()), "{name} must not depend on {dependency}");
            assert!(!never.contains(&dependency.as_str()), "{name} must never see {dependency}");
        }
    }
}

#[test]
fn one_file_imports_sled() {
    // `rows::sled::` is our own module of that name, `::sled::` the crate.
    let theirs = Regex::new(r"(^|[^:\w]|[^\w]::|^::)sled::|extern crate sled").unwrap();
    let files = matching("crates", |line| theirs.is_match(line) && !is_comment(line));
    assert_eq!(files, ["crates/spacelet-engine/src/rows/sled.rs"]);
}

#[test]
fn few_files_of_the_engine_open_files() {
    let opens = |line: &str| !is_comment(line) && (line.contains("File::") || line.contains("OpenOptions"));
    let files = matching("crates/spacelet-engine/src", opens);
    let bodies: Vec<&String> = files.iter().filter(|f| f.contains("/bodies")).collect();
    assert_eq!(bodies.len(), 1, "one file opens body files: {bodies:?}");
    let known = ["/bodies", "/folder", "/rows/sled.rs", "/tests/"];
    let others: Vec<&String> = files.iter().filter(|f| !known.iter().any(|k| f.contains(k))).collect();
    assert!(others.is_empty(), "who opens a file here? {others:?}");
}

#[test]
fn the_front_end_touches_neither_files_nor_environment() {
    for folder in ["crates/spacelet-s3/src", "crates/spacelet-sigv4/src"] {
        let files = matching(folder, |line| {
            !is_comment(line)
                && ["std::fs", "std::env", "std::net::Tcp", "tokio::net", "tokio::fs"].iter().any(|w| line.contains(w))
        });
        assert!(files.is_empty(), "{files:?}");
    }
}

/// A handler asks for a named switch (`profile.rs`), never for the profile's name.
#[test]
fn no_operation_asks_which_profile_it_is() {
    let asks = |line: &str| !is_comment(line) && line.contains("profile().is_aws");
    assert_eq!(matching("crates/spacelet-s3/src", asks), Vec::<String>::new());
}

#[test]
fn no_file_is_long() {
    for (path, text) in sources(&[""], &["rs", "py", "sh", "mjs"]) {
        let lines = text.lines().count();
        assert!(lines <= LINES_MAX, "{path} has {lines} lines, more than {LINES_MAX}");
    }
}

#[test]
fn nothing_is_left_undone_or_tied_to_a_machine() {
    // Written in two halves, so that this list does not find itself.
    let halves = [
        ("todo", "!("),
        ("unimplemented", "!("),
        ("#[ig", "nore"),
        ("FIX", "ME"),
        ("TO", "DO:"),
        ("XX", "X:"),
        ("dbg", "!("),
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("/tmp/bas", "h_jobs"),
    ];
    let words = halves.map(|(a, b)| format!("{a}{b}"));
    for (path, text) in
        sources(&["crates", "tests", "docs", "docker"], &["rs", "py", "sh", "md", "toml", "json", "mjs", "yaml"])
    {
        for word in &words {
            assert!(!text.contains(word.as_str()), "{path} says {word}");
        }
    }
}

#[test]
fn tests_do_not_sleep() {
    for (path, text) in sources(&["crates", "tests/it"], &["rs"]) {
        if !path.contains("tests") {
            continue;
        }
        let naps = text.lines().filter(|l| !is_comment(l) && l.contains(concat!("thread::", "sleep(")));
        assert_eq!(naps.count(), 0, "{path} sleeps instead of waiting for something");
    }
}

#[test]
fn every_deliberate_difference_is_told() {
    let told = std::fs::read_to_string(root().join("docs/DIFFERENCES.md")).unwrap();
    let mut marks = 0;
    for (path, text) in sources(&["crates"], &["rs"]) {
        for line in text.lines() {
            let Some((_, mark)) = line.split_once("// DIFFERS: ") else { continue };
            marks += 1;
            assert!(told.contains(&format!("`{path}`")), "docs/DIFFERENCES.md does not name `{path}`: {mark}");
        }
    }
    assert!(marks > 0, "no difference is marked: is the mark spelt otherwise?");
    for path in told.split('`').filter(|w| w.starts_with("crates/")) {
        let text = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(text.contains("// DIFFERS: "), "docs/DIFFERENCES.md names `{path}`, which marks no difference");
    }
}

/// Our packages with the names of what they depend on outside of tests.
fn packages() -> BTreeMap<String, Vec<String>> {
    let cargo = environment("CARGO").unwrap_or_else(|| "cargo".to_owned());
    let out = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().unwrap();
    let dependencies = |package: &serde_json::Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|d| text(&d["kind"]) != "dev").map(|d| text(&d["name"])).collect()
    };
    packages.iter().map(|p| (text(&p["name"]), dependencies(p))).collect()
}

/// Files with a line that the test picks, as paths from the root, in order.
fn matching(folder: &str, pick: impl Fn(&str) -> bool) -> Vec<String> {
    let files = sources(&[folder], &["rs"]);
    files.into_iter().filter(|(_, text)| text.lines().any(&pick)).map(|(path, _)| path).collect()
}

/// Files below some folders that end so, as (path from the root, text), in order.
fn sources(folders: &[&str], endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in folders {
        collect(&root().join(folder), endings, &mut found);
    }
    found.sort();
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !matches!(name.as_str(), "target" | "node_modules" | "__pycache__") {
                collect(&path, endings, found);
            }
        } else if endings.iter().any(|e| name.ends_with(&format!(".{e}"))) {
            let shown = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            found.push((shown, String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()));
        }
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}
