//! Pages of parts and of open uploads.

use super::{ListParts, ListUploads, PartPage, UploadMarker, UploadPage};
use crate::list::KeyRange;
use crate::records::{
    KeyOf, PartRecord, RowKey, UPLOADS, UploadRecord, decode, part_number, parts_span, upload_id_of, upload_key,
};
use crate::rows::Rows;
use crate::{EngineError, ObjectKey, UploadId};

/// See [`crate::World::list_parts`].
pub(super) fn parts(
    rows: &impl Rows,
    bucket: u64,
    upload: &UploadId,
    wanted: ListParts,
) -> Result<PartPage, EngineError> {
    let mut page = PartPage::default();
    if wanted.entries_max == 0 {
        return Ok(page);
    }
    let span = parts_span(bucket, upload, (wanted.after > 0).then_some(wanted.after));
    for row in rows.scan(span.start, span.end) {
        let (row, value) = row?;
        if page.parts.len() >= wanted.entries_max {
            page.next = page.parts.last().map(|part| part.number);
            break;
        }
        page.parts.push(decode::<PartRecord>(&value)?.into_part(part_number(&row)?)?);
    }
    Ok(page)
}

/// See [`crate::World::list_uploads`].
pub(super) fn uploads(rows: &impl Rows, bucket: u64, wanted: &ListUploads) -> Result<UploadPage, EngineError> {
    let mut page = UploadPage::default();
    if wanted.entries_max == 0 {
        return Ok(page);
    }
    let range = KeyRange::new(bucket, &wanted.prefix, &wanted.delimiter);
    let end = range.end(UPLOADS);
    let mut from = start(bucket, &range, wanted.after.as_ref());
    let mut last = None;
    while from < end {
        let mut behind = None;
        for row in rows.scan(from, end.clone()) {
            let (row, value) = row?;
            if page.uploads.len() + page.prefixes.len() >= wanted.entries_max {
                page.next = last;
                return Ok(page);
            }
            let parsed = KeyOf::parse(&row)?;
            if let Some(common) = range.common_prefix(&parsed.key) {
                behind = Some(range.behind(UPLOADS, common));
                page.prefixes.push(common.to_owned());
                last = Some(UploadMarker { key: common.to_owned(), upload: None });
                break;
            }
            let id = upload_id_of(&parsed)?;
            last = Some(UploadMarker { key: parsed.key.clone(), upload: Some(id.clone()) });
            let key = ObjectKey::from_stored(parsed.key);
            page.uploads.push(decode::<UploadRecord>(&value)?.into_upload(key, id)?);
        }
        match behind {
            Some(next) => from = next,
            None => break,
        }
    }
    Ok(page)
}

fn start(bucket: u64, range: &KeyRange<'_>, marker: Option<&UploadMarker>) -> RowKey {
    let key = marker.map_or("", |marker| marker.key.as_str());
    let upload = marker.and_then(|marker| marker.upload.as_ref());
    match (upload, ObjectKey::parse(key.as_bytes())) {
        (Some(id), Ok(object)) if range.common_prefix(key).is_none() => {
            let mut row = upload_key(bucket, &object, id);
            row.push(0);
            row.max(range.start(UPLOADS))
        }
        _ => range.after(UPLOADS, key),
    }
}
