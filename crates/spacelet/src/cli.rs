//! The command line, made from TABLE 3. Programs read stdout, people read stderr; the exit code is [`Exit`]'s.

mod connect;
mod docs;
mod fsck;
mod keys;
mod panel;
mod probe;
mod remote;
mod server;
mod spaces;

use clap::{Arg, ArgMatches, Command};

use crate::settings::{Row, TABLE};

/// What a command's end tells the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done; healthy; clean.
    Good = 0,
    /// The answer is no: not healthy, not ready in time, faults found.
    Bad = 1,
    /// The command line or a setting is wrong.
    Usage = 2,
    /// The server or the store could not be opened.
    Start = 3,
}

/// The exit codes as `--help` and docs/CONFIGURATION.md show them.
pub(crate) const EXIT_CODES: [(Exit, &str); 4] = [
    (Exit::Good, "done; `health`: healthy; `wait`: ready; `fsck`: clean"),
    (
        Exit::Bad,
        "`health`: not healthy; `wait`: not ready in time; `fsck`: faults were found; others: the server refused",
    ),
    (Exit::Usage, "the command line, a setting or a seed is wrong, or no server was found"),
    (Exit::Start, "the server or the store could not be opened (port taken, folder in use, …)"),
];

/// Runs the command that `arguments` name (the first is the program's own name).
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Exit {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Good };
        }
    };
    match matches.subcommand() {
        Some(("server", matches)) => server::run(matches),
        Some(("health", matches)) => probe::health(matches),
        Some(("wait", matches)) => probe::wait(matches),
        Some(("fsck", matches)) => fsck::run(matches),
        Some(("keys", matches)) => keys::run(matches),
        Some(("spaces", matches)) => spaces::run(matches),
        Some(("connect", matches)) => connect::run(matches),
        Some(("panel", matches)) => panel::run(matches),
        Some(("docs", matches)) => docs::run(matches),
        Some(("version", _)) => {
            say(&format!("spacelet {}", env!("CARGO_PKG_VERSION")));
            Exit::Good
        }
        Some(_) | None => Exit::Usage,
    }
}

/// The whole command line.
#[must_use]
pub fn command() -> Command {
    Command::new("spacelet")
        .version(env!("CARGO_PKG_VERSION"))
        .about("DigitalOcean Spaces on this machine: any S3 client can use it.")
        .after_help(format!("Try:\n  spacelet server ./spaces-data\n\nExit codes:\n{}", exit_codes()))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(server_command())
        .subcommand(
            Command::new("health")
                .about("Ask a running server whether it is ready (no curl needed in a container)")
                .arg(url_argument()),
        )
        .subcommand(
            Command::new("wait").about("Wait until a server is ready").arg(url_argument()).arg(
                Arg::new("timeout")
                    .long("timeout")
                    .value_name("TIME")
                    .default_value("30s")
                    .help("How long to wait, such as 30s or 2m"),
            ),
        )
        .subcommand(
            Command::new("fsck")
                .about("Check every record of a data folder against its body; the server must not be running")
                .arg(Arg::new("folder").value_name("DIR").required(true).help("The data folder")),
        )
        .subcommand(keys::command())
        .subcommand(spaces::command())
        .subcommand(connect::command())
        .subcommand(panel::command())
        .subcommand(Command::new("version").about("Print the version"))
        .subcommand(docs::command())
}

fn server_command() -> Command {
    let about = "Serve S3 and the control API until SIGTERM or SIGINT";
    let long = format!(
        "{about}.\n\nEvery setting can also be given by its environment variable; a flag wins. Addresses, the store \
         and a generated key are printed to stderr."
    );
    let command = Command::new("server").about(about).long_about(long).args(TABLE.iter().map(argument));
    let examples = "Examples:\n  \
        spacelet server                          volatile: nothing is kept\n  \
        spacelet server ./spaces-data            everything is kept there\n  \
        spacelet server --buckets 'media:public-read logs' --address :9000";
    command.after_help(examples)
}

fn argument(row: &'static Row) -> Arg {
    let argument = Arg::new(row.name).value_name(row.value).help(help(row));
    if row.flag.is_empty() {
        return argument;
    }
    argument.help_heading(row.group).long(row.flag).aliases(row.flag_aliases.iter().copied())
}

/// The meaning, then other flags, the variables and the default in brackets.
fn help(row: &Row) -> String {
    let also: String = row.flag_aliases.iter().map(|alias| format!("also --{alias}; ")).collect();
    let mut variables = vec![row.variable];
    variables.extend(row.variable_aliases);
    let default = if row.default.is_empty() { String::new() } else { format!("; default: {}", row.default) };
    format!("{} [{also}env: {}{default}]", row.meaning, variables.join(", "))
}

fn url_argument() -> Arg {
    Arg::new("url").long("url").value_name("URL").help(
        "The server's S3 or control URL; default: SPACELET_URL, else the port of SPACELET_ADDRESS on this machine, \
         else http://127.0.0.1:9000",
    )
}

pub(crate) fn exit_codes() -> String {
    EXIT_CODES.iter().map(|(exit, meaning)| format!("  {}  {meaning}\n", *exit as u8)).collect()
}

/// What was typed for a row.
fn typed(matches: &ArgMatches, row: &Row) -> Option<String> {
    matches.get_one::<String>(row.name).cloned()
}

/// A line for programs.
#[expect(clippy::print_stdout, reason = "stdout is for what programs read")]
fn say(line: &str) {
    println!("{line}");
}

/// A line for people.
#[expect(clippy::print_stderr, reason = "stderr is for what people read")]
fn complain(line: &str) {
    eprintln!("spacelet: {line}");
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn the_console_address_is_the_control_address() {
        let matches = command().try_get_matches_from(["spacelet", "server", "/data", "--console-address", ":9090"]);
        let matches = matches.unwrap();
        let (_, matches) = matches.subcommand().unwrap();
        let row = |name: &str| TABLE.iter().find(|row| row.name == name).unwrap();
        assert_eq!(typed(matches, row("control address")).unwrap(), ":9090");
        assert_eq!(typed(matches, row("data folder")).unwrap(), "/data");
        assert_eq!(typed(matches, row("address")), None);
    }
}
