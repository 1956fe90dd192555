//! The day on which refunds count: the list, the dashboard and the report say one number under either rule, and a rule
//! that changes while refunds are made leaves nothing behind.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use db::dashboards::{DashboardQuery, dashboard};
use db::orders::summary::summary;
use db::orders::{list, refund};
use db::reports::{Group, SalesQuery, sales};
use db::rollups;
use db::settings::change;
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Clock, Scope};
use domain::ids::OrderId;
use domain::money::Currency;
use domain::orders::new_order::Draft;
use domain::orders::query::AmountsIn;
use domain::orders::refund::RefundRequest;
use domain::orders::{Figures, ItemKind, NewItem, NewOrder, OrderKind, OrderQuery};
use domain::period::{Comparison, Period};
use domain::permission::Permission;
use domain::settings::ReturnDay;

/// A morning of Auckland, and the evening before of London.
const NOW: &str = "2026-03-09T20:45:00Z";

struct World {
    db: TestDb,
    access: Access,
    scope: Scope,
    auckland: Store,
    london: Store,
}

async fn world() -> World {
    let clock = Clock::fixed(NOW.parse().unwrap());
    let db = TestDb::with(clock, None).await;
    let access = testing::tenant(&db.db, "shop").await;
    let auckland = testing::store(&access, "auckland", "Pacific/Auckland", "GBP").await;
    let london = testing::store(&access, "london", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::RefundOrders).unwrap();
    World { db, access, scope, auckland, london }
}

impl World {
    async fn rule(&self, store: &Store, rule: ReturnDay) {
        let scope = self.access.scope(Permission::ManageStores).unwrap();
        change(&scope, &store.slug, &[("returns_on".into(), rule.as_str().into())]).await.unwrap();
    }

    /// Sales of one, two, three.. pieces on the hours before now, each with a piece of it refunded now, and a return order.
    async fn traded(&self) {
        for store in [&self.auckland, &self.london] {
            let at = |n: i64| now() - Duration::hours(n * 9) - Duration::minutes(10);
            let mut orders: Vec<NewOrder> =
                (1..9).map(|n| testing::order(store, &format!("{}-{n}", store.slug), at(n), n)).collect();
            orders.push(credit(store, at(3)));
            testing::place_all(&self.scope, store, &orders).await;
        }
        for (n, id) in self.sales().await.into_iter().enumerate() {
            let request = if n % 5 == 0 { RefundRequest::full() } else { RefundRequest::lines(vec![(1, 1)]) };
            refund::refund(&self.scope, id, &request, "", None).await.unwrap();
        }
    }

    async fn sales(&self) -> Vec<OrderId> {
        let rows = list::list(&self.scope, &query(&[("kind", "sale")])).await.unwrap().rows;
        rows.iter().map(|row| row.id).collect()
    }
}

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn query(pairs: &[(&str, &str)]) -> OrderQuery {
    OrderQuery::parse(pairs.iter().copied(), AmountsIn::Major, &testing::seal()).unwrap()
}

fn credit(store: &Store, at: DateTime<Utc>) -> NewOrder {
    let item = NewItem {
        sku: Some("TEA".into()),
        title: "Tea".into(),
        kind: ItemKind::Product,
        quantity: -1,
        unit_price: 450,
        ..NewItem::default()
    };
    let draft = Draft { items: vec![item], ..Draft::new("credit", OrderKind::Return, at, store.currency) };
    draft.check(at).unwrap()
}

#[tokio::test]
async fn list_dashboard_and_report_agree_under_either_rule() {
    let world = world().await;
    world.traded().await;
    let mut seen = Vec::new();
    for (auckland, london) in [
        (ReturnDay::Return, ReturnDay::Return),
        (ReturnDay::Order, ReturnDay::Return),
        (ReturnDay::Order, ReturnDay::Order),
        (ReturnDay::Return, ReturnDay::Order),
        (ReturnDay::Return, ReturnDay::Return),
    ] {
        world.rule(&world.auckland, auckland).await;
        world.rule(&world.london, london).await;
        let mut days = Vec::new();
        for store in [None, Some("auckland"), Some("london")] {
            for (from, to) in [
                ("2026-03-06", "2026-03-06"),
                ("2026-03-09", "2026-03-09"),
                ("2026-03-10", "2026-03-10"),
                ("2026-03-01", "2026-03-10"),
            ] {
                days.push(one_number(&world.scope, store, (from, to)).await);
            }
        }
        assert!(rollups::verify(&world.scope).await.unwrap().is_empty());
        seen.push(days);
    }
    assert_eq!(seen[0], seen[4], "and back again");
    assert!(seen.iter().take(4).all(|days| days[3] == seen[0][3]), "no rule makes more or less of them");
    // London's own day of all its refunds is the 9th: none is left there but those of orders of that day.
    let [own, of_orders] = [&seen[0][9], &seen[2][9]].map(|f| f[&"GBP".parse().unwrap()].refunds);
    assert_eq!((own, of_orders), (8, 2));
    let returns = |days: &BTreeMap<Currency, Figures>| days[&"GBP".parse().unwrap()].returned;
    assert_eq!(seen.iter().map(|days| returns(&days[11])).collect::<Vec<_>>(), [450; 5], "return orders stay");
}

/// The figures of those days, the same wherever they are asked for.
async fn one_number(scope: &Scope, store: Option<&str>, days: (&str, &str)) -> BTreeMap<Currency, Figures> {
    let period = Period::new(day(days.0), day(days.1)).unwrap();
    let mut pairs = vec![("from", days.0), ("to", days.1)];
    pairs.extend(store.map(|store| ("store", store)));
    let listed = summary(scope, &query(&pairs)).await.unwrap();
    let listed: BTreeMap<Currency, Figures> = listed.currencies.into_iter().collect();

    let of = DashboardQuery { store: store.map(Into::into), period: Some(period), compare: Comparison::default() };
    let board = dashboard(scope, &of).await.unwrap();
    let shown = board.currencies.iter().map(|c| (c.currency, c.now)).filter(|(_, f)| !f.is_zero()).collect();
    assert_eq!(listed, shown, "the dashboard, {store:?} {days:?}");

    for group in [Group::Day, Group::Hour, Group::None] {
        let report =
            SalesQuery { store: store.map(Into::into), period: Some(period), group, compare: Comparison::None };
        let parts = sales(scope, &report).await.unwrap().currencies;
        assert_eq!(listed, parts.iter().map(|p| (p.currency, p.totals)).collect(), "{group:?}, {store:?} {days:?}");
        let rows = |rows: &[(_, Figures)]| rows.iter().map(|(_, f)| *f).sum::<Figures>();
        assert!(group == Group::None || parts.iter().all(|p| rows(&p.rows) == p.totals));
    }

    pairs.push(("kind", "return"));
    let returns = summary(scope, &query(&pairs)).await.unwrap();
    let refunds = refund::in_period(scope, store, period.from, period.to, 1_000).await.unwrap();
    let sums =
        returns.currencies.iter().map(|(_, f)| (f.refunds, f.refunded)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let rows = (i64::try_from(refunds.len()).unwrap(), refunds.iter().map(|r| r.parts.goods).sum::<i64>());
    assert_eq!(sums, rows, "the table of refunds, {store:?} {days:?}");
    let all = listed.values().map(|f| (f.refunds, f.refunded)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    assert_eq!(sums, all, "under a filter of returns");
    listed
}

#[tokio::test]
async fn a_running_day_is_compared_by_the_rule_to_the_second() {
    let world = world().await;
    // Yesterday of London at 20:35, ten minutes before its present time of day, and at 20:55: within the running hour.
    let at = |minutes: i64| now() - Duration::days(1) + Duration::minutes(minutes);
    let orders = [-10, 10].map(|n| testing::order(&world.london, &format!("N{n}"), at(n), 2));
    testing::place_all(&world.scope, &world.london, &orders).await;
    for id in world.sales().await {
        refund::refund(&world.scope, id, &RefundRequest::full(), "", None).await.unwrap();
    }
    let today = Period::new(day("2026-03-09"), day("2026-03-09")).unwrap();
    for (rule, now, before) in [(ReturnDay::Return, 2, 0), (ReturnDay::Order, 0, 1), (ReturnDay::Return, 2, 0)] {
        world.rule(&world.london, rule).await;
        let of = DashboardQuery { store: Some("london".into()), period: Some(today), compare: Comparison::Previous };
        let board = dashboard(&world.scope, &of).await.unwrap();
        let part = &board.currencies[0];
        assert_eq!((part.now.refunds, part.before.unwrap().refunds), (now, before), "{rule:?}");
        // The goods; shipping that was given back lowers shipping.
        assert_eq!(part.before.unwrap().refunded, before * 900);
        assert_eq!(part.before.unwrap().shipping, 300 - before * 300);
    }
}

#[tokio::test]
async fn a_refund_that_waits_for_a_change_of_the_rule_goes_by_the_new_one() {
    let world = world().await;
    let placed_at = now() - Duration::days(4);
    testing::place_all(&world.scope, &world.london, &[testing::order(&world.london, "1", placed_at, 2)]).await;
    let sale = world.sales().await[0];
    let owner = world.db.owner(world.access.tenant()).await;
    let watching = world.db.owner(world.access.tenant()).await;
    let mut holding = owner.begin().await.unwrap();
    sqlx::query("select from feed_heads for update").execute(&mut *holding).await.unwrap();
    let manager = world.access.scope(Permission::ManageStores).unwrap();
    let changing = tokio::spawn(async move {
        change(&manager, "london", &[("returns_on".into(), ReturnDay::Order.as_str().into())]).await.unwrap();
    });
    until_waiting(&watching, 1).await;
    let scope = world.scope.clone();
    let refunding = tokio::spawn(async move {
        refund::refund(&scope, sale, &RefundRequest::full(), "", None).await.unwrap();
    });
    until_waiting(&watching, 2).await;
    holding.commit().await.unwrap();
    changing.await.unwrap();
    refunding.await.unwrap();
    let found = rollups::verify(&world.scope).await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    let refunds = refund::in_period(&world.scope, None, day("2026-03-05"), day("2026-03-05"), 10).await.unwrap();
    assert_eq!(refunds.len(), 1);
}

/// Until so many transactions stand in the queue for the feed's head.
async fn until_waiting(owner: &sqlx::PgPool, many: i64) {
    let sql = "select count(*) from pg_locks where locktype = 'tuple' and relation = 'feed_heads'::regclass \
               and database = (select oid from pg_database where datname = current_database())";
    let waits = async || {
        let found: i64 = sqlx::query_scalar(sql).fetch_one(owner).await.unwrap();
        (found == many).then_some(())
    };
    testing::eventually("transactions wait for the head", waits).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rule_that_changes_while_refunds_are_made_books_each_once() {
    let world = world().await;
    let orders: Vec<NewOrder> = (0..40)
        .map(|n| testing::order(&world.london, &format!("N{n}"), now() - Duration::hours(n * 5 + 1), 3))
        .collect();
    testing::place_all(&world.scope, &world.london, &orders).await;
    let sales = world.sales().await;
    let mut tasks = tokio::task::JoinSet::new();
    for half in sales.chunks(10) {
        let (scope, half) = (world.scope.clone(), half.to_vec());
        tasks.spawn(async move {
            for id in half {
                refund::refund(&scope, id, &RefundRequest::lines(vec![(1, 1)]), "", None).await.unwrap();
            }
        });
    }
    let (manager, placing) = (world.access.scope(Permission::ManageStores).unwrap(), world.scope.clone());
    tasks.spawn(async move {
        for n in 0..20 {
            let rule = ReturnDay::ALL[n % 2].as_str();
            change(&manager, "london", &[("returns_on".into(), rule.into())]).await.unwrap();
        }
    });
    // Orders that open days of their own refer to the store's row, behind the feed's head.
    let store = world.london.clone();
    tasks.spawn(async move {
        for n in 0..20 {
            let order = testing::order(&store, &format!("D{n}"), now() - Duration::days(20 + n), 1);
            testing::place_all(&placing, &store, &[order]).await;
        }
    });
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert!(rollups::verify(&world.scope).await.unwrap().is_empty());
    let totals = summary(&world.scope, &query(&[("store", "london")])).await.unwrap().currencies;
    assert_eq!((totals[0].1.refunds, totals[0].1.refunded), (40, 40 * 450));
    for rule in ReturnDay::ALL {
        world.rule(&world.london, rule).await;
        let spot = rollups::verify_day(&world.scope, day("2026-03-09")).await.unwrap();
        assert!(spot.is_empty(), "{spot:?}");
    }
}
