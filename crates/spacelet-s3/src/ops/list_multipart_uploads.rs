//! ListMultipartUploads.

use spacelet_engine::{Bucket, EngineError, ListUploads, Upload, UploadId, UploadMarker, UploadPage, World};

use super::listing::{DisplayNames, is_url};
use super::numbers::page_size;
use crate::checksum;
use crate::error::S3Error;
use crate::request::Request;
use crate::response::Response;
use crate::storage_class;
use crate::xml::{SlashEscape, Xml};

/// What is asked, and how it is written.
struct Wanted {
    prefix: String,
    delimiter: String,
    key_marker: String,
    /// Only together with a key marker, as in S3.
    upload_marker: String,
    uploads_max: usize,
    is_url_encoded: bool,
    /// Markers and prefixes too, and it is said.
    encodes_all: bool,
    slash: SlashEscape,
    fills_pages: bool,
}

/// One page of open uploads.
///
/// # Errors
/// `InvalidArgument`, and what the store says.
pub(crate) async fn list_multipart_uploads(request: Request<'_>) -> Result<Response, S3Error> {
    let query = request.query;
    let text = |name: &str| query.get(name).unwrap_or_default().to_owned();
    let key_marker = text("key-marker");
    let wanted = Wanted {
        prefix: text("prefix"),
        delimiter: text("delimiter"),
        upload_marker: if key_marker.is_empty() { String::new() } else { text("upload-id-marker") },
        key_marker,
        uploads_max: page_size(query, "max-uploads", request.limits().list_entries_max)?,
        is_url_encoded: is_url(query.get("encoding-type")),
        encodes_all: request.profile().encodes_upload_listings,
        slash: if request.profile().escapes_slash_in_listings { SlashEscape::Escaped } else { SlashEscape::Kept },
        fills_pages: request.profile().fills_upload_pages,
    };

    let bucket = request.bucket()?.clone();
    let document = request
        .read_blocking(move |world| {
            let page = read(world, &bucket, &wanted)?;
            render(&wanted, bucket.name.as_str(), &page, &mut DisplayNames::new(world))
        })
        .await?;

    Ok(Response::xml_chunked(document))
}

/// RGW neither shows nor counts common prefixes here, so pages are read until enough uploads have come. An empty page
/// is truncated when there is something to list.
fn read(world: &World, bucket: &Bucket, wanted: &Wanted) -> Result<UploadPage, EngineError> {
    let mut page = UploadPage::default();
    let mut after = (!wanted.key_marker.is_empty()).then(|| UploadMarker {
        key: wanted.key_marker.clone(),
        upload: (!wanted.upload_marker.is_empty()).then(|| UploadId(wanted.upload_marker.clone())),
    });
    loop {
        let entries_max = (wanted.uploads_max - page.uploads.len()).max(1);
        let mut more = world.list_uploads(
            bucket,
            &ListUploads { prefix: wanted.prefix.clone(), delimiter: wanted.delimiter.clone(), after, entries_max },
        )?;
        if wanted.uploads_max == 0 {
            page.next = more.uploads.first().map(marker_of);
            return Ok(page);
        }
        if !wanted.fills_pages {
            return Ok(more);
        }
        page.uploads.append(&mut more.uploads);
        page.next = more.next;
        if page.next.is_none() || page.uploads.len() >= wanted.uploads_max {
            return Ok(page);
        }
        after = page.next.clone();
    }
}

fn marker_of(upload: &Upload) -> UploadMarker {
    UploadMarker { key: upload.key.as_str().to_owned(), upload: Some(upload.id.clone()) }
}

fn render(
    wanted: &Wanted,
    bucket: &str,
    page: &UploadPage,
    names: &mut DisplayNames<'_>,
) -> Result<String, EngineError> {
    let mut xml = Xml::document(512 + page.uploads.len() * 360);
    xml.open_s3("ListMultipartUploadsResult");
    xml.text("Bucket", bucket);
    let echoed =
        [("Prefix", &wanted.prefix), ("KeyMarker", &wanted.key_marker), ("UploadIdMarker", &wanted.upload_marker)];
    for (name, value) in echoed.into_iter().filter(|(_, value)| !value.is_empty()) {
        named(wanted, &mut xml, name, value);
    }
    // RGW names the last upload of the page as the next marker whether or not more follow.
    if let Some(last) = page.uploads.last() {
        named(wanted, &mut xml, "NextKeyMarker", last.key.as_str());
        xml.text("NextUploadIdMarker", &last.id.0);
    }
    xml.number("MaxUploads", wanted.uploads_max as u64);
    if !wanted.delimiter.is_empty() {
        named(wanted, &mut xml, "Delimiter", &wanted.delimiter);
    }
    if wanted.is_url_encoded && wanted.encodes_all {
        xml.text("EncodingType", "url");
    }
    xml.flag("IsTruncated", page.next.is_some());
    for upload in &page.uploads {
        render_upload(wanted, &mut xml, upload, names)?;
    }
    for prefix in &page.prefixes {
        xml.open("CommonPrefixes");
        named(wanted, &mut xml, "Prefix", prefix);
        xml.close("CommonPrefixes");
    }
    xml.close("ListMultipartUploadsResult");
    Ok(xml.finish())
}

/// A marker or a prefix.
fn named(wanted: &Wanted, xml: &mut Xml, name: &str, value: &str) {
    if wanted.is_url_encoded && wanted.encodes_all && name != "UploadIdMarker" {
        xml.url(name, value, wanted.slash);
    } else {
        xml.text(name, value);
    }
}

fn render_upload(
    wanted: &Wanted,
    xml: &mut Xml,
    upload: &Upload,
    names: &mut DisplayNames<'_>,
) -> Result<(), EngineError> {
    let (id, name) = (upload.owner.as_str(), names.of(&upload.owner)?);
    xml.open("Upload");
    if wanted.is_url_encoded {
        xml.url("Key", upload.key.as_str(), wanted.slash);
    } else {
        xml.text("Key", upload.key.as_str());
    }
    xml.text("UploadId", &upload.id.0);
    xml.owner("Initiator", id, name);
    xml.owner("Owner", id, name);
    if let Some(announced) = upload.checksum {
        xml.text("ChecksumAlgorithm", checksum::names(announced.algorithm).word);
        xml.text("ChecksumType", checksum::kind_word(announced.kind));
    }
    xml.text("StorageClass", storage_class::shown(&upload.meta));
    xml.time("Initiated", upload.initiated);
    xml.close("Upload");
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use expect_test::expect;
    use spacelet_engine::{AccountId, Acl, ObjectKey, ObjectMeta, Timestamp};

    use super::super::listing::fixtures;
    use super::*;

    fn upload(key: &str, id: &str) -> Upload {
        let owner = AccountId::new("7");
        Upload {
            id: UploadId(id.to_owned()),
            key: ObjectKey::parse(key.as_bytes()).unwrap(),
            initiated: Timestamp(1_795_508_111_603),
            acl: Acl::private(&owner),
            owner,
            meta: ObjectMeta::default(),
            sealed: None,
            checksum: None,
        }
    }

    fn wanted() -> Wanted {
        Wanted {
            prefix: "p".to_owned(),
            delimiter: "/".to_owned(),
            key_marker: "k".to_owned(),
            upload_marker: "2~m".to_owned(),
            uploads_max: 1,
            is_url_encoded: true,
            slash: SlashEscape::Escaped,
            fills_pages: true,
            encodes_all: false,
        }
    }

    #[test]
    fn renders_as_rgw() {
        let page = UploadPage { uploads: vec![upload("p/a b", "2~x")], prefixes: Vec::new(), next: None };
        let expected = expect![[
            r#"<?xml version="1.0" encoding="UTF-8"?><ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b</Bucket><Prefix>p</Prefix><KeyMarker>k</KeyMarker><UploadIdMarker>2~m</UploadIdMarker><NextKeyMarker>p/a b</NextKeyMarker><NextUploadIdMarker>2~x</NextUploadIdMarker><MaxUploads>1</MaxUploads><Delimiter>/</Delimiter><IsTruncated>false</IsTruncated><Upload><Key>p%2Fa%20b</Key><UploadId>2~x</UploadId><Initiator><ID>7</ID><DisplayName>seven</DisplayName></Initiator><Owner><ID>7</ID><DisplayName>seven</DisplayName></Owner><StorageClass>STANDARD</StorageClass><Initiated>2026-11-24T08:15:11.603Z</Initiated></Upload></ListMultipartUploadsResult>"#
        ]];
        expected.assert_eq(&render(&wanted(), "b", &page, &mut fixtures::names()).unwrap());
    }

    #[test]
    fn an_empty_page_has_only_bounds() {
        let wanted = Wanted {
            prefix: String::new(),
            delimiter: String::new(),
            key_marker: String::new(),
            upload_marker: String::new(),
            uploads_max: 1000,
            ..wanted()
        };
        let expected = expect![[
            r#"<?xml version="1.0" encoding="UTF-8"?><ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b</Bucket><MaxUploads>1000</MaxUploads><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"#
        ]];
        expected.assert_eq(&render(&wanted, "b", &UploadPage::default(), &mut fixtures::names()).unwrap());
    }
}
