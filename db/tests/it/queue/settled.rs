//! What becomes of a job: every outcome, its history, and who may no longer write it.

use chrono::TimeDelta;
use db::queue::console::{self, LogLine};
use db::queue::engine::{Beat, Claim, Claimed, Ended, Engine, Settled};
use db::queue::{self, NewJob};
use db::testing::{self, TestDb};
use db::{Clock, DataError};
use domain::jobs::{JobState, RunOutcome};
use domain::permission::Permission;
use serde_json::json;
use std::time::Duration;

use super::{engine, enqueue_nil, job, platform};

async fn take(engine: &Engine) -> Claimed {
    engine.stage().await.unwrap();
    let mut taken = engine.claim(&mut Claim::of("default"), 5).await.unwrap();
    if let Some(suspect) = engine.claim_suspect("default").await.unwrap() {
        taken.push(suspect);
    }
    assert_eq!(taken.len(), 1, "{taken:?}");
    taken.remove(0)
}

#[tokio::test]
async fn a_job_fails_waits_snoozes_is_released_dies_and_is_retried() {
    let clock = Clock::fixed("2031-05-01T12:00:00Z".parse().unwrap());
    let db = TestDb::with(clock.clone(), None).await;
    let (engine, platform) = (engine(&db.db).await, platform(&db));
    let id = enqueue_nil(&db, &NewJob { max_attempts: 2, ..job("work") }).await.unwrap();
    let state = async || {
        let found = console::show(&platform, super::NIL, id).await.unwrap().job.unwrap();
        (found.state, found.attempt, found.waits_for)
    };
    let wait = TimeDelta::minutes(5);
    for is_release in [false, true] {
        let later = clock.now() + wait;
        let ended = if is_release { Ended::Released("stopping".into(), later) } else { Ended::Snoozed(later) };
        let taken = take(&engine).await;
        assert_eq!(taken.attempt, 1, "neither counts as a try");
        assert_eq!(engine.settle(&taken, &ended, None).await.unwrap(), Settled::Kept);
        assert_eq!(engine.settle(&taken, &Ended::Done, None).await.unwrap(), Settled::Stale, "it was let go");
        assert_eq!(state().await.0, JobState::Scheduled);
        assert_eq!(engine.stage().await.unwrap(), 0, "its time has not come");
        clock.set(clock.now() + wait);
    }
    let taken = take(&engine).await;
    engine.settle(&taken, &Ended::Failed("no luck".into(), clock.now() + wait), None).await.unwrap();
    assert_eq!(state().await, (JobState::Scheduled, 1, Some(console::WaitsFor::Backoff)));
    let detail = console::show(&platform, super::NIL, id).await.unwrap();
    assert!(detail.waiting[0].to_string().contains("Attempt 1 of 2 failed (no luck)"), "{:?}", detail.waiting);
    clock.set(clock.now() + wait);
    let taken = take(&engine).await;
    assert_eq!((taken.attempt, taken.max_attempts), (2, 2));
    let said = json!([{"ms": 1, "level": "info", "text": "began"}]);
    engine.settle(&taken, &Ended::Dead("for good".into()), Some(said)).await.unwrap();
    let detail = console::show(&platform, super::NIL, id).await.unwrap();
    assert_eq!(detail.job.as_ref().unwrap().state, JobState::Dead);
    let outcomes: Vec<_> = detail.runs.iter().map(|r| r.run.outcome).collect();
    use RunOutcome::{Dead, Failed, Snoozed};
    assert_eq!(outcomes, [Dead, Failed, Snoozed, Snoozed]);
    assert_eq!(detail.runs[0].log, [LogLine { ms: 1, level: "info".into(), text: "began".into() }]);
    assert_eq!((detail.runs[1].run.wait_ms, detail.runs[1].run.error.as_deref()), (0, Some("no luck")));
    let chosen = console::Chosen::These(vec![(super::NIL, id)]);
    let changed = console::change(&platform, console::Action::Retry, &chosen, &super::by(), false).await.unwrap();
    assert_eq!((changed.chosen, changed.changed), (1, 1));
    let taken = take(&engine).await;
    assert_eq!(taken.attempt, 1);
    engine.settle(&taken, &Ended::Cancelled("nothing to do".into()), None).await.unwrap();
    let detail = console::show(&platform, super::NIL, id).await.unwrap();
    assert!(detail.job.is_none());
    assert_eq!((detail.runs[0].run.outcome, detail.notes[0].action.as_str()), (RunOutcome::Cancelled, "retry"));
}

#[tokio::test]
async fn a_job_finished_with_its_effect_is_finished_once() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    super::enqueue_many(&access, "work", 1).await;
    let engine = engine(&db.db).await;
    let taken = take(&engine).await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let tx = scope.begin().await.unwrap();
    queue::finish(&tx, &taken.lease).await.unwrap();
    drop(tx);
    let tx = scope.begin().await.unwrap();
    queue::finish(&tx, &taken.lease).await.unwrap();
    tx.commit().await.unwrap();
    let tx = scope.begin().await.unwrap();
    assert!(matches!(queue::finish(&tx, &taken.lease).await, Err(DataError::Refused(_))));
    drop(tx);
    engine.settle(&taken, &Ended::Finished, Some(json!([]))).await.unwrap();
    assert_eq!(db.scalar("select count(*) from job_runs where outcome = 'done' and log is not null").await, 1);
    assert_eq!(db.scalar("select count(*) from jobs").await, 0);
}

#[tokio::test]
async fn jobs_of_a_silent_worker_go_to_others_and_its_writes_are_refused() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    super::enqueue_many(&access, "work", 1).await;
    let (silent, alive) = (engine(&db.db).await, engine(&db.db).await);
    let silence = Duration::from_millis(300);
    let mut leases = Vec::new();
    let mut silent = silent;
    for crashes in 1..=3 {
        let taken = take(&silent).await;
        assert_eq!(taken.attempt, 1, "a crash is not a try");
        assert_eq!(alive.rescue(Duration::from_secs(60)).await.unwrap(), 0, "it was seen just now");
        let rescued = async || {
            alive.beat().await.unwrap();
            Some(alive.rescue(silence).await.unwrap()).filter(|found| *found > 0)
        };
        assert_eq!(testing::eventually("it is silent for too long", rescued).await, 1, "crash {crashes}");
        assert_eq!(silent.beat().await.unwrap(), Beat::Lost);
        leases.push(taken);
        silent = engine(&db.db).await;
    }
    assert_eq!(db.scalar("select count(*) from jobs where state = 'parked' and crashes = 3").await, 1);
    for stale in &leases {
        assert_eq!(silent.settle(stale, &Ended::Done, None).await.unwrap(), Settled::Stale);
        let tx = access.scope(Permission::WriteOrders).unwrap().begin().await.unwrap();
        assert!(matches!(queue::finish(&tx, &stale.lease).await, Err(DataError::Refused(_))));
    }
    assert_eq!(db.scalar("select count(*) from job_runs where outcome = 'stale'").await, 3);
    assert_eq!(db.scalar("select sum(crashed * 10 + parked)::bigint from job_minutes").await, 21);
}

#[tokio::test]
async fn a_job_cancelled_while_it_runs_cannot_finish() {
    let db = TestDb::new().await;
    let id = enqueue_nil(&db, &job("work")).await.unwrap();
    let engine = engine(&db.db).await;
    let taken = take(&engine).await;
    assert!(matches!(engine.beat().await.unwrap(), Beat::Holds(held) if held.contains(&taken.lease)));
    let chosen = console::Chosen::These(vec![(super::NIL, id)]);
    let gone = console::change(&platform(&db), console::Action::Cancel, &chosen, &super::by(), false).await.unwrap();
    assert_eq!(gone.changed, 1);
    assert!(matches!(engine.beat().await.unwrap(), Beat::Holds(held) if held.is_empty()));
    assert_eq!(engine.settle(&taken, &Ended::Done, None).await.unwrap(), Settled::Stale);
    let detail = console::show(&platform(&db), super::NIL, id).await.unwrap();
    assert_eq!((detail.runs.len(), detail.runs[0].run.outcome), (1, RunOutcome::Cancelled));
}

#[tokio::test]
async fn history_is_pruned_by_age() {
    let clock = Clock::fixed("2031-05-01T12:00:00Z".parse().unwrap());
    let db = TestDb::with(clock.clone(), None).await;
    let engine = engine(&db.db).await;
    for days in [0, 40] {
        clock.set(clock.now() + TimeDelta::days(days));
        enqueue_nil(&db, &job("work")).await.unwrap();
        let taken = take(&engine).await;
        engine.settle(&taken, &Ended::Done, None).await.unwrap();
    }
    let before = clock.now() - TimeDelta::days(30);
    assert_eq!(queue::prune(&platform(&db), before).await.unwrap(), 1);
    assert_eq!(queue::prune(&platform(&db), before).await.unwrap(), 0);
    assert_eq!(db.scalar("select count(*) from job_runs").await, 1);
}
