//! One large object: durable PUT beside MD5 and the disk, GET beside bare hyper, and memory while it passes.

use std::ffi::OsStr;
use std::time::Duration;

use super::Plan;
use super::aims::{Aims, Bound};
use crate::ceiling::{disk, hash};
use crate::drive::Sample;
use crate::endpoint::Endpoint;
use crate::failure::Outcome;
use crate::process;
use crate::report::{Rounds, figure, median};
use crate::run::round;
use crate::server::Server;
use crate::work::{Operation, Work, size};

/// A large object is sent once in a round: its first operation outlasts this.
const ONCE: Duration = Duration::from_micros(1);
const MIB: f64 = (1 << 20) as f64;
/// How much more memory there may be while a large object passes.
const GROWTH_MIB_MAX: f64 = 64.0;

pub(crate) async fn measure(plan: &Plan, aims: &mut Aims) -> Outcome<()> {
    let data = plan.data("large");
    let durable = Server::spacelet(&plan.server_binary, "durable", Some(&data), &[])?;
    let volatile = Server::spacelet(&plan.server_binary, "volatile", None, &[])?;
    let mut growth = [Growth::default(), Growth::default()];
    put(plan, aims, [&durable, &volatile], &mut growth).await?;
    get(plan, aims, [&durable, &volatile], &mut growth).await?;
    for (growth, kind) in growth.iter().zip(["durable", "volatile"]) {
        let name = format!("RSS growth, MiB, {kind}, {}", size(plan.large_bytes));
        let made_of = format!("PUT {}, GET {}", figure(growth.put_mib), figure(growth.get_mib));
        aims.note(name, growth.put_mib.max(growth.get_mib), Bound::AtMost(GROWTH_MIB_MAX), made_of);
    }
    durable.stop()?;
    volatile.stop()?;
    plan.discard("large")
}

/// The most memory above what there was before, in MiB.
#[derive(Default)]
struct Growth {
    put_mib: f64,
    get_mib: f64,
}

/// One operation on the large object, and how much the server's memory grew at its peak.
async fn once(endpoint: &Endpoint, work: &Work) -> Outcome<(Sample, f64)> {
    let pid = endpoint.pid.unwrap_or_default();
    process::forget_peak(pid);
    let before = process::rss_bytes(pid).unwrap_or_default();
    let sample = round(endpoint, work, ONCE).await?.clean()?;
    let peak = process::peak_rss_bytes(pid).unwrap_or_default();
    Ok((sample, peak.saturating_sub(before) as f64 / MIB))
}

async fn put(plan: &Plan, aims: &mut Aims, servers: [&Server; 2], growth: &mut [Growth; 2]) -> Outcome<()> {
    let work = Work::new(Operation::Put, plan.large_bytes).keys(1);
    let signed = work.clone().signed();
    for server in servers {
        work.prepare(&server.endpoint).await?;
    }
    let names = ["durable", "durable, payload signed", "volatile", "volatile, payload signed"];
    let mut all = names.map(Rounds::new);
    let (mut disks, mut md5s, mut shas) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.pace.rounds {
        let rates = hash::rates(Duration::from_millis(500));
        md5s.push(rates.md5);
        shas.push(rates.sha256);
        disks.push(disk::rate(plan.folder.path(), plan.large_bytes)?);
        let [durable, volatile] = servers;
        let turns = [(durable, &work), (durable, &signed), (volatile, &work), (volatile, &signed)];
        for (index, ((server, work), rounds)) in turns.into_iter().zip(&mut all).enumerate() {
            let (sample, mib) = once(&server.endpoint, work).await?;
            rounds.samples.push(sample);
            if let Some(growth) = growth.get_mut(index / 2) {
                growth.put_mib = growth.put_mib.max(mib);
            }
        }
    }
    aims.table(&format!("PUT {}", size(plan.large_bytes)), &all.iter().collect::<Vec<_>>());
    let [md5, sha256, disk] = [md5s, shas, disks].map(median);
    let ceiling = md5.min(disk);
    for (name, rate) in [("MD5", md5), ("SHA-256", sha256), ("disk, written and synced", disk)] {
        aims.note(format!("{name}, MiB/s"), rate / MIB, Bound::Free, "");
    }
    let bounds = [Bound::AtLeast(0.85), Bound::Free, Bound::Free, Bound::Free];
    for ((rounds, bound), limit) in all.iter().zip(bounds).zip([ceiling, ceiling, md5, md5]) {
        let of = format!("{} of {} MiB/s", figure(rounds.byte_rate() / MIB), figure(limit / MIB));
        aims.note(
            format!("PUT {} / ceiling, {}", size(plan.large_bytes), rounds.name),
            rounds.byte_rate() / limit,
            bound,
            of,
        );
    }
    Ok(())
}

async fn get(plan: &Plan, aims: &mut Aims, servers: [&Server; 2], growth: &mut [Growth; 2]) -> Outcome<()> {
    let mut file = tempfile::NamedTempFile::new_in(plan.folder.path())?;
    for piece in crate::request::Filler::new(plan.large_bytes, false).pieces() {
        std::io::Write::write_all(&mut file, &piece)?;
    }
    let bare = Server::bare("bare hyper from a file", &[OsStr::new("--file"), file.path().as_os_str()])?;
    let work = Work::new(Operation::Get, plan.large_bytes).keys(1);
    let [durable, volatile] = servers;
    let mut all = ["durable", "volatile", "bare hyper from a file"].map(Rounds::new);
    for _ in 0..plan.pace.rounds {
        for (index, (server, rounds)) in [durable, volatile, &bare].into_iter().zip(&mut all).enumerate() {
            let (sample, mib) = once(&server.endpoint, &work).await?;
            rounds.samples.push(sample);
            if let Some(growth) = growth.get_mut(index) {
                growth.get_mib = growth.get_mib.max(mib);
            }
        }
    }
    aims.table(&format!("GET {}", size(plan.large_bytes)), &all.iter().collect::<Vec<_>>());
    let [durable, volatile, bare] = &all;
    for rounds in [durable, volatile] {
        let (ours, ceiling) = (rounds.byte_rate(), bare.byte_rate());
        let of = format!("{} of {} MiB/s", figure(ours / MIB), figure(ceiling / MIB));
        let name = format!("GET {} / bare hyper, {}", size(plan.large_bytes), rounds.name);
        aims.note(name, ours / ceiling.max(1e-9), Bound::AtLeast(0.7), of);
    }
    Ok(())
}
