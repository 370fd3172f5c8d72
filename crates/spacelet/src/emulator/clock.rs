//! `GET` and `POST /emulator/clock`: what time it is in the world, and moving it. Signatures in headers are judged by
//! the wall clock all the same, so that clients go on working.

use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use spacelet_control::{ApiError, stamp};
use spacelet_engine::Clock;
use spacelet_s3::Swept;

use super::{Emulator, logs};

/// The clock goes so far from the wall's, in seconds: a hundred years, so that a year still has four digits.
const OFFSET_MAX_S: i64 = 100 * 366 * 86_400;

/// What is asked: one of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    /// From where it is now; negative: back.
    advance_seconds: Option<i64>,
    /// From the wall clock; 0 sets it right.
    offset_seconds: Option<i64>,
}

/// What time it is.
pub(super) async fn read(emulator: Arc<Emulator>, _: Bytes) -> Result<Value, ApiError> {
    Ok(json!({ "clock": shown(emulator.engine.world().clock()) }))
}

/// Delivers the access logs that wait, moves the clock, then applies lifecycle rules; says what all of it did.
pub(super) async fn put(emulator: Arc<Emulator>, body: Bytes) -> Result<Value, ApiError> {
    let world = emulator.engine.world();
    let offset_ms = wanted_ms(&body, world.clock()).map_err(ApiError::unprocessable)?;
    let delivered = emulator.service.deliver_logs().await;
    world.clock().set_offset_ms(offset_ms);
    let swept = emulator.service.apply_lifecycle(&world, emulator.day_ms).await.map_err(|error| {
        tracing::error!(%error, "lifecycle rules could not be applied");
        let message = "The clock was moved, but lifecycle rules could not be applied; the log says why.";
        ApiError { message: message.into(), ..ApiError::SERVER }
    })?;
    Ok(json!({
        "clock": shown(world.clock()), "lifecycle": shown_sweep(swept), "logs": logs::shown(delivered),
    }))
}

/// The offset that the body asks for, in milliseconds.
fn wanted_ms(body: &[u8], clock: &Clock) -> Result<i64, String> {
    let wanted: Move = serde_json::from_slice(body).map_err(|error| format!("The body is no such JSON: {error}."))?;
    let offset_s = match (wanted.advance_seconds, wanted.offset_seconds) {
        (Some(advance), None) => clock.offset_ms().div_euclid(1000).saturating_add(advance),
        (None, Some(offset)) => offset,
        _ => return Err("Give either advance_seconds or offset_seconds.".to_owned()),
    };
    if !(-OFFSET_MAX_S..=OFFSET_MAX_S).contains(&offset_s) {
        return Err(format!("The clock may be moved by at most {OFFSET_MAX_S} seconds."));
    }
    Ok(offset_s * 1000)
}

fn shown(clock: &Clock) -> Value {
    json!({ "now": stamp(clock.now()), "offset_seconds": clock.offset_ms().div_euclid(1000) })
}

fn shown_sweep(swept: Swept) -> Value {
    let Swept { objects, versions, markers, uploads, moved } = swept;
    json!({
        "objects": objects, "versions": versions, "delete_markers": markers, "uploads": uploads, "moved": moved,
    })
}

#[cfg(test)]
mod tests {
    use spacelet_engine::Timestamp;

    use super::*;

    #[test]
    fn the_clock_moves_from_where_it_is_or_from_the_wall() {
        let clock = Clock::fixed(Timestamp(0));
        clock.set_offset_ms(60_000);
        let wanted = |body: &str| wanted_ms(body.as_bytes(), &clock);
        assert_eq!(wanted(r#"{"advance_seconds":-10}"#), Ok(50_000));
        assert_eq!(wanted(r#"{"offset_seconds":0}"#), Ok(0));
        for bad in [
            "",
            "{}",
            r#"{"advance_seconds":1,"offset_seconds":1}"#,
            r#"{"advance_seconds":"1"}"#,
            r#"{"advance_days":1}"#,
            r#"{"advance_seconds":9223372036854775807}"#,
        ] {
            assert!(wanted(bad).is_err(), "{bad}");
        }
    }
}
