//! Uploads: the body streams into the engine as it comes, so that a file of 5 GiB takes no more memory than a small one.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use http_body_util::BodyExt;
use spacelet_engine::{Acl, NewObject, ObjectMeta, StoredHeader};

use super::visit::{PanelError, Visit, go};

/// The longest file, in bytes: that of one PUT on Spaces.
const BYTES_MAX: u64 = 5 << 30;
/// The longest content type that is kept, in bytes.
const TYPE_BYTES_MAX: usize = 255;

pub(crate) async fn put(mut visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let key = visit.key()?;
    let length = visit.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let too_long = || PanelError::new(StatusCode::PAYLOAD_TOO_LARGE, "A file has at most 5 GiB here.");
    if length.is_some_and(|length| length > BYTES_MAX) {
        return Err(too_long());
    }

    let mut body = visit.take_body();
    let mut writer = visit.world.begin_body(length, false, None)?;
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_cut| PanelError::new(StatusCode::BAD_REQUEST, "The upload was cut short."))?;
        let Ok(block) = frame.into_data() else { continue };
        bytes += u64::try_from(block.len()).unwrap_or(u64::MAX);
        if bytes > BYTES_MAX {
            return Err(too_long());
        }
        writer.write(block).await?;
    }
    if length.is_some_and(|length| length != bytes) {
        return Err(PanelError::new(StatusCode::BAD_REQUEST, "The upload was cut short."));
    }

    let kind =
        visit.headers.get(CONTENT_TYPE).map(|value| value.as_bytes()).filter(|kind| kind.len() <= TYPE_BYTES_MAX);
    let kind = kind.filter(|kind| !kind.is_empty()).unwrap_or(b"application/octet-stream");
    let object = NewObject {
        key,
        owner: bucket.owner.clone(),
        acl: Acl::private(&bucket.owner),
        meta: ObjectMeta {
            headers: vec![StoredHeader { name: "content-type".to_owned(), value: kind.to_vec() }],
            ..ObjectMeta::default()
        },
        checksum: None,
        etag: None,
        parts: Vec::new(),
        sealed: None,
    };
    visit.world.put_object(&bucket, object, writer.finish().await?).await?;
    Ok(go(""))
}
