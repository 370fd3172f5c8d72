//! The pages of docs/ that are made from the tables: CONFIGURATION.md from TABLE 3, COMPATIBILITY.md from TABLE 1,
//! ERRORS.md from TABLE 2, CONTROL-API.md and openapi.json from the control port's routes. `spacelet docs write docs` writes them; a test compares them with what is committed.

mod control_api;

use std::fmt::Write as _;

use spacelet_s3::{OperationRow, Scope, Status, errors, operations};

use crate::cli::exit_codes;
use crate::settings::{Row, TABLE};

/// A generated page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its name in docs/.
    pub file: &'static str,
    /// Its text.
    pub text: String,
}

/// Every generated page.
#[must_use]
pub fn pages() -> Vec<Page> {
    vec![
        Page { file: "CONFIGURATION.md", text: configuration() },
        Page { file: "COMPATIBILITY.md", text: compatibility() },
        Page { file: "ERRORS.md", text: error_table() },
        Page { file: "CONTROL-API.md", text: control_api::page() },
        Page { file: "openapi.json", text: control_api::openapi() },
    ]
}

fn opening(title: &str, source: &str) -> String {
    format!("# {title}\n\n<!-- Made from {source} by `spacelet docs write docs`: change it there. -->\n\n")
}

fn configuration() -> String {
    let mut page = opening("Configuration", "the table of settings (crates/spacelet/src/settings/table.rs)");
    page.push_str(
        "Every setting of `spacelet server` has a flag and an environment variable, so that a server that gets neither \
         arguments nor files (a CI service, a container) can be set up whole. A flag wins over the `SPACELET_` \
         variable, which wins over the aliases, in the order shown. A variable that is set to nothing counts as not \
         set. `AWS_` variables are never read.\n",
    );
    let mut group = "";
    for row in TABLE {
        if row.group != group {
            group = row.group;
            let _ = write!(page, "\n## {group}\n\n| flag | environment | default | meaning |\n|---|---|---|---|\n");
        }
        let _ =
            writeln!(page, "| {} | {} | {} | {} |", flags(row), variables(row), code(row.default), cell(row.meaning));
    }
    page.push_str(AFTER_SETTINGS);
    let _ = write!(page, "\n## Exit codes\n\n```\n{}```\n", exit_codes());
    page
}

const AFTER_SETTINGS: &str = r#"
Sizes are bytes or have a unit (`512KiB`, `64MiB`, `1GiB`); times have a unit or are seconds (`500ms`, `30s`, `2m`).

## Seeds

A seed is TOML, in a file (`--seed FILE`) or inline (`SPACELET_SEED`). What is absent is made; what is there is left as it is,
except that an access key gets the secret that the seed gives.

```toml
[[account]]
id = "1000001"                       # shown as the owner's ID
display_name = "1000001"             # default: the id
email = "me@example.com"             # for grants by mail address
suspended = false                    # true: its keys are refused with UserSuspended

[[key]]
account = "1000001"                  # default: the first account of the seed, else the server's
id = "DO00EXAMPLEKEY000000"
secret = "an-example-secret"
name = "reader"
grants = [{ bucket = "media", permission = "read" }]   # or "readwrite"; default: full access

[[space]]
name = "media"
account = "1000001"
region = "ams3"                      # default: --region
acl = "public-read"                  # anyone may list it; default: "private"
objects = [
  { folder = "fixtures/media", prefix = "2026/", acl = "public-read" },     # every file below the folder
  { key = "hello.txt", text = "Hello!\n", content_type = "text/plain", cache_control = "max-age=60" },
]
```

A relative folder starts at the seed file, or at the working directory for an inline seed. A symbolic link that leads out of
the folder, or to another folder, stops the start. An error names the line.
"#;

fn flags(row: &Row) -> String {
    if row.flag.is_empty() {
        return code(row.value);
    }
    let first = format!("`--{} {}`", row.flag, cell(row.value));
    row.flag_aliases.iter().fold(first, |text, alias| format!("{text}, `--{alias}`"))
}

fn variables(row: &Row) -> String {
    row.variable_aliases.iter().fold(code(row.variable), |text, alias| format!("{text}, `{alias}`"))
}

fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{}`", cell(text)) }
}

/// A bar would end a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn compatibility() -> String {
    let mut page = opening("Compatibility", "the table of operations (crates/spacelet-s3/src/operation.rs)");
    page.push_str(
        "Which request is which operation, and what each profile does with it. *Not yet* answers 501 and says so; *not \
         offered* answers as the emulated service does for what it does not have. *Tested by* names the modules of \
         tests/it whose servers were asked for the operation, by profile (`s`, `a`, or `sa` for both), as a run of the \
         gate collected them (tests/suites/tested-by.txt).\n",
    );
    for (scope, title) in [(Scope::Service, "Service"), (Scope::Bucket, "Spaces"), (Scope::Object, "Objects")] {
        let _ =
            write!(page, "\n## {title}\n\n| operation | request | spaces | aws | tested by |\n|---|---|---|---|---|\n");
        for row in operations().iter().filter(|row| row.scope == scope) {
            let OperationRow { name, spaces, aws, aws_note, .. } = row;
            let note = if aws_note.is_empty() { String::new() } else { format!(": {aws_note}") };
            let (spaces, aws) = (status(*spaces), status(*aws));
            let _ = writeln!(page, "| {name} | {} | {spaces} | {aws}{note} | {} |", request(row), tested_by(name));
        }
    }
    page.push_str(&s3_tests());
    page
}

/// The modules whose tests had the operation done (tests/tested-by).
fn tested_by(operation: &str) -> &'static str {
    let lines = include_str!("../../../tests/suites/tested-by.txt").lines();
    let mut rows = lines.filter_map(|line| line.split_once(": "));
    rows.find(|(name, _)| *name == operation).map_or("", |(_, modules)| modules)
}

/// The appendix: each test of ceph/s3-tests that fails, and why (tests/suites/s3-tests.txt, kept by hand after a run).
fn s3_tests() -> String {
    let mut page = "\n## Appendix: ceph/s3-tests\n\n".to_owned();
    for line in include_str!("../../../tests/suites/s3-tests.txt").lines() {
        let _ = match (line.strip_prefix("# "), line.split_once("  # ")) {
            (Some(text), _) => writeln!(page, "{text}"),
            (None, Some((test, reason))) => writeln!(page, "- `{test}`: {reason}"),
            (None, None) => writeln!(page),
        };
    }
    page
}

fn request(row: &OperationRow) -> String {
    let when = if row.condition.is_empty() { String::new() } else { format!(" with {}", cell(&row.condition)) };
    format!("`{}`{when}", row.method)
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Built => "yes",
        Status::NotOffered => "not offered (501)",
        Status::NotImplemented => "not implemented there (501)",
        Status::NotAllowed => "not allowed (405)",
        Status::Withdrawn => "withdrawn (404)",
        Status::Ignored => "the sub-resource is ignored",
    }
}

fn error_table() -> String {
    let mut page = opening("Errors", "the table of errors (crates/spacelet-s3/src/error.rs)");
    page.push_str(
        "Profile `spaces` sends what RGW puts into `Message`, mostly nothing; profile `aws` sends AWS's text. Every \
         refusal carries the header `x-spacelet-explain`, which says why in plain words (`--explain off` removes it).\n\n\
         | code | status | message (spaces) | message (aws) |\n|---|---|---|---|\n",
    );
    for row in errors() {
        let (spaces, aws) = (cell(row.rgw_message), cell(row.aws_message));
        let _ = writeln!(page, "| `{}` | {} | {spaces} | {aws} |", row.name, row.status);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_of_each_table_has_a_line() {
        for (page, rows) in [
            (configuration(), TABLE.len() + TABLE.chunk_by(|a, b| a.group == b.group).count()),
            (compatibility(), operations().len() + 3),
            (error_table(), errors().len() + 1),
        ] {
            let lines = page.lines().filter(|line| line.starts_with("| ")).count();
            assert_eq!(lines, rows, "{page}");
        }
    }

    #[test]
    fn groups_are_not_scattered() {
        let groups: Vec<&str> =
            TABLE.chunk_by(|a, b| a.group == b.group).filter_map(|rows| rows.first()).map(|row| row.group).collect();
        let unique: std::collections::BTreeSet<&str> = groups.iter().copied().collect();
        assert_eq!(groups.len(), unique.len());
    }
}
