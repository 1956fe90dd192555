//! Keeps the gauges of the partitions fresh and mends what it sees: an alarm is out within a minute, and so is help.

use std::time::Duration;

use db::Db;
use db::partitions::upkeep::{self, Pulse};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::maintain;

/// Half a minute, so that an alarm that needs one look is out within a minute.
const EVERY: Duration = Duration::from_secs(30);
/// Days of runway below which upkeep is run at once: fewer than it leaves in the worst case, more than the alarm waits for.
const RUNWAY_DAYS: i64 = 60;
/// What cannot be mended is not tried every time.
const MENDED_EVERY: Duration = Duration::from_secs(300);

/// Looks every half minute until `stop`. With `mends` it runs upkeep when the runway is short or rows wait in a default
/// partition.
pub async fn watch(db: Db, mends: bool, stop: CancellationToken) {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut mended: Option<Instant> = None;
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        let Pulse { runway_days, default_rows } = match upkeep::pulse(&db).await {
            Ok(pulse) => pulse,
            Err(error) => {
                tracing::warn!(%error, "cannot check the partitions");
                continue;
            }
        };
        if runway_days >= RUNWAY_DAYS && default_rows == 0 {
            continue;
        }
        tracing::warn!(runway_days, default_rows, "partitions need maintenance; run: stoa partitions maintain");
        if mends && mended.is_none_or(|at| at.elapsed() >= MENDED_EVERY) {
            mended = Some(Instant::now());
            if let Err(error) = maintain(&db, &stop).await {
                tracing::error!(%error, "partition maintenance failed");
            }
        }
    }
}
