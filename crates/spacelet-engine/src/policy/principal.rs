//! Who a statement is about.

use crate::AccountId;

/// The id by which RGW knows who did not sign.
const ANONYMOUS: &str = "anonymous";

/// One principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    /// Everybody, signed or not.
    Everyone,
    /// Every account of a tenant (RGW); accounts without one are of the tenant "".
    Tenant(String),
    /// One account of a tenant (RGW).
    User { tenant: String, id: String },
    /// One account, by its id (AWS).
    Account(String),
    /// A role or another thing that nobody here can be.
    Nobody,
}

impl Principal {
    // DIFFERS: AWS refuses a principal that does not exist; here none is looked up, because policies name accounts, users
    // and roles of AWS that no server here knows.
    /// Reads a value under `AWS`, `Federated`, `Service` or `CanonicalUser`; `None` when it is not understood.
    pub(super) fn parse(kind: &str, value: &str, names_accounts: bool) -> Option<Self> {
        match kind {
            "AWS" if value == "*" => Some(Self::Everyone),
            "CanonicalUser" if names_accounts => Some(Self::Account(value.to_owned())),
            "Service" if names_accounts => Some(Self::Nobody),
            "AWS" | "Federated" => Self::of_arn(value, names_accounts),
            _ => None,
        }
    }

    fn of_arn(value: &str, names_accounts: bool) -> Option<Self> {
        let mut fields = value.splitn(6, ':');
        let head = (fields.next(), fields.next(), fields.next(), fields.next(), fields.next(), fields.next());
        let (Some("arn"), Some("aws" | "aws-cn" | "aws-us-gov"), Some(service), Some(_), Some(account), Some(resource)) =
            head
        else {
            let is_bare = !value.contains([':', '/']);
            return is_bare.then(|| Self::whole(value, names_accounts));
        };
        if service.is_empty() || value.contains('*') && account.contains('*') {
            return None;
        }
        if resource == "root" {
            return Some(Self::whole(account, names_accounts));
        }
        match resource.split_once('/')? {
            ("user", _) if names_accounts && !account.is_empty() => Some(Self::Account(account.to_owned())),
            ("user", id) => Some(Self::User { tenant: account.to_owned(), id: id.to_owned() }),
            ("role" | "assumed-role" | "oidc-provider", _) => Some(Self::Nobody),
            _ => None,
        }
    }

    fn whole(account: &str, names_accounts: bool) -> Self {
        if names_accounts { Self::Account(account.to_owned()) } else { Self::Tenant(account.to_owned()) }
    }

    /// Whether it is this account (`None`: nobody signed).
    pub(super) fn is(&self, account: Option<&AccountId>) -> bool {
        let whole = account.map_or(ANONYMOUS, AccountId::as_str);
        let (own_tenant, own_id) = whole.split_once('$').unwrap_or(("", whole));
        match self {
            Self::Everyone => true,
            Self::Tenant(tenant) => tenant == own_tenant,
            Self::User { tenant, id } => tenant == own_tenant && id.strip_suffix(":*").unwrap_or(id) == own_id,
            Self::Account(id) => account.is_some() && id == whole,
            Self::Nobody => false,
        }
    }
}
