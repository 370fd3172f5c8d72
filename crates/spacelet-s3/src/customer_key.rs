//! Encryption with a customer's key, SSE-C (S3 user guide; order of checks and texts as RGW's `rgw_crypt.cc`).
//!
//! The key comes with each request, is used for it and forgotten; it is in no log and no journal.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use md5::{Digest as _, Md5};
use spacelet_engine::{
    BodyReader, BodyWriter, ChecksumAlgorithm, CustomerKey, EngineError, KeyMark, ObjectInfo, World,
};

use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::response::Response;

const UNNAMED_ALGORITHM: &str = "Requests specifying Server Side Encryption with Customer provided keys must provide a \
    valid encryption algorithm.";
const BAD_ALGORITHM: &str = "The requested encryption algorithm is not valid, must be AES256.";
const BAD_KEY: &str = "Requests specifying Server Side Encryption with Customer provided keys must provide an \
    appropriate secret key.";
const BAD_MD5: &str = "Requests specifying Server Side Encryption with Customer provided keys must provide an \
    appropriate secret key md5.";
const OTHER_MD5: &str = "The calculated MD5 hash of the key did not match the hash that was provided.";
const NOT_SEALED: &str = "The encryption parameters are not applicable to this object.";
const SEALED: &str = "The object was stored using a form of Server Side Encryption. The correct parameters must be \
    provided to retrieve the object.";

/// What a profile says to a reader who has the wrong key, none, or one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerKeyFaults {
    /// Wrong key and none: 400 InvalidArgument; a key for what needs none is not looked at.
    Rgw,
    /// Wrong key, none, or one for what needs none: 400 InvalidRequest (as ceph/s3-tests asks of AWS for a wrong key).
    Aws,
}

/// The three headers that carry a key.
pub(crate) struct Names {
    algorithm: HeaderName,
    key: HeaderName,
    key_md5: HeaderName,
}

/// Of the object that is written or read.
pub(crate) const OWN: Names = Names {
    algorithm: HeaderName::from_static("x-amz-server-side-encryption-customer-algorithm"),
    key: HeaderName::from_static("x-amz-server-side-encryption-customer-key"),
    key_md5: HeaderName::from_static("x-amz-server-side-encryption-customer-key-md5"),
};
/// Of a copy's source.
pub(crate) const SOURCE: Names = Names {
    algorithm: HeaderName::from_static("x-amz-copy-source-server-side-encryption-customer-algorithm"),
    key: HeaderName::from_static("x-amz-copy-source-server-side-encryption-customer-key"),
    key_md5: HeaderName::from_static("x-amz-copy-source-server-side-encryption-customer-key-md5"),
};

/// A key that a request carries, and its MD5 for the answer.
pub(crate) struct Given {
    pub(crate) key: CustomerKey,
    key_md5: HeaderValue,
}

/// A writer for a body that is sealed with the key, where there is one; the rest as [`World::begin_body`].
///
/// # Errors
/// As there.
pub(crate) fn begin(
    world: &World,
    bytes: Option<u64>,
    sha256: bool,
    checksum: Option<ChecksumAlgorithm>,
    key: Option<&CustomerKey>,
) -> Result<BodyWriter, EngineError> {
    match key {
        None => world.begin_body(bytes, sha256, checksum),
        Some(key) => world.begin_sealed_body(bytes, sha256, checksum, key),
    }
}

/// A reader of a range of an object's body, opened with the key where it is stored under one.
///
/// # Errors
/// As [`World::open_body`].
pub(crate) fn open(
    world: &World,
    object: &ObjectInfo,
    range: Range<u64>,
    given: Option<&Given>,
) -> Result<BodyReader, EngineError> {
    match given {
        None => world.open_body(&object.body, range),
        Some(given) => world.open_sealed_body(&object.body, range, &given.key),
    }
}

/// The key under which the request wants to write.
///
/// # Errors
/// `InvalidEncryptionAlgorithmError`, `InvalidArgument`, `InvalidRequest` without TLS where that is asked for.
pub(crate) fn of_write(request: &Request<'_>) -> Result<Option<Given>, S3Error> {
    let headers = request.headers;
    if value(headers, &OWN.algorithm).is_none() {
        if value(headers, &OWN.key).is_some() || value(headers, &OWN.key_md5).is_some() {
            return Err(invalid("a customer's key without its algorithm", UNNAMED_ALGORITHM));
        }
        return Ok(None);
    }
    check_algorithm(headers, &OWN)?;
    check_transport(request)?;
    read(headers, &OWN).map(Some)
}

/// The key that opens what is stored under `mark`; `None` where it is stored under none.
///
/// # Errors
/// As [`of_write`]; for another key than the one it was stored under as [`CustomerKeyFaults`] says.
pub(crate) fn of_read(request: &Request<'_>, mark: Option<&KeyMark>, names: &Names) -> Result<Option<Given>, S3Error> {
    let faults = request.profile().customer_key_faults;
    let headers = request.headers;
    let is_given = headers.contains_key(&names.algorithm);
    let Some(mark) = mark else {
        return match faults {
            CustomerKeyFaults::Aws if is_given => {
                let why = "the request carries a customer's key, and the object is stored under none";
                Err(S3Error::new(ErrorCode::InvalidRequest, why).with_message(NOT_SEALED))
            }
            CustomerKeyFaults::Aws | CustomerKeyFaults::Rgw => Ok(None),
        };
    };
    check_transport(request)?;
    if !is_given {
        let why = "the object is stored under a customer's key, which this request does not carry";
        return Err(match faults {
            CustomerKeyFaults::Rgw => invalid(why, UNNAMED_ALGORITHM),
            CustomerKeyFaults::Aws => S3Error::new(ErrorCode::InvalidRequest, why).with_message(SEALED),
        });
    }
    check_algorithm(headers, names)?;
    let given = read(headers, names)?;
    if mark.is_of(&given.key) {
        return Ok(Some(given));
    }
    let why = "the object is stored under another customer's key than the one in the request";
    Err(match faults {
        CustomerKeyFaults::Rgw => invalid(why, OTHER_MD5),
        CustomerKeyFaults::Aws => S3Error::new(ErrorCode::InvalidRequest, why).with_message(SEALED),
    })
}

/// Says in the answer under which key the object is stored.
pub(crate) fn told(given: Option<&Given>, response: Response) -> Response {
    match given {
        Some(given) => response
            .header(OWN.algorithm, HeaderValue::from_static("AES256"))
            .header(OWN.key_md5, given.key_md5.clone()),
        None => response,
    }
}

fn check_algorithm(headers: &HeaderMap, names: &Names) -> Result<(), S3Error> {
    if headers.get(&names.algorithm).is_some_and(|algorithm| algorithm == "AES256") {
        return Ok(());
    }
    let why = "the only algorithm for customers' keys is AES256";
    Err(S3Error::new(ErrorCode::InvalidEncryptionAlgorithmError, why).with_message(BAD_ALGORITHM))
}

// DIFFERS: keys are taken over plain HTTP unless a setting says otherwise; RGW and AWS want TLS. What listens on
// localhost has no certificate at first, and a test of encryption should not need one.
fn check_transport(request: &Request<'_>) -> Result<(), S3Error> {
    if request.shared.settings.customer_keys_need_tls && !request.circumstances.is_secure() {
        return Err(S3Error::new(ErrorCode::InvalidRequest, "customers' keys are taken over TLS only, by a setting"));
    }
    Ok(())
}

fn read(headers: &HeaderMap, names: &Names) -> Result<Given, S3Error> {
    let decoded = |name| value(headers, name).and_then(|value| STANDARD.decode(value.as_bytes()).ok());
    let key = decoded(&names.key).and_then(|key| <[u8; 32]>::try_from(key).ok());
    let key = key.ok_or_else(|| invalid("the customer's key is not the base64 of 32 bytes", BAD_KEY))?;
    let md5 = decoded(&names.key_md5).and_then(|md5| <[u8; 16]>::try_from(md5).ok());
    let md5 = md5.ok_or_else(|| invalid("the MD5 of the customer's key is not the base64 of 16 bytes", BAD_MD5))?;
    // Both come with the request, so that there is nothing to learn from how long this takes.
    if Md5::digest(key).as_slice() != md5 {
        return Err(invalid("the customer's key and its MD5 do not belong together", OTHER_MD5));
    }
    let key_md5 = HeaderValue::from_str(&STANDARD.encode(md5))
        .map_err(|_unprintable| S3Error::new(ErrorCode::InternalError, "base64 that no header can carry"))?;
    Ok(Given { key: CustomerKey::new(key), key_md5 })
}

fn value<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    headers.get(name).filter(|value| !value.is_empty())
}

fn invalid(why: &'static str, message: &'static str) -> S3Error {
    S3Error::new(ErrorCode::InvalidArgument, why).with_message(message)
}
