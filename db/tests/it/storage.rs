//! Files that a tenant keeps: how many fit, and when there will be too many.

use chrono::TimeDelta;
use db::imports::{Begin, Created, NewRun, create};
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Clock, DataError, Scope};
use domain::limits::{Level, Limit};

use crate::limits::{of, on_tier, scope};

/// A file that waits to be checked.
pub async fn file(scope: &Scope, store: &Store, size: u64, name: &str) -> Result<Created, DataError> {
    let new = NewRun {
        store,
        format: domain::imports::Format::OrdersJsonl,
        file_name: name,
        file_path: "/nowhere",
        file_size: size,
        file_hash: name.as_bytes(),
        mode: Default::default(),
        begin: Begin::Check,
    };
    create(scope, new).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_files_at_once_one_fits_and_of_many_products_all_are_counted() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let north = testing::store(&access, "north", "Europe/London", "GBP").await;
    on_tier(&db, "ours", "two", &[(Limit::StorageBytes, 20), (Limit::Products, 2)]).await;
    let write = scope(&access);
    file(&write, &north, 10, "first").await.unwrap();
    let now = db.db.clock().now();
    let order = move |sku: &str| {
        let body = serde_json::json!({"store": "north", "number": sku, "placed_at": now.to_rfc3339(), "currency": "GBP",
            "items": [{"sku": sku, "title": sku, "quantity": 1, "unit_price": 500}]});
        domain::orders::new_order::Draft::checked_from_json(&body, now).unwrap().1
    };
    testing::place_all(&write, &north, &[order("first")]).await;
    let tasks: Vec<_> = (0..64)
        .map(|n| {
            let (write, north) = (write.clone(), north.clone());
            tokio::spawn(async move {
                let name = format!("n{n}");
                testing::place_all(&write, &north, &[order(&name)]).await;
                file(&write, &north, 10, &name).await
            })
        })
        .collect();
    let mut stored = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => stored += 1,
            Err(DataError::AtLimit(reached)) => {
                assert_eq!((reached.limit, reached.allowed, reached.used), (Limit::StorageBytes, 20, 20));
            }
            Err(error) => panic!("{error}"),
        }
    }
    let storage = of(&write, Limit::StorageBytes).await;
    assert_eq!((stored, storage.used, storage.level()), (1, Some(20), Level::Full));
    let products = of(&write, Limit::Products).await;
    assert_eq!((products.used, products.level()), (Some(65), Level::Over), "none is lost, and none is counted twice");
    assert!(products.over_since.is_some());
    let orders = db::orders::summary::summary(&write, &domain::orders::OrderQuery::default()).await.unwrap().found;
    assert_eq!(orders, 65);
}

#[tokio::test]
async fn storage_is_foreseen_by_how_much_more_is_kept() {
    let now: chrono::DateTime<chrono::Utc> = "2026-11-11T00:00:00Z".parse().unwrap();
    let clock = Clock::fixed(now);
    let db = TestDb::with(clock.clone(), None).await;
    let access = testing::tenant(&db.db, "ours").await;
    let north = testing::store(&access, "north", "Europe/London", "GBP").await;
    on_tier(&db, "ours", "small", &[(Limit::StorageBytes, 900)]).await;
    let write = scope(&access);
    clock.set(now - TimeDelta::days(40));
    file(&write, &north, 100, "stays").await.unwrap();
    file(&write, &north, 50, "went").await.unwrap();
    clock.set(now - TimeDelta::days(20));
    file(&write, &north, 240, "came").await.unwrap();
    let place = db::backups::Place::Tenant(write.clone());
    let new = db::backups::NewBackup {
        kind: domain::backups::Kind::Database,
        trigger: domain::backups::Trigger::Schedule,
        recipient: None,
        days: 90,
    };
    let db::backups::Began::Mine(claim) = db::backups::begin(&place, &new).await.unwrap() else {
        panic!("another runs")
    };
    let done = db::backups::Done { bytes: 60, rows: 1, tables: 1, ..db::backups::Done::default() };
    db::backups::store(&place, &claim, &done).await.unwrap();
    clock.set(now);
    let owner = db.owner(access.tenant()).await;
    let sql = "update import_runs set status = 'failed', finished_at = $1 where file_name = 'went'";
    sqlx::query(sql).bind(now - TimeDelta::days(5)).execute(&owner).await.unwrap();
    // From 150 to 400 in thirty days: the 500 that are left take sixty.
    let storage = of(&write, Limit::StorageBytes).await;
    assert_eq!((storage.used, storage.forecast), (Some(400), Some(now + TimeDelta::days(60))));
    sqlx::query("update import_runs set status = 'done', finished_at = $1 where file_name = 'came'")
        .bind(now)
        .execute(&owner)
        .await
        .unwrap();
    assert_eq!(of(&write, Limit::StorageBytes).await.forecast, None, "as much went as came");
}
