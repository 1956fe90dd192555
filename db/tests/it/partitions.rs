//! Partitions: an order always has a place, its one right place; rows in the net are moved without ever being out of
//! sight; the walls stand on every table.

use chrono::{DateTime, TimeDelta, Utc};
use db::orders::{list, place};
use db::partitions::{self, QuarterState, Table, steps, upkeep};
use db::platform::Platform;
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Scope, rollups};
use domain::calendar::{Tz, day_of};
use domain::orders::{NewOrder, OrderQuery};
use domain::page::Limit;
use domain::permission::Permission;
use domain::quarter::Quarter;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::{Connection, PgConnection, Row};

pub async fn shop(db: &TestDb) -> (Access, Store, Scope) {
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    (access, store, scope)
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Keeps quarters from being made while it lives: what a long lock would do.
struct Obstacle(PgConnection);

impl Obstacle {
    async fn on(db: &TestDb, tables: &[Table]) -> Self {
        let mut owner = PgConnection::connect(&db.owner_url).await.unwrap();
        for table in tables {
            sqlx::query("select pg_advisory_lock(hashtext('stoa_partitions'), hashtext($1))")
                .bind(table.as_str())
                .execute(&mut owner)
                .await
                .unwrap();
        }
        Self(owner)
    }

    async fn gone(self) {
        self.0.close().await.unwrap();
    }
}

async fn all_in_sight(scope: &Scope, count: usize) {
    let query = OrderQuery { limit: Limit::new(200).unwrap(), ..OrderQuery::default() };
    let (mut page, mut seen) = (list::with_items(scope, &query).await.unwrap(), 0);
    loop {
        assert!(page.rows.iter().all(|o| o.items.len() == 2), "every order with its lines");
        seen += page.rows.len();
        let Some(older) = page.older else { break };
        page = list::with_items(scope, &query.at(Some(testing::seal().seal(older)))).await.unwrap();
    }
    assert_eq!(seen, count);
    assert_eq!(rollups::verify(scope).await.unwrap(), []);
}

/// Orders spread over `quarter` while it cannot be made, so that all are in the net.
pub async fn into_the_net(db: &TestDb, scope: &Scope, store: &Store, quarter: &str, count: usize) {
    let obstacle = Obstacle::on(db, &Table::ALL).await;
    let quarter: Quarter = quarter.parse().unwrap();
    let every = (quarter.ends() - quarter.begins()) / i32::try_from(count).unwrap();
    let order = |n: usize| {
        let moment = quarter.begins() + every * i32::try_from(n).unwrap();
        testing::order(store, &format!("{quarter}-{n}"), moment, 1)
    };
    let orders: Vec<NewOrder> = (0..count).map(order).collect();
    for some in orders.chunks(500) {
        testing::place_all(scope, store, some).await;
    }
    obstacle.gone().await;
}

#[tokio::test]
async fn an_order_is_accepted_when_its_quarter_cannot_be_made() {
    let db = TestDb::new().await;
    let (_, store, scope) = shop(&db).await;
    let obstacle = Obstacle::on(&db, &Table::ALL).await;
    let order = testing::order(&store, "1", at("2019-05-01T12:00:00Z"), 2);
    let placed = testing::place_all(&scope, &store, &[order]).await;
    assert!(matches!(placed[0], place::Placed::Stored(_)));
    obstacle.gone().await;
    all_in_sight(&scope, 1).await;
    assert_eq!(upkeep::pulse(&db.db).await.unwrap().default_rows, 3, "one order, two lines");
    // Making it is not enough any more: the rows are there already.
    let quarter: Quarter = "2019q2".parse().unwrap();
    assert_eq!(steps::make(&db.db, Table::Orders, quarter).await.unwrap(), steps::Made::InNet);
    assert!(!steps::ensure(&db.db, quarter).await.unwrap());
    for table in Table::ALL {
        assert!(steps::fill(&db.db, table, quarter).await.unwrap().1);
        assert_eq!(steps::fill(&db.db, table, quarter).await.unwrap(), (0, true), "twice is harmless");
    }
    all_in_sight(&scope, 1).await;
    assert_eq!(upkeep::pulse(&db.db).await.unwrap().default_rows, 0);
}

#[tokio::test]
async fn rows_are_moved_in_batches_and_never_out_of_sight() {
    let db = TestDb::new().await;
    let (_, store, scope) = shop(&db).await;
    let theirs = testing::tenant(&db.db, "theirs").await;
    let their_store = testing::store(&theirs, "north", "Asia/Kathmandu", "GBP").await;
    let their_scope = theirs.scope(Permission::WriteOrders).unwrap();
    into_the_net(&db, &scope, &store, "2019q2", 2_300).await;
    into_the_net(&db, &their_scope, &their_store, "2019q2", 300).await;
    let quarter: Quarter = "2019q2".parse().unwrap();
    let (mut steps_taken, mut moved) = (0, 0);
    for table in Table::ALL {
        loop {
            let (rows, whole) = steps::fill(&db.db, table, quarter).await.unwrap();
            (steps_taken, moved) = (steps_taken + 1, moved + rows);
            assert!(rows <= i64::from(steps::BATCH) + 2, "{rows} rows at once");
            all_in_sight(&scope, 2_300).await;
            all_in_sight(&their_scope, 300).await;
            // Orders of the quarter go on coming in meanwhile, at its beginning and at its end.
            if whole {
                break;
            }
        }
    }
    assert_eq!((steps_taken, moved), (3 + 6, 2_600 * 3));
    assert_eq!(upkeep::pulse(&db.db).await.unwrap().default_rows, 0);
}

#[tokio::test]
async fn orders_that_come_while_rows_are_moved_are_moved_too() {
    let db = TestDb::new().await;
    let (_, store, scope) = shop(&db).await;
    into_the_net(&db, &scope, &store, "2019q2", 1_500).await;
    let quarter: Quarter = "2019q2".parse().unwrap();
    assert!(!steps::fill(&db.db, Table::Orders, quarter).await.unwrap().1);
    for (number, moment) in [("early", quarter.begins()), ("late", quarter.ends() - TimeDelta::microseconds(1))] {
        testing::place_all(&scope, &store, &[testing::order(&store, number, moment, 1)]).await;
    }
    let filling = &partitions::overview(&Platform::command(db.db.clone()), 0).await.unwrap().quarters;
    assert_eq!(filling.last().map(|q| q.state), Some(QuarterState::Filling));
    for table in Table::ALL {
        while !steps::fill(&db.db, table, quarter).await.unwrap().1 {}
    }
    all_in_sight(&scope, 1_502).await;
    assert_eq!(upkeep::pulse(&db.db).await.unwrap().default_rows, 0);
}

/// Instants at which something changes: months, quarters, years, leap days, and clocks in five zones.
const EDGES: [&str; 18] = [
    "2026-01-01T00:00:00Z",
    "2026-02-01T00:00:00Z",
    "2026-04-01T00:00:00Z",
    "2026-07-01T00:00:00Z",
    "2026-10-01T00:00:00Z",
    "2025-01-01T00:00:00Z",
    "2024-02-29T00:00:00Z",
    "2024-03-01T00:00:00Z",
    "2000-02-29T00:00:00Z",
    "2023-03-01T00:00:00Z",
    "2026-03-29T01:00:00Z",
    "2026-10-25T01:00:00Z",
    "2026-03-08T05:30:00Z",
    "2026-11-01T04:30:00Z",
    "2026-04-04T15:00:00Z",
    "2026-10-03T15:30:00Z",
    "1995-01-01T10:00:00Z",
    "2026-09-30T10:00:00Z",
];
const ZONES: [&str; 5] =
    ["Pacific/Kiritimati", "Asia/Kathmandu", "Europe/London", "America/St_Johns", "Australia/Lord_Howe"];

/// An edge as UTC has it, or as the zone's own clock does, and a microsecond to either side.
fn moment() -> impl Strategy<Value = (usize, DateTime<Utc>)> {
    (0..ZONES.len(), prop::sample::select(EDGES.to_vec()), -1_i64..=1, any::<bool>()).prop_map(
        |(zone, edge, micros, local)| {
            let tz: Tz = ZONES[zone].parse().unwrap();
            let edge = at(edge);
            let edge = if local { domain::calendar::local_to_utc(edge.naive_utc(), tz) } else { edge };
            (zone, edge + TimeDelta::microseconds(micros))
        },
    )
}

#[test]
fn orders_at_the_edges_of_time_land_in_exactly_one_right_partition() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let db = runtime.block_on(TestDb::new());
    let access = runtime.block_on(testing::tenant(&db.db, "shop"));
    let stores: Vec<Store> = runtime.block_on(async {
        let mut stores = Vec::new();
        for (n, zone) in ZONES.iter().enumerate() {
            stores.push(testing::store(&access, &format!("s{n}"), zone, "GBP").await);
        }
        stores
    });
    let owner = runtime.block_on(db.owner(access.tenant()));
    let scope = access.scope(Permission::WriteOrders).unwrap();
    // Ten orders a case.
    let cases = if testing::full_counts() { 1_000 } else { 30 };
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let number = std::sync::atomic::AtomicUsize::new(0);
    let some = prop::collection::vec(moment(), 10);
    let done = runner.run(&some, |moments| {
        for (zone, moment) in moments {
            let n = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let order = testing::order(&stores[zone], &n.to_string(), moment, 1);
            runtime.block_on(async {
                testing::place_all(&scope, &stores[zone], &[order]).await;
                right_place(&owner, &n.to_string(), moment, ZONES[zone]).await;
            });
        }
        Ok(())
    });
    done.unwrap();
    assert_eq!(runtime.block_on(rollups::verify(&scope)).unwrap(), []);
    assert_eq!(runtime.block_on(upkeep::pulse(&db.db)).unwrap().default_rows, 0);
    runtime.block_on(owner.close());
}

async fn right_place(owner: &sqlx::PgPool, number: &str, moment: DateTime<Utc>, zone: &str) {
    let sql = "select o.tableoid::regclass::text place, o.placed_at, o.local_day = (o.placed_at at time zone $2)::date right_day, \
                 (select array_agg(distinct i.tableoid::regclass::text) from order_items i where i.placed_at = o.placed_at and i.order_id = o.id) items \
               from orders o where o.number = $1";
    let rows = sqlx::query(sql).bind(number).bind(zone).fetch_all(owner).await.unwrap();
    assert_eq!(rows.len(), 1, "{moment} once");
    let quarter = Quarter::of(moment.date_naive());
    assert_eq!(rows[0].get::<String, _>("place"), format!("orders_{quarter}"), "{moment}");
    assert_eq!(rows[0].get::<Vec<String>, _>("items"), [format!("order_items_{quarter}")], "{moment}");
    assert_eq!(rows[0].get::<DateTime<Utc>, _>("placed_at"), moment, "to the microsecond");
    assert!(rows[0].get::<bool, _>("right_day"), "{moment} in {zone}: {}", day_of(moment, zone.parse().unwrap()));
}
