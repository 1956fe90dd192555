//! The cache: computed once under a stampede, moved on at once by any write, fresh within a second everywhere.

use std::time::{Duration, Instant};

use db::dashboards::{DashboardQuery, dashboard};
use db::orders::list;
use db::platform::Platform;
use db::testing::{self, TestDb};
use db::{Access, Scope, stores};
use domain::orders::OrderQuery;
use domain::period::Period;
use domain::permission::{KeyScope, Permission};

async fn orders_on(scope: &Scope) -> i64 {
    let shown = dashboard(scope, &DashboardQuery::default()).await.unwrap();
    shown.currencies.iter().map(|part| part.now.orders).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_simultaneous_misses_compute_once() {
    for redis in [None, Some(testing::redis_url())] {
        let db = TestDb::with(db::Clock::System, redis).await;
        let access = testing::tenant(&db.db, "shop").await;
        let store = testing::store(&access, "north", "UTC", "GBP").await;
        let scope = access.scope(Permission::ReadReports).unwrap();
        testing::place_all(&scope, &store, &[testing::order(&store, "1", scope.now(), 1)]).await;
        let readers: Vec<_> = (0..200)
            .map(|_| {
                let scope = scope.clone();
                tokio::spawn(async move { orders_on(&scope).await })
            })
            .collect();
        for reader in readers {
            assert_eq!(reader.await.unwrap(), 1);
        }
        assert_eq!(db.db.cache().computed(), 1);
    }
}

#[tokio::test]
async fn many_dashboards_at_once_need_no_second_connection_each() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    testing::place_all(&scope, &store, &[testing::order(&store, "1", scope.now(), 1)]).await;
    let options = db::ConnectOptions { url: db.url.clone(), pool: 1, redis_url: None, clock: db::Clock::System };
    let single = db::Db::connect(options).await.unwrap();
    let scope = Platform::command(single).enter("shop").await.unwrap().scope(Permission::ReadReports).unwrap();
    // Whoever held the only connection while asking for another would wait for ever.
    let dashboards = (1..=20).map(|days| {
        let (scope, to) = (scope.clone(), scope.now().date_naive());
        tokio::spawn(async move {
            let period = Some(Period::new(to - chrono::Days::new(days), to).unwrap());
            dashboard(&scope, &DashboardQuery { period, ..DashboardQuery::default() }).await.unwrap()
        })
    });
    for answer in dashboards.collect::<Vec<_>>() {
        let found = answer.await.unwrap();
        assert_eq!((found.currencies[0].now.orders, found.top_products[0].quantity), (1, 1));
    }
}

#[tokio::test]
async fn a_write_is_seen_by_the_next_read_of_its_process() {
    let db = TestDb::with(db::Clock::System, Some(testing::redis_url())).await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    for n in 0..10 {
        assert_eq!(orders_on(&scope).await, n);
        testing::place_all(&scope, &store, &[testing::order(&store, &n.to_string(), scope.now(), 1)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_read_of_another_process_is_older_than_a_second() {
    let db = TestDb::with(db::Clock::System, Some(testing::redis_url())).await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let here = access.scope(Permission::WriteOrders).unwrap();
    // It neither hears announcements nor shares memory: the worst case.
    let other = db.another(Some(testing::redis_url())).await;
    let there = Access::job(other, access.tenant()).scope(Permission::ReadReports).unwrap();
    assert_eq!(orders_on(&there).await, 0);
    for n in 1..=3 {
        testing::place_all(&here, &store, &[testing::order(&store, &n.to_string(), here.now(), 1)]).await;
        testing::within_a_second(&format!("order {n} is read"), async || orders_on(&there).await >= n).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_store_is_known_at_once_here_and_within_a_second_elsewhere() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let north = testing::store(&access, "north", "UTC", "GBP").await;
    let here = access.scope(Permission::ReadOrders).unwrap();
    let there = Access::job(db.another(None).await, access.tenant()).scope(Permission::ReadOrders).unwrap();
    let names = async |scope: &Scope| -> Vec<String> {
        stores::known(scope).await.unwrap().into_iter().map(|store| store.slug).collect()
    };
    assert_eq!((names(&here).await, names(&there).await), (vec!["north".into()], vec!["north".into()]));
    testing::store(&access, "south", "UTC", "GBP").await;
    assert_eq!(names(&here).await, ["north", "south"]);
    let of_south = OrderQuery { store: Some("south".into()), ..OrderQuery::default() };
    assert!(list::list(&there, &of_south).await.is_ok(), "whoever names it finds it");
    testing::within_a_second("the new store is known", async || names(&there).await.len() == 2).await;
    // What is known is known of the tenant; who is confined to one store still sees that one alone.
    let manage = access.scope(Permission::ManageKeys).unwrap();
    let key = db::api_keys::create(&manage, &[KeyScope::OrdersRead], Some(north.id)).await.unwrap();
    let confined = db::api_keys::access(&db.db, &key).await.unwrap().unwrap();
    assert_eq!(names(&confined.scope(Permission::ReadOrders).unwrap()).await, ["north"]);
    let other = testing::tenant(&db.db, "other").await;
    assert!(names(&other.scope(Permission::ReadOrders).unwrap()).await.is_empty());
}

#[tokio::test]
async fn without_redis_everything_is_still_answered() {
    // Nobody listens on this port.
    let db = TestDb::with(db::Clock::System, Some("redis://127.0.0.1:1".into())).await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    testing::place_all(&scope, &store, &[testing::order(&store, "1", scope.now(), 1)]).await;
    let started = Instant::now();
    assert_eq!(orders_on(&scope).await, 1);
    // A page that waits longer than this for what is not there counts as not answered; it takes milliseconds.
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(db.db.cache().redis_answers().await, Some(false));
}
