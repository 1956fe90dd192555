//! What stands beside the lists: the numbers of their views, an order's neighbours, and what needs doing. Each says
//! what the list itself would show.

use chrono::{DateTime, Duration, Utc};
use db::attention::{self, Attention};
use db::orders::counts::{self, Count};
use db::orders::neighbours::{self, Neighbours};
use db::orders::{cancel, list, refund};
use db::testing::{self, TestDb};
use db::{Access, Clock, Scope};
use domain::imports::{ImportQuery, ImportView};
use domain::orders::query::AmountsIn;
use domain::orders::refund::RefundRequest;
use domain::orders::{NewOrder, OrderQuery};
use domain::page::Limit;
use domain::permission::Permission;

fn now() -> DateTime<Utc> {
    "2026-03-10T12:00:00Z".parse().unwrap()
}

async fn shop(db: &TestDb, slug: &str) -> (Access, Scope, db::stores::Store) {
    let access = testing::tenant(&db.db, slug).await;
    let store = testing::store(&access, "north", "Pacific/Auckland", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    (access, scope, store)
}

fn query(text: &[(&str, &str)]) -> OrderQuery {
    OrderQuery::parse(text.iter().copied(), AmountsIn::Major, &testing::seal()).unwrap()
}

async fn number(scope: &Scope, pairs: &[(&str, &str)]) -> i64 {
    let all = OrderQuery { limit: Limit::new(200).unwrap(), ..query(pairs) };
    i64::try_from(list::list(scope, &all).await.unwrap().rows.len()).unwrap()
}

#[tokio::test]
async fn each_view_counts_what_its_list_shows() {
    let db = TestDb::with(Clock::fixed(now()), None).await;
    let (_, scope, store) = shop(&db, "ours").await;
    let (_, theirs, other) = shop(&db, "theirs").await;
    let order =
        |store: &db::stores::Store, n: i64| testing::order(store, &format!("A-{n}"), now() - Duration::hours(n * 7), 2);
    let placed: Vec<NewOrder> = (0..12).map(|n| order(&store, n)).collect();
    testing::place_all(&scope, &store, &placed).await;
    testing::place_all(&theirs, &other, &[order(&other, 1)]).await;
    let rows = list::list(&scope, &OrderQuery::default()).await.unwrap().rows;
    cancel::cancel(&scope, rows[0].id, "").await.unwrap();
    refund::refund(&scope, rows[1].id, &RefundRequest::lines(vec![(1, 1)]), "", None).await.unwrap();
    refund::refund(&scope, rows[2].id, &RefundRequest::full(), "", None).await.unwrap();

    let found = counts::views(&scope, None).await.unwrap();
    assert_eq!(found, counts::views(&scope, Some("north")).await.unwrap());
    let open = [("kind", "sale"), ("status", "open")];
    let with = |pair| [open[0], open[1], pair];
    for (count, pairs) in [
        (found.all, &[] as &[_]),
        (found.to_fulfil, &with(("fulfilment", "unfulfilled,partially_fulfilled"))),
        (found.unpaid, &with(("payment", "pending,authorized,partially_paid"))),
        (found.partly_refunded, &with(("payment", "partially_refunded"))),
        (found.returns, &[("kind", "return")]),
        (found.cancelled, &[("status", "cancelled")]),
    ] {
        assert_eq!(count, Count { number: number(&scope, pairs).await, more: false }, "{pairs:?}");
    }
    assert_eq!((found.all.number, found.to_fulfil.number, found.partly_refunded.number), (12, 10, 1));
    assert_eq!(counts::views(&theirs, None).await.unwrap().all.number, 1);
    assert!(counts::views(&scope, Some("south")).await.is_err());
}

#[tokio::test]
async fn neighbours_are_those_of_the_list_and_never_a_foreign_one() {
    let db = TestDb::with(Clock::fixed(now()), None).await;
    let (_, scope, store) = shop(&db, "ours").await;
    let (_, theirs, other) = shop(&db, "theirs").await;
    // Over several quarters, and two of each instant: the id breaks the tie.
    let at = |n: i64| now() - Duration::days(40 * (n / 2));
    let placed: Vec<NewOrder> = (0..14).map(|n| testing::order(&store, &format!("A-{n}"), at(n), 1)).collect();
    testing::place_all(&scope, &store, &placed).await;
    testing::place_all(&theirs, &other, &[testing::order(&other, "T", at(6), 1)]).await;
    let rows = list::list(&scope, &OrderQuery::default()).await.unwrap().rows;
    for (n, row) in rows.iter().enumerate() {
        let found = neighbours::neighbours(&scope, &OrderQuery::default(), row.placed_at, row.id).await.unwrap();
        let name = |n: Option<usize>| n.and_then(|n| rows.get(n)).map(|row| row.number.clone());
        let (newer, older) = (found.newer.map(|o| o.number), found.older.map(|o| o.number));
        assert_eq!((newer, older), (name(n.checked_sub(1)), name(Some(n + 1))), "{}", row.number);
    }
    let alone = list::list(&theirs, &OrderQuery::default()).await.unwrap().rows.remove(0);
    let found = neighbours::neighbours(&theirs, &OrderQuery::default(), alone.placed_at, alone.id).await.unwrap();
    assert_eq!(found, Neighbours::default());
    let plan = neighbours::explain(&scope, &OrderQuery::default(), rows[5].placed_at, rows[5].id).await.unwrap();
    assert!(!plan.lines().any(|l| l.contains("Seq Scan on orders") && !l.contains("never executed")), "{plan}");
}

#[tokio::test]
async fn neighbours_stay_in_the_list_they_were_come_to_from() {
    let db = TestDb::with(Clock::fixed(now()), None).await;
    let (access, scope, store) = shop(&db, "ours").await;
    let south = testing::store(&access, "south", "Europe/London", "GBP").await;
    let at = |n: i64| now() - Duration::days(20 * (n / 2));
    let order = |store: &db::stores::Store, n: i64| testing::order(store, &format!("A-{n}"), at(n), 1 + n % 3);
    testing::place_all(&scope, &store, &(0..18).map(|n| order(&store, n)).collect::<Vec<_>>()).await;
    testing::place_all(&scope, &south, &(18..24).map(|n| order(&south, n)).collect::<Vec<_>>()).await;
    let all = list::list(&scope, &OrderQuery::default()).await.unwrap().rows;
    cancel::cancel(&scope, all[3].id, "").await.unwrap();
    for pairs in [
        &[("store", "north")] as &[(&str, &str)],
        &[("min", "9"), ("sort", "oldest")],
        &[("status", "open"), ("q", "A-1")],
        &[("q", "tea"), ("max", "12")],
        &[("from", "2026-01-01"), ("to", "2026-03-01"), ("store", "south")],
    ] {
        let within = query(pairs);
        let mut rows =
            list::list(&scope, &OrderQuery { limit: Limit::new(200).unwrap(), ..within.clone() }).await.unwrap().rows;
        if within.sort == domain::page::Sort::Oldest {
            rows.reverse();
        }
        for (n, row) in rows.iter().enumerate() {
            let found = neighbours::neighbours(&scope, &within, row.placed_at, row.id).await.unwrap();
            let name = |n: Option<usize>| n.and_then(|n| rows.get(n)).map(|row| row.number.clone());
            let (newer, older) = (found.newer.map(|o| o.number), found.older.map(|o| o.number));
            assert_eq!((newer, older), (name(n.checked_sub(1)), name(Some(n + 1))), "{pairs:?} {}", row.number);
        }
    }
}

#[tokio::test]
async fn what_needs_doing_is_what_the_linked_list_shows() {
    let db = TestDb::with(Clock::fixed(now()), None).await;
    let (access, scope, store) = shop(&db, "ours").await;
    let (theirs, ..) = shop(&db, "theirs").await;
    assert_eq!(attention::list(&access, None).await.unwrap(), []);
    let placed: Vec<NewOrder> =
        (0..10).map(|n| testing::order(&store, &format!("A-{n}"), now() - Duration::hours(n * 12), 1)).collect();
    testing::place_all(&scope, &store, &placed).await;
    let owner = db.owner(access.tenant()).await;
    for (n, (status, rejected, age)) in
        [("failed", 0, 1), ("failed", 0, 30), ("done", 3, 2), ("done", 0, 2)].into_iter().enumerate()
    {
        sqlx::query(
            "insert into import_runs (tenant_id, id, store_id, format, file_name, file_path, file_size, file_hash, status, summary, actor, created_at) \
             values ($1, gen_random_uuid(), $2, 'orders-csv', 'f', 'f', 1, $3, $4, jsonb_build_object('read', 1, 'orders', 0, 'returns', 0, 'skipped', 0, \
             'rejected', $5::int, 'items', 0, 'unchanged', 0, 'currencies', '{}'::jsonb), 'command', $6)",
        )
        .bind(access.tenant().0)
        .bind(store.id.0)
        .bind(vec![u8::try_from(n).unwrap()])
        .bind(status)
        .bind(rejected)
        .bind(now() - Duration::days(age))
        .execute(&owner)
        .await
        .unwrap();
    }
    let found = attention::list(&access, Some("north")).await.unwrap();
    assert_eq!(found.len(), 3, "{found:?}");
    for item in found {
        let listed = match &item {
            Attention::Overdue { to, .. } => {
                let to = to.to_string();
                number(&scope, &[("kind", "sale"), ("status", "open"), ("fulfilment", "unfulfilled"), ("to", &to)])
                    .await
            }
            Attention::Imports { view, from, .. } => {
                let query = ImportQuery { view: Some(*view), from: Some(*from), ..ImportQuery::default() };
                let rows = db::imports::list(&scope, &query, Limit::default()).await.unwrap().rows;
                assert_eq!(rows.len(), 1);
                assert!(matches!(
                    (view, rows[0].summary.rejected),
                    (ImportView::Failed, 0) | (ImportView::Rejected, 3)
                ));
                1
            }
            Attention::Backups(words) => panic!("a tenant of this very moment has no backup to miss: {words}"),
        };
        assert!(listed > 0);
        assert_eq!(item.count(), Count { number: listed, more: false }, "{item:?}");
    }
    assert_eq!(attention::list(&theirs, None).await.unwrap(), []);
}

#[tokio::test]
async fn totals_are_compared_in_the_currency_of_each_order() {
    let db = TestDb::with(Clock::fixed(now()), None).await;
    let access = testing::tenant(&db.db, "ours").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    // The unit of account of Chile has four decimals.
    for (currency, small, large) in [("JPY", 1, 2), ("GBP", 2, 300), ("KWD", 2, 3_000), ("CLF", 2, 30_000)] {
        let store = testing::store(&access, &currency.to_lowercase(), "UTC", currency).await;
        let orders = [("small", small), ("large", large)].map(|(number, n)| testing::order(&store, number, now(), n));
        testing::place_all(&scope, &store, &orders).await;
    }
    let numbers = async |pairs: &[(&str, &str)]| -> Vec<String> {
        let rows = list::list(&scope, &query(pairs)).await.unwrap().rows;
        let found = db::orders::summary::summary(&scope, &query(pairs)).await.unwrap().found;
        assert_eq!(usize::try_from(found), Ok(rows.len()), "{pairs:?}");
        let mut numbers: Vec<_> = rows.iter().map(|row| format!("{} {}", row.currency, row.number)).collect();
        numbers.sort();
        numbers
    };
    let of = |number: &str| ["CLF", "GBP", "JPY", "KWD"].map(|currency| format!("{currency} {number}"));
    assert_eq!(numbers(&[("min", "1000")]).await, of("large"));
    assert_eq!(numbers(&[("max", "1000")]).await, of("small"));
    assert_eq!(numbers(&[("min", "1000"), ("store", "jpy")]).await, ["JPY large"]);
    assert_eq!(numbers(&[("max", "1.2"), ("min", "0.12")]).await, ["CLF small", "KWD small"]);
    assert_eq!(numbers(&[("max", "1.1999")]).await, ["CLF small"]);
    // Minor units are those of each order, as the API writes its total.
    let minor = OrderQuery::parse([("min", "1000"), ("max", "1200.0")], AmountsIn::Minor, &testing::seal()).unwrap();
    assert_eq!(list::list(&scope, &minor).await.unwrap().rows.len(), 4);
}
