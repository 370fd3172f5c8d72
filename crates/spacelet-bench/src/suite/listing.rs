//! Pages of 1,000 keys, among few and among many.

use super::Plan;
use super::aims::{Aims, Bound};
use crate::failure::{Failure, Outcome};
use crate::report::{Rounds, figure};
use crate::run::round;
use crate::server::Server;
use crate::work::{Operation, Work};

/// Keys of a page, and of the small bucket.
const PAGE_KEYS: u64 = 1_000;

pub(crate) async fn measure(plan: &Plan, aims: &mut Aims) -> Outcome<()> {
    let server = Server::spacelet(&plan.server_binary, "volatile", None, &[])?;
    let small = Work::new(Operation::List, 0).keys(PAGE_KEYS).bucket("bench-few");
    let large = Work::new(Operation::List, 0).keys(plan.listing_keys).bucket("bench-many");
    let crowd = large.clone().connections(4);
    for work in [&small, &large] {
        work.prepare(&server.endpoint).await?;
        let keys = work.keys_in_page(&server.endpoint).await?;
        if keys != PAGE_KEYS {
            return Err(Failure::new(format!("a page of {} held {keys} keys", work.bucket)));
        }
        round(&server.endpoint, work, plan.pace.warm_up).await?;
    }
    let mut all = [small.title(), large.title(), crowd.title()].map(Rounds::new);
    for _ in 0..plan.pace.rounds {
        for (work, rounds) in [&small, &large, &crowd].into_iter().zip(&mut all) {
            rounds.samples.push(round(&server.endpoint, work, plan.pace.time).await?.clean()?);
        }
    }
    aims.table("volatile", &all.iter().collect::<Vec<_>>());
    let [small, large, crowd] = &all;
    let keys_rate = |rounds: &Rounds| rounds.rate() * PAGE_KEYS as f64;
    let of = format!("pages of 1,000 among {} keys, 1 connection", figure(plan.listing_keys as f64));
    aims.note("listing, keys/s", keys_rate(large), Bound::AtLeast(300_000.0), of);
    aims.note("listing, keys/s, 4 connections", keys_rate(crowd), Bound::Free, "");
    let of = format!("median page {} µs of {} µs", large.latency_us(50.0), small.latency_us(50.0));
    let slower = small.rate() / large.rate().max(1e-9);
    aims.note("a page among many / among 1,000, time", slower, Bound::AtMost(1.5), of);
    Ok(())
}
