//! What a server can be told: each setting is a row of TABLE 3 ([`table`]), and this is the one file that reads the
//! environment. A flag wins over `SPACELET_…`, which wins over the aliases (`MINIO_…`); a variable that is set to
//! nothing counts as not set. The shell's `AWS_…` variables are never read.

mod row;
pub mod table;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use spacelet_engine::policy::Network;
use spacelet_engine::{AccountId, Clock, Durability, Region, Secret};
use spacelet_s3::{Limits, NewBuckets, Profile, Settling};

use crate::notify::Destination;

pub use row::Row;
pub use table::TABLE;
pub use values::InitialBucket;
pub(crate) use values::{access_key_id, address as parse_address, canned_acl, duration as parse_duration, secret_key};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Everything that [`crate::Server::start`] wants to know. [`Settings::default`] is a volatile server on the
/// default ports; [`Settings::for_tests`] one on ports that the system chooses.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data folder; `None`: see `data_if_mounted`.
    pub data: Option<PathBuf>,
    /// Used as data folder when something is mounted exactly there; what the image sets to `/data`.
    pub data_if_mounted: Option<PathBuf>,
    /// What an answered write has survived.
    pub durability: Durability,
    /// Volatile servers: bytes of bodies in memory before larger ones go to an unlinked temporary file.
    pub memory_limit_bytes: u64,
    /// Where S3 listens; port 0 lets the system choose.
    pub address: SocketAddr,
    /// Where the control API listens.
    pub control_address: SocketAddr,
    /// How clients reach the S3 port, where that is not the address.
    pub public_url: Option<String>,
    /// How clients reach the control port, where that is not the address.
    pub control_public_url: Option<String>,
    /// The default region.
    pub region: Region,
    /// Further domains whose names are read as `{bucket}.{region}.DOMAIN`.
    pub domains: Vec<String>,
    /// Hosts that a presigned link may have been signed for instead of the one it was sent to.
    pub host_aliases: Vec<String>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` bucket policies believe.
    pub trust_forwarded: Vec<Network>,
    /// Bucket policies take every connection for an encrypted one.
    pub assume_tls: bool,
    /// Customers' keys (SSE-C) are refused on a connection that is not encrypted.
    pub customer_keys_need_tls: bool,
    /// The checksums of newer SDKs are refused as Spaces did in early 2025.
    pub refuses_checksums: bool,
    /// Whose behaviour.
    pub profile: Profile,
    /// What a new bucket has in profile `aws`.
    pub new_buckets: NewBuckets,
    /// Where event notifications go, by ARN.
    pub notify: Vec<Destination>,
    /// Whether refusals carry `x-spacelet-explain`.
    pub explain: bool,
    /// The account of the first key and of the initial buckets.
    pub account: AccountId,
    /// The first key's ID; `None`: generated when the store has no key.
    pub access_key: Option<String>,
    /// The first key's secret.
    pub secret_key: Option<Secret>,
    /// Spaces that are made when absent.
    pub buckets: Vec<InitialBucket>,
    /// A seed file.
    pub seed_file: Option<PathBuf>,
    /// A seed's text.
    pub seed: Option<String>,
    /// The control API's bearer token; `None`: the data folder's, or generated.
    pub token: Option<Secret>,
    /// Sizes, counts and times of S3 requests.
    pub limits: Limits,
    /// How many access keys an account may have.
    pub keys_max: usize,
    /// Whether S3 answers 503 to too many requests: `None` not at all, else the numbers that differ from the profile's.
    pub rates: Option<Vec<(&'static str, u32)>>,
    /// How long new keys, Spaces and CORS rules take to be known.
    pub settling: Settling,
    /// How long the control API does not know a new CDN endpoint.
    pub endpoints_settle: Duration,
    /// Whether the control API answers 429 to too many requests.
    pub api_rates: bool,
    /// How many connections a port serves at once; further ones wait.
    pub connections_max: u32,
    /// The greatest length of a request's target and headers.
    pub header_bytes_max: u32,
    /// How long a connection may take to send a request's head, and how long it may idle between two.
    pub header_timeout: Duration,
    /// How long requests in flight may take to finish once the server is told to stop.
    pub stop_timeout: Duration,
    /// The length of a day for lifecycle rules.
    pub lifecycle_day: Duration,
    /// How long a restored object is not there yet.
    pub restore_time: Duration,
    /// How often access logs are delivered.
    pub logs_flush: Duration,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// The least serious lines that are written.
    pub log_level: tracing::level_filters::LevelFilter,
    /// The clock of the default world. No row of the table: for tests that move time.
    pub clock: Clock,
}

impl Default for Settings {
    fn default() -> Self {
        let mut settings = Self {
            data: None,
            data_if_mounted: None,
            durability: Durability::Disk,
            memory_limit_bytes: 0,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            control_address: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            control_public_url: None,
            region: Region::new(""),
            domains: Vec::new(),
            host_aliases: Vec::new(),
            trust_forwarded: Vec::new(),
            assume_tls: false,
            customer_keys_need_tls: false,
            refuses_checksums: false,
            profile: Profile::SPACES,
            new_buckets: NewBuckets::Open,
            notify: Vec::new(),
            explain: true,
            account: AccountId::new(""),
            access_key: None,
            secret_key: None,
            buckets: Vec::new(),
            seed_file: None,
            seed: None,
            token: None,
            limits: Limits::default(),
            keys_max: 0,
            rates: None,
            settling: Settling::default(),
            endpoints_settle: Duration::ZERO,
            api_rates: false,
            connections_max: 0,
            header_bytes_max: 0,
            header_timeout: Duration::ZERO,
            stop_timeout: Duration::ZERO,
            lifecycle_day: Duration::ZERO,
            restore_time: Duration::ZERO,
            logs_flush: Duration::ZERO,
            log_format: LogFormat::Text,
            log_level: tracing::level_filters::LevelFilter::INFO,
            clock: Clock::system(),
        };
        for row in TABLE.iter().filter(|row| !row.default.is_empty()) {
            let set = (row.set)(&mut settings, row.default);
            debug_assert!(set.is_ok(), "the default of {} is no legal value", row.name);
        }
        settings
    }
}

impl Settings {
    /// A volatile server on loopback, on two ports that the system chooses: many fit into one process.
    #[must_use]
    pub fn for_tests() -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { address: loopback, control_address: loopback, ..Self::default() }
    }

    /// Reads every row: `flag` answers what was typed for a row, `environment` what a variable holds.
    ///
    /// # Errors
    /// The first value that is not legal, named by the flag or variable it came from.
    pub fn read(
        flag: impl Fn(&Row) -> Option<String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingError> {
        let mut settings = Self::default();
        for row in TABLE {
            let Some((origin, text)) = chosen(row, &flag, &environment) else { continue };
            (row.set)(&mut settings, &text).map_err(|detail| SettingError { origin, detail })?;
        }
        match (&settings.access_key, &settings.secret_key) {
            (Some(_), None) => Err(SettingError::half_a_key("an access key ID", "secret-key", "SPACELET_SECRET_KEY")),
            (None, Some(_)) => Err(SettingError::half_a_key("a secret key", "access-key", "SPACELET_ACCESS_KEY")),
            (Some(_), Some(_)) | (None, None) => Ok(settings),
        }
    }
}

/// The text that counts for a row, and what to call its origin.
fn chosen(
    row: &Row,
    flag: &impl Fn(&Row) -> Option<String>,
    environment: &impl Fn(&str) -> Option<String>,
) -> Option<(String, String)> {
    if let Some(text) = flag(row) {
        return Some((row.typed(), text));
    }
    let names = std::iter::once(&row.variable).chain(row.variable_aliases);
    names
        .copied()
        .find_map(|name| environment(name).filter(|text| !text.is_empty()).map(|text| (name.to_owned(), text)))
}

/// The process's environment. A variable that is not UTF-8 counts as not set.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one reader of the environment")]
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A setting's value that is not legal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    /// The flag or variable that it came from.
    pub origin: String,
    /// What is wrong and what would be right; never a secret.
    pub detail: String,
}

impl SettingError {
    fn half_a_key(given: &str, flag: &str, variable: &str) -> Self {
        let detail = format!("{given} was given without the other half: set --{flag} or {variable} as well");
        Self { origin: "first key".to_owned(), detail }
    }
}

impl std::fmt::Display for SettingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.origin, self.detail)
    }
}

impl std::error::Error for SettingError {}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(flags: &[(&str, &str)], variables: &[(&str, &str)]) -> Result<Settings, SettingError> {
        let find = |pairs: &[(&str, &str)], name: &str| {
            pairs.iter().find(|(n, _)| *n == name).map(|(_, text)| (*text).to_owned())
        };
        Settings::read(|row| find(flags, row.flag), |name| find(variables, name))
    }

    #[test]
    fn a_flag_wins_over_a_variable_and_a_variable_over_its_aliases() {
        let id = |flags: &[_], variables: &[_]| read(flags, variables).unwrap().access_key.unwrap();
        let mut variables = vec![("MINIO_ROOT_PASSWORD", "miniosecret"), ("MINIO_ACCESS_KEY", "older")];
        assert_eq!(id(&[], &variables), "older");
        variables.push(("MINIO_ROOT_USER", "newer"));
        assert_eq!(id(&[], &variables), "newer");
        variables.push(("SPACELET_ACCESS_KEY", "ours"));
        assert_eq!(id(&[], &variables), "ours");
        assert_eq!(id(&[("access-key", "typed")], &variables), "typed");
    }

    #[test]
    fn nothing_given_means_the_defaults_of_the_table() {
        let settings = read(&[], &[("SPACELET_ADDRESS", ""), ("AWS_ACCESS_KEY_ID", "mine")]).unwrap();
        assert_eq!(settings.address.to_string(), "127.0.0.1:9000");
        assert_eq!(settings.control_address.to_string(), "127.0.0.1:9001");
        assert_eq!(settings.region.as_str(), "nyc3");
        assert_eq!((settings.data, settings.access_key), (None, None));
        assert_eq!(settings.limits.part_bytes_min, 5 << 20);
    }

    #[test]
    fn every_default_is_legal_and_every_name_is_used_once() {
        let mut seen = std::collections::BTreeSet::new();
        for row in TABLE {
            if !row.default.is_empty() {
                (row.set)(&mut Settings::default(), row.default).unwrap();
            }
            let names = [row.flag, row.variable].into_iter().chain(row.flag_aliases.iter().copied());
            for name in names.chain(row.variable_aliases.iter().copied()).filter(|name| !name.is_empty()) {
                assert!(seen.insert(name), "{name} stands in two rows");
            }
            assert!(row.variable.starts_with("SPACELET_"), "{} has no variable of its own", row.name);
            assert!(row.meaning.ends_with('.'), "{}: a meaning is a sentence", row.name);
        }
    }

    #[test]
    fn an_illegal_value_names_where_it_came_from() {
        let error = read(&[], &[("SPACELET_ADDRESS", "example.com:80")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "SPACELET_ADDRESS: `example.com:80` is no address: write IP:PORT, such as 127.0.0.1:9000 or 0.0.0.0:9000"
        );
        let error = read(&[("profile", "gcs")], &[]).unwrap_err();
        assert_eq!(error.to_string(), "--profile: `gcs` is neither `spaces` nor `aws`");
    }

    #[test]
    fn half_a_key_is_refused_and_a_secret_never_repeated() {
        let error = read(&[("access-key", "minioadmin")], &[]).unwrap_err().to_string();
        assert!(error.contains("SPACELET_SECRET_KEY"), "{error}");
        let error = read(&[], &[("MINIO_ROOT_PASSWORD", "zq")]).unwrap_err().to_string();
        assert!(error.starts_with("MINIO_ROOT_PASSWORD: ") && !error.contains("zq"), "{error}");
        let settings = read(&[], &[("MINIO_ROOT_USER", "me"), ("MINIO_ROOT_PASSWORD", "hush-hush")]);
        assert!(settings.is_err(), "an ID of two characters is too short");
        let settings = read(&[], &[("MINIO_ROOT_USER", "meme"), ("MINIO_ROOT_PASSWORD", "hush-hush")]).unwrap();
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
