//! `spacelet keys`: access keys of a running server.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json};

use super::remote::{self, Failure, Remote, escaped, say_json, say_table, text};
use super::{Exit, complain, say};

const PATH: &str = "/v2/spaces/keys";

pub(super) fn command() -> Command {
    let grant = Arg::new("grant")
        .long("grant")
        .value_name("SPACE:PERMISSION")
        .action(ArgAction::Append)
        .help("What the key may: SPACE:read or SPACE:readwrite; may be given several times");
    let id = || Arg::new("id").value_name("ACCESS_KEY").required(true).help("The access key's ID");
    Command::new("keys")
        .about("Access keys of a running server")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("create")
                .about("Make a key: with full access, or limited to the Spaces that are granted")
                .arg(Arg::new("name").value_name("NAME").required(true).help("What to call it"))
                .arg(grant.clone())
                .arg(none())
                .args(remote::arguments()),
        )
        .subcommand(Command::new("list").about("List the keys; no secret is shown").args(remote::arguments()))
        .subcommand(
            Command::new("update")
                .about("Rename a key, or change what it may")
                .arg(id())
                .arg(Arg::new("name").long("name").value_name("NAME").help("Its new name"))
                .arg(grant)
                .arg(none())
                .args(remote::arguments()),
        )
        .subcommand(Command::new("delete").about("Revoke a key").arg(id()).args(remote::arguments()))
}

fn none() -> Arg {
    let help = "Nothing is granted: the key is cut off until it is granted something";
    Arg::new("none").long("no-grants").action(ArgAction::SetTrue).conflicts_with("grant").help(help)
}

pub(super) fn run(matches: &ArgMatches) -> Exit {
    let Some((command, matches)) = matches.subcommand() else { return Exit::Usage };
    let done = Remote::find(matches).and_then(|remote| match command {
        "create" => create(&remote, matches),
        "update" => update(&remote, matches),
        "delete" => delete(&remote, matches),
        _ => list(&remote, matches),
    });
    done.map_or_else(|failure| failure.tell(), |()| Exit::Good)
}

fn create(remote: &Remote, matches: &ArgMatches) -> Result<(), Failure> {
    let full = json!([{ "bucket": "", "permission": "fullaccess" }]);
    let body = json!({ "name": typed(matches, "name"), "grants": grants(matches)?.unwrap_or(full) });
    let answer = remote.ask("POST", PATH, Some(&body))?;
    let key = answer.get("key").cloned().unwrap_or_default();
    if matches.get_flag("json") {
        say_json(&key);
        return Ok(());
    }
    say(&format!("export AWS_ACCESS_KEY_ID={}", text(&key, "access_key")));
    say(&format!("export AWS_SECRET_ACCESS_KEY={}", text(&key, "secret_key")));
    complain(&format!("the key may {}; its secret is shown only this once", shown_grants(&key)));
    Ok(())
}

fn list(remote: &Remote, matches: &ArgMatches) -> Result<(), Failure> {
    let keys = remote.list(PATH, "keys")?;
    if matches.get_flag("json") {
        say_json(&Value::Array(keys));
        return Ok(());
    }
    let row =
        |key: &Value| vec![text(key, "name"), text(key, "access_key"), shown_grants(key), text(key, "created_at")];
    say_table(&["NAME", "ACCESS KEY", "MAY", "CREATED"], &keys.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

fn update(remote: &Remote, matches: &ArgMatches) -> Result<(), Failure> {
    let path = format!("{PATH}/{}", escaped(&typed(matches, "id")));
    let mut body = serde_json::Map::new();
    if let Some(name) = matches.get_one::<String>("name") {
        body.insert("name".to_owned(), json!(name));
    }
    if let Some(grants) = grants(matches)? {
        body.insert("grants".to_owned(), grants);
    }
    if body.is_empty() {
        return Err(Failure::Away("nothing to change: give --name, --grant or --no-grants".to_owned()));
    }
    let answer = remote.ask("PATCH", &path, Some(&Value::Object(body)))?;
    let key = answer.get("key").cloned().unwrap_or_default();
    if matches.get_flag("json") {
        say_json(&key);
    } else {
        say(&format!("{} ({}) may {}", text(&key, "access_key"), text(&key, "name"), shown_grants(&key)));
    }
    Ok(())
}

fn delete(remote: &Remote, matches: &ArgMatches) -> Result<(), Failure> {
    let id = typed(matches, "id");
    remote.ask("DELETE", &format!("{PATH}/{}", escaped(&id)), None)?;
    if !matches.get_flag("json") {
        say(&format!("{id} is revoked"));
    }
    Ok(())
}

/// What was granted on the command line; `None`: nothing was said.
fn grants(matches: &ArgMatches) -> Result<Option<Value>, Failure> {
    if matches.get_flag("none") {
        return Ok(Some(json!([])));
    }
    let Some(given) = matches.get_many::<String>("grant") else { return Ok(None) };
    let mut grants = Vec::new();
    for grant in given {
        let (bucket, permission) = grant.rsplit_once(':').ok_or_else(|| {
            Failure::Away(format!("`{grant}` is no grant: write SPACE:read or SPACE:readwrite, such as media:read"))
        })?;
        grants.push(json!({ "bucket": bucket, "permission": permission }));
    }
    Ok(Some(Value::Array(grants)))
}

fn shown_grants(key: &Value) -> String {
    let grants = key.get("grants").and_then(Value::as_array).cloned().unwrap_or_default();
    let one = |grant: &Value| match (text(grant, "bucket"), text(grant, "permission")) {
        (_, permission) if permission == "fullaccess" => "everything".to_owned(),
        (bucket, permission) if permission.is_empty() => format!("{bucket}:nothing"),
        (bucket, permission) => format!("{bucket}:{permission}"),
    };
    let all = grants.iter().map(one).collect::<Vec<_>>().join(" ");
    if all.is_empty() { "nothing".to_owned() } else { all }
}

fn typed(matches: &ArgMatches, name: &str) -> String {
    matches.get_one::<String>(name).cloned().unwrap_or_default()
}
