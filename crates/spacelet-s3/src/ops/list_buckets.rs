//! ListBuckets (AWS API reference). On a regional host: that region's Spaces only (spaces-reference 4.2).

use spacelet_engine::{Bucket, Region};

use super::numbers::number;
use super::token;
use crate::error::{ErrorCode, S3Error};
use crate::request::Request;
use crate::response::Response;
use crate::xml::Xml;

/// Buckets of one page at most, and where nothing else is said.
const BUCKETS_MAX: i64 = 10_000;

/// One page of the caller's buckets.
///
/// # Errors
/// `InvalidArgument` for a page size or token that is none, and what the store says.
pub(crate) async fn list_buckets(request: Request<'_>) -> Result<Response, S3Error> {
    let region = request.target.region.as_ref();
    let id = request.caller_id();
    let mut buckets = request.world.buckets_of(&id, region)?;
    let wanted = Wanted::read(&request)?;
    let next = wanted.choose(&mut buckets);

    let mut xml = Xml::document(256 + buckets.len() * 128);
    xml.open_s3("ListAllMyBucketsResult");
    xml.owner("Owner", id.as_str(), &request.display_name(&id)?);
    xml.open("Buckets");
    for bucket in &buckets {
        xml.open("Bucket");
        xml.text("Name", bucket.name.as_str());
        xml.time("CreationDate", bucket.created);
        if wanted.is_paged {
            xml.text("BucketRegion", bucket.region.as_str());
        }
        xml.close("Bucket");
    }
    xml.close("Buckets");
    if let Some(next) = next {
        xml.text("ContinuationToken", &token::make(&next));
    }
    if let Some(prefix) = &wanted.prefix {
        xml.text("Prefix", prefix);
    }
    xml.close("ListAllMyBucketsResult");
    Ok(Response::xml_chunked(xml.finish()))
}

/// Which buckets are asked for.
#[derive(Debug, Default)]
struct Wanted {
    /// Any parameter was sent: entries say their region (API reference, ListBuckets).
    is_paged: bool,
    prefix: Option<String>,
    region: Option<Region>,
    /// Only names after this one.
    after: Option<String>,
    buckets_max: Option<usize>,
}

impl Wanted {
    fn read(request: &Request<'_>) -> Result<Self, S3Error> {
        let query = request.query;
        if !request.profile().pages_buckets {
            return Ok(Self::default());
        }
        let buckets_max = match number(query, "max-buckets")? {
            None => None,
            Some(wanted @ 1..=BUCKETS_MAX) => usize::try_from(wanted).ok(),
            Some(_) => {
                let why = "Argument max-buckets must be an integer between 1 and 10000";
                return Err(S3Error::new(ErrorCode::InvalidArgument, why).with_message(why));
            }
        };
        let after = query.get_non_empty("continuation-token").map(token::read).transpose()?;
        let prefix = query.get_non_empty("prefix").map(str::to_owned);
        let region = query.get_non_empty("bucket-region").map(Region::new);
        let is_paged = buckets_max.is_some() || after.is_some() || prefix.is_some() || region.is_some();
        Ok(Self { is_paged, prefix, region, after, buckets_max })
    }

    /// Leaves those of the page; the last one's name when more follow.
    fn choose(&self, buckets: &mut Vec<Bucket>) -> Option<String> {
        buckets.retain(|bucket| {
            let name = bucket.name.as_str();
            self.prefix.as_ref().is_none_or(|prefix| name.starts_with(prefix.as_str()))
                && self.region.as_ref().is_none_or(|region| bucket.region == *region)
                && self.after.as_ref().is_none_or(|after| name > after.as_str())
        });
        let buckets_max = self.buckets_max.unwrap_or(usize::MAX);
        if buckets.len() <= buckets_max {
            return None;
        }
        buckets.truncate(buckets_max);
        buckets.last().map(|bucket| bucket.name.as_str().to_owned())
    }
}
