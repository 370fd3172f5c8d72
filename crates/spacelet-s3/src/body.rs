//! A request's body, readable only once it was admitted: framing, length, hash and checksums are checked on the way.
//!
//! Memory does not grow with the body's length, and a body that fails any check leaves nothing behind.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::Body;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use spacelet_engine::{BodyWriter, CustomerKey, StagedBody, World};
use spacelet_sigv4::{ChunkedDecoder, Payload};

use crate::Limits;
use crate::body::expect::Expected;
use crate::checksum::KeptChecksum;
use crate::error::{ErrorCode, S3Error};
use crate::headers;

mod expect;

/// How long a refusal waits for more of the body that it refuses.
const DRAIN_PATIENCE: Duration = Duration::from_secs(1);

/// Whatever the connection says is wrong.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The bytes as they come from the connection. Owned by the service, which drains what an operation left.
///
/// The mutex is never locked: it makes a request that is being handled `Sync`, whatever the connection's body is.
pub(crate) struct BodySource(Option<Mutex<UnsyncBoxBody<Bytes, BoxError>>>);

impl BodySource {
    pub(crate) fn new<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        if body.is_end_stream() { Self(None) } else { Self(Some(Mutex::new(body.map_err(Into::into).boxed_unsync()))) }
    }

    /// The next bytes; `None` at the end.
    async fn next(&mut self, idle: Duration) -> Result<Option<Bytes>, S3Error> {
        loop {
            let Some(body) = &mut self.0 else { return Ok(None) };
            let body = body.get_mut().unwrap_or_else(PoisonError::into_inner);
            let frame = tokio::time::timeout(idle, body.frame()).await.map_err(|_elapsed| {
                self.0 = None;
                S3Error::new(ErrorCode::RequestTimeout, "the body stood still for too long")
            })?;
            match frame {
                None => self.0 = None,
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data()
                        && !data.is_empty()
                    {
                        return Ok(Some(data));
                    }
                }
                Some(Err(error)) => {
                    self.0 = None;
                    return Err(S3Error::new(ErrorCode::IncompleteBody, format!("the body broke off: {error}")));
                }
            }
        }
    }

    /// Reads and drops what is left, so that a client that is still sending can read its refusal. False when too much
    /// is left, or when the client stops sending for a second: then it waits for the refusal.
    pub(crate) async fn drain(&mut self, limits: &Limits) -> bool {
        let mut left = limits.refused_body_bytes_max;
        if self.announced_bytes() > left {
            return false;
        }
        while let Ok(next) = tokio::time::timeout(DRAIN_PATIENCE, self.next(limits.body_idle)).await {
            let Ok(Some(data)) = next else { return true };
            match left.checked_sub(data.len() as u64) {
                Some(less) => left = less,
                None => return false,
            }
        }
        false
    }

    /// What the head says is still to come; 0 where it says nothing.
    fn announced_bytes(&mut self) -> u64 {
        let body = self.0.as_mut().map(|body| body.get_mut().unwrap_or_else(PoisonError::into_inner));
        body.map_or(0, |body| body.size_hint().lower())
    }
}

/// An admitted body. Taking it apart checks everything that the head promised about it.
pub(crate) struct RequestBody<'a> {
    source: &'a mut BodySource,
    headers: &'a HeaderMap,
    limits: &'a Limits,
    payload: Payload,
}

impl<'a> RequestBody<'a> {
    /// Only a verified payload makes a body readable.
    pub(crate) fn new(
        source: &'a mut BodySource,
        headers: &'a HeaderMap,
        limits: &'a Limits,
        payload: Payload,
    ) -> Self {
        Self { source, headers, limits, payload }
    }

    /// The body's length after decoding, as the head says: `x-amz-decoded-content-length`, else `Content-Length`.
    ///
    /// # Errors
    /// `MissingContentLength` with neither; `InvalidArgument` for a decoded length that is no number.
    pub(crate) fn declared_bytes(&self) -> Result<u64, S3Error> {
        let content_length = number(self.headers, &http::header::CONTENT_LENGTH)?;
        let decoded = number(self.headers, &headers::DECODED_CONTENT_LENGTH)?;
        let declared = match (&self.payload, decoded, content_length) {
            (Payload::Chunked(_), Some(decoded), _) => Some(decoded),
            (Payload::Chunked(_), None, _) => None,
            // DIFFERS: the JavaScript SDK streams with a decoded length only; RGW 16 answers 411 (docs/DIFFERENCES.md).
            (_, decoded, content_length) => content_length.or(decoded),
        };
        declared.ok_or_else(|| {
            S3Error::new(
                ErrorCode::MissingContentLength,
                "the request has neither Content-Length nor x-amz-decoded-content-length",
            )
        })
    }

    /// Refuses, by the head alone, a body that says it is longer than `bytes_max`.
    ///
    /// # Errors
    /// `EntityTooLarge`.
    pub(crate) fn check_declared(&self, bytes_max: u64) -> Result<(), S3Error> {
        match self.declared_bytes() {
            Ok(bytes) if bytes > bytes_max => Err(too_large(bytes_max)),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Streams the body into the store, under a customer's key where there is one. Everything is checked before this
    /// returns; the result is not visible to anybody. `kept`: the checksum that is computed, when the client sends none,
    /// to be kept with the body.
    ///
    /// # Errors
    /// `EntityTooLarge` and `MissingContentLength` by the head alone, `BadDigest`, `InvalidDigest`,
    /// `XAmzContentSHA256Mismatch`, `IncompleteBody`, `RequestTimeout`, and what the store says.
    pub(crate) async fn stage(
        self,
        world: &World,
        key: Option<&CustomerKey>,
        kept: KeptChecksum,
    ) -> Result<StagedBody, S3Error> {
        let max = self.limits.put_bytes_max;
        self.check_declared(max)?;
        let declared = self.declared_bytes()?;
        let expected = Expected::read(self.headers, &self.payload, true)?;
        kept.allows(expected.algorithm())?;
        let mut writer = expected.begin(world, declared, key, kept.algorithm())?;
        if kept.keeps_another(expected.algorithm()) {
            writer.keep_crc64();
        }
        let trailers = self.pump(declared, declared, Sink::Store(&mut writer)).await?;
        let staged = writer.finish().await?;
        expected.check(&staged, trailers.as_ref())?;
        Ok(staged)
    }

    /// The next bytes as they are, of a body that brings its own proof (a POST form); `None` at the end.
    ///
    /// # Errors
    /// `IncompleteBody`, `RequestTimeout`.
    pub(crate) async fn next_raw(&mut self) -> Result<Option<Bytes>, S3Error> {
        self.source.next(self.limits.body_idle).await
    }

    /// Reads a body of at most `max` bytes, such as an XML document. RGW does not look at its Content-MD5.
    ///
    /// # Errors
    /// As [`Self::stage`]; `EntityTooLarge` beyond `max`. Without any length an empty body is read as such.
    pub(crate) async fn read_all(self, world: &World, max: u64, with_md5: bool) -> Result<Bytes, S3Error> {
        let expected = Expected::read(self.headers, &self.payload, with_md5)?;
        self.read_checked(world, max, expected).await
    }

    /// As [`Self::read_all`], where `x-amz-checksum-*` headers are not this body's but the completed object's.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn read_description(self, world: &World, max: u64) -> Result<Bytes, S3Error> {
        let expected = Expected::of_description(&self.payload);
        self.read_checked(world, max, expected).await
    }

    async fn read_checked(self, world: &World, max: u64, expected: Expected) -> Result<Bytes, S3Error> {
        let declared = self.declared_bytes().unwrap_or(max);
        let is_declared = self.declared_bytes().is_ok();
        if is_declared && declared > max {
            return Err(too_large(max));
        }
        let mut kept = BytesMut::new();
        let exact = if is_declared { declared } else { u64::MAX };
        let trailers = self.pump(declared, exact, Sink::Memory(&mut kept)).await?;
        let kept = kept.freeze();
        if expected.is_checked() {
            let mut writer = expected.begin(world, kept.len() as u64, None, None)?;
            writer.write(kept.clone()).await?;
            expected.check(&writer.finish().await?, trailers.as_ref())?;
        }
        Ok(kept)
    }

    /// Moves decoded bytes into `sink`: at most `max`, and `exact` of them unless that is `u64::MAX`.
    async fn pump(self, max: u64, exact: u64, mut sink: Sink<'_>) -> Result<Option<spacelet_sigv4::Trailers>, S3Error> {
        let mut decoder = match self.payload {
            Payload::Chunked(payload) => Some(ChunkedDecoder::new(payload, (exact != u64::MAX).then_some(exact))),
            // RGW lets an empty body pass.
            Payload::Unmatchable if max > 0 && exact > 0 => {
                return Err(S3Error::new(
                    ErrorCode::XAmzContentSHA256Mismatch,
                    "x-amz-content-sha256 is neither a SHA-256 in hex nor a word that S3 knows",
                ));
            }
            Payload::Unsigned | Payload::Sha256(_) | Payload::Unmatchable => None,
        };
        let mut total = 0_u64;
        while let Some(data) = self.source.next(self.limits.body_idle).await? {
            match &mut decoder {
                None => sink.write(data, &mut total, max).await?,
                Some(decoder) => {
                    for data in decoder.push(data).map_err(chunk_error)? {
                        sink.write(data, &mut total, max).await?;
                    }
                }
            }
        }
        let trailers = decoder.map(|decoder| decoder.finish().map_err(chunk_error)).transpose()?;
        if exact != u64::MAX && total != exact {
            return Err(S3Error::new(
                ErrorCode::IncompleteBody,
                format!("the head promised {exact} bytes and {total} came"),
            ));
        }
        Ok(trailers)
    }
}

enum Sink<'a> {
    Store(&'a mut BodyWriter),
    Memory(&'a mut BytesMut),
}

impl Sink<'_> {
    async fn write(&mut self, data: Bytes, total: &mut u64, max: u64) -> Result<(), S3Error> {
        *total += data.len() as u64;
        if *total > max {
            return Err(S3Error::new(ErrorCode::IncompleteBody, format!("the body is longer than {max} bytes")));
        }
        match self {
            Self::Store(writer) => writer.write(data).await?,
            Self::Memory(kept) => kept.extend_from_slice(&data),
        }
        Ok(())
    }
}

fn too_large(max: u64) -> S3Error {
    S3Error::new(ErrorCode::EntityTooLarge, format!("the body is longer than the limit of {max} bytes"))
}

fn chunk_error(error: spacelet_sigv4::ChunkError) -> S3Error {
    use spacelet_sigv4::ChunkError;
    let code = match error {
        ChunkError::Malformed(_) | ChunkError::TooShort => ErrorCode::InvalidArgument,
        ChunkError::Signature | ChunkError::TrailerSignature => ErrorCode::SignatureDoesNotMatch,
        ChunkError::LastSignature | ChunkError::TooLong | ChunkError::Truncated => ErrorCode::XAmzContentSHA256Mismatch,
    };
    S3Error::new(code, error.explanation())
}

/// A header that holds a length.
fn number(headers: &HeaderMap, name: &http::HeaderName) -> Result<Option<u64>, S3Error> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let bytes = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    bytes.map(Some).ok_or_else(|| S3Error::new(ErrorCode::InvalidArgument, format!("{name} is no length")))
}
