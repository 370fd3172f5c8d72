//! Where a bucket's access logs go: the `BucketLoggingStatus` document (S3 API reference, PutBucketLogging;
//! spaces-reference 4.8).

use spacelet_engine::{Bucket, BucketName, DocumentKind, EngineError, World};

use crate::stored::stored;
use crate::xml::{Element, FromXml, Xml, XmlError};

/// Bytes of a prefix: with the name of a log object behind it, it must still be a key.
const PREFIX_BYTES_MAX: usize = 900;

/// Where logs go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogTarget {
    pub(crate) bucket: BucketName,
    pub(crate) prefix: String,
}

/// `BucketLoggingStatus`: empty where nothing is logged.
pub(crate) struct LoggingStatus {
    pub(crate) target: Option<LogTarget>,
    /// What was asked for besides and is not served: said, never ignored.
    pub(crate) unserved: Option<&'static str>,
}

impl FromXml for LoggingStatus {
    const ROOT: &'static str = "BucketLoggingStatus";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let Some(enabled) = root.child("LoggingEnabled") else { return Ok(Self { target: None, unserved: None }) };
        let name = enabled.child_text("TargetBucket").map(str::trim).unwrap_or_default();
        let bucket = BucketName::parse(name).map_err(|_illegal| XmlError::new("TargetBucket names no bucket"))?;
        let prefix = enabled.child_text("TargetPrefix").unwrap_or_default().to_owned();
        if prefix.len() > PREFIX_BYTES_MAX {
            return Err(XmlError::new("TargetPrefix is longer than 900 bytes"));
        }
        let grants = enabled.child("TargetGrants").filter(|grants| !grants.children.is_empty());
        let format = enabled.child("TargetObjectKeyFormat");
        let partitioned = format.and_then(|format| format.child("PartitionedPrefix"));
        let unserved = match (grants, partitioned) {
            (Some(_), _) => Some("TargetGrants"),
            (None, Some(_)) => Some("PartitionedPrefix"),
            (None, None) => None,
        };
        Ok(Self { target: Some(LogTarget { bucket, prefix }), unserved })
    }
}

impl LoggingStatus {
    /// As it is answered.
    pub(crate) fn render(&self) -> String {
        let mut xml = Xml::document(256);
        xml.open_s3("BucketLoggingStatus");
        if let Some(target) = &self.target {
            xml.open("LoggingEnabled");
            xml.text("TargetBucket", target.bucket.as_str());
            xml.text("TargetPrefix", &target.prefix);
            xml.close("LoggingEnabled");
        }
        xml.close("BucketLoggingStatus");
        xml.finish()
    }
}

/// Where the bucket's logs go. Reads nothing for a bucket that logs nothing.
///
/// # Errors
/// Storage errors.
pub(crate) fn log_target_of(world: &World, bucket: &Bucket) -> Result<Option<LogTarget>, EngineError> {
    Ok(stored::<LoggingStatus>(world, bucket, DocumentKind::Logging)?.and_then(|status| status.target))
}
