//! Styles, scripts and the icon, inside the binary. Their paths carry a hash of their content, so browsers may keep them.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::routing::get;
use sha1::{Digest, Sha1};

/// Name, content type, content.
const ASSETS: [(&str, &str, &str); 4] = [
    ("panel.css", "text/css; charset=utf-8", include_str!("assets/panel.css")),
    ("panel.js", "text/javascript; charset=utf-8", include_str!("assets/panel.js")),
    ("files.js", "text/javascript; charset=utf-8", include_str!("assets/files.js")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];

/// The file that the first Space holds.
pub(crate) const WELCOME: &str = include_str!("assets/welcome.html");

/// Where each is, in their order.
static PATHS: LazyLock<[String; ASSETS.len()]> = LazyLock::new(|| {
    ASSETS.map(|(name, _, content)| {
        let mut path = "/assets/".to_owned();
        for byte in Sha1::digest(content).iter().take(6) {
            let _ = write!(path, "{byte:02x}");
        }
        let _ = write!(path, "-{name}");
        path
    })
});

/// Where an asset is.
pub(crate) fn path(name: &str) -> &'static str {
    let found = ASSETS.iter().zip(PATHS.iter()).find(|((has, ..), _)| *has == name);
    found.map(|(_, path)| path.as_str()).unwrap_or_default()
}

pub(crate) fn router() -> Router {
    let mut router = Router::new();
    for (name, kind, content) in ASSETS {
        let headers = [
            (CONTENT_TYPE, kind),
            (CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        router = router.route(path(name), get(move || async move { (headers, content) }));
    }
    router
}
