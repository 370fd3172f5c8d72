//! A connection that costs next to nothing: it writes bytes that were made before and reads no more of an answer than
//! it must, since on one machine every microsecond of the client is taken from the server.

use std::net::SocketAddr;

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::failure::{Failure, Outcome};
use crate::request::Request;

/// Bytes asked of the socket at once.
const READ_BYTES: usize = 128 << 10;
/// A longer head is no S3 server's.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// How much of a refusal is kept to be shown.
const REFUSAL_BYTES_MAX: usize = 2_000;

/// A keep-alive connection; it is made anew when the server closes it between two requests.
pub(crate) struct Client {
    address: SocketAddr,
    stream: TcpStream,
    buffer: BytesMut,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Length of the body, frames of chunked answers excluded.
    pub(crate) body_bytes: u64,
    /// The body, where it was asked for or the request was refused.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The answer, unless it is a refusal.
    pub(crate) fn success(self) -> Outcome<Self> {
        if self.is_success() { Ok(self) } else { Err(Failure::new(self.summary())) }
    }

    /// Status and body as text.
    pub(crate) fn summary(&self) -> String {
        let body = self.body.get(..REFUSAL_BYTES_MAX).unwrap_or(&self.body);
        format!("answered {} {}", self.status, String::from_utf8_lossy(body))
    }
}

/// What an answer's head says of the rest.
struct AnswerHead {
    status: u16,
    bytes: u64,
    chunked: bool,
    close: bool,
}

impl Client {
    /// Connects.
    pub(crate) async fn connect(address: SocketAddr) -> Outcome<Self> {
        let stream =
            TcpStream::connect(address).await.map_err(|error| Failure::from(error).at(&address.to_string()))?;
        stream.set_nodelay(true)?;
        Ok(Self { address, stream, buffer: BytesMut::new() })
    }

    /// Sends a request and reads its answer; the body is thrown away unless the request is refused.
    pub(crate) async fn send(&mut self, request: &Request) -> Outcome<Answer> {
        self.exchange(request, false).await
    }

    /// The same, and keeps the body.
    pub(crate) async fn fetch(&mut self, request: &Request) -> Outcome<Answer> {
        self.exchange(request, true).await
    }

    async fn exchange(&mut self, request: &Request, keep: bool) -> Outcome<Answer> {
        // A server that refuses early may have closed its ear: what it said is worth more than that.
        let written = self.write(request).await;
        let head = match (self.read_head().await, written) {
            (Ok(head), _) => head,
            (Err(_), Err(error)) | (Err(error), Ok(())) => return Err(error),
        };
        let keep = keep || !(200..300).contains(&head.status);
        let mut body = Vec::new();
        let mut sink = keep.then_some(&mut body);
        let body_bytes = match head {
            _ if request.is_head || matches!(head.status, 204 | 304) => 0,
            AnswerHead { chunked: true, .. } => self.read_chunked(&mut sink).await?,
            AnswerHead { bytes, .. } => self.take(bytes, &mut sink).await?,
        };
        if head.close {
            *self = Self::connect(self.address).await?;
        }
        Ok(Answer { status: head.status, body_bytes, body })
    }

    async fn write(&mut self, request: &Request) -> Outcome<()> {
        self.stream.write_all(&request.wire).await?;
        for piece in request.long.iter().flat_map(|body| body.pieces()) {
            self.stream.write_all(&piece).await?;
        }
        Ok(())
    }

    async fn fill(&mut self) -> Outcome<()> {
        self.buffer.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(Failure::new("the server closed the connection within an answer")),
            _ => Ok(()),
        }
    }

    async fn read_head(&mut self) -> Outcome<AnswerHead> {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = AnswerHead::parse(self.buffer.get(..end).unwrap_or_default())?;
                self.buffer.advance(end + 4);
                if head.status != 100 {
                    return Ok(head);
                }
            } else if self.buffer.len() > HEAD_BYTES_MAX {
                return Err(Failure::new("the head of an answer does not end"));
            } else {
                self.fill().await?;
            }
        }
    }

    /// Takes `bytes` bytes from the connection, into the sink if there is one.
    async fn take(&mut self, bytes: u64, sink: &mut Option<&mut Vec<u8>>) -> Outcome<u64> {
        let mut left = bytes;
        loop {
            let here = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
            if let Some(sink) = sink {
                sink.extend_from_slice(self.buffer.get(..here).unwrap_or_default());
            }
            self.buffer.advance(here);
            left -= here as u64;
            if left == 0 {
                return Ok(bytes);
            }
            self.fill().await?;
        }
    }

    async fn read_chunked(&mut self, sink: &mut Option<&mut Vec<u8>>) -> Outcome<u64> {
        let mut total = 0;
        loop {
            let line = self.read_line().await?;
            let digits = line.as_ref().split(|byte: &u8| *byte == b';').next().unwrap_or_default();
            let text = String::from_utf8_lossy(digits);
            let bytes = u64::from_str_radix(text.trim(), 16).map_err(|error| Failure::from(error).at("chunk"))?;
            if bytes == 0 {
                while !self.read_line().await?.is_empty() {}
                return Ok(total);
            }
            total += self.take(bytes, sink).await?;
            self.read_line().await?;
        }
    }

    /// A line without its end.
    async fn read_line(&mut self) -> Outcome<BytesMut> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|two| two == b"\r\n") {
                let line = self.buffer.split_to(end);
                self.buffer.advance(2);
                return Ok(line);
            }
            if self.buffer.len() > HEAD_BYTES_MAX {
                return Err(Failure::new("a line of an answer does not end"));
            }
            self.fill().await?;
        }
    }
}

impl AnswerHead {
    fn parse(head: &[u8]) -> Outcome<Self> {
        let mut lines = head.split(|byte| *byte == b'\n');
        let status = lines.next().and_then(|line| line.get(9..12)).and_then(|text| std::str::from_utf8(text).ok());
        let status = status.and_then(|text| text.parse().ok()).ok_or_else(|| Failure::new("not an HTTP answer"))?;
        let mut parsed = Self { status, bytes: 0, chunked: false, close: false };
        for line in lines {
            let value_of = |name: &str| {
                let (start, rest) = line.split_at_checked(name.len())?;
                start.eq_ignore_ascii_case(name.as_bytes()).then(|| String::from_utf8_lossy(rest))
            };
            if let Some(value) = value_of("content-length:") {
                parsed.bytes = value.trim().parse()?;
            } else if let Some(value) = value_of("transfer-encoding:") {
                parsed.chunked = value.trim().eq_ignore_ascii_case("chunked");
            } else if let Some(value) = value_of("connection:") {
                parsed.close = value.trim().eq_ignore_ascii_case("close");
            }
        }
        Ok(parsed)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// What a client reads of these bytes, which arrive in pieces of `cut`.
    async fn answers(wire: &'static [u8], cut: usize, count: usize) -> Vec<Answer> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            for piece in wire.chunks(cut) {
                stream.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        let mut client = Client::connect(address).await.unwrap();
        let request = Request::raw(b"GET / HTTP/1.1\r\n\r\n");
        let mut answers = Vec::new();
        for _ in 0..count {
            answers.push(client.fetch(&request).await.unwrap());
        }
        answers
    }

    #[tokio::test]
    async fn answers_are_read_one_after_another_whatever_the_cuts() {
        let wire = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
            3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n\
            HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nnoHTTP/1.1 204 No Content\r\n\r\n";
        for cut in [1, 2, 7, 1000] {
            let seen: Vec<_> =
                answers(wire, cut, 3).await.into_iter().map(|a| (a.status, a.body_bytes, a.body)).collect();
            let want = [(200, 5, b"abcde".to_vec()), (404, 2, b"no".to_vec()), (204, 0, Vec::new())];
            assert_eq!(seen, want, "cut {cut}");
        }
    }

    #[test]
    fn other_protocols_are_refused() {
        assert!(AnswerHead::parse(b"SSH-2.0-x").is_err());
    }
}
