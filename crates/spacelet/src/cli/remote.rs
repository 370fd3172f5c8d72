//! A running server as the commands ask it: found as the settings say, asked over the control API.

mod http;

use std::path::Path;

use clap::{Arg, ArgMatches};
use serde_json::Value;

use super::{Exit, complain, say};
use crate::runtime::{self, Found};
use crate::settings::{parse_address, process_environment};

/// A server and the token for it.
pub(super) struct Remote(Found);

/// Why a command did not do what it was to do.
pub(super) enum Failure {
    /// The server cannot be found or does not answer.
    Away(String),
    /// The server refused.
    Refused(String),
}

impl Failure {
    /// Tells it; the exit code.
    pub(super) fn tell(&self) -> Exit {
        let (Self::Away(text) | Self::Refused(text)) = self;
        complain(text);
        match self {
            Self::Away(_) => Exit::Usage,
            Self::Refused(_) => Exit::Bad,
        }
    }
}

/// What every such command takes.
pub(super) fn arguments() -> [Arg; 3] {
    [
        Arg::new("url").long("url").value_name("URL").help("The server's control URL [env: SPACELET_URL]"),
        Arg::new("data").long("data").value_name("DIR").help("Or the server's data folder [env: SPACELET_DATA]"),
        Arg::new("json").long("json").action(clap::ArgAction::SetTrue).help("Print the API's JSON, for programs"),
    ]
}

impl Remote {
    /// The server that is meant: the one that was typed, by URL or by data folder; else by the variables; else the only
    /// one of this user that runs.
    pub(super) fn find(matches: &ArgMatches) -> Result<Self, Failure> {
        let typed = |name: &str| matches.get_one::<String>(name).cloned().filter(|text| !text.is_empty());
        let set = |variable: &str| process_environment(variable).filter(|text| !text.is_empty());
        let token = || set("SPACELET_TOKEN");
        let found = match (typed("url"), typed("data")) {
            (Some(url), _) => of_url(&url, token())?,
            (None, Some(folder)) => of_data(&folder)?,
            (None, None) => match (set("SPACELET_URL"), token(), set("SPACELET_DATA")) {
                (Some(url), token, _) => of_url(&url, token)?,
                (None, Some(token), _) => Found { control_url: own_url()?, token },
                (None, None, Some(folder)) => of_data(&folder)?,
                (None, None, None) => only_one()?,
            },
        };
        Ok(Self(found))
    }

    /// The control URL.
    pub(super) fn url(&self) -> &str {
        &self.0.control_url
    }

    /// Sends one request; the answer's JSON, or `Null` for an answer without a body.
    pub(super) fn ask(&self, verb: &str, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let (status, text) = http::exchange(&self.0, verb, path, &body).map_err(Failure::Away)?;
        let answer = if text.is_empty() { Some(Value::Null) } else { serde_json::from_str::<Value>(&text).ok() };
        let url = self.url();
        match (status, answer) {
            (200..=299, Some(answer)) => Ok(answer),
            (401, _) => Err(Failure::Refused(format!(
                "{url} does not know the token: set SPACELET_TOKEN to the one that the server printed when it started"
            ))),
            (_, Some(answer)) => {
                let message = answer.get("message").and_then(Value::as_str).unwrap_or("no reason was given");
                Err(Failure::Refused(format!("{message} ({status})")))
            }
            (_, None) => Err(Failure::Away(format!(
                "{url} is no control API: it may be the S3 port; the server's banner has the right one (Console:)"
            ))),
        }
    }

    /// All entries of a list, page after page.
    pub(super) fn list(&self, path: &str, name: &str) -> Result<Vec<Value>, Failure> {
        let mut all = Vec::new();
        for page in 1.. {
            let answer = self.ask("GET", &format!("{path}?per_page=200&page={page}"), None)?;
            let entries = answer.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
            let total = answer.pointer("/meta/total").and_then(Value::as_u64).unwrap_or(0);
            let is_last = entries.is_empty();
            all.extend(entries);
            if is_last || all.len() as u64 >= total {
                break;
            }
        }
        Ok(all)
    }
}

/// The server at a URL, with the token that is set, or the one that a file names for it.
fn of_url(url: &str, token: Option<String>) -> Result<Found, Failure> {
    let url = url.trim_end_matches('/');
    if let Some(token) = token {
        return Ok(Found { control_url: url.to_owned(), token });
    }
    let found = runtime::all().into_iter().find(|found| found.control_url == url);
    found.ok_or_else(|| {
        Failure::Away(format!("no token is known for {url}: set SPACELET_TOKEN to the one that the server printed"))
    })
}

fn of_data(folder: &str) -> Result<Found, Failure> {
    runtime::of_data(Path::new(folder))
        .ok_or_else(|| Failure::Away(format!("no server runs on {folder}: start one with `spacelet server {folder}`")))
}

/// The control port of this machine that the server's own settings name.
fn own_url() -> Result<String, Failure> {
    let address = process_environment("SPACELET_CONTROL_ADDRESS").filter(|text| !text.is_empty());
    let address = parse_address(&address.unwrap_or_else(|| "127.0.0.1:9001".to_owned())).map_err(Failure::Away)?;
    Ok(crate::server::local_url(address))
}

fn only_one() -> Result<Found, Failure> {
    let mut running = runtime::all();
    running.retain(http::is_there);
    match running.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Failure::Away(
            "no running server was found: start one with `spacelet server`, or set SPACELET_URL (its Console URL) and \
             SPACELET_TOKEN"
                .to_owned(),
        )),
        several => {
            let urls: Vec<&str> = several.iter().map(|found| found.control_url.as_str()).collect();
            Err(Failure::Away(format!("several servers run: choose one with --url ({})", urls.join(", "))))
        }
    }
}

/// A name in a path.
pub(super) fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// JSON for programs.
pub(super) fn say_json(value: &Value) {
    say(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Columns for people; each is as wide as its widest cell.
pub(super) fn say_table(head: &[&str], rows: &[Vec<String>]) {
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        cells.chain(head.get(at).map(|name| name.chars().count())).max().unwrap_or(0)
    };
    let line = |cells: &[String]| {
        let padded = cells.iter().enumerate().map(|(at, cell)| format!("{cell:<width$}", width = width(at)));
        say(padded.collect::<Vec<_>>().join("  ").trim_end());
    };
    line(&head.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
    rows.iter().for_each(|row| line(row));
}

/// A text of an answer.
pub(super) fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.chars().filter(|c| !c.is_control()).collect(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
