//! The shapes of what comes in and goes out: the names are DigitalOcean's (spaces-reference 8).

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text.
    Text,
    /// An RFC 3339 time.
    Time,
    /// A whole number.
    Number,
    /// True or false.
    Truth,
    /// Texts.
    Texts,
    /// An object.
    One(&'static Shape),
    /// Objects.
    Many(&'static Shape),
}

/// A field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it is always there.
    pub is_required: bool,
}

/// An object's fields.
#[derive(Debug)]
pub struct Shape {
    /// Its name in the OpenAPI document.
    pub name: &'static str,
    /// Its fields, in the order in which they are written.
    pub fields: &'static [Field],
}

use Kind::{Many, Number, One, Text, Texts, Time, Truth};

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: true }
}

const fn maybe(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: false }
}

/// The error body.
pub(crate) const ERROR: Shape =
    Shape { name: "error", fields: &[field("id", Text), field("message", Text), maybe("request_id", Text)] };

const GRANT: Shape = Shape { name: "grant", fields: &[field("bucket", Text), field("permission", Text)] };
const KEY: Shape = Shape {
    name: "key",
    fields: &[field("name", Text), field("access_key", Text), field("grants", Many(&GRANT)), field("created_at", Time)],
};
const NEW_KEY: Shape = Shape {
    name: "new_key",
    fields: &[
        field("name", Text),
        field("access_key", Text),
        field("secret_key", Text),
        field("grants", Many(&GRANT)),
        field("created_at", Time),
    ],
};
const KEY_BODY: Shape = Shape { name: "key_body", fields: &[field("name", Text), maybe("grants", Many(&GRANT))] };
const ENDPOINT: Shape = Shape {
    name: "endpoint",
    fields: &[
        field("id", Text),
        field("origin", Text),
        field("endpoint", Text),
        field("created_at", Time),
        maybe("certificate_id", Text),
        maybe("custom_domain", Text),
        field("ttl", Number),
    ],
};
const ENDPOINT_BODY: Shape = Shape {
    name: "endpoint_body",
    fields: &[field("origin", Text), maybe("ttl", Number), maybe("certificate_id", Text), maybe("custom_domain", Text)],
};
const ENDPOINT_CHANGE: Shape = Shape {
    name: "endpoint_change",
    fields: &[maybe("ttl", Number), maybe("certificate_id", Text), maybe("custom_domain", Text)],
};
const PURGE: Shape = Shape { name: "purge_body", fields: &[field("files", Texts)] };
const CERTIFICATE: Shape = Shape {
    name: "certificate",
    fields: &[
        field("id", Text),
        field("name", Text),
        field("not_after", Time),
        field("sha1_fingerprint", Text),
        field("created_at", Time),
        field("dns_names", Texts),
        field("state", Text),
        field("type", Text),
    ],
};
const CERTIFICATE_BODY: Shape = Shape {
    name: "certificate_body",
    fields: &[
        field("name", Text),
        maybe("type", Text),
        maybe("dns_names", Texts),
        maybe("private_key", Text),
        maybe("leaf_certificate", Text),
        maybe("certificate_chain", Text),
    ],
};
const TEAM: Shape = Shape { name: "team", fields: &[field("uuid", Text), field("name", Text)] };
const ACCOUNT: Shape = Shape {
    name: "account",
    fields: &[
        field("droplet_limit", Number),
        field("floating_ip_limit", Number),
        field("email", Text),
        field("name", Text),
        field("uuid", Text),
        field("email_verified", Truth),
        field("status", Text),
        field("status_message", Text),
        field("team", One(&TEAM)),
    ],
};
const REGION: Shape = Shape {
    name: "region",
    fields: &[
        field("name", Text),
        field("slug", Text),
        field("features", Texts),
        field("available", Truth),
        field("sizes", Texts),
    ],
};
const PROJECT: Shape = Shape {
    name: "project",
    fields: &[
        field("id", Text),
        field("owner_uuid", Text),
        field("owner_id", Number),
        field("name", Text),
        field("description", Text),
        field("purpose", Text),
        field("environment", Text),
        field("is_default", Truth),
        field("created_at", Time),
        field("updated_at", Time),
    ],
};
const PROJECT_BODY: Shape = Shape {
    name: "project_body",
    fields: &[
        field("name", Text),
        maybe("description", Text),
        maybe("purpose", Text),
        maybe("environment", Text),
        maybe("is_default", Truth),
    ],
};
const RESOURCE_LINKS: Shape = Shape { name: "resource_links", fields: &[field("self", Text)] };
const RESOURCE: Shape = Shape {
    name: "resource",
    fields: &[
        field("urn", Text),
        field("assigned_at", Time),
        field("links", One(&RESOURCE_LINKS)),
        field("status", Text),
    ],
};
const ASSIGNMENT: Shape = Shape { name: "assignment", fields: &[field("resources", Texts)] };
const SPACE: Shape = Shape {
    name: "space",
    fields: &[
        field("name", Text),
        field("region", Text),
        field("listing", Text),
        field("files", Text),
        field("storage", Text),
        field("created_at", Time),
        field("objects", Number),
        field("bytes", Number),
        field("url", Text),
    ],
};
const SPACE_BODY: Shape = Shape {
    name: "space_body",
    fields: &[
        maybe("name", Text),
        maybe("region", Text),
        maybe("listing", Text),
        maybe("files", Text),
        maybe("storage", Text),
    ],
};
const TOKEN: Shape = Shape {
    name: "token",
    fields: &[field("id", Text), field("name", Text), field("scopes", Texts), field("created_at", Time)],
};
const NEW_TOKEN: Shape = Shape {
    name: "new_token",
    fields: &[
        field("id", Text),
        field("name", Text),
        field("scopes", Texts),
        field("created_at", Time),
        field("token", Text),
    ],
};
const TOKEN_BODY: Shape = Shape { name: "token_body", fields: &[field("name", Text), field("scopes", Texts)] };
const SIGN_IN_LINK: Shape = Shape { name: "sign_in_link", fields: &[field("url", Text), field("expires_at", Time)] };
const CONNECT: Shape = Shape {
    name: "connect",
    fields: &[field("client", Text), field("title", Text), field("language", Text), field("text", Text)],
};

/// An answer whose name is a plural is a list, in pages.
pub(crate) const fn is_list(answer: Option<(&'static str, &'static Shape)>) -> bool {
    matches!(answer, Some((name, _)) if matches!(name.as_bytes().last(), Some(b's')))
}

/// Shapes of bodies, by the name that the table gives them.
pub(crate) mod body {
    use super::Shape;
    pub(crate) const NONE: Option<&'static Shape> = None;
    pub(crate) const KEY: Option<&'static Shape> = Some(&super::KEY_BODY);
    pub(crate) const ENDPOINT: Option<&'static Shape> = Some(&super::ENDPOINT_BODY);
    pub(crate) const ENDPOINT_CHANGE: Option<&'static Shape> = Some(&super::ENDPOINT_CHANGE);
    pub(crate) const PURGE: Option<&'static Shape> = Some(&super::PURGE);
    pub(crate) const CERTIFICATE: Option<&'static Shape> = Some(&super::CERTIFICATE_BODY);
    pub(crate) const PROJECT: Option<&'static Shape> = Some(&super::PROJECT_BODY);
    pub(crate) const ASSIGNMENT: Option<&'static Shape> = Some(&super::ASSIGNMENT);
    pub(crate) const SPACE: Option<&'static Shape> = Some(&super::SPACE_BODY);
    pub(crate) const TOKEN: Option<&'static Shape> = Some(&super::TOKEN_BODY);
}

/// Answers, by the name that the table gives them: under which name what stands.
pub(crate) mod answer {
    use super::Shape;
    type Answer = Option<(&'static str, &'static Shape)>;
    pub(crate) const NONE: Answer = None;
    pub(crate) const KEY: Answer = Some(("key", &super::KEY));
    pub(crate) const NEW_KEY: Answer = Some(("key", &super::NEW_KEY));
    pub(crate) const KEYS: Answer = Some(("keys", &super::KEY));
    pub(crate) const ENDPOINT: Answer = Some(("endpoint", &super::ENDPOINT));
    pub(crate) const ENDPOINTS: Answer = Some(("endpoints", &super::ENDPOINT));
    pub(crate) const CERTIFICATE: Answer = Some(("certificate", &super::CERTIFICATE));
    pub(crate) const CERTIFICATES: Answer = Some(("certificates", &super::CERTIFICATE));
    pub(crate) const ACCOUNT: Answer = Some(("account", &super::ACCOUNT));
    pub(crate) const REGIONS: Answer = Some(("regions", &super::REGION));
    pub(crate) const PROJECT: Answer = Some(("project", &super::PROJECT));
    pub(crate) const PROJECTS: Answer = Some(("projects", &super::PROJECT));
    pub(crate) const RESOURCES: Answer = Some(("resources", &super::RESOURCE));
    pub(crate) const SPACE: Answer = Some(("space", &super::SPACE));
    pub(crate) const SPACES: Answer = Some(("spaces", &super::SPACE));
    pub(crate) const NEW_TOKEN: Answer = Some(("token", &super::NEW_TOKEN));
    pub(crate) const TOKENS: Answer = Some(("tokens", &super::TOKEN));
    pub(crate) const SIGN_IN_LINK: Answer = Some(("sign_in_link", &super::SIGN_IN_LINK));
    pub(crate) const CONNECT: Answer = Some(("connect", &super::CONNECT));
}
