//! Starting and stopping: opens the store, binds, seeds, serves. Many servers fit into one process.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use spacelet_control::{ControlSettings, PanelSettings};
use spacelet_engine::{Clock, Engine, EngineSettings, Secret};
use spacelet_s3::{JournalEntry, Notifier, RateLimits, S3Service, S3Settings};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::access_logs;
use crate::emulator::{self, Emulator};
use crate::first::{self, FirstKey};
use crate::lifecycle;
use crate::listen::{self, ListenLimits};
use crate::mounted::is_mounted;
use crate::notify;
use crate::panel;
use crate::settings::Settings;
use crate::start_error::StartError;
use crate::token::{self, Token};

/// How a server is started.
#[derive(Debug)]
pub struct Server {}

impl Server {
    /// Opens the store, binds both ports, makes what the settings ask for, and serves. Returns when everything is
    /// ready; health is answered before that, from the moment the ports are bound.
    ///
    /// # Errors
    /// See [`StartError`]; each says what to do. Nothing is left running.
    pub async fn start(settings: Settings) -> Result<Running, StartError> {
        let seeds = first::read_seeds(&settings)?;
        let folder = data_folder(&settings);
        let engine = open(&settings, folder.clone()).await?;
        let listener = bind(settings.address, "--address").await?;
        let control_listener = bind(settings.control_address, "--control-address").await?;
        let address = listener.local_addr().map_err(StartError::Socket)?;
        let control_address = control_listener.local_addr().map_err(StartError::Socket)?;
        let token = find_token(&settings, folder.as_deref()).await?;

        let ready = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = watch::channel(false);
        let limits = limits(&settings);
        let service = S3Service::new(S3Settings {
            notifier: notify::start(&settings.notify, &stopped),
            ..s3_settings(&settings, &engine, &ready)
        });
        let s3_url = settings.public_url.clone().unwrap_or_else(|| local_url(address));
        let emulator = Emulator {
            engine: Arc::clone(&engine),
            service: service.clone(),
            day_ms: lifecycle::in_ms(settings.lifecycle_day),
            about: emulator::about(&settings, &s3_url),
        };
        let code = PanelSettings::new_code();
        let panel = panel::settings(&service, code.clone());
        let control = control_settings(&settings, &engine, &ready, &token.secret, service.clone(), s3_url, panel);
        let control = spacelet_control::router(control, emulator::routes(emulator));
        let logs = tokio::spawn(access_logs::run(service.clone(), settings.logs_flush, stopped.clone()));
        let s3 = tokio::spawn(listen::serve(listener, service.clone(), limits, stopped.clone()));
        let control = tokio::spawn(listen::serve(control_listener, control, limits, stopped.clone()));
        let worker =
            tokio::spawn(lifecycle::run(Arc::clone(&engine), service.clone(), settings.lifecycle_day, stopped));
        let (store, logging) = (Arc::clone(&engine), service.clone());
        let ended = tokio::spawn(async move {
            let _ = tokio::join!(s3, control, worker, logs);
            logging.deliver_logs().await;
            store.close().await;
        });
        let mut running = Running {
            address,
            control_address,
            public_url: settings.public_url.clone(),
            control_public_url: settings.control_public_url.clone(),
            folder,
            first_key: None,
            token,
            code,
            engine,
            service,
            stop,
            ended,
        };
        match first::make(&running.engine.world(), &settings, &seeds).await {
            Ok(first_key) => running.first_key = first_key,
            Err(error) => {
                running.stop().await;
                return Err(error);
            }
        }
        running.service.settle_from(running.engine.world().clock().now());
        ready.store(true, Ordering::Release);
        Ok(running)
    }
}

/// A server that serves. Dropping it stops it, without waiting for requests in flight to finish.
pub struct Running {
    address: SocketAddr,
    control_address: SocketAddr,
    public_url: Option<String>,
    control_public_url: Option<String>,
    folder: Option<PathBuf>,
    first_key: Option<FirstKey>,
    token: Token,
    code: Secret,
    engine: Arc<Engine>,
    service: S3Service,
    stop: watch::Sender<bool>,
    ended: JoinHandle<()>,
}

impl Running {
    /// Where S3 is served, with the port that was chosen.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the control API is served.
    #[must_use]
    pub fn control_address(&self) -> SocketAddr {
        self.control_address
    }

    /// The S3 endpoint as clients on this machine write it, or the public URL that was set.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| local_url(self.address))
    }

    /// The control API's URL, in the same way.
    #[must_use]
    pub fn control_endpoint(&self) -> String {
        self.control_public_url.clone().unwrap_or_else(|| local_url(self.control_address))
    }

    /// The data folder; `None`: volatile.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The first key, if it was given or generated at this start; a store that had keys already gives none away.
    #[must_use]
    pub fn first_key(&self) -> Option<&FirstKey> {
        self.first_key.as_ref()
    }

    /// The control API's bearer token.
    #[must_use]
    pub fn token(&self) -> &Secret {
        &self.token.secret
    }

    /// A link that signs in to the panel: once, and within five minutes of the start.
    #[must_use]
    pub fn sign_in_link(&self) -> String {
        format!("{}/panel/sign-in?code={}", self.control_endpoint(), self.code.reveal())
    }

    /// True if the token was generated at this start and nobody has seen it.
    #[must_use]
    pub fn token_is_new(&self) -> bool {
        self.token.is_new
    }

    /// The store behind the server.
    #[must_use]
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The last S3 requests, oldest first; at most the setting's number.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.service.journal()
    }

    /// Closes the ports and idle connections, lets requests in flight finish (bounded by the stop timeout), closes
    /// the store.
    pub async fn stop(self) {
        let Self { stop, ended, engine, service, .. } = self;
        drop((engine, service));
        // An error means that both listeners have ended already.
        let _ = stop.send(true);
        if let Err(error) = ended.await {
            tracing::error!(%error, "the server did not end orderly");
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("address", &self.address).field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// The folder that was given, or the one that is used only if something is mounted there.
fn data_folder(settings: &Settings) -> Option<PathBuf> {
    settings.data.clone().or_else(|| settings.data_if_mounted.clone().filter(|folder| is_mounted(folder)))
}

async fn open(settings: &Settings, folder: Option<PathBuf>) -> Result<Arc<Engine>, StartError> {
    let settings = EngineSettings {
        folder,
        durability: settings.durability,
        memory_limit_bytes: settings.memory_limit_bytes,
        clock: settings.clock.clone(),
        ..EngineSettings::default()
    };
    let opened = tokio::task::spawn_blocking(move || Engine::open(settings)).await;
    match opened {
        Ok(opened) => opened.map_err(StartError::Store),
        Err(error) => Err(StartError::First(error.to_string())),
    }
}

async fn bind(address: SocketAddr, flag: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Bind { address, flag, source })
}

async fn find_token(settings: &Settings, folder: Option<&Path>) -> Result<Token, StartError> {
    let (given, folder) = (settings.token.clone(), folder.map(Path::to_path_buf));
    let found = tokio::task::spawn_blocking(move || token::find_or_make(given.as_ref(), folder.as_deref())).await;
    found.map_err(|error| StartError::First(error.to_string()))?.map_err(StartError::First)
}

fn limits(settings: &Settings) -> ListenLimits {
    ListenLimits {
        connections_max: settings.connections_max,
        header_bytes_max: settings.header_bytes_max,
        header_timeout: settings.header_timeout,
        stop_timeout: settings.stop_timeout,
    }
}

fn s3_settings(settings: &Settings, engine: &Arc<Engine>, ready: &Arc<AtomicBool>) -> S3Settings {
    S3Settings {
        engine: Arc::clone(engine),
        profile: settings.profile,
        limits: settings.limits.clone(),
        region: settings.region.clone(),
        domains: settings.domains.clone(),
        host_aliases: host_aliases(settings),
        public_url: settings.public_url.clone(),
        explain: settings.explain,
        trust_forwarded: settings.trust_forwarded.clone(),
        assume_tls: settings.assume_tls,
        customer_keys_need_tls: settings.customer_keys_need_tls,
        refuses_checksums: settings.refuses_checksums,
        rates: rates(settings),
        settling: settings.settling,
        new_buckets: settings.new_buckets,
        restore_ms: lifecycle::in_ms(settings.restore_time),
        notifier: Notifier::default(),
        wall: Clock::system(),
        ready: Arc::clone(ready),
    }
}

/// The profile's numbers, with those that were set.
fn rates(settings: &Settings) -> Option<RateLimits> {
    settings.rates.as_ref().map(|changes| {
        let mut limits = settings.profile.rates;
        for (name, number) in changes {
            limits.set(name, *number);
        }
        limits
    })
}

fn control_settings(
    settings: &Settings,
    engine: &Arc<Engine>,
    ready: &Arc<AtomicBool>,
    token: &Secret,
    service: S3Service,
    s3_url: String,
    panel: PanelSettings,
) -> ControlSettings {
    ControlSettings {
        engine: Arc::clone(engine),
        token: token.clone(),
        account: settings.account.clone(),
        region: settings.region.clone(),
        domains: settings.domains.clone(),
        s3_url,
        public_url: settings.control_public_url.clone(),
        buckets_max: settings.limits.buckets_max,
        keys_max: settings.keys_max,
        enforce_rates: settings.api_rates,
        endpoints_settle: settings.endpoints_settle,
        panel,
        purge: Arc::new(move |endpoint, files| service.purge_cdn(&endpoint.id, files)),
        ready: Arc::clone(ready),
    }
}

/// The aliases that were set, and the host of the public URL.
fn host_aliases(settings: &Settings) -> Vec<String> {
    let public = settings.public_url.as_deref().and_then(|url| url.split_once("://"));
    settings.host_aliases.iter().cloned().chain(public.map(|(_, host)| host.to_owned())).collect()
}

/// A URL that works on this machine: every-interface addresses become loopback.
pub(crate) fn local_url(address: SocketAddr) -> String {
    let host = match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => "127.0.0.1".to_owned(),
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => "[::1]".to_owned(),
        SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
    };
    format!("http://{host}:{}", address.port())
}
