//! `spacelet spaces`: Spaces of a running server.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json};

use super::remote::{self, Failure, Remote, escaped, say_json, say_table, text};
use super::{Exit, say};

const PATH: &str = "/emulator/spaces";

pub(super) fn command() -> Command {
    let name = || Arg::new("name").value_name("NAME").required(true).help("The Space's name");
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    let create = Command::new("create")
        .about("Make a Space")
        .arg(name())
        .arg(Arg::new("region").long("region").value_name("SLUG").help("Where; default: the server's region"))
        .arg(flag("public-listing", "Anyone may list its files"))
        .arg(flag("public-files", "Anyone may read its files (by a bucket policy)"))
        .arg(flag("if-absent", "A Space of yours that is there already is as good"));
    let delete = Command::new("delete")
        .about("Delete a Space, also one whose policy locks everybody out")
        .arg(name())
        .arg(flag("force", "Its files, too"));
    Command::new("spaces")
        .about("Spaces of a running server")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(create.args(remote::arguments()))
        .subcommand(Command::new("list").about("List the Spaces").args(remote::arguments()))
        .subcommand(delete.args(remote::arguments()))
}

pub(super) fn run(matches: &ArgMatches) -> Exit {
    let Some((command, matches)) = matches.subcommand() else { return Exit::Usage };
    let done = Remote::find(matches).and_then(|remote| match command {
        "create" => create(&remote, matches),
        "delete" => delete(&remote, matches),
        _ => list(&remote, matches),
    });
    done.map_or_else(|failure| failure.tell(), |()| Exit::Good)
}

fn create(remote: &Remote, matches: &ArgMatches) -> Result<(), Failure> {
    let name = named(matches);
    let path = format!("{PATH}/{}", escaped(&name));
    let region = matches.get_one::<String>("region");
    let mut body = serde_json::Map::new();
    for (flag, what) in [("public-listing", "listing"), ("public-files", "files")] {
        if matches.get_flag(flag) {
            body.insert(what.to_owned(), json!("public"));
        }
    }
    let is_there = matches.get_flag("if-absent") && remote.ask("GET", &path, None).is_ok();
    let answer = if is_there {
        // What is not asked for stays as it is.
        remote.ask("PATCH", &path, Some(&Value::Object(body)))?
    } else {
        body.extend([("name".to_owned(), json!(name)), ("region".to_owned(), json!(region))]);
        remote.ask("POST", PATH, Some(&Value::Object(body)))?
    };
    let space = answer.get("space").cloned().unwrap_or_default();
    if matches.get_flag("json") {
        say_json(&space);
    } else {
        say(&text(&space, "url"));
    }
    Ok(())
}

fn list(remote: &Remote, matches: &ArgMatches) -> Result<(), Failure> {
    let spaces = remote.list(PATH, "spaces")?;
    if matches.get_flag("json") {
        say_json(&Value::Array(spaces));
        return Ok(());
    }
    let columns = ["name", "region", "listing", "files", "objects", "bytes", "created_at"];
    let row = |space: &Value| columns.iter().map(|name| text(space, name)).collect();
    let head = ["NAME", "REGION", "LISTING", "FILES", "OBJECTS", "BYTES", "CREATED"];
    say_table(&head, &spaces.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

fn delete(remote: &Remote, matches: &ArgMatches) -> Result<(), Failure> {
    let name = named(matches);
    let force = if matches.get_flag("force") { "?force=true" } else { "" };
    remote.ask("DELETE", &format!("{PATH}/{}{force}", escaped(&name)), None)?;
    if !matches.get_flag("json") {
        say(&format!("{name} is deleted"));
    }
    Ok(())
}

fn named(matches: &ArgMatches) -> String {
    matches.get_one::<String>("name").cloned().unwrap_or_default()
}
