//! The feed of one tenant read into deliveries.

use chrono::TimeDelta;
use db::webhooks::Dispatched;
use db::{DataError, Scope};
use tokio_util::sync::CancellationToken;

// As many deliveries in one transaction, whose rows of webhooks others wait for.
const AT_ONCE: i64 = 500;
/// What was due so long ago has nobody who works on it.
pub(super) const OVERDUE: TimeDelta = TimeDelta::minutes(2);

/// Reads on until nothing is left, and takes up what is `overdue`; what it came to.
///
/// # Errors
/// When PostgreSQL fails; what was written until then stays so.
pub async fn dispatch(scope: &Scope, overdue: bool, stop: &CancellationToken) -> Result<Dispatched, DataError> {
    let due = overdue.then(|| scope.now() - OVERDUE);
    let mut all = Dispatched::default();
    loop {
        let round = db::webhooks::dispatch(scope, AT_ONCE, due).await?;
        all.made += round.made;
        all.found += round.found;
        all.goes_on = round.goes_on;
        if !round.goes_on || stop.is_cancelled() {
            return Ok(all);
        }
    }
}
