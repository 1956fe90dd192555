//! What becomes of work that goes well, badly, or on and on.

use std::time::Duration;

use db::platform::Platform;
use db::queue::NewJob;
use db::queue::console::{self, JobDetail};
use db::testing::{self, TestDb};
use domain::ids::JobId;
use domain::jobs::{JobState, RunOutcome};

use super::{MINUTE, enqueue, enqueue_nil, job, options, until, work};

async fn show(db: &TestDb, id: JobId) -> JobDetail {
    console::show(&Platform::command(db.db.clone()), db::platform::PlatformTx::NIL, id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_outcome_is_kept_and_the_worker_lives_on() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let once = NewJob { max_attempts: 1, ..job("fail") };
    let dead = enqueue(&db, db::platform::PlatformTx::NIL, &once).await;
    let (failed, snoozed) = (enqueue_nil(&db, "fail").await, enqueue_nil(&db, "snooze").await);
    let (cancelled, panicked) = (enqueue_nil(&db, "forget").await, enqueue_nil(&db, "panic").await);
    let (slow, unknown) = (enqueue_nil(&db, "too_slow").await, enqueue_nil(&db, "no such kind").await);
    enqueue(&db, access.tenant(), &job("effect")).await;
    let (stop, worker) = work(&db, options());
    until(&db, "select count(*) from job_runs", 8, MINUTE).await;
    let ends = |detail: &JobDetail| (detail.runs[0].run.outcome, detail.job.as_ref().map(|job| job.state));
    let (scheduled, all) = (Some(JobState::Scheduled), RunOutcome::Failed);
    assert_eq!(ends(&show(&db, dead).await), (RunOutcome::Dead, Some(JobState::Dead)));
    assert_eq!(ends(&show(&db, failed).await), (all, scheduled));
    assert_eq!(ends(&show(&db, snoozed).await), (RunOutcome::Snoozed, scheduled));
    assert_eq!(ends(&show(&db, cancelled).await), (RunOutcome::Cancelled, None));
    assert_eq!(ends(&show(&db, panicked).await), (all, scheduled));
    assert_eq!(ends(&show(&db, slow).await), (all, scheduled));
    assert_eq!(ends(&show(&db, unknown).await), (RunOutcome::Snoozed, scheduled));
    let error = async |id| show(&db, id).await.runs[0].run.error.clone().unwrap();
    assert_eq!(error(panicked).await, "it crashed: try 1 went very wrong");
    assert_eq!(error(slow).await, "it took longer than 0 s");
    assert!(error(unknown).await.contains("does not know the job 'no such kind'"));
    let failed = show(&db, failed).await;
    assert_eq!((failed.runs[0].log[0].text.as_str(), failed.runs[0].log[0].level.as_str()), ("about to fail", "warn"));
    let wait = failed.job.unwrap().run_at - failed.runs[0].run.finished_at;
    assert!((2_000..=5_100).contains(&wait.num_milliseconds()), "{wait}");
    stop.cancel();
    worker.await.unwrap();
    assert_eq!(db.scalar("select sum(done + failed + dead + snoozed + cancelled)::bigint from job_minutes").await, 7);
    assert_eq!(db.scalar("select count(*) from job_workers where state = 'stopped'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_worker_begins_at_once_when_it_is_rung_for() {
    let db = TestDb::new().await;
    // Looking for work by itself would take it a minute.
    let (stop, worker) = work(&db, jobs::worker::Options { poll: MINUTE, ..options() });
    until(&db, "select count(*) from job_workers", 1, MINUTE).await;
    // Until it has looked in vain. Where that takes longer, this proves less and still holds.
    tokio::time::sleep(Duration::from_millis(500)).await;
    enqueue_nil(&db, "nothing").await;
    until(&db, "select count(*) from job_runs where outcome = 'done'", 1, Duration::from_secs(20)).await;
    stop.cancel();
    worker.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_worker_tells_its_jobs_and_lets_go_of_those_that_do_not_listen() {
    let db = TestDb::new().await;
    let (told, deaf) = (enqueue_nil(&db, "stop").await, enqueue_nil(&db, "sleep").await);
    let (stop, worker) = work(&db, options());
    until(&db, "select count(*) from jobs where state = 'running'", 2, MINUTE).await;
    stop.cancel();
    worker.await.unwrap();
    for id in [told, deaf] {
        let detail = show(&db, id).await;
        let job = detail.job.unwrap();
        // In its last moment the worker may have made it ready again.
        assert!(matches!(job.state, JobState::Scheduled | JobState::Ready), "{job:?}");
        assert_eq!((job.attempt, job.crashes), (0, 0), "not a try");
        assert_eq!(detail.runs[0].run.outcome, RunOutcome::Snoozed);
    }
    assert_eq!(show(&db, told).await.runs[0].log[0].text, "was told");
    assert_eq!(show(&db, deaf).await.runs[0].run.error.as_deref(), Some("its worker stopped"));
    assert_eq!(db.scalar("select count(*) from jobs where state = 'running'").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_called_off_while_it_runs_is_dropped() {
    let db = TestDb::new().await;
    let id = enqueue_nil(&db, "sleep").await;
    let (stop, worker) = work(&db, jobs::worker::Options { drain: MINUTE, ..options() });
    until(&db, "select count(*) from jobs where state = 'running'", 1, MINUTE).await;
    let chosen = console::Chosen::These(vec![(db::platform::PlatformTx::NIL, id)]);
    let by = console::By::new(db::Actor::Command, "no longer wanted").unwrap();
    let platform = Platform::command(db.db.clone());
    console::change(&platform, console::Action::Cancel, &chosen, &by, false).await.unwrap();
    // Several heartbeats, at one of which its worker learns of it.
    tokio::time::sleep(Duration::from_secs(2)).await;
    stop.cancel();
    // It need not wait for the job's ten minutes.
    tokio::time::timeout(Duration::from_secs(20), worker).await.unwrap().unwrap();
    assert_eq!(show(&db, id).await.runs[0].run.outcome, RunOutcome::Cancelled);
}
