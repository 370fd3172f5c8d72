//! ListObjects (version 1).

use spacelet_engine::{EngineError, ListObjects, ObjectPage};

use super::listing::{self, DisplayNames, Style};
use crate::error::S3Error;
use crate::request::Request;
use crate::response::Response;

/// One page, after `marker`.
///
/// # Errors
/// `InvalidArgument`, and what the store says.
pub(crate) async fn list_objects(request: Request<'_>) -> Result<Response, S3Error> {
    let (mut wanted, style) = listing::options(&request)?;
    wanted.after = request.query.get("marker").unwrap_or_default().to_owned();

    let bucket = request.bucket()?.clone();
    let document = request
        .read_blocking(move |world| {
            let page = world.list_objects(&bucket, &wanted)?;
            render(&style, &wanted, &page, &mut DisplayNames::new(world))
        })
        .await?;

    listing::answer(&request, document)
}

fn render(
    style: &Style,
    wanted: &ListObjects,
    page: &ObjectPage,
    names: &mut DisplayNames<'_>,
) -> Result<String, EngineError> {
    let mut xml = style.open("ListBucketResult", wanted, page.entries.len(), page.next.is_some());
    style.entries(&mut xml, page, names)?;
    style.echo(&mut xml, "Marker", &wanted.after);
    if let Some(next) = &page.next {
        style.echo(&mut xml, "NextMarker", next);
    }
    xml.close("ListBucketResult");
    Ok(xml.finish())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use expect_test::expect;

    use super::super::listing::fixtures;
    use super::*;

    fn rendered(style: &Style) -> String {
        render(style, &fixtures::wanted(), &fixtures::page(), &mut fixtures::names()).unwrap()
    }

    #[test]
    fn renders_as_rgw() {
        let expected = expect![[
            r#"<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>p+</Prefix><MaxKeys>3</MaxKeys><Delimiter>/</Delimiter><IsTruncated>true</IsTruncated><CommonPrefixes><Prefix>dir é/</Prefix></CommonPrefixes><Contents><Key>a b</Key><LastModified>2026-11-24T08:15:11.603Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>10</Size><StorageClass>STANDARD</StorageClass><Owner><ID>7</ID><DisplayName>seven</DisplayName></Owner><Type>Normal</Type></Contents><Contents><Key>x/&lt;&amp;&gt;</Key><LastModified>2026-11-24T08:15:11.603Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>10</Size><StorageClass>STANDARD</StorageClass><Owner><ID>anonymous</ID><DisplayName></DisplayName></Owner><Type>Normal</Type></Contents><Marker>m &amp;</Marker><NextMarker>x/&lt;&amp;&gt;</NextMarker></ListBucketResult>"#
        ]];
        expected.assert_eq(&rendered(&fixtures::style()));
    }

    #[test]
    fn url_encodes_keys_and_prefixes_only() {
        let expected = expect![[
            r#"<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType><Name>b</Name><Prefix>p+</Prefix><MaxKeys>3</MaxKeys><Delimiter>/</Delimiter><IsTruncated>true</IsTruncated><CommonPrefixes><Prefix>dir%20%C3%A9/</Prefix></CommonPrefixes><Contents><Key>a%20b</Key><LastModified>2026-11-24T08:15:11.603Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>10</Size><StorageClass>STANDARD</StorageClass><Owner><ID>7</ID><DisplayName>seven</DisplayName></Owner><Type>Normal</Type></Contents><Contents><Key>x%2F%3C%26%3E</Key><LastModified>2026-11-24T08:15:11.603Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>10</Size><StorageClass>STANDARD</StorageClass><Owner><ID>anonymous</ID><DisplayName></DisplayName></Owner><Type>Normal</Type></Contents><Marker>m &amp;</Marker><NextMarker>x/&lt;&amp;&gt;</NextMarker></ListBucketResult>"#
        ]];
        expected.assert_eq(&rendered(&Style { is_url_encoded: true, ..fixtures::style() }));
    }

    #[test]
    fn aws_keeps_slashes_and_encodes_echoes() {
        let document = rendered(&Style { is_url_encoded: true, is_rgw: false, ..fixtures::style() });
        for part in ["<Key>x/%3C%26%3E</Key>", "<Prefix>p%2B</Prefix>", "<Marker>m%20%26</Marker>"] {
            assert!(document.contains(part), "{part}");
        }
        assert!(!document.contains("<Type>"));
    }
}
