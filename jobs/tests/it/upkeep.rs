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
    let tools = std::sync::Arc::new(jobs::Tools::new(shop.folder.clone()));
    assert_eq!(jobs::run_named(db, &tools, "partitions").await.unwrap(), "3 partitions created");
    assert_eq!(jobs::run_named(db, &tools, "partitions").await.unwrap(), "0 partitions created");
    let scope = shop.access.scope(Permission::WriteOrders).unwrap();
    for (key, at) in [("old", "2031-03-31T11:00:00Z"), ("new", "2031-04-02T12:00:00Z")] {
        clock.set(at.parse().unwrap());
        let tx = scope.begin().await.unwrap();
        db::idempotency::store(
            &tx,
            key,
            b"hash",
            &db::idempotency::NewAnswer { status: 201, body: b"{}", stores: &[] },
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }
    clock.set("2031-05-01T12:00:00Z".parse().unwrap());
    assert_eq!(
        jobs::run_named(db, &tools, "prune-idempotency").await.unwrap(),
        "1 idempotency keys deleted, 0 API keys deleted"
    );
    assert_eq!(
        jobs::run_named(db, &tools, "prune-idempotency").await.unwrap(),
        "0 idempotency keys deleted, 0 API keys deleted"
    );
    assert_eq!(jobs::run_named(db, &tools, "prune-sessions").await.unwrap(), "0 sessions removed");
    for (name, said) in [
        ("customer-metrics", "1 tenants queued"),
        ("daily-summaries", "0 summaries sent"),
        ("prune-feed", "0 events deleted"),
        ("prune-imports", "0 imports deleted"),
        ("prune-mail", "0 emails deleted"),
        ("send-mail", "0 sent, 0 to be retried, 0 failed"),
        ("stock-alerts", "0 low stock levels notified"),
        ("warm-cache", "0 dashboards cached, 0 computed, 0 skipped"),
    ] {
        assert_eq!(jobs::run_named(db, &tools, name).await.unwrap(), said);
    }
    assert_eq!(jobs::run_named(db, &tools, "customer-metrics").await.unwrap(), "0 tenants queued");
    let unknown = jobs::run_named(db, &tools, "dust").await.unwrap_err().to_string();
    assert!(
        unknown.contains("prune-feed, prune-idempotency, prune-imports, prune-job-runs, prune-mail, prune-sessions"),
        "{unknown}"
    );
}

#[tokio::test]
async fn random_days_are_recomputed_repaired_and_reported() {
    use db::testing;
    let shop = Shop::new().await;
    let scope = shop.access.scope(Permission::WriteOrders).unwrap();
    // One day only, so that any random day is this one; an hour before midnight in London's summer, on the next day there.
    let placed_at = "2026-06-03T23:30:00Z".parse().unwrap();
    let orders = [testing::order(&shop.store, "1", placed_at, 2), testing::order(&shop.store, "2", placed_at, 3)];
    testing::place_all(&scope, &shop.store, &orders).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let report = jobs::upkeep::rollups::verify(&shop.test.db, &stop).await.unwrap();
    assert_eq!((report.days, report.found.len()), (3, 0), "{report:?}");
    let owner = shop.test.owner(shop.access.tenant()).await;
    for sql in [
        "update rollup_days set gross = gross + 1",
        "update rollup_hours set items = 9",
        "update rollup_products set quantity = 0",
        "update rollup_product_weeks set gross = 0",
    ] {
        assert_eq!(sqlx::query(sql).execute(&owner).await.unwrap().rows_affected(), 1, "{sql}");
    }
    let tools = std::sync::Arc::new(jobs::Tools::new(shop.folder.clone()));
    let said = jobs::run_named(&shop.test.db, &tools, "verify-rollups").await.unwrap();
    assert_eq!(said, "3 days recomputed, 4 buckets repaired");
    assert!(db::rollups::verify(&scope).await.unwrap().is_empty());
    assert_eq!(shop.count("select count(*) from audit_entries where action = 'rollups.repair'").await, 1);
}

#[tokio::test]
async fn api_keys_are_forgotten_a_year_after_their_end() {
    use db::api_keys::{self, NewKey};
    use domain::permission::KeyScope;
    let clock = db::Clock::fixed("2031-04-01T12:00:00Z".parse().unwrap());
    let shop = Shop::with(db::testing::TestDb::with(clock.clone(), None).await).await;
    let scope = shop.access.scope(Permission::ManageKeys).unwrap();
    let make = async |name: &str, days: Option<i64>| {
        let expires_at = days.map(|days| clock.now() + chrono::TimeDelta::days(days));
        let new = NewKey { name: name.into(), scopes: vec![KeyScope::OrdersRead], store: None, expires_at };
        api_keys::make(&scope, &new).await.unwrap()
    };
    make("living", None).await;
    make("ran out", Some(1)).await;
    make("runs out later", Some(30)).await;
    let revoked = make("revoked", None).await;
    api_keys::revoke(&scope, revoked.id).await.unwrap();
    let left = async || {
        let mut names: Vec<String> = api_keys::list(&scope).await.unwrap().into_iter().map(|key| key.name).collect();
        names.sort();
        names
    };
    let prune = async |at: &str| {
        clock.set(at.parse().unwrap());
        jobs::upkeep::prune::ended_api_keys(&shop.test.db).await.unwrap()
    };
    assert_eq!(prune("2032-03-31T11:00:00Z").await, 0, "a year is not over");
    assert_eq!(prune("2032-04-02T13:00:00Z").await, 2);
    assert_eq!(left().await, ["living", "runs out later"]);
    assert_eq!(prune("2032-04-02T13:00:00Z").await, 0);
    assert_eq!(shop.count("select count(*) from audit_entries where action = 'api_key.forget'").await, 1);
}
