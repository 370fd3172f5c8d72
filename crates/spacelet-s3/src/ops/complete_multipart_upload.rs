//! CompleteMultipartUpload.

use bytes::Bytes;
use spacelet_engine::{ChecksumKind, CompletedPart, Completion, EngineError, Upload, UploadId};

use super::location::{escaped, location};
use super::{preconditions, put_object, uploads};
use crate::checksum::{self, NAMES, digest_of, kind_word};
use crate::customer_key::{self, Given};
use crate::encryption;
use crate::error::{Detail, ErrorCode, S3Error};
use crate::notification::{EventObject, notify};
use crate::request::Request;
use crate::response::Response;
use crate::xml::{self, CompleteParts, NamedPart, Xml};

/// RGW's `rgw_max_put_param_size`. 10,000 parts with quoted ETags and no checksums just fit.
const RGW_BYTES_MAX: usize = 1 << 20;

/// Makes the object of the parts that are named.
///
/// # Errors
/// `MalformedXML`, `InvalidRange` for a body over 1 MiB (Spaces: spaces-reference 5), `InvalidPartOrder`,
/// `InvalidPart`, `EntityTooSmall`, `NoSuchUpload`, and what the store says.
pub(crate) async fn complete_multipart_upload(mut request: Request<'_>) -> Result<Response, S3Error> {
    let condition = preconditions::on_write(&request)?;
    let body = read_body(&mut request).await?;
    let named: CompleteParts =
        xml::parse(&body, body.len()).map_err(|error| S3Error::new(ErrorCode::MalformedXML, error.because))?;
    let parts = in_order(named.parts)?;

    let (bucket, key) = request.subject()?;
    let id = uploads::id(&request);
    let given = customers_key(&request)?;
    let etags: Vec<(u32, String)> = parts.iter().map(|part| (part.number, part.etag.clone())).collect();
    let wanted =
        Completion { parts, part_bytes_min: request.limits().part_bytes_min, condition, ..demanded(&request)? };
    let completed = request.world.complete_upload_with(bucket, key, &id, wanted).await;
    let object = completed.map_err(|error| named_part(error, &id, &etags))?;

    let mut xml = Xml::document(512);
    xml.open_s3("CompleteMultipartUploadResult");
    xml.text("Location", &location(&request, &shown_key(&request)?)?);
    xml.text("Bucket", bucket.name.as_str());
    xml.text("Key", key.as_str());
    // DIFFERS: RGW 16.2.15 leaves the ETag empty the first time and answers it, unquoted, when the request is repeated.
    xml.answered_etag(&object.etag, request.profile().quotes_answered_etags);
    if request.profile().echoes_checksums {
        checksum::write(&mut xml, &object);
    }
    xml.close("CompleteMultipartUploadResult");
    notify(&request, "ObjectCreated:CompleteMultipartUpload", || EventObject::there(&object));
    let response = encryption::told(&object.meta, Response::xml(xml.finish()));
    let response = customer_key::told(given.as_ref(), response);
    Ok(put_object::with_version(response, &object))
}

/// The key as it stands in `Location`: RGW writes it as it is.
fn shown_key(request: &Request<'_>) -> Result<String, S3Error> {
    let key = request.key()?.as_str();
    Ok(if request.profile().answers_urls { escaped(key) } else { key.to_owned() })
}

/// A part that is missing is named, with the ETag that was sent for it.
fn named_part(error: EngineError, upload: &UploadId, etags: &[(u32, String)]) -> S3Error {
    let missing = if let EngineError::InvalidPart { number } = &error { Some(*number) } else { None };
    let sent = missing.and_then(|missing| etags.iter().find(|(number, _)| *number == missing));
    let detail = sent.map(|(number, etag)| Detail::MissingPart {
        upload: upload.0.clone(),
        number: *number,
        etag: etag.trim_matches('"').to_owned(),
    });
    let error = S3Error::from(error);
    match detail {
        Some(detail) => error.with_detail(detail),
        None => error,
    }
}

/// The customer's key of the upload. Amazon S3 needs it "when the object was created using a checksum algorithm" (API
/// reference, CompleteMultipartUpload), and gives every upload without one its CRC64NVME.
fn customers_key(request: &Request<'_>) -> Result<Option<Given>, S3Error> {
    if !request.profile().completion_takes_customer_key {
        return Ok(None);
    }
    // An upload that is gone may be a completion that is asked for again.
    let Ok(Upload { sealed: Some(mark), .. }) = uploads::find(request) else { return Ok(None) };
    customer_key::of_read(request, Some(&mark), &customer_key::OWN)
}

/// What the head says that the object must be: its checksum, of its type, and its length.
fn demanded(request: &Request<'_>) -> Result<Completion, S3Error> {
    let mut wanted = Completion::default();
    if !request.profile().echoes_checksums {
        return Ok(wanted);
    }
    let digests = NAMES.iter().filter_map(|names| Some((names.algorithm, request.headers.get(names.header)?)));
    // A text that is no digest is no object's digest: BadDigest.
    wanted.digest = digests.into_iter().next().map(|(algorithm, value)| {
        let value = value.as_bytes();
        let digest = value.iter().position(|byte| *byte == b'-').and_then(|dash| value.get(..dash)).unwrap_or(value);
        digest_of(algorithm, digest).unwrap_or_default()
    });
    if let Some(kind) = request.header("x-amz-checksum-type")
        && let Ok(upload) = uploads::find(request)
        && let announced = upload.checksum.map_or(ChecksumKind::FullObject, |announced| announced.kind)
        && kind_word(announced) != kind
    {
        let why = format!(
            "The upload was created using the {} checksum mode. The complete request must use the same checksum mode.",
            kind_word(announced)
        );
        return Err(S3Error::new(ErrorCode::InvalidRequest, why.clone()).with_message(why));
    }
    if let Some(bytes) = request.header("x-amz-mp-object-size") {
        let bytes = bytes.trim().parse();
        let invalid = |_| S3Error::new(ErrorCode::InvalidRequest, "x-amz-mp-object-size is no length");
        wanted.bytes = Some(bytes.map_err(invalid)?);
    }
    Ok(wanted)
}

async fn read_body(request: &mut Request<'_>) -> Result<Bytes, S3Error> {
    let is_capped = request.profile().completion_is_capped;
    let too_long = || {
        let why = "Spaces reads at most 1 MiB of this body: name fewer parts, or leave out their checksums";
        S3Error::new(ErrorCode::InvalidRange, why)
    };
    match request.read_description().await {
        Ok(body) if is_capped && body.len() > RGW_BYTES_MAX => Err(too_long()),
        Err(error) if is_capped && error.code == ErrorCode::EntityTooLarge => Err(too_long()),
        other => other,
    }
}

/// The parts, whose numbers must not descend. Of a part that is named twice the later mention counts, as in RGW.
// DIFFERS: RGW 16 does not look at the order; AWS's API reference has InvalidPartOrder (also inferred for Spaces:
// spaces-reference 5).
fn in_order(named: Vec<NamedPart>) -> Result<Vec<CompletedPart>, S3Error> {
    let mut parts: Vec<CompletedPart> = Vec::with_capacity(named.len());
    for NamedPart { number, etag, digest } in named {
        let number = number.ok_or(EngineError::InvalidPart { number: 0 })?;
        match parts.last_mut() {
            Some(before) if number < before.number => {
                let why = format!("part {number} comes after part {}; numbers must ascend", before.number);
                return Err(S3Error::new(ErrorCode::InvalidPartOrder, why));
            }
            Some(before) if number == before.number => *before = CompletedPart { number, etag, digest },
            _ => parts.push(CompletedPart { number, etag, digest }),
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn ordered(numbers: &[Option<u32>]) -> Result<usize, ErrorCode> {
        let named = numbers.iter().map(|&number| NamedPart { number, etag: "e".to_owned(), digest: None }).collect();
        in_order(named).map(|parts| parts.len()).map_err(|error| error.code)
    }

    #[test]
    fn numbers_ascend() {
        assert_eq!(ordered(&[Some(1), Some(2), Some(10_000)]), Ok(3));
        assert_eq!(ordered(&[Some(0), Some(2)]), Ok(2));
        assert_eq!(ordered(&[Some(2), Some(1)]), Err(ErrorCode::InvalidPartOrder));
        assert_eq!(ordered(&[Some(1), Some(1), Some(2)]), Ok(2));
        assert_eq!(ordered(&[Some(1), None]), Err(ErrorCode::InvalidPart));
    }
}
