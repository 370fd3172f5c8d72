//! ListObjectVersions.

use spacelet_engine::{
    EngineError, ListObjects, ListVersions, Listed, ObjectInfo, VersionId, VersionMarker, VersionPage,
};

use super::listing::{self, DisplayNames, Style};
use crate::error::S3Error;
use crate::request::Request;
use crate::response::Response;
use crate::storage_class;
use crate::xml::{SlashEscape, Xml};

/// One page of versions and delete markers, after `key-marker` and `version-id-marker`.
///
/// # Errors
/// `InvalidArgument`, and what the store says.
pub(crate) async fn list_object_versions(request: Request<'_>) -> Result<Response, S3Error> {
    let (options, style) = listing::options(&request)?;
    let text = |name| request.query.get(name).unwrap_or_default().to_owned();
    let markers = (text("key-marker"), text("version-id-marker"));

    let bucket = request.bucket()?.clone();
    let document = request
        .read_blocking(move |world| {
            let wanted = wanted(&options, &markers);
            let page = world.list_versions(&bucket, &wanted)?;
            render(&style, &options, &markers, &page, &mut DisplayNames::new(world))
        })
        .await?;

    Ok(Response::xml_chunked(document))
}

/// A version marker without a key marker is echoed and otherwise ignored, as in RGW.
fn wanted(options: &ListObjects, (key, version): &(String, String)) -> ListVersions {
    let version = Some(version).filter(|id| !id.is_empty()).map(|id| VersionId(id.clone()));
    ListVersions {
        prefix: options.prefix.clone(),
        delimiter: options.delimiter.clone(),
        after: (!key.is_empty()).then(|| VersionMarker { key: key.clone(), version }),
        entries_max: options.entries_max,
    }
}

fn render(
    style: &Style,
    options: &ListObjects,
    (key_marker, version_marker): &(String, String),
    page: &VersionPage,
    names: &mut DisplayNames<'_>,
) -> Result<String, EngineError> {
    let mut xml = style.open("ListVersionsResult", options, page.entries.len(), page.next.is_some());
    style.prefixes(&mut xml, &page.entries);
    style.echo(&mut xml, "KeyMarker", key_marker);
    xml.text("VersionIdMarker", version_marker);
    if let Some(next) = &page.next {
        style.echo(&mut xml, "NextKeyMarker", &next.key);
        if let Some(version) = &next.version {
            xml.text("NextVersionIdMarker", &version.0);
        }
    }
    for entry in &page.entries {
        if let Listed::Object(object) = entry {
            version(style, &mut xml, object, names)?;
        }
    }
    xml.close("ListVersionsResult");
    Ok(xml.finish())
}

fn version(style: &Style, xml: &mut Xml, object: &ObjectInfo, names: &mut DisplayNames<'_>) -> Result<(), EngineError> {
    let slash = if style.is_rgw { SlashEscape::Escaped } else { SlashEscape::Kept };
    let element = if object.is_delete_marker { "DeleteMarker" } else { "Version" };
    xml.open(element);
    style.key(xml, "Key", object.key.as_str(), slash);
    xml.text("VersionId", &object.version.0);
    xml.flag("IsLatest", object.is_current);
    xml.time("LastModified", object.modified);
    if !object.is_delete_marker {
        xml.quoted_etag("ETag", &object.etag);
        style.checksum(xml, object);
        xml.number("Size", object.bytes);
        xml.text("StorageClass", storage_class::shown(&object.meta));
    }
    xml.owner("Owner", object.owner.as_str(), names.of(&object.owner)?);
    if style.is_rgw {
        xml.text("Type", "Normal");
    }
    style.restoration(xml, object);
    xml.close(element);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use expect_test::expect;

    use super::super::listing::fixtures;
    use super::*;

    #[test]
    fn renders_as_rgw() {
        let markers = ("m/".to_owned(), "null".to_owned());
        let mut page = VersionPage {
            entries: fixtures::page().entries,
            next: Some(VersionMarker { key: "x".to_owned(), version: Some(VersionId::null()) }),
        };
        if let Some(Listed::Object(first)) = page.entries.iter_mut().find(|entry| matches!(entry, Listed::Object(_))) {
            first.is_delete_marker = true;
        }
        let document =
            render(&fixtures::style(), &fixtures::wanted(), &markers, &page, &mut fixtures::names()).unwrap();
        expect![[r#"<?xml version="1.0" encoding="UTF-8"?><ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>p+</Prefix><MaxKeys>3</MaxKeys><Delimiter>/</Delimiter><IsTruncated>true</IsTruncated><CommonPrefixes><Prefix>dir é/</Prefix></CommonPrefixes><KeyMarker>m/</KeyMarker><VersionIdMarker>null</VersionIdMarker><NextKeyMarker>x</NextKeyMarker><NextVersionIdMarker>null</NextVersionIdMarker><DeleteMarker><Key>a b</Key><VersionId>null</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-24T08:15:11.603Z</LastModified><Owner><ID>7</ID><DisplayName>seven</DisplayName></Owner><Type>Normal</Type></DeleteMarker><Version><Key>x/&lt;&amp;&gt;</Key><VersionId>null</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-24T08:15:11.603Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>10</Size><StorageClass>STANDARD</StorageClass><Owner><ID>anonymous</ID><DisplayName></DisplayName></Owner><Type>Normal</Type></Version></ListVersionsResult>"#]].assert_eq(&document);
    }
}
