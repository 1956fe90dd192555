//! Enqueuing: with the caller's transaction or not at all; once by key; in one's own tenant only.

use db::DataError;
use db::queue::{self, NewJob};
use db::testing::{self, TestDb};
use domain::permission::Permission;

use super::{engine, enqueue_nil, job};

#[tokio::test]
async fn a_job_exists_if_and_only_if_its_transaction_commits() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let tx = scope.begin().await.unwrap();
    assert!(queue::enqueue(&tx, &job("work")).await.unwrap().is_some());
    drop(tx);
    assert_eq!(db.scalar("select count(*) from jobs").await, 0);
    let tx = scope.begin().await.unwrap();
    queue::enqueue(&tx, &job("work")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(db.scalar("select count(*) from jobs where state = 'ready' and actor = 'command'").await, 1);
    let tx = scope.begin().await.unwrap();
    let error = queue::enqueue(&tx, &NewJob { queue: "fast", ..job("work") }).await.unwrap_err().to_string();
    assert!(error.contains("use one of default, heavy, mail"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_live_once_however_many_enqueue_it_at_once() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let keyed = NewJob { key: Some("k".into()), ..job("work") };
    for round in 1..=10 {
        let tasks = (0..20).map(|_| {
            let (scope, keyed) = (access.scope(Permission::WriteOrders).unwrap(), keyed.clone());
            tokio::spawn(async move {
                let tx = scope.begin().await.unwrap();
                let made = queue::enqueue(&tx, &keyed).await.unwrap();
                tx.commit().await.unwrap();
                usize::from(made.is_some())
            })
        });
        let mut made = 0;
        for task in tasks.collect::<Vec<_>>() {
            made += task.await.unwrap();
        }
        assert_eq!(made, 1, "round {round}");
        let engine = engine(&db.db).await;
        let taken = engine.claim(&mut db::queue::engine::Claim::of("default"), 5).await.unwrap();
        assert_eq!(taken.len(), 1);
        // While it runs it is live; dead it no longer stands in the way.
        let tx = access.scope(Permission::WriteOrders).unwrap().begin().await.unwrap();
        assert!(queue::enqueue(&tx, &keyed).await.unwrap().is_none());
        tx.commit().await.unwrap();
        engine.settle(&taken[0], &db::queue::engine::Ended::Dead("x".into()), None).await.unwrap();
        engine.close().await;
    }
    assert_eq!(db.scalar("select count(*) from jobs where state = 'dead'").await, 10);
}

#[tokio::test]
async fn keys_of_tenants_and_kinds_do_not_meet() {
    let db = TestDb::new().await;
    let keyed = |kind| NewJob { key: Some("k".into()), ..job(kind) };
    for slug in ["ours", "theirs"] {
        let access = testing::tenant(&db.db, slug).await;
        let tx = access.scope(Permission::WriteOrders).unwrap().begin().await.unwrap();
        assert!(queue::enqueue(&tx, &keyed("a")).await.unwrap().is_some());
        assert!(queue::enqueue(&tx, &keyed("b")).await.unwrap().is_some());
        tx.commit().await.unwrap();
    }
    assert!(enqueue_nil(&db, &keyed("a")).await.is_some());
}

#[tokio::test]
async fn a_tenant_sees_and_finishes_its_own_jobs_only() {
    let db = TestDb::new().await;
    let (ours, theirs) = (testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await);
    super::enqueue_many(&theirs, "work", 2).await;
    let engine = engine(&db.db).await;
    let taken = engine.claim(&mut db::queue::engine::Claim::of("default"), 1).await.unwrap();
    let foreign = taken[0].lease;
    let scope = ours.scope(Permission::ReadOrders).unwrap();
    let tx = scope.begin().await.unwrap();
    assert!(matches!(queue::finish(&tx, &foreign).await, Err(DataError::Refused(_))));
    drop(tx);
    use db::queue::console::{JobFilter, RunFilter, counts_of, history_of, jobs_of, show_of};
    use domain::jobs::JobState;
    use domain::page::Limit;
    engine.settle(&taken[0], &db::queue::engine::Ended::Done, None).await.unwrap();
    let broken = scope.clone().with_broken_filter(theirs.tenant());
    for scope in [&scope, &broken] {
        for state in JobState::ALL {
            assert!(jobs_of(scope, &JobFilter::of(state), None, Limit::default()).await.unwrap().rows.is_empty());
            let named = JobFilter { tenant: Some(theirs.tenant()), ..JobFilter::of(state) };
            assert!(jobs_of(scope, &named, None, Limit::default()).await.unwrap().rows.is_empty());
        }
        assert!(history_of(scope, &RunFilter::default(), None, Limit::default()).await.unwrap().rows.is_empty());
        assert_eq!(counts_of(scope).await.unwrap().ready.number(), 0);
        assert!(matches!(show_of(scope, foreign.job).await, Err(DataError::NotFound("job"))));
    }
    let own = theirs.scope(Permission::ReadOrders).unwrap();
    assert_eq!(counts_of(&own).await.unwrap().ready.number(), 1);
    assert_eq!(show_of(&own, foreign.job).await.unwrap().runs.len(), 1);
    db.tear_down_walls().await;
    assert!(matches!(show_of(&scope, foreign.job).await, Err(DataError::NotFound("job"))));
    assert!(history_of(&scope, &RunFilter::default(), None, Limit::default()).await.unwrap().rows.is_empty());
    assert_eq!(counts_of(&scope).await.unwrap().ready.number(), 0);
}
