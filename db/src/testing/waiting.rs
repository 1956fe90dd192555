//! Waiting for a condition rather than for a time.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long a test waits for what must happen. Far more than it takes: only a test that fails waits so long.
pub const PATIENCE: Duration = Duration::from_secs(60);

const PAUSE: Duration = Duration::from_millis(20);

/// Waits until `look` finds something; a test fails with `what` when that never happens.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look).await
}

/// The same, where an end within a second is the promise. The busiest machine gets as much: a look that began before the
/// second was over may fail, and one that began after it may not.
pub async fn within_a_second(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    within(Duration::from_secs(1), what, async || holds().await.then_some(())).await;
}

/// The same with the caller's patience.
pub async fn within<T>(patience: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let until = Instant::now() + patience;
    loop {
        let is_last = Instant::now() >= until;
        if let Some(found) = look().await {
            return found;
        }
        assert!(!is_last, "not within {patience:?}: {what}");
        sleep(PAUSE).await;
    }
}
