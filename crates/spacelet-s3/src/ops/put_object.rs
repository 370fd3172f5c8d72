//! PutObject.

use http::StatusCode;
use http::header::{ACCEPT_RANGES, ETAG};
use spacelet_engine::{
    AccountId, Bucket, Checksum, CustomerKey, DocumentKind, KeyMark, NewObject, ObjectInfo, ObjectKey, StagedBody,
};

use super::{object_meta, preconditions};
use crate::Profile;
use crate::acl::requested_acl;
use crate::checksum::{self, KeptChecksum};
use crate::error::S3Error;
use crate::headers::{self, BYTES};
use crate::lifecycle::with_expiration;
use crate::notification::{EventObject, notify};
use crate::operation::digests::check_locked;
use crate::ownership::Ownership;
use crate::request::Request;
use crate::response::Response;
use crate::{customer_key, encryption};

/// Stores the body under the key.
///
/// # Errors
/// What the head says wrong, then what the body does ([`Request::stage_body`]), then what the store says.
pub(crate) async fn put_object(mut request: Request<'_>) -> Result<Response, S3Error> {
    let (bucket, key) = request.subject()?;
    let owner = owner_of_new(&request, bucket)?;
    let given = customer_key::of_write(&request)?;
    let sealed = given.as_ref().map(|given| KeyMark::new(&given.key));
    let object = NewObject { sealed, ..described(&request, bucket, key, owner)? };
    if !object.meta.lock.is_empty() {
        check_locked(request.profile(), request.headers)?;
    }
    let condition = preconditions::on_write(&request)?;

    let bucket = bucket.clone();
    let key = given.as_ref().map(|given| &given.key);
    let (staged, checksum) = received(&mut request, key, KeptChecksum::of_object).await?;
    let object = NewObject { checksum, ..object };
    let stored = request.world.put_object_if(&bucket, object, staged, condition).await?;

    notify(&request, "ObjectCreated:Put", || EventObject::there(&stored));
    let response = checksum::with_checksum(uploaded(&stored.etag), &request, &stored);
    let response = customer_key::told(given.as_ref(), encryption::told(&stored.meta, response));
    let response = with_version(response, &stored);
    with_expiration(response, &request.world, &bucket, &stored)
}

/// The object that the head describes, before its body is known.
///
/// # Errors
/// What is wrong with ACL and metadata, in this order.
pub(super) fn described(
    request: &Request<'_>,
    bucket: &Bucket,
    key: &ObjectKey,
    owner: AccountId,
) -> Result<NewObject, S3Error> {
    Ok(NewObject {
        key: key.clone(),
        acl: requested_acl(request, &owner, &bucket.owner)?,
        owner,
        meta: object_meta::of_new(request, bucket)?,
        checksum: None,
        etag: None,
        parts: Vec::new(),
        sealed: None,
    })
}

/// Receives the body of an object or a part, and the checksum that is to be kept of it.
///
/// # Errors
/// As [`Request::stage_body`].
pub(super) async fn received(
    request: &mut Request<'_>,
    key: Option<&CustomerKey>,
    kept: impl FnOnce(&Profile) -> KeptChecksum,
) -> Result<(StagedBody, Option<Checksum>), S3Error> {
    let kept = kept(request.profile());
    // A link is signed before its body is known: SDKs put the checksum of nothing into its query.
    if let Some(name) = checksum::in_query(request.query) {
        request.notes.add(format!("{name} in the query was ignored: links carry no checksum of a body"));
    }
    if kept != KeptChecksum::Nothing {
        checksum::check_announcement(request.headers)?;
    }
    let staged = request.stage_body(key, kept).await?;
    let computed = kept.of(&staged);
    Ok((staged, computed))
}

/// Who owns what this request writes: the caller; for an unsigned one, and where the bucket's ownership controls say so,
/// the bucket's owner.
///
/// # Errors
/// `AccessControlListNotSupported`, storage errors.
pub(super) fn owner_of_new(request: &Request<'_>, bucket: &Bucket) -> Result<AccountId, S3Error> {
    let is_bucket_owners = bucket.documents.contains(DocumentKind::OwnershipControls)
        && Ownership::of(&request.world, bucket)?.gives_to_bucket_owner(request.headers)?;
    let is_callers = request.account.is_some() && !is_bucket_owners;
    Ok(if is_callers { request.owner() } else { bucket.owner.clone() })
}

/// 200 with the ETag: the answer to an upload of an object or a part.
pub(super) fn uploaded(etag: &spacelet_engine::ETag) -> Response {
    Response::empty(StatusCode::OK).header_bytes(ETAG, etag.quoted().as_bytes()).header(ACCEPT_RANGES, BYTES)
}

/// Adds `x-amz-version-id` where the write made a version.
pub(super) fn with_version(response: Response, stored: &ObjectInfo) -> Response {
    if stored.version.is_null() {
        return response;
    }
    response.header_bytes(headers::VERSION_ID, stored.version.0.as_bytes())
}
