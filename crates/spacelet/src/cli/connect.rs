//! `spacelet connect CLIENT`: how to set up a client for a running server.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Value, json};
use spacelet_control::connect::{CLIENTS, Connection, snippet};

use super::remote::{self, Failure, Remote, escaped, say_json, text};
use super::{Exit, complain, say};

pub(super) fn command() -> Command {
    let client =
        Arg::new("client").value_name("CLIENT").required(true).value_parser(PossibleValuesParser::new(CLIENTS));
    let bucket = Arg::new("bucket").long("bucket").value_name("NAME").default_value("my-space").help("The Space");
    let key = Arg::new("new-key")
        .long("new-key")
        .value_name("NAME")
        .help("Make a key of full access and fill it in; without it the text says where your key goes");
    Command::new("connect")
        .about("Print the configuration of a client for a running server")
        .arg(client)
        .arg(bucket)
        .arg(key)
        .args(remote::arguments())
}

pub(super) fn run(matches: &ArgMatches) -> Exit {
    let done = Remote::find(matches).and_then(|remote| connect(&remote, matches));
    done.map_or_else(|failure| failure.tell(), |()| Exit::Good)
}

fn connect(remote: &Remote, matches: &ArgMatches) -> Result<(), Failure> {
    let typed = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let bucket = typed("bucket");
    let server = remote.ask("GET", "/emulator/server", None)?.get("server").cloned().unwrap_or_default();
    let space = remote.ask("GET", &format!("/emulator/spaces/{}", escaped(&bucket)), None).ok();
    let region = space.and_then(|space| Some(space.pointer("/space/region")?.as_str()?.to_owned()));
    let (access_key, secret_key) = match matches.get_one::<String>("new-key") {
        Some(name) => new_key(remote, name)?,
        None => ("YOUR_ACCESS_KEY".to_owned(), "YOUR_SECRET_KEY".to_owned()),
    };
    let connection = Connection {
        endpoint: text(&server, "s3_url"),
        control_url: remote.url().to_owned(),
        region: region.unwrap_or_else(|| text(&server, "region")),
        bucket,
        access_key,
        secret_key,
    };
    let Some(snippet) = snippet(&typed("client"), &connection) else { return Ok(()) };
    if matches.get_flag("json") {
        say_json(&serde_json::to_value(&snippet).unwrap_or_default());
        return Ok(());
    }
    say(snippet.text.trim_end());
    if matches.get_one::<String>("new-key").is_none() {
        complain("YOUR_… stands for an access key; --new-key NAME makes one and fills it in");
    }
    Ok(())
}

fn new_key(remote: &Remote, name: &str) -> Result<(String, String), Failure> {
    let body = json!({ "name": name, "grants": [{ "bucket": "", "permission": "fullaccess" }] });
    let answer = remote.ask("POST", "/v2/spaces/keys", Some(&body))?;
    let key = answer.get("key").cloned().unwrap_or(Value::Null);
    Ok((text(&key, "access_key"), text(&key, "secret_key")))
}
