//! Partitions as others see them: what the net costs a list, what of upkeep is open to the app, and what the overview
//! says.

use chrono::Duration;
use db::Clock;
use db::orders::list;
use db::partitions::{self, Table, bounds, runway, upkeep};
use db::platform::Platform;
use db::testing::{self, TestDb};
use domain::orders::{NewOrder, OrderQuery};
use sqlx::{Connection, PgConnection};

use crate::partitions::{at, into_the_net, shop};

#[tokio::test]
async fn the_net_costs_a_bounded_list_nothing_and_an_open_one_a_probe() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    let start = at("2026-01-05T10:00:00Z");
    let orders: Vec<NewOrder> =
        (0..2_000).map(|n| testing::order(&store, &n.to_string(), start + Duration::hours(3) * n, 1)).collect();
    for some in orders.chunks(1_000) {
        testing::place_all(&scope, &store, some).await;
    }
    let owner = db.owner(access.tenant()).await;
    sqlx::query("analyze orders, order_items, order_refs, customers, variants").execute(&owner).await.unwrap();
    let tx = scope.begin().await.unwrap();
    let day = |text: &str| Some(text.parse().unwrap());
    let bounded = OrderQuery { from: day("2026-02-01"), to: day("2026-02-10"), ..OrderQuery::default() };
    let plan = list::explain(&tx, &bounded).await.unwrap();
    assert!(
        plan.contains("orders_2026q1") && !plan.contains("orders_default") && !plan.contains("orders_2026q2"),
        "{plan}"
    );
    let plan = list::explain(&tx, &OrderQuery::default()).await.unwrap();
    assert!(plan.contains("orders_default") && !plan.contains("Seq Scan on orders"), "{plan}");
}

#[tokio::test]
async fn the_door_of_upkeep_is_none_for_the_app() {
    let db = TestDb::new().await;
    let (ours, store, scope) = shop(&db).await;
    into_the_net(&db, &scope, &store, "2019q2", 3).await;
    let mut app = PgConnection::connect(&db.url).await.unwrap();
    for (name, value) in [("app.upkeep", "on"), ("app.platform", "on"), ("app.tenant", &testing_tenant())] {
        sqlx::query("select set_config($1, $2, false)").bind(name).bind(value).execute(&mut app).await.unwrap();
    }
    let rows: i64 = sqlx::query_scalar("select count(*) from orders").fetch_one(&mut app).await.unwrap();
    assert_eq!(rows, 0, "with upkeep's door open the app sees nothing of others");
    for sql in [
        "select * from orders_default",
        "select * from order_items_default",
        "select stoa_wall_partition('orders_default')",
        "select stoa_open_upkeep(true)",
        "select stoa_make_quarter('tenants', '2026-01-01')",
        "select stoa_make_quarter('orders; drop table orders', '2026-01-01')",
        "select stoa_make_quarter('orders', '1989-01-01')",
        "select stoa_make_quarter(null, '2026-01-01')",
        "select stoa_fill_quarter('users', '2026-01-01', 1)",
        "select stoa_analyse_quarter('orders', '2199-01-01')",
        "alter table orders detach partition orders_default",
    ] {
        assert!(sqlx::query(sql).execute(&mut app).await.is_err(), "{sql}");
    }
    // Nor is the door left open behind a function in the same transaction.
    sqlx::query("begin").execute(&mut app).await.unwrap();
    sqlx::query("select set_config('app.upkeep', '', true)").execute(&mut app).await.unwrap();
    sqlx::query("select * from stoa_default_rows(10)").execute(&mut app).await.unwrap();
    let open: String = sqlx::query_scalar("select current_setting('app.upkeep')").fetch_one(&mut app).await.unwrap();
    assert_eq!(open, "");
    drop(ours);
}

fn testing_tenant() -> String {
    domain::ids::Uuid::nil().to_string()
}

#[tokio::test]
async fn the_overview_says_how_the_partitions_are() {
    let clock = Clock::fixed(at("2026-11-21T12:00:00Z"));
    let db = TestDb::with(clock, None).await;
    let (_, store, scope) = shop(&db).await;
    let platform = Platform::command(db.db.clone());
    testing::place_all(&scope, &store, &[testing::order(&store, "1", at("2024-02-29T12:00:00Z"), 1)]).await;
    into_the_net(&db, &scope, &store, "2019q2", 3).await;
    let seen = partitions::overview(&platform, 8).await.unwrap();
    assert_eq!(seen.default_rows, 9);
    assert_eq!(seen.waiting.len(), 2);
    assert_eq!(
        (seen.quarters.last().unwrap().quarter.to_string(), seen.quarters.last().unwrap().tables.len()),
        ("2024q1".into(), 2)
    );
    let going = seen.next_to_go.unwrap();
    assert_eq!((going.quarter.to_string(), going.at), ("2024q1".into(), at("2026-04-01T00:00:00Z")));
    assert!(partitions::overview(&platform, 0).await.unwrap().next_to_go.is_none());
    assert!(seen.upkeep.is_empty() && seen.last_made_at.is_some() && seen.archives.is_empty());
    upkeep::note(&db.db, Table::Orders, None).await.unwrap();
    upkeep::note(&db.db, Table::Orders, Some("no room")).await.unwrap();
    let row = &partitions::overview(&platform, 8).await.unwrap().upkeep[0];
    assert_eq!((row.error.as_deref(), row.done_at), (Some("no room"), Some(at("2026-11-21T12:00:00Z"))));
    assert_eq!(runway(&db.db).await.unwrap(), seen.runway_days);
    assert!(bounds(&db.db).await.unwrap().iter().any(|b| b.name == "orders_default" && b.since.is_none()));
}
