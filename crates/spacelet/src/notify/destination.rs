//! Where an ARN's events go.

use std::net::IpAddr;

/// An ARN and the URL that stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// As a bucket's configuration names it.
    pub arn: String,
    /// The host, for the Host header and for looking up its address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Path and query.
    pub path: String,
}

impl Destination {
    /// Reads `ARN=URL`.
    ///
    /// # Errors
    /// Says what would be legal.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| {
            format!("`{text}` is no ARN=URL such as arn:aws:sqs:us-east-1:1:q=http://localhost:8080/q: {why}")
        };
        let (arn, url) = text.split_once('=').ok_or_else(|| wrong("there is no `=`"))?;
        let service = arn.split(':').nth(2).unwrap_or_default();
        if !arn.starts_with("arn:") || arn.split(':').count() < 6 || !["sqs", "sns", "lambda"].contains(&service) {
            return Err(wrong("the ARN is none of sqs, sns or lambda"));
        }
        let rest = url.strip_prefix("http://").ok_or_else(|| wrong("the URL does not begin with http://"))?;
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let is_port = |tail: &str| !tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_digit());
        let (host, port) = match authority.rsplit_once(':').filter(|(_, tail)| is_port(tail)) {
            Some((host, port)) => (host, port.parse().map_err(|_too_big| wrong("the port is too big"))?),
            None => (authority, 80),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_graphic()) || authority.contains('@') {
            return Err(wrong("the URL has no host, or characters that do not belong there"));
        }
        if host.parse().is_ok_and(is_link_local) {
            return Err(wrong("link-local addresses are refused"));
        }
        Ok(Self { arn: arn.to_owned(), host: host.to_owned(), port, path })
    }
}

/// 169.254.0.0/16 and fe80::/10: where clouds serve credentials.
pub(super) fn is_link_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const ARN: &str = "arn:aws:sqs:us-east-1:000000000000:q";

    #[test]
    fn destinations_are_read() {
        for (url, host, port, path) in [
            ("http://localhost:8080/in?a=b", "localhost", 8_080, "/in?a=b"),
            ("http://worker", "worker", 80, "/"),
            ("http://worker?x", "worker", 80, "/?x"),
            ("http://[::1]:9/", "::1", 9, "/"),
            ("http://127.0.0.1:1", "127.0.0.1", 1, "/"),
        ] {
            let expected = Destination { arn: ARN.to_owned(), host: host.to_owned(), port, path: path.to_owned() };
            assert_eq!(Destination::parse(&format!("{ARN}={url}")), Ok(expected));
        }
    }

    #[test]
    fn what_is_refused_says_why() {
        for (text, part) in [
            (ARN.to_owned(), "no `=`"),
            ("arn:aws:s3:::b=http://x/".to_owned(), "none of sqs"),
            (format!("{ARN}=https://x/"), "http://"),
            (format!("{ARN}=http:///x"), "no host"),
            (format!("{ARN}=http://me@x/"), "do not belong"),
            (format!("{ARN}=http://a b/"), "do not belong"),
            (format!("{ARN}=http://x:70000/"), "port"),
            (format!("{ARN}=http://169.254.169.254/latest"), "link-local"),
            (format!("{ARN}=http://[fe80::1]/"), "link-local"),
            (format!("{ARN}=http://[::ffff:169.254.169.254]/"), "link-local"),
        ] {
            let refused = Destination::parse(&text).unwrap_err();
            assert!(refused.contains(part), "{text}: {refused}");
        }
    }
}
