//! The worker: takes queued imports, a few at a time, and does the upkeep.

use std::path::PathBuf;
use std::time::Duration;

use db::Db;
use db::platform::Platform;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{imports, partitions, upkeep};

const POLL: Duration = Duration::from_millis(500);
/// Imports at once. Each keeps one processor and one connection busy.
const AT_ONCE: usize = 2;

/// Works until `stop`; then each import ends with its current batch and is left for the next worker.
pub async fn run(db: Db, data_dir: PathBuf, stop: CancellationToken) {
    let upkeep = tokio::spawn(upkeep::hourly(db.clone(), stop.clone()));
    let watch = tokio::spawn(partitions::watch(db.clone(), true, stop.clone()));
    let mut running = JoinSet::new();
    let mut poll = tokio::time::interval(POLL);
    poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(poll.tick()).await.is_some() {
        while let Some(ended) = running.try_join_next() {
            note(ended);
        }
        if let Err(error) = take(&db, &data_dir, &stop, &mut running).await {
            tracing::error!(%error, "cannot look for imports");
        }
    }
    while let Some(ended) = running.join_next().await {
        note(ended);
    }
    note(upkeep.await);
    note(watch.await);
}

async fn take(
    db: &Db,
    data_dir: &std::path::Path,
    stop: &CancellationToken,
    running: &mut JoinSet<()>,
) -> Result<(), db::DataError> {
    let free = i64::try_from(AT_ONCE.saturating_sub(running.len())).unwrap_or(0);
    if free == 0 {
        return Ok(());
    }
    let until = db.clock().now() + db::imports::LEASE;
    for (tenant, import) in Platform::command(db.clone()).claim_imports(until, free).await? {
        let (db, data_dir, stop) = (db.clone(), data_dir.to_owned(), stop.clone());
        running.spawn(async move {
            if let Err(error) = imports::work(&db, &data_dir, tenant, import, &stop).await {
                tracing::error!(%tenant, %import, %error, "import interrupted");
            }
        });
    }
    Ok(())
}

fn note(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "background work broke down");
    }
}
