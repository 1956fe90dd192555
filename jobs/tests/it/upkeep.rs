//! The jobs that are done by name.

use db::Clock;
use db::testing::TestDb;
use domain::permission::Permission;

use crate::setup::Shop;

#[tokio::test]
async fn each_job_does_its_work_and_twice_is_harmless() {
    let clock = Clock::fixed("2031-05-01T12:00:00Z".parse().unwrap());
    let shop = Shop::with(TestDb::with(clock.clone(), None).await).await;
    let db = &shop.test.db;
    assert_eq!(jobs::run_named(db, "partitions").await.unwrap(), "3 quarters made");
    assert_eq!(jobs::run_named(db, "partitions").await.unwrap(), "0 quarters made");
    let scope = shop.access.scope(Permission::WriteOrders).unwrap();
    for (key, at) in [("old", "2031-03-31T11:00:00Z"), ("new", "2031-04-02T12:00:00Z")] {
        clock.set(at.parse().unwrap());
        let tx = scope.begin().await.unwrap();
        db::idempotency::store(&tx, key, b"hash", 201, b"{}").await.unwrap();
        tx.commit().await.unwrap();
    }
    clock.set("2031-05-01T12:00:00Z".parse().unwrap());
    assert_eq!(jobs::run_named(db, "prune-idempotency").await.unwrap(), "1 keys removed");
    assert_eq!(jobs::run_named(db, "prune-idempotency").await.unwrap(), "0 keys removed");
    assert_eq!(jobs::run_named(db, "prune-sessions").await.unwrap(), "0 sessions removed");
    let unknown = jobs::run_named(db, "dust").await.unwrap_err().to_string();
    assert!(unknown.contains("use one of partitions, prune-idempotency, prune-sessions"), "{unknown}");
}
