//! The worker that applies lifecycle rules while the server runs.

use std::sync::Arc;
use std::time::Duration;

use spacelet_engine::{DAY_MS, Engine};
use spacelet_s3::S3Service;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// Bounds of the time between two passes: a tenth of a day, within these.
const PAUSE_MIN: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Passes over the default world until the server stops. `day` is the length of a day (24 hours, or less for tests).
pub(crate) async fn run(engine: Arc<Engine>, service: S3Service, day: Duration, mut stopped: watch::Receiver<bool>) {
    let pause = (day / 10).clamp(PAUSE_MIN, PAUSE_MAX);
    let day_ms = in_ms(day);
    let mut ticks = interval_at(Instant::now() + pause, pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            // An error means that the server is gone.
            _ = stopped.wait_for(|is_stopped| *is_stopped) => return,
        }
        match service.apply_lifecycle(&engine.world(), day_ms).await {
            Ok(swept) if swept == spacelet_s3::Swept::default() => {}
            Ok(swept) => tracing::info!(?swept, "lifecycle rules were applied"),
            Err(error) => tracing::error!(%error, "lifecycle rules could not be applied"),
        }
    }
}

/// A time of the settings in milliseconds.
pub(crate) fn in_ms(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(DAY_MS)
}
