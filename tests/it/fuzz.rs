//! A fuzz harness on stable Rust: seeded mutations of a corpus, in this process, without sockets.
//!
//! `SPACELET_FUZZ_EXECUTIONS=10000000` runs longer than the gate's 100,000, `SPACELET_FUZZ_SEED=7` otherwise. An input
//! whose outcome was not seen before joins the corpus. What panics is printed with its bytes.

mod documents;
mod mutate;
mod parsers;
mod service;

use crate::support::environment;
use mutate::Mutator;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Executions of each target in the gate.
const EXECUTIONS: u64 = 100_000;
/// How many inputs may join the corpus.
const LEARNED_MAX: usize = 2_000;

/// Feeds mutations of a corpus to `run`, which tells an outcome in words and panics on a fault.
fn fuzz(corpus: &[&[u8]], tokens: &[&str], mut run: impl FnMut(&[u8]) -> String) {
    let executions = setting("SPACELET_FUZZ_EXECUTIONS", EXECUTIONS);
    let mut mutator = Mutator::new(setting("SPACELET_FUZZ_SEED", 1), corpus, tokens);
    let mut outcomes = BTreeSet::new();
    let mut feed = |input: &[u8]| {
        let result = catch_unwind(AssertUnwindSafe(|| run(input)));
        result.unwrap_or_else(|_| panic!("this input is at fault: {:?}", String::from_utf8_lossy(input)))
    };
    for input in corpus {
        outcomes.insert(feed(input));
    }
    for _ in 0..executions {
        let input = mutator.next();
        let outcome = feed(&input);
        if outcomes.len() < LEARNED_MAX && outcomes.insert(outcome) {
            mutator.learn(input);
        }
    }
    println!(
        "{executions} executions, {} outcomes: {:?}",
        outcomes.len(),
        outcomes.iter().take(40).collect::<Vec<_>>()
    );
    assert!(outcomes.len() > 1, "every input had one outcome: does the target still read its input?");
}

fn setting(name: &str, default: u64) -> u64 {
    environment(name).map_or(default, |text| text.parse().unwrap())
}
