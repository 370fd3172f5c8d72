//! The program in a process of its own, and small HTTP requests to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A command of the program that sees nothing of this process's environment.
pub(crate) fn spacelet(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spacelet"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Runs a command to its end: exit code, stdout, stderr.
pub(crate) fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// A server in a process of its own, on ports that the system chose. Killed when dropped.
pub(crate) struct Process {
    child: Child,
    /// What it wrote to stderr until it was ready.
    pub(crate) banner: String,
}

impl Process {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with(
            spacelet(&["server", "--address", "127.0.0.1:0", "--control-address", "127.0.0.1:0"]).args(arguments),
        )
    }

    /// Starts it and reads stderr up to the line that ends the banner.
    pub(crate) fn start_with(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut banner = String::new();
        let ended = |banner: &str| banner.contains("\nReady. ") || banner.starts_with('{');
        while lines.read_line(&mut banner).unwrap() > 0 && !ended(&banner) {}
        // What comes later must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { child, banner }
    }

    /// The rest of the banner's line that begins with `name`, up to the first blank.
    pub(crate) fn shown(&self, name: &str) -> String {
        let line = self.banner.lines().find_map(|line| line.trim_start().strip_prefix(name));
        let line = line.unwrap_or_else(|| panic!("no line `{name}` in:\n{}", self.banner));
        line.split_whitespace().next().unwrap().to_owned()
    }

    pub(crate) fn api(&self) -> String {
        self.shown("API: ")
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// The exit code, and how long it took to end.
    pub(crate) fn ended(&mut self) -> (i32, Duration) {
        let begun = Instant::now();
        let status = self.child.wait().unwrap();
        (status.code().unwrap(), begun.elapsed())
    }

    pub(crate) fn terminate(mut self) {
        self.signal("-TERM");
        assert_eq!(self.ended().0, 0);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends `head` (lines with `\n`) to `http://host:port` and reads to the end of the connection.
pub(crate) fn exchange(url: &str, head: &str) -> String {
    let mut stream = connect(url);
    stream.write_all(format!("{}\r\n\r\n", head.replace('\n', "\r\n")).as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// A plain GET; the status and the whole answer.
pub(crate) fn get(url: &str, path: &str) -> (u16, String) {
    let answer = exchange(url, &format!("GET {path} HTTP/1.1\nHost: {}\nConnection: close", authority(url)));
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("no status in {answer}")), answer)
}

pub(crate) fn connect(url: &str) -> TcpStream {
    let stream = TcpStream::connect(authority(url)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn authority(url: &str) -> &str {
    url.strip_prefix("http://").unwrap()
}
