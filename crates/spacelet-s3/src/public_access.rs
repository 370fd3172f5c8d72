//! The public access block of a bucket, enforced (S3 user guide, "Blocking public access to your Amazon S3 storage").

use spacelet_engine::{Acl, Bucket, DocumentKind, EngineError, Grant, Grantee, World};

use crate::error::{ErrorCode, S3Error};
use crate::stored::stored_root;
use crate::xml::{Element, Xml};

/// The root element.
const ROOT: &str = "PublicAccessBlockConfiguration";
/// The elements.
pub(crate) const SWITCHES: [&str; 4] =
    ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

/// The four switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PublicAccessBlock {
    /// A public ACL cannot be put.
    pub(crate) blocks_acls: bool,
    /// Grants to everybody count for nothing.
    pub(crate) ignores_acls: bool,
    /// A public policy cannot be put.
    pub(crate) blocks_policy: bool,
    /// Where the policy is public, only the bucket's owner may do anything.
    pub(crate) restricts: bool,
}

impl PublicAccessBlock {
    /// All four, as new buckets of Amazon S3 have them since April 2023.
    pub(crate) const ALL: Self = Self { blocks_acls: true, ignores_acls: true, blocks_policy: true, restricts: true };

    /// That of a bucket; nothing is read where it has none.
    ///
    /// # Errors
    /// Storage errors.
    pub(crate) fn of(world: &World, bucket: &Bucket) -> Result<Self, EngineError> {
        let root = stored_root(world, bucket, DocumentKind::PublicAccessBlock, ROOT)?;
        Ok(root.map(|root| Self::read(&root)).unwrap_or_default())
    }

    fn read(root: &Element) -> Self {
        let is_on = |name: &str| root.child_text(name).is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
        let [blocks_acls, ignores_acls, blocks_policy, restricts] = SWITCHES.map(is_on);
        Self { blocks_acls, ignores_acls, blocks_policy, restricts }
    }

    /// The document that says so.
    pub(crate) fn document(self) -> String {
        let mut inner = Xml::bare();
        let values = [self.blocks_acls, self.ignores_acls, self.blocks_policy, self.restricts];
        for (name, value) in SWITCHES.into_iter().zip(values) {
            inner.flag(name, value);
        }
        Xml::whole(ROOT, &inner.finish())
    }

    /// Refuses a public ACL where such are blocked.
    ///
    /// # Errors
    /// `AccessDenied`.
    pub(crate) fn check_acl(self, acl: &Acl) -> Result<(), S3Error> {
        match self.blocks_acls && acl.grants.iter().any(is_public) {
            true => Err(S3Error::new(ErrorCode::AccessDenied, "BlockPublicAcls of the bucket forbids a public ACL")),
            false => Ok(()),
        }
    }
}

/// Whether a grant is to everybody, signed or not.
pub(crate) fn is_public(grant: &Grant) -> bool {
    matches!(grant.grantee, Grantee::AllUsers | Grantee::AuthenticatedUsers)
}

/// The ACL without what it gives to everybody.
pub(crate) fn without_public(acl: &Acl) -> Acl {
    let grants = acl.grants.iter().filter(|grant| !is_public(grant)).cloned().collect();
    Acl { owner: acl.owner.clone(), grants }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use spacelet_engine::{AccountId, CannedAcl};

    use super::*;
    use crate::xml::parse_root;

    #[test]
    fn a_document_says_what_it_was_made_of() {
        let read = |text: &str| PublicAccessBlock::read(&parse_root(text.as_bytes(), text.len(), ROOT).unwrap());
        assert_eq!(read(&PublicAccessBlock::ALL.document()), PublicAccessBlock::ALL);
        let one = PublicAccessBlock { blocks_policy: true, ..PublicAccessBlock::default() };
        assert_eq!(read(&one.document()), one);
        let short = format!("<{ROOT}><BlockPublicPolicy> TRUE</BlockPublicPolicy></{ROOT}>");
        assert_eq!(read(&short), one);
    }

    #[test]
    fn public_grants_are_refused_or_ignored() {
        let owner = AccountId::new("1");
        for canned in [CannedAcl::PublicRead, CannedAcl::PublicReadWrite, CannedAcl::AuthenticatedRead] {
            let acl = Acl::canned(canned, &owner, &owner);
            assert!(PublicAccessBlock::ALL.check_acl(&acl).is_err());
            assert!(PublicAccessBlock::default().check_acl(&acl).is_ok());
            assert_eq!(without_public(&acl), Acl::private(&owner));
        }
        assert!(PublicAccessBlock::ALL.check_acl(&Acl::private(&owner)).is_ok());
    }
}
