//! TABLE 3: every setting once. The command line, `--help` and docs/CONFIGURATION.md are made from these rows.

use std::path::PathBuf;

use spacelet_engine::{AccountId, Durability, Region, Secret};
use spacelet_s3::{NewBuckets, Profile};
use tracing::level_filters::LevelFilter;

use super::LogFormat;
use super::row::{EMPTY, Row};
use super::values::{
    self, access_key_id, address, bytes, count, destinations, duration, duration_or_none, either, hosts, networks,
    rates, secret_key, settling, switch, url,
};

const STORE: &str = "Store";
const NETWORK: &str = "Network";
const SPACES: &str = "Behaviour";
const FIRST: &str = "First key and contents";
const LIMITS: &str = "Limits";
const LOG: &str = "Log";

/// The rows, in the order of `--help`.
pub const TABLE: &[Row] = &[
    Row {
        name: "data folder",
        group: STORE,
        value: "DIR",
        variable: "SPACELET_DATA",
        meaning: "Folder that keeps everything; it is made when absent. Without one the server is volatile: \
                  nothing is kept once it stops.",
        set: |s, text| {
            if text.is_empty() {
                return Err("the folder's name is empty: name one, or leave it out for a volatile server".to_owned());
            }
            s.data = Some(PathBuf::from(text));
            Ok(())
        },
        ..EMPTY
    },
    Row {
        name: "data folder if mounted",
        group: STORE,
        flag: "data-if-mounted",
        value: "DIR",
        variable: "SPACELET_DATA_IF_MOUNTED",
        meaning: "Without DIR: keep everything in this folder if a file system is mounted exactly there, else be \
                  volatile. The container image sets it to /data.",
        set: |s, text| {
            s.data_if_mounted = Some(PathBuf::from(text));
            Ok(())
        },
        ..EMPTY
    },
    Row {
        name: "durability",
        group: STORE,
        flag: "durability",
        value: "disk|process",
        variable: "SPACELET_DURABILITY",
        default: "disk",
        meaning: "What an answered write in a data folder has survived: `disk` a power cut, `process` only the end \
                  of the process (faster).",
        set: |s, text| {
            s.durability = match text {
                "disk" => Durability::Disk,
                "process" => Durability::Process,
                _ => return Err(format!("`{text}` is neither `disk` nor `process`")),
            };
            Ok(())
        },
        ..EMPTY
    },
    Row {
        name: "memory limit",
        group: STORE,
        flag: "memory-limit",
        value: "SIZE",
        variable: "SPACELET_MEMORY_LIMIT",
        default: "1GiB",
        meaning: "Volatile servers: bytes of objects kept in memory. Above it objects go to a temporary file that \
                  has no name, or are refused with 503 where no folder is writable.",
        set: |s, text| bytes(text).map(|n| s.memory_limit_bytes = n),
        ..EMPTY
    },
    Row {
        name: "address",
        group: NETWORK,
        flag: "address",
        value: "IP:PORT",
        variable: "SPACELET_ADDRESS",
        default: "127.0.0.1:9000",
        meaning: "Where S3 is served. `:9000` means every interface; port 0 lets the system choose, and the chosen \
                  port is printed.",
        set: |s, text| address(text).map(|a| s.address = a),
        ..EMPTY
    },
    Row {
        name: "control address",
        group: NETWORK,
        flag: "control-address",
        flag_aliases: &["console-address"],
        value: "IP:PORT",
        variable: "SPACELET_CONTROL_ADDRESS",
        default: "127.0.0.1:9001",
        meaning: "Where the control API is served.",
        set: |s, text| address(text).map(|a| s.control_address = a),
        ..EMPTY
    },
    Row {
        name: "public URL",
        group: NETWORK,
        flag: "public-url",
        value: "URL",
        variable: "SPACELET_PUBLIC_URL",
        meaning: "How clients reach the S3 port where that is not its address, as behind `docker run -p 19000:9000`. \
                  A link that was signed for it is accepted.",
        set: |s, text| url(text).map(|u| s.public_url = Some(u)),
        ..EMPTY
    },
    Row {
        name: "control public URL",
        group: NETWORK,
        flag: "control-public-url",
        value: "URL",
        variable: "SPACELET_CONTROL_PUBLIC_URL",
        meaning: "How clients reach the control port where that is not its address.",
        set: |s, text| url(text).map(|u| s.control_public_url = Some(u)),
        ..EMPTY
    },
    Row {
        name: "domains",
        group: NETWORK,
        flag: "domain",
        flag_aliases: &["domains"],
        value: "NAMES",
        variable: "SPACELET_DOMAINS",
        variable_aliases: &["MINIO_DOMAIN"],
        meaning: "Further domains, besides digitaloceanspaces.com and localhost, under which `{bucket}.{region}.NAME` \
                  is a Space.",
        set: |s, text| hosts(text, false).map(|h| s.domains = h),
        ..EMPTY
    },
    Row {
        name: "host aliases",
        group: NETWORK,
        flag: "host-alias",
        flag_aliases: &["host-aliases"],
        value: "HOSTS",
        variable: "SPACELET_HOST_ALIASES",
        meaning: "Hosts (with port, where there is one) that a signature may name instead of the host it was sent \
                  to: links made inside a container then work outside.",
        set: |s, text| hosts(text, true).map(|h| s.host_aliases = h),
        ..EMPTY
    },
    Row {
        name: "trusted proxies",
        group: NETWORK,
        flag: "trust-forwarded",
        value: "CIDRS",
        variable: "SPACELET_TRUST_FORWARDED",
        meaning: "Networks (such as 10.0.0.0/8,::1) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: \
                  the aws:SourceIp and aws:SecureTransport of bucket policies. Without it they are the connection's own.",
        set: |s, text| networks(text).map(|n| s.trust_forwarded = n),
        ..EMPTY
    },
    Row {
        name: "assume TLS",
        group: NETWORK,
        flag: "assume-tls",
        value: "on|off",
        variable: "SPACELET_ASSUME_TLS",
        default: "off",
        meaning: "Bucket policies take every connection for an encrypted one (aws:SecureTransport is true).",
        set: |s, text| switch(text).map(|on| s.assume_tls = on),
        ..EMPTY
    },
    Row {
        name: "SSE-C needs TLS",
        group: NETWORK,
        flag: "sse-c-needs-tls",
        value: "on|off",
        variable: "SPACELET_SSE_C_NEEDS_TLS",
        default: "off",
        meaning: "Keys of customers (SSE-C) are refused on a connection that is not encrypted, as RGW and AWS do.",
        set: |s, text| switch(text).map(|on| s.customer_keys_need_tls = on),
        ..EMPTY
    },
    Row {
        name: "region",
        group: SPACES,
        flag: "region",
        value: "SLUG",
        variable: "SPACELET_REGION",
        variable_aliases: &["MINIO_REGION"],
        default: "nyc3",
        meaning: "The region of Spaces that are made without one.",
        set: |s, text| {
            let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if !(1..=32).contains(&text.len()) || !text.chars().all(legal) {
                return Err(format!("`{text}` is no region slug such as nyc3"));
            }
            s.region = Region::new(text);
            Ok(())
        },
        ..EMPTY
    },
    Row {
        name: "profile",
        group: SPACES,
        flag: "profile",
        value: "spaces|aws",
        variable: "SPACELET_PROFILE",
        default: "spaces",
        meaning: "Whose behaviour is shown: DigitalOcean Spaces or Amazon S3.",
        set: |s, text| {
            let profile = Profile::named(text).ok_or_else(|| format!("`{text}` is neither `spaces` nor `aws`"));
            profile.map(|p| s.profile = p)
        },
        ..EMPTY
    },
    Row {
        name: "new buckets",
        group: SPACES,
        flag: "new-buckets",
        value: "open|closed",
        variable: "SPACELET_NEW_BUCKETS",
        default: "open",
        meaning: "Profile `aws`: what a new bucket has. `open`: as before April 2023, which is what most tests want: ACLs \
                  count, nothing is blocked, no default encryption is shown. `closed`: as Amazon S3 since then: \
                  BucketOwnerEnforced, all four public access blocks, AES256 shown on every object.",
        set: |s, text| {
            either(text, ("open", NewBuckets::Open), ("closed", NewBuckets::Closed)).map(|what| s.new_buckets = what)
        },
        ..EMPTY
    },
    Row {
        name: "notification destinations",
        group: SPACES,
        flag: "notify",
        value: "ARN=URL,…",
        variable: "SPACELET_NOTIFY",
        meaning: "Profile `aws`: for each ARN of a queue, topic or function the http:// URL that its event notifications \
                  are POSTed to, as S3's JSON. Buckets may then name these ARNs only. Without it every ARN is accepted \
                  and nothing is sent. Redirects are not followed, link-local addresses are refused; at most 1,000 \
                  events wait for a destination, each is tried three times.",
        set: |s, text| destinations(text).map(|d| s.notify = d),
        ..EMPTY
    },
    Row {
        name: "settling",
        group: SPACES,
        flag: "settling",
        value: "on|off|LIST",
        variable: "SPACELET_SETTLING",
        default: "off",
        meaning: "How long it takes, on the world's clock, until what was made since the start is known everywhere, as on \
                  the service: a new access key is InvalidAccessKeyId, a new Space NoSuchBucket, the former CORS rules \
                  go on to act, a new CDN endpoint is 404 on the control API. `on` is \
                  `key=95s,space=10s,cors=90s,cdn=10s`; a LIST names those that take time.",
        set: |s, text| {
            settling(text).map(|(settling, endpoints)| (s.settling, s.endpoints_settle) = (settling, endpoints))
        },
        ..EMPTY
    },
    Row {
        name: "checksums",
        group: SPACES,
        flag: "checksums",
        value: "accept|refuse-2025",
        variable: "SPACELET_CHECKSUMS",
        default: "accept",
        meaning: "Whether the checksums that SDKs send by themselves since January 2025 are verified, or refused as users \
                  saw Spaces do then: trailers with 403 SignatureDoesNotMatch, checksum headers with a bare 400.",
        set: |s, text| {
            either(text, ("accept", false), ("refuse-2025", true)).map(|refuses| s.refuses_checksums = refuses)
        },
        ..EMPTY
    },
    Row {
        name: "explain",
        group: SPACES,
        flag: "explain",
        value: "on|off",
        variable: "SPACELET_EXPLAIN",
        default: "on",
        meaning: "Whether refusals, and successes that ignored something, say why in the response header \
                  `x-spacelet-explain`.",
        set: |s, text| switch(text).map(|on| s.explain = on),
        ..EMPTY
    },
    Row {
        name: "account",
        group: FIRST,
        flag: "account",
        value: "ID",
        variable: "SPACELET_ACCOUNT",
        default: "1000001",
        meaning: "ID and display name of the account that the first key and the initial Spaces belong to.",
        set: |s, text| {
            if text.len() > 128 || !text.chars().all(|c| c.is_ascii_graphic()) {
                return Err("an account ID has 1 to 128 printable ASCII characters and no blank".to_owned());
            }
            s.account = AccountId::new(text);
            Ok(())
        },
        ..EMPTY
    },
    Row {
        name: "access key",
        group: FIRST,
        flag: "access-key",
        value: "ID",
        variable: "SPACELET_ACCESS_KEY",
        variable_aliases: &["MINIO_ROOT_USER", "MINIO_ACCESS_KEY"],
        meaning: "The first access key's ID, of any shape. Without one a key is generated and shown once, unless \
                  the data folder or the seed has a key already.",
        set: |s, text| access_key_id(text).map(|id| s.access_key = Some(id)),
        ..EMPTY
    },
    Row {
        name: "secret key",
        group: FIRST,
        flag: "secret-key",
        value: "SECRET",
        variable: "SPACELET_SECRET_KEY",
        variable_aliases: &["MINIO_ROOT_PASSWORD", "MINIO_SECRET_KEY"],
        meaning: "The first access key's secret. Prefer the variable: other users of the machine can read flags.",
        set: |s, text| secret_key(text).map(|secret| s.secret_key = Some(secret)),
        ..EMPTY
    },
    Row {
        name: "initial Spaces",
        group: FIRST,
        flag: "buckets",
        value: "NAMES",
        variable: "SPACELET_BUCKETS",
        meaning: "Spaces to make when absent: `name` or `name:public-read` (anyone may list it), separated by commas \
                  or blanks.",
        set: |s, text| values::buckets(text).map(|b| s.buckets = b),
        ..EMPTY
    },
    Row {
        name: "seed file",
        group: FIRST,
        flag: "seed",
        value: "FILE",
        variable: "SPACELET_SEED_FILE",
        meaning: "A TOML file of accounts, keys, Spaces and objects to make when absent.",
        set: |s, text| {
            s.seed_file = Some(PathBuf::from(text));
            Ok(())
        },
        ..EMPTY
    },
    Row {
        name: "seed",
        group: FIRST,
        flag: "seed-text",
        value: "TOML",
        variable: "SPACELET_SEED",
        meaning: "The same as a seed file, written inline.",
        set: |s, text| {
            s.seed = Some(text.to_owned());
            Ok(())
        },
        ..EMPTY
    },
    Row {
        name: "token",
        group: FIRST,
        flag: "token",
        value: "TOKEN",
        variable: "SPACELET_TOKEN",
        meaning: "The control API's bearer token, 8 to 128 printable characters. Without one it is generated, shown \
                  once and kept in the data folder.",
        set: |s, text| {
            if !(8..=128).contains(&text.len()) || !text.chars().all(|c| c.is_ascii_graphic()) {
                return Err("a token has 8 to 128 printable ASCII characters and no blank".to_owned());
            }
            s.token = Some(Secret::new(text));
            Ok(())
        },
        ..EMPTY
    },
    Row {
        name: "part minimum",
        group: LIMITS,
        flag: "part-min",
        value: "SIZE",
        variable: "SPACELET_PART_MIN",
        default: "5MiB",
        meaning: "The least length of a multipart upload's parts, the last excepted. Tests may lower it.",
        set: |s, text| bytes(text).map(|n| s.limits.part_bytes_min = n),
        ..EMPTY
    },
    Row {
        name: "body maximum",
        group: LIMITS,
        flag: "body-max",
        value: "SIZE",
        variable: "SPACELET_BODY_MAX",
        default: "5GiB",
        meaning: "The greatest length of a single PUT and of a part.",
        set: |s, text| bytes(text).map(|n| s.limits.put_bytes_max = n),
        ..EMPTY
    },
    Row {
        name: "Spaces maximum",
        group: LIMITS,
        flag: "buckets-max",
        value: "NUMBER",
        variable: "SPACELET_BUCKETS_MAX",
        default: "100",
        meaning: "How many Spaces an account may have.",
        set: |s, text| count(text, 1_000_000).map(|n| s.limits.buckets_max = n),
        ..EMPTY
    },
    Row {
        name: "keys maximum",
        group: LIMITS,
        flag: "keys-max",
        value: "NUMBER",
        variable: "SPACELET_KEYS_MAX",
        default: "200",
        meaning: "How many access keys an account may have before the control API makes no more.",
        set: |s, text| count(text, 1_000_000).map(|n| s.keys_max = n as usize),
        ..EMPTY
    },
    Row {
        name: "rates",
        group: LIMITS,
        flag: "rates",
        value: "on|off|LIST",
        variable: "SPACELET_RATES",
        default: "off",
        meaning: "Whether S3 refuses what the service would, with 503 SlowDown. Profile `spaces`: more than 1,500 requests a \
                  second from one address, 800 to one Space, 10 PUT or COPY of one object at once, 450 writes, 250 reads or \
                  25 listings of a cold Space. Profile `aws`: more than \
                  3,500 writes or 5,500 reads a second of one bucket. LIST has other numbers, 0 for none: \
                  `address=100,bucket=50,writes=20,reads=30,object=2`; \
                  a cold Space's are `cold-writes`, `cold-reads` and `cold-lists`.",
        set: |s, text| rates(text).map(|rates| s.rates = rates),
        ..EMPTY
    },
    Row {
        name: "API rates",
        group: LIMITS,
        flag: "api-rates",
        value: "on|off",
        variable: "SPACELET_API_RATES",
        default: "off",
        meaning: "Whether the control API refuses what DigitalOcean's would: more than 5,000 requests an hour or 250 a \
                  minute, 5 CDN requests in ten seconds, 50 purged files in twenty. They are counted and shown always.",
        set: |s, text| switch(text).map(|on| s.api_rates = on),
        ..EMPTY
    },
    Row {
        name: "connections maximum",
        group: LIMITS,
        flag: "connections-max",
        value: "NUMBER",
        variable: "SPACELET_CONNECTIONS_MAX",
        default: "4096",
        meaning: "How many connections each port serves at once; further ones wait until one ends.",
        set: |s, text| count(text, 1_000_000).map(|n| s.connections_max = n),
        ..EMPTY
    },
    Row {
        name: "header maximum",
        group: LIMITS,
        flag: "header-max",
        value: "SIZE",
        variable: "SPACELET_HEADER_MAX",
        default: "16KiB",
        meaning: "The greatest length of a request's target and headers together, at most 256KiB; a longer one is \
                  answered 400 and the connection closed.",
        set: |s, text| match bytes(text).map(u32::try_from)? {
            Ok(n @ 1024..=262_144) => {
                s.header_bytes_max = n;
                Ok(())
            }
            Ok(_) | Err(_) => Err(format!("`{text}` is not a size from 1KiB to 256KiB")),
        },
        ..EMPTY
    },
    Row {
        name: "header timeout",
        group: LIMITS,
        flag: "header-timeout",
        value: "TIME",
        variable: "SPACELET_HEADER_TIMEOUT",
        default: "30s",
        meaning: "How long a connection may take to send a request's target and headers, and may idle between two \
                  requests, before it is closed.",
        set: |s, text| duration(text).map(|t| s.header_timeout = t),
        ..EMPTY
    },
    Row {
        name: "body timeout",
        group: LIMITS,
        flag: "body-timeout",
        value: "TIME",
        variable: "SPACELET_BODY_TIMEOUT",
        default: "60s",
        meaning: "How long a request's body may stand still before the request is given up.",
        set: |s, text| duration(text).map(|t| s.limits.body_idle = t),
        ..EMPTY
    },
    Row {
        name: "stop timeout",
        group: LIMITS,
        flag: "stop-timeout",
        value: "TIME",
        variable: "SPACELET_STOP_TIMEOUT",
        default: "30s",
        meaning: "How long requests in flight may take to finish after SIGTERM or SIGINT before they are cut.",
        set: |s, text| duration(text).map(|t| s.stop_timeout = t),
        ..EMPTY
    },
    Row {
        name: "lifecycle day",
        group: LIMITS,
        flag: "lifecycle-day",
        value: "TIME",
        variable: "SPACELET_LIFECYCLE_DAY",
        default: "24h",
        meaning: "How long a day is for lifecycle rules; tests shorten it. A day of 24 hours ends at midnight UTC, a \
                  shorter one whenever its time is over.",
        set: |s, text| duration(text).map(|t| s.lifecycle_day = t),
        ..EMPTY
    },
    Row {
        name: "restore time",
        group: LIMITS,
        flag: "restore-time",
        value: "TIME",
        variable: "SPACELET_RESTORE_TIME",
        default: "0",
        meaning: "How long RestoreObject takes to make an archived object readable (profile `aws`), by the world's \
                  clock; 0: at once.",
        set: |s, text| duration_or_none(text).map(|t| s.restore_time = t),
        ..EMPTY
    },
    Row {
        name: "access log delivery",
        group: LIMITS,
        flag: "logs-flush",
        value: "TIME",
        variable: "SPACELET_LOGS_FLUSH",
        default: "300s",
        meaning: "How often the access logs of Spaces (PutBucketLogging) are written into their target Spaces; also at \
                  1 MiB, when the clock is moved, when the server stops, and by `POST /emulator/logs/flush`.",
        set: |s, text| duration(text).map(|t| s.logs_flush = t),
        ..EMPTY
    },
    Row {
        name: "log format",
        group: LOG,
        flag: "log-format",
        value: "text|json",
        variable: "SPACELET_LOG_FORMAT",
        default: "text",
        meaning: "How lines on stderr are written; with `json` the start banner is an event too.",
        set: |s, text| {
            let format = either(text, ("text", LogFormat::Text), ("json", LogFormat::Json));
            format.map(|format| s.log_format = format)
        },
        ..EMPTY
    },
    Row {
        name: "log level",
        group: LOG,
        flag: "log-level",
        value: "LEVEL",
        variable: "SPACELET_LOG_LEVEL",
        default: "info",
        meaning: "The least serious lines that are written: error, warn, info, debug, trace or off.",
        set: |s, text| {
            let level = text.parse::<LevelFilter>();
            level
                .map(|l| s.log_level = l)
                .map_err(|_error| format!("`{text}` is none of off, error, warn, info, debug, trace"))
        },
        ..EMPTY
    },
];
