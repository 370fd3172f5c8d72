//! Where requests go, and as whom.

use std::net::{SocketAddr, ToSocketAddrs as _};

use spacelet_sigv4::sign::Credentials;

use crate::failure::{Failure, Outcome};

/// An S3 endpoint with the key to use there. Has no `Debug`, since it holds a secret.
#[derive(Clone)]
pub(crate) struct Endpoint {
    /// How it is called in tables.
    pub(crate) name: String,
    /// Value of the `Host` header.
    pub(crate) host: String,
    /// Where to connect to.
    pub(crate) address: SocketAddr,
    /// The access key's id.
    pub(crate) access_key: String,
    /// Its secret.
    pub(crate) secret: String,
    /// The region named in signatures.
    pub(crate) region: String,
    /// The server's process, where it runs on this machine: its CPU time and memory are then measured.
    pub(crate) pid: Option<u32>,
}

impl Endpoint {
    /// An endpoint from its URL, which is plain HTTP: what TLS costs is not measured here.
    pub(crate) fn new(name: &str, url: &str, access_key: &str, secret: &str, region: &str) -> Outcome<Self> {
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(Failure::new(format!("`{url}` is not an http:// URL, the only kind that is measured")));
        };
        let host = rest.trim_end_matches('/');
        if host.is_empty() || host.contains('/') {
            return Err(Failure::new(format!("`{url}` is not of the form http://HOST[:PORT]")));
        }
        let with_port = if host.rsplit(']').next().is_some_and(|end| end.contains(':')) {
            host.to_owned()
        } else {
            format!("{host}:80")
        };
        let address = with_port.to_socket_addrs().map_err(|error| Failure::from(error).at(host))?.next();
        Ok(Self {
            name: name.to_owned(),
            host: host.to_owned(),
            address: address.ok_or_else(|| Failure::new(format!("{host} has no address")))?,
            access_key: access_key.to_owned(),
            secret: secret.to_owned(),
            region: region.to_owned(),
            pid: None,
        })
    }

    /// The same, measured as this process.
    pub(crate) fn with_pid(mut self, pid: Option<u32>) -> Self {
        self.pid = pid;
        self
    }

    pub(crate) fn credentials(&self) -> Credentials<'_> {
        Credentials { access_key: &self.access_key, secret: &self.secret, region: &self.region }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_host_and_perhaps_a_port() {
        let address = |url| Endpoint::new("x", url, "k", "s", "r").map(|endpoint| endpoint.address.to_string());
        assert_eq!(address("http://127.0.0.1:9000/").unwrap(), "127.0.0.1:9000");
        assert_eq!(address("http://127.0.0.1").unwrap(), "127.0.0.1:80");
        assert_eq!(address("http://[::1]:9").unwrap(), "[::1]:9");
        assert!(address("https://127.0.0.1:9000").is_err());
        assert!(address("http://127.0.0.1:9000/bucket").is_err());
        assert!(address("http://").is_err());
    }
}
