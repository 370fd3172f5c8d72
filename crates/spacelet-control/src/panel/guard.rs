//! Which requests a cookie is accepted from. A cookie knows no port, so a page of any Space on the S3 port is of the
//! same site as the panel: SameSite alone keeps nobody out.

use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The name in `Host` is neither this machine's nor one of `--domain`: another site's name may point here.
    Host,
    /// The browser says that another page sent it, or does not say who did.
    Origin,
    /// A write without the session's own token.
    Csrf,
}

impl Refused {
    pub(crate) fn because(self) -> &'static str {
        match self {
            Self::Host => {
                "The panel answers only under localhost, an address of this machine, or a name given with --domain."
            }
            Self::Origin => "This request did not come from the panel's own pages.",
            Self::Csrf => "This page is older than your session. Reload it and try again.",
        }
    }
}

/// Judges `Host`: `domains` are those of the settings and the public URL's.
pub(crate) fn check_host<'d>(
    headers: &HeaderMap,
    mut domains: impl Iterator<Item = &'d str>,
) -> Result<String, Refused> {
    let host = text(headers, HOST.as_str()).ok_or(Refused::Host)?.to_ascii_lowercase();
    let name = name_of(&host);
    let is_below = |domain: &str| {
        let domain = name_of(domain);
        name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
    };
    let is_ours = is_loopback(name) || domains.any(is_below);
    if is_ours { Ok(host) } else { Err(Refused::Host) }
}

/// Judges who sent it: `Sec-Fetch-Site: same-origin`, for a GET also `none` (typed or opened from outside), or, where
/// the browser does not say, exactly the panel's own `Origin`.
pub(crate) fn check_origin(method: &Method, headers: &HeaderMap, host: &str) -> Result<(), Refused> {
    let is_own = match text(headers, "sec-fetch-site") {
        Some("same-origin") => true,
        Some("none") => *method == Method::GET,
        Some(_) => false,
        None => text(headers, ORIGIN.as_str()).is_some_and(|origin| is_origin_of(origin, host)),
    };
    if is_own { Ok(()) } else { Err(Refused::Origin) }
}

/// The sign-in by token carries no cookie yet: it is refused only where the browser says that another page sent it.
pub(crate) fn check_sign_in(headers: &HeaderMap, host: &str) -> Result<(), Refused> {
    let by_site = text(headers, "sec-fetch-site").is_none_or(|site| site == "same-origin");
    let by_origin = text(headers, ORIGIN.as_str()).is_none_or(|origin| is_origin_of(origin, host));
    if by_site && by_origin { Ok(()) } else { Err(Refused::Origin) }
}

fn is_origin_of(origin: &str, host: &str) -> bool {
    origin
        .split_once("://")
        .is_some_and(|(scheme, rest)| matches!(scheme, "http" | "https") && rest.eq_ignore_ascii_case(host))
}

/// The cookie's name: with the port, for servers on one machine share their cookies.
pub(crate) fn cookie_name(host: &str) -> String {
    let port = host.strip_prefix(name_of(host)).and_then(|rest| rest.strip_prefix(':')).unwrap_or("80");
    format!("spacelet_panel_{port}")
}

/// The value of the panel's cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, host: &str) -> Option<&'h str> {
    let name = cookie_name(host);
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(has, _)| *has == name).map(|(_, value)| value)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    let end = match host.strip_prefix('[') {
        Some(rest) => rest.find(']').map_or(host.len(), |at| at + 2),
        None => host.find(':').unwrap_or(host.len()),
    };
    host.get(..end).unwrap_or(host)
}

fn is_loopback(name: &str) -> bool {
    let address = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    name == "localhost"
        || name.ends_with(".localhost")
        || address.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
#[path = "guard/tests.rs"]
mod tests;
