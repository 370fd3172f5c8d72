//! Where log lines go: stderr, as text or JSON. Only the program calls this; the library leaves the process's
//! subscriber alone.

use std::io::{IsTerminal, stderr};

use crate::settings::{LogFormat, Settings};

/// Sends events of the whole process to stderr. A second call changes nothing.
pub(crate) fn init(settings: &Settings) {
    let lines = tracing_subscriber::fmt().with_writer(stderr).with_max_level(settings.log_level);
    let set = match settings.log_format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).with_target(false).finish().set(),
        LogFormat::Json => lines.json().flatten_event(true).finish().set(),
    };
    if set.is_err() {
        tracing::debug!("the process has a log subscriber already");
    }
}

trait Set {
    fn set(self) -> Result<(), tracing::subscriber::SetGlobalDefaultError>;
}

impl<S: tracing::Subscriber + Send + Sync> Set for S {
    fn set(self) -> Result<(), tracing::subscriber::SetGlobalDefaultError> {
        tracing::subscriber::set_global_default(self)
    }
}
