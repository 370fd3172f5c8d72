//! PutBucketNotificationConfiguration: an empty configuration removes what there was; each destination of a new one is
//! sent a test event (S3 user guide, "Amazon S3 Event Notifications").

use bytes::Bytes;
use http::StatusCode;
use spacelet_engine::DocumentKind;

use super::bucket_documents::read;
use crate::error::S3Error;
use crate::notification::{ROOT, check_destinations, check_overlaps, completed, rules, test};
use crate::request::Request;
use crate::response::Response;
use crate::xml::Xml;

/// Replaces the configuration.
///
/// # Errors
/// `MalformedXML`, `InvalidArgument` for two rules that one event could meet, or for a destination that is none of the
/// server's.
pub(crate) async fn put_bucket_notification(mut request: Request<'_>) -> Result<Response, S3Error> {
    let root = completed(read(&mut request, ROOT).await?);
    let rules = rules(&root)?;
    check_overlaps(&rules)?;
    check_destinations(&request, &rules)?;

    let document = (!root.children.is_empty()).then(|| Bytes::from(Xml::tree(&root)));
    request.world.set_document(request.bucket()?, DocumentKind::Notification, "", document).await?;

    test(&request, &rules)?;
    Ok(Response::empty(StatusCode::OK))
}
