//! What a program hands to the service: everything that can be set about S3's wire.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use spacelet_engine::policy::Network;
use spacelet_engine::{Clock, Engine, Region};

use crate::{Limits, Notifier, Profile, RateLimits, Settling};

/// Everything that the S3 service is told at start.
#[derive(Clone)]
pub struct S3Settings {
    /// The store.
    pub engine: Arc<Engine>,
    /// Whose behaviour is shown.
    pub profile: Profile,
    /// Sizes, counts and times.
    pub limits: Limits,
    /// The region of a bare host, and of Spaces made there.
    pub region: Region,
    /// Base domains beside `digitaloceanspaces.com` and `localhost`, under which `{bucket}.{domain}` and
    /// `{bucket}.{region}.{domain}` are served.
    pub domains: Vec<String>,
    /// Hosts (with port where not 80) that may have been signed instead of the request's own Host.
    pub host_aliases: Vec<String>,
    /// How clients reach the service from outside (`http://localhost:19000`); for the `Location` of a completed upload.
    pub public_url: Option<String>,
    /// Whether refusals carry `x-spacelet-explain`.
    pub explain: bool,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed by policy conditions.
    pub trust_forwarded: Vec<Network>,
    /// Policy conditions take every connection for an encrypted one.
    pub assume_tls: bool,
    /// What a new bucket has in profile `aws`.
    pub new_buckets: NewBuckets,
    /// Who delivers event notifications.
    pub notifier: Notifier,
    /// Customers' keys (SSE-C) are refused on a connection that is not encrypted, as RGW and AWS do.
    pub customer_keys_need_tls: bool,
    /// The checksums that SDKs send since January 2025 are refused as users saw Spaces do then (spaces-reference 5.2).
    pub refuses_checksums: bool,
    /// How long RestoreObject takes to make a copy, in milliseconds of the world's clock.
    pub restore_ms: i64,
    /// How many requests are served in a second; `None`: any number.
    pub rates: Option<RateLimits>,
    /// How long changes take to be known everywhere.
    pub settling: Settling,
    /// Judges header signatures; the stored times follow the world's own clock.
    pub wall: Clock,
    /// True once seeds are in: what `/_spacelet/health/ready` answers.
    pub ready: Arc<AtomicBool>,
}

impl S3Settings {
    /// The defaults around a store: profile `spaces`, region `nyc3`, explanations on, ready at once.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        Self {
            engine,
            profile: Profile::SPACES,
            limits: Limits::default(),
            region: Region::new("nyc3"),
            domains: Vec::new(),
            host_aliases: Vec::new(),
            public_url: None,
            explain: true,
            trust_forwarded: Vec::new(),
            assume_tls: false,
            customer_keys_need_tls: false,
            refuses_checksums: false,
            rates: None,
            settling: Settling::default(),
            new_buckets: NewBuckets::Open,
            restore_ms: 0,
            notifier: Notifier::default(),
            wall: Clock::system(),
            ready: Arc::new(AtomicBool::new(true)),
        }
    }
}

/// What a new bucket has in profile `aws`: Amazon S3 changed it in 2023.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewBuckets {
    /// As before: ACLs count, nothing is blocked, no default encryption is shown.
    Open,
    /// As since April 2023: no ACLs, all four public access blocks, AES256 shown on every object.
    Closed,
}

/// Who is at the other end: the listener puts it into the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Connection {
    /// The peer's address.
    pub peer: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
}
