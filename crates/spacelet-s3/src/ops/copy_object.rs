//! CopyObject: the new object shares the source's body; no byte is copied.

use http::HeaderName;
use spacelet_engine::{
    AccountId, Bucket, Checksum, ChecksumAlgorithm, ETag, EngineError, NewObject, ObjectInfo, ObjectMeta, PartSize,
    StoredHeader,
};

use super::{copying, object_meta, preconditions, put_object};
use crate::acl::requested_acl;
use crate::checksum;
use crate::error::{ErrorCode, S3Error};
use crate::headers;
use crate::notification::{EventObject, notify};
use crate::request::Request;
use crate::response::Response;
use crate::storage_class::STORAGE_CLASS;
use crate::xml::Xml;
use crate::{customer_key, encryption, storage_class};

const METADATA_DIRECTIVE: HeaderName = HeaderName::from_static("x-amz-metadata-directive");
const TAGGING_DIRECTIVE: HeaderName = HeaderName::from_static("x-amz-tagging-directive");
const TO_ITSELF: &str = "This copy request is illegal because it is trying to copy an object to itself without \
    changing the object's metadata, storage class, website redirect location or encryption attributes.";
const COPIES_MAX: usize = 8;

/// Where metadata or tags of a copy come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Directive {
    /// From the source.
    Copy,
    /// From this request's headers.
    Replace,
}

/// Copies the source.
///
/// # Errors
/// `InvalidArgument`, `InvalidRequest` for a copy to itself that changes nothing, `NoSuchBucket`,
/// `PreconditionFailed`, `NoSuchKey`, and what the store says.
pub(crate) async fn copy_object(request: Request<'_>) -> Result<Response, S3Error> {
    let bucket = request.bucket()?.clone();
    let options = Options::read(&request, &bucket)?;
    let source = copying::source(&request)?;

    let (copied, from, keys) = copy(&request, &bucket, source, &options).await?;

    let mut xml = Xml::document(256);
    xml.open_s3("CopyObjectResult");
    xml.time("LastModified", copied.modified);
    xml.answered_etag(&copied.etag, request.profile().quotes_answered_etags);
    if request.profile().echoes_checksums {
        checksum::write(&mut xml, &copied);
    }
    xml.close("CopyObjectResult");
    notify(&request, "ObjectCreated:Copy", || EventObject::there(&copied));
    let response = encryption::told(&copied.meta, Response::xml_chunked(xml.finish()));
    let response = customer_key::told(keys.target.as_ref(), response);
    let mut response = put_object::with_version(response, &copied);
    if !from.version.is_null() {
        response = response.header_bytes(headers::COPY_SOURCE_VERSION_ID, from.version.0.as_bytes());
    }
    Ok(response)
}

async fn copy(
    request: &Request<'_>,
    bucket: &Bucket,
    source: &crate::request::Source,
    options: &Options,
) -> Result<(ObjectInfo, ObjectInfo, copying::Keys), S3Error> {
    let condition = preconditions::on_write(request)?;
    let mut from = source.object.clone();
    for _ in 0..COPIES_MAX {
        let keys = copying::Keys::of(request, &from, customer_key::of_write(request)?)?;
        let said = match said_of_bytes(request, &from, options.checksum).await {
            Err(EngineError::NoSuchKey) => {
                from = copying::read_again(request, source)?;
                continue;
            }
            said => said?,
        };
        let object = NewObject {
            key: request.key()?.clone(),
            owner: options.owner.clone(),
            acl: options.acl.clone(),
            meta: options.meta(&from.meta),
            checksum: said.checksum,
            etag: said.etag,
            parts: said.parts,
            sealed: keys.mark(),
        };
        let copied = if keys.are_none() {
            request.world.copy_object_if(&from, bucket, object, condition.clone()).await
        } else {
            match keys.stage_range(&request.world, &from, 0..from.bytes, said.algorithm).await {
                Ok(staged) => {
                    let object = NewObject { checksum: staged.checksum().cloned(), ..object };
                    request.world.put_object_if(bucket, object, staged, condition.clone()).await
                }
                Err(error) => Err(error),
            }
        };
        match copied {
            Ok(copied) => return Ok((copied, from, keys)),
            Err(EngineError::NoSuchKey) => from = copying::read_again(request, source)?,
            Err(other) => return Err(other.into()),
        }
    }
    Err(S3Error::new(ErrorCode::InternalError, "the source was replaced faster than it could be copied"))
}

/// What a copy says of its bytes.
struct Said {
    /// `None`: the MD5 of what is written.
    etag: Option<ETag>,
    parts: Vec<PartSize>,
    checksum: Option<Checksum>,
    algorithm: Option<ChecksumAlgorithm>,
}

/// ETag, parts and checksum of the copy. The source's bytes are read where the copy's are to be other ones; those under
/// a customer's key are read and hashed when they are copied.
async fn said_of_bytes(
    request: &Request<'_>,
    from: &ObjectInfo,
    asked: Option<ChecksumAlgorithm>,
) -> Result<Said, EngineError> {
    let profile = request.profile();
    let of_source = from.checksum.as_ref().map(|checksum| checksum.algorithm);
    // The one that is asked for, the source's, or S3's own.
    let algorithm = asked.or(of_source).or(Some(ChecksumAlgorithm::Crc64Nvme)).filter(|_| profile.echoes_checksums);
    let keeps_parts = from.parts.is_empty() || !profile.copies_are_of_one_part;
    let etag = keeps_parts.then(|| from.etag.clone());
    let parts = if keeps_parts { from.parts.clone() } else { Vec::new() };
    let checksum = algorithm.and_then(|algorithm| copying::whole_checksum(from, algorithm));
    let is_known = keeps_parts && checksum.is_some() == algorithm.is_some();
    if is_known || from.sealed.is_some() {
        return Ok(Said { etag, parts, checksum, algorithm });
    }
    let (md5, read) = request.world.digests_of(&from.body, algorithm.unwrap_or(ChecksumAlgorithm::Crc64Nvme)).await?;
    let etag = etag.or_else(|| Some(ETag::of_md5(md5)));
    Ok(Said { etag, parts, checksum: algorithm.map(|_| read), algorithm })
}

/// What the request says about the copy.
struct Options {
    owner: AccountId,
    acl: spacelet_engine::Acl,
    metadata: Directive,
    tagging: Directive,
    given: ObjectMeta,
    /// The copy's storage class is the request's, not its source's.
    has_class: bool,
    /// Of which kind its checksum is to be, where the profile has checksums.
    checksum: Option<ChecksumAlgorithm>,
}

impl Options {
    fn read(request: &Request<'_>, bucket: &Bucket) -> Result<Self, S3Error> {
        let metadata = directive(request, &METADATA_DIRECTIVE, "Unknown metadata directive.")?;
        let is_encrypted_anew = || {
            Ok::<_, S3Error>(encryption::is_asked_for(request.headers) || customer_key::of_write(request)?.is_some())
        };
        // S3 does not look whether the class that is named is another one.
        let is_moved = request.profile().has_storage_classes && request.headers.contains_key(STORAGE_CLASS);
        if metadata == Directive::Copy && is_to_itself(request)? && !is_moved && !is_encrypted_anew()? {
            let why = "source and target are the same object, and nothing would change";
            return Err(S3Error::new(ErrorCode::InvalidRequest, why).with_message(TO_ITSELF));
        }
        let owner = put_object::owner_of_new(request, bucket)?;
        let echoes_checksums = request.profile().echoes_checksums;
        Ok(Self {
            acl: requested_acl(request, &owner, &bucket.owner)?,
            owner,
            metadata,
            // DIFFERS: RGW 16 does not know this header and copies the tags; newer documentation of S3 has it.
            tagging: directive(request, &TAGGING_DIRECTIVE, "Unknown tagging directive.")?,
            given: object_meta::of_new(request, bucket)?,
            has_class: request.profile().has_storage_classes,
            checksum: if echoes_checksums { checksum::wanted_of_copy(request.headers)? } else { None },
        })
    }

    fn meta(&self, source: &ObjectMeta) -> ObjectMeta {
        let said = match self.metadata {
            Directive::Copy => source,
            Directive::Replace => &self.given,
        };
        let tagged = match self.tagging {
            Directive::Copy => source,
            Directive::Replace => &self.given,
        };
        // A copy is locked and encrypted by what its own request says, never as its source is; so is its class.
        let lock = self.given.lock;
        let is_own =
            |it: &&StoredHeader| encryption::is_recorded(it) || self.has_class && storage_class::is_named_by(it);
        let mut headers: Vec<_> = said.headers.iter().filter(|it| !is_own(it)).cloned().collect();
        headers.extend(self.given.headers.iter().filter(is_own).cloned());
        ObjectMeta { headers, user: said.user.clone(), tags: tagged.tags.clone(), lock }
    }
}

fn directive(request: &Request<'_>, name: &HeaderName, unknown: &'static str) -> Result<Directive, S3Error> {
    match request.header(name) {
        None => Ok(Directive::Copy),
        Some(word) if word.eq_ignore_ascii_case("COPY") => Ok(Directive::Copy),
        Some(word) if word.eq_ignore_ascii_case("REPLACE") => Ok(Directive::Replace),
        Some(_) => {
            let why = format!("{name} is COPY or REPLACE");
            Err(S3Error::new(ErrorCode::InvalidArgument, why).with_message(unknown))
        }
    }
}

/// Same bucket, same key, and no version named: as RGW asks.
fn is_to_itself(request: &Request<'_>) -> Result<bool, S3Error> {
    let Some(source) = &request.source else { return Ok(false) };
    let names_version = request
        .header(headers::COPY_SOURCE)
        .and_then(|header| header.split_once("versionId="))
        .is_some_and(|(_, version)| !version.is_empty() && !version.starts_with('&'));
    let (bucket, key) = request.subject()?;
    Ok(!names_version && source.bucket.id == bucket.id && source.object.key == *key)
}
