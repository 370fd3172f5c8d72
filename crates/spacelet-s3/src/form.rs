//! `multipart/form-data` (RFC 7578) as a push parser without I/O: fields are kept, the file's bytes pass through.
//! Only what S3's POST form needs: fields first, then one file; what follows the file is dropped.

use bytes::{Buf, Bytes, BytesMut};

/// All fields together with their part headers.
const FIELDS_BYTES_MAX: usize = 1 << 20;
/// Number of fields.
const FIELDS_MAX: usize = 200;
/// One part's header block.
const HEADERS_BYTES_MAX: usize = 16 << 10;

/// What was learned from a push.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A field and its value.
    Field(String, String),
    /// The file begins: its `filename`.
    File(String),
    /// Bytes of the file.
    Data(Bytes),
    /// The form has ended; later bytes are ignored.
    End,
}

#[derive(Debug)]
enum State {
    /// Before the first boundary.
    Preamble,
    /// After a boundary: either `--` or a line end and part headers.
    Boundary,
    /// In a field's value.
    Value(String),
    /// In the file.
    File,
    Ended,
}

/// The parser.
#[derive(Debug)]
pub(crate) struct FormParser {
    /// `\r\n--boundary`.
    delimiter: Vec<u8>,
    buffer: BytesMut,
    state: State,
    fields: usize,
    field_bytes: usize,
}

impl FormParser {
    /// From a `Content-Type`; `None` when that is no form, or has no boundary of 1 to 70 bytes.
    pub(crate) fn new(content_type: &str) -> Option<Self> {
        let (kind, parameters) = content_type.split_once(';')?;
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let boundary = parameter(parameters, "boundary").filter(|text| (1..=70).contains(&text.len()))?;
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        // The first boundary has no line end before it: pretend one.
        let buffer = BytesMut::from(&b"\r\n"[..]);
        Some(Self { delimiter, buffer, state: State::Preamble, fields: 0, field_bytes: 0 })
    }

    /// Takes bytes as they come, cut anywhere.
    ///
    /// # Errors
    /// Why this is no form, in plain words.
    pub(crate) fn push(&mut self, data: &[u8]) -> Result<Vec<Event>, &'static str> {
        let mut events = Vec::new();
        if matches!(self.state, State::Ended) {
            return Ok(events);
        }
        self.buffer.extend_from_slice(data);
        while self.step(&mut events)? {}
        Ok(events)
    }

    /// One move of the machine; false when it needs more bytes.
    fn step(&mut self, events: &mut Vec<Event>) -> Result<bool, &'static str> {
        match &self.state {
            State::Preamble => self.preamble(),
            State::Boundary => self.part(events),
            State::Value(_) => self.value(events),
            State::File => Ok(self.file(events)),
            State::Ended => Ok(false),
        }
    }

    fn preamble(&mut self) -> Result<bool, &'static str> {
        match find(&self.buffer, &self.delimiter) {
            Some(at) => {
                self.buffer.advance(at + self.delimiter.len());
                self.state = State::Boundary;
                Ok(true)
            }
            None if self.buffer.len() > HEADERS_BYTES_MAX => Err("the form does not begin with its boundary"),
            None => Ok(false),
        }
    }

    fn part(&mut self, events: &mut Vec<Event>) -> Result<bool, &'static str> {
        if self.buffer.starts_with(b"--") {
            self.state = State::Ended;
            events.push(Event::End);
            return Ok(false);
        }
        let Some(end) = find(&self.buffer, b"\r\n\r\n") else {
            return if self.buffer.len() > HEADERS_BYTES_MAX {
                Err("a part's headers are too long")
            } else {
                Ok(false)
            };
        };
        let head = self.buffer.split_to(end);
        self.buffer.advance(4);
        // The empty line may be the value's own first one: its delimiter begins with a line end.
        let head = String::from_utf8_lossy(&head).into_owned();
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then(|| value.trim().to_owned())
        });
        let disposition = disposition.ok_or("a part has no Content-Disposition")?;
        let name = parameter(&disposition, "name").ok_or("a part has no name")?;
        if name.eq_ignore_ascii_case("file") {
            self.state = State::File;
            events.push(Event::File(parameter(&disposition, "filename").unwrap_or_default()));
            return Ok(true);
        }
        self.fields += 1;
        self.field_bytes += head.len();
        if self.fields > FIELDS_MAX {
            return Err("the form has too many fields");
        }
        self.state = State::Value(name);
        Ok(true)
    }

    fn value(&mut self, events: &mut Vec<Event>) -> Result<bool, &'static str> {
        let Some(at) = find(&self.buffer, &self.delimiter) else {
            let is_too_long = self.field_bytes + self.buffer.len() > FIELDS_BYTES_MAX;
            return if is_too_long { Err("the form's fields are too long") } else { Ok(false) };
        };
        self.field_bytes += at;
        let value = self.buffer.split_to(at);
        self.buffer.advance(self.delimiter.len());
        let State::Value(name) = std::mem::replace(&mut self.state, State::Boundary) else { return Ok(true) };
        events.push(Event::Field(name, String::from_utf8_lossy(&value).into_owned()));
        Ok(true)
    }

    fn file(&mut self, events: &mut Vec<Event>) -> bool {
        if let Some(at) = find(&self.buffer, &self.delimiter) {
            if at > 0 {
                events.push(Event::Data(self.buffer.split_to(at).freeze()));
            }
            self.state = State::Ended;
            events.push(Event::End);
            return false;
        }
        // The end of what is there may be the beginning of the delimiter.
        let sure = self.buffer.len().saturating_sub(self.delimiter.len() - 1);
        if sure > 0 {
            events.push(Event::Data(self.buffer.split_to(sure).freeze()));
        }
        false
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, wanted)
}

/// `name=value` or `name="value"` among `;`-separated parameters; `\"` stands for a quote.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let at = rest.find('=')?;
        let (before, after) = (rest.get(..at)?, rest.get(at + 1..)?);
        let name = before.rsplit(';').next().unwrap_or(before).trim();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after.get(..end)?.trim().to_owned(), after.get(end..)?)
            }
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = left;
    }
}

/// A quoted string up to its end, and what follows it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' if text.get(at + 1..)?.starts_with('"') => {
                letters.next();
                value.push('"');
            }
            letter => value.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    const FORM: &[u8] = b"--B\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na/${filename}\r\n--B\r\n\
        content-disposition: form-data; name=\"empty\"\r\n\r\n\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; \
        filename=\"a\\\"b;c.txt\"\r\nContent-Type: text/plain\r\n\r\nline\r\n--Bx\r\n--\r\n--B\r\n\
        Content-Disposition: form-data; name=\"late\"\r\n\r\nx\r\n--B--\r\n";

    fn whole(pieces: &[&[u8]]) -> (Vec<Event>, Vec<u8>) {
        let mut parser = FormParser::new("multipart/form-data; charset=utf-8; boundary=\"B\"").unwrap();
        let (mut events, mut file) = (Vec::new(), Vec::new());
        for piece in pieces {
            for event in parser.push(piece).unwrap() {
                match event {
                    Event::Data(data) => file.extend_from_slice(&data),
                    other @ (Event::Field(..) | Event::File(_) | Event::End) => events.push(other),
                }
            }
        }
        (events, file)
    }

    #[test]
    fn reads_a_form_cut_anywhere() {
        let expected = [
            Event::Field("key".to_owned(), "a/${filename}".to_owned()),
            Event::Field("empty".to_owned(), String::new()),
            Event::File("a\"b;c.txt".to_owned()),
            Event::End,
        ];
        for cut in 0..=FORM.len() {
            let (events, file) = whole(&[&FORM[..cut], &FORM[cut..]]);
            assert_eq!(events, expected, "cut at {cut}");
            assert_eq!(file, b"line", "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = FORM.chunks(1).collect();
        assert_eq!(whole(&bytes).0, expected);
    }

    #[test]
    fn refuses_what_is_no_form() {
        for content_type in
            ["text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=B"]
        {
            assert!(FormParser::new(content_type).is_none(), "{content_type}");
        }
        let mut parser = FormParser::new("multipart/form-data; boundary=B").unwrap();
        assert!(parser.push(&[b'x'; HEADERS_BYTES_MAX + 10]).is_err());
        let mut parser = FormParser::new("multipart/form-data; boundary=B").unwrap();
        assert!(parser.push(b"--B\r\nContent-Type: text/plain\r\n\r\n").is_err());
        let mut parser = FormParser::new("multipart/form-data; boundary=B").unwrap();
        parser.push(b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n").unwrap();
        assert!(parser.push(&vec![b'x'; FIELDS_BYTES_MAX + 1]).is_err());
    }
}
