//! Records of the control plane: API tokens, CDN endpoints, certificates, projects.

use minicbor::{Decode, Encode};

/// A token, found by its hash: the token itself is kept nowhere.
#[derive(Encode, Decode)]
pub(crate) struct TokenRecord {
    #[n(0)]
    pub(crate) id: String,
    #[n(1)]
    pub(crate) account: String,
    #[n(2)]
    pub(crate) name: String,
    #[n(3)]
    pub(crate) scopes: Vec<String>,
    #[n(4)]
    pub(crate) created_ms: i64,
}

/// A CDN endpoint, found by its bucket's name.
#[derive(Encode, Decode)]
pub(crate) struct CdnRecord {
    #[n(0)]
    pub(crate) id: String,
    #[n(1)]
    pub(crate) account: String,
    #[n(2)]
    pub(crate) region: String,
    #[n(3)]
    pub(crate) ttl_s: u32,
    #[n(4)]
    pub(crate) certificate_id: Option<String>,
    #[n(5)]
    pub(crate) custom_domain: Option<String>,
    #[n(6)]
    pub(crate) created_ms: i64,
    /// The origin as the client wrote it.
    #[n(7)]
    pub(crate) origin: String,
}

/// A certificate, found by its id. Its private key is not kept: nothing here uses it.
#[derive(Encode, Decode)]
pub(crate) struct CertificateRecord {
    #[n(0)]
    pub(crate) account: String,
    #[n(1)]
    pub(crate) name: String,
    #[n(2)]
    pub(crate) kind: String,
    #[n(3)]
    pub(crate) dns_names: Vec<String>,
    #[n(4)]
    pub(crate) not_after_ms: i64,
    #[n(5)]
    pub(crate) sha1_fingerprint: String,
    #[n(6)]
    pub(crate) created_ms: i64,
}

/// A project, found by its id.
#[derive(Encode, Decode)]
pub(crate) struct ProjectRecord {
    #[n(0)]
    pub(crate) account: String,
    #[n(1)]
    pub(crate) name: String,
    #[n(2)]
    pub(crate) description: String,
    #[n(3)]
    pub(crate) purpose: String,
    #[n(4)]
    pub(crate) environment: String,
    #[n(5)]
    pub(crate) is_default: bool,
    #[n(6)]
    pub(crate) created_ms: i64,
    #[n(7)]
    pub(crate) updated_ms: i64,
}
