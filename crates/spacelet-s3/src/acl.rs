//! ACLs on the wire: canned names, grant headers, and the XML of `?acl` (RGW's order and refusals).

use std::borrow::Cow;

use spacelet_engine::{Account, AccountId, Acl, CannedAcl, Grant, Grantee, Permission};

use crate::denial::{PUBLIC_ACL, Refused};
use crate::error::{ErrorCode, S3Error};
use crate::headers;
use crate::ownership::{Ownership, no_acls};
use crate::public_access::PublicAccessBlock;
use crate::request::Request;
use crate::xml::{Element, FromXml, Xml, XmlError, parse};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// At most so many grants in an ACL (S3 user guide).
const GRANTS_MAX: usize = 100;

const GRANT_HEADERS: [(&str, Permission); 5] = [
    ("x-amz-grant-read", Permission::Read),
    ("x-amz-grant-write", Permission::Write),
    ("x-amz-grant-read-acp", Permission::ReadAcp),
    ("x-amz-grant-write-acp", Permission::WriteAcp),
    ("x-amz-grant-full-control", Permission::FullControl),
];

/// How ACLs are refused, and which of them there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AclFaults {
    /// As RGW: everything is an argument.
    Rgw,
    /// As Amazon S3.
    Aws,
}

impl AclFaults {
    fn malformed(self, why: impl Into<Cow<'static, str>>) -> S3Error {
        let code = match self {
            Self::Rgw => ErrorCode::InvalidArgument,
            Self::Aws => ErrorCode::MalformedACLError,
        };
        S3Error::new(code, why)
    }

    /// Headers and a document.
    fn said_twice(self) -> S3Error {
        let code = match self {
            Self::Rgw => ErrorCode::InvalidArgument,
            Self::Aws => ErrorCode::UnexpectedContent,
        };
        S3Error::new(code, "both ACL headers and an ACL body were sent")
    }

    /// Neither headers nor a document.
    fn said_nowhere(self) -> S3Error {
        let code = match self {
            Self::Rgw => ErrorCode::InvalidArgument,
            Self::Aws => ErrorCode::MissingSecurityHeader,
        };
        S3Error::new(code, "neither ACL headers nor an ACL body were sent")
    }

    fn canned_and_granted(self) -> S3Error {
        let refusal = S3Error::new(ErrorCode::InvalidRequest, "x-amz-acl and x-amz-grant-* headers exclude each other");
        match self {
            Self::Rgw => refusal,
            Self::Aws => refusal.with_message("Specifying both Canned ACLs and Header Grants is not allowed"),
        }
    }

    fn has(self, canned: CannedAcl) -> bool {
        self == Self::Aws || !matches!(canned, CannedAcl::LogDeliveryWrite | CannedAcl::AwsExecRead)
    }

    fn know(self, group: &Grantee) -> bool {
        self == Self::Aws || *group != Grantee::LogDelivery
    }
}

/// The ACL that the headers of a new bucket or object ask for; without any, private.
///
/// # Errors
/// `InvalidArgument` for an unknown canned name, grantee or shape, `InvalidRequest` for canned and grants together,
/// `UnresolvableGrantByEmailAddress`.
pub(crate) fn requested_acl(
    request: &Request<'_>,
    owner: &AccountId,
    bucket_owner: &AccountId,
) -> Result<Acl, S3Error> {
    match from_headers(request, owner, bucket_owner)? {
        Some(acl) => unblocked(request, acl),
        None => Ok(Acl::private(owner)),
    }
}

/// Refuses a public ACL where the bucket's public access block forbids it.
fn unblocked(request: &Request<'_>, acl: Acl) -> Result<Acl, S3Error> {
    if let Some(bucket) = &request.bucket {
        let action = match (&request.key, request.query.has("acl")) {
            (Some(_), true) => "s3:PutObjectAcl",
            (None, true) => "s3:PutBucketAcl",
            (_, false) => "s3:PutObject",
        };
        let refused = Refused { caller: &request.caller, action, bucket, key: request.key.as_ref() };
        let checked = PublicAccessBlock::of(&request.world, bucket)?.check_acl(&acl);
        checked.map_err(|error| refused.told(request.profile(), error, PUBLIC_ACL))?;
    }
    Ok(acl)
}

/// The ACL that a `PUT ?acl` asks for, by headers or by its body, never both.
///
/// # Errors
/// As [`requested_acl`]; `InvalidArgument` for a body that is no AccessControlPolicy, `AccessDenied` for another owner.
pub(crate) fn replacement_acl(
    request: &Request<'_>,
    body: &[u8],
    owner: &AccountId,
    bucket_owner: &AccountId,
) -> Result<Acl, S3Error> {
    let faults = request.profile().acl_faults;
    if let Some(bucket) = &request.bucket
        && Ownership::of(&request.world, bucket)? == Ownership::BucketOwnerEnforced
    {
        return Err(no_acls());
    }
    if let Some(acl) = from_headers(request, owner, bucket_owner)? {
        return if body.is_empty() { unblocked(request, acl) } else { Err(faults.said_twice()) };
    }
    if body.is_empty() {
        return Err(faults.said_nowhere());
    }
    let policy = parse::<AccessControlPolicy>(body, body.len()).map_err(|error| faults.malformed(error.because))?;
    if policy.owner.is_none() && faults == AclFaults::Aws {
        return Err(faults.malformed("there is no Owner"));
    }
    if policy.owner.as_deref().is_some_and(|named| named != owner.as_str()) {
        return Err(S3Error::new(ErrorCode::AccessDenied, "an ACL cannot give the resource to another owner"));
    }
    unblocked(request, checked(owner, resolved(request, policy.grants)?)?)
}

/// The grants, whose accounts and groups must be there.
///
/// # Errors
/// `InvalidArgument`, `UnresolvableGrantByEmailAddress`, storage errors.
pub(crate) fn resolved(request: &Request<'_>, grants: Vec<NamedGrant>) -> Result<Vec<Grant>, S3Error> {
    grants
        .into_iter()
        .map(|(grantee, permission)| Ok(Grant { grantee: resolve(request, grantee)?, permission }))
        .collect()
}

/// A grant of a document that was stored once it had been resolved.
pub(crate) fn stored((grantee, permission): NamedGrant) -> Option<Grant> {
    let grantee = match grantee {
        NamedGrantee::Id(id) => Grantee::Account(AccountId::new(id)),
        NamedGrantee::Uri(uri) => group(&uri)?,
        NamedGrantee::Email(_) => return None,
    };
    Some(Grant { grantee, permission })
}

fn group(uri: &str) -> Option<Grantee> {
    match uri {
        LOG_DELIVERY => Some(Grantee::LogDelivery),
        ALL_USERS => Some(Grantee::AllUsers),
        AUTHENTICATED_USERS => Some(Grantee::AuthenticatedUsers),
        _ => None,
    }
}

fn checked(owner: &AccountId, grants: Vec<Grant>) -> Result<Acl, S3Error> {
    if grants.len() > GRANTS_MAX {
        return Err(S3Error::new(ErrorCode::InvalidArgument, "an ACL has at most 100 grants"));
    }
    Ok(Acl { owner: owner.clone(), grants })
}

fn from_headers(request: &Request<'_>, owner: &AccountId, bucket_owner: &AccountId) -> Result<Option<Acl>, S3Error> {
    let canned = request.header(headers::ACL).filter(|name| !name.is_empty());
    if request.query.has("x-amz-acl") && !request.profile().reads_headers_from_links {
        request.notes.add("x-amz-acl in the query was ignored, as on Spaces; sign it as a header, and send it");
    }
    let has_grants = GRANT_HEADERS.iter().any(|(name, _)| request.headers.contains_key(*name));
    match (canned, has_grants) {
        (Some(_), true) => Err(request.profile().acl_faults.canned_and_granted()),
        (Some(name), false) => canned_acl(request, name, owner, bucket_owner).map(Some),
        (None, true) => {
            let mut grants = Vec::new();
            for (name, permission) in GRANT_HEADERS {
                for value in request.headers.get_all(name) {
                    for grantee in grantees(value.to_str().unwrap_or_default())? {
                        grants.push(Grant { grantee: resolve(request, grantee)?, permission });
                    }
                }
            }
            checked(owner, grants).map(Some)
        }
        (None, false) => Ok(None),
    }
}

fn canned_acl(request: &Request<'_>, name: &str, owner: &AccountId, bucket_owner: &AccountId) -> Result<Acl, S3Error> {
    let unknown =
        || S3Error::new(ErrorCode::InvalidArgument, "x-amz-acl is no canned ACL; Spaces has private and public-read");
    let is_known = |acl: &CannedAcl| request.profile().acl_faults.has(*acl);
    let canned = CannedAcl::parse(name).filter(is_known).ok_or_else(unknown)?;
    if !matches!(canned, CannedAcl::Private | CannedAcl::PublicRead) && request.profile().has_two_canned_acls {
        if request.profile().only_documented_canned_acls {
            return Err(unknown());
        }
        request.notes.add(format!("the canned ACL {name} is not documented for Spaces; private and public-read are"));
    }
    Ok(Acl::canned(canned, owner, bucket_owner))
}

/// A grantee as a request names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamedGrantee {
    Id(String),
    Email(String),
    Uri(String),
}

/// Reads `id="…", emailAddress="…", uri="…"`; quotes may be left out.
fn grantees(value: &str) -> Result<Vec<NamedGrantee>, S3Error> {
    let malformed =
        || S3Error::new(ErrorCode::InvalidArgument, "a grant header is a list of id=, emailAddress= or uri=");
    value
        .split(',')
        .map(|one| {
            let (kind, name) = one.trim().split_once('=').ok_or_else(malformed)?;
            let name = name.trim().trim_matches('"').to_owned();
            match kind.trim().to_ascii_lowercase().as_str() {
                "id" => Ok(NamedGrantee::Id(name)),
                "emailaddress" => Ok(NamedGrantee::Email(name)),
                "uri" => Ok(NamedGrantee::Uri(name)),
                _ => Err(malformed()),
            }
        })
        .collect()
}

fn resolve(request: &Request<'_>, grantee: NamedGrantee) -> Result<Grantee, S3Error> {
    let faults = request.profile().acl_faults;
    match grantee {
        NamedGrantee::Uri(uri) => group(&uri).filter(|group| faults.know(group)).ok_or_else(|| {
            let why = "the group of a grant is neither AllUsers nor AuthenticatedUsers";
            S3Error::new(ErrorCode::InvalidArgument, why).with_message("Invalid group uri")
        }),
        NamedGrantee::Id(id) => {
            let id = AccountId::new(id);
            match request.world.account(&id)? {
                Some(Account { id, .. }) => Ok(Grantee::Account(id)),
                None => Err(S3Error::new(ErrorCode::InvalidArgument, "a grant names an account that is not known")
                    .with_message("Invalid id")),
            }
        }
        NamedGrantee::Email(email) => match request.world.account_by_email(&email)? {
            Some(account) => Ok(Grantee::Account(account.id)),
            None => Err(S3Error::new(
                ErrorCode::UnresolvableGrantByEmailAddress,
                "no account has the mail address of a grant",
            )),
        },
    }
}

/// A grant as a document names it.
pub(crate) type NamedGrant = (NamedGrantee, Permission);

/// An `AccessControlPolicy` as sent.
struct AccessControlPolicy {
    owner: Option<String>,
    grants: Vec<NamedGrant>,
}

impl FromXml for AccessControlPolicy {
    const ROOT: &'static str = "AccessControlPolicy";

    fn from_root(root: &Element) -> Result<Self, XmlError> {
        let owner = root.child("Owner").and_then(|owner| owner.child_text("ID")).map(|id| id.trim().to_owned());
        let list = root.child("AccessControlList").ok_or_else(|| XmlError::new("there is no AccessControlList"))?;
        Ok(Self { owner, grants: grants(list)? })
    }
}

/// The grants in an element.
///
/// # Errors
/// For a grantee without a name, or an unknown permission.
pub(crate) fn grants(list: &Element) -> Result<Vec<NamedGrant>, XmlError> {
    list.all("Grant").map(grant).collect()
}

fn grant(grant: &Element) -> Result<NamedGrant, XmlError> {
    let grantee = grant.child("Grantee").ok_or_else(|| XmlError::new("a Grant has no Grantee"))?;
    let named = |name| grantee.child_text(name).map(|text| text.trim().to_owned());
    let grantee = match (named("ID"), named("EmailAddress"), named("URI")) {
        (Some(id), _, _) => NamedGrantee::Id(id),
        (None, Some(email), _) => NamedGrantee::Email(email),
        (None, None, Some(uri)) => NamedGrantee::Uri(uri),
        (None, None, None) => return Err(XmlError::new("a Grantee has neither ID nor EmailAddress nor URI")),
    };
    let permission = match grant.child_text("Permission").map(str::trim) {
        Some("READ") => Permission::Read,
        Some("WRITE") => Permission::Write,
        Some("READ_ACP") => Permission::ReadAcp,
        Some("WRITE_ACP") => Permission::WriteAcp,
        Some("FULL_CONTROL") => Permission::FullControl,
        _ => return Err(XmlError::new("a Permission is none of READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL")),
    };
    Ok((grantee, permission))
}

/// The document that `GET ?acl` answers.
///
/// # Errors
/// Storage errors.
pub(crate) fn acl_document(request: &Request<'_>, acl: &Acl) -> Result<String, S3Error> {
    let mut xml = Xml::document(1_024);
    xml.open_s3("AccessControlPolicy");
    xml.owner("Owner", acl.owner.as_str(), &request.display_name(&acl.owner)?);
    xml.open("AccessControlList");
    write_grants(&mut xml, request, acl.listed())?;
    xml.close("AccessControlList");
    xml.close("AccessControlPolicy");
    Ok(xml.finish())
}

/// `Grant` of each.
///
/// # Errors
/// Storage errors.
pub(crate) fn write_grants<'g>(
    xml: &mut Xml,
    request: &Request<'_>,
    grants: impl IntoIterator<Item = &'g Grant>,
) -> Result<(), S3Error> {
    for grant in grants {
        xml.open("Grant");
        let kind = if matches!(grant.grantee, Grantee::Account(_)) { "CanonicalUser" } else { "Group" };
        xml.open_with("Grantee", &[("xmlns:xsi", XSI), ("xsi:type", kind)]);
        match &grant.grantee {
            Grantee::AllUsers => xml.text("URI", ALL_USERS),
            Grantee::AuthenticatedUsers => xml.text("URI", AUTHENTICATED_USERS),
            Grantee::LogDelivery => xml.text("URI", LOG_DELIVERY),
            Grantee::Account(id) => {
                xml.text("ID", id.as_str());
                xml.text("DisplayName", &request.display_name(id)?);
            }
        }
        xml.close("Grantee");
        xml.text("Permission", permission_name(grant.permission));
        xml.close("Grant");
    }
    Ok(())
}

fn permission_name(permission: Permission) -> &'static str {
    match permission {
        Permission::Read => "READ",
        Permission::Write => "WRITE",
        Permission::ReadAcp => "READ_ACP",
        Permission::WriteAcp => "WRITE_ACP",
        Permission::FullControl => "FULL_CONTROL",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn grant_headers() {
        assert_eq!(
            grantees("id=\"1\", emailAddress=a@b.c,uri = \"http://x\"").unwrap(),
            [
                NamedGrantee::Id("1".to_owned()),
                NamedGrantee::Email("a@b.c".to_owned()),
                NamedGrantee::Uri("http://x".to_owned())
            ]
        );
        assert!(grantees("garbage").is_err());
        assert!(grantees("").is_err());
        assert!(grantees("name=x").is_err());
    }
}
