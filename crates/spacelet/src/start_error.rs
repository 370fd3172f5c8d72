//! Why a server did not start. Each text says what to do.

use std::fmt;
use std::net::SocketAddr;

use spacelet_engine::OpenError;

use crate::port_holder::port_holder;
use crate::seed::SeedError;
use crate::settings::SettingError;

/// Why a server did not start.
#[derive(Debug)]
pub enum StartError {
    /// A setting's value is not legal.
    Setting(SettingError),
    /// A seed asks for something that cannot be.
    Seed(SeedError),
    /// The store could not be opened.
    Store(OpenError),
    /// An address could not be bound.
    Bind {
        /// Which.
        address: SocketAddr,
        /// The flag that chooses another.
        flag: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A bound socket has no address.
    Socket(std::io::Error),
    /// The first key, the token or an initial Space could not be made.
    First(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(error) => error.fmt(f),
            Self::Seed(error) => write!(f, "the seed is not usable: {error}"),
            Self::Store(error) => error.fmt(f),
            Self::Bind { address, flag, source } if source.kind() == std::io::ErrorKind::AddrInUse => {
                let holder = port_holder(*address).unwrap_or_else(|| "another process".to_owned());
                write!(
                    f,
                    "{address} is taken by {holder}: stop it, or choose another port with {flag} (0: any free one)"
                )
            }
            Self::Bind { address, flag, source } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                write!(f, "this user may not listen on {address}: choose a port above 1023 with {flag}")
            }
            Self::Bind { address, flag, source } => {
                write!(f, "cannot listen on {address}: {source}; choose another address with {flag}")
            }
            Self::Socket(source) => write!(f, "a listening socket has no address: {source}"),
            Self::First(detail) => f.write_str(detail),
        }
    }
}

impl std::error::Error for StartError {}

impl From<SeedError> for StartError {
    fn from(error: SeedError) -> Self {
        Self::Seed(error)
    }
}

impl From<SettingError> for StartError {
    fn from(error: SettingError) -> Self {
        Self::Setting(error)
    }
}
