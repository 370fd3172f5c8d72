//! The worker that delivers access logs while the server runs.

use std::time::Duration;

use spacelet_s3::S3Service;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// The shortest time between two deliveries by the clock.
const PAUSE_MIN: Duration = Duration::from_millis(100);

/// Delivers every `pause`, and when much waits, until the server stops; what waits then is delivered by who stops it.
pub(crate) async fn run(service: S3Service, pause: Duration, mut stopped: watch::Receiver<bool>) {
    let pause = pause.max(PAUSE_MIN);
    let mut ticks = interval_at(Instant::now() + pause, pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = service.logs_are_full() => {}
            // An error means that the server is gone.
            _ = stopped.wait_for(|is_stopped| *is_stopped) => return,
        }
        let delivered = service.deliver_logs().await;
        if delivered.records > 0 {
            tracing::debug!(?delivered, "access logs were delivered");
        }
    }
}
