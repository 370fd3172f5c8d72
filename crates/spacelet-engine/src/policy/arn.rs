//! Resource patterns: `*`, `arn:aws:s3:::bucket`, `arn:aws:s3:::bucket/prefix*`.

use super::variables::expanded;
use super::wildcard::{matches, matches_symbols};
use super::{Dialect, Environment, Variables};

/// A pattern of resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResourcePattern {
    /// Of `bucket` or `bucket/key`; `None`: of a region or partition in which no bucket here is.
    pattern: Option<String>,
}

impl ResourcePattern {
    /// Reads one; `None` when it is no ARN of S3's.
    ///
    /// RGW takes no colon within the resource; `takes_colons` does, as AWS does.
    pub(super) fn parse(text: &str, takes_colons: bool) -> Option<Self> {
        if text == "*" {
            return Some(Self { pattern: Some("*".to_owned()) });
        }
        let mut fields = text.splitn(6, ':');
        let (arn, partition, service) = (fields.next()?, fields.next()?, fields.next()?);
        let (region, account, resource) = (fields.next()?, fields.next()?, fields.next()?);
        if arn != "arn" || resource.is_empty() || (resource.contains(':') && !takes_colons) {
            return None;
        }
        // DIFFERS: RGW stores a resource of any AWS service, which never applies to a bucket; AWS refuses it, and so
        // does this.
        if !matches!(service, "s3" | "*") || !matches!(account, "" | "*") {
            return None;
        }
        let is_here = match partition {
            "aws" | "*" => matches(region, ""),
            "aws-cn" | "aws-us-gov" => false,
            _ => return None,
        };
        Some(Self { pattern: is_here.then(|| resource.to_owned()) })
    }

    /// Whether `bucket` or `bucket/key` is of the pattern, in this request.
    pub(super) fn matches(&self, resource: &str, environment: &Environment, dialect: Dialect) -> bool {
        let Some(pattern) = self.pattern.as_deref() else { return false };
        if dialect.variables != Variables::Within || !pattern.contains("${") {
            return matches(pattern, resource);
        }
        let symbols = expanded(pattern, environment, dialect);
        symbols.is_some_and(|symbols| matches_symbols(&symbols, resource.as_bytes()))
    }

    /// Whether it can be the bucket itself.
    pub(super) fn is_about_bucket(&self, bucket: &str) -> bool {
        self.pattern.as_deref().is_some_and(|pattern| matches(pattern, bucket))
    }

    /// Whether it is about this bucket or what is in it, among others perhaps (`*`).
    pub(super) fn is_within(&self, bucket: &str) -> bool {
        let Some(pattern) = self.pattern.as_deref() else { return false };
        matches(pattern.split_once('/').map_or(pattern, |(of_bucket, _)| of_bucket), bucket)
    }
}
