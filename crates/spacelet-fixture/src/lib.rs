//! A Spaces server inside a test: `Spacelet::start()` and any S3 client can talk to it.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let spaces = spacelet_fixture::Spacelet::start().await;
//! let (endpoint, id, secret) = (spaces.endpoint(), spaces.access_key_id(), spaces.secret_access_key());
//! // … give them to a client; path style …
//! # assert!(endpoint.starts_with("http://127.0.0.1:") && id.starts_with("DO") && secret.len() == 43);
//! # });
//! ```
//!
//! Each server is volatile, has a port of its own and knows nothing of any other: tests may run at the same time.

use std::net::SocketAddr;

use spacelet::{FirstKey, Running, Server, Settings, StartError};

/// A running server. Dropping it stops it; nothing is left behind.
#[derive(Debug)]
pub struct Spacelet {
    running: Running,
    key: FirstKey,
    region: String,
}

impl Spacelet {
    /// An empty volatile server on a port that the system chooses, with a generated key.
    ///
    /// # Panics
    /// When no port can be bound, which ends the test.
    #[expect(clippy::panic, reason = "a test without its server has to end")]
    pub async fn start() -> Self {
        match Self::with(Settings::for_tests()).await {
            Ok(spacelet) => spacelet,
            Err(error) => panic!("the Spaces server does not start: {error}"),
        }
    }

    /// A server with other settings; begin with [`Settings::for_tests`], which leaves the ports to the system.
    ///
    /// # Errors
    /// See [`StartError`]; also when the store has keys already and the settings give none, so that nobody could sign.
    pub async fn with(settings: Settings) -> Result<Self, StartError> {
        let region = settings.region.as_str().to_owned();
        let running = Server::start(settings).await?;
        match running.first_key().cloned() {
            Some(key) => Ok(Self { running, key, region }),
            None => {
                running.stop().await;
                Err(StartError::First("the store has keys already: give one of them in the settings".to_owned()))
            }
        }
    }

    /// The S3 endpoint, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.running.endpoint()
    }

    /// The control API's URL.
    #[must_use]
    pub fn control_endpoint(&self) -> String {
        self.running.control_endpoint()
    }

    /// Where S3 listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// The access key's ID.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.key.id
    }

    /// The access key's secret.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        self.key.secret.reveal()
    }

    /// The control API's bearer token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.running.token().reveal()
    }

    /// The default region, `nyc3` unless set.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The server itself.
    #[must_use]
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// Stops it and waits until it has ended. Dropping does so without waiting.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
