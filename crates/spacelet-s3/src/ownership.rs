//! Object ownership: who owns what others write into a bucket, and whether ACLs count there (S3 user guide,
//! "Controlling ownership of objects and disabling ACLs for your bucket").

use http::HeaderMap;
use spacelet_engine::{AccountId, Acl, Bucket, DocumentKind, EngineError, Grantee, World};

use crate::error::{ErrorCode, S3Error};
use crate::headers;
use crate::stored::stored_root;
use crate::xml::{Element, Xml};

const ROOT: &str = "OwnershipControls";
const FULL_CONTROL: &str = "bucket-owner-full-control";

/// The setting of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Ownership {
    /// Who writes an object owns it. So it is where a bucket has no such setting.
    #[default]
    ObjectWriter,
    /// The bucket's owner owns what is written with `bucket-owner-full-control`.
    BucketOwnerPreferred,
    /// The bucket's owner owns everything, and there are no ACLs.
    BucketOwnerEnforced,
}

impl Ownership {
    /// That of a bucket; nothing is read where it has none.
    ///
    /// # Errors
    /// Storage errors.
    pub(crate) fn of(world: &World, bucket: &Bucket) -> Result<Self, EngineError> {
        let root = stored_root(world, bucket, DocumentKind::OwnershipControls, ROOT)?;
        Ok(root.map(|root| Self::read(&root)).unwrap_or_default())
    }

    fn read(root: &Element) -> Self {
        let named = root.child("Rule").and_then(|rule| rule.child_text("ObjectOwnership")).unwrap_or_default();
        Self::named(named.trim()).unwrap_or_default()
    }

    /// By its name on the wire.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "ObjectWriter" => Some(Self::ObjectWriter),
            "BucketOwnerPreferred" => Some(Self::BucketOwnerPreferred),
            "BucketOwnerEnforced" => Some(Self::BucketOwnerEnforced),
            _ => None,
        }
    }

    /// The document that says so.
    pub(crate) fn document(self) -> String {
        let name = match self {
            Self::ObjectWriter => "ObjectWriter",
            Self::BucketOwnerPreferred => "BucketOwnerPreferred",
            Self::BucketOwnerEnforced => "BucketOwnerEnforced",
        };
        Xml::whole(ROOT, &format!("<Rule><ObjectOwnership>{name}</ObjectOwnership></Rule>"))
    }

    /// Whether an object that is written with these headers belongs to the bucket's owner rather than to its writer.
    ///
    /// # Errors
    /// `AccessControlListNotSupported` where there are no ACLs and the headers ask for one.
    pub(crate) fn gives_to_bucket_owner(self, headers: &HeaderMap) -> Result<bool, S3Error> {
        let canned = headers.get(headers::ACL).map(|value| value.as_bytes()).filter(|name| !name.is_empty());
        let has_grants = headers.keys().any(|name| name.as_str().starts_with("x-amz-grant-"));
        let is_full_control = canned == Some(FULL_CONTROL.as_bytes());
        match self {
            Self::ObjectWriter => Ok(false),
            Self::BucketOwnerPreferred => Ok(is_full_control),
            Self::BucketOwnerEnforced if has_grants || canned.is_some() && !is_full_control => Err(no_acls()),
            Self::BucketOwnerEnforced => Ok(true),
        }
    }
}

/// Whether an ACL gives nothing to anybody but the bucket's owner.
pub(crate) fn is_owners_alone(acl: &Acl, owner: &AccountId) -> bool {
    acl.grants.iter().all(|grant| matches!(&grant.grantee, Grantee::Account(id) if id == owner))
}

/// What a bucket without ACLs answers to one.
pub(crate) fn no_acls() -> S3Error {
    let why = "ObjectOwnership of the bucket is BucketOwnerEnforced, so there are no ACLs";
    S3Error::new(ErrorCode::AccessControlListNotSupported, why)
}

/// What keeps ACLs from being switched off.
pub(crate) fn acl_is_in_the_way() -> S3Error {
    let why = "the bucket's ACL gives something to others; make it private before ACLs are switched off";
    S3Error::new(ErrorCode::InvalidBucketAclWithObjectOwnership, why)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use http::HeaderValue;
    use spacelet_engine::CannedAcl;

    use super::*;
    use crate::xml::parse_root;

    #[test]
    fn who_owns_what_is_written() {
        use Ownership::{BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter};
        // For each ACL: the answers of ObjectWriter, Preferred, Enforced; None: refused.
        for (header, value, answers) in [
            ("x-none", "", [Some(false), Some(false), Some(true)]),
            ("x-amz-acl", "", [Some(false), Some(false), Some(true)]),
            ("x-amz-acl", "bucket-owner-full-control", [Some(false), Some(true), Some(true)]),
            ("x-amz-acl", "private", [Some(false), Some(false), None]),
            ("x-amz-grant-read", "id=1", [Some(false), Some(false), None]),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header, HeaderValue::from_static(value));
            let got = [ObjectWriter, BucketOwnerPreferred, BucketOwnerEnforced]
                .map(|ownership| ownership.gives_to_bucket_owner(&headers).ok());
            assert_eq!(got, answers, "{header}: {value}");
        }
    }

    #[test]
    fn a_document_says_what_it_was_made_of() {
        for ownership in [Ownership::ObjectWriter, Ownership::BucketOwnerPreferred, Ownership::BucketOwnerEnforced] {
            let text = ownership.document();
            assert_eq!(Ownership::read(&parse_root(text.as_bytes(), text.len(), ROOT).unwrap()), ownership);
        }
    }

    #[test]
    fn which_acl_gives_nothing_away() {
        let (owner, other) = (AccountId::new("1"), AccountId::new("2"));
        assert!(is_owners_alone(&Acl::private(&owner), &owner));
        assert!(!is_owners_alone(&Acl::private(&other), &owner));
        assert!(!is_owners_alone(&Acl::canned(CannedAcl::PublicRead, &owner, &owner), &owner));
    }
}
