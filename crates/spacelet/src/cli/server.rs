//! `spacelet server`: reads the settings, starts, shows the banner, waits for a signal, stops.

use clap::ArgMatches;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Exit, complain, typed};
use crate::settings::{Settings, process_environment};
use crate::{Server, StartError, banner, log, runtime};

/// Threads for file work and listings.
const BLOCKING_THREADS_MAX: usize = 64;

pub(super) fn run(matches: &ArgMatches) -> Exit {
    let settings = match Settings::read(|row| typed(matches, row), process_environment) {
        Ok(settings) => settings,
        Err(error) => {
            complain(&error.to_string());
            return Exit::Usage;
        }
    };
    log::init(&settings);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().max_blocking_threads(BLOCKING_THREADS_MAX).enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(serve(settings)),
        Err(error) => {
            complain(&format!("cannot start threads: {error}"));
            Exit::Start
        }
    }
}

async fn serve(settings: Settings) -> Exit {
    let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    let [Ok(mut terminate), Ok(mut interrupt)] = signals else {
        complain("cannot listen for signals");
        return Exit::Start;
    };
    let running = tokio::select! {
        started = Box::pin(Server::start(settings.clone())) => started,
        () = any(&mut terminate, &mut interrupt) => return Exit::Good,
    };
    let running = match running {
        Ok(running) => running,
        Err(error) => {
            complain(&error.to_string());
            return if matches!(error, StartError::Setting(_) | StartError::Seed(_)) {
                Exit::Usage
            } else {
                Exit::Start
            };
        }
    };
    // The files go when this ends, whichever way it does.
    let _announcement = runtime::announce(&running);
    banner::show(&running, &settings);
    any(&mut terminate, &mut interrupt).await;
    tracing::info!("stopping: requests in flight may finish; a second signal ends at once");
    tokio::select! {
        () = running.stop() => Exit::Good,
        () = any(&mut terminate, &mut interrupt) => Exit::Bad,
    }
}

async fn any(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
