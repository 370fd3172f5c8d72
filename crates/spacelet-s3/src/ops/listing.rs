//! What ListObjects and ListObjectsV2 share: options, and a page's common prefixes and contents.

use spacelet_engine::{AccountId, EngineError, ListObjects, Listed, ObjectInfo, ObjectPage, Timestamp, World};

use super::numbers::page_size;
use crate::checksum;
use crate::error::{ErrorCode, S3Error};
use crate::headers;
use crate::request::Request;
use crate::response::Response;
use crate::storage_class;
use crate::xml::{SlashEscape, Xml};

/// A guess of one entry's length in the document.
pub(super) const ENTRY_BYTES: usize = 420;

/// How a page is written.
#[derive(Debug, Clone)]
pub(super) struct Style {
    /// The bucket's name.
    pub(super) bucket: String,
    /// `encoding-type=url`.
    pub(super) is_url_encoded: bool,
    /// Entries say who owns them.
    pub(super) with_owner: bool,
    /// Slashes in keys are escaped, entries have a `Type`, echoes are not encoded: RGW, so Spaces.
    pub(super) is_rgw: bool,
    /// Entries say which checksum they have.
    pub(super) has_checksums: bool,
    /// Entries say which copies of archived objects there are at this time, where that is asked for.
    pub(super) restored_at: Option<Timestamp>,
}

/// Reads what both versions have: prefix, delimiter, page size, encoding. `after` is theirs.
///
/// # Errors
/// `InvalidArgument` for `max-keys`, or for an unordered listing with a delimiter, as RGW.
pub(super) fn options(request: &Request<'_>) -> Result<(ListObjects, Style), S3Error> {
    let query = request.query;
    let text = |name: &str| query.get(name).unwrap_or_default().to_owned();
    let wanted = ListObjects {
        prefix: text("prefix"),
        delimiter: text("delimiter"),
        after: String::new(),
        entries_max: page_size(query, "max-keys", request.limits().list_entries_max)?,
    };
    let is_unordered = query.get("allow-unordered").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if is_unordered && !wanted.delimiter.is_empty() {
        return Err(S3Error::new(ErrorCode::InvalidArgument, "allow-unordered goes with no delimiter"));
    }
    let style = Style {
        bucket: request.bucket()?.name.as_str().to_owned(),
        is_url_encoded: is_url(query.get("encoding-type")),
        with_owner: true,
        is_rgw: request.profile().escapes_slash_in_listings,
        has_checksums: request.profile().echoes_checksums,
        restored_at: restored_at(request),
    };
    Ok((wanted, style))
}

/// The answer: the document and, where the profile has it so, the bucket's region.
///
/// # Errors
/// As [`Request::bucket`].
pub(super) fn answer(request: &Request<'_>, document: String) -> Result<Response, S3Error> {
    let response = Response::xml_chunked(document);
    if !request.profile().names_bucket_region {
        return Ok(response);
    }
    let region = &request.bucket()?.region;
    Ok(response.header_bytes(headers::BUCKET_REGION, region.as_str().as_bytes()))
}

/// When copies of archived objects are looked at, where they are asked for.
pub(super) fn restored_at(request: &Request<'_>) -> Option<Timestamp> {
    let is_asked = request.profile().has_storage_classes && storage_class::is_status_asked_for(request.headers);
    is_asked.then(|| request.world.clock().now())
}

/// Any other encoding type is ignored, as in RGW.
pub(super) fn is_url(encoding_type: Option<&str>) -> bool {
    encoding_type.is_some_and(|encoding| encoding.eq_ignore_ascii_case("url"))
}

impl Style {
    /// A text that is echoed. RGW encodes none of them; AWS does.
    pub(super) fn echo(&self, xml: &mut Xml, name: &str, value: &str) {
        if self.is_url_encoded && !self.is_rgw {
            xml.url(name, value, SlashEscape::Kept);
        } else {
            xml.text(name, value);
        }
    }

    /// A document opened: root, encoding, name, prefix, page size, delimiter, truncation.
    pub(super) fn open(&self, root: &str, wanted: &ListObjects, entries: usize, is_truncated: bool) -> Xml {
        let mut xml = Xml::document(512 + entries * ENTRY_BYTES);
        xml.open_s3(root);
        if self.is_url_encoded {
            xml.text("EncodingType", "url");
        }
        xml.text("Name", &self.bucket);
        self.echo(&mut xml, "Prefix", &wanted.prefix);
        xml.number("MaxKeys", wanted.entries_max as u64);
        if !wanted.delimiter.is_empty() {
            self.echo(&mut xml, "Delimiter", &wanted.delimiter);
        }
        xml.flag("IsTruncated", is_truncated);
        xml
    }

    /// Common prefixes, then contents: RGW's order.
    ///
    /// # Errors
    /// Storage errors, from display names.
    pub(super) fn entries(
        &self,
        xml: &mut Xml,
        page: &ObjectPage,
        names: &mut DisplayNames<'_>,
    ) -> Result<(), EngineError> {
        self.prefixes(xml, &page.entries);
        for entry in &page.entries {
            if let Listed::Object(object) = entry {
                self.contents(xml, object, names)?;
            }
        }
        Ok(())
    }

    /// The common prefixes of a page.
    pub(super) fn prefixes(&self, xml: &mut Xml, entries: &[Listed]) {
        for entry in entries {
            if let Listed::Prefix(prefix) = entry {
                xml.open("CommonPrefixes");
                self.key(xml, "Prefix", prefix, SlashEscape::Kept);
                xml.close("CommonPrefixes");
            }
        }
    }

    fn contents(&self, xml: &mut Xml, object: &ObjectInfo, names: &mut DisplayNames<'_>) -> Result<(), EngineError> {
        let slash = if self.is_rgw { SlashEscape::Escaped } else { SlashEscape::Kept };
        xml.open("Contents");
        self.key(xml, "Key", object.key.as_str(), slash);
        xml.time("LastModified", object.modified);
        xml.quoted_etag("ETag", &object.etag);
        self.checksum(xml, object);
        xml.number("Size", object.bytes);
        xml.text("StorageClass", storage_class::shown(&object.meta));
        if self.with_owner {
            xml.owner("Owner", object.owner.as_str(), names.of(&object.owner)?);
        }
        if self.is_rgw {
            xml.text("Type", "Normal");
        }
        self.restoration(xml, object);
        xml.close("Contents");
        Ok(())
    }

    /// Which checksum an entry has, where the profile shows checksums.
    pub(super) fn checksum(&self, xml: &mut Xml, object: &ObjectInfo) {
        if let (Some(checksum), true) = (&object.checksum, self.has_checksums) {
            xml.text("ChecksumAlgorithm", checksum::names(checksum.algorithm).word);
            xml.text("ChecksumType", checksum::kind_word(checksum.kind));
        }
    }

    /// The readable copy that an archived object has.
    pub(super) fn restoration(&self, xml: &mut Xml, object: &ObjectInfo) {
        if let Some(now) = self.restored_at {
            storage_class::write_status(xml, object, now);
        }
    }

    /// A key or prefix, encoded when that was asked for.
    pub(super) fn key(&self, xml: &mut Xml, name: &str, value: &str, slash: SlashEscape) {
        if self.is_url_encoded { xml.url(name, value, slash) } else { xml.text(name, value) }
    }
}

/// Display names of owners, each read once for a page.
pub(super) struct DisplayNames<'w> {
    world: Option<&'w World>,
    known: Vec<(AccountId, String)>,
}

impl<'w> DisplayNames<'w> {
    /// Reads from `world`.
    pub(super) fn new(world: &'w World) -> Self {
        Self { world: Some(world), known: Vec::new() }
    }

    /// The account's display name; empty for an unknown one (`anonymous`), as in RGW.
    ///
    /// # Errors
    /// Storage errors.
    pub(super) fn of(&mut self, id: &AccountId) -> Result<&str, EngineError> {
        let at = match self.known.iter().position(|(known, _)| known == id) {
            Some(at) => at,
            None => {
                let account = self.world.map(|world| world.account(id)).transpose()?.flatten();
                self.known.push((id.clone(), account.map(|account| account.display_name).unwrap_or_default()));
                self.known.len() - 1
            }
        };
        Ok(self.known.get(at).map_or("", |(_, name)| name.as_str()))
    }
}

#[cfg(test)]
pub(super) mod fixtures {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use spacelet_engine::{Acl, Body, ETag, ObjectKey, ObjectMeta, VersionId};

    use super::*;

    pub(crate) fn object(key: &str, owner: &str) -> Listed {
        let owner = AccountId::new(owner);
        Listed::Object(Box::new(ObjectInfo {
            key: ObjectKey::parse(key.as_bytes()).unwrap(),
            version: VersionId::null(),
            is_delete_marker: false,
            is_current: true,
            etag: ETag::from_stored("9dd4e461268c8034f5c8564e155c67a6"),
            bytes: 10,
            modified: Timestamp(1_795_508_111_603),
            acl: Acl::private(&owner),
            owner,
            meta: ObjectMeta::default(),
            parts: Vec::new(),
            checksum: None,
            part_digests: Vec::new(),
            sealed: None,
            restored: None,
            appends: 0,
            body: Body::default(),
        }))
    }

    pub(crate) fn page() -> ObjectPage {
        let entries = vec![object("a b", "7"), Listed::Prefix("dir é/".to_owned()), object("x/<&>", "anonymous")];
        ObjectPage { entries, next: Some("x/<&>".to_owned()) }
    }

    pub(crate) fn wanted() -> ListObjects {
        ListObjects { prefix: "p+".to_owned(), delimiter: "/".to_owned(), after: "m &".to_owned(), entries_max: 3 }
    }

    pub(crate) fn style() -> Style {
        Style {
            bucket: "b".to_owned(),
            is_url_encoded: false,
            with_owner: true,
            is_rgw: true,
            has_checksums: false,
            restored_at: None,
        }
    }

    pub(crate) fn names() -> DisplayNames<'static> {
        DisplayNames { world: None, known: vec![(AccountId::new("7"), "seven".to_owned())] }
    }
}
