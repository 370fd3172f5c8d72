//! Every route on one screen: method, path, the scope that a token needs, what comes in, what goes out. The router, the
//! OpenAPI document and docs/CONTROL-API.md are made from these rows.

mod shapes;

use std::future::Future;
use std::pin::Pin;

use axum::routing::MethodFilter;

use crate::ask::{Answer, Ask};
use crate::{ApiError, account, cdn, certificates, connect, keys, panel, projects, spaces, tokens};

pub(crate) use shapes::ERROR;
pub use shapes::{Field, Kind, Shape};

/// What a handler is.
type Run = fn(Ask) -> Pin<Box<dyn Future<Output = Result<Answer, ApiError>> + Send>>;

/// One route.
pub struct Route {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub verb: &'static str,
    /// Its path, with `{names}`.
    pub path: &'static str,
    /// The scope that a token needs; `*`: one that may do everything.
    pub scope: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Parameters of the query.
    pub query: &'static [&'static str],
    /// The body's shape.
    pub body: Option<&'static Shape>,
    /// The status of a success.
    pub success: u16,
    /// The name under which the answer's thing stands, and its shape.
    pub answer: Option<(&'static str, &'static Shape)>,
    /// Whether it is a list of them, in pages.
    pub is_list: bool,
    /// The statuses of refusals, besides 401, 403 (no scope), 429 and 500, which every route has.
    pub refusals: &'static [u16],
    pub(crate) run: Run,
}

impl Route {
    pub(crate) fn method(&self) -> MethodFilter {
        method(self.verb)
    }

    /// CDN paths have rates of their own.
    pub(crate) fn is_cdn(&self) -> bool {
        self.path.starts_with("/v2/cdn/")
    }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.verb, self.path)
    }
}

/// The router's word for a verb.
pub(crate) fn method(verb: &str) -> MethodFilter {
    match verb {
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}

/// Whether a route needs the scope.
pub(crate) fn is_scope(scope: &str) -> bool {
    ROUTES.iter().any(|route| route.scope == scope)
}

/// A row: `VERB PATH SCOPE "summary" query BODY => STATUS answer, refusals, handler`.
macro_rules! routes {
    ($($verb:literal $path:literal $scope:literal $summary:literal [$($query:literal)*] $body:ident =>
       $success:literal $answer:ident [$($refusal:literal)*] $run:path;)*) => {
        /// The rows.
        pub const ROUTES: &[Route] = &[$(Route {
            verb: $verb,
            path: $path,
            scope: $scope,
            summary: $summary,
            query: &[$($query),*],
            body: shapes::body::$body,
            success: $success,
            answer: shapes::answer::$answer,
            is_list: shapes::is_list(shapes::answer::$answer),
            refusals: &[$($refusal),*],
            run: |ask| Box::pin($run(ask)),
        }),*];
    };
}

routes! {
    "GET" "/v2/spaces/keys" "spaces_key:read" "List Spaces access keys"
        ["sort" "sort_direction" "name" "bucket" "permission" "page" "per_page"] NONE => 200 KEYS [400] keys::list;
    "POST" "/v2/spaces/keys" "spaces_key:create_credentials" "Create a Spaces access key; its secret is in this answer only"
        [] KEY => 201 NEW_KEY [400 403 412 422] keys::create;
    "GET" "/v2/spaces/keys/{access_key}" "spaces_key:read" "Get a Spaces access key" [] NONE => 200 KEY [404] keys::get;
    "PUT" "/v2/spaces/keys/{access_key}" "spaces_key:update" "Update a Spaces access key"
        [] KEY => 200 KEY [400 403 404 412] keys::update;
    "PATCH" "/v2/spaces/keys/{access_key}" "spaces_key:update" "Update a Spaces access key"
        [] KEY => 200 KEY [400 403 404 412] keys::update;
    "DELETE" "/v2/spaces/keys/{access_key}" "spaces_key:delete" "Delete (revoke) a Spaces access key"
        [] NONE => 204 NONE [404] keys::delete;

    "GET" "/v2/cdn/endpoints" "cdn:read" "List CDN endpoints" ["page" "per_page"] NONE => 200 ENDPOINTS [400] cdn::list;
    "POST" "/v2/cdn/endpoints" "cdn:create" "Create a CDN endpoint" [] ENDPOINT => 201 ENDPOINT [400 409 422] cdn::create;
    "GET" "/v2/cdn/endpoints/{cdn_id}" "cdn:read" "Get a CDN endpoint" [] NONE => 200 ENDPOINT [404] cdn::get;
    "PUT" "/v2/cdn/endpoints/{cdn_id}" "cdn:update" "Update the TTL or the custom domain of a CDN endpoint"
        [] ENDPOINT_CHANGE => 200 ENDPOINT [400 404 409 422] cdn::update;
    "DELETE" "/v2/cdn/endpoints/{cdn_id}" "cdn:delete" "Delete a CDN endpoint" [] NONE => 204 NONE [404] cdn::delete;
    "DELETE" "/v2/cdn/endpoints/{cdn_id}/cache" "cdn:delete" "Purge files from the cache of a CDN endpoint"
        [] PURGE => 204 NONE [400 404 422] cdn::purge;

    "GET" "/v2/certificates" "certificate:read" "List certificates"
        ["name" "page" "per_page"] NONE => 200 CERTIFICATES [400] certificates::list;
    "POST" "/v2/certificates" "certificate:create" "Create a certificate"
        [] CERTIFICATE => 201 CERTIFICATE [400 422] certificates::create;
    "GET" "/v2/certificates/{certificate_id}" "certificate:read" "Get a certificate"
        [] NONE => 200 CERTIFICATE [404] certificates::get;
    "DELETE" "/v2/certificates/{certificate_id}" "certificate:delete" "Delete a certificate"
        [] NONE => 204 NONE [404] certificates::delete;

    "GET" "/v2/account" "account:read" "Get the account" [] NONE => 200 ACCOUNT [] account::get;
    "GET" "/v2/regions" "regions:read" "List regions" ["page" "per_page"] NONE => 200 REGIONS [400] account::regions;

    "GET" "/v2/projects" "project:read" "List projects" ["page" "per_page"] NONE => 200 PROJECTS [400] projects::list;
    "POST" "/v2/projects" "project:create" "Create a project" [] PROJECT => 201 PROJECT [400 409 422] projects::create;
    "GET" "/v2/projects/{project_id}" "project:read" "Get a project, or the `default` one"
        [] NONE => 200 PROJECT [404] projects::get;
    "PUT" "/v2/projects/{project_id}" "project:update" "Update a project" [] PROJECT => 200 PROJECT [400 404 409] projects::update;
    "PATCH" "/v2/projects/{project_id}" "project:update" "Update fields of a project"
        [] PROJECT => 200 PROJECT [400 404 409] projects::update;
    "DELETE" "/v2/projects/{project_id}" "project:delete" "Delete an empty project" [] NONE => 204 NONE [404 412] projects::delete;
    "GET" "/v2/projects/{project_id}/resources" "project:read" "List what a project holds"
        ["page" "per_page"] NONE => 200 RESOURCES [400 404] projects::resources;
    "POST" "/v2/projects/{project_id}/resources" "project:update" "Move Spaces into a project"
        [] ASSIGNMENT => 200 RESOURCES [400 404] projects::assign;

    "GET" "/emulator/spaces" "*" "List Spaces" ["page" "per_page"] NONE => 200 SPACES [400] spaces::list;
    "POST" "/emulator/spaces" "*" "Create a Space" [] SPACE => 201 SPACE [400 409 422] spaces::create;
    "GET" "/emulator/spaces/{name}" "*" "Get a Space" [] NONE => 200 SPACE [404] spaces::get;
    "PATCH" "/emulator/spaces/{name}" "*" "Make the listing or the files of a Space public or private"
        [] SPACE => 200 SPACE [400 404 412] spaces::update;
    "DELETE" "/emulator/spaces/{name}" "*" "Delete a Space, whatever its policy says; with `force=true` its files, too"
        ["force"] NONE => 204 NONE [404 409] spaces::delete;
    "GET" "/emulator/tokens" "*" "List API tokens" ["page" "per_page"] NONE => 200 TOKENS [400] tokens::list;
    "POST" "/emulator/tokens" "*" "Create an API token with scopes; it is in this answer only"
        [] TOKEN => 201 NEW_TOKEN [400 422] tokens::create;
    "DELETE" "/emulator/tokens/{token_id}" "*" "Revoke an API token" [] NONE => 204 NONE [404] tokens::delete;
    "POST" "/emulator/sign-in-links" "*" "Make a link that signs in to the panel, once and within five minutes; an older one is good no more"
        [] NONE => 201 SIGN_IN_LINK [] panel::sign_in_link;
    "GET" "/emulator/connect/{client}" "*" "How to set up a client"
        ["bucket" "access_key" "secret_key"] NONE => 200 CONNECT [404] connect::get;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_route_is_there_once_and_says_what_it_does() {
        let mut seen = BTreeSet::new();
        for route in ROUTES {
            assert!(seen.insert((route.verb, route.path)), "{route:?} stands twice");
            assert!(route.summary.chars().next().is_some_and(char::is_uppercase), "{route:?}");
            assert_eq!(route.success == 204, route.answer.is_none(), "{route:?}");
            let is_ours = route.path.starts_with("/emulator/");
            assert_eq!(route.scope == "*", is_ours, "{route:?}: only DigitalOcean's routes have scopes");
        }
    }

    #[test]
    fn nothing_is_at_spaces_but_keys() {
        let spaces = ROUTES.iter().filter(|route| route.path.starts_with("/v2/spaces"));
        assert!(spaces.clone().count() == 6 && spaces.into_iter().all(|r| r.path.starts_with("/v2/spaces/keys")));
    }
}
