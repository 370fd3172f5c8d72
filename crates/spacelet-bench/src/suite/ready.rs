//! From exec to the first answers, and what a server that nobody uses takes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use super::Plan;
use super::aims::{Aims, Bound};
use crate::endpoint::Endpoint;
use crate::failure::{Failure, Outcome};
use crate::process;
use crate::report::{figure, median};
use crate::request::{Draft, Request};
use crate::server::Server;
use crate::work::{Operation, Work};

/// Objects in the store that was closed cleanly.
const CLOSED_STORE_KEYS: u64 = 10_000;
/// A server that is not ready by then is broken.
const PATIENCE: Duration = Duration::from_secs(10);

/// ms to the first `ready`, to the first signed answer, and the memory then.
struct Start {
    ready_ms: f64,
    signed_ms: f64,
    rss_bytes: f64,
}

pub(crate) async fn measure(plan: &Plan, aims: &mut Aims) -> Outcome<()> {
    let closed = plan.data("closed");
    let server = Server::spacelet(&plan.server_binary, "durable", Some(&closed), &[])?;
    let work = Work::new(Operation::Put, 100).keys(CLOSED_STORE_KEYS);
    work.prepare(&server.endpoint).await?;
    work.write_objects(&server.endpoint).await?;
    server.stop()?;
    starts(plan, aims, "volatile", true, |_| None)?;
    starts(plan, aims, "new folder", true, |number| Some(format!("new-{number}")))?;
    // A folder that was used and closed, and is empty but for its key.
    starts(plan, aims, "cleanly closed, empty", true, |_| Some("new-0".to_owned()))?;
    starts(plan, aims, "cleanly closed, 10,000 objects", false, |_| Some("closed".to_owned()))
}

/// Starts it some times on the folders that `name` gives and notes the medians.
fn starts(
    plan: &Plan,
    aims: &mut Aims,
    kind: &str,
    is_empty: bool,
    name: impl Fn(u32) -> Option<String>,
) -> Outcome<()> {
    let mut all = Vec::new();
    for number in 0..plan.starts {
        let folder = name(number).map(|name| plan.data(&name));
        all.push(start(plan, folder.as_deref())?);
    }
    let of = |figure: fn(&Start) -> f64| median(all.iter().map(figure));
    let worst = all.iter().map(|start| start.ready_ms).fold(0.0, f64::max);
    let made_of = format!("median of {} starts, the slowest {} ms", all.len(), figure(worst));
    aims.note(format!("ready, ms, {kind}"), of(|start| start.ready_ms), Bound::AtMost(10.0), made_of);
    aims.note(format!("first signed answer, ms, {kind}"), of(|start| start.signed_ms), Bound::AtMost(10.0), "");
    let bound = if is_empty { Bound::AtMost(10.0) } else { Bound::Free };
    aims.note(format!("RSS then, MiB, {kind}"), of(|start| start.rss_bytes) / f64::from(1 << 20), bound, "");
    Ok(())
}

fn start(plan: &Plan, folder: Option<&Path>) -> Outcome<Start> {
    let server = Server::spacelet(&plan.server_binary, "server", folder, &[])?;
    let ms = || server.started.elapsed().as_secs_f64() * 1e3;
    let health = Draft::new("GET", "/_spacelet/health/ready").sign(&server.endpoint)?;
    while status(&server.endpoint, &health)? != 200 {
        if server.started.elapsed() > PATIENCE {
            return Err(Failure::new("the server does not become ready"));
        }
    }
    let ready_ms = ms();
    let answered = status(&server.endpoint, &Draft::new("GET", "/").sign(&server.endpoint)?)?;
    let signed_ms = ms();
    if answered != 200 {
        return Err(Failure::new(format!("a signed request was answered {answered}")));
    }
    let rss_bytes = process::rss_bytes(server.pid()).unwrap_or_default() as f64;
    server.stop()?;
    Ok(Start { ready_ms, signed_ms, rss_bytes })
}

/// The status of an answer, asked without the runtime, so that nothing but the server takes time.
fn status(endpoint: &Endpoint, request: &Request) -> Outcome<u16> {
    let mut stream = TcpStream::connect(endpoint.address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&request.wire)?;
    let mut begin = [0; 12];
    stream.read_exact(&mut begin)?;
    let text = String::from_utf8_lossy(&begin);
    Ok(text.get(9..).unwrap_or_default().parse()?)
}
