//! S3's additional checksums on the wire (S3 user guide, "Checking object integrity in Amazon S3"): header and element
//! names, values, what an upload announces and what answers show. Only profiles that echo checksums show any.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use spacelet_engine::{AnnouncedChecksum, Checksum, ChecksumAlgorithm, ChecksumKind, ObjectInfo, StagedBody};

use crate::Profile;
use crate::error::{ErrorCode, S3Error, Shape};
use crate::query::Query;
use crate::request::Request;
use crate::response::Response;
use crate::xml::Xml;

const ALGORITHM: HeaderName = HeaderName::from_static("x-amz-checksum-algorithm");
const KIND: HeaderName = HeaderName::from_static("x-amz-checksum-type");
const MODE: HeaderName = HeaderName::from_static("x-amz-checksum-mode");
const SDK_ALGORITHM: &str = "x-amz-sdk-checksum-algorithm";
const UNSUPPORTED: &str = "Checksum algorithm provided is unsupported. Please try again with any of the valid types: \
    [CRC32, CRC32C, CRC64NVME, MD5, SHA1, SHA256, SHA512, XXHASH128, XXHASH3, XXHASH64]";

/// How one algorithm is called.
pub(crate) struct Names {
    /// `x-amz-checksum-crc32`.
    pub(crate) header: &'static str,
    /// `ChecksumCRC32`.
    pub(crate) element: &'static str,
    /// `CRC32`.
    pub(crate) word: &'static str,
    pub(crate) algorithm: ChecksumAlgorithm,
}

/// Every algorithm's names.
pub(crate) const NAMES: [Names; 10] = [
    named("x-amz-checksum-crc32", "ChecksumCRC32", "CRC32", ChecksumAlgorithm::Crc32),
    named("x-amz-checksum-crc32c", "ChecksumCRC32C", "CRC32C", ChecksumAlgorithm::Crc32c),
    named("x-amz-checksum-crc64nvme", "ChecksumCRC64NVME", "CRC64NVME", ChecksumAlgorithm::Crc64Nvme),
    named("x-amz-checksum-sha1", "ChecksumSHA1", "SHA1", ChecksumAlgorithm::Sha1),
    named("x-amz-checksum-sha256", "ChecksumSHA256", "SHA256", ChecksumAlgorithm::Sha256),
    named("x-amz-checksum-sha512", "ChecksumSHA512", "SHA512", ChecksumAlgorithm::Sha512),
    named("x-amz-checksum-md5", "ChecksumMD5", "MD5", ChecksumAlgorithm::Md5),
    named("x-amz-checksum-xxhash64", "ChecksumXXHASH64", "XXHASH64", ChecksumAlgorithm::XxHash64),
    named("x-amz-checksum-xxhash3", "ChecksumXXHASH3", "XXHASH3", ChecksumAlgorithm::XxHash3),
    named("x-amz-checksum-xxhash128", "ChecksumXXHASH128", "XXHASH128", ChecksumAlgorithm::XxHash128),
];

const fn named(header: &'static str, element: &'static str, word: &'static str, algorithm: ChecksumAlgorithm) -> Names {
    Names { header, element, word, algorithm }
}

/// The names of an algorithm.
pub(crate) fn names(algorithm: ChecksumAlgorithm) -> &'static Names {
    match algorithm {
        ChecksumAlgorithm::Crc32 => &NAMES[0],
        ChecksumAlgorithm::Crc32c => &NAMES[1],
        ChecksumAlgorithm::Crc64Nvme => &NAMES[2],
        ChecksumAlgorithm::Sha1 => &NAMES[3],
        ChecksumAlgorithm::Sha256 => &NAMES[4],
        ChecksumAlgorithm::Sha512 => &NAMES[5],
        ChecksumAlgorithm::Md5 => &NAMES[6],
        ChecksumAlgorithm::XxHash64 => &NAMES[7],
        ChecksumAlgorithm::XxHash3 => &NAMES[8],
        ChecksumAlgorithm::XxHash128 => &NAMES[9],
    }
}

/// `FULL_OBJECT` or `COMPOSITE`.
pub(crate) fn kind_word(kind: ChecksumKind) -> &'static str {
    match kind {
        ChecksumKind::FullObject => "FULL_OBJECT",
        ChecksumKind::Composite => "COMPOSITE",
    }
}

/// The digest in base64; a composite one says of how many parts.
pub(crate) fn value(checksum: &Checksum, parts: usize) -> String {
    let digest = STANDARD.encode(&checksum.digest);
    match checksum.kind {
        ChecksumKind::FullObject => digest,
        ChecksumKind::Composite => format!("{digest}-{parts}"),
    }
}

/// The algorithm that a word names.
fn algorithm_of(word: &str) -> Option<ChecksumAlgorithm> {
    NAMES.iter().find(|names| names.word.eq_ignore_ascii_case(word)).map(|names| names.algorithm)
}

/// The digest of a base64 text of the right length.
pub(crate) fn digest_of(algorithm: ChecksumAlgorithm, base64: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(base64).ok().filter(|digest| digest.len() == algorithm.digest_bytes())
}

/// What CreateMultipartUpload announces: `x-amz-checksum-algorithm` and `x-amz-checksum-type`.
///
/// # Errors
/// `InvalidRequest` for words that S3 does not know, and for pairs that it does not offer: whole objects have CRCs only,
/// and CRC64NVME is of whole objects only.
pub(crate) fn announced(headers: &HeaderMap) -> Result<Option<AnnouncedChecksum>, S3Error> {
    let invalid = |why: String| S3Error::new(ErrorCode::InvalidRequest, why.clone()).with_message(why);
    let word =
        |name: &HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let kind = match word(&KIND).as_deref() {
        None => None,
        Some("FULL_OBJECT") => Some(ChecksumKind::FullObject),
        Some("COMPOSITE") => Some(ChecksumKind::Composite),
        Some(_) => return Err(invalid("Value for x-amz-checksum-type header is invalid.".to_owned())),
    };
    let Some(wanted) = word(&ALGORITHM) else {
        return match kind {
            None => Ok(None),
            Some(_) => Err(invalid(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.".to_owned(),
            )),
        };
    };
    let algorithm = algorithm_of(&wanted).ok_or_else(|| invalid(UNSUPPORTED.to_owned()))?;
    let kind = match (algorithm, kind) {
        (ChecksumAlgorithm::Crc64Nvme, None) => ChecksumKind::FullObject,
        (_, None) => ChecksumKind::Composite,
        (ChecksumAlgorithm::Crc64Nvme, Some(kind @ ChecksumKind::Composite)) => return Err(unfit(kind, algorithm)),
        (_, Some(kind @ ChecksumKind::FullObject)) if !algorithm.is_crc() => return Err(unfit(kind, algorithm)),
        (_, Some(kind)) => kind,
    };
    Ok(Some(AnnouncedChecksum { algorithm, kind }))
}

/// A type that S3 does not offer with that algorithm.
fn unfit(kind: ChecksumKind, algorithm: ChecksumAlgorithm) -> S3Error {
    let word = names(algorithm).word.to_ascii_lowercase();
    let why = format!("The {} checksum type cannot be used with the {word} checksum algorithm.", kind_word(kind));
    S3Error::new(ErrorCode::InvalidRequest, why.clone()).with_message(why)
}

/// The checksum that a copy is to have, by `x-amz-checksum-algorithm`.
///
/// # Errors
/// `InvalidRequest` for an unknown word.
pub(crate) fn wanted_of_copy(headers: &HeaderMap) -> Result<Option<ChecksumAlgorithm>, S3Error> {
    let Some(word) = headers.get(&ALGORITHM) else { return Ok(None) };
    let found = word.to_str().ok().and_then(algorithm_of);
    found.map(Some).ok_or_else(|| {
        S3Error::new(ErrorCode::InvalidRequest, "x-amz-checksum-algorithm is not known").with_message(UNSUPPORTED)
    })
}

/// What Spaces made of the new checksums in early 2025, as users saw it (spaces-reference 5.2): a body with a trailer had a
/// wrong signature, a checksum in the head was a 400 without a body.
///
/// # Errors
/// `SignatureDoesNotMatch`, `InvalidRequest`.
pub(crate) fn refuse_as_in_2025(headers: &HeaderMap) -> Result<(), S3Error> {
    let payload = headers.get("x-amz-content-sha256").map(|value| value.as_bytes()).unwrap_or_default();
    let advice = "the server was started with --checksums refuse-2025; set request_checksum_calculation (or \
        AWS_REQUEST_CHECKSUM_CALCULATION) to when_required";
    if payload.starts_with(b"STREAMING-") && payload.ends_with(b"-TRAILER") {
        return Err(S3Error::new(ErrorCode::SignatureDoesNotMatch, advice));
    }
    let has_one = NAMES.iter().any(|names| headers.contains_key(names.header)) || headers.contains_key(SDK_ALGORITHM);
    match has_one {
        true => Err(S3Error::new(ErrorCode::InvalidRequest, advice).with_shape(Shape::Empty)),
        false => Ok(()),
    }
}

/// `x-amz-sdk-checksum-algorithm` announces a checksum, in the head or in the trailers, which must then be there and be of
/// that algorithm.
///
/// # Errors
/// `InvalidRequest`. (The API reference says `BadDigest` of another algorithm's value; S3 answers this, as OpenStack
/// Swift's tests found: test/s3api/test_object_checksums.py.)
pub(crate) fn check_announcement(headers: &HeaderMap) -> Result<(), S3Error> {
    let Some(announced) = headers.get(SDK_ALGORITHM) else { return Ok(()) };
    let in_head = NAMES.iter().find(|names| headers.contains_key(names.header));
    let trailers = headers.get("x-amz-trailer").map(|names| String::from_utf8_lossy(names.as_bytes()));
    let in_trailers =
        || NAMES.iter().find(|known| trailers.as_deref().is_some_and(|sent| names_header(sent, known.header)));
    let why = match in_head.or_else(in_trailers) {
        Some(names) if announced.as_bytes().eq_ignore_ascii_case(names.word.as_bytes()) => return Ok(()),
        None if trailers.is_none() => {
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers \
            were found."
        }
        Some(_) | None => "Value for x-amz-sdk-checksum-algorithm header is invalid.",
    };
    Err(S3Error::new(ErrorCode::InvalidRequest, why).with_message(why))
}

/// Whether the head has a checksum, or announces one in the trailers.
pub(crate) fn is_sent(headers: &HeaderMap) -> bool {
    let trailers = headers.get("x-amz-trailer").map(|names| String::from_utf8_lossy(names.as_bytes()));
    let is_sent = |name| headers.contains_key(name) || trailers.as_deref().is_some_and(|sent| names_header(sent, name));
    NAMES.iter().any(|names| is_sent(names.header))
}

/// Whether a list of header names has that one.
pub(crate) fn names_header(list: &str, header: &str) -> bool {
    list.split(',').any(|name| name.trim().eq_ignore_ascii_case(header))
}

/// The name of a checksum in a presigned link's query, where it says nothing about the body (S3 user guide, "Download
/// and upload objects with presigned URLs").
pub(crate) fn in_query(query: &Query<'_>) -> Option<&'static str> {
    NAMES.iter().map(|names| names.header).find(|name| query.get(name).is_some())
}

/// Whether the request asks for checksums in the answer.
pub(crate) fn is_asked_for(headers: &HeaderMap) -> bool {
    headers.get(&MODE).is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"enabled"))
}

/// Adds an object's checksum to an answer, where the profile shows checksums.
pub(crate) fn with_checksum(response: Response, request: &Request<'_>, object: &ObjectInfo) -> Response {
    match &object.checksum {
        Some(checksum) if request.profile().echoes_checksums => {
            let value = value(checksum, object.parts.len());
            with_header(response, checksum.algorithm, &value).header(KIND, kind_header(checksum.kind))
        }
        _ => response,
    }
}

/// As [`with_checksum`], for the part at that place (from 0) of an object: its own digest, the object's type.
pub(crate) fn with_part_checksum(response: Response, object: &ObjectInfo, at: usize) -> Response {
    match (&object.checksum, object.part_digest(at)) {
        (Some(checksum), Some(digest)) => {
            with_header(response, checksum.algorithm, &STANDARD.encode(digest)).header(KIND, kind_header(checksum.kind))
        }
        _ => response,
    }
}

/// Adds `x-amz-checksum-*` only.
pub(crate) fn with_header(response: Response, algorithm: ChecksumAlgorithm, value: &str) -> Response {
    response.header_bytes(HeaderName::from_static(names(algorithm).header), value.as_bytes())
}

/// Adds what an upload announced.
pub(crate) fn with_announced(response: Response, announced: AnnouncedChecksum) -> Response {
    response
        .header(ALGORITHM, HeaderValue::from_static(names(announced.algorithm).word))
        .header(KIND, kind_header(announced.kind))
}

/// Writes `ChecksumCRC32` and the like, and `ChecksumType`.
pub(crate) fn write(xml: &mut Xml, object: &ObjectInfo) {
    if let Some(checksum) = &object.checksum {
        xml.text(names(checksum.algorithm).element, &value(checksum, object.parts.len()));
        xml.text("ChecksumType", kind_word(checksum.kind));
    }
}

fn kind_header(kind: ChecksumKind) -> HeaderValue {
    HeaderValue::from_static(kind_word(kind))
}

/// Which checksum is kept with a body that is being received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptChecksum {
    /// None, whatever the client sends: it is checked only.
    Nothing,
    /// The one that the client sends; this one when it sends none.
    Sent(ChecksumAlgorithm),
    /// The one that the part's upload announced, which the client sends, or may leave out where the object's checksum
    /// is not one of its parts' checksums.
    Announced(AnnouncedChecksum),
    /// CRC64NVME, whichever the client sends: the part's upload announced none.
    Unannounced,
}

impl KeptChecksum {
    /// Of an object that is sent in one piece.
    pub(crate) fn of_object(profile: &Profile) -> Self {
        if profile.echoes_checksums { Self::Sent(ChecksumAlgorithm::Crc64Nvme) } else { Self::Nothing }
    }

    /// Of a part of an upload.
    pub(crate) fn of_part(profile: &Profile, announced: Option<AnnouncedChecksum>) -> Self {
        match announced {
            _ if !profile.echoes_checksums => Self::Nothing,
            Some(announced) => Self::Announced(announced),
            None => Self::Unannounced,
        }
    }

    /// What is computed when the client sends none.
    pub(crate) fn algorithm(self) -> Option<ChecksumAlgorithm> {
        match self {
            Self::Nothing => None,
            Self::Sent(algorithm) => Some(algorithm),
            Self::Unannounced => Some(ChecksumAlgorithm::Crc64Nvme),
            Self::Announced(announced) => Some(announced.algorithm),
        }
    }

    /// Whether the client may send that one, or none.
    ///
    /// # Errors
    /// `InvalidRequest`, with S3's words.
    pub(crate) fn allows(self, sent: Option<ChecksumAlgorithm>) -> Result<(), S3Error> {
        let (algorithm, is_allowed) = match self {
            Self::Nothing | Self::Sent(_) | Self::Unannounced => return Ok(()),
            Self::Announced(AnnouncedChecksum { algorithm, kind }) => {
                let may_lack = kind == ChecksumKind::FullObject;
                (algorithm, sent.map_or(may_lack, |sent| sent == algorithm))
            }
        };
        if is_allowed {
            return Ok(());
        }
        let word = |algorithm: ChecksumAlgorithm| names(algorithm).word.to_ascii_lowercase();
        let (expected, actual) = (word(algorithm), sent.map_or_else(|| "null".to_owned(), word));
        let why = format!(
            "Checksum Type mismatch occurred, expected checksum Type: {expected}, actual checksum Type: {actual}"
        );
        Err(S3Error::new(ErrorCode::InvalidRequest, why.clone()).with_message(why))
    }

    /// What is to be stored with the body.
    pub(crate) fn of(self, staged: &StagedBody) -> Option<Checksum> {
        match self {
            Self::Nothing => None,
            Self::Unannounced => staged.kept_crc64().or(staged.checksum()).cloned(),
            Self::Sent(_) | Self::Announced(_) => staged.checksum().cloned(),
        }
    }

    /// Whether the CRC64NVME is computed besides what the client sends.
    pub(crate) fn keeps_another(self, sent: Option<ChecksumAlgorithm>) -> bool {
        self == Self::Unannounced && sent.is_some_and(|sent| sent != ChecksumAlgorithm::Crc64Nvme)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn headers(algorithm: &str, kind: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [(ALGORITHM, algorithm), (KIND, kind)] {
            if !value.is_empty() {
                headers.insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        headers
    }

    #[test]
    fn names_are_those_of_their_algorithm() {
        for algorithm in ChecksumAlgorithm::ALL {
            let names = names(algorithm);
            assert_eq!(names.algorithm, algorithm);
            assert_eq!(algorithm_of(names.word), Some(algorithm));
            assert!(names.header.ends_with(&names.word.to_ascii_lowercase()));
            assert_eq!(names.element, format!("Checksum{}", names.word));
        }
    }

    #[test]
    fn each_pair_of_algorithm_and_type() {
        let read = |algorithm, kind| {
            let found = announced(&headers(algorithm, kind)).map_err(|error| error.code)?;
            Ok::<_, ErrorCode>(found.map(|found| (names(found.algorithm).word, kind_word(found.kind))))
        };
        let refused = Err(ErrorCode::InvalidRequest);
        for (algorithm, kind, expected) in [
            ("", "", Ok(None)),
            ("", "COMPOSITE", refused),
            ("CRC32", "", Ok(Some(("CRC32", "COMPOSITE")))),
            ("crc32c", "", Ok(Some(("CRC32C", "COMPOSITE")))),
            ("CRC32C", "FULL_OBJECT", Ok(Some(("CRC32C", "FULL_OBJECT")))),
            ("CRC64NVME", "", Ok(Some(("CRC64NVME", "FULL_OBJECT")))),
            ("CRC64NVME", "COMPOSITE", refused),
            ("SHA1", "", Ok(Some(("SHA1", "COMPOSITE")))),
            ("SHA256", "COMPOSITE", Ok(Some(("SHA256", "COMPOSITE")))),
            ("SHA256", "FULL_OBJECT", refused),
            ("SHA1", "WHOLE", refused),
            ("MD5", "", Ok(Some(("MD5", "COMPOSITE")))),
            ("SHA512", "FULL_OBJECT", refused),
            ("XXHASH3", "COMPOSITE", Ok(Some(("XXHASH3", "COMPOSITE")))),
            ("xxhash128", "FULL_OBJECT", refused),
            ("MD4", "", refused),
        ] {
            assert_eq!(read(algorithm, kind), expected, "{algorithm} {kind}");
        }
    }

    #[test]
    fn values_say_how_many_parts() {
        let mut checksum =
            Checksum { algorithm: ChecksumAlgorithm::Crc32, kind: ChecksumKind::FullObject, digest: vec![0, 0, 0, 1] };
        assert_eq!(value(&checksum, 3), "AAAAAQ==");
        checksum.kind = ChecksumKind::Composite;
        assert_eq!(value(&checksum, 3), "AAAAAQ==-3");
        assert_eq!(digest_of(ChecksumAlgorithm::Crc32, b"AAAAAQ=="), Some(vec![0, 0, 0, 1]));
        assert_eq!(digest_of(ChecksumAlgorithm::Crc32c, b"AAAAAQ"), None);
        assert_eq!(digest_of(ChecksumAlgorithm::Sha1, b"AAAAAQ=="), None);
    }

    #[test]
    fn parts_keep_to_what_their_upload_announced() {
        let (crc32, crc64) = (ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc64Nvme);
        let composite = KeptChecksum::Announced(AnnouncedChecksum { algorithm: crc32, kind: ChecksumKind::Composite });
        let whole = KeptChecksum::Announced(AnnouncedChecksum { algorithm: crc32, kind: ChecksumKind::FullObject });
        for (kept, sent, is_allowed) in [
            (composite, Some(crc32), true),
            (composite, Some(crc64), false),
            (composite, None, false),
            (whole, Some(crc32), true),
            (whole, Some(crc64), false),
            (whole, None, true),
            (KeptChecksum::Unannounced, None, true),
            (KeptChecksum::Unannounced, Some(crc32), true),
            (KeptChecksum::Sent(crc64), Some(crc32), true),
            (KeptChecksum::Nothing, Some(crc32), true),
        ] {
            assert_eq!(kept.allows(sent).is_ok(), is_allowed, "{kept:?} {sent:?}");
        }
    }

    #[test]
    fn an_announced_checksum_must_come() {
        let mut headers = HeaderMap::new();
        check_announcement(&headers).unwrap();
        headers.insert(SDK_ALGORITHM, HeaderValue::from_static("CRC32"));
        assert_eq!(check_announcement(&headers).unwrap_err().code, ErrorCode::InvalidRequest);
        headers.insert("x-amz-trailer", HeaderValue::from_static("x-other, x-amz-checksum-CRC32"));
        check_announcement(&headers).unwrap();
        headers.insert(SDK_ALGORITHM, HeaderValue::from_static("CRC32C"));
        assert_eq!(check_announcement(&headers).unwrap_err().code, ErrorCode::InvalidRequest);
        headers.insert("x-amz-checksum-crc32c", HeaderValue::from_static("AAAAAA=="));
        check_announcement(&headers).unwrap();
        headers.insert(SDK_ALGORITHM, HeaderValue::from_static("CRC31"));
        assert_eq!(check_announcement(&headers).unwrap_err().code, ErrorCode::InvalidRequest);
    }
}
