//! What a search finds: numbers however shops write them, all that a text means and not only the first of it, the orders of a
//! product; and how many of the orders that came in a list would show.

mod order_numbers;
mod products;

use chrono::{DateTime, Duration, Utc};
use db::feed::{NewEvent, append};
use db::orders::arrived::{Arrived, arrived};
use db::orders::place::{Placed, Via, place};
use db::orders::{list, neighbours, search, summary};
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Scope};
use domain::feed::EventKind;
use domain::orders::new_order::Draft;
use domain::orders::query::Bound;
use domain::orders::{NewOrder, OrderQuery};
use domain::page::Limit;
use domain::permission::Permission;
use serde_json::json;

async fn shop(db: &TestDb) -> (Access, Store, Scope) {
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    (access, store, scope)
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn sale(number: &str, placed_at: DateTime<Utc>, currency: &str, (sku, title, price): (&str, &str, i64)) -> NewOrder {
    let body = json!({
        "store": "north", "number": number, "placed_at": placed_at, "currency": currency,
        "customer": {"email": format!("{number}@example.com")},
        "items": [{"sku": sku, "title": title, "quantity": 1, "unit_price": price}],
    });
    Draft::checked_from_json(&body, at("2026-12-31T00:00:00Z")).unwrap().1
}

fn searching(text: &str) -> OrderQuery {
    OrderQuery { q: Some(text.into()), limit: Limit::new(200).unwrap(), ..OrderQuery::default() }
}

async fn numbers(scope: &Scope, query: &OrderQuery) -> Vec<String> {
    list::list(scope, query).await.unwrap().rows.into_iter().map(|row| row.number).collect()
}

// Every page, one behind the other.
async fn all(scope: &Scope, query: &OrderQuery) -> Vec<(DateTime<Utc>, domain::ids::OrderId)> {
    let (mut seen, mut from) = (Vec::new(), query.clone());
    loop {
        let page = list::list(scope, &from).await.unwrap();
        seen.extend(page.rows.iter().map(|row| (row.placed_at, row.id)));
        let Some(older) = page.older else { return seen };
        from = query.at(Some(testing::seal().seal(older)));
    }
}

#[tokio::test]
async fn a_text_that_means_many_orders_lists_all_of_them_in_order() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    let start = at("2026-02-01T10:00:00Z");
    let order =
        |n: i64| testing::order(&store, &format!("A-{n:04}"), start + Duration::minutes(n * 97 % 100_000), 1 + n % 3);
    testing::place_all(&scope, &store, &(0..620).map(order).collect::<Vec<_>>()).await;
    let seen = all(&scope, &searching("A-")).await;
    assert_eq!(seen.len(), 620);
    assert!(seen.windows(2).all(|w| w[0] > w[1]), "newest first, each once");
    let sum = summary::summary(&scope, &searching("A-")).await.unwrap();
    assert_eq!((sum.found, sum.more), (620, false));

    // So many numbers begin like that that the list is walked: the same orders, under the other filters too.
    let owner = db.owner(access.tenant()).await;
    let fill = "insert into order_refs (tenant_id, store_id, number, order_id, placed_at, fingerprint) \
                select $1, $2, 'A-x' || n, gen_random_uuid(), now(), '' from generate_series(1, $3) n";
    let many = search::SORTED + 1;
    sqlx::query(fill).bind(access.tenant().0).bind(store.id.0).bind(many).execute(&owner).await.unwrap();
    sqlx::query("analyze order_refs, orders").execute(&owner).await.unwrap();
    assert_eq!(all(&scope, &searching("#a-")).await, seen);
    let fewer = OrderQuery { min: Some(Bound::Minor(1_600)), ..searching("A-") };
    assert_eq!(all(&scope, &fewer).await.len(), 206);
    assert_eq!(summary::summary(&scope, &fewer).await.unwrap().found, 206);
    let beside = neighbours::neighbours(&scope, &searching("A-"), seen[1].0, seen[1].1).await.unwrap();
    assert!(beside.newer.is_some() && beside.older.is_some());
}

#[tokio::test]
async fn an_address_that_many_customers_begin_with_lists_all_their_orders() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    let start = at("2026-02-01T10:00:00Z");
    let order = |n: i64| sale(&format!("u{n}"), start + Duration::minutes(n), "GBP", ("A", "A", 100));
    testing::place_all(&scope, &store, &(0..60).map(order).collect::<Vec<_>>()).await;
    let seen = all(&scope, &searching("u")).await;
    assert_eq!(seen.len(), 60);
    let owner = db.owner(access.tenant()).await;
    let fill = "with c as (insert into customers (tenant_id, id, store_id, email, created_at) \
                  select $1, gen_random_uuid(), $2, 'u' || n || '@many.test', now() from generate_series(1, 2100) n returning id, email) \
                insert into customer_emails select $1, email, id from c";
    sqlx::query(fill).bind(access.tenant().0).bind(store.id.0).execute(&owner).await.unwrap();
    assert_eq!(all(&scope, &searching("u")).await, seen);
}

#[tokio::test]
async fn the_pill_counts_what_the_list_would_show() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    let placed = at("2026-05-01T10:00:00Z");
    let order = |number: &str, n: i64| testing::order(&store, number, placed, n);
    testing::place_all(&scope, &store, &[order("OLD-1", 2)]).await;
    let after = testing::head(&access).await;
    testing::place_all(&scope, &store, &[order("WEB-1", 2), order("WEB-2", 1)]).await;
    // An import says which orders it stored; another that a program sends lies between them and is counted once.
    let tx = scope.begin().await.unwrap();
    let stored = place(&tx, &store, &[order("WEB-3", 2), order("FILE-1", 2)], Via::Import).await.unwrap();
    let ids: Vec<_> = stored.iter().map(|p| if let Placed::Stored(id) = p { *id } else { panic!("{p:?}") }).collect();
    let data = json!({"stored": 2, "first": ids.iter().min().unwrap(), "last": ids.iter().max().unwrap()});
    append(&tx, vec![NewEvent { kind: EventKind::ImportProgress, store: Some(store.id), data }]).await.unwrap();
    tx.commit().await.unwrap();
    let head = testing::head(&access).await;
    let count = async |query: &OrderQuery| arrived(&scope, query, after).await.unwrap();
    let found = count(&OrderQuery::default()).await;
    assert_eq!(found, Arrived { count: 4, through: head, more: false });
    for (query, number) in [
        (searching("web"), 3),
        (OrderQuery { min: Some(Bound::Minor(900)), ..searching("web") }, 2),
        (OrderQuery { max: Some(Bound::Minor(800)), ..OrderQuery::default() }, 1),
        (
            OrderQuery {
                from: Some("2026-05-01".parse().unwrap()),
                to: Some("2026-05-01".parse().unwrap()),
                ..OrderQuery::default()
            },
            4,
        ),
        (OrderQuery { from: Some("2026-05-02".parse().unwrap()), ..OrderQuery::default() }, 0),
        (OrderQuery { kind: Some(domain::orders::OrderKind::Return), ..OrderQuery::default() }, 0),
        (OrderQuery { status: "cancelled".parse().unwrap(), ..OrderQuery::default() }, 0),
        (OrderQuery { store: Some("north".into()), ..OrderQuery::default() }, 4),
    ] {
        assert_eq!(count(&query).await.count, number, "{query:?}");
    }
    assert_eq!(
        arrived(&scope, &OrderQuery::default(), head).await.unwrap(),
        Arrived { count: 0, through: head, more: false }
    );
}
