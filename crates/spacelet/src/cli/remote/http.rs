//! One HTTP/1.1 request on a connection of its own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::Found;
use crate::cli::probe::{parse_url, resolve};

/// How long the server may take for each step.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a server that may be gone is waited for.
const PROBE_TIME: Duration = Duration::from_secs(2);
/// The longest answer that is read.
const ANSWER_BYTES_MAX: u64 = 16 << 20;

/// Status and body.
pub(super) fn exchange(server: &Found, verb: &str, path: &str, body: &str) -> Result<(u16, String), String> {
    let url = &server.control_url;
    let failed = |error: std::io::Error| format!("{url} does not answer: {error}");
    let target = parse_url(url)?;
    let mut stream = TcpStream::connect_timeout(&resolve(&target)?, PROBE_TIME).map_err(failed)?;
    stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_write_timeout(Some(PATIENCE))).map_err(failed)?;
    let head = format!(
        "{verb} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n",
        host = url.trim_start_matches("http://"),
        token = server.token,
        length = body.len(),
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).map_err(failed)?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).map_err(failed)?;
    read_answer(&answer).ok_or_else(|| format!("{url} does not speak HTTP"))
}

/// The control API tells each body's length, so that what follows the head is the body.
fn read_answer(answer: &[u8]) -> Option<(u16, String)> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some((status, body.to_owned()))
}

/// Whether a server listens there.
pub(super) fn is_there(server: &Found) -> bool {
    let address = parse_url(&server.control_url).and_then(|target| resolve(&target));
    address.is_ok_and(|address| TcpStream::connect_timeout(&address, PROBE_TIME).is_ok())
}
