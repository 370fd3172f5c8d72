//! The aws-chunked decoder: every cut, and every way to be wrong.

use bytes::Bytes;
use proptest::prelude::*;
use spacelet_sigv4::sign::{ChunkEncoder, sign_v4_streaming};
use spacelet_sigv4::{ChunkError, ChunkedDecoder, ChunkedPayload, Payload, Trailers};

use crate::support::{EXAMPLE, EXAMPLE_S, Request};

/// A streamed upload: what verification says of its head, and its framed body.
fn upload(parts: &[&[u8]], signed: bool, trailers: Option<&Trailers>) -> (ChunkedPayload, Vec<u8>) {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    let mut request = Request::new("PUT", "/b/k", &[("host", "h"), ("x-amz-decoded-content-length", &len.to_string())]);
    let (added, mut encoder) = sign_v4_streaming(&request.head(), &EXAMPLE, EXAMPLE_S, trailers.is_some());
    request.add(added);
    let Payload::Chunked(mut payload) = request.verify(EXAMPLE_S).unwrap().payload else { panic!("not chunked") };
    if !signed {
        encoder = ChunkEncoder::unsigned();
        payload.signed = None;
    }
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(&encoder.chunk(part));
    }
    body.extend_from_slice(&encoder.finish(trailers.unwrap_or(&Trailers::default())));
    (payload, body)
}

type Decoded = Result<(Vec<u8>, Trailers), ChunkError>;

fn decode(payload: ChunkedPayload, pieces: &[&[u8]]) -> Decoded {
    let len = payload.decoded_len;
    let mut decoder = ChunkedDecoder::new(payload, Some(len));
    let mut data = Vec::new();
    for piece in pieces {
        for slice in decoder.push(Bytes::copy_from_slice(piece))? {
            data.extend_from_slice(&slice);
        }
    }
    assert_eq!(decoder.decoded(), u64::try_from(data.len()).unwrap());
    Ok((data, decoder.finish()?))
}

fn crc() -> Trailers {
    [("x-amz-checksum-crc32", "NhCmhg==")].into_iter().collect()
}

#[test]
fn every_cut_of_every_kind() {
    let parts: [&[u8]; 3] = [b"hello", b"\r\n0\r\n", b"!"];
    let none = Trailers::default();
    for (signed, trailers) in [(true, None), (true, Some(crc())), (false, Some(crc())), (false, Some(none.clone()))] {
        let whole = upload(&parts, signed, trailers.as_ref()).1;
        for first in 0..=whole.len() {
            for second in (first..=whole.len()).step_by(7) {
                let payload = upload(&parts, signed, trailers.as_ref()).0;
                let pieces = [&whole[..first], &whole[first..second], &whole[second..]];
                let (data, found) = decode(payload, &pieces).unwrap();
                assert_eq!(data, b"hello\r\n0\r\n!");
                assert_eq!(Some(&found), trailers.as_ref().or(Some(&none)));
            }
        }
        let payload = upload(&parts, signed, trailers.as_ref()).0;
        let bytes: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(decode(payload, &bytes).unwrap().0, b"hello\r\n0\r\n!");
    }
}

#[test]
fn what_is_cut_off_is_missed() {
    for (signed, trailers) in [(true, None), (true, Some(crc())), (false, Some(crc()))] {
        let whole = upload(&[b"hello", b"world"], signed, trailers.as_ref()).1;
        let last = if signed { whole.len() - 4 } else { whole.len() - crc_line() };
        for end in 0..last {
            let payload = upload(&[b"hello", b"world"], signed, trailers.as_ref()).0;
            let result = decode(payload, &[&whole[..end]]);
            // As in RGW, a body that lacks nothing but its last chunk is whole.
            let all_data = trailers.is_none() && ends_after_data(&whole[..end]);
            assert_eq!(result.is_ok(), all_data, "{signed} {end} {result:?}");
        }
    }
}

/// The unsigned trailer's line and the empty one: without them only a checksum is missing, which its caller misses.
fn crc_line() -> usize {
    b"x-amz-checksum-crc32:NhCmhg==\r\n\r\n".len() + 2
}

fn ends_after_data(body: &[u8]) -> bool {
    let ends: [&[u8]; 3] = [b"world", b"world\r", b"world\r\n"];
    ends.iter().any(|end| body.ends_with(end))
}

#[test]
fn wrong_bodies() {
    type Change = fn(Vec<u8>) -> Vec<u8>;
    fn replaced(body: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
        let text = String::from_utf8(body).unwrap();
        assert!(text.contains(from));
        text.replacen(from, to, 1).into_bytes()
    }
    fn last_signature_spoilt(body: Vec<u8>) -> Vec<u8> {
        let text = String::from_utf8(body).unwrap();
        let at = text.rfind("chunk-signature=").unwrap() + 16;
        format!("{}{}{}", &text[..at], "0".repeat(64), &text[at + 64..]).into_bytes()
    }
    let malformed = ChunkError::Malformed("");
    let cases: [(&str, Change, ChunkError); 15] = [
        ("data of the first chunk", |body| replaced(body, "hello", "hellx"), ChunkError::Signature),
        ("data of the last chunk", |body| replaced(body, "world", "worlx"), ChunkError::LastSignature),
        ("signature of the last chunk", last_signature_spoilt, ChunkError::LastSignature),
        ("no signature", |body| replaced(body, ";chunk-signature=", ";x="), malformed),
        ("no extension", |body| replaced(body, ";", ""), malformed),
        ("short signature", |body| replaced(body, "chunk-signature=", "chunk-signature=\r\n"), malformed),
        ("size is no number", |body| replaced(body, "5;", "zz;"), malformed),
        ("size is signed", |body| replaced(body, "5;", "+5;"), malformed),
        ("no size", |body| replaced(body, "5;", ";"), malformed),
        ("size too large", |body| replaced(body, "5;", "ffff;"), ChunkError::TooLong),
        ("size overflows", |body| replaced(body, "5;", "ffffffffffffffffff;"), ChunkError::TooLong),
        ("size too small", |body| replaced(body, "5;", "4;"), malformed),
        ("line feeds only", |body| replaced(body, "\r\nhello", "\nhello"), malformed),
        ("garbage", |_| b"garbage".repeat(1000), malformed),
        (
            "more after the end",
            |mut body| {
                body.extend_from_slice(b"junk");
                body
            },
            malformed,
        ),
    ];
    for (name, change, expected) in cases {
        let (payload, body) = upload(&[b"hello", b"world"], true, None);
        let found = decode(payload, &[&change(body)]).unwrap_err();
        assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&expected), "{name}: {found:?}");
    }
}

#[test]
fn lengths_are_held() {
    for (declared, expected) in [(9, Err(ChunkError::TooLong)), (10, Ok(())), (11, Err(ChunkError::TooShort))] {
        let (mut payload, body) = upload(&[b"hello", b"world"], true, None);
        payload.decoded_len = declared;
        assert_eq!(decode(payload, &[&body]).map(|_| ()), expected, "{declared}");
    }
    let (payload, body) = upload(&[], true, None);
    assert_eq!(decode(payload, &[&body]).unwrap().0, b"");
    let (payload, _) = upload(&[], true, None);
    assert_eq!(decode(payload, &[]).unwrap().0, b"", "nothing at all is an empty body, as in RGW");
}

#[test]
fn trailers_must_be_signed_when_chunks_are() {
    let spoil = |from: &str, to: &str| {
        let (payload, body) = upload(&[b"hello"], true, Some(&crc()));
        let text = String::from_utf8(body).unwrap();
        assert!(text.contains(from));
        decode(payload, &[text.replace(from, to).as_bytes()])
    };
    assert_eq!(spoil("NhCmhg==", "AAAAAA==").unwrap_err(), ChunkError::TrailerSignature);
    assert_eq!(spoil("x-amz-trailer-signature:", "x-other:").unwrap_err(), ChunkError::TrailerSignature);
    assert_eq!(spoil("signature:", "signature:0").unwrap_err(), ChunkError::TrailerSignature);
    assert!(
        spoil("x-amz-checksum-crc32:", "X-Amz-Checksum-CRC32: ").is_ok(),
        "names in any case, blanks around values"
    );
    assert!(spoil("x-amz-checksum-crc32:", "\r\nx-amz-checksum-crc32:").is_ok(), "an empty line before the trailers");
    // The recorded case chunked.signed_trailer: chunks without signatures where they were promised.
    let (mut payload, _) = upload(&[b"hello"], true, Some(&crc()));
    payload.decoded_len = 5;
    let unsigned = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    assert_eq!(decode(payload, &[unsigned]).unwrap_err(), ChunkError::LastSignature);
}

#[test]
fn unsigned_trailers_as_sdks_write_them() {
    let payload = || ChunkedPayload { signed: None, trailer: true, decoded_len: 5 };
    for body in [
        "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
        "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n",
        "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==",
        "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\n\r\n\r\n",
        "3;a=b\r\nhel\r\n2\r\nlo\r\n000\r\n\r\nx-amz-checksum-crc32: NhCmhg==\r\n\r\n",
    ] {
        let (data, trailers) = decode(payload(), &[body.as_bytes()]).unwrap();
        assert_eq!(
            (data.as_slice(), trailers.get("x-amz-checksum-crc32")),
            (&b"hello"[..], Some("NhCmhg==")),
            "{body:?}"
        );
    }
    let many = format!("0\r\n{}\r\n", "a:b\r\n".repeat(17));
    assert!(decode(ChunkedPayload { decoded_len: 0, ..payload() }, &[many.as_bytes()]).is_err());
    assert!(decode(payload(), &[b"5\r\nhello\r\n0\r\nno colon\r\n\r\n"]).is_err());
    let long = [b"5\r\nhello\r\n0\r\nx:".as_slice(), &[b'y'; 2000]].concat();
    assert!(decode(payload(), &[&long]).is_err(), "lines are bounded");
    let without = ChunkedPayload { trailer: false, ..payload() };
    assert!(decode(without, &[b"5\r\nhello\r\n0\r\nx:y\r\n\r\n"]).is_err(), "trailers that were not promised");
}

#[test]
fn decoded_bytes_are_slices_of_the_input() {
    let (payload, body) = upload(&[&[b'x'; 5000]], true, None);
    let mut decoder = ChunkedDecoder::new(payload, None);
    let input = Bytes::from(body);
    let range = input.as_ptr_range();
    let slices = decoder.push(input).unwrap();
    assert_eq!(slices.len(), 1);
    assert!(range.contains(&slices[0].as_ptr()));
}

proptest! {
    #[test]
    fn random_parts_at_random_cuts(
        parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..300), 0..6),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
        kind in 0..3,
    ) {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let trailers = crc();
        let (payload, body) = upload(&parts, kind != 0, (kind != 1).then_some(&trailers));
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
        ends.push(body.len());
        ends.sort_unstable();
        let mut start = 0;
        let pieces: Vec<&[u8]> = ends.iter().map(|end| { let piece = &body[start..*end]; start = *end; piece }).collect();
        prop_assert_eq!(decode(payload, &pieces).unwrap().0, parts.concat());
    }

    #[test]
    fn noise_never_panics(body in proptest::collection::vec(prop_oneof![Just(b'0'), Just(b'\r'), Just(b'\n'), Just(b';'), any::<u8>()], 0..200), trailer: bool) {
        let _ = decode(ChunkedPayload { signed: None, trailer, decoded_len: 50 }, &[&body]);
    }
}
