//! Workers that are killed, stopped and poisoned.

use std::time::Instant;

use db::platform::PlatformTx;
use db::testing::{self, Process, TestDb};

use super::process::worker;
use super::{MINUTE, enqueue_nil, until};

// Jobs of three tenants, `count` in all.
async fn fill(db: &TestDb, kind: &str, count: i64) {
    for slug in ["one", "two", "three"] {
        testing::tenant(&db.db, slug).await;
    }
    let mut owner = db.platform_owner().await;
    let sql = "insert into jobs (tenant_id, id, kind, queue, key, state, run_at, max_attempts, enqueued_at, actor) \
               select (array(select id from tenants))[1 + n % 3], gen_random_uuid(), $1, 'default', 'job ' || n, 'ready', now(), 5, now(), 'job' from generate_series(1, $2) n";
    sqlx::query(sql).bind(kind).bind(count).execute(&mut owner).await.unwrap();
}

// Rows of `audit_entries`, which has no door: counted tenant by tenant.
async fn effects(db: &TestDb) -> (i64, i64) {
    let (mut all, mut once) = (0, 0);
    for slug in ["one", "two", "three"] {
        let access = db::platform::Platform::command(db.db.clone()).enter(slug).await.unwrap();
        let owner = db.owner(access.tenant()).await;
        let sql = "select count(*), count(distinct subject) from audit_entries where action = 'effect'";
        let counts: (i64, i64) = sqlx::query_as(sql).fetch_one(&owner).await.unwrap();
        (all, once) = (all + counts.0, once + counts.1);
        owner.close().await;
    }
    (all, once)
}

const LEFT: &str = "select count(*) from jobs where state <> 'dead'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_lose_and_double_nothing_and_leave_nothing_stuck() {
    let (count, kills) = if testing::full_counts() { (100_000, 50) } else { (1_500, 4) };
    let db = TestDb::new().await;
    fill(&db, "effect", count).await;
    let mut workers: Vec<Process> = (0..2).map(|_| worker(&db, 16)).collect();
    for kill in 0..kills {
        // While there is work for it to be torn from.
        let enough = (kill + 1) * count / (kills + 2);
        let done = "select count(*) from job_runs where outcome = 'done'";
        let progress = async || (db.scalar(done).await >= enough).then_some(());
        testing::within(MINUTE * 10, "there is progress", progress).await;
        let victim = usize::try_from(kill % 2).unwrap();
        workers[victim].kill();
        workers[victim] = worker(&db, 16);
    }
    until(&db, LEFT, 0, MINUTE * 20).await;
    assert_eq!(db.scalar("select count(*) from jobs").await, 0);
    assert_eq!(effects(&db).await, (count, count));
    let crashed = db.scalar("select count(*) from job_runs where outcome = 'crashed'").await;
    println!("{count} jobs, {kills} kills: every effect once, {crashed} attempts ended with their process");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_workers_jobs_are_done_by_others_within_a_minute() {
    let db = TestDb::new().await;
    fill(&db, "slow_effect", 3).await;
    let mut dying = worker(&db, 8);
    until(&db, "select count(*) from jobs where state = 'running'", 3, MINUTE).await;
    dying.kill();
    let begun = Instant::now();
    let _other = worker(&db, 8);
    until(&db, LEFT, 0, MINUTE).await;
    // A minute is the promise.
    assert!(begun.elapsed() < MINUTE);
    assert_eq!(effects(&db).await, (3, 3));
    assert_eq!(db.scalar("select count(*) from job_runs where outcome = 'crashed'").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_stopped_past_its_lease_can_write_nothing_when_it_goes_on() {
    let (rounds, places) = if testing::full_counts() { (8, 25) } else { (1, 10) };
    let db = TestDb::new().await;
    for slug in ["one", "two", "three"] {
        testing::tenant(&db.db, slug).await;
    }
    let mut all = 0;
    for _ in 0..rounds {
        let count = i64::try_from(places).unwrap();
        let stopped = worker(&db, places);
        refill(&db, count).await;
        until(&db, "select count(*) from jobs where state = 'running'", count, MINUTE).await;
        stopped.signal("STOP");
        let other = worker(&db, places);
        until(&db, LEFT, 0, MINUTE * 2).await;
        all += count;
        assert_eq!(effects(&db).await, (all, all));
        stopped.signal("CONT");
        let refused = "select count(*) from job_runs where outcome = 'stale'";
        until(&db, refused, all, MINUTE).await;
        assert_eq!(effects(&db).await, (all, all), "what it held was done by others, once");
        drop((stopped, other));
    }
    println!("{all} of {all} writes of stopped workers were refused");
}

async fn refill(db: &TestDb, count: i64) {
    let mut owner = db.platform_owner().await;
    let sql = "insert into jobs (tenant_id, id, kind, queue, state, run_at, max_attempts, enqueued_at, actor) \
               select (array(select id from tenants))[1 + n % 3], gen_random_uuid(), 'slow_effect', 'default', 'ready', now(), 5, now(), 'job' from generate_series(1, $1) n";
    sqlx::query(sql).bind(count).execute(&mut owner).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_kills_its_process_is_parked_after_three_and_others_are_done() {
    let db = TestDb::new().await;
    fill(&db, "slow_effect", 12).await;
    let poison = enqueue_nil(&db, "poison").await;
    let mut running = worker(&db, 8);
    let parked = async || {
        if !running.is_alive() {
            running = worker(&db, 8);
        }
        (db.scalar("select count(*) from jobs where state <> 'parked'").await == 0).then_some(())
    };
    testing::within(MINUTE * 4, "it is parked", parked).await;
    assert_eq!(effects(&db).await, (12, 12));
    let platform = db::platform::Platform::command(db.db.clone());
    let detail = db::queue::console::show(&platform, PlatformTx::NIL, poison).await.unwrap();
    assert_eq!((detail.job.unwrap().crashes, detail.runs.len()), (3, 3));
    assert_eq!(db.scalar("select count(*) from job_runs where outcome = 'parked'").await, 1);
}
