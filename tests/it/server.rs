//! Servers inside this process, each on a port that the system chose.

use crate::support::Call;
use crate::tested_by;
use crate::wire::Answer;
use spacelet::{Running, Settings};
use spacelet_s3::JournalEntry;
use std::net::SocketAddr;
use std::sync::OnceLock;
use tokio::runtime::{Builder, Runtime};

/// The accounts that the recorded cases were made with: one key each, of which `C` owns nothing, and one that is only
/// known by its mail address.
const ACCOUNTS: &str = r#"
account = [
  { id = "6174283", display_name = "6174283" },
  { id = "7000001", display_name = "7000001" },
  { id = "8000002", display_name = "8000002" },
  { id = "testid", display_name = "M. Tester", email = "tester@ceph.com" },
]
key = [
  { account = "6174283", id = "DO00TESTKEYAAAAAAAAA", secret = "dosecretdosecretdosecretdosecretdosecret123" },
  { account = "7000001", id = "DO00OTHERKEYBBBBBBBB", secret = "othersecretothersecretothersecretother12345" },
  { account = "8000002", id = "DO00EMPTYKEYCCCCCCCC", secret = "emptysecretemptysecretemptysecretempty1234" },
]
"#;

/// Adds keys to those that a server starts with: rows of a seed file.
pub(crate) fn add_keys(settings: &mut Settings, rows: &str) {
    let seed = settings.seed.take().unwrap_or_default();
    settings.seed = Some(seed.replacen("key = [", &format!("key = [\n{rows}"), 1));
}

/// A running server; stopped when dropped.
pub(crate) struct Server {
    running: Option<Running>,
    address: SocketAddr,
    /// As docs/COMPATIBILITY.md calls it.
    profile: &'static str,
}

impl Server {
    /// A volatile server with the three accounts.
    pub(crate) fn start() -> Self {
        Self::start_with(|_| ())
    }

    /// The same with some settings changed.
    pub(crate) fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::for_tests();
        settings.seed = Some(ACCOUNTS.to_owned());
        // A whole run of the golden cases is to be remembered.
        settings.limits.journal_entries_max = 20_000;
        change(&mut settings);
        let profile = if settings.profile.is_aws { "aws" } else { "spaces" };
        // On a thread of its own, because the caller may be inside a runtime.
        let started = std::thread::spawn(|| runtime().block_on(spacelet::Server::start(settings)));
        let running = started.join().unwrap().unwrap_or_else(|e| panic!("the server does not start: {e}"));
        let address = running.address();
        Self { running: Some(running), address, profile }
    }

    /// Where S3 is served.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the control API is served.
    pub(crate) fn control_address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().control_address()
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The last requests and what became of them.
    pub(crate) fn journal(&self) -> Vec<JournalEntry> {
        self.running.as_ref().unwrap().journal()
    }

    /// Ends it, so that its folder can be opened again.
    pub(crate) fn stop(mut self) {
        let running = self.running.take().unwrap();
        tested_by::record(self.profile, &running.journal());
        std::thread::spawn(|| runtime().block_on(running.stop())).join().unwrap();
    }

    /// Sends requests that only prepare the ground; each must succeed.
    pub(crate) fn prepare(&self, requests: &[&str]) {
        for request in requests {
            let answer = Call::new(request).send(self);
            assert!((200..300).contains(&answer.status), "{request}: {} {}", answer.status, answer.text());
        }
    }

    /// Sends one request, signed as its first line says.
    pub(crate) fn send(&self, request: &str) -> Answer {
        Call::new(request).send(self)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            tested_by::record(self.profile, &running.journal());
            runtime().spawn(async move { running.stop().await });
        }
    }
}

/// The runtime that all servers of this process share.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
}
