//! What clients send as XML, as typed values.

use super::read::{Element, FromXml, XmlError};
use crate::checksum::{NAMES, digest_of};

/// `CompleteMultipartUpload`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CompleteParts {
    /// In the order of the document.
    pub(crate) parts: Vec<NamedPart>,
}

/// One `Part` of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedPart {
    /// Its number; `None` for a text that is no part number: no such part can exist.
    pub(crate) number: Option<u32>,
    /// Its ETag, with or without quotes.
    pub(crate) etag: String,
    /// The digest of its checksum; an empty one for a text that is none.
    pub(crate) digest: Option<Vec<u8>>,
}

impl FromXml for CompleteParts {
    const ROOT: &'static str = "CompleteMultipartUpload";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let parts = root.all("Part").map(named_part).collect::<Result<Vec<_>, _>>()?;
        if parts.is_empty() {
            return Err(XmlError::new("CompleteMultipartUpload names no Part"));
        }
        Ok(Self { parts })
    }
}

fn named_part(part: &Element) -> Result<NamedPart, XmlError> {
    let number = part.child_text("PartNumber").ok_or_else(|| XmlError::new("a Part has no PartNumber"))?;
    let etag = part.child_text("ETag").ok_or_else(|| XmlError::new("a Part has no ETag"))?;
    let digest = NAMES.iter().find_map(|names| {
        let value = part.child_text(names.element)?.trim();
        Some(digest_of(names.algorithm, value.as_bytes()).unwrap_or_default())
    });
    Ok(NamedPart { number: number.trim().parse().ok(), etag: etag.trim().to_owned(), digest })
}

/// `Delete` of DeleteObjects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeleteKeys {
    /// Only errors are answered.
    pub(crate) quiet: bool,
    /// In the order of the document.
    pub(crate) objects: Vec<NamedObject>,
}

/// One `Object` of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedObject {
    /// Its key.
    pub(crate) key: String,
    /// The version that is named.
    pub(crate) version: Option<String>,
    /// The ETag that the current object must have.
    pub(crate) etag: Option<String>,
}

impl FromXml for DeleteKeys {
    const ROOT: &'static str = "Delete";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let objects = root.all("Object").map(named_object).collect::<Result<Vec<_>, _>>()?;
        let quiet = root.child_text("Quiet").is_some_and(|quiet| quiet.trim().eq_ignore_ascii_case("true"));
        Ok(Self { quiet, objects })
    }
}

fn named_object(object: &Element) -> Result<NamedObject, XmlError> {
    let key = object.child_text("Key").filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| XmlError::new("an Object has no Key"))?;
    let text = |name| object.child_text(name).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(NamedObject { key: key.to_owned(), version: text("VersionId"), etag: text("ETag") })
}

/// `CreateBucketConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CreateBucketConfiguration {
    /// `LocationConstraint`, possibly empty.
    pub(crate) location: Option<String>,
    /// The tags of the new bucket.
    pub(crate) tags: Vec<(String, String)>,
}

impl FromXml for CreateBucketConfiguration {
    const ROOT: &'static str = "CreateBucketConfiguration";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let location = root.child_text("LocationConstraint").map(|text| text.trim().to_owned());
        let tag = |tag: &Element| {
            let text = |name| tag.child_text(name).map(str::to_owned);
            text("Key").zip(text("Value")).ok_or_else(|| XmlError::new("a Tag has a Key and a Value"))
        };
        let tags = root.child("Tags").map(|tags| tags.all("Tag").map(tag).collect()).transpose()?;
        Ok(Self { location, tags: tags.unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::parse;
    use super::*;

    #[test]
    fn reads_parts() {
        let body = b"<CompleteMultipartUpload xmlns='x'><Part><ETag>\"a\"</ETag><PartNumber> 2 </PartNumber><ChecksumCRC32>x\
            </ChecksumCRC32></Part><Foo/><Part><PartNumber>-1</PartNumber><ETag>b</ETag></Part></CompleteMultipartUpload>";
        let parts = parse::<CompleteParts>(body, 1000).unwrap().parts;
        assert_eq!(parts.len(), 2);
        assert_eq!(
            parts.first().unwrap(),
            &NamedPart { number: Some(2), etag: "\"a\"".to_owned(), digest: Some(Vec::new()) }
        );
        assert_eq!(parts.last().unwrap().number, None);
        assert_eq!(parts.last().unwrap().digest, None);
        let body = body.to_vec();
        let body = String::from_utf8(body).unwrap().replace(">x", ">AAAAAQ==");
        let parts = parse::<CompleteParts>(body.as_bytes(), 1000).unwrap().parts;
        assert_eq!(parts.first().unwrap().digest, Some(vec![0, 0, 0, 1]));
    }

    #[test]
    fn refuses_parts_without_number_or_etag() {
        for body in [
            "<CompleteMultipartUpload/>",
            "<CompleteMultipartUpload><Part><ETag>a</ETag></Part></CompleteMultipartUpload>",
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
            "<Complete><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part></Complete>",
        ] {
            assert!(parse::<CompleteParts>(body.as_bytes(), 1000).is_err(), "{body}");
        }
    }

    #[test]
    fn reads_keys_around_quiet() {
        let body = b"<Delete><Object><Key> a </Key></Object><Quiet>TRUE</Quiet><Object><Key>b</Key><VersionId>v</VersionId><ETag>e</ETag></Object></Delete>";
        let delete = parse::<DeleteKeys>(body, 1000).unwrap();
        assert!(delete.quiet);
        let named = |key: &str, version: Option<&str>, etag: Option<&str>| NamedObject {
            key: key.to_owned(),
            version: version.map(str::to_owned),
            etag: etag.map(str::to_owned),
        };
        assert_eq!(delete.objects, [named(" a ", None, None), named("b", Some("v"), Some("e"))]);
        assert!(parse::<DeleteKeys>(b"<Delete></Delete>", 1000).unwrap().objects.is_empty());
        assert!(parse::<DeleteKeys>(b"<Delete><Object><Key></Key></Object></Delete>", 1000).is_err());
        assert!(parse::<DeleteKeys>(b"<Delete><Object></Object></Delete>", 1000).is_err());
    }

    #[test]
    fn reads_a_location() {
        let body =
            b"<CreateBucketConfiguration><LocationConstraint>nyc3</LocationConstraint></CreateBucketConfiguration>";
        assert_eq!(parse::<CreateBucketConfiguration>(body, 1000).unwrap().location.as_deref(), Some("nyc3"));
        let body = b"<CreateBucketConfiguration><LocationConstraint/></CreateBucketConfiguration>";
        assert_eq!(parse::<CreateBucketConfiguration>(body, 1000).unwrap().location.as_deref(), Some(""));
        let bare = parse::<CreateBucketConfiguration>(b"<CreateBucketConfiguration/>", 1000).unwrap();
        assert_eq!(bare, CreateBucketConfiguration { location: None, tags: Vec::new() });
        let body = b"<CreateBucketConfiguration><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></CreateBucketConfiguration>";
        let tags = parse::<CreateBucketConfiguration>(body, 1000).unwrap().tags;
        assert_eq!(tags, [("a".to_owned(), "b".to_owned())]);
        let body = b"<CreateBucketConfiguration><Tags><Tag><Key>a</Key></Tag></Tags></CreateBucketConfiguration>";
        assert!(parse::<CreateBucketConfiguration>(body, 1000).is_err());
    }
}
