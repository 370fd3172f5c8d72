//! `spacelet health` and `spacelet wait`: one small HTTP request, so that a container needs no curl.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use clap::ArgMatches;

use super::{Exit, complain, say};
use crate::settings::{parse_address, parse_duration, process_environment};

const PATH: &str = "/_spacelet/health/ready";
/// How long one probe may take.
const PROBE_TIME: Duration = Duration::from_secs(2);
/// How long `wait` pauses between two probes.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) fn health(matches: &ArgMatches) -> Exit {
    match target(matches).map(|target| probe(&target)) {
        Ok(Ok(())) => {
            say("ready");
            Exit::Good
        }
        Ok(Err(reason)) => {
            complain(&format!("not ready: {reason}"));
            Exit::Bad
        }
        Err(reason) => {
            complain(&reason);
            Exit::Usage
        }
    }
}

pub(super) fn wait(matches: &ArgMatches) -> Exit {
    let time = matches.get_one::<String>("timeout").map_or("30s", String::as_str);
    let (target, time) = match (target(matches), parse_duration(time)) {
        (Ok(target), Ok(time)) => (target, time),
        (Err(reason), _) | (_, Err(reason)) => {
            complain(&reason);
            return Exit::Usage;
        }
    };
    let begun = Instant::now();
    loop {
        match probe(&target) {
            Ok(()) => {
                say("ready");
                return Exit::Good;
            }
            Err(reason) if begun.elapsed() >= time => {
                complain(&format!("not ready after {time:?}: {reason}"));
                return Exit::Bad;
            }
            Err(_) => std::thread::sleep(PAUSE.min(time)),
        }
    }
}

/// Whom to ask: host, port, and how that is written in a Host header.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    host: String,
    port: u16,
}

fn target(matches: &ArgMatches) -> Result<Target, String> {
    let given = matches.get_one::<String>("url").cloned().or_else(|| variable("SPACELET_URL"));
    match given {
        Some(url) => parse_url(&url),
        None => match variable("SPACELET_ADDRESS") {
            Some(address) => parse_address(&address).map(of_address),
            None => Ok(Target { host: "127.0.0.1".to_owned(), port: 9000 }),
        },
    }
}

fn variable(name: &str) -> Option<String> {
    process_environment(name).filter(|text| !text.is_empty())
}

fn of_address(address: SocketAddr) -> Target {
    let host = if address.ip().is_unspecified() { "127.0.0.1".to_owned() } else { address.ip().to_string() };
    Target { host, port: address.port() }
}

pub(super) fn parse_url(url: &str) -> Result<Target, String> {
    let advice = || format!("`{url}` is no URL such as http://127.0.0.1:9000 (only plain http can be asked)");
    let authority = url.strip_prefix("http://").ok_or_else(advice)?.split('/').next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok().ok_or_else(advice)?),
        Some(_) | None => (authority, 80),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() { Err(advice()) } else { Ok(Target { host: host.to_owned(), port }) }
}

fn probe(target: &Target) -> Result<(), String> {
    let address = resolve(target)?;
    let asked = ask(address).map_err(|error| format!("{}:{} does not answer: {error}", target.host, target.port))?;
    match asked.split(' ').nth(1) {
        Some("200") => Ok(()),
        Some(status) => Err(format!("{}:{} answers {status}", target.host, target.port)),
        None => Err(format!("{}:{} does not speak HTTP", target.host, target.port)),
    }
}

/// `localhost` needs no look-up; other names go to the system (a static program has only addresses).
pub(super) fn resolve(target: &Target) -> Result<SocketAddr, String> {
    if target.host == "localhost" {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, target.port)));
    }
    let found = (target.host.as_str(), target.port).to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| format!("`{}` cannot be looked up: give an IP address", target.host))
}

/// The answer's status line.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PROBE_TIME)?;
    stream.set_read_timeout(Some(PROBE_TIME))?;
    stream.set_write_timeout(Some(PROBE_TIME))?;
    write!(stream, "GET {PATH} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::with_capacity(512);
    stream.take(512).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn urls_become_targets() {
        let target = |host: &str, port| Ok(Target { host: host.to_owned(), port });
        assert_eq!(parse_url("http://localhost:9000/"), target("localhost", 9000));
        assert_eq!(parse_url("http://10.0.0.1"), target("10.0.0.1", 80));
        assert_eq!(parse_url("http://[::1]:9000"), target("::1", 9000));
        assert_eq!(parse_url("http://[::1]"), target("::1", 80));
        assert!(parse_url("https://x").unwrap_err().contains("only plain http"));
        assert!(parse_url("http://x:y").is_err() && parse_url("http://").is_err());
        assert_eq!(of_address("0.0.0.0:7".parse().unwrap()), target("127.0.0.1", 7).unwrap());
    }
}
