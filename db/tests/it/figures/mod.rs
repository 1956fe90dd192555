//! Rollups equal an independent recount after every step, whatever happens.

mod history;
mod life;
mod witness;

use chrono::Duration;
use db::orders::change::change;
use db::orders::place::Placed;
use db::rollups;
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Clock, DataError, Scope};
use domain::calendar::{Tz, shifts};
use domain::ids::OrderId;
use domain::orders::NewOrder;
use domain::orders::new_order::Draft;
use domain::permission::Permission;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::history::{Action, Moment, NewSale, STORES, action, body, zone};
use self::witness::{reads_as_it_was_placed, refunds_lie_where_the_rules_say, stands_as_its_records_say};

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
        stands_as_its_records_say(&scope, *id, order).await;
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
    let (_, order) = Draft::checked_from_json(&body(n, &at, sale, clock.now()), clock.now()).ok()?;
    match testing::place_all(scope, store, std::slice::from_ref(&order)).await[0] {
        Placed::Stored(id) => Some((id, order, store.zone)),
        other => panic!("{other:?}"),
    }
}

async fn act(scope: &Scope, clock: &Clock, stores: &[Store], orders: &[OrderId], action: &Action) {
    match action {
        Action::Place(_) => {}
        Action::Happens(_, _) if orders.is_empty() => {}
        Action::Happens(which, deed) => {
            let order = orders[which.index(orders.len())];
            let done = change(scope, order, &deed.change(clock.now())).await;
            let is_ruled = matches!(done, Ok(()) | Err(DataError::Invalid(_) | DataError::Refused(_)));
            assert!(is_ruled, "only the rule may refuse: {done:?}");
        }
        Action::Wait(seconds) => clock.set(clock.now() + Duration::seconds(*seconds)),
        Action::CountReturnsOn(store, rule) => {
            let form = [("returns_on".to_owned(), rule.as_str().to_owned())];
            db::settings::change(scope, &stores[*store].slug, &form).await.unwrap();
        }
    }
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
