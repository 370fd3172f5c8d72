//! `spacelet panel`: a link that signs in to a running server's panel, when the printed one was used or is too old.

use clap::{ArgMatches, Command};

use super::remote::{self, Failure, Remote, say_json, text};
use super::{Exit, say};

pub(super) fn command() -> Command {
    Command::new("panel")
        .about("Print a link that signs in to a running server's panel, once and within five minutes")
        .args(remote::arguments())
}

pub(super) fn run(matches: &ArgMatches) -> Exit {
    let done = Remote::find(matches).and_then(|remote| link(&remote, matches.get_flag("json")));
    done.map_or_else(|failure| failure.tell(), |()| Exit::Good)
}

fn link(remote: &Remote, is_json: bool) -> Result<(), Failure> {
    let answer = remote.ask("POST", "/emulator/sign-in-links", None)?;
    let link = answer.get("sign_in_link").cloned().unwrap_or_default();
    if is_json {
        say_json(&link);
    } else {
        say(&text(&link, "url"));
    }
    Ok(())
}
