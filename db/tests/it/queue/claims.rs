//! Taking jobs: fair between tenants, urgent and old ones first, never one twice.

use std::collections::HashSet;

use db::queue::engine::{Claim, Ended};
use db::queue::{NewJob, console};
use db::testing::{self, TestDb};
use domain::permission::Permission;

use super::{by, engine, enqueue_many, enqueue_nil, job, platform};

/// Gives a tenant `count` jobs at once.
async fn flood(db: &TestDb, tenant: domain::ids::TenantId, count: i32) {
    let mut owner = db.platform_owner().await;
    let sql = "insert into jobs (tenant_id, id, kind, queue, state, run_at, max_attempts, enqueued_at, actor) \
               select $1, gen_random_uuid(), 'flood', 'default', 'ready', now() - interval '1 hour', 5, now(), 'job' from generate_series(1, $2)";
    sqlx::query(sql).bind(tenant.0).bind(count).execute(&mut owner).await.unwrap();
}

#[tokio::test]
async fn a_flood_of_one_tenant_delays_anothers_first_job_by_at_most_one_claim() {
    let db = TestDb::new().await;
    let (busy, calm) = (testing::tenant(&db.db, "busy").await, testing::tenant(&db.db, "calm").await);
    flood(&db, busy.tenant(), if testing::full_counts() { 100_000 } else { 5_000 }).await;
    let engine = engine(&db.db).await;
    for places in [1, 2, 3, 8, 16] {
        let mut claim = Claim::of("default");
        // The round stands anywhere.
        for _ in 0..places % 3 {
            for taken in engine.claim(&mut claim, places).await.unwrap() {
                engine.settle(&taken, &Ended::Done, None).await.unwrap();
            }
        }
        enqueue_many(&calm, "calm", 1).await;
        let mut waited = 0;
        loop {
            let taken = engine.claim(&mut claim, places).await.unwrap();
            assert!(!taken.is_empty());
            let came = taken.iter().any(|job| job.kind == "calm");
            for job in &taken {
                engine.settle(job, &Ended::Done, None).await.unwrap();
            }
            if came {
                break;
            }
            waited += 1;
        }
        assert!(waited <= 1, "{places} places: it waited for {waited} claims");
    }
}

#[tokio::test]
async fn of_many_tenants_each_gets_its_turn_before_any_gets_a_second() {
    let db = TestDb::new().await;
    let mut tenants = HashSet::new();
    for n in 0..12 {
        let access = testing::tenant(&db.db, &format!("t{n}")).await;
        tenants.insert(access.tenant());
        enqueue_many(&access, "work", 9).await;
    }
    let engine = engine(&db.db).await;
    for places in [1_i64, 5, 7, 12] {
        let mut claim = Claim::of("default");
        let mut seen = Vec::new();
        while seen.len() < 12 {
            let taken = engine.claim(&mut claim, places).await.unwrap();
            seen.extend(taken.iter().map(|job| job.lease.tenant));
            for job in &taken {
                engine.settle(job, &Ended::Snoozed(job.ready_at), None).await.unwrap();
            }
            engine.stage().await.unwrap();
        }
        let first: HashSet<_> = seen[..12].iter().copied().collect();
        assert_eq!(first, tenants, "{places} places");
    }
}

#[tokio::test]
async fn within_a_tenant_urgent_ones_go_first_then_old_ones() {
    let db = TestDb::new().await;
    for (kind, priority) in [("later", 5), ("usual", 0), ("urgent", -5), ("usual too", 0)] {
        enqueue_nil(&db, &NewJob { priority, ..job(kind) }).await.unwrap();
    }
    let engine = engine(&db.db).await;
    let mut claim = Claim::of("default");
    let mut order = Vec::new();
    while let Some(taken) = engine.claim(&mut claim, 1).await.unwrap().pop() {
        order.push(taken.kind);
    }
    assert_eq!(order, ["urgent", "usual", "usual too", "later"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_at_once_never_take_one_job_twice() {
    let db = TestDb::new().await;
    for slug in ["a", "b", "c"] {
        enqueue_many(&testing::tenant(&db.db, &format!("tenant-{slug}")).await, "work", 100).await;
    }
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let engine = engine(&db.db).await;
        tasks.push(tokio::spawn(async move {
            let (mut claim, mut taken, mut empty) = (Claim::of("default"), Vec::new(), 0);
            while empty < 20 {
                let got = engine.claim(&mut claim, 7).await.unwrap();
                empty = if got.is_empty() { empty + 1 } else { 0 };
                taken.extend(got.into_iter().map(|job| job.lease.job));
            }
            taken
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    let once: HashSet<_> = all.iter().copied().collect();
    assert_eq!((all.len(), once.len()), (300, 300));
}

#[tokio::test]
async fn a_paused_queue_is_left_alone_and_others_are_not() {
    let db = TestDb::new().await;
    enqueue_nil(&db, &job("work")).await.unwrap();
    enqueue_nil(&db, &NewJob { queue: "heavy", ..job("work") }).await.unwrap();
    let engine = engine(&db.db).await;
    assert!(console::pause(&platform(&db), "default", &by()).await.unwrap());
    assert!(!console::pause(&platform(&db), "default", &by()).await.unwrap());
    assert!(engine.claim(&mut Claim::of("default"), 5).await.unwrap().is_empty());
    assert_eq!(engine.claim(&mut Claim::of("heavy"), 5).await.unwrap().len(), 1);
    assert!(console::resume(&platform(&db), "default", &by()).await.unwrap());
    assert_eq!(engine.claim(&mut Claim::of("default"), 5).await.unwrap().len(), 1);
    assert!(console::pause(&platform(&db), "none", &by()).await.is_err());
}

#[tokio::test]
async fn an_enqueued_job_rings_at_once_and_only_after_the_commit() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let engine = engine(&db.db).await;
    let mut bell = engine.bell();
    let tx = access.scope(Permission::WriteOrders).unwrap().begin().await.unwrap();
    db::queue::enqueue(&tx, &job("work")).await.unwrap();
    assert!(!bell.has_changed().unwrap());
    tx.commit().await.unwrap();
    assert!(bell.has_changed().unwrap());
    bell.mark_unchanged();
    // From another process it comes by NOTIFY.
    let other = db.another(None).await;
    let listening = tokio::spawn({
        let engine = engine.clone();
        async move { engine.listen().await }
    });
    db.until_listening("stoa_jobs").await;
    let tx = db::platform::Platform::command(other).begin().await.unwrap();
    db::queue::enqueue_for_platform(&tx, super::NIL, &job("work")).await.unwrap();
    tx.commit().await.unwrap();
    tokio::time::timeout(testing::PATIENCE, bell.changed()).await.unwrap().unwrap();
    listening.abort();
}
