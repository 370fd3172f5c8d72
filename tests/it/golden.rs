//! What a real Ceph RGW answered, replayed: the cases of tests/golden/ in order on one server, signed anew.
//!
//! Sections outside [`gated`] are replayed by hand only; their data is here all the same.
//! `SPACELET_GOLDEN_ENDPOINT=127.0.0.1:7480` replays against another server (a real RGW should agree wholly, which
//! checks the runner), and `SPACELET_GOLDEN_SECTIONS=acl,cors` chooses other sections; both only print.

mod compare;
mod recipe;
mod send;

pub(crate) use send::key;

use crate::server::Server;
use crate::support::environment;
use compare::{Masks, agreement};
use recipe::Step;
use send::Player;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All sections in the order they were recorded in.
const SECTIONS: &[&str] = &[
    "service",
    "bucket",
    "list",
    "object",
    "copy",
    "multi-delete",
    "multipart",
    "auth",
    "presigned",
    "aws-chunked",
    "acl",
    "anonymous",
    "cors",
    "policy",
    "lifecycle",
    "tagging",
    "versioning",
    "object-lock",
    "sse",
    "post-form",
    "subresources",
    "account-limits",
    "vhost",
    "http",
    "select",
];
/// The sections that must agree: all but those about limits of accounts, which a setting raises, and S3 Select, which
/// no Space has.
fn gated() -> Vec<&'static str> {
    SECTIONS.iter().copied().filter(|section| !["account-limits", "select"].contains(section)).collect()
}
/// Cases about what Spaces does not offer: each that differs is allowed by itself, outside of [`ALLOWED_MAX`], where its
/// reason says so.
const NOT_OFFERED: &[&str] = &["lock.", "sub.", "tag.bucket.", "ver.put_versioning_on_lock"];
/// How such a reason begins.
const NOT_OFFERED_REASONS: &[&str] = &["Spaces does not offer it", "follows from the 501"];
/// How many other deliberate differences there may be.
const ALLOWED_MAX: usize = 60;
/// The least share of cases that agree at level wire, in per cent.
const WIRE_MIN: usize = 95;

/// Cases of one section that agree at each level.
#[derive(Default)]
struct Tally {
    cases: usize,
    withheld: usize,
    status: usize,
    body: usize,
    wire: usize,
    allowed: usize,
}

/// What came of a replay.
#[derive(Default)]
struct Outcome {
    table: Vec<(String, Tally)>,
    /// Case → why it differs at level body.
    differing: BTreeMap<String, String>,
    /// Cases that agree in the body but not in the headers.
    headers_only: BTreeMap<String, String>,
    agreeing: BTreeSet<String>,
}

#[test]
fn recorded_cases_agree_or_are_allowed() {
    if let Some(endpoint) = environment("SPACELET_GOLDEN_ENDPOINT") {
        return print_replay_of(&endpoint);
    }
    let server = Server::start();
    let allowed = allowed();
    let outcome = replay(&gated(), server.address(), server.address(), &allowed);
    println!("{}", report(&outcome));
    let faults = faults(&outcome, &allowed);
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn every_allowed_case_is_a_gated_case_with_a_reason() {
    let names: BTreeSet<String> = gated().iter().flat_map(|s| load(s)).filter_map(|step| step.name).collect();
    for (name, reason) in allowed() {
        assert!(names.contains(&name), "allow.txt names {name}, which is no gated case");
        assert!(reason.contains(", source: "), "allow.txt gives no source for {name}: {reason}");
    }
}

/// Replays against the server that the environment names, to check this runner.
fn print_replay_of(endpoint: &str) {
    let mut addresses = endpoint.split(',').map(|a| a.parse::<SocketAddr>().unwrap());
    let address = addresses.next().unwrap();
    let chosen = environment("SPACELET_GOLDEN_SECTIONS").unwrap_or_else(|| gated().join(","));
    let sections: Vec<&str> = SECTIONS.iter().copied().filter(|s| chosen.split(',').any(|c| c == *s)).collect();
    let outcome = replay(&sections, address, addresses.next().unwrap_or(address), &BTreeMap::new());
    println!("{}", report(&outcome));
    for (name, why) in outcome.differing.iter().chain(&outcome.headers_only) {
        println!("{name}: {why}");
    }
}

fn replay(
    sections: &[&str],
    address: SocketAddr,
    sse_address: SocketAddr,
    allowed: &BTreeMap<String, String>,
) -> Outcome {
    let masks = Masks::new();
    let mut player = Player::new(address, sse_address);
    let mut outcome = Outcome::default();
    for section in sections {
        let mut tally = Tally::default();
        for step in load(section) {
            let answer = player.play(&step);
            let (Some(name), Some(answer)) = (step.name, answer) else { continue };
            let Some(expect) = step.expect else {
                tally.withheld += 1;
                continue;
            };
            let found = agreement(&masks, &expect, &answer);
            tally.cases += 1;
            tally.status += usize::from(found.status);
            tally.body += usize::from(found.body);
            tally.wire += usize::from(found.wire);
            tally.allowed += usize::from(allowed.contains_key(&name));
            match (found.body, found.wire) {
                (false, _) => outcome.differing.insert(name, found.why),
                (true, false) => outcome.headers_only.insert(name, found.why),
                (true, true) => outcome.agreeing.insert(name).then(String::new),
            };
        }
        outcome.table.push(((*section).to_owned(), tally));
    }
    outcome
}

/// Everything that the gate holds against an outcome, in words.
fn faults(outcome: &Outcome, allowed: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    for (name, why) in outcome.differing.iter().filter(|(n, _)| !allowed.contains_key(*n)) {
        let _ = writeln!(out, "{name} differs: {why}");
    }
    for name in allowed.keys().filter(|n| outcome.agreeing.contains(*n)) {
        let _ = writeln!(out, "{name} agrees: take it off allow.txt");
    }
    let counted = allowed.iter().filter(|(name, reason)| !is_not_offered(name, reason)).count();
    if counted > ALLOWED_MAX {
        let _ = writeln!(out, "allow.txt has {counted} lines that count, more than {ALLOWED_MAX}");
    }
    let cases: usize = outcome.table.iter().map(|(_, tally)| tally.cases).sum();
    let not_wire = outcome.differing.keys().chain(outcome.headers_only.keys());
    let wire = cases - not_wire.filter(|name| !allowed.contains_key(*name)).count();
    if wire * 100 < cases * WIRE_MIN {
        let _ = writeln!(out, "{wire} of {cases} agree at level wire, fewer than {WIRE_MIN}%");
        for (name, why) in &outcome.headers_only {
            let _ = writeln!(out, "{name}: {why}");
        }
    }
    out
}

fn is_not_offered(name: &str, reason: &str) -> bool {
    let begins = |text: &str, with: &[&str]| with.iter().any(|begin| text.starts_with(begin));
    begins(name, NOT_OFFERED) && begins(reason, NOT_OFFERED_REASONS)
}

fn report(outcome: &Outcome) -> String {
    let mut out = String::from("section           cases  status    body    wire allowed withheld\n");
    let mut total = Tally::default();
    for (section, t) in &outcome.table {
        line(&mut out, section, t);
        total.cases += t.cases;
        total.withheld += t.withheld;
        total.status += t.status;
        total.body += t.body;
        total.wire += t.wire;
        total.allowed += t.allowed;
    }
    line(&mut out, "total", &total);
    out
}

fn line(out: &mut String, section: &str, t: &Tally) {
    let _ = writeln!(
        out,
        "{section:16} {:6} {:7} {:7} {:7} {:7} {:8}",
        t.cases, t.status, t.body, t.wire, t.allowed, t.withheld
    );
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn load(section: &str) -> Vec<Step> {
    let path = folder().join(format!("{section}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Case → reason, of the cases that differ on purpose.
fn allowed() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder().join("allow.txt")).unwrap();
    let lines = text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#'));
    lines
        .map(|line| {
            let (name, reason) = line.split_once('#').unwrap_or((line, ""));
            (name.trim().to_owned(), reason.trim().to_owned())
        })
        .collect()
}
