//! Regions as Amazon S3 has them: the one of a V4 signature is the bucket's, and a new bucket's follows from it and from
//! its LocationConstraint. Spaces looks at neither (spaces-reference 2).

use spacelet_engine::{Bucket, Region};
use spacelet_sigv4::Claim;

use crate::Profile;
use crate::error::{Detail, ErrorCode, S3Error};
use crate::target::Target;

/// Where S3's global endpoint is: buckets made there may name any other region, and need not name this one.
const GLOBAL: &str = "us-east-1";

/// The region of a signature's scope.
pub(crate) struct SignedRegion {
    pub(crate) region: Region,
    /// In a link's query, not in a header.
    is_in_query: bool,
}

/// The region that was signed; `None` without a V4 signature, and in profiles that do not look at it.
pub(crate) fn signed_region(profile: &Profile, claim: &Claim) -> Option<SignedRegion> {
    match claim {
        Claim::HeaderV4(v4) | Claim::PresignedV4(v4) if profile.checks_regions => {
            Some(SignedRegion { region: Region::new(v4.scope.region()), is_in_query: claim.is_presigned() })
        }
        Claim::HeaderV4(_) | Claim::PresignedV4(_) | Claim::HeaderV2(_) | Claim::PresignedV2(_) | Claim::Anonymous => {
            None
        }
    }
}

/// Holds the signed region against the endpoint's, where the host names one. The global endpoint's is its own, unless
/// the host names a bucket, whose region it then is.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_endpoint(signed: Option<&SignedRegion>, target: &Target) -> Result<(), S3Error> {
    let global = (target.is_global && !target.is_virtual_hosted).then(global);
    match target.region.as_ref().or(global.as_ref()) {
        Some(region) => expect_region(signed, region, "the signature's region is not the endpoint's"),
        None => Ok(()),
    }
}

/// Whether the bucket is to be addressed at another endpoint. The global one serves every bucket that a host names:
/// Amazon's DNS leads such a host to the bucket's region.
///
/// # Errors
/// `PermanentRedirect`.
pub(crate) fn check_address(target: &Target, bucket: &Bucket) -> Result<(), S3Error> {
    let (here, there) = match &target.region {
        Some(region) => (region.as_str(), bucket.region.as_str()),
        // DIFFERS: for some hours after a bucket was made, S3 answers 307 here, until its DNS knows the bucket.
        None if target.is_global && !target.is_virtual_hosted => (GLOBAL, bucket.region.as_str()),
        None => return Ok(()),
    };
    if here == there {
        return Ok(());
    }
    let endpoint = match (&target.region, target.host.rfind(here)) {
        (Some(_), Some(at)) => {
            let (before, rest) = target.host.split_at(at);
            format!("{before}{there}{}", rest.get(here.len()..).unwrap_or_default())
        }
        _ => format!("s3.{there}.amazonaws.com"),
    };
    let why = format!("the bucket is in {there}, and this is the endpoint of {here}");
    let detail = Detail::Endpoint { region: bucket.region.clone(), endpoint };
    Err(S3Error::new(ErrorCode::PermanentRedirect, why).with_detail(detail))
}

/// Holds the signed region against the bucket's.
///
/// # Errors
/// `AuthorizationHeaderMalformed`, `AuthorizationQueryParametersError`, with the region that is expected.
pub(crate) fn check(signed: Option<&SignedRegion>, bucket: &Bucket) -> Result<(), S3Error> {
    expect_region(signed, &bucket.region, "the signature's region is not the bucket's")
}

fn expect_region(signed: Option<&SignedRegion>, expected: &Region, why: &str) -> Result<(), S3Error> {
    let Some(signed) = signed.filter(|signed| signed.region != *expected) else { return Ok(()) };
    let (wrong, right) = (signed.region.as_str(), expected.as_str());
    let (code, begin) = match signed.is_in_query {
        false => (ErrorCode::AuthorizationHeaderMalformed, "The authorization header is malformed"),
        true => (ErrorCode::AuthorizationQueryParametersError, "Error parsing the X-Amz-Credential parameter"),
    };
    Err(S3Error::new(code, format!("{why}; give the client the region {right}"))
        .with_message(format!("{begin}; the region '{wrong}' is wrong; expecting '{right}'"))
        .with_detail(Detail::Region(expected.clone())))
}

/// Where a new bucket is to be, by the endpoint's region and its LocationConstraint. `home`: the server's own region,
/// whose buckets need not name it on a host that names no region either.
///
/// # Errors
/// `IllegalLocationConstraintException`, `InvalidLocationConstraint`.
pub(crate) fn of_new_bucket(endpoint: &Region, home: Option<&Region>, location: &str) -> Result<Region, S3Error> {
    let incompatible = |location: &str| {
        let why = "the endpoint's region (the one that was signed) makes buckets in itself only, and wants to be named";
        Err(S3Error::new(ErrorCode::IllegalLocationConstraintException, why).with_message(format!(
            "The {location} location constraint is incompatible for the region specific endpoint this request was sent to."
        )))
    };
    let location = if location == "EU" { "eu-west-1" } else { location };
    let is_global = endpoint.as_str() == GLOBAL;
    match location {
        "" if is_global || Some(endpoint) == home => Ok(endpoint.clone()),
        "" => incompatible("unspecified"),
        GLOBAL if is_global => Err(unknown(location)),
        asked if !is_name(asked) => Err(unknown(asked)),
        asked if is_global || asked == endpoint.as_str() => Ok(Region::new(asked)),
        asked => incompatible(asked),
    }
}

fn unknown(asked: &str) -> S3Error {
    let why = format!("{asked} is no region that a LocationConstraint names (us-east-1 is named by leaving it out)");
    S3Error::new(ErrorCode::InvalidLocationConstraint, why)
}

/// The region of S3's global endpoint.
pub(crate) fn global() -> Region {
    Region::new(GLOBAL)
}

/// `eu-central-1` and the like, or a slug of DigitalOcean's.
pub(crate) fn is_name(text: &str) -> bool {
    let is_slug = Region::KNOWN.contains(&text);
    let is_aws = text.matches('-').count() >= 2
        && text.ends_with(|last: char| last.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    text.len() <= 32 && (is_slug || is_aws)
}

/// What GetBucketLocation says: nothing for the global endpoint's own region.
pub(crate) fn shown(region: &Region) -> &str {
    if region.as_str() == GLOBAL { "" } else { region.as_str() }
}

/// Whether making one's own bucket again is no error there.
pub(crate) fn may_be_made_again(region: &Region) -> bool {
    region.as_str() == GLOBAL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_buckets_go_where_endpoint_and_constraint_agree() {
        let home = Region::new("nyc3");
        let illegal = Err(ErrorCode::IllegalLocationConstraintException);
        let invalid = Err(ErrorCode::InvalidLocationConstraint);
        for (endpoint, location, expected) in [
            ("us-east-1", "", Ok("us-east-1")),
            ("us-east-1", "eu-central-1", Ok("eu-central-1")),
            ("us-east-1", "EU", Ok("eu-west-1")),
            ("us-east-1", "us-east-1", invalid),
            ("us-east-1", "nowhere", invalid),
            ("us-east-1", "Eu-West-1", invalid),
            ("eu-west-1", "", illegal),
            ("eu-west-1", "eu-west-1", Ok("eu-west-1")),
            ("eu-west-1", "eu-central-1", illegal),
            ("eu-west-1", "us-east-1", illegal),
            ("nyc3", "", Ok("nyc3")),
            ("nyc3", "nyc3", Ok("nyc3")),
        ] {
            let found = of_new_bucket(&Region::new(endpoint), Some(&home), location);
            let found = found.as_ref().map(Region::as_str).map_err(|error| error.code);
            assert_eq!(found, expected, "{endpoint} {location}");
        }
        let named = of_new_bucket(&home, None, "").map_err(|error| error.code);
        assert_eq!(named, Err(ErrorCode::IllegalLocationConstraintException));
    }
}
