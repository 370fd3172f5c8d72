//! The engine against a model that fits on a page: random operations, compared step by step, in memory and on disk;
//! many tasks at once, whose history must be explainable one operation after another.
//!
//! `SPACELET_MODEL_STEPS` (default 100,000 over both kinds of store) and `SPACELET_MODEL_SEED` choose another run; a
//! failure prints the seed and the last operations.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod checker;
mod disk;
mod linear;
mod listing;
mod random;
mod run;
mod run_multipart;
mod run_reads;
mod state;
mod store;

use random::Random;
use run::Run;
use store::Kind;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

async fn random_steps(kind: Kind, share_percent: u64) {
    let steps = number("SPACELET_MODEL_STEPS", 100_000) * share_percent / 100;
    let seed = number("SPACELET_MODEL_SEED", 20_261_124);
    let mut run = Run::new(kind, Random::new(seed ^ share_percent)).await;
    for _ in 0..steps {
        run.step().await;
    }
    run.finish().await;
}

#[tokio::test]
async fn random_operations_agree_with_the_model_in_memory() {
    random_steps(Kind::Memory, 60).await;
}

#[tokio::test]
async fn random_operations_agree_with_the_model_on_disk() {
    random_steps(Kind::Disk, 40).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_tasks_are_linearizable_in_memory() {
    linear::sixteen_tasks(Kind::Memory, 60).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_tasks_are_linearizable_on_disk() {
    linear::sixteen_tasks(Kind::Disk, 15).await;
}
