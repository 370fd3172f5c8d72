//! Servers that this program starts: Spacelet itself, or a ceiling.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Instant;

use crate::endpoint::Endpoint;
use crate::failure::{Failure, Outcome};

/// The key that started servers get.
const ACCESS_KEY: &str = "spacelet-bench";
const SECRET: &str = "spacelet-bench-secret";

/// A server as a child process; it ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    /// When it was started.
    pub(crate) started: Instant,
    /// Where it listens.
    pub(crate) endpoint: Endpoint,
}

impl Server {
    /// Spacelet on free ports, on a data folder or volatile.
    pub(crate) fn spacelet(binary: &Path, name: &str, folder: Option<&Path>, flags: &[&str]) -> Outcome<Self> {
        let mut command = Command::new(binary);
        command.arg("server").args(folder).args(["--address", "127.0.0.1:0", "--control-address", "127.0.0.1:0"]);
        command.args(["--access-key", ACCESS_KEY, "--secret-key", SECRET, "--token", "spacelet-bench"]).args(flags);
        Self::start(command, name)
    }

    /// The bare HTTP server of this very program.
    pub(crate) fn bare(name: &str, flags: &[&OsStr]) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["ceiling", "http", "--address", "127.0.0.1:0"]).args(flags);
        Self::start(command, name)
    }

    fn start(mut command: Command, name: &str) -> Outcome<Self> {
        let program = command.get_program().display().to_string();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn().map_err(|error| Failure::from(error).at(&program))?;
        let url = child.stderr.take().map_or_else(|| Err(Failure::new("no stderr")), |stderr| url(stderr, &program));
        let endpoint = url.and_then(|url| Endpoint::new(name, &url, ACCESS_KEY, SECRET, "nyc3"));
        match endpoint {
            Ok(endpoint) => Ok(Self { endpoint: endpoint.with_pid(Some(child.id())), child, started }),
            Err(error) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it by SIGTERM, so that it closes its store orderly.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        // The standard library can only kill; every shell has `kill`.
        Command::new("sh").arg("-c").arg(format!("kill -TERM {}", self.child.id())).status()?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(Failure::new(format!("{} ended with {status}", self.endpoint.name))) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // A process that has ended already needs neither.
    let _ = child.kill();
    let _ = child.wait();
}

/// The URL of the line that begins with `API:`. What is said later is read and let go, so that the server never waits.
fn url(stderr: ChildStderr, program: &str) -> Outcome<String> {
    let mut lines = BufReader::new(stderr).lines();
    let mut said = String::new();
    for line in &mut lines {
        let line = line?;
        if let Some(rest) = line.strip_prefix("API: ") {
            let url = rest.split_ascii_whitespace().next().unwrap_or_default().to_owned();
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(url);
        }
        said.push_str(&line);
        said.push('\n');
    }
    Err(Failure::new(format!("{program} did not start:\n{said}")))
}
