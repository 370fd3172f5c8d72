//! ListObjectsV2.

use spacelet_engine::{EngineError, ListObjects, ObjectPage};

use super::listing::{self, DisplayNames, Style};
use super::token;
use crate::error::S3Error;
use crate::request::Request;
use crate::response::Response;

/// What only version 2 echoes: present when the parameter was, even empty.
#[derive(Debug, Clone, Default)]
struct Echoes {
    token: Option<String>,
    start_after: Option<String>,
}

/// One page, after `continuation-token` or else `start-after`. A token is the last key (or common prefix) of the page
/// before, readable, as RGW makes it; any other text works as a start-after.
///
/// # Errors
/// `InvalidArgument`, and what the store says.
pub(crate) async fn list_objects_v2(request: Request<'_>) -> Result<Response, S3Error> {
    let query = request.query;
    let (mut wanted, mut style) = listing::options(&request)?;
    let echoes = Echoes {
        token: query.get("continuation-token").map(str::to_owned),
        start_after: query.get("start-after").map(str::to_owned),
    };
    let token = echoes.token.as_ref().filter(|token| !token.is_empty());
    let is_opaque = request.profile().opaque_tokens;
    let token = token.map(|token| if is_opaque { token::read(token) } else { Ok(token.clone()) }).transpose()?;
    wanted.after = token.or_else(|| echoes.start_after.clone()).unwrap_or_default();
    style.with_owner = query.get("fetch-owner").is_some_and(|value| value.eq_ignore_ascii_case("true"));

    let bucket = request.bucket()?.clone();
    let document = request
        .read_blocking(move |world| {
            let page = world.list_objects(&bucket, &wanted)?;
            let next = page.next.as_ref().map(|next| if is_opaque { token::make(next) } else { next.clone() });
            render(&style, &wanted, &echoes, (&page, next.as_deref()), &mut DisplayNames::new(world))
        })
        .await?;

    listing::answer(&request, document)
}

fn render(
    style: &Style,
    wanted: &ListObjects,
    echoes: &Echoes,
    (page, next): (&ObjectPage, Option<&str>),
    names: &mut DisplayNames<'_>,
) -> Result<String, EngineError> {
    let mut xml = style.open("ListBucketResult", wanted, page.entries.len(), page.next.is_some());
    style.entries(&mut xml, page, names)?;
    if let Some(token) = &echoes.token {
        xml.text("ContinuationToken", token);
    }
    if let Some(next) = next {
        xml.text("NextContinuationToken", next);
    }
    xml.number("KeyCount", page.entries.len() as u64);
    if let Some(start_after) = &echoes.start_after {
        style.echo(&mut xml, "StartAfter", start_after);
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

    #[test]
    fn renders_as_rgw() {
        let style = Style { with_owner: false, ..fixtures::style() };
        let echoes = Echoes { token: Some(String::new()), start_after: Some("m &".to_owned()) };
        let expected = expect![[
            r#"<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>p+</Prefix><MaxKeys>3</MaxKeys><Delimiter>/</Delimiter><IsTruncated>true</IsTruncated><CommonPrefixes><Prefix>dir é/</Prefix></CommonPrefixes><Contents><Key>a b</Key><LastModified>2026-11-24T08:15:11.603Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>10</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><Contents><Key>x/&lt;&amp;&gt;</Key><LastModified>2026-11-24T08:15:11.603Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>10</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><ContinuationToken></ContinuationToken><NextContinuationToken>x/&lt;&amp;&gt;</NextContinuationToken><KeyCount>3</KeyCount><StartAfter>m &amp;</StartAfter></ListBucketResult>"#
        ]];
        let document =
            render(&style, &fixtures::wanted(), &echoes, (&fixtures::page(), Some("x/<&>")), &mut fixtures::names());
        expected.assert_eq(&document.unwrap());
    }

    #[test]
    fn an_empty_page_has_no_token() {
        let wanted = ListObjects { entries_max: 0, ..ListObjects::default() };
        let expected = expect![[
            r#"<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix><MaxKeys>0</MaxKeys><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>"#
        ]];
        let document = render(
            &fixtures::style(),
            &wanted,
            &Echoes::default(),
            (&ObjectPage::default(), None),
            &mut fixtures::names(),
        );
        expected.assert_eq(&document.unwrap());
    }
}
