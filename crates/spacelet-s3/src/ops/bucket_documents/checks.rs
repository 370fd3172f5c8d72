//! What each kind of document must hold (AWS API reference, the data type of each).

use spacelet_engine::{DocumentKind, Versioning};

use crate::error::{ErrorCode, S3Error};
use crate::ownership::Ownership;
use crate::request::Request;
use crate::tags::Tagged;
use crate::xml::Element;
use crate::{encryption, notification, object_lock, ownership, public_access};

/// Rules of one replication configuration.
const REPLICATION_RULES_MAX: usize = 1_000;

fn malformed<T>(why: impl Into<String>) -> Result<T, S3Error> {
    Err(S3Error::new(ErrorCode::MalformedXML, why.into()))
}

/// The text of a child that must be one of `legal`.
fn one_of<'e>(element: &'e Element, name: &str, legal: &[&str]) -> Result<&'e str, S3Error> {
    match element.child_text(name).map(str::trim).filter(|text| legal.contains(text)) {
        Some(text) => Ok(text),
        None => malformed(format!("{name} is one of {}", legal.join(", "))),
    }
}

/// At most 50 tags with different keys, none of Amazon's own.
pub(super) fn tagging(_request: &Request<'_>, root: &Element) -> Result<(), S3Error> {
    let Some(set) = root.child("TagSet") else { return malformed("there is no TagSet") };
    let tag = |tag: &Element| match (tag.child_text("Key"), tag.child_text("Value")) {
        (Some(key), Some(value)) => Ok((key.to_owned(), value.to_owned())),
        _ => malformed("a Tag has a Key and a Value"),
    };
    Tagged::Bucket.check(&set.all("Tag").map(tag).collect::<Result<Vec<_>, _>>()?)
}

/// One rule with an algorithm that S3 knows, a key only for KMS; or with what it blocks.
pub(super) fn encryption(_request: &Request<'_>, root: &Element) -> Result<(), S3Error> {
    let mut rules = root.all("Rule");
    let (Some(rule), None) = (rules.next(), rules.next()) else { return malformed("there is one Rule") };
    let blocked = rule.child("BlockedEncryptionTypes");
    for kind in blocked.iter().flat_map(|blocked| blocked.all("EncryptionType")) {
        if !matches!(kind.text.trim(), "NONE" | encryption::CUSTOMER) {
            return malformed("an EncryptionType is NONE or SSE-C");
        }
    }
    let Some(default) = rule.child("ApplyServerSideEncryptionByDefault") else {
        return match blocked {
            Some(_) => Ok(()),
            None => malformed("a Rule has ApplyServerSideEncryptionByDefault"),
        };
    };
    let algorithm = one_of(default, "SSEAlgorithm", &encryption::ALGORITHMS)?;
    if algorithm == encryption::AES256 && default.child("KMSMasterKeyID").is_some() {
        let why = "KMSMasterKeyID goes with aws:kms";
        return Err(S3Error::new(ErrorCode::InvalidArgument, why).with_message(
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
        ));
    }
    if rule.child("BucketKeyEnabled").is_some() {
        one_of(rule, "BucketKeyEnabled", &["true", "false"])?;
    }
    Ok(())
}

/// One rule; ACLs can only be switched off where they give nothing away.
pub(super) fn ownership(request: &Request<'_>, root: &Element) -> Result<(), S3Error> {
    let mut rules = root.all("Rule");
    let (Some(rule), None) = (rules.next(), rules.next()) else { return malformed("there is one Rule") };
    let named = rule.child_text("ObjectOwnership").map(str::trim).and_then(Ownership::named);
    let Some(named) = named else {
        return malformed("ObjectOwnership is one of BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter");
    };
    let bucket = request.bucket()?;
    if named == Ownership::BucketOwnerEnforced && !ownership::is_owners_alone(&bucket.acl, &bucket.owner) {
        return Err(ownership::acl_is_in_the_way());
    }
    Ok(())
}

/// Four switches, each of which may be left out.
pub(super) fn public_access(_request: &Request<'_>, root: &Element) -> Result<(), S3Error> {
    let is_switch = |child: &Element| public_access::SWITCHES.contains(&child.name.as_str());
    if root.children.is_empty() || !root.children.iter().all(is_switch) {
        return malformed("a public access block has some of its four switches and nothing else");
    }
    for child in &root.children {
        one_of(root, &child.name, &["true", "false", "TRUE", "FALSE"])?;
    }
    Ok(())
}

/// `Enabled`, and perhaps one default retention; the bucket keeps versions.
pub(super) fn object_lock(request: &Request<'_>, root: &Element) -> Result<(), S3Error> {
    one_of(root, "ObjectLockEnabled", &["Enabled"])?;
    object_lock::default_rule(root)?;
    let bucket = request.bucket()?;
    if !bucket.documents.contains(DocumentKind::ObjectLock) && bucket.versioning != Some(Versioning::Enabled) {
        let why = "object lock takes a bucket whose versioning is enabled";
        return Err(S3Error::new(ErrorCode::InvalidBucketState, why)
            .with_message("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"));
    }
    Ok(())
}

/// A role and rules with destinations; the bucket keeps versions.
pub(super) fn replication(request: &Request<'_>, root: &Element) -> Result<(), S3Error> {
    if root.child_text("Role").is_none_or(|role| role.trim().is_empty()) {
        return malformed("there is no Role");
    }
    let rules: Vec<&Element> = root.all("Rule").collect();
    if rules.is_empty() || rules.len() > REPLICATION_RULES_MAX {
        return malformed("there are 1 to 1,000 rules");
    }
    for rule in rules {
        one_of(rule, "Status", &["Enabled", "Disabled"])?;
        let bucket = rule.child("Destination").and_then(|destination| destination.child_text("Bucket"));
        if !bucket.is_some_and(|bucket| bucket.trim().starts_with("arn:aws:s3:::")) {
            let why = "the Destination's Bucket is an ARN of a bucket";
            return Err(S3Error::new(ErrorCode::InvalidArgument, why).with_message("Invalid bucket ARN."));
        }
    }
    if request.bucket()?.versioning != Some(Versioning::Enabled) {
        let why = "replication takes a bucket whose versioning is enabled";
        return Err(S3Error::new(ErrorCode::InvalidRequest, why)
            .with_message("Versioning must be 'Enabled' on the bucket to apply a replication configuration"));
    }
    Ok(())
}

/// Destinations that can be told.
pub(super) fn notification(request: &Request<'_>, root: &Element) -> Result<(), S3Error> {
    let rules = notification::rules(root)?;
    notification::check_destinations(request, &rules)
}

/// `BucketOwner` or `Requester`.
pub(super) fn request_payment(_request: &Request<'_>, root: &Element) -> Result<(), S3Error> {
    one_of(root, "Payer", &["BucketOwner", "Requester"]).map(drop)
}

/// `Enabled` or `Suspended`; a name with dots cannot be accelerated.
pub(super) fn accelerate(request: &Request<'_>, root: &Element) -> Result<(), S3Error> {
    one_of(root, "Status", &["Enabled", "Suspended"])?;
    if request.bucket()?.name.as_str().contains('.') {
        let why = "acceleration uses host names that a bucket with dots in its name cannot have";
        return Err(S3Error::new(ErrorCode::InvalidRequest, why)
            .with_message("S3 Transfer Acceleration is not supported for buckets with periods (.) in their names"));
    }
    Ok(())
}
