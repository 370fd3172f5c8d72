//! `spacelet docs write DIR` (hidden): writes the generated pages of docs/.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command};

use super::{Exit, complain, say};
use crate::docs::pages;

pub(super) fn command() -> Command {
    let folder = Arg::new("folder").value_name("DIR").required(true).help("Where to write them");
    let write = Command::new("write").about("Write them").arg(folder);
    Command::new("docs").about("The generated pages of docs/").hide(true).subcommand_required(true).subcommand(write)
}

pub(super) fn run(matches: &ArgMatches) -> Exit {
    let folder = matches.subcommand_matches("write").and_then(|matches| matches.get_one::<String>("folder"));
    let folder = folder.map(PathBuf::from).unwrap_or_default();
    for page in pages() {
        let path = folder.join(page.file);
        if let Err(error) = std::fs::write(&path, &page.text) {
            complain(&format!("cannot write {}: {error}", path.display()));
            return Exit::Bad;
        }
        say(&path.display().to_string());
    }
    Exit::Good
}
