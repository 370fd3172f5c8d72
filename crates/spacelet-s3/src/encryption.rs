//! Server-side encryption with S3's own keys and with KMS, as far as a client sees it: headers on writes, a bucket's
//! default, headers on answers (S3 user guide, "Protecting data with server-side encryption").
// DIFFERS: AES256 and aws:kms are only recorded and reported; bodies are stored as they are sent, and no KMS is asked.

use http::{HeaderMap, HeaderName};
use spacelet_engine::{Bucket, DocumentKind, ObjectMeta, StoredHeader, World};

use crate::error::{ErrorCode, S3Error};
use crate::response::Response;
use crate::stored::stored_root;
use crate::xml::{Element, Xml};

const ROOT: &str = "ServerSideEncryptionConfiguration";
const ALGORITHM: HeaderName = HeaderName::from_static("x-amz-server-side-encryption");
const KEY_ID: HeaderName = HeaderName::from_static("x-amz-server-side-encryption-aws-kms-key-id");
const BUCKET_KEY: HeaderName = HeaderName::from_static("x-amz-server-side-encryption-bucket-key-enabled");
const CUSTOMER_ALGORITHM: &str = "x-amz-server-side-encryption-customer-algorithm";

pub(crate) const AES256: &str = "AES256";
/// What a bucket may block: customers' keys.
pub(crate) const CUSTOMER: &str = "SSE-C";
/// What `x-amz-server-side-encryption` may be.
pub(crate) const ALGORITHMS: [&str; 3] = [AES256, "aws:kms", "aws:kms:dsse"];
/// What is answered about an object, where it was recorded; each is stored with the object under its own name.
const TOLD: [HeaderName; 3] = [ALGORITHM, KEY_ID, BUCKET_KEY];
/// The key that KMS uses where none is named.
const MANAGED_KEY: &str = "arn:aws:kms:us-east-1:000000000000:alias/aws/s3";

/// Encryption as it is recorded with an object.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Encryption {
    algorithm: String,
    key_id: Option<String>,
    uses_bucket_key: bool,
}

/// What to record with a new object: what its headers say, else the bucket's default, else nothing.
///
/// # Errors
/// `InvalidArgument`, `AccessDenied` for a customer's key where the bucket blocks such, storage errors.
pub(crate) fn of_new_object(headers: &HeaderMap, world: &World, bucket: &Bucket) -> Result<Vec<StoredHeader>, S3Error> {
    let encryption = match of_headers(headers)? {
        Some(encryption) => Some(encryption),
        None if headers.contains_key(CUSTOMER_ALGORITHM) => {
            may_have_customer_key(world, bucket)?;
            None
        }
        None => default_of(world, bucket)?,
    };
    Ok(encryption.map(Encryption::recorded).unwrap_or_default())
}

/// Whether the bucket takes what a customer's key is to encrypt (S3 user guide, "Blocking or unblocking SSE-C for a
/// general purpose bucket").
fn may_have_customer_key(world: &World, bucket: &Bucket) -> Result<(), S3Error> {
    let root = stored_root(world, bucket, DocumentKind::Encryption, ROOT)?;
    let blocked = root.as_ref().and_then(|root| root.child("Rule")?.child("BlockedEncryptionTypes"));
    match blocked.is_some_and(|blocked| blocked.all("EncryptionType").any(|kind| kind.text.trim() == CUSTOMER)) {
        true => {
            Err(S3Error::new(ErrorCode::AccessDenied, "BlockedEncryptionTypes of the bucket forbids customers' keys"))
        }
        false => Ok(()),
    }
}

fn of_headers(headers: &HeaderMap) -> Result<Option<Encryption>, S3Error> {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?").to_owned());
    let key_id = text(&KEY_ID).filter(|id| !id.is_empty());
    let Some(algorithm) = text(&ALGORITHM) else {
        return match key_id {
            None => Ok(None),
            Some(_) => Err(without_kms()),
        };
    };
    if !ALGORITHMS.contains(&algorithm.as_str()) {
        let why = "x-amz-server-side-encryption is AES256, aws:kms or aws:kms:dsse";
        return Err(S3Error::new(ErrorCode::InvalidArgument, why)
            .with_message("The encryption method specified is not supported"));
    }
    if algorithm == AES256 && key_id.is_some() {
        return Err(without_kms());
    }
    if headers.contains_key(CUSTOMER_ALGORITHM) {
        let why = "an object is encrypted with the customer's key or with the service's, not with both";
        return Err(S3Error::new(ErrorCode::InvalidArgument, why).with_message(
            "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
        ));
    }
    let uses_bucket_key = text(&BUCKET_KEY).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    Ok(Some(Encryption { algorithm, key_id, uses_bucket_key }))
}

fn without_kms() -> S3Error {
    let why = "a KMS key goes with x-amz-server-side-encryption: aws:kms";
    S3Error::new(ErrorCode::InvalidArgument, why).with_message(
        "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
    )
}

/// The default of a bucket; nothing is read where it has none.
fn default_of(world: &World, bucket: &Bucket) -> Result<Option<Encryption>, S3Error> {
    let root = stored_root(world, bucket, DocumentKind::Encryption, ROOT)?;
    Ok(root.and_then(|root| of_configuration(&root)))
}

fn of_configuration(root: &Element) -> Option<Encryption> {
    let rule = root.child("Rule")?;
    let default = rule.child("ApplyServerSideEncryptionByDefault")?;
    let text = |name| default.child_text(name).map(|text| text.trim().to_owned());
    Some(Encryption {
        algorithm: text("SSEAlgorithm")?,
        key_id: text("KMSMasterKeyID"),
        uses_bucket_key: rule.child_text("BucketKeyEnabled").is_some_and(|text| text.trim() == "true"),
    })
}

/// The default that every bucket of Amazon S3 has since January 2023.
pub(crate) fn default_document() -> String {
    let inner = "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>\
                 </ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>";
    Xml::whole(ROOT, inner)
}

impl Encryption {
    fn recorded(self) -> Vec<StoredHeader> {
        let header = |name: HeaderName, value: &str| StoredHeader {
            name: name.as_str().to_owned(),
            value: value.as_bytes().to_vec(),
        };
        let mut recorded = vec![header(ALGORITHM, &self.algorithm)];
        if self.algorithm != AES256 {
            recorded.push(header(KEY_ID, self.key_id.as_deref().unwrap_or(MANAGED_KEY)));
            if self.uses_bucket_key {
                recorded.push(header(BUCKET_KEY, "true"));
            }
        }
        recorded
    }
}

/// Whether a stored header is about encryption: a copy has its own, never its source's.
pub(crate) fn is_recorded(header: &StoredHeader) -> bool {
    TOLD.iter().any(|name| header.name == name.as_str())
}

/// Adds what was recorded to an answer about the object, or the upload that is to become it.
pub(crate) fn told(meta: &ObjectMeta, mut response: Response) -> Response {
    for header in meta.headers.iter().filter(|header| is_recorded(header)) {
        if let Some(name) = TOLD.into_iter().find(|name| header.name == name.as_str()) {
            response = response.header_bytes(name, &header.value);
        }
    }
    response
}

/// Whether a write says how to encrypt: then a copy to itself changes something.
pub(crate) fn is_asked_for(headers: &HeaderMap) -> bool {
    headers.contains_key(ALGORITHM)
}

/// Refuses a read that says how to encrypt.
///
/// # Errors
/// `InvalidArgument`.
pub(crate) fn refuse_on_read(headers: &HeaderMap) -> Result<(), S3Error> {
    if !headers.contains_key(ALGORITHM) && !headers.contains_key(KEY_ID) {
        return Ok(());
    }
    let why = "x-amz-server-side-encryption belongs on writes; reading needs no such header";
    Err(S3Error::new(ErrorCode::InvalidArgument, why)
        .with_message("x-amz-server-side-encryption header is not supported for this operation."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use http::HeaderValue;

    use super::*;
    use crate::xml::parse_root;

    fn recorded(pairs: &[(HeaderName, &'static str)]) -> Result<Vec<String>, ErrorCode> {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        let found = of_headers(&headers).map_err(|error| error.code)?;
        Ok(shown(found))
    }

    fn shown(encryption: Option<Encryption>) -> Vec<String> {
        let headers = encryption.map(Encryption::recorded).unwrap_or_default();
        headers.iter().map(|header| String::from_utf8_lossy(&header.value).into_owned()).collect()
    }

    #[test]
    fn what_headers_ask_for() {
        let kms = "aws:kms";
        assert_eq!(recorded(&[]).unwrap(), [""; 0]);
        assert_eq!(recorded(&[(ALGORITHM, "AES256"), (BUCKET_KEY, "true")]).unwrap(), ["AES256"]);
        assert_eq!(recorded(&[(ALGORITHM, kms)]).unwrap(), [kms, MANAGED_KEY]);
        assert_eq!(recorded(&[(ALGORITHM, kms), (KEY_ID, "k"), (BUCKET_KEY, "true")]).unwrap(), [kms, "k", "true"]);
        let customer = HeaderName::from_static(CUSTOMER_ALGORITHM);
        for (pairs, code) in [
            (vec![(ALGORITHM, "AES192")], ErrorCode::InvalidArgument),
            (vec![(ALGORITHM, "")], ErrorCode::InvalidArgument),
            (vec![(KEY_ID, "k")], ErrorCode::InvalidArgument),
            (vec![(ALGORITHM, "AES256"), (KEY_ID, "k")], ErrorCode::InvalidArgument),
            (vec![(ALGORITHM, "AES256"), (customer, "AES256")], ErrorCode::InvalidArgument),
        ] {
            assert_eq!(recorded(&pairs), Err(code), "{pairs:?}");
        }
    }

    #[test]
    fn what_a_configuration_asks_for() {
        let read = |text: &str| shown(of_configuration(&parse_root(text.as_bytes(), text.len(), ROOT).unwrap()));
        assert_eq!(read(&default_document()), ["AES256"]);
        assert_eq!(read(&format!("<{ROOT}/>")), [""; 0]);
        let kms = format!(
            "<{ROOT}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k\
             </KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></{ROOT}>"
        );
        assert_eq!(read(&kms), ["aws:kms", "k", "true"]);
    }
}
