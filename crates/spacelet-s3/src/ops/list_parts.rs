//! ListParts.

use spacelet_engine::access::Need;
use spacelet_engine::{AccountId, AnnouncedChecksum, ListParts, PartPage, Upload};

use super::numbers::{number, page_size};
use super::uploads;
use crate::checksum;
use crate::error::{ErrorCode, S3Error};
use crate::facts::Ask;
use crate::lifecycle::with_abort_date;
use crate::request::Request;
use crate::response::Response;
use crate::storage_class;
use crate::xml::Xml;

type Owners = ((String, String), (String, String));

/// What a page is called.
struct Heading {
    bucket: String,
    key: String,
    upload: String,
    /// As asked: RGW echoes even a negative one.
    marker: i64,
    parts_max: usize,
    /// Who began the upload and who owns the object to be, id and display name each, where the profile says so.
    owners: Option<Owners>,
    /// What the upload announced.
    checksum: Option<AnnouncedChecksum>,
    storage_class: &'static str,
}

/// One page of the upload's parts.
///
/// # Errors
/// `InvalidArgument`, `NoSuchUpload`, and what the store says.
pub(crate) async fn list_parts(request: Request<'_>) -> Result<Response, S3Error> {
    let upload = readable(&request)?;
    let (bucket, key) = request.subject()?;
    let heading = Heading {
        bucket: bucket.name.as_str().to_owned(),
        key: key.as_str().to_owned(),
        upload: upload.id.0.clone(),
        marker: number(request.query, "part-number-marker")?.unwrap_or(0),
        parts_max: page_size(request.query, "max-parts", request.limits().list_entries_max)?,
        owners: if request.profile().names_owner_of_parts { Some(owners(&request, &upload)?) } else { None },
        checksum: upload.checksum,
        storage_class: storage_class::shown(&upload.meta),
    };

    let (bucket, of) = (bucket.clone(), upload.clone());
    let document = request
        .read_blocking(move |world| {
            let after = u32::try_from(heading.marker.max(0)).unwrap_or(u32::MAX);
            // An empty page is truncated when there is something to list: RGW asks one further.
            let entries_max = heading.parts_max.max(1);
            let mut page = world.list_parts(&bucket, &upload, ListParts { after, entries_max })?;
            if heading.parts_max == 0 {
                page.next = page.parts.first().map(|_| 0);
                page.parts.clear();
            }
            Ok(render(&heading, &page))
        })
        .await?;

    with_abort_date(Response::xml_chunked(document), &request, &of)
}

/// The upload, where the caller may read what is to become of it: its own ACL decides, not the bucket's, as in RGW.
fn readable(request: &Request<'_>) -> Result<Upload, S3Error> {
    if request.profile().initiators_rule_uploads {
        return uploads::judged_by_initiator(request, Need::UploadRead, "s3:ListMultipartUploadParts");
    }
    let found = uploads::find(request);
    let acl = found.as_ref().ok().map(|upload| &upload.acl);
    let action = "s3:ListMultipartUploadParts";
    let ask = Ask { key: Some(request.key()?), acl, ..Ask::of(Need::ObjectRead, action) };
    match request.judges()?.judge_upload(&ask) {
        Err(error) if error.code != ErrorCode::NoSuchKey => Err(error),
        Ok(()) | Err(_) => found,
    }
}

fn owners(request: &Request<'_>, upload: &Upload) -> Result<Owners, S3Error> {
    let named = |id: &AccountId| Ok::<_, S3Error>((id.as_str().to_owned(), request.display_name(id)?));
    Ok((named(&upload.owner)?, named(&upload.acl.owner)?))
}

fn render(heading: &Heading, page: &PartPage) -> String {
    let mut xml = Xml::document(512 + page.parts.len() * 200);
    xml.open_s3("ListPartsResult");
    xml.text("Bucket", &heading.bucket);
    xml.text("Key", &heading.key);
    xml.text("UploadId", &heading.upload);
    xml.text("StorageClass", heading.storage_class);
    xml.number("PartNumberMarker", heading.marker);
    xml.number("NextPartNumberMarker", page.parts.last().map_or(0, |part| part.number));
    xml.number("MaxParts", heading.parts_max as u64);
    xml.flag("IsTruncated", page.next.is_some());
    match &heading.owners {
        Some((initiator, owner)) => {
            xml.owner("Initiator", &initiator.0, &initiator.1);
            xml.owner("Owner", &owner.0, &owner.1);
        }
        // RGW leaves the owner empty and has no initiator.
        None => xml.owner("Owner", "", ""),
    }
    if let Some(announced) = heading.checksum {
        xml.text("ChecksumAlgorithm", checksum::names(announced.algorithm).word);
        xml.text("ChecksumType", checksum::kind_word(announced.kind));
    }
    for part in &page.parts {
        xml.open("Part");
        xml.time("LastModified", part.modified);
        xml.number("PartNumber", part.number);
        xml.quoted_etag("ETag", &part.etag);
        xml.number("Size", part.bytes);
        if let Some(kept) = part.checksum.as_ref().filter(|_| heading.checksum.is_some()) {
            xml.text(checksum::names(kept.algorithm).element, &checksum::value(kept, 1));
        }
        xml.close("Part");
    }
    xml.close("ListPartsResult");
    xml.finish()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use spacelet_engine::{Body, ETag, Part, Timestamp};

    use super::*;

    #[test]
    fn renders_as_rgw() {
        let heading = Heading {
            bucket: "b".to_owned(),
            key: "a/<k>".to_owned(),
            upload: "2~x".to_owned(),
            marker: -3,
            parts_max: 1,
            owners: None,
            checksum: None,
            storage_class: "STANDARD",
        };
        let part = Part {
            number: 3,
            etag: ETag::from_stored("9dd4e461268c8034f5c8564e155c67a6"),
            bytes: 1,
            checksum: None,
            modified: Timestamp(1_795_508_111_603),
            body: Body::default(),
        };
        let expected = expect![[
            r#"<?xml version="1.0" encoding="UTF-8"?><ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b</Bucket><Key>a/&lt;k&gt;</Key><UploadId>2~x</UploadId><StorageClass>STANDARD</StorageClass><PartNumberMarker>-3</PartNumberMarker><NextPartNumberMarker>3</NextPartNumberMarker><MaxParts>1</MaxParts><IsTruncated>true</IsTruncated><Owner><ID></ID><DisplayName></DisplayName></Owner><Part><LastModified>2026-11-24T08:15:11.603Z</LastModified><PartNumber>3</PartNumber><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>1</Size></Part></ListPartsResult>"#
        ]];
        expected.assert_eq(&render(&heading, &PartPage { parts: vec![part], next: Some(3) }));
        assert!(render(&heading, &PartPage::default()).contains("<NextPartNumberMarker>0</NextPartNumberMarker>"));
    }
}
