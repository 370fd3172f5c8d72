//! Which tests had which operations done, in which profile: told by the servers' own journals as they stop.
//!
//! Lines of `profile, operation, module, outcome` are appended to `tested-by.txt` in cargo's folder for tests' files;
//! `tests/tested-by` makes a table of them, which docs/COMPATIBILITY.md shows and the gate holds against each run.

use spacelet_s3::JournalEntry;
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

/// Writes down what a server was asked by the test that runs on this thread.
pub(crate) fn record(profile: &str, journal: &[JournalEntry]) {
    // The test's name is its thread's: `s3::put_object::a_body_is_kept`.
    let thread = std::thread::current();
    let Some((module, _)) = thread.name().and_then(|name| name.rsplit_once("::")) else { return };
    let lines: BTreeSet<String> = journal
        .iter()
        .filter(|entry| !entry.operation.is_empty())
        .map(|entry| format!("{profile}\t{}\t{module}\t{}\n", entry.operation, entry.code.unwrap_or("ok")))
        .collect();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tested-by.txt");
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    // One write, so that tests that end at the same time do not mix their lines.
    file.write_all(lines.into_iter().collect::<String>().as_bytes()).unwrap();
}
