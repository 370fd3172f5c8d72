//! Whose behaviour is shown: a profile is data, so that no handler asks for its name.

/// A set of named switches. Columns of the operation and error tables follow [`Profile::is_aws`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// `spaces` or `aws`.
    pub name: &'static str,
    /// Picks the `aws` columns of the tables and AWS's error bodies.
    pub is_aws: bool,
    /// `If-Match` and `If-None-Match` on PUT, Complete and Delete are obeyed (Spaces ignores them: spaces-reference 5).
    pub honours_conditional_put: bool,
    /// `encoding-type=url` writes `/` as `%2F` in keys (Spaces, RGW).
    pub escapes_slash_in_listings: bool,
    /// Additional checksums are stored and answered.
    pub echoes_checksums: bool,
    /// Canned ACLs beyond `private` and `public-read` are refused.
    pub only_documented_canned_acls: bool,
    /// The first CORS rule that has the origin decides alone (RGW); AWS looks for the first that allows all of it.
    pub cors_first_origin_decides: bool,
    /// An unsigned `GET /` gets the front proxy's 403 (Spaces).
    pub proxy_guards_root: bool,
}

impl Profile {
    /// DigitalOcean Spaces.
    pub const SPACES: Self = Self {
        name: "spaces",
        is_aws: false,
        honours_conditional_put: false,
        escapes_slash_in_listings: true,
        echoes_checksums: false,
        only_documented_canned_acls: false,
        cors_first_origin_decides: true,
        proxy_guards_root: true,
    };

    /// Amazon S3.
    pub const AWS: Self = Self {
        name: "aws",
        is_aws: true,
        honours_conditional_put: true,
        escapes_slash_in_listings: false,
        echoes_checksums: true,
        only_documented_canned_acls: false,
        cors_first_origin_decides: false,
        proxy_guards_root: false,
    };

    /// The profile of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::SPACES, Self::AWS].into_iter().find(|profile| profile.name == name)
    }
}
