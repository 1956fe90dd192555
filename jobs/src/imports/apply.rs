//! Stores a file batch by batch. Each batch is one transaction: its orders and their figures, its problems, how far
//! the run got, and one event for those who watch. Whatever interrupts it, the next attempt goes on after the
//! last batch that was committed.

use std::time::{Duration, Instant};

use db::feed::NewEvent;
use db::imports::{Lease, Progress, Run};
use db::orders::place::{Mode, Placed, Via, place_named, prepare};
use db::stores::Store;
use db::{DataError, Scope, Tx};
use domain::feed::EventKind;
use domain::ids::OrderId;
use domain::imports::{Problem, ProblemKind, RunStatus, Summary};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::batches::{self, Batch};
use super::formats::Survey;
use super::{ImportError, Snapshot, check};

const RENEW_EVERY: Duration = Duration::from_secs(4);

/// Keeps `lease` alive while `work` goes on; ends it when the lease is lost.
pub async fn held<T>(
    scope: &Scope,
    lease: &Lease,
    work: impl Future<Output = Result<T, ImportError>>,
) -> Result<T, ImportError> {
    let renewing = async {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            if let Err(error) = db::imports::renew(scope, lease).await {
                return error;
            }
        }
    };
    tokio::select! {
        done = work => done,
        lost = renewing => Err(lost.into()),
    }
}

/// Stores what is not stored yet of a run; what the whole run came to.
///
/// # Errors
/// When the file is refused, the lease lost, the database out of reach, or `stop` asked for.
pub async fn apply(
    scope: &Scope,
    store: &Store,
    (run, lease): (&Run, &Lease),
    snapshot: &Snapshot,
    stop: &CancellationToken,
) -> Result<Summary, ImportError> {
    let survey = snapshot.survey().await?;
    let mut applying = Applying {
        scope,
        store,
        lease,
        survey: &survey,
        mode: run.mode,
        summary: run.summary.clone(),
        begun: (Instant::now(), run.checkpoint),
    };
    let mut incoming = batches::read(snapshot.clone(), survey.clone(), run.checkpoint);
    while let Some(batch) = incoming.recv().await {
        if stop.is_cancelled() {
            return Err(ImportError::Stopped);
        }
        applying.store(batch?).await?;
    }
    applying.finish().await
}

struct Applying<'a> {
    scope: &'a Scope,
    store: &'a Store,
    lease: &'a Lease,
    survey: &'a Survey,
    mode: Mode,
    summary: Summary,
    // When this attempt began, and at which line.
    begun: (Instant, u64),
}

impl Applying<'_> {
    async fn store(&mut self, mut batch: Batch) -> Result<(), ImportError> {
        prepare(self.scope.db(), &batch.orders).await?;
        let tx = self.scope.begin().await?;
        let mut summary = self.summary.clone();
        summary.read += batch.read;
        summary.skipped += batch.skipped;
        summary.rejected += batch.rejected;
        let mut stored = None;
        if !batch.orders.is_empty() {
            let survey = self.survey;
            let named = |sku: &str| survey.titles.of(sku);
            let placed = place_named(&tx, self.store, &batch.orders, (Via::Import, self.mode), &named).await?;
            stored = range(&placed);
            tally(&mut summary, &mut batch, &placed);
        }
        self.save(&tx, &summary, (batch.last_line, stored), &batch.problems, RunStatus::Running).await?;
        tx.commit().await?;
        self.summary = summary;
        Ok(())
    }

    async fn finish(self) -> Result<Summary, ImportError> {
        let tx = self.scope.begin().await?;
        self.save(&tx, &self.summary, (self.survey.last_line, None), &[], RunStatus::Done).await?;
        db::imports::finish(&tx, self.lease).await?;
        tx.commit().await?;
        Ok(self.summary)
    }

    async fn save(
        &self,
        tx: &Tx,
        summary: &Summary,
        (line, orders): (u64, Option<(OrderId, OrderId)>),
        problems: &[Problem],
        status: RunStatus,
    ) -> Result<(), DataError> {
        let total_lines = self.survey.data_lines;
        let stored = |summary: &Summary| summary.orders + summary.returns;
        let progress = Progress { line, total_lines, summary, problems };
        let problems = db::imports::save(tx, self.lease, &progress).await?;
        let (since, from) = self.begun;
        let mut event = json!({
            "import": self.lease.import, "store": self.store.slug, "orders": summary.orders, "returns": summary.returns,
            "stored": stored(summary) - stored(&self.summary), "lines": summary.read, "total_lines": total_lines, "problems": problems, "status": status,
            "rate": rate(line.saturating_sub(from), since.elapsed()),
        });
        // Among which orders those are that it stored: pages count the ones that they show.
        if let Some((first, last)) = orders {
            event["first"] = json!(first);
            event["last"] = json!(last);
        }
        let event = NewEvent { kind: EventKind::ImportProgress, store: Some(self.store.id), data: event };
        db::feed::append(tx, vec![event]).await.map(drop)
    }
}

// The first and the last of the orders that were stored.
fn range(placed: &[Placed]) -> Option<(OrderId, OrderId)> {
    let stored = || placed.iter().filter_map(|p| if let Placed::Stored(id) = p { Some(*id) } else { None });
    stored().min().zip(stored().max())
}

fn tally(summary: &mut Summary, batch: &mut Batch, placed: &[Placed]) {
    for ((order, line), placed) in batch.orders.iter().zip(&batch.first_lines).zip(placed) {
        match placed {
            Placed::Stored(_) => check::count(summary, order),
            Placed::Updated(_) => summary.updated += 1,
            Placed::Stale(_) => summary.older += 1,
            Placed::Unchanged(_) => summary.unchanged += 1,
            Placed::Archived(_) | Placed::Conflict(_) => {
                let reason = match placed {
                    Placed::Archived(_) => "is archived, so it cannot be replaced",
                    _ => "already exists with different content",
                };
                summary.rejected += 1;
                batch.problems.push(Problem {
                    line: *line,
                    column: String::new(),
                    reason: format!("The order number {} {reason}.", order.number()),
                    order: Some(order.number().to_owned()),
                    kind: ProblemKind::Rejected,
                });
            }
        }
    }
}

// Lines a second.
fn rate(lines: u64, time: Duration) -> u64 {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    lines.saturating_mul(1_000) / millis
}
