//! `ETag` as it is spelled. Header names have no case, but scripts that look into a plain dictionary exist, and RGW,
//! Spaces and AWS all write `ETag`, while hyper writes names in lower case unless a message says otherwise.
//!
//! hyper takes the spelling from a private extension of the message, which only its own parser makes: so one answer is
//! parsed at start, and its extensions are given to every answer that has an ETag.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::Extensions;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper::rt::{Read, ReadBufCursor, Write};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nETag: x\r\nContent-Length: 0\r\n\r\n";

/// How often the exchange is polled; it takes about five rounds.
const ROUNDS_MAX: usize = 64;

/// Extensions that make hyper write `ETag`. Empty if hyper should ever stop taking them: the name is then lower case.
pub(crate) fn spelled_etag() -> Extensions {
    let mut exchange = pin!(exchange());
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..ROUNDS_MAX {
        if let Poll::Ready(found) = exchange.as_mut().poll(&mut cx) {
            return found.unwrap_or_default();
        }
    }
    Extensions::new()
}

async fn exchange() -> Option<Extensions> {
    let (mut sender, connection) = http1::Builder::new()
        .preserve_header_case(true)
        .handshake(Canned { rest: ANSWER, was_asked: false })
        .await
        .ok()?;
    let request = http::Request::new(Empty::<Bytes>::new());
    let answer = pin!(sender.send_request(request));
    match futures_util::future::select(answer, pin!(connection)).await {
        futures_util::future::Either::Left((answer, _)) => Some(answer.ok()?.into_parts().0.extensions),
        futures_util::future::Either::Right((_, answer)) => Some(answer.await.ok()?.into_parts().0.extensions),
    }
}

/// A connection whose other end answers once it was asked; an answer that comes before is an error to hyper.
struct Canned {
    rest: &'static [u8],
    was_asked: bool,
}

impl Read for Canned {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        mut into: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        if !self.was_asked {
            // No waker is kept: the caller polls again anyway.
            return Poll::Pending;
        }
        let (now, later) = self.rest.split_at(self.rest.len().min(into.remaining()));
        into.put_slice(now);
        self.rest = later;
        Poll::Ready(Ok(()))
    }
}

impl Write for Canned {
    fn poll_write(mut self: Pin<&mut Self>, _cx: &mut Context<'_>, from: &[u8]) -> Poll<std::io::Result<usize>> {
        self.was_asked = true;
        Poll::Ready(Ok(from.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyper_gives_the_spelling_away() {
        assert!(!spelled_etag().is_empty());
    }
}
