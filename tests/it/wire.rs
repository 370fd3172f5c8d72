//! A client that is nothing but a socket: it sends exactly the bytes it is given and reads exactly what comes back.
//!
//! HTTP libraries mend requests (paths, header case, lengths); tests of a protocol need them unmended.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// One HTTP answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: String,
    /// Names as sent, values decoded as Latin-1 (one char a byte).
    pub(crate) headers: Vec<(String, String)>,
    /// The body, its transfer coding removed.
    pub(crate) body: Vec<u8>,
    /// Interim answers (100 Continue) seen before.
    pub(crate) interim: Vec<u16>,
}

impl Answer {
    /// The first value of a header, found without regard to case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text between the first `<tag>` and its end.
    pub(crate) fn xml(&self, tag: &str) -> Option<String> {
        let text = self.text();
        let from = text.find(&format!("<{tag}>"))? + tag.len() + 2;
        let length = text.get(from..)?.find(&format!("</{tag}>"))?;
        text.get(from..from + length).map(str::to_owned)
    }
}

/// How reading up to the end of a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Quiet,
    Reset,
    Failed,
}

/// A connection and the bytes read from it that no answer has taken yet.
pub(crate) struct Connection {
    stream: TcpStream,
    ahead: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, ahead: Vec::new() })
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish_sending(&mut self) -> io::Result<()> {
        self.stream.shutdown(std::net::Shutdown::Write)
    }

    /// One read of whatever is there, waiting for it at most so long.
    pub(crate) fn read_some(&mut self, patience: Duration) -> io::Result<Vec<u8>> {
        if !self.ahead.is_empty() {
            return Ok(std::mem::take(&mut self.ahead));
        }
        self.stream.set_read_timeout(Some(patience))?;
        let mut block = vec![0; 65_536];
        let length = self.stream.read(&mut block);
        self.stream.set_read_timeout(Some(PATIENCE))?;
        block.truncate(length?);
        Ok(block)
    }

    /// Everything up to the connection's end, or up to a silence of `patience`.
    pub(crate) fn read_to_end(&mut self, patience: Duration) -> (Vec<u8>, End) {
        let mut all = Vec::new();
        loop {
            match self.read_some(patience) {
                Ok(block) if block.is_empty() => return (all, End::Closed),
                Ok(block) => all.extend_from_slice(&block),
                Err(e) => return (all, end_of(&e)),
            }
        }
    }

    /// The next final answer; `head` says that the request was a HEAD, whose answer has no body.
    pub(crate) fn read_answer(&mut self, head: bool) -> io::Result<Answer> {
        let mut interim = Vec::new();
        loop {
            let mut answer = self.read_head()?;
            if (100..200).contains(&answer.status) {
                interim.push(answer.status);
                continue;
            }
            answer.interim = interim;
            let chunked = answer.header("transfer-encoding").is_some();
            if !head && (chunked || !matches!(answer.status, 204 | 304)) {
                answer.body = self.read_body(&answer)?;
            }
            return Ok(answer);
        }
    }

    /// The lines of an answer's head, without its body.
    pub(crate) fn read_head(&mut self) -> io::Result<Answer> {
        let (status, reason) = parse_status_line(&self.read_line()?)?;
        let mut headers = Vec::new();
        loop {
            let line = self.read_line()?;
            if line.is_empty() {
                return Ok(Answer { status, reason, headers, ..Answer::default() });
            }
            let (name, value) = line.split_once(':').ok_or_else(|| wrong(&line))?;
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    fn read_body(&mut self, answer: &Answer) -> io::Result<Vec<u8>> {
        if answer.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
            return self.read_chunks();
        }
        match answer.header("content-length") {
            Some(text) => {
                let length = text.parse().map_err(|_| wrong(text))?;
                self.read_exactly(length)
            }
            None => Ok(self.read_to_end(PATIENCE).0),
        }
    }

    fn read_chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.read_line()?;
            let length = usize::from_str_radix(line.trim(), 16).map_err(|_| wrong(&line))?;
            body.extend(self.read_exactly(length)?);
            self.read_line()?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    /// Exactly so many bytes of the answer.
    pub(crate) fn read_exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.ahead.len() < length {
            self.fill()?;
        }
        let rest = self.ahead.split_off(length);
        Ok(std::mem::replace(&mut self.ahead, rest))
    }

    fn read_line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = self.ahead.windows(2).position(|w| w == b"\r\n") {
                let line = self.read_exactly(at + 2)?;
                return Ok(line[..at].iter().map(|b| char::from(*b)).collect());
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut block = [0; 65_536];
        let length = self.stream.read(&mut block)?;
        if length == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        self.ahead.extend_from_slice(&block[..length]);
        Ok(())
    }
}

/// One request on a connection of its own.
///
/// A server may answer and close before it has read a body it refuses, so a failed write alone is no failure.
pub(crate) fn exchange(address: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    let mut connection = Connection::open(address)?;
    let _ = connection.send(request);
    connection.read_answer(request.starts_with(b"HEAD "))
}

fn end_of(error: &io::Error) -> End {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => End::Quiet,
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => End::Reset,
        _ => End::Failed,
    }
}

fn parse_status_line(line: &str) -> io::Result<(u16, String)> {
    let mut words = line.splitn(3, ' ');
    let status = words.nth(1).and_then(|w| w.parse().ok()).ok_or_else(|| wrong(line))?;
    Ok((status, words.next().unwrap_or_default().to_owned()))
}

fn wrong(line: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not HTTP: {line:?}"))
}
