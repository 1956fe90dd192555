//! Locks: one holder, a fence that grows, and no write by who was.

use std::time::Duration;

use db::queue::console;
use db::queue::locks::{guard, guard_for_platform, release, renew, take};
use db::testing::{self, TestDb};
use db::{DataError, Db};
use domain::permission::Permission;

use super::{by, platform};

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_lock_has_one_holder_and_its_fence_grows() {
    let db = TestDb::new().await;
    let first = take(&db.db, "backup", "a", LONG, "full").await.unwrap().unwrap();
    assert!(take(&db.db, "backup", "b", LONG, "").await.unwrap().is_none());
    assert!(renew(&db.db, &first, LONG).await.unwrap());
    assert!(release(&db.db, &first).await.unwrap());
    let second = take(&db.db, "backup", "b", LONG, "").await.unwrap().unwrap();
    assert!(second.fence > first.fence);
    assert!(!renew(&db.db, &first, LONG).await.unwrap() && !release(&db.db, &first).await.unwrap());
}

#[tokio::test]
async fn a_stale_holders_write_is_refused_two_hundred_of_two_hundred() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    for n in 0..200 {
        let name = format!("lock-{n}");
        let stale = take(&db.db, &name, "slow", Duration::from_millis(1), "").await.unwrap().unwrap();
        let taken = async || take(&db.db, &name, "quick", LONG, "").await.unwrap();
        let new = testing::eventually("the lease has run out", taken).await;
        let tx = scope.begin().await.unwrap();
        assert!(matches!(guard(&tx, &stale).await, Err(DataError::Refused(_))));
        guard(&tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        let tx = platform(&db).begin().await.unwrap();
        assert!(guard_for_platform(&tx, &stale).await.is_err());
        guard_for_platform(&tx, &new).await.unwrap();
    }
}

#[tokio::test]
async fn a_lock_is_not_taken_over_while_its_holder_writes() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let lock = take(&db.db, "l", "a", Duration::from_secs(2), "").await.unwrap().unwrap();
    let tx = access.scope(Permission::WriteOrders).unwrap().begin().await.unwrap();
    guard(&tx, &lock).await.unwrap();
    let other: Db = db.another(None).await;
    let taking = tokio::spawn(async move { take(&other, "l", "b", LONG, "").await.unwrap() });
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let over = "select count(*) from job_locks where lease_until <= clock_timestamp()";
    for (what, sql) in [("another waits for it", waits), ("its lease has run out", over)] {
        testing::eventually(what, async || (db.scalar(sql).await == 1).then_some(())).await;
    }
    assert!(!taking.is_finished(), "its lease ran out, but it is in the midst of writing");
    tx.commit().await.unwrap();
    assert!(taking.await.unwrap().is_some());
}

#[tokio::test]
async fn a_lock_is_broken_with_a_reason() {
    let db = TestDb::new().await;
    let lock = take(&db.db, "l", "a", LONG, "import").await.unwrap().unwrap();
    assert_eq!(console::locks(&platform(&db)).await.unwrap()[0].reason, "import");
    assert!(console::break_lock(&platform(&db), "l", &by()).await.unwrap());
    assert!(!console::break_lock(&platform(&db), "l", &by()).await.unwrap());
    let tx = platform(&db).begin().await.unwrap();
    assert!(guard_for_platform(&tx, &lock).await.is_err());
    drop(tx);
    let notes = console::notes(&platform(&db), None, domain::page::Limit::default()).await.unwrap().rows;
    assert_eq!((notes[0].action.as_str(), notes[0].reason.as_str()), ("break_lock", "a test"));
    assert!(take(&db.db, "l", "b", LONG, "").await.unwrap().is_some());
}
