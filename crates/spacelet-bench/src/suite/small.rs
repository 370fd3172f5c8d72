//! 4 KiB objects at 64 connections: beside bare hyper, and durable ones beside the engine alone.

use std::path::Path;

use super::Plan;
use super::aims::{Aims, Bound};
use crate::ceiling::engine;
use crate::drive::Sample;
use crate::endpoint::Endpoint;
use crate::failure::Outcome;
use crate::report::Rounds;
use crate::run::{bare_server, by_turns, round};
use crate::server::Server;
use crate::work::{Operation, Work};

const BYTES: u64 = 4 << 10;
const CONNECTIONS: usize = 64;

pub(crate) async fn measure(plan: &Plan, aims: &mut Aims) -> Outcome<()> {
    let server = Server::spacelet(&plan.server_binary, "spacelet, volatile", None, &[])?;
    let bare = bare_server(BYTES)?;
    for (operation, least) in [(Operation::Get, 0.5), (Operation::Put, 0.4)] {
        let work = Work::new(operation, BYTES).connections(CONNECTIONS);
        let all = clean_turns(&[&server.endpoint, &bare.endpoint], &work, plan).await?;
        aims.table(&work.title(), &all.iter().collect::<Vec<_>>());
        if let [ours, ceiling] = &all[..] {
            let name = format!("{} 4 KiB volatile / bare hyper", operation.name());
            aims.ratio(&name, ours, ceiling, Bound::AtLeast(least));
        }
    }
    durable(plan, aims).await?;
    others(plan, aims, &server).await
}

/// The server and the engine alone take turns, each with a store of its own on the same disk.
async fn durable(plan: &Plan, aims: &mut Aims) -> Outcome<()> {
    let data = plan.data("small");
    let server = Server::spacelet(&plan.server_binary, "spacelet, durable", Some(&data), &[])?;
    let work = Work::new(Operation::Put, BYTES).connections(CONNECTIONS);
    let signed = work.clone().signed();
    work.prepare(&server.endpoint).await?;
    round(&server.endpoint, &work, plan.pace.warm_up).await?;
    let names = ["spacelet, durable", "the same, payload signed", "engine alone, durable", "engine alone, volatile"];
    let [mut ours, mut ours_signed, mut ceiling, mut volatile] = names.map(Rounds::new);
    for _ in 0..plan.pace.rounds {
        ours.samples.push(round(&server.endpoint, &work, plan.pace.time).await?.clean()?);
        ceiling.samples.push(alone(Some(plan.folder.path()), plan).await?);
        ours_signed.samples.push(round(&server.endpoint, &signed, plan.pace.time).await?.clean()?);
        volatile.samples.push(alone(None, plan).await?);
    }
    aims.table(&work.title(), &[&ours, &ours_signed, &ceiling, &volatile]);
    aims.ratio("PUT 4 KiB durable / engine alone", &ours, &ceiling, Bound::AtLeast(0.55));
    server.stop()?;
    plan.discard("small")
}

async fn alone(folder: Option<&Path>, plan: &Plan) -> Outcome<Sample> {
    engine::put(folder, BYTES, CONNECTIONS as u64, plan.pace.time).await
}

/// What has no aim but should be known.
async fn others(plan: &Plan, aims: &mut Aims, server: &Server) -> Outcome<()> {
    let works = [
        Work::new(Operation::Head, BYTES).connections(CONNECTIONS),
        Work::new(Operation::Delete, BYTES).connections(CONNECTIONS).bucket("bench-delete"),
        Work::new(Operation::Put, BYTES).connections(1),
        Work::new(Operation::Get, BYTES).connections(1),
        Work::new(Operation::Put, 1 << 20).connections(8).keys(64).bucket("bench-mib"),
        Work::new(Operation::Get, 1 << 20).connections(8).keys(64).bucket("bench-mib"),
        Work::new(Operation::Multipart, 20 << 20).connections(4).bucket("bench-multipart"),
    ];
    let mut all = Vec::new();
    for work in works {
        for mut rounds in clean_turns(&[&server.endpoint], &work, plan).await? {
            rounds.name = work.title();
            all.push(rounds);
        }
    }
    aims.table("volatile", &all.iter().collect::<Vec<_>>());
    Ok(())
}

async fn clean_turns(endpoints: &[&Endpoint], work: &Work, plan: &Plan) -> Outcome<Vec<Rounds>> {
    by_turns(endpoints, work, plan.pace).await?.into_iter().map(Rounds::clean).collect()
}
