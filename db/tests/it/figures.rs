//! Rollups equal an independent recount after every step, whatever happens.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use db::orders::place::Placed;
use db::orders::{cancel, refund};
use db::rollups;
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Clock, DataError, Scope};
use domain::calendar::day_of;
use domain::ids::OrderId;
use domain::orders::new_order::Draft;
use domain::orders::refund::RefundRequest;
use domain::orders::{ItemKind, NewItem, OrderKind};
use domain::permission::Permission;
use domain::settings::ReturnDay;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

/// Kiritimati, Kathmandu, and daylight saving of an hour and of half an hour among them.
const ZONES: [&str; 5] =
    ["Pacific/Kiritimati", "Asia/Kathmandu", "Europe/London", "America/St_Johns", "Australia/Lord_Howe"];
const CURRENCIES: [&str; 3] = ["GBP", "EUR", "JPY"];

/// Moments around which days, hours and quarters change.
const MOMENTS: [&str; 6] = [
    "2026-10-25T00:59:59Z",
    "2026-03-29T01:00:00Z",
    "2026-10-03T15:30:00Z",
    "2024-02-29T12:00:00Z",
    "2025-12-31T23:59:59Z",
    "2026-09-30T23:45:00Z",
];

#[derive(Clone, Debug)]
enum Action {
    Place {
        store: usize,
        currency: usize,
        is_return: bool,
        moment: usize,
        seconds: i64,
        items: Vec<(usize, i64, i64)>,
        parts: (i64, i64, i64),
    },
    Cancel(usize),
    RefundAll(usize),
    RefundLine(usize, i32, i64),
    Wait(i64),
    CountReturnsOn(usize, ReturnDay),
}

fn action() -> impl Strategy<Value = Action> {
    let items = prop::collection::vec((0_usize..6, 1_i64..5, 0_i64..5_000), 1..5);
    let place = (
        0_usize..5,
        0_usize..3,
        prop::bool::weighted(0.2),
        0_usize..6,
        -7_300_i64..7_300,
        items,
        (0_i64..300, 0_i64..900, 0_i64..500),
    )
        .prop_map(|(store, currency, is_return, moment, seconds, items, parts)| Action::Place {
            store,
            currency,
            is_return,
            moment,
            seconds,
            items,
            parts,
        });
    prop_oneof![
        5 => place,
        1 => (0_usize..40).prop_map(Action::Cancel),
        1 => (0_usize..40).prop_map(Action::RefundAll),
        2 => (0_usize..40, 1_i32..5, 1_i64..4).prop_map(|(order, line, n)| Action::RefundLine(order, line, n)),
        1 => (1_i64..50_000).prop_map(Action::Wait),
        1 => (0_usize..5, prop::sample::select(ReturnDay::ALL.to_vec())).prop_map(|(store, rule)| Action::CountReturnsOn(store, rule)),
    ]
}

#[test]
fn rollups_equal_a_recount_after_every_step() {
    let (cases, steps) = if torture() { (200, 60) } else { (6, 25) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(Config { cases, max_shrink_iters: 60, failure_persistence: None, ..Config::default() });
    let result = runner.run(&prop::collection::vec(action(), steps), |actions| {
        runtime.block_on(play(&actions));
        Ok(())
    });
    result.unwrap();
}

async fn play(actions: &[Action]) {
    let clock = Clock::fixed("2026-10-25T02:00:00Z".parse().unwrap());
    let db = TestDb::with(clock.clone(), None).await;
    let access = testing::tenant(&db.db, "shop").await;
    let mut stores = Vec::new();
    for (i, zone) in ZONES.iter().enumerate() {
        stores.push(testing::store(&access, &format!("s{i}"), zone, CURRENCIES[i % 3]).await);
    }
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let mut orders: Vec<OrderId> = Vec::new();
    for (n, action) in actions.iter().enumerate() {
        if let Some(id) = act(&scope, &clock, &stores, &orders, n, action).await {
            orders.push(id);
        }
        let differences = rollups::verify(&scope).await.unwrap();
        assert!(differences.is_empty(), "after step {n} {action:?}: {differences:#?}");
    }
    refunds_lie_where_the_rules_say(&db, &access, &stores, actions).await;
    let before = totals(&scope).await;
    rollups::rebuild(&scope).await.unwrap();
    assert_eq!(totals(&scope).await, before, "a rebuild changes nothing that is right");
    assert!(rollups::verify(&scope).await.unwrap().is_empty());
}

async fn act(
    scope: &Scope,
    clock: &Clock,
    stores: &[Store],
    orders: &[OrderId],
    n: usize,
    action: &Action,
) -> Option<OrderId> {
    match action {
        Action::Place { store, currency, is_return, moment, seconds, items, parts } => {
            let at = MOMENTS[*moment].parse::<DateTime<Utc>>().unwrap() + Duration::seconds(*seconds);
            let draft = draft(n, *is_return, CURRENCIES[*currency], at.min(clock.now()), items, *parts);
            // A random order may be worth less than its discounts; such are refused and change nothing.
            let order = draft.check(clock.now()).ok()?;
            match testing::place_all(scope, &stores[*store], &[order]).await[0] {
                Placed::Stored(id) => Some(id),
                other => panic!("{other:?}"),
            }
        }
        Action::Cancel(i) => {
            let done = cancel::cancel(scope, *orders.get(*i)?, "test").await;
            assert!(matches!(done, Ok(()) | Err(DataError::Refused(_))), "{done:?}");
            None
        }
        Action::RefundAll(i) => refunded(refund::refund(scope, *orders.get(*i)?, &RefundRequest::Full, "", None).await),
        Action::RefundLine(i, line, count) => refunded(
            refund::refund(scope, *orders.get(*i)?, &RefundRequest::Lines(vec![(*line, *count)]), "", None).await,
        ),
        Action::Wait(seconds) => {
            clock.set(clock.now() + Duration::seconds(*seconds));
            None
        }
        Action::CountReturnsOn(store, rule) => {
            let form = [("returns_on".to_owned(), rule.as_str().to_owned())];
            db::settings::change(scope, &stores[*store].slug, &form).await.unwrap();
            None
        }
    }
}

/// A refund: store, when it was made, when its order was placed, currency and amount.
type Made = (Uuid, DateTime<Utc>, DateTime<Utc>, String, i64);

/// A witness that shares nothing with the recount: the calendar of this program, and the rules as the history chose them.
async fn refunds_lie_where_the_rules_say(db: &TestDb, access: &Access, stores: &[Store], actions: &[Action]) {
    let mut rules = [ReturnDay::Return; ZONES.len()];
    for action in actions {
        if let Action::CountReturnsOn(store, rule) = action {
            rules[*store] = *rule;
        }
    }
    let owner = db.owner(access.tenant()).await;
    let made: Vec<Made> = sqlx::query_as("select store_id, at, order_placed_at, currency, amount from refunds")
        .fetch_all(&owner)
        .await
        .unwrap();
    let mut expected: BTreeMap<(Uuid, NaiveDate, String), (i64, i64)> = BTreeMap::new();
    for (id, at, placed_at, currency, amount) in made {
        let (store, rule) = stores.iter().zip(rules).find(|(store, _)| store.id.0 == id).unwrap();
        let instant = if rule == ReturnDay::Order { placed_at } else { at };
        let sum = expected.entry((id, day_of(instant, store.zone), currency)).or_default();
        *sum = (sum.0 + 1, sum.1 + amount);
    }
    let kept: Vec<(Uuid, NaiveDate, String, i64, i64)> = sqlx::query_as(
        "select store_id, day, currency, refunds, refunded from rollup_days where refunds <> 0 or refunded <> 0",
    )
    .fetch_all(&owner)
    .await
    .unwrap();
    let kept: BTreeMap<_, _> =
        kept.into_iter().map(|(id, day, currency, n, sum)| ((id, day, currency), (n, sum))).collect();
    assert_eq!(kept, expected);
}

fn refunded<T>(done: Result<T, DataError>) -> Option<OrderId> {
    assert!(matches!(done, Ok(_) | Err(DataError::Invalid(_))), "only the rule may refuse");
    None
}

fn draft(
    n: usize,
    is_return: bool,
    currency: &str,
    at: DateTime<Utc>,
    items: &[(usize, i64, i64)],
    parts: (i64, i64, i64),
) -> Draft {
    let kinds = [
        ItemKind::Product,
        ItemKind::Product,
        ItemKind::Product,
        ItemKind::Shipping,
        ItemKind::Discount,
        ItemKind::Fee,
    ];
    let sign = if is_return { -1 } else { 1 };
    let item = |(kind, quantity, price): &(usize, i64, i64)| NewItem {
        sku: Some(format!("SKU{kind}")),
        title: "Thing".into(),
        kind: kinds[*kind],
        quantity: sign * quantity,
        unit_price: *price,
    };
    Draft {
        number: format!("N{n}"),
        kind: if is_return { OrderKind::Return } else { OrderKind::Sale },
        placed_at: at,
        currency: currency.parse().unwrap(),
        customer: None,
        items: items.iter().map(item).collect(),
        discount: sign * parts.0,
        shipping: sign * parts.1,
        tax: sign * parts.2,
        note: None,
        tags: vec!["a".into(), "b c".into()],
    }
}

async fn totals(scope: &Scope) -> Vec<(domain::money::Currency, domain::orders::Figures)> {
    db::orders::summary::summary(scope, &domain::orders::OrderQuery::default()).await.unwrap().currencies
}

#[expect(clippy::disallowed_methods, reason = "how `make torture` asks for the full counts")]
pub fn torture() -> bool {
    std::env::var("STOA_TORTURE").is_ok()
}

#[tokio::test]
async fn a_verification_finds_what_somebody_broke() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    testing::place_all(&scope, &store, &[testing::order(&store, "1", db.db.clock().now(), 2)]).await;
    let owner = db.owner(access.tenant()).await;
    sqlx::query("update rollup_days set gross = gross + 1").execute(&owner).await.unwrap();
    let found = rollups::verify(&scope).await.unwrap();
    assert_eq!((found.len(), found[0].rollup.as_str()), (1, "day"));
    rollups::rebuild(&scope).await.unwrap();
    assert!(rollups::verify(&scope).await.unwrap().is_empty());
}
