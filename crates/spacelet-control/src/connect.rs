//! How to set up a client: ready texts for the command line (`spacelet connect`) and the panel.

mod snippets;

use serde::Serialize;

use crate::ApiError;
use crate::ask::{Answer, Ask};

/// The clients, as `spacelet connect` names them.
pub const CLIENTS: [&str; 10] =
    ["aws-cli", "boto3", "s3cmd", "rclone", "terraform", "doctl", "javascript", "go", "java", "rust"];

/// What a client has to know.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The S3 endpoint, such as `http://127.0.0.1:9000`.
    pub endpoint: String,
    /// The control API's URL.
    pub control_url: String,
    /// A region slug.
    pub region: String,
    /// A Space's name.
    pub bucket: String,
    /// An access key's id.
    pub access_key: String,
    /// Its secret, or what stands for it.
    pub secret_key: String,
}

/// A text to paste.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// The client, as in [`CLIENTS`].
    pub client: &'static str,
    /// What people call it, and where the text goes.
    pub title: &'static str,
    /// For highlighting: `sh`, `python`, `ini`, …
    pub language: &'static str,
    /// The text.
    pub text: String,
}

/// The text for one of [`CLIENTS`]; `None` for any other. Names that come from outside are quoted for where they stand.
#[must_use]
pub fn snippet(client: &str, connection: &Connection) -> Option<Snippet> {
    let client = CLIENTS.into_iter().find(|known| *known == client)?;
    let (title, language, text) = snippets::of(client, connection)?;
    Some(Snippet { client, title, language, text })
}

impl Connection {
    /// Host and port of the endpoint.
    fn host(&self) -> &str {
        self.endpoint.split_once("://").map_or(self.endpoint.as_str(), |(_, host)| host)
    }

    /// A host under which `{bucket}.{region}.HOST` works: addresses of this machine have `localhost` for that.
    fn domain(&self) -> String {
        let host = self.host();
        let (name, port) = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).unwrap_or((host, ""));
        let name = if matches!(name, "127.0.0.1" | "[::1]" | "localhost") { "localhost" } else { name };
        if port.is_empty() { name.to_owned() } else { format!("{name}:{port}") }
    }

    fn is_https(&self) -> bool {
        self.endpoint.starts_with("https://")
    }
}

#[derive(Serialize)]
struct One {
    connect: Snippet,
}

pub(crate) async fn get(ask: Ask) -> Result<Answer, ApiError> {
    let settings = ask.settings();
    let given = |name: &str, default: &str| ask.query(name).unwrap_or(default).to_owned();
    let bucket = given("bucket", "my-space");
    let known = spacelet_engine::BucketName::parse(&bucket).ok().map(|name| ask.world.bucket(&name)).transpose()?;
    let region = known.flatten().map_or_else(|| settings.region.clone(), |bucket| bucket.region);
    let control_url = ask.base.clone();
    let connection = Connection {
        endpoint: settings.s3_url.clone(),
        control_url,
        region: region.as_str().to_owned(),
        bucket,
        access_key: given("access_key", "YOUR_ACCESS_KEY"),
        secret_key: given("secret_key", "YOUR_SECRET_KEY"),
    };
    Answer::ok(&One { connect: snippet(ask.name(), &connection).ok_or(ApiError::NOT_FOUND)? })
}

#[cfg(test)]
#[path = "connect/tests.rs"]
mod tests;
