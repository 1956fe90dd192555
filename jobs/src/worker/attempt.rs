//! One attempt at one job: run in a task of its own, so that a panic ends the attempt and not the worker; dropped when its
//! time is over; settled whatever happens.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use db::queue::engine::{Claimed, Ended, Engine, Settled};
use domain::jobs::backoff;
use metrics::{counter, histogram};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::signals::Signals;
use crate::context::Running;
use crate::log::JobLog;
use crate::outcome::{JobError, Outcome};
use crate::registry::{Kind, find};
use crate::tools::Tools;

const SETTLE_AGAIN: Duration = Duration::from_secs(1);
// Long enough for a newer program to come and take it.
const UNKNOWN_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// Runs `job` and writes down what became of it.
pub(super) async fn attempt(engine: Engine, kinds: &'static [Kind], tools: Arc<Tools>, signals: Signals, job: Claimed) {
    let log = JobLog::default();
    let now = engine.db().clock().now();
    let Some(kind) = find(kinds, &job.kind) else {
        let why = format!("this version of Stoa does not know the job '{}'", job.kind);
        tracing::warn!(job = %job.lease.job, kind = job.kind, "unknown kind of job; left for a newer version");
        settle(&engine, &signals, &job, &Ended::Released(why, now + UNKNOWN_AGAIN), &log).await;
        return;
    };
    let called_off = signals.begin(job.lease);
    let running = Running {
        db: engine.db().clone(),
        tools,
        tenant: job.lease.tenant,
        payload: job.payload.clone(),
        lease: job.lease,
        attempt: job.attempt,
        crashes: job.crashes,
        log: log.clone(),
        stop: signals.stop.child_token(),
    };
    let mut work = Dropping(tokio::spawn((kind.run)(running)));
    let ended = tokio::select! {
        joined = &mut work.0 => match joined {
            Ok(result) => ended(&engine, &signals, &job, result),
            Err(error) => failed(&engine, &job, error.try_into_panic().map_or_else(|e| e.to_string(), |p| panicked(&*p))),
        },
        () = tokio::time::sleep(kind.timeout) => {
            work.end().await;
            failed(&engine, &job, format!("it took longer than {} s", kind.timeout.as_secs()))
        }
        () = signals.drained.cancelled() => {
            work.end().await;
            Ended::Released("its worker stopped".into(), engine.db().clock().now())
        }
        () = called_off.cancelled() => {
            work.end().await;
            Ended::Released("it was cancelled".into(), engine.db().clock().now())
        }
    };
    settle(&engine, &signals, &job, &ended, &log).await;
    signals.end(&job.lease);
    count(&engine, kind, &job, &ended);
}

// A task that does not outlive whoever waits for it.
struct Dropping(JoinHandle<Result<Outcome, JobError>>);

impl Dropping {
    async fn end(&mut self) {
        self.0.abort();
        let _cancelled = (&mut self.0).await;
    }
}

impl Drop for Dropping {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn ended(engine: &Engine, signals: &Signals, job: &Claimed, result: Result<Outcome, JobError>) -> Ended {
    let now = engine.db().clock().now();
    match result {
        Ok(Outcome::Done) => Ended::Done,
        Ok(Outcome::Finished) => Ended::Finished,
        Ok(Outcome::Cancel(reason)) => Ended::Cancelled(reason),
        Ok(Outcome::Snooze(wait)) => Ended::Snoozed(now + wait.max(TimeDelta::zero())),
        // What fails while the worker stops, mostly fails because of it.
        Err(error) if signals.stop.is_cancelled() => Ended::Released(format!("its worker stopped ({error})"), now),
        Err(error) => failed(engine, job, error.words().to_owned()),
    }
}

fn failed(engine: &Engine, job: &Claimed, error: String) -> Ended {
    tracing::warn!(
        tenant = %job.lease.tenant, job = %job.lease.job, kind = job.kind, attempt = job.attempt, of = job.max_attempts, error,
        "job failed"
    );
    if job.attempt >= job.max_attempts {
        return Ended::Dead(error);
    }
    let clock = engine.db().clock();
    let chance = clock.id::<Uuid>().as_u64_pair().1;
    Ended::Failed(error, clock.now() + backoff(job.attempt, chance))
}

fn panicked(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it crashed: {}", words.unwrap_or("no message"))
}

// Until it is written down, or the job is somebody else's: an outage of PostgreSQL must not leave it behind.
async fn settle(engine: &Engine, signals: &Signals, job: &Claimed, ended: &Ended, log: &JobLog) {
    let said = log.take();
    loop {
        match engine.settle(job, ended, said.clone()).await {
            Ok(Settled::Kept) => return,
            Ok(Settled::Stale) => {
                tracing::warn!(job = %job.lease.job, kind = job.kind, "this job has another worker now; its result \
                    was rejected");
                return;
            }
            Err(error) => {
                tracing::warn!(job = %job.lease.job, kind = job.kind, %error, "cannot store the result of a job; \
                    retrying");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(SETTLE_AGAIN) => {}
            () = signals.lost.cancelled() => return,
            () = signals.drained.cancelled() => return,
        }
    }
}

fn count(engine: &Engine, kind: &Kind, job: &Claimed, ended: &Ended) {
    let now = engine.db().clock().now();
    let (wait, run) = (job.started_at - job.ready_at, now - job.started_at);
    engine.minutes().count(now, (kind.name, job.queue), ended.outcome(), (wait, run));
    counter!("stoa_jobs_total", "kind" => kind.name, "outcome" => ended.outcome().as_str()).increment(1);
    let seconds = |time: TimeDelta| time.to_std().unwrap_or_default();
    histogram!("stoa_job_wait_seconds", "kind" => kind.name).record(seconds(wait));
    histogram!("stoa_job_run_seconds", "kind" => kind.name).record(seconds(run));
}
