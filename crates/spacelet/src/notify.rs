//! Delivers event notifications to the URLs that `--notify` names: one bounded queue and one worker for each, POST with
//! a time limit, a few attempts, no redirects, nothing link-local. An API call can never name a URL.

mod destination;
mod json;
mod post;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use spacelet_s3::{Deliver, Event, Notifier};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

pub use destination::Destination;

/// Events that wait for one destination; further ones are dropped and logged.
const QUEUE_MAX: usize = 1_000;
/// Attempts at one event, and the pause after the first, which doubles.
const ATTEMPTS_MAX: u32 = 3;
const PAUSE: Duration = Duration::from_millis(250);

/// The way into the queues.
struct Queues(BTreeMap<String, mpsc::Sender<Event>>);

impl Deliver for Queues {
    fn knows(&self, arn: &str) -> bool {
        self.0.contains_key(arn)
    }

    fn deliver(&self, event: Event) {
        let Some(queue) = self.0.get(&event.arn) else { return };
        if let Err(error) = queue.try_send(event) {
            tracing::warn!(%error, "an event notification was dropped: its destination is too slow or gone");
        }
    }
}

/// Starts a worker for each destination; they end with the server. Without destinations there is nobody to deliver.
pub(crate) fn start(destinations: &[Destination], stopped: &watch::Receiver<bool>) -> Notifier {
    if destinations.is_empty() {
        return Notifier::default();
    }
    let mut queues = BTreeMap::new();
    for destination in destinations {
        let (queue, events) = mpsc::channel(QUEUE_MAX);
        queues.insert(destination.arn.clone(), queue);
        tokio::spawn(work(destination.clone(), events, stopped.clone()));
    }
    Notifier(Some(Arc::new(Queues(queues))))
}

async fn work(destination: Destination, mut events: mpsc::Receiver<Event>, mut stopped: watch::Receiver<bool>) {
    let serve = async {
        while let Some(event) = events.recv().await {
            deliver(&destination, &event).await;
        }
    };
    tokio::select! {
        () = serve => {}
        // An error means that the server is gone.
        _ = stopped.wait_for(|is_stopped| *is_stopped) => {}
    }
}

#[expect(clippy::disallowed_methods, reason = "a pause between two attempts waits for nothing that could be told")]
async fn deliver(destination: &Destination, event: &Event) {
    let body = json::body(event);
    let mut pause = PAUSE;
    for attempt in 1..=ATTEMPTS_MAX {
        match post::post(destination, body.clone()).await {
            Ok(()) => return,
            Err(why) => tracing::warn!(arn = destination.arn, attempt, why, "an event notification was not taken"),
        }
        if attempt < ATTEMPTS_MAX {
            sleep(pause).await;
            pause *= 2;
        }
    }
}
