//! CONTROL-API.md and openapi.json, from the table of routes.

use std::fmt::Write as _;

use spacelet_control::{ROUTES, Route};

use super::{cell, opening};

/// The page: what is said once, then each route.
pub(super) fn page() -> String {
    let mut page = opening("Control API", "the table of routes (crates/spacelet-control/src/routes.rs)");
    page.push_str(include_str!("control_api.md"));
    for (title, prefix) in [("DigitalOcean's routes", "/v2/"), ("The emulator's own", "/emulator/")] {
        let _ = write!(page, "\n## {title}\n\n| route | what | scope | success | refusals |\n|---|---|---|---|---|\n");
        for route in ROUTES.iter().filter(|route| route.path.starts_with(prefix)) {
            let Route { verb, path, summary, scope, success, .. } = route;
            let refusals: Vec<String> = route.refusals.iter().map(u16::to_string).collect();
            let _ = writeln!(
                page,
                "| `{verb} {path}` | {} | `{}` | {success} | {} |",
                cell(summary),
                cell(scope),
                refusals.join(", ")
            );
        }
    }
    page.push_str(
        "\nEvery route may answer 401 (no token, or an unknown one), 403 (a token without the scope), 429 (with `--api-rates \
         on`) and 500. `*` wants a token that may do everything. `GET /emulator/server` tells version, profile, region and \
         the S3 URL.\n",
    );
    page
}

/// The OpenAPI document, in lines.
pub(super) fn openapi() -> String {
    let text = serde_json::to_string_pretty(&spacelet_control::openapi()).unwrap_or_default();
    text + "\n"
}
