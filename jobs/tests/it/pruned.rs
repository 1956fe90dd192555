//! What tenants no longer keep: old events and old imports, by their own settings.

use db::settings::change_tenant;
use db::testing::{self, TestDb};
use db::{Access, Clock};
use domain::permission::Permission;
use domain::settings::TenantForm;
use tokio_util::sync::CancellationToken;

use crate::expired::checked_run;
use crate::setup::Shop;

async fn choose(access: &Access, name: &str, value: &str) {
    let scope = access.scope(Permission::ManageStores).unwrap();
    change_tenant(&scope, TenantForm::General, &[(name.to_owned(), value.to_owned())]).await.unwrap();
}

/// A feed of exactly so many events, all of them made now.
async fn fed(shop: &Shop, access: &Access, events: i64) {
    let owner = shop.test.owner(access.tenant()).await;
    for sql in [
        "insert into feed_events (tenant_id, seq, kind, at, data) select h.tenant_id, n, 'figures.rebuilt', now(), '{}' \
         from feed_heads h, generate_series(h.last_seq + 1, $1) n",
        "update feed_heads set last_seq = $1",
    ] {
        sqlx::query(sql).bind(events).execute(&owner).await.unwrap();
    }
    aged(shop, access, 1, events, 0).await;
}

async fn aged(shop: &Shop, access: &Access, from: i64, to: i64, days: i32) {
    let owner = shop.test.owner(access.tenant()).await;
    let sql = "update feed_events set at = $3 - make_interval(days => $4) where seq between $1 and $2";
    let now = shop.test.db.clock().now();
    sqlx::query(sql).bind(from).bind(to).bind(now).bind(days).execute(&owner).await.unwrap();
}

/// The first event, the last one, how many there are, and what the head says is the first.
async fn kept(shop: &Shop, access: &Access) -> (i64, i64, i64, i64) {
    let owner = shop.test.owner(access.tenant()).await;
    let sql =
        "select min(e.seq), max(e.seq), count(*), h.first_seq from feed_events e, feed_heads h group by h.first_seq";
    sqlx::query_as(sql).fetch_one(&owner).await.unwrap()
}

#[tokio::test]
async fn old_events_go_by_each_tenants_setting_and_the_newest_stay_without_a_hole() {
    let clock = Clock::fixed("2031-05-01T12:00:00Z".parse().unwrap());
    let shop = Shop::with(TestDb::with(clock, None).await).await;
    let (ours, small) = (shop.access.clone(), testing::tenant(&shop.test.db, "small").await);
    testing::store(&small, "main", "UTC", "GBP").await;
    fed(&shop, &ours, 17_000).await;
    fed(&shop, &small, 10_000).await;
    aged(&shop, &small, 1, 10_000, 3_000).await;
    aged(&shop, &ours, 1, 6_200, 100).await;
    aged(&shop, &ours, 6_201, 6_500, 60).await;
    // Clocks of writers differ: a young one among old ones ends what may go.
    aged(&shop, &ours, 5_801, 5_801, 1).await;
    let prune = async || jobs::upkeep::prune::events(&shop.test.db, &CancellationToken::new()).await.unwrap();

    assert_eq!(prune().await, 5_800, "in two batches");
    assert_eq!(kept(&shop, &ours).await, (5_801, 17_000, 11_200, 5_801));
    aged(&shop, &ours, 5_801, 5_801, 100).await;
    assert_eq!(prune().await, 400);
    assert_eq!(prune().await, 0);
    choose(&ours, "event_days", "30").await;
    assert_eq!(prune().await, 300);
    assert_eq!(kept(&shop, &ours).await, (6_501, 17_000, 10_500, 6_501));
    aged(&shop, &ours, 1, 17_000, 3_000).await;
    assert_eq!(prune().await, 500);
    assert_eq!(kept(&shop, &ours).await, (7_001, 17_000, 10_000, 7_001), "the newest stay however old they are");
    assert_eq!(kept(&shop, &small).await, (1, 10_000, 10_000, 1));
    let stopped = CancellationToken::new();
    stopped.cancel();
    choose(&small, "event_days", "7").await;
    assert_eq!(jobs::upkeep::prune::events(&shop.test.db, &stopped).await.unwrap(), 0);
    let order = testing::order(&shop.store, "1", shop.test.db.clock().now(), 1);
    testing::place_all(&ours.scope(Permission::WriteOrders).unwrap(), &shop.store, &[order]).await;
    assert_eq!(kept(&shop, &ours).await, (7_001, 17_001, 10_001, 7_001), "the feed goes on where it was");
}

#[tokio::test]
async fn old_imports_are_deleted_only_where_configured_and_orders_never() {
    let shop = Shop::new().await;
    let owner = shop.test.owner(shop.access.tenant()).await;
    let order = testing::order(&shop.store, "1", shop.test.db.clock().now(), 1);
    testing::place_all(&shop.access.scope(Permission::WriteOrders).unwrap(), &shop.store, &[order]).await;
    let mut files = Vec::new();
    for (name, status, ended) in [
        ("done", "done", Some(31)),
        ("failed", "failed", Some(400)),
        ("recent", "done", Some(29)),
        ("running", "running", None),
        ("waiting", "checked", None),
    ] {
        let (id, path) = checked_run(&shop, name).await;
        let sql = "update import_runs set status = $2, created_at = now() - interval '500 days', \
                   finished_at = now() - make_interval(days => $3) where id = $1";
        sqlx::query(sql).bind(id.0).bind(status).bind(ended).execute(&owner).await.unwrap();
        let sql = "insert into import_problems (tenant_id, import_id, line, position, kind, reason) \
                   select $1, $2, n, 0, 'rejected', 'wrong' from generate_series(1, 40) n";
        sqlx::query(sql).bind(shop.access.tenant().0).bind(id.0).execute(&owner).await.unwrap();
        files.push(path);
    }
    let prune = async || {
        jobs::upkeep::prune::import_runs(&shop.test.db, &shop.folder, &CancellationToken::new()).await.unwrap()
    };
    assert_eq!(prune().await, 0, "imports are kept for ever unless somebody says otherwise");
    choose(&shop.access, "import_days", "30").await;

    assert_eq!((prune().await, prune().await), (2, 0));

    assert_eq!(shop.count("select count(*) from import_runs where file_name in ('done', 'failed')").await, 0);
    assert_eq!(shop.count("select count(*) from import_runs").await, 3);
    assert_eq!(shop.count("select count(*) from import_problems").await, 3 * 40);
    assert_eq!(shop.count("select count(*) from audit_entries where action = 'import.prune'").await, 2);
    assert_eq!(shop.count("select count(*) from orders").await, 1);
    assert_eq!(files.iter().map(|path| path.exists()).collect::<Vec<_>>(), [false, false, true, true, true]);
}
