//! What a search finds: numbers however shops write them, all that a text means and not only the first of it, the orders of a
//! product; and how many of the orders that came in a list would show.

use chrono::{DateTime, Duration, Utc};
use db::dashboards::{DashboardQuery, dashboard};
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
use domain::period::Period;
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

// As shops write them.
const WRITTEN: &[&str] = &[
    "#1001",
    "1002",
    "#0012",
    "0077",
    "# 2001",
    "\u{ff03}2002",
    "\u{ff12}\u{ff10}\u{ff10}\u{ff13}",
    "No. 3001",
    "\u{2116} 3002",
    "Order #3003",
    "SHOP-4001",
    "shop 4002",
    "C536379",
    "\u{130}ST-9",
    "\u{3a3}\u{3b1}\u{3c2}-1",
    "#",
    "5001-EU",
];

// What is typed, and what it finds.
const FOUND: &[(&str, &str)] = &[
    ("#1001", "#1001"),
    ("1001", "#1001"),
    ("# 1001", "#1001"),
    ("\u{ff03}1001", "#1001"),
    ("no. 1001", "#1001"),
    ("\u{2116}1001", "#1001"),
    ("1002", "1002"),
    ("#1002", "1002"),
    ("No 1002", "1002"),
    ("\u{ff11}\u{ff10}\u{ff10}\u{ff12}", "1002"),
    ("#0012", "#0012"),
    ("0012", "#0012"),
    ("12", "#0012"),
    ("77", "0077"),
    ("#77", "0077"),
    ("0077", "0077"),
    ("2001", "# 2001"),
    ("#2001", "# 2001"),
    ("# 2001", "# 2001"),
    ("2002", "\u{ff03}2002"),
    ("2003", "\u{ff12}\u{ff10}\u{ff10}\u{ff13}"),
    ("3001", "No. 3001"),
    ("No. 3001", "No. 3001"),
    ("3002", "\u{2116} 3002"),
    ("Order 3003", "Order #3003"),
    ("3003", "Order #3003"),
    ("4001", "SHOP-4001"),
    ("shop-4001", "SHOP-4001"),
    ("#SHOP-4001", "SHOP-4001"),
    ("SHOP\u{2013}4001", "SHOP-4001"),
    ("400", "SHOP-4001"),
    ("SHOP 4002", "shop 4002"),
    ("536379", "C536379"),
    ("c5363", "C536379"),
    ("ist-9", "\u{130}ST-9"),
    ("\u{130}st-9", "\u{130}ST-9"),
    ("\u{3c3}\u{3b1}\u{3c3}-1", "\u{3a3}\u{3b1}\u{3c2}-1"),
    ("#", "#"),
    ("5001", "5001-EU"),
];

#[tokio::test]
async fn a_number_is_found_however_the_shop_writes_it() {
    let db = TestDb::new().await;
    let (_, store, scope) = shop(&db).await;
    let placed = at("2026-05-01T10:00:00Z");
    let orders: Vec<NewOrder> = WRITTEN.iter().map(|number| testing::order(&store, number, placed, 1)).collect();
    testing::place_all(&scope, &store, &orders).await;
    for (text, number) in FOUND {
        let found = numbers(&scope, &searching(text)).await;
        assert!(found.iter().any(|n| n == *number), "{text:?} finds {found:?} and not {number:?}");
        assert_eq!(
            summary::summary(&scope, &searching(text)).await.unwrap().found,
            i64::try_from(found.len()).unwrap(),
            "{text:?}"
        );
    }
    for (text, number) in [
        ("0012", "1002"),
        ("1001", "1002"),
        ("0", "SHOP-4001"),
        ("#", "#1001"),
        ("4001", "shop 4002"),
        ("001", "#1001"),
    ] {
        let found = numbers(&scope, &searching(text)).await;
        assert!(found.iter().all(|n| n != number), "{text:?} finds {found:?}");
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
async fn a_product_lists_its_own_orders_whatever_it_is_called() {
    let db = TestDb::new().await;
    let (_, store, scope) = shop(&db).await;
    let hour = |n: i64| at("2026-05-01T00:00:00Z") + Duration::hours(n);
    let orders = [
        sale("1", hour(1), "GBP", ("CUP", "Cup", 500)),
        sale("2", hour(2), "GBP", ("CUPS", "Cups", 400)),
        sale("3", hour(3), "GBP", ("CUP", "Cup", 500)),
        // Its number is the other's SKU.
        sale("CUP", hour(4), "GBP", ("TEA", "Tea", 300)),
    ];
    testing::place_all(&scope, &store, &orders).await;
    let period = Period::new("2026-05-01".parse().unwrap(), "2026-05-02".parse().unwrap()).ok();
    let shown = dashboard(&scope, &DashboardQuery { period, ..Default::default() }).await.unwrap();
    let cup = shown.top_products.iter().find(|p| p.title == "Cup").unwrap().product;
    let of = OrderQuery { product: Some(cup), ..OrderQuery::default() };
    assert_eq!(numbers(&scope, &of).await, ["3", "1"]);
    assert_eq!(summary::summary(&scope, &of).await.unwrap().found, 2);
    assert_eq!(numbers(&scope, &OrderQuery { q: Some("1".into()), ..of.clone() }).await, ["1"]);
    assert_eq!(numbers(&scope, &OrderQuery { product: Some(domain::ids::Uuid::nil().into()), ..of }).await, [""; 0]);
    assert_eq!(db::catalog::title(&scope, cup).await.unwrap().as_deref(), Some("Cup"));
    let theirs = testing::tenant(&db.db, "theirs").await.scope(Permission::ReadOrders).unwrap();
    assert_eq!(db::catalog::title(&theirs, cup).await.unwrap(), None);
}

#[tokio::test]
async fn products_rank_within_their_currency() {
    let db = TestDb::new().await;
    let (_, store, scope) = shop(&db).await;
    let start = at("2026-05-01T10:00:00Z");
    let mut orders: Vec<NewOrder> = (0..12)
        .map(|n| {
            let (number, sku) = (format!("H{n}"), format!("HU{n}"));
            sale(&number, start + Duration::minutes(n), "HUF", (&sku, &format!("Forint thing {n}"), 500_000 + n))
        })
        .collect();
    orders.push(sale("E", start, "EUR", ("EUR", "Best thing in euros", 100_000)));
    testing::place_all(&scope, &store, &orders).await;
    let period = Period::new("2026-05-01".parse().unwrap(), "2026-05-01".parse().unwrap()).ok();
    let shown = dashboard(&scope, &DashboardQuery { period, ..Default::default() }).await.unwrap();
    let codes: Vec<&str> = shown.top_products.iter().map(|p| p.currency.code()).collect();
    assert_eq!(codes, [["HUF"; 8].as_slice(), &["EUR"]].concat(), "the currency with the most orders first");
    assert_eq!(shown.top_products[0].title, "Forint thing 11");
    assert_eq!(shown.top_products[8].title, "Best thing in euros");
}

#[tokio::test]
async fn a_product_is_called_as_its_newest_order_calls_it() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    let hour = |n: i64| at("2026-05-01T00:00:00Z") + Duration::hours(n);
    let owner = db.owner(access.tenant()).await;
    let mut next = 0;
    let mut sells = async |hours: &[(i64, &str)]| {
        let orders: Vec<NewOrder> = hours
            .iter()
            .map(|(at, title)| {
                next += 1;
                sale(&format!("T{next}"), hour(*at), "GBP", ("REN", title, 500))
            })
            .collect();
        testing::place_all(&scope, &store, &orders).await;
        let sql = "select v.title || '/' || p.title from variants v join products p on p.tenant_id = v.tenant_id and p.id = v.product_id";
        sqlx::query_scalar::<_, String>(sql).fetch_one(&owner).await.unwrap()
    };
    assert_eq!(sells(&[(10, "Old"), (11, "New")]).await, "New/New", "the newest of those that come together");
    assert_eq!(sells(&[(20, "Newer")]).await, "Newer/Newer");
    assert_eq!(sells(&[(15, "Late")]).await, "Newer/Newer", "an older order that comes late");
    assert_eq!(sells(&[(30, "Newer")]).await, "Newer/Newer");
    assert_eq!(sells(&[(25, "Late")]).await, "Newer/Newer", "it was sold under its name since");
    assert_eq!(sells(&[(40, "Last"), (5, "First")]).await, "Last/Last");
    let before = db.db.statements();
    sells(&[(50, "Last")]).await;
    let same = db.db.statements() - before;
    let before = db.db.statements();
    sells(&[(60, "Again")]).await;
    assert_eq!(db.db.statements() - before, same + 1, "a new name costs one statement, the old one none");
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
        (OrderQuery { status: Some(domain::orders::OrderStatus::Cancelled), ..OrderQuery::default() }, 0),
        (OrderQuery { store: Some("north".into()), ..OrderQuery::default() }, 4),
    ] {
        assert_eq!(count(&query).await.count, number, "{query:?}");
    }
    assert_eq!(
        arrived(&scope, &OrderQuery::default(), head).await.unwrap(),
        Arrived { count: 0, through: head, more: false }
    );
}
