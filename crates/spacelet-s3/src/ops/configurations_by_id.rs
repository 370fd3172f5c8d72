//! Configurations of which a bucket may have many, each with an id: analytics, inventory, metrics, intelligent tiering
//! (AWS API reference; profile `aws`). They are kept, listed and given back; nothing is done about them.

use bytes::Bytes;
use http::StatusCode;
use spacelet_engine::DocumentKind;

use super::bucket_documents::read;
use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::response::Response;
use crate::xml::{Element, Xml, parse_root};

/// Configurations of one kind in a bucket (S3 user guide: each kind has this limit).
const CONFIGURATIONS_MAX: usize = 1_000;
/// Configurations of one page.
const PAGE: usize = 100;
const ID_CHARS_MAX: usize = 64;

/// A kind of configuration.
pub(super) struct Kind {
    document: DocumentKind,
    root: &'static str,
    list_root: &'static str,
    /// What else must be there: the names of direct children.
    required: &'static [&'static str],
}

pub(super) const ANALYTICS: Kind = Kind {
    document: DocumentKind::Analytics,
    root: "AnalyticsConfiguration",
    list_root: "ListBucketAnalyticsConfigurationResult",
    required: &["StorageClassAnalysis"],
};

pub(super) const INVENTORY: Kind = Kind {
    document: DocumentKind::Inventory,
    root: "InventoryConfiguration",
    list_root: "ListInventoryConfigurationsResult",
    required: &["Destination", "IsEnabled", "IncludedObjectVersions", "Schedule"],
};

pub(super) const METRICS: Kind = Kind {
    document: DocumentKind::Metrics,
    root: "MetricsConfiguration",
    list_root: "ListMetricsConfigurationsResult",
    required: &[],
};

pub(super) const INTELLIGENT_TIERING: Kind = Kind {
    document: DocumentKind::IntelligentTiering,
    root: "IntelligentTieringConfiguration",
    list_root: "ListBucketIntelligentTieringConfigurationsOutput",
    required: &["Status", "Tiering"],
};

/// The configuration of the id.
///
/// # Errors
/// `NoSuchConfiguration`.
pub(super) async fn get(request: Request<'_>, kind: &Kind) -> Result<Response, S3Error> {
    let document = request.world.document(request.bucket()?, kind.document, id(&request)?)?;
    document.map(Response::xml).ok_or_else(absent)
}

/// Adds or replaces the configuration of the id.
///
/// # Errors
/// `MalformedXML`, `InvalidArgument` for another id in the document, `TooManyConfigurations`.
pub(super) async fn put(mut request: Request<'_>, kind: &Kind) -> Result<Response, S3Error> {
    let root = read(&mut request, kind.root).await?;
    let id = id(&request)?.to_owned();
    if root.child_text("Id").map(str::trim) != Some(id.as_str()) {
        return Err(S3Error::new(ErrorCode::InvalidArgument, "the Id of the document is not the id of the request"));
    }
    if let Some(missing) = kind.required.iter().find(|name| root.child(name).is_none()) {
        return Err(S3Error::new(ErrorCode::MalformedXML, format!("there is no {missing}")));
    }
    let (bucket, world) = (request.bucket()?, &request.world);
    let known = world.documents(bucket, kind.document)?;
    if known.len() >= CONFIGURATIONS_MAX && known.iter().all(|(other, _)| *other != id) {
        return Err(S3Error::new(ErrorCode::TooManyConfigurations, "a bucket has at most 1,000 of this kind"));
    }

    world.set_document(bucket, kind.document, &id, Some(Bytes::from(Xml::tree(&root)))).await?;

    Ok(Response::empty(StatusCode::OK))
}

/// Removes the configuration of the id.
///
/// # Errors
/// `NoSuchConfiguration`.
pub(super) async fn delete(request: Request<'_>, kind: &Kind) -> Result<Response, S3Error> {
    let (bucket, id) = (request.bucket()?, id(&request)?);
    request.world.document(bucket, kind.document, id)?.ok_or_else(absent)?;
    request.world.set_document(bucket, kind.document, id, None).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// A page of configurations, by id. The token is the last id of the page before.
///
/// # Errors
/// Storage errors.
pub(super) async fn list(request: Request<'_>, kind: &Kind) -> Result<Response, S3Error> {
    let after = request.query.get_non_empty("continuation-token").map(str::to_owned);
    let documents = request.world.documents(request.bucket()?, kind.document)?;
    let mut rest = documents.into_iter().filter(|(id, _)| after.as_ref().is_none_or(|after| id > after)).peekable();
    let page: Vec<(String, Bytes)> = rest.by_ref().take(PAGE).collect();
    let next = rest.peek().and_then(|_| page.last()).map(|(id, _)| id.clone());

    let mut xml = Xml::document(256 + page.iter().map(|(_, document)| document.len()).sum::<usize>());
    xml.open_s3(kind.list_root);
    for (_, document) in &page {
        xml.element(&stored(document, kind)?);
    }
    xml.flag("IsTruncated", next.is_some());
    if let Some(after) = &after {
        xml.text("ContinuationToken", after);
    }
    if let Some(next) = &next {
        xml.text("NextContinuationToken", next);
    }
    xml.close(kind.list_root);
    Ok(Response::xml(xml.finish()))
}

fn stored(document: &Bytes, kind: &Kind) -> Result<Element, S3Error> {
    parse_root(document, document.len(), kind.root)
        .map_err(|error| S3Error::new(ErrorCode::InternalError, format!("a stored configuration: {error}")))
}

fn id<'r>(request: &'r Request<'_>) -> Result<&'r str, S3Error> {
    let is_legal = |id: &&str| id.len() <= ID_CHARS_MAX && id.bytes().all(|byte| byte.is_ascii_graphic());
    let id = request.query.get_non_empty("id").filter(is_legal);
    id.ok_or_else(|| S3Error::new(ErrorCode::InvalidArgument, "id has 1 to 64 visible characters"))
}

fn absent() -> S3Error {
    S3Error::new(ErrorCode::NoSuchConfiguration, "the bucket has no configuration of this id")
}
