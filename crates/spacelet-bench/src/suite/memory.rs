//! Memory for each object beyond an empty store.

use super::Plan;
use super::aims::{Aims, Bound};
use crate::failure::Outcome;
use crate::process;
use crate::report::figure;
use crate::server::Server;
use crate::work::{Operation, Work};

const KEYS: u64 = 100_000;
/// Short, since what is measured is what an object takes besides its body.
const BYTES: u64 = 16;

pub(crate) async fn measure(plan: &Plan, aims: &mut Aims) -> Outcome<()> {
    let data = plan.data("memory");
    for (kind, folder) in [("volatile", None), ("durable", Some(&data))] {
        let server = Server::spacelet(&plan.server_binary, kind, folder.map(|path| path.as_path()), &[])?;
        let rss = || process::rss_bytes(server.pid()).unwrap_or_default();
        let work = Work::new(Operation::Put, BYTES).keys(KEYS);
        work.prepare(&server.endpoint).await?;
        let before = rss();
        work.write_objects(&server.endpoint).await?;
        let after = rss();
        let each = after.saturating_sub(before) as f64 / KEYS as f64;
        let mib = |bytes: u64| figure(bytes as f64 / f64::from(1 << 20));
        let of = format!("{} to {} MiB by {} objects of {BYTES} bytes", mib(before), mib(after), figure(KEYS as f64));
        aims.note(format!("RSS for each object, bytes, {kind}"), each, Bound::AtMost(1_500.0), of);
        server.stop()?;
    }
    plan.discard("memory")
}
