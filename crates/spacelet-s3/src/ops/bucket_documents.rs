//! Configuration documents of which a bucket has one and that are kept and given back (AWS API reference; profile
//! `aws`): tags, default encryption, ownership controls, public access block, object lock, replication, notifications,
//! request payment, acceleration. Here what is the same for all; `kinds.rs` says what each is called, `checks.rs` what
//! each must hold.

mod checks;
mod kinds;

use bytes::Bytes;
use http::StatusCode;
use spacelet_engine::DocumentKind;

pub(super) use kinds::{
    ACCELERATE, ENCRYPTION, NOTIFICATION, OBJECT_LOCK, OWNERSHIP, PUBLIC_ACCESS, REPLICATION, REQUEST_PAYMENT, TAGGING,
};

use crate::error::{ErrorCode, S3Error};
use crate::public_access::PublicAccessBlock;
use crate::request::Request;
use crate::response::Response;
use crate::xml::{Element, Xml, parse_root};

/// A kind of document.
pub(super) struct Kind {
    document: DocumentKind,
    /// Its root element.
    root: &'static str,
    /// What a bucket without one is told.
    absent: Absent,
    /// Refuses what the document must not say, of its own or in this bucket.
    check: fn(&Request<'_>, &Element) -> Result<(), S3Error>,
    /// The status of a PUT.
    put: StatusCode,
}

/// What a bucket without the document is told.
enum Absent {
    /// That it has none.
    Refused(ErrorCode),
    /// The document that stands for none.
    Document(&'static str),
}

/// The document as it was put, white space and unknown attributes left out.
///
/// # Errors
/// The kind's own: `NoSuchTagSet`, `OwnershipControlsNotFoundError`, …
pub(super) async fn get(request: Request<'_>, kind: &Kind) -> Result<Response, S3Error> {
    match (request.world.document(request.bucket()?, kind.document, "")?, &kind.absent) {
        (Some(document), _) => Ok(Response::xml(document)),
        (None, Absent::Document(inner)) => Ok(Response::xml(Xml::whole(kind.root, inner))),
        (None, Absent::Refused(code)) => Err(S3Error::new(*code, format!("the bucket has no {}", kind.root))),
    }
}

/// The public access block, with all four switches, whichever were put.
///
/// # Errors
/// `NoSuchPublicAccessBlockConfiguration`.
pub(super) async fn get_public_access(request: Request<'_>) -> Result<Response, S3Error> {
    let bucket = request.bucket()?;
    if !bucket.documents.contains(PUBLIC_ACCESS.document) {
        return get(request, &PUBLIC_ACCESS).await;
    }
    Ok(Response::xml(PublicAccessBlock::of(&request.world, bucket)?.document()))
}

/// Replaces the document.
///
/// # Errors
/// `MalformedXML`, and what the kind refuses.
pub(super) async fn put(mut request: Request<'_>, kind: &Kind) -> Result<Response, S3Error> {
    let root = read(&mut request, kind.root).await?;
    (kind.check)(&request, &root)?;

    let document = Bytes::from(Xml::tree(&root));
    request.world.set_document(request.bucket()?, kind.document, "", Some(document)).await?;

    Ok(Response::empty(kind.put))
}

/// Removes the document; removing none succeeds.
///
/// # Errors
/// Storage errors.
pub(super) async fn delete(request: Request<'_>, kind: &Kind) -> Result<Response, S3Error> {
    request.world.set_document(request.bucket()?, kind.document, "", None).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// The document that a request carries.
///
/// # Errors
/// `MalformedXML`, and what the body's checks say.
pub(super) async fn read(request: &mut Request<'_>, root: &str) -> Result<Element, S3Error> {
    let body = request.read_document().await?;
    parse_root(&body, body.len(), root).map_err(|error| S3Error::new(ErrorCode::MalformedXML, error.because))
}
