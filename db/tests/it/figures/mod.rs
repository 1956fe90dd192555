//! Rollups equal an independent recount after every step, whatever happens.

mod history;

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use db::orders::place::Placed;
use db::orders::{cancel, refund};
use db::rollups;
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Clock, DataError, Scope};
use domain::calendar::{Tz, day_of, shifts};
use domain::ids::OrderId;
use domain::orders::new_order::Draft;
use domain::orders::refund::RefundRequest;
use domain::orders::{ItemKind, NewOrder, OrderQuery};
use domain::page::Limit;
use domain::permission::Permission;
use domain::settings::ReturnDay;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use self::history::{Action, Moment, NewSale, STORES, action, body, zone};

#[test]
fn rollups_equal_a_recount_after_every_step() {
    let (cases, steps) = if testing::full_counts() { (200, 60) } else { (6, 25) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(Config { cases, max_shrink_iters: 60, failure_persistence: None, ..Config::default() });
    let history = (prop::collection::vec(zone(), STORES), prop::collection::vec(action(), steps));
    let result = runner.run(&history, |(zones, actions)| {
        runtime.block_on(play(&zones, &actions));
        Ok(())
    });
    result.unwrap();
}

async fn play(zones: &[Tz], actions: &[Action]) {
    let clock = Clock::fixed("2026-10-25T02:00:00Z".parse().unwrap());
    let db = TestDb::with(clock.clone(), None).await;
    let access = testing::tenant(&db.db, "shop").await;
    let mut stores = Vec::new();
    for (i, zone) in zones.iter().enumerate() {
        stores.push(testing::store(&access, &format!("s{i}"), zone.name(), "GBP").await);
    }
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let mut orders: Vec<OrderId> = Vec::new();
    let mut placed: Vec<(OrderId, NewOrder, Tz)> = Vec::new();
    for (n, action) in actions.iter().enumerate() {
        if let Action::Place(sale) = action {
            placed.extend(place(&scope, &clock, &stores, n, sale).await);
            orders = placed.iter().map(|(id, ..)| *id).collect();
        } else {
            act(&scope, &clock, &stores, &orders, action).await;
        }
        let differences = rollups::verify(&scope).await.unwrap();
        assert!(differences.is_empty(), "after step {n} {action:?}: {differences:#?}");
    }
    for (id, order, zone) in &placed {
        reads_as_it_was_placed(&scope, *id, order, *zone).await;
    }
    refunds_lie_where_the_rules_say(&db, &access, &stores, actions).await;
    let before = totals(&scope).await;
    rollups::rebuild(&scope).await.unwrap();
    assert_eq!(totals(&scope).await, before, "a rebuild changes nothing that is right");
    assert!(rollups::verify(&scope).await.unwrap().is_empty());
}

async fn place(
    scope: &Scope,
    clock: &Clock,
    stores: &[Store],
    n: usize,
    sale: &NewSale,
) -> Option<(OrderId, NewOrder, Tz)> {
    let store = &stores[sale.store];
    let at = match &sale.moment {
        Moment::Written(text) => text.clone(),
        Moment::Change(i, micros) => {
            let changes = shifts(store.zone, "2021-06-01T00:00:00Z".parse().unwrap(), clock.now());
            (changes[i % changes.len()].since + Duration::microseconds(*micros)).to_rfc3339()
        }
    };
    // What is refused changes nothing, as a random order may be worth less than its discounts.
    let (_, order) = Draft::checked_from_json(&body(n, &at, sale), clock.now()).ok()?;
    match testing::place_all(scope, store, std::slice::from_ref(&order)).await[0] {
        Placed::Stored(id) => Some((id, order, store.zone)),
        other => panic!("{other:?}"),
    }
}

/// A witness that shares nothing with what was stored: the order itself, and where it is found.
async fn reads_as_it_was_placed(scope: &Scope, id: OrderId, order: &NewOrder, zone: Tz) {
    let row = db::orders::show::by_id(scope, id).await.unwrap().order;
    let day = day_of(order.placed_at(), zone);
    assert_eq!((row.placed_at, row.local_day), (order.placed_at(), day), "{zone}");
    let buyer = order.customer().map(|c| (c.email.clone(), c.name.clone(), c.phone.clone(), c.external_id.clone()));
    assert_eq!(row.customer.map(|c| (c.email, c.name, c.phone, c.external_id)), buyer);
    let finds = async |query: OrderQuery| {
        let query = OrderQuery { limit: Limit::new(200).unwrap(), ..query };
        db::orders::list::list(scope, &query).await.unwrap().rows.iter().any(|row| row.id == id)
    };
    assert!(finds(OrderQuery { from: Some(day), to: Some(day), ..OrderQuery::default() }).await, "{day}");
    let email = order.customer().and_then(|c| c.email.clone());
    let external = order.customer().and_then(|c| c.external_id.clone());
    let skus = order.items().iter().filter(|i| i.kind == ItemKind::Product).filter_map(|i| i.sku.clone());
    let spellings = email.into_iter().chain(skus).flat_map(|text| [text.to_lowercase(), text]);
    let numbers = [order.number().to_owned(), order.number().to_ascii_lowercase()];
    for text in spellings.chain(external).chain(numbers) {
        assert!(finds(OrderQuery { q: Some(text.clone()), ..OrderQuery::default() }).await, "{text:?}");
    }
}

async fn act(scope: &Scope, clock: &Clock, stores: &[Store], orders: &[OrderId], action: &Action) {
    match action {
        Action::Place(_) => {}
        Action::Cancel(i) => {
            let Some(order) = orders.get(*i) else { return };
            let done = cancel::cancel(scope, *order, "test").await;
            assert!(matches!(done, Ok(()) | Err(DataError::Refused(_))), "{done:?}");
        }
        Action::RefundAll(i) => refunded(scope, orders.get(*i), &RefundRequest::full()).await,
        Action::RefundLine(i, line, count) => {
            refunded(scope, orders.get(*i), &RefundRequest::lines(vec![(*line, *count)])).await;
        }
        Action::Wait(seconds) => clock.set(clock.now() + Duration::seconds(*seconds)),
        Action::CountReturnsOn(store, rule) => {
            let form = [("returns_on".to_owned(), rule.as_str().to_owned())];
            db::settings::change(scope, &stores[*store].slug, &form).await.unwrap();
        }
    }
}

/// A refund: store, when it was made, when its order was placed, currency and amount.
type Made = (Uuid, DateTime<Utc>, DateTime<Utc>, String, i64);

/// A witness that shares nothing with the recount: the calendar of this program, and the rules as the history chose them.
async fn refunds_lie_where_the_rules_say(db: &TestDb, access: &Access, stores: &[Store], actions: &[Action]) {
    let mut rules = [ReturnDay::Return; STORES];
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

async fn refunded(scope: &Scope, order: Option<&OrderId>, request: &RefundRequest) {
    let Some(order) = order else { return };
    let done = refund::refund(scope, *order, request, "", None).await;
    assert!(matches!(done, Ok(_) | Err(DataError::Invalid(_))), "only the rule may refuse: {done:?}");
}

async fn totals(scope: &Scope) -> Vec<(domain::money::Currency, domain::orders::Figures)> {
    db::orders::summary::summary(scope, &domain::orders::OrderQuery::default()).await.unwrap().currencies
}

#[tokio::test]
async fn a_verification_finds_altered_rollups_and_orders() {
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
    sqlx::query("update orders set local_day = local_day - 1").execute(&owner).await.unwrap();
    let found = rollups::verify(&scope).await.unwrap();
    assert_eq!(
        (found.len(), found[0].rollup.as_str()),
        (1, "order"),
        "the day that was stored is no witness: {found:?}"
    );
    let day = found[0].recounted.parse().unwrap();
    let found = rollups::verify_day(&scope, day).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    rollups::repair_day(&scope, day, &found).await.unwrap();
    assert!(rollups::verify(&scope).await.unwrap().is_empty());
}
