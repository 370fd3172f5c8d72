//! `spacelet fsck DIR`: reads the whole store and says what is wrong.

use std::path::PathBuf;

use clap::ArgMatches;
use spacelet_engine::{Engine, EngineSettings, Report};

use super::{Exit, complain, say};

pub(super) fn run(matches: &ArgMatches) -> Exit {
    let folder = matches.get_one::<String>("folder").map(PathBuf::from).unwrap_or_default();
    if !folder.join("format").is_file() {
        complain(&format!("{} is no data folder of Spacelet: it has no file `format`", folder.display()));
        return Exit::Start;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("cannot start threads: {error}"));
            return Exit::Start;
        }
    };
    let _entered = runtime.enter();
    let engine = match Engine::open(EngineSettings { folder: Some(folder), ..EngineSettings::default() }) {
        Ok(engine) => engine,
        Err(error) => {
            complain(&error.to_string());
            return Exit::Start;
        }
    };
    let report = engine.fsck();
    runtime.block_on(engine.close());
    match report {
        Ok(report) => show(&report),
        Err(error) => {
            complain(&format!("the rows cannot be read: {error}"));
            Exit::Bad
        }
    }
}

fn show(report: &Report) -> Exit {
    for fault in &report.faults {
        say(fault);
    }
    let Report { records, bodies, body_bytes, faults } = report;
    say(&format!(
        "{records} records, {bodies} bodies, {body_bytes} bytes: {}",
        match faults.len() {
            0 => "clean".to_owned(),
            1 => "1 fault".to_owned(),
            n => format!("{n} faults"),
        }
    ));
    if faults.is_empty() { Exit::Good } else { Exit::Bad }
}
