//! What a person reads on stderr when a server has started: the store, the addresses, and what is shown only once.

use std::fmt::Write as _;

use crate::server::Running;
use crate::settings::{LogFormat, Settings};

/// Writes the banner to stderr, or as one log event where lines are JSON.
#[expect(clippy::print_stderr, reason = "the banner is for the person who started the server")]
pub(crate) fn show(running: &Running, settings: &Settings) {
    match settings.log_format {
        LogFormat::Text => eprint!("{}", text(running, settings)),
        LogFormat::Json => log(running),
    }
}

/// The banner. Its first line says whether anything is kept; `API:` is what tools written for MinIO wait for.
#[must_use]
pub fn text(running: &Running, settings: &Settings) -> String {
    let mut out = format!("Spacelet {}, {}\n", env!("CARGO_PKG_VERSION"), kept(running));
    let endpoint = running.endpoint();
    let _ =
        writeln!(out, "API: {endpoint}  (S3, region {}, profile {})", settings.region.as_str(), settings.profile.name);
    let _ = writeln!(out, "Console: {}  (control API)", running.control_endpoint());
    for bucket in &settings.buckets {
        let _ = writeln!(out, "Space: {endpoint}/{}", bucket.name);
    }
    keys(&mut out, running, settings, &endpoint);
    if running.token_is_new() {
        let _ = write!(
            out,
            "\nThe control API's token was made just now and is shown only once:\n  export SPACELET_TOKEN={}\n",
            running.token().reveal()
        );
    }
    let _ = writeln!(out, "\nPanel (this link signs in once, within five minutes):\n  {}", running.sign_in_link());
    out.push_str("\nReady. Ctrl-C stops it.\n");
    out
}

fn keys(out: &mut String, running: &Running, settings: &Settings, endpoint: &str) {
    let Some(key) = running.first_key() else {
        let _ = writeln!(out, "Keys: those that the store has; none is shown");
        return;
    };
    if !key.is_generated {
        let _ = writeln!(out, "Key: {}, as given", key.id);
        return;
    }
    let _ = write!(
        out,
        "\nNo access key was given, so one was made; its secret is shown only once. To use it, paste:\n\
         \x20 export AWS_ACCESS_KEY_ID={}\n\
         \x20 export AWS_SECRET_ACCESS_KEY={}\n\
         \x20 export AWS_DEFAULT_REGION={}\n\
         \x20 aws --endpoint-url {endpoint} s3 mb s3://my-space\n",
        key.id,
        key.secret.reveal(),
        settings.region.as_str(),
    );
}

fn kept(running: &Running) -> String {
    match running.folder() {
        Some(folder) => format!("durable: data in {}", folder.display()),
        None => "volatile: nothing is kept once it stops".to_owned(),
    }
}

fn log(running: &Running) {
    let generated = running.first_key().filter(|key| key.is_generated);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        store = kept(running),
        api = running.endpoint(),
        console = running.control_endpoint(),
        access_key_id = running.first_key().map(|key| key.id.as_str()),
        secret_access_key = generated.map(|key| key.secret.reveal()),
        token = running.token_is_new().then(|| running.token().reveal()),
        "started; API: {}",
        running.endpoint(),
    );
}
