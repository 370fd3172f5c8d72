//! The aws-chunked framing, as a push parser without I/O:
//! `size-in-hex[;chunk-signature=64 digits] CRLF data CRLF ... 0[;...] CRLF [name:value CRLF ...] CRLF`.

use bytes::Bytes;

use crate::chunk_signer::same;
use crate::{ChunkError, ChunkSigner, ChunkedPayload, Trailers};

/// The longest line of framing: a size and a signature need about 100 bytes.
const LINE_MAX: usize = 1_024;

/// The most trailing headers; S3 knows one checksum and one signature.
const TRAILERS_MAX: usize = 16;

const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

/// Decodes an aws-chunked body as it arrives.
#[derive(Debug)]
pub struct ChunkedDecoder {
    signer: Option<Box<ChunkSigner>>,
    trailer: bool,
    decoded_len: Option<u64>,
    decoded: u64,
    state: State,
    line: Vec<u8>,
    /// The signature that the current chunk's header claims.
    claimed: [u8; 64],
    /// The last chunk's signature was wrong; which error that is depends on whether another chunk follows.
    wrong: bool,
    trailers: Trailers,
    trailer_signature: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In a chunk's header line.
    Header,
    /// In a chunk's data; so many bytes are still to come.
    Data(u64),
    /// Before the CR or the LF after the data.
    AfterData,
    /// In the lines after the last chunk.
    Trailer,
    /// After everything.
    Done,
}

impl ChunkedDecoder {
    /// A decoder for a body of `decoded_len` bytes (`x-amz-decoded-content-length`), or of any length.
    #[must_use]
    pub fn new(payload: ChunkedPayload, decoded_len: Option<u64>) -> Self {
        Self {
            signer: payload.signed,
            trailer: payload.trailer,
            decoded_len,
            decoded: 0,
            state: State::Header,
            line: Vec::with_capacity(128),
            claimed: [0; 64],
            wrong: false,
            trailers: Trailers::default(),
            trailer_signature: None,
        }
    }

    /// Takes bytes as they arrived and gives the decoded ones, as slices of the input. Bytes are given out before their
    /// chunk's signature is checked: nothing may be committed before [`finish`](Self::finish) said yes.
    ///
    /// # Errors
    /// As [`ChunkError`] lists; after an error the decoder must be dropped.
    pub fn push(&mut self, mut input: Bytes) -> Result<Vec<Bytes>, ChunkError> {
        let mut decoded = Vec::new();
        while !input.is_empty() {
            match self.state {
                State::Header => {
                    if self.take_line(&mut input)? {
                        self.header()?;
                    }
                }
                State::Data(left) => decoded.push(self.data(left, &mut input)),
                State::AfterData => self.after_data(&mut input)?,
                State::Trailer => {
                    if self.take_line(&mut input)? {
                        self.trailer_line()?;
                    }
                }
                State::Done => {
                    if input.iter().any(|byte| !matches!(byte, b'\r' | b'\n')) {
                        return Err(ChunkError::Malformed("bytes follow the end of the aws-chunked body"));
                    }
                    input.clear();
                }
            }
        }
        Ok(decoded)
    }

    /// Ends the body and gives its trailing headers. A missing last chunk is forgiven, as by RGW, when no trailing
    /// headers were promised and all bytes are there.
    ///
    /// # Errors
    /// As [`ChunkError`] lists.
    pub fn finish(mut self) -> Result<Trailers, ChunkError> {
        if self.state == State::Trailer && !self.line.is_empty() {
            self.trailer_line()?;
        }
        match self.state {
            State::Data(_) => return Err(ChunkError::Truncated),
            State::Header if !self.line.is_empty() => return Err(ChunkError::Truncated),
            State::Header | State::AfterData if self.trailer => return Err(ChunkError::Truncated),
            State::Header | State::AfterData | State::Trailer | State::Done => {}
        }
        if self.wrong {
            return Err(ChunkError::LastSignature);
        }
        // DIFFERS: RGW 16 refuses a streamed body of no bytes (a bug); AWS accepts it.
        if self.decoded_len.is_some_and(|len| self.decoded < len) {
            return Err(ChunkError::TooShort);
        }
        if self.trailer {
            self.check_trailers()?;
        }
        Ok(self.trailers)
    }

    /// How many bytes were decoded so far.
    #[must_use]
    pub fn decoded(&self) -> u64 {
        self.decoded
    }

    /// Moves input up to and including a LF into the line; true when the line is whole.
    fn take_line(&mut self, input: &mut Bytes) -> Result<bool, ChunkError> {
        let end = input.iter().take(LINE_MAX + 1).position(|byte| *byte == b'\n');
        let taken = input.split_to(end.map_or(input.len().min(LINE_MAX + 1), |at| at + 1));
        self.line.extend_from_slice(&taken);
        if self.line.len() > LINE_MAX {
            return Err(ChunkError::Malformed("a line of the aws-chunked framing is too long"));
        }
        Ok(end.is_some())
    }

    fn header(&mut self) -> Result<(), ChunkError> {
        let line = self.line.strip_suffix(b"\r\n").and_then(|line| std::str::from_utf8(line).ok());
        let line = line.ok_or(ChunkError::Malformed("a chunk's header does not end with CR LF"))?;
        let (size, extensions) = line.split_once(';').unwrap_or((line, ""));
        let size = parse_size(size)?;
        if self.signer.is_some() {
            // RGW 16 refuses every body with trailers as one whose hash is wrong, so an unsigned chunk is told the same.
            let unsigned = if self.trailer {
                ChunkError::LastSignature
            } else {
                ChunkError::Malformed("a chunk's header carries no chunk-signature of 64 digits")
            };
            self.claimed = claimed_signature(extensions).ok_or(unsigned)?;
        }
        self.line.clear();
        if self.wrong {
            return Err(if size == 0 { ChunkError::LastSignature } else { ChunkError::Signature });
        }
        let room = self.decoded_len.unwrap_or(u64::MAX).saturating_sub(self.decoded);
        if size > room {
            return Err(ChunkError::TooLong);
        }
        self.state = State::Data(size);
        if size == 0 {
            self.end_chunk();
            // DIFFERS: RGW 16 does not look at the last chunk's signature; AWS does, and a cut body must not pass.
            if self.wrong {
                return Err(ChunkError::LastSignature);
            }
            self.state = State::Trailer;
        }
        Ok(())
    }

    fn data(&mut self, left: u64, input: &mut Bytes) -> Bytes {
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
        let data = input.split_to(take);
        let taken = u64::try_from(take).unwrap_or(u64::MAX);
        self.decoded += taken;
        if let Some(signer) = &mut self.signer {
            signer.update(&data);
        }
        self.state = State::Data(left - taken);
        if left == taken {
            self.end_chunk();
            self.state = State::AfterData;
        }
        data
    }

    fn end_chunk(&mut self) {
        if let Some(signer) = &mut self.signer {
            self.wrong = !same(&signer.end_chunk(), &self.claimed);
        }
    }

    fn after_data(&mut self, input: &mut Bytes) -> Result<(), ChunkError> {
        if self.take_line(input)? || self.line.len() >= 2 {
            if self.line != b"\r\n" {
                return Err(ChunkError::Malformed("a chunk's data is not followed by CR LF"));
            }
            self.line.clear();
            self.state = State::Header;
        }
        Ok(())
    }

    /// One line after the last chunk; an empty one ends the body. Some clients put an empty line before the trailing
    /// headers as well, so it only ends a body that has them, or was to have none.
    fn trailer_line(&mut self) -> Result<(), ChunkError> {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_ascii();
        if line.is_empty() {
            let complete = !self.trailer || self.trailer_signature.is_some() || !self.trailers.is_empty();
            self.state = if complete && (self.signer.is_none() || !self.trailer || self.trailer_signature.is_some()) {
                State::Done
            } else {
                State::Trailer
            };
            return Ok(());
        }
        if !self.trailer {
            return Err(ChunkError::Malformed("trailing headers follow, but x-amz-content-sha256 promised none"));
        }
        let (name, value) = std::str::from_utf8(line)
            .ok()
            .and_then(|line| line.split_once(':'))
            .ok_or(ChunkError::Malformed("a trailing header is not of the form name:value"))?;
        let name = name.trim().to_ascii_lowercase();
        if name == TRAILER_SIGNATURE {
            self.trailer_signature = Some(value.trim().to_owned());
        } else if self.trailers.len() < TRAILERS_MAX {
            self.trailers.push(name, value.trim().to_owned());
        } else {
            return Err(ChunkError::Malformed("too many trailing headers"));
        }
        Ok(())
    }

    fn check_trailers(&self) -> Result<(), ChunkError> {
        let Some(signer) = &self.signer else { return Ok(()) };
        let made = signer.sign_trailer(&self.trailers.to_sign());
        let sent = self.trailer_signature.as_deref().unwrap_or_default();
        if same(&made, sent.as_bytes()) { Ok(()) } else { Err(ChunkError::TrailerSignature) }
    }
}

fn parse_size(text: &str) -> Result<u64, ChunkError> {
    let text = text.trim_end_matches([' ', '\t']);
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ChunkError::Malformed("a chunk's size is not a hexadecimal number"));
    }
    // A size that does not fit is longer than any body may be.
    u64::from_str_radix(text, 16).or(Err(ChunkError::TooLong))
}

fn claimed_signature(extensions: &str) -> Option<[u8; 64]> {
    let mut found = extensions.split(';').filter_map(|extension| extension.trim().strip_prefix("chunk-signature="));
    found.next()?.as_bytes().try_into().ok()
}
