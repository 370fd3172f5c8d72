//! Where a bucket's access logs go: the `BucketLoggingStatus` document (S3 API reference, PutBucketLogging;
//! spaces-reference 4.8).

use spacelet_engine::{Bucket, BucketName, DAY_MS, DocumentKind, EngineError, Grant, Permission, Timestamp, World};

use crate::acl::{self, NamedGrant};
use crate::error::S3Error;
use crate::request::Request;
use crate::stored::stored;
use crate::xml::{Element, FromXml, Xml, XmlError, log_day, log_name};

/// Bytes of a prefix: with the name of a log object behind it, it must still be a key.
const PREFIX_BYTES_MAX: usize = 900;
/// The same before a partitioned name, which has account, region and bucket in it.
const PARTITIONED_PREFIX_BYTES_MAX: usize = 700;

/// How log objects are named, as it was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// Nothing was said.
    Default,
    /// `SimplePrefix`, which is the default.
    Simple,
    /// `PartitionedPrefix`, by the day of the request.
    ByEvent,
    /// `PartitionedPrefix`, by the time of the delivery.
    ByDelivery,
}

/// Where logs go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogTarget {
    pub(crate) bucket: BucketName,
    prefix: String,
    /// What log objects give to others.
    pub(crate) grants: Vec<Grant>,
    format: Format,
}

/// `BucketLoggingStatus`: empty where nothing is logged.
pub(crate) struct LoggingStatus {
    pub(crate) target: Option<WrittenTarget>,
}

/// A target as a document names it.
pub(crate) struct WrittenTarget {
    bucket: BucketName,
    prefix: String,
    pub(crate) grants: Vec<NamedGrant>,
    format: Format,
}

impl FromXml for LoggingStatus {
    const ROOT: &'static str = "BucketLoggingStatus";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let Some(enabled) = root.child("LoggingEnabled") else { return Ok(Self { target: None }) };
        let name = enabled.child_text("TargetBucket").map(str::trim).unwrap_or_default();
        let bucket = BucketName::parse(name).map_err(|_illegal| XmlError::new("TargetBucket names no bucket"))?;
        let format = enabled.child("TargetObjectKeyFormat").map_or(Ok(Format::Default), read_format)?;
        let prefix = enabled.child_text("TargetPrefix").unwrap_or_default().to_owned();
        let bytes_max = match format {
            Format::Default | Format::Simple => PREFIX_BYTES_MAX,
            Format::ByEvent | Format::ByDelivery => PARTITIONED_PREFIX_BYTES_MAX,
        };
        if prefix.len() > bytes_max {
            return Err(XmlError::new(format!("TargetPrefix is longer than {bytes_max} bytes")));
        }
        let grants = enabled.child("TargetGrants").map_or(Ok(Vec::new()), acl::grants)?;
        if grants.iter().any(|(_, permission)| matches!(permission, Permission::ReadAcp | Permission::WriteAcp)) {
            return Err(XmlError::new("a Permission of a log object is FULL_CONTROL, READ or WRITE"));
        }
        Ok(Self { target: Some(WrittenTarget { bucket, prefix, grants, format }) })
    }
}

fn read_format(format: &Element) -> Result<Format, XmlError> {
    match (format.child("SimplePrefix"), format.child("PartitionedPrefix")) {
        (Some(_), None) => Ok(Format::Simple),
        (None, Some(partitioned)) => match partitioned.child_text("PartitionDateSource").map(str::trim) {
            Some("EventTime") => Ok(Format::ByEvent),
            Some("DeliveryTime") | None => Ok(Format::ByDelivery),
            Some(_) => Err(XmlError::new("PartitionDateSource is EventTime or DeliveryTime")),
        },
        _ => Err(XmlError::new("a TargetObjectKeyFormat is SimplePrefix or PartitionedPrefix")),
    }
}

impl WrittenTarget {
    /// With these grants instead of those that it names.
    pub(crate) fn granting(self, grants: Vec<Grant>) -> LogTarget {
        LogTarget { bucket: self.bucket, prefix: self.prefix, grants, format: self.format }
    }
}

impl LogTarget {
    /// The document, as it is stored and answered.
    ///
    /// # Errors
    /// Storage errors, from display names.
    pub(crate) fn document(target: Option<&Self>, request: &Request<'_>) -> Result<String, S3Error> {
        let mut xml = Xml::document(256);
        xml.open_s3("BucketLoggingStatus");
        if let Some(target) = target {
            xml.open("LoggingEnabled");
            xml.text("TargetBucket", target.bucket.as_str());
            xml.text("TargetPrefix", &target.prefix);
            if !target.grants.is_empty() {
                xml.open("TargetGrants");
                acl::write_grants(&mut xml, request, &target.grants)?;
                xml.close("TargetGrants");
            }
            target.write_format(&mut xml);
            xml.close("LoggingEnabled");
        }
        xml.close("BucketLoggingStatus");
        Ok(xml.finish())
    }

    fn write_format(&self, xml: &mut Xml) {
        let date_source = match self.format {
            Format::Default => return,
            Format::Simple => None,
            Format::ByEvent => Some("EventTime"),
            Format::ByDelivery => Some("DeliveryTime"),
        };
        xml.open("TargetObjectKeyFormat");
        match date_source {
            None => xml.text("SimplePrefix", ""),
            Some(source) => {
                xml.open("PartitionedPrefix");
                xml.text("PartitionDateSource", source);
                xml.close("PartitionedPrefix");
            }
        }
        xml.close("TargetObjectKeyFormat");
    }

    /// The midnight before `at`, where lines of different days must not share an object.
    pub(crate) fn day_of(&self, at: Timestamp) -> Option<Timestamp> {
        let is_by_event = self.format == Format::ByEvent;
        is_by_event.then(|| Timestamp(at.0.div_euclid(DAY_MS).saturating_mul(DAY_MS)))
    }

    /// The name of a log object, up to its random letters (S3 user guide, "Log object key format"). `at`: the delivery,
    /// or the day of the lines.
    pub(crate) fn key(&self, source: &Bucket, at: Timestamp) -> String {
        let mut key = self.prefix.clone();
        if matches!(self.format, Format::ByEvent | Format::ByDelivery) {
            for part in [source.owner.as_str(), source.region.as_str(), source.name.as_str()] {
                key.push_str(part);
                key.push('/');
            }
            log_day(&mut key, at);
        }
        log_name(&mut key, at);
        key.push('-');
        key
    }
}

/// Where the bucket's logs go. Reads nothing for a bucket that logs nothing.
///
/// # Errors
/// Storage errors.
pub(crate) fn log_target_of(world: &World, bucket: &Bucket) -> Result<Option<LogTarget>, EngineError> {
    let status = stored::<LoggingStatus>(world, bucket, DocumentKind::Logging)?;
    Ok(status.and_then(|status| status.target).map(|mut target| {
        let grants = std::mem::take(&mut target.grants);
        target.granting(grants.into_iter().filter_map(acl::stored).collect())
    }))
}
