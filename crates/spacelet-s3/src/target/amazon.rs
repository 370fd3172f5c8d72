//! Amazon's own host names: `s3.REGION.amazonaws.com` and its older and dual-stack forms, each with or without a bucket
//! before it (S3 user guide, "Making requests"; general reference, "Amazon S3 endpoints").

use spacelet_engine::Region;

use super::Door;
use crate::region::is_name;

/// The domains below which the service is Amazon's.
pub(super) const DOMAINS: [&str; 2] = [".amazonaws.com", ".amazonaws.com.cn"];

/// What the labels before a domain name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named<'h> {
    pub(super) door: Door,
    /// `None`: the global endpoint.
    pub(super) region: Option<Region>,
    pub(super) bucket: Option<&'h str>,
}

/// Reads the labels; `None` where they name no endpoint of S3. The global one is named below Amazon's domains only.
pub(super) fn read(labels: &str, is_amazons: bool) -> Option<Named<'_>> {
    let (before, last) = split(labels);
    let lower = last.to_ascii_lowercase();
    if let Some((door, region)) = dashed(&lower) {
        return Some(Named { door, region: Some(region), bucket: before });
    }
    // DIFFERS: accelerate and FIPS hosts are the ordinary endpoints here, whatever the bucket's configuration says.
    if is_amazons && (lower == "s3" || lower == "s3-accelerate") {
        return Some(Named { door: Door::Api, region: None, bucket: before });
    }
    if lower == "dualstack" && is_amazons {
        let (bucket, service) = split(before?);
        return service.eq_ignore_ascii_case("s3-accelerate").then_some(Named {
            door: Door::Api,
            region: None,
            bucket,
        });
    }
    if !is_name(&lower) {
        return None;
    }
    let (before, service) = split(before?);
    let (before, service) = match before {
        Some(before) if service.eq_ignore_ascii_case("dualstack") => split(before),
        _ => (before, service),
    };
    let door = door_of(&service.to_ascii_lowercase())?;
    Some(Named { door, region: Some(Region::new(lower)), bucket: before })
}

/// `s3-REGION`, `s3-website-REGION`, `s3-fips-REGION`.
fn dashed(label: &str) -> Option<(Door, Region)> {
    let rest = label.strip_prefix("s3-")?;
    let (door, region) = match rest.strip_prefix("website-") {
        Some(region) => (Door::Website, region),
        None => (Door::Api, rest.strip_prefix("fips-").unwrap_or(rest)),
    };
    is_name(region).then(|| (door, Region::new(region)))
}

fn door_of(service: &str) -> Option<Door> {
    match service {
        "s3" | "s3-fips" => Some(Door::Api),
        "s3-website" => Some(Door::Website),
        _ => None,
    }
}

/// What stands before the last label, and that.
fn split(labels: &str) -> (Option<&str>, &str) {
    match labels.rsplit_once('.') {
        Some((before, last)) => (Some(before), last),
        None => (None, labels),
    }
}
