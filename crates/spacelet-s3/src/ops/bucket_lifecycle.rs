//! GetBucketLifecycleConfiguration, PutBucketLifecycleConfiguration, DeleteBucketLifecycle (spaces-reference 4.7).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, StatusCode};
use md5::{Digest, Md5};
use spacelet_engine::{DocumentKind, Expiration};

use crate::error::{ErrorCode, S3Error};
use crate::headers;
use crate::ids::random_name;
use crate::lifecycle::{LifecycleConfiguration, WrittenRule, amazon};
use crate::request::Request;
use crate::response::{Response, XML};
use crate::stored::stored_root;
use crate::xml::{FromXml, Xml, XmlError, parse, parse_root};

const SMALL_OBJECTS: HeaderName = HeaderName::from_static("x-amz-transition-default-minimum-object-size");
const ID_BYTES_MAX: usize = 255;
/// Letters of an id that the server chooses.
const ID_LETTERS: usize = 48;

/// The rules as stored.
///
/// # Errors
/// `NoSuchLifecycleConfiguration`.
pub(crate) async fn get_bucket_lifecycle(request: Request<'_>) -> Result<Response, S3Error> {
    let document = request.world.document(request.bucket()?, DocumentKind::Lifecycle, "")?;
    let none = || S3Error::new(ErrorCode::NoSuchLifecycleConfiguration, "the Space has no lifecycle rules");
    let document = document.ok_or_else(none)?;
    if !request.profile().lifecycle_is_amazons {
        return Ok(Response::xml(document));
    }
    let root = stored_root(&request.world, request.bucket()?, DocumentKind::Lifecycle, LifecycleConfiguration::ROOT)?;
    let (root, small) = amazon::shown(root.ok_or_else(none)?);
    Ok(Response::xml(Xml::tree(&root)).header_bytes(SMALL_OBJECTS, small.as_bytes()))
}

/// Replaces the rules.
///
/// # Errors
/// `MalformedXML`; `InvalidArgument` for no days, or an id that is too long or not the only one; `BadDigest`.
pub(crate) async fn put_bucket_lifecycle(mut request: Request<'_>) -> Result<Response, S3Error> {
    let md5 = request.headers.get(headers::CONTENT_MD5).map(|value| STANDARD.decode(value.as_bytes()));
    let body = request.read_document().await?;
    if md5.is_some_and(|md5| md5.ok().as_deref() != Some(&Md5::digest(&body)[..])) {
        return Err(S3Error::new(ErrorCode::BadDigest, "the document's MD5 is not the one in Content-MD5")
            .with_message("The Content-MD5 you specified did not match what we received."));
    }
    if request.profile().lifecycle_is_amazons {
        return put_as_amazon(&request, &body).await;
    }
    let malformed = |error: XmlError| S3Error::new(ErrorCode::MalformedXML, error.because);
    let mut wanted = parse::<LifecycleConfiguration>(&body, body.len()).map_err(malformed)?;
    wanted.must_be_known().map_err(malformed)?;
    name(&mut wanted.rules)?;

    let document = Bytes::from(wanted.render());
    request.world.set_document(request.bucket()?, DocumentKind::Lifecycle, "", Some(document)).await?;

    Ok(Response::empty(StatusCode::OK).header(CONTENT_TYPE, XML))
}

/// Replaces the rules, which are kept as they were put.
async fn put_as_amazon(request: &Request<'_>, body: &[u8]) -> Result<Response, S3Error> {
    let root = parse_root(body, body.len(), LifecycleConfiguration::ROOT)
        .map_err(|error| S3Error::new(ErrorCode::MalformedXML, error.because))?;
    let root = amazon::accept(root, request.header(SMALL_OBJECTS))?;
    let small = root.child_text(amazon::SMALL_OBJECTS).unwrap_or_default().to_owned();

    let document = Bytes::from(Xml::tree(&root));
    request.world.set_document(request.bucket()?, DocumentKind::Lifecycle, "", Some(document)).await?;

    Ok(Response::empty(StatusCode::OK).header_bytes(SMALL_OBJECTS, small.as_bytes()))
}

/// Removes the rules; removing none succeeds.
///
/// # Errors
/// Storage errors.
pub(crate) async fn delete_bucket_lifecycle(request: Request<'_>) -> Result<Response, S3Error> {
    request.world.set_document(request.bucket()?, DocumentKind::Lifecycle, "", None).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT).header(CONTENT_TYPE, XML))
}

/// Gives a name to each rule without one, and checks what RGW calls an argument rather than XML.
fn name(rules: &mut [WrittenRule]) -> Result<(), S3Error> {
    let invalid = |why: &'static str| Err(S3Error::new(ErrorCode::InvalidArgument, why));
    let mut ids: Vec<String> = Vec::with_capacity(rules.len());
    for written in rules {
        let rule = &mut written.rule;
        if rule.id.is_empty() {
            rule.id = random_name(ID_LETTERS)?;
        }
        if rule.id.len() > ID_BYTES_MAX {
            return invalid("a rule's ID is longer than 255 bytes");
        }
        if ids.contains(&rule.id) {
            return invalid("two rules have the same ID");
        }
        let is_never = rule.expiration == Some(Expiration::Days(0))
            || rule.noncurrent.is_some_and(|versions| versions.days == 0)
            || rule.abort_upload_days == Some(0);
        if is_never {
            return invalid("a number of days is 1 or more");
        }
        ids.push(rule.id.clone());
    }
    Ok(())
}
