//! What the head (and the trailers) promise about a body's digests, and whether the body keeps it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName};
use spacelet_engine::{BodyWriter, ChecksumAlgorithm, CustomerKey, StagedBody, World};
use spacelet_sigv4::{Payload, Trailers};

use crate::checksum::{NAMES, Names, digest_of, names, names_header};
use crate::error::{ErrorCode, S3Error};
use crate::{customer_key, headers};

const SEVERAL: &str = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";

/// Digests that a body must have.
pub(super) struct Expected {
    sha256: Option<[u8; 32]>,
    md5: Option<Vec<u8>>,
    checksum: Option<(&'static str, ChecksumAlgorithm)>,
    /// The checksum's value from the head; `None`: it comes in the trailers.
    digest: Option<Vec<u8>>,
}

impl Expected {
    /// Reads them from the head. A checksum that is announced for the trailers is computed as well.
    pub(super) fn read(headers: &HeaderMap, payload: &Payload, with_md5: bool) -> Result<Self, S3Error> {
        let sha256 = if let Payload::Sha256(digest) = payload { Some(*digest) } else { None };
        let mut expected = Self { sha256, md5: None, checksum: None, digest: None };
        if with_md5 && let Some(value) = headers.get(headers::CONTENT_MD5) {
            let md5 = STANDARD.decode(value.as_bytes()).ok().filter(|digest| digest.len() == 16);
            expected.md5 =
                Some(md5.ok_or_else(|| {
                    S3Error::new(ErrorCode::InvalidDigest, "Content-MD5 is not the base64 of 16 bytes")
                })?);
        }
        for Names { header: name, algorithm, .. } in NAMES {
            let Some(value) = headers.get(HeaderName::from_static(name)) else { continue };
            if expected.checksum.is_some() {
                let why = "more than one x-amz-checksum-* header was sent";
                return Err(S3Error::new(ErrorCode::InvalidRequest, why).with_amazons_message(SEVERAL));
            }
            expected.checksum = Some((name, algorithm));
            expected.digest = Some(digest(name, algorithm, value.as_bytes())?);
        }
        if let (Payload::Chunked(_), None, Some(announced)) = (payload, expected.checksum, headers.get("x-amz-trailer"))
        {
            let announced = announced.to_str().unwrap_or_default();
            let found = NAMES.iter().find(|known| names_header(announced, known.header));
            expected.checksum = found.map(|known| (known.header, known.algorithm));
        }
        Ok(expected)
    }

    /// Of a document that describes another body, whose checksums the head may carry (CompleteMultipartUpload).
    pub(super) fn of_description(payload: &Payload) -> Self {
        let sha256 = if let Payload::Sha256(digest) = payload { Some(*digest) } else { None };
        Self { sha256, md5: None, checksum: None, digest: None }
    }

    /// Whether there is anything to compute beside the MD5.
    pub(super) fn is_checked(&self) -> bool {
        self.sha256.is_some() || self.checksum.is_some() || self.md5.is_some()
    }

    /// The checksum that the client sends, if it sends one.
    pub(super) fn algorithm(&self) -> Option<ChecksumAlgorithm> {
        self.checksum.map(|(_, algorithm)| algorithm)
    }

    /// A writer that computes what is needed; where the client sends no checksum, `or`.
    pub(super) fn begin(
        &self,
        world: &World,
        bytes: u64,
        key: Option<&CustomerKey>,
        or: Option<ChecksumAlgorithm>,
    ) -> Result<BodyWriter, S3Error> {
        let (sha256, checksum) = (self.sha256.is_some(), self.algorithm().or(or));
        Ok(customer_key::begin(world, Some(bytes), sha256, checksum, key)?)
    }

    /// Compares.
    pub(super) fn check(&self, staged: &StagedBody, trailers: Option<&Trailers>) -> Result<(), S3Error> {
        if self.sha256.is_some() && self.sha256 != staged.sha256() {
            return Err(S3Error::new(
                ErrorCode::XAmzContentSHA256Mismatch,
                "the body's SHA-256 is not the one in x-amz-content-sha256",
            ));
        }
        if self.md5.as_ref().is_some_and(|md5| *md5 != staged.md5()) {
            return Err(S3Error::new(ErrorCode::BadDigest, "the body's MD5 is not the one in Content-MD5"));
        }
        let Some((name, algorithm)) = self.checksum else { return Ok(()) };
        let in_trailers = trailers.and_then(|trailers| trailers.get(name));
        let wanted = match (&self.digest, in_trailers) {
            (Some(wanted), _) => wanted.clone(),
            (None, Some(value)) => digest(name, algorithm, value.as_bytes())?,
            (None, None) => {
                return Err(S3Error::new(
                    ErrorCode::InvalidRequest,
                    format!("x-amz-trailer announces {name}, which did not come"),
                ));
            }
        };
        if staged.checksum().is_some_and(|computed| computed.digest == wanted) {
            return Ok(());
        }
        // DIFFERS: RGW 16 ignores checksum headers; a wrong one is refused here in both profiles (docs/DIFFERENCES.md).
        let message = format!("The {} you specified did not match the calculated checksum.", names(algorithm).word);
        let why = format!("the body's checksum is not the one in {name}");
        Err(S3Error::new(ErrorCode::BadDigest, why).with_amazons_message(message))
    }
}

fn digest(name: &str, algorithm: ChecksumAlgorithm, base64: &[u8]) -> Result<Vec<u8>, S3Error> {
    // DIFFERS: for a value that is no digest S3 says InvalidRequest; RGW and ceph/s3-tests have this code.
    digest_of(algorithm, base64).ok_or_else(|| {
        S3Error::new(ErrorCode::BadDigest, format!("{name} is not the base64 of {} bytes", algorithm.digest_bytes()))
            .with_message(format!("Value for {name} header is invalid."))
    })
}
