//! Customer metrics equal an independent recount, whatever happened to the orders.

use std::collections::BTreeMap;

use chrono::Duration;
use db::customer_metrics::{gather, of_customer, segments};
use db::orders::place::Placed;
use db::orders::{cancel, refund};
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Clock, Scope};
use domain::ids::{CustomerId, OrderId, Uuid};
use domain::orders::new_order::Draft;
use domain::orders::refund::RefundRequest;
use domain::permission::Permission;
use jobs::customers::measure_in;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::customers_recount::{recounted, stored};

pub const NOW: &str = "2026-11-20T12:00:00Z";
const ZONES: [&str; 2] = ["Pacific/Kiritimati", "Europe/London"];

#[derive(Clone, Debug)]
enum Action {
    Place {
        store: usize,
        customer: u8,
        currency: usize,
        is_return: bool,
        hours_ago: i64,
        quantity: i64,
        price: i64,
        discount: i64,
    },
    Cancel(usize),
    Refund(usize),
    Measure,
}

fn action() -> impl Strategy<Value = Action> {
    let place = (
        0_usize..2,
        0_u8..9,
        0_usize..2,
        prop::bool::weighted(0.15),
        0_i64..2_400,
        1_i64..4,
        100_i64..5_000,
        0_i64..90,
    );
    let place = place.prop_map(|(store, customer, currency, is_return, hours_ago, quantity, price, discount)| {
        Action::Place { store, customer, currency, is_return, hours_ago, quantity, price, discount }
    });
    prop_oneof![
        8 => place,
        1 => (0_usize..30).prop_map(Action::Cancel),
        1 => (0_usize..30).prop_map(Action::Refund),
        1 => Just(Action::Measure),
    ]
}

#[test]
fn metrics_equal_an_independent_recount() {
    let (cases, steps) = if testing::full_counts() { (120, 60) } else { (5, 40) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(Config { cases, max_shrink_iters: 40, failure_persistence: None, ..Config::default() });
    let result = runner.run(&prop::collection::vec(action(), steps), |actions| {
        runtime.block_on(play(&actions));
        Ok(())
    });
    result.unwrap();
}

async fn play(actions: &[Action]) {
    let db = TestDb::with(Clock::fixed(NOW.parse().unwrap()), None).await;
    let access = testing::tenant(&db.db, "shop").await;
    let stores =
        [testing::store(&access, "s0", ZONES[0], "GBP").await, testing::store(&access, "s1", ZONES[1], "EUR").await];
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let mut orders: Vec<OrderId> = Vec::new();
    for (n, action) in actions.iter().enumerate() {
        match action {
            Action::Measure => check(&db, &access, &stores).await,
            Action::Cancel(i) => {
                if let Some(order) = orders.get(*i) {
                    let _refused = cancel::cancel(&scope, *order, "").await;
                }
            }
            Action::Refund(i) => {
                if let Some(order) = orders.get(*i) {
                    let _refused = refund::refund(&scope, *order, &RefundRequest::lines(vec![(1, 1)]), "", None).await;
                }
            }
            place => orders.extend(placed(&scope, &stores, n, place).await),
        }
    }
    check(&db, &access, &stores).await;
}

async fn placed(scope: &Scope, stores: &[Store], n: usize, action: &Action) -> Option<OrderId> {
    let Action::Place { store, customer, currency, is_return, hours_ago, quantity, price, discount } = action else {
        return None;
    };
    let sign = if *is_return { -1 } else { 1 };
    let customer = json!({"email": format!("c{customer}@example.com")});
    let at = scope.now() - Duration::hours(*hours_ago);
    let currency = ["GBP", "EUR"][*currency];
    let body = json!({
        "store": "s", "number": format!("N{n}"), "kind": if *is_return { "return" } else { "sale" }, "placed_at": at,
        "currency": currency, "customer": customer, "discount": sign * discount, "shipping": sign * 250, "tax": sign * 70,
        "items": [{"sku": "A", "title": "A", "quantity": sign * quantity, "unit_price": price}],
    });
    let order = Draft::checked_from_json(&body, scope.now()).ok()?.1;
    match testing::place_all(scope, &stores[*store], &[order]).await[0] {
        Placed::Stored(id) => Some(id),
        other => panic!("{other:?}"),
    }
}

async fn check(db: &TestDb, access: &Access, stores: &[Store]) {
    let measured = measure_in(&db.db, access.tenant(), 3, &CancellationToken::new()).await.unwrap();
    assert!(!measured.is_stopped);
    let (metrics, money) = stored(db, access).await;
    let (expected, expected_money) = recounted(db, access, stores).await;
    assert_eq!(metrics, expected);
    assert_eq!(money, expected_money);
    let again = measure_in(&db.db, access.tenant(), 1_000, &CancellationToken::new()).await.unwrap();
    assert_eq!((again.customers, again.changed), (measured.customers, 0), "twice changes nothing");
    assert_eq!(stored(db, access).await, (expected, expected_money));
    let reading = access.scope(Permission::ReadOrders).unwrap();
    for store in stores {
        let counted: i64 = segments(&reading, &store.slug).await.unwrap().iter().map(|(_, n)| n).sum();
        assert_eq!(counted, i64::try_from(metrics.values().filter(|m| m.store == store.id.0).count()).unwrap());
    }
    for (id, metric) in metrics.iter().take(3) {
        let shown = of_customer(&reading, CustomerId(*id)).await.unwrap().unwrap();
        assert_eq!(
            (shown.orders, shown.segment, shown.scores),
            (metric.orders, Some(metric.segment), Some(metric.scores))
        );
        assert_eq!(shown.money.iter().map(|m| m.orders).sum::<i64>(), metric.orders);
    }
}

#[tokio::test]
async fn a_customer_whose_only_order_is_cancelled_has_no_metrics_and_foreign_ones_are_not_seen() {
    let db = TestDb::with(Clock::fixed(NOW.parse().unwrap()), None).await;
    let (ours, theirs) = (testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await);
    let mut ids = Vec::new();
    for access in [&ours, &theirs] {
        let store = testing::store(access, "main", "UTC", "GBP").await;
        let scope = access.scope(Permission::WriteOrders).unwrap();
        let action = Action::Place {
            store: 0,
            customer: 1,
            currency: 0,
            is_return: false,
            hours_ago: 1,
            quantity: 1,
            price: 900,
            discount: 0,
        };
        ids.push(placed(&scope, &[store], 0, &action).await.unwrap());
        measure_in(&db.db, access.tenant(), 10, &CancellationToken::new()).await.unwrap();
    }
    let foreign = *stored(&db, &theirs).await.0.keys().next().unwrap();
    let scope = ours.scope(Permission::ReadOrders).unwrap();
    assert_eq!(of_customer(&scope, CustomerId(foreign)).await.unwrap(), None);
    let broken = ours.scope(Permission::ReadOrders).unwrap().with_broken_filter(theirs.tenant());
    assert_eq!(of_customer(&broken, CustomerId(foreign)).await.unwrap(), None, "row level security alone holds");
    assert_eq!(gather(&broken, CustomerId(Uuid::nil()), 10).await.unwrap(), None);
    assert!(segments(&broken, "main").await.is_err());
    cancel::cancel(&ours.scope(Permission::CancelOrders).unwrap(), ids[0], "").await.unwrap();
    measure_in(&db.db, ours.tenant(), 10, &CancellationToken::new()).await.unwrap();
    assert_eq!(stored(&db, &ours).await, (BTreeMap::new(), BTreeMap::new()));
    assert_eq!(stored(&db, &theirs).await.0.len(), 1);
}

#[tokio::test]
async fn a_batch_costs_four_statements_whatever_its_size_and_stops_when_asked() {
    let db = TestDb::with(Clock::fixed(NOW.parse().unwrap()), None).await;
    let access = testing::tenant(&db.db, "shop").await;
    let stores = [testing::store(&access, "s0", ZONES[1], "GBP").await];
    let scope = access.scope(Permission::WriteOrders).unwrap();
    for n in 0..30_u8 {
        let action = Action::Place {
            store: 0,
            customer: n,
            currency: 0,
            is_return: false,
            hours_ago: i64::from(n),
            quantity: 1,
            price: 900,
            discount: 0,
        };
        placed(&scope, &stores, n.into(), &action).await.unwrap();
    }
    let reading = access.scope(Permission::ReadOrders).unwrap();
    let mut counts = Vec::new();
    for limit in [2, 30] {
        let before = db.db.statements();
        gather(&reading, CustomerId(Uuid::nil()), limit).await.unwrap().unwrap();
        counts.push(db.db.statements() - before);
    }

    assert_eq!(counts, [4, 4]);
    let stop = CancellationToken::new();
    stop.cancel();
    let report = measure_in(&db.db, access.tenant(), 10, &stop).await.unwrap();
    assert!(report.is_stopped && report.batches == 1 && report.changed == 0, "{report:?}");
}
