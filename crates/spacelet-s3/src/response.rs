//! Answers: a status, headers, and a body that is either at hand or read from the store as it goes out.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::{Body, Frame, SizeHint};
use spacelet_engine::{BodyReader, EngineError};

/// `application/xml`.
pub(crate) const XML: HeaderValue = HeaderValue::from_static("application/xml");

/// An operation's answer, before request id and journal.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: ResponseBody,
}

impl Response {
    /// No body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: ResponseBody::empty() }
    }

    /// XML with a Content-Length, as RGW answers configuration requests.
    pub(crate) fn xml(document: impl Into<Bytes>) -> Self {
        Self::full(document).header(CONTENT_TYPE, XML)
    }

    /// XML of unknown length (`Transfer-Encoding: chunked`), as RGW answers listings.
    pub(crate) fn xml_chunked(document: impl Into<Bytes>) -> Self {
        let mut response = Self::empty(StatusCode::OK).header(CONTENT_TYPE, XML);
        response.body = ResponseBody(Kind::Chunked(document.into()));
        response
    }

    /// Bytes with a Content-Length and no Content-Type.
    pub(crate) fn full(body: impl Into<Bytes>) -> Self {
        let mut response = Self::empty(StatusCode::OK);
        response.body = ResponseBody(Kind::Full(body.into()));
        response
    }

    /// A stored body. A small one is read now and goes out in one frame with the head.
    ///
    /// # Errors
    /// When its first block cannot be read: then the status can still say so.
    pub(crate) fn stored(status: StatusCode, mut reader: BodyReader) -> Result<Self, EngineError> {
        let mut response = Self::empty(status);
        let total = reader.remaining_bytes();
        if total == 0 {
            return Ok(response);
        }
        let first = reader.try_next().transpose()?;
        let is_whole = first.as_ref().is_some_and(|block| block.len() as u64 == total);
        response.body = ResponseBody(match first {
            Some(block) if is_whole => Kind::Full(block),
            first => Kind::Stored(Box::new(Stored { remaining: total, first, state: State::Idle(reader) })),
        });
        Ok(response)
    }

    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.append(name, value.into());
        self
    }

    /// As [`Self::header`], for bytes that came from outside; a value that no header can carry is left out.
    pub(crate) fn header_bytes(mut self, name: HeaderName, value: &[u8]) -> Self {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            self.headers.append(name, value);
        }
        self
    }

    /// Turns the answer to a GET into the one to a HEAD: same headers, Content-Length included, no body.
    pub(crate) fn without_body(mut self) -> Self {
        if matches!(self.body.0, Kind::Chunked(_)) {
            // The server sends no body for HEAD; it still says that the length is unknown.
            return self;
        }
        if self.status == StatusCode::NOT_MODIFIED {
            return self;
        }
        if let (Some(bytes), false) = (self.body.size_hint().exact(), self.headers.contains_key(CONTENT_LENGTH)) {
            self.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
        }
        self.body = ResponseBody::empty();
        self
    }
}

/// The body of an answer.
pub struct ResponseBody(Kind);

enum Kind {
    Empty,
    Full(Bytes),
    /// As [`Kind::Full`], sent without a length.
    Chunked(Bytes),
    Stored(Box<Stored>),
}

struct Stored {
    remaining: u64,
    first: Option<Bytes>,
    state: State,
}

type Reading = Pin<Box<dyn Future<Output = (BodyReader, Option<Result<Bytes, EngineError>>)> + Send>>;

enum State {
    Idle(BodyReader),
    Reading(Reading),
    Done,
}

impl ResponseBody {
    /// No bytes.
    #[must_use]
    pub fn empty() -> Self {
        Self(Kind::Empty)
    }

    /// These bytes.
    pub(crate) fn full(bytes: Bytes) -> Self {
        Self(Kind::Full(bytes))
    }
}

impl ResponseBody {
    /// How many bytes go out, whatever the head says; `None`: not known.
    pub(crate) fn bytes(&self) -> Option<u64> {
        match &self.0 {
            Kind::Chunked(bytes) => Some(bytes.len() as u64),
            Kind::Empty | Kind::Full(_) | Kind::Stored(_) => self.size_hint().exact(),
        }
    }
}

impl Stored {
    fn poll_block(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, EngineError>>> {
        if let Some(block) = self.first.take() {
            return Poll::Ready(Some(Ok(block)));
        }
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Idle(mut reader) => {
                    if let Some(block) = reader.try_next() {
                        self.state = State::Idle(reader);
                        return Poll::Ready(Some(block));
                    }
                    self.state = State::Reading(Box::pin(async move {
                        let block = reader.next().await;
                        (reader, block)
                    }));
                }
                State::Reading(mut reading) => match reading.as_mut().poll(cx) {
                    Poll::Pending => {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    }
                    Poll::Ready((reader, block)) => {
                        if block.is_some() {
                            self.state = State::Idle(reader);
                        }
                        return Poll::Ready(block);
                    }
                },
            }
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    /// A body that cannot be read to its end breaks the connection: the client sees a short body, never wrong bytes.
    type Error = EngineError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, EngineError>>> {
        let block = match &mut self.0 {
            Kind::Empty => None,
            Kind::Full(bytes) | Kind::Chunked(bytes) => {
                let bytes = std::mem::take(bytes);
                self.0 = Kind::Empty;
                (!bytes.is_empty()).then_some(Ok(bytes))
            }
            Kind::Stored(stored) => {
                let block = ready!(stored.poll_block(cx));
                match &block {
                    Some(Ok(bytes)) => stored.remaining = stored.remaining.saturating_sub(bytes.len() as u64),
                    Some(Err(error)) => tracing::error!(%error, "a stored body could not be read to its end"),
                    None => {}
                }
                block
            }
        };
        Poll::Ready(block.map(|block| block.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Empty => true,
            Kind::Full(bytes) => bytes.is_empty(),
            Kind::Chunked(_) => false,
            Kind::Stored(stored) => stored.remaining == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Chunked(_) => SizeHint::default(),
            Kind::Stored(stored) => SizeHint::with_exact(stored.remaining),
        }
    }
}
