//! What people see and do.

use db::queue::console::{self, Action, By, Chosen, JobFilter, RunFilter, Step, Waiting};
use db::queue::engine::{Claim, Ended};
use db::queue::{NewJob, alerts};
use db::testing::{self, TestDb};
use db::{Actor, Clock};
use domain::jobs::{JobState, RunOutcome};
use domain::page::Limit;

use super::{NIL, by, engine, enqueue_many, enqueue_nil, job, platform};

#[tokio::test]
async fn pages_show_every_attempt_once_in_both_directions() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    enqueue_many(&access, "work", 57).await;
    let engine = engine(&db.db).await;
    let mut claim = Claim::of("default");
    loop {
        let taken = engine.claim(&mut claim, 10).await.unwrap();
        if taken.is_empty() {
            break;
        }
        for (n, job) in taken.iter().enumerate() {
            let ended = if n % 2 == 0 { Ended::Done } else { Ended::Dead(format!("Broken pipe {n}")) };
            engine.settle(job, &ended, None).await.unwrap();
        }
    }
    let platform = platform(&db);
    for (filter, count) in [
        (RunFilter::default(), 57),
        (RunFilter { text: Some("broken PIPE".into()), ..RunFilter::default() }, 28),
        (RunFilter { outcome: Some(RunOutcome::Dead), ..RunFilter::default() }, 28),
        (RunFilter { tenant: Some(access.tenant()), kind: Some("work".into()), ..RunFilter::default() }, 57),
        (RunFilter { tenant: Some(NIL), ..RunFilter::default() }, 0),
    ] {
        for limit in [1, 7, 57, 200] {
            let limit = Limit::new(limit).unwrap();
            let mut page = console::history(&platform, &filter, None, limit).await.unwrap();
            let mut seen = page.rows.len();
            while let Some(older) = page.older {
                page = console::history(&platform, &filter, Some(&older), limit).await.unwrap();
                seen += page.rows.len();
            }
            assert_eq!(seen, count, "{filter:?}");
            let mut back = page.rows.len();
            while let Some(newer) = page.newer {
                page = console::history(&platform, &filter, Some(&newer), limit).await.unwrap();
                back += page.rows.len();
            }
            assert_eq!(back, count, "back, {filter:?}");
        }
    }
    let dead = console::jobs(&platform, &JobFilter::of(JobState::Dead), None, Limit::default()).await.unwrap();
    assert_eq!((dead.rows.len(), dead.rows[0].tenant_slug.as_deref()), (28, Some("ours")));
}

#[tokio::test]
async fn all_that_match_are_changed_after_a_dry_run_and_every_change_has_its_reason() {
    let db = TestDb::new().await;
    let platform = platform(&db);
    let engine = engine(&db.db).await;
    for key in ["a", "b", "c"] {
        for _ in 0..2 {
            enqueue_nil(&db, &NewJob { key: Some(key.into()), ..job("work") }).await.unwrap();
            for taken in engine.claim(&mut Claim::of("default"), 9).await.unwrap() {
                engine.settle(&taken, &Ended::Dead("x".into()), None).await.unwrap();
            }
        }
    }
    enqueue_nil(&db, &NewJob { key: Some("a".into()), ..job("work") }).await.unwrap();
    let all = Chosen::Matching(JobFilter::of(JobState::Dead));
    let dry = console::change(&platform, Action::Retry, &all, &by(), true).await.unwrap();
    assert_eq!((dry.chosen, dry.changed, dry.more), (6, 0, false));
    let done = console::change(&platform, Action::Retry, &all, &by(), false).await.unwrap();
    assert_eq!((done.chosen, done.changed), (6, 2), "one live job for each key");
    let done = console::change(&platform, Action::Delete, &all, &by(), false).await.unwrap();
    assert_eq!(done.changed, 4);
    assert_eq!(db.scalar("select count(*) from jobs").await, 3);
    assert_eq!(db.scalar("select count(*) from job_notes where reason = 'a test' and job_id is not null").await, 6);
    assert!(By::new(Actor::Command, "  ").is_err());
}

#[tokio::test]
async fn a_job_says_why_it_waits() {
    let clock = Clock::fixed(Clock::System.now());
    let db = TestDb::with(clock.clone(), None).await;
    let platform = platform(&db);
    let later = clock.now() + chrono::TimeDelta::hours(1);
    let scheduled = enqueue_nil(&db, &NewJob { run_at: Some(later), ..job("work") }).await.unwrap();
    let first = enqueue_nil(&db, &job("work")).await.unwrap();
    let second = enqueue_nil(&db, &NewJob { priority: 1, ..job("work") }).await.unwrap();
    let why = async |id| console::show(&platform, NIL, id).await.unwrap().waiting;
    let nobody = Waiting::NoWorker { queue: "default".into() };
    assert_eq!(why(scheduled).await, [Waiting::Later(later), nobody.clone()]);
    assert_eq!(why(second).await, [nobody, Waiting::Behind(1)]);
    let _engine = engine(&db.db).await;
    assert_eq!(why(first).await, [Waiting::Next]);
    console::pause(&platform, "default", &by()).await.unwrap();
    assert!(matches!(&why(first).await[..], [Waiting::Paused { reason, .. }] if reason == "a test"));
    let queues = console::queues(&platform).await.unwrap();
    let default = queues.iter().find(|queue| queue.name == "default").unwrap();
    assert_eq!((default.ready, default.workers, default.paused_by.as_deref()), (2, 1, Some("command")));
    assert!(default.oldest.is_some());
}

#[tokio::test]
async fn charts_and_alerts_follow_what_was_counted() {
    let db = TestDb::new().await;
    let platform = platform(&db);
    let names: Vec<_> = alerts::alerts(&platform).await.unwrap().iter().map(alerts::Alert::name).collect();
    assert_eq!(names, ["no_worker"]);
    let engine = engine(&db.db).await;
    let now = db.db.clock().now();
    let second = chrono::TimeDelta::seconds(1);
    for n in 0..40 {
        let outcome = if n % 4 == 0 { RunOutcome::Failed } else { RunOutcome::Done };
        engine.minutes().count(now, ("work", "default"), outcome, (second, second * 2));
    }
    engine.flush().await.unwrap();
    engine.minutes().count(now, ("work", "default"), RunOutcome::Done, (second, second));
    engine.flush().await.unwrap();
    let span = (now - chrono::TimeDelta::hours(2), now + chrono::TimeDelta::hours(1));
    for step in [Step::Minute, Step::Hour] {
        let points = console::series(&platform, span, step, Some("work"), None).await.unwrap();
        assert_eq!((points[0].done, points[0].failed, points[0].wait_ms, points[0].run_ms_max), (31, 10, 1_000, 2_000));
    }
    let counts = console::counts(&platform).await.unwrap();
    assert_eq!((counts.done_hour, counts.failed_day), (31, 10));
    let names: Vec<_> = alerts::alerts(&platform).await.unwrap().iter().map(alerts::Alert::name).collect();
    assert_eq!(names, ["failures"]);
    enqueue_nil(&db, &NewJob { run_at: None, ..job("work") }).await.unwrap();
    let taken = engine.claim(&mut Claim::of("default"), 1).await.unwrap();
    let workers = console::workers(&platform).await.unwrap();
    assert_eq!((workers[0].jobs.len(), workers[0].jobs[0].id), (1, taken[0].lease.job));
    engine.settle(&taken[0], &Ended::Dead("x".into()), None).await.unwrap();
    assert!(alerts::alerts(&platform).await.unwrap().contains(&alerts::Alert::Dead(1)));
}
