//! Lists: every row once whatever the page size, the same number of statements whatever the rows, and plans
//! that read partitions by their indexes.

use chrono::{DateTime, Duration, Utc};
use db::orders::{arrived, counts, list, neighbours, search, show, summary};
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Scope};
use domain::orders::{NewOrder, OrderQuery};
use domain::page::Limit;
use domain::permission::Permission;
use sqlx::Row;

async fn shop(db: &TestDb) -> (Access, Store, Scope) {
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    (access, store, scope)
}

fn orders(store: &Store, count: i64, every: Duration) -> Vec<NewOrder> {
    let start: DateTime<Utc> = "2026-01-05T10:00:00Z".parse().unwrap();
    // Every third order shares its instant with the one before: the id must break the tie.
    let at = |n: i64| start + every * i32::try_from(n - i64::from(n % 3 == 2)).unwrap();
    (0..count).map(|n| testing::order(store, &format!("A-{n:05}"), at(n), 1 + n % 4)).collect()
}

fn query(pairs: &[(&str, &str)]) -> OrderQuery {
    OrderQuery::parse(pairs.iter().copied(), domain::orders::query::AmountsIn::Minor, &testing::seal()).unwrap()
}

#[tokio::test]
async fn pages_show_every_order_once_in_both_directions() {
    let db = TestDb::new().await;
    let (_, store, scope) = shop(&db).await;
    testing::place_all(&scope, &store, &orders(&store, 137, Duration::hours(30))).await;
    for limit in [1, 7, 50, 136, 137, 200] {
        let first = OrderQuery { limit: Limit::new(limit).unwrap(), ..OrderQuery::default() };
        let mut seen = Vec::new();
        let mut page = list::list(&scope, &first).await.unwrap();
        loop {
            seen.extend(page.rows.iter().map(|r| (r.placed_at, r.id)));
            let Some(older) = page.older else { break };
            page = list::list(&scope, &first.at(Some(testing::seal().seal(older)))).await.unwrap();
        }
        assert_eq!(seen.len(), 137, "limit {limit}");
        assert!(seen.windows(2).all(|w| (w[0].0, w[0].1) > (w[1].0, w[1].1)), "newest first, limit {limit}");
        let mut back = page.rows.len();
        while let Some(newer) = page.newer {
            page = list::list(&scope, &first.at(Some(testing::seal().seal(newer)))).await.unwrap();
            back += page.rows.len();
        }
        assert_eq!(back, 137, "back to the first page, limit {limit}");
        let mut page = list::list(&scope, &first.turned()).await.unwrap();
        let mut turned = Vec::new();
        loop {
            turned.extend(page.rows.iter().map(|r| (r.placed_at, r.id)));
            let Some(newer) = page.newer else { break };
            page = list::list(&scope, &OrderQuery { cursor: Some(testing::seal().seal(newer)), ..first.turned() })
                .await
                .unwrap();
        }
        seen.reverse();
        assert_eq!(turned, seen, "oldest first, limit {limit}");
    }
}

#[tokio::test]
async fn filters_and_search_find_what_they_name() {
    let db = TestDb::new().await;
    let (_, store, scope) = shop(&db).await;
    let mut body = serde_json::json!({
        "store": "north", "number": "WEB-7", "placed_at": "2026-02-03T23:30:00Z", "currency": "GBP",
        "customer": {"email": "Ana@Example.com", "external_id": "C-9"},
        "items": [{"sku": "Cup-01", "title": "Cup", "quantity": 2, "unit_price": 1000}],
    });
    let mut made = Vec::new();
    for number in ["WEB-7", "WEB-71"] {
        body["number"] = number.into();
        made.push(domain::orders::new_order::Draft::checked_from_json(&body, db.db.clock().now()).unwrap().1);
    }
    made.extend(orders(&store, 20, Duration::hours(5)));
    testing::place_all(&scope, &store, &made).await;
    let cases: [(&[(&str, &str)], usize); 14] = [
        (&[("q", "web-7")], 2),
        (&[("q", "#WEB-71")], 1),
        (&[("q", "ana@example.com")], 2),
        (&[("q", "ana")], 2),
        (&[("q", "C-9")], 2),
        (&[("q", "CUP-01")], 2),
        (&[("q", "tea")], 20),
        (&[("q", "tea"), ("min", "2100")], 5),
        (&[("q", "%")], 0),
        (&[("q", "nothing of the kind")], 0),
        (&[("from", "2026-02-03"), ("to", "2026-02-03")], 2),
        (&[("min", "2000"), ("max", "2000")], 2),
        (&[("kind", "return")], 0),
        (&[("store", "north"), ("status", "open"), ("limit", "5")], 5),
    ];
    for (pairs, count) in cases {
        let found = list::list(&scope, &query(pairs)).await.unwrap().rows;
        assert_eq!(found.len(), count, "{pairs:?}");
        let sum = summary::summary(&scope, &query(pairs)).await.unwrap();
        let all = usize::try_from(sum.found).unwrap();
        assert!(all == count || pairs.iter().any(|p| p.0 == "limit"), "{pairs:?}: {sum:?}");
    }
    assert!(list::list(&scope, &query(&[("store", "south")])).await.is_err());
}

// The fewest of some tries: now and then one of them reads the stores for all that come in the next half second.
async fn statements(db: &TestDb, work: impl AsyncFn()) -> u64 {
    let mut fewest = u64::MAX;
    for _ in 0..4 {
        let before = db.db.statements();
        work().await;
        fewest = fewest.min(db.db.statements() - before);
    }
    fewest
}

#[tokio::test]
async fn the_number_of_statements_does_not_depend_on_the_rows() {
    let mut counts = Vec::new();
    for n in [3, 120] {
        let db = TestDb::new().await;
        let (access, store, scope) = shop(&db).await;
        testing::place_all(&scope, &store, &orders(&store, n, Duration::hours(3))).await;
        let (wide, tea) =
            (OrderQuery { limit: Limit::new(100).unwrap(), ..OrderQuery::default() }, query(&[("q", "tea")]));
        let of = domain::period::Period::new("2026-01-05".parse().unwrap(), "2026-02-05".parse().unwrap()).unwrap();
        let period = db::dashboards::DashboardQuery { period: Some(of), ..Default::default() };
        let sold = db::dashboards::dashboard(&scope, &period).await.unwrap().top_products[0].product;
        let product = OrderQuery { product: Some(sold), ..OrderQuery::default() };
        let count = [
            statements(&db, async || drop(list::list(&scope, &wide).await.unwrap())).await,
            statements(&db, async || drop(list::with_items(&scope, &wide).await.unwrap())).await,
            statements(&db, async || drop(list::list(&scope, &tea).await.unwrap())).await,
            statements(&db, async || drop(list::list(&scope, &product).await.unwrap())).await,
            statements(&db, async || drop(show::by_number(&scope, "north", "A-00001").await.unwrap())).await,
            statements(&db, async || drop(summary::summary(&scope, &wide).await.unwrap())).await,
        ];
        db::stores::known(&scope).await.unwrap();
        let before = db.db.statements();
        db::dashboards::dashboard(&scope, &db::dashboards::DashboardQuery::default()).await.unwrap();
        let dashboard = db.db.statements() - before <= 8;
        let one = list::list(&scope, &wide).await.unwrap().rows[1].clone();
        let beside = [
            statements(&db, async || {
                drop(neighbours::neighbours(&scope, &OrderQuery::default(), one.placed_at, one.id).await.unwrap())
            })
            .await,
            statements(&db, async || drop(neighbours::neighbours(&scope, &tea, one.placed_at, one.id).await.unwrap()))
                .await,
            statements(&db, async || _ = arrived::arrived(&scope, &wide, 1).await.unwrap()).await,
            statements(&db, async || _ = counts::views(&scope, None).await.unwrap()).await,
            statements(&db, async || drop(db::attention::list(&access, None).await.unwrap())).await,
        ];
        counts.push((count, dashboard, beside));
    }
    assert_eq!(counts[0], counts[1], "few rows and many rows");
    let what = "list, with items, search, product, detail, summary; dashboard; neighbours, within a search, arrived, numbers of views, attention";
    assert_eq!(counts[0], ([1, 2, 2, 2, 8, 1], true, [1, 2, 2, 2, 3]), "{what}");
}

#[tokio::test]
async fn list_plans_prune_partitions_and_never_scan_them_whole() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    let all: Vec<NewOrder> = orders(&store, 3_000, Duration::hours(2));
    for chunk in all.chunks(1_000) {
        testing::place_all(&scope, &store, chunk).await;
    }
    let owner = db.owner(access.tenant()).await;
    sqlx::query("analyze orders, order_items, order_refs, customers, variants").execute(&owner).await.unwrap();
    let cases: [(&[(&str, &str)], bool); 7] = [
        (&[], false),
        (&[("sort", "oldest")], false),
        (&[("store", "north"), ("sort", "oldest")], false),
        (&[("store", "north")], false),
        (&[("from", "2026-02-01"), ("to", "2026-02-10")], true),
        (&[("q", "A-00017")], false),
        (&[("store", "north"), ("from", "2026-05-01"), ("to", "2026-05-02"), ("status", "open")], true),
    ];
    for (pairs, pruned) in cases {
        let plan = explain(&scope, &query(pairs)).await;
        let small = ["stores", "customers"];
        let scanned = plan.lines().any(|l| {
            l.contains("Seq Scan on") && !small.iter().any(|s| l.contains(s)) && !l.contains("never executed")
        });
        assert!(!scanned, "{pairs:?}\n{plan}");
        assert!(!plan.contains("Sort Method: external"), "{plan}");
        if pruned {
            let partitions: std::collections::BTreeSet<&str> =
                plan.split_whitespace().filter(|w| w.starts_with("orders_20")).map(|w| &w[..12.min(w.len())]).collect();
            assert_eq!(partitions.len(), 1, "{pairs:?}\n{plan}");
        }
    }
}

async fn explain(scope: &Scope, query: &OrderQuery) -> String {
    let tx = scope.begin().await.unwrap();
    let plan = list::explain(&tx, query).await.unwrap();
    tx.commit().await.unwrap();
    plan
}

#[tokio::test]
async fn the_last_page_costs_what_the_first_costs() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    let all = orders(&store, 2_000, Duration::minutes(30));
    for chunk in all.chunks(1_000) {
        testing::place_all(&scope, &store, chunk).await;
    }
    let owner = db.owner(access.tenant()).await;
    sqlx::query("analyze orders, order_items, order_refs, customers, variants").execute(&owner).await.unwrap();
    let deep: (DateTime<Utc>, domain::ids::Uuid) = {
        let row = sqlx::query("select placed_at, id from orders order by placed_at, id offset 60 limit 1")
            .fetch_one(&owner)
            .await
            .unwrap();
        (row.get(0), row.get(1))
    };
    let cursor = domain::page::Cursor { direction: domain::page::Direction::Older, at: deep.0, id: deep.1 };
    let (first, last) = (OrderQuery::default(), OrderQuery::default().at(Some(testing::seal().seal(cursor))));
    let rows = |plan: &str| plan.lines().filter(|l| l.contains("Rows Removed by Filter")).count();
    let (first, last) = (explain(&scope, &first).await, explain(&scope, &last).await);
    assert_eq!((rows(&first), rows(&last)), (0, 0), "a cursor seeks, it does not filter\n{last}");
}

#[tokio::test]
async fn unfulfilled_orders_are_found_among_many_fulfilled_ones() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    for chunk in orders(&store, 3_000, Duration::hours(2)).chunks(1_000) {
        testing::place_all(&scope, &store, chunk).await;
    }
    let owner = db.owner(access.tenant()).await;
    let sent = "update orders set fulfilment_status = 'fulfilled' where number <> 'A-00012'";
    assert_eq!(sqlx::query(sent).execute(&owner).await.unwrap().rows_affected(), 2_999);
    sqlx::query("analyze orders").execute(&owner).await.unwrap();
    let waiting = query(&[("kind", "sale"), ("status", "open"), ("fulfilment", "unfulfilled")]);
    assert_eq!(list::list(&scope, &waiting).await.unwrap().rows.len(), 1);
    let plan = explain(&scope, &waiting).await;
    assert!(plan.contains("placed_at_id_idx") && !plan.contains("Rows Removed by Filter"), "{plan}");
    let views = counts::views(&scope, None).await.unwrap();
    assert_eq!((views.to_fulfil.number, views.to_fulfil.more), (1, false));
}

#[tokio::test]
async fn a_search_reads_by_its_indexes_even_where_one_tenant_owns_every_row() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    testing::place_all(&scope, &store, &orders(&store, 10, Duration::hours(2))).await;
    let owner = db.owner(access.tenant()).await;
    for sql in [
        "insert into customers (tenant_id, id, store_id, external_id, email, created_at) \
         select $1, gen_random_uuid(), $2, n::text, 'C' || n || '@example.com', now() from generate_series(1, 20000) n",
        "insert into customer_emails (tenant_id, email_key, customer_id) select tenant_id, lower(email), id from customers where store_id = $2",
        "insert into order_refs (tenant_id, store_id, number, order_id, placed_at, fingerprint) \
         select $1, $2, 'B-' || n, gen_random_uuid(), now(), '' from generate_series(1, 20000) n",
        "insert into products (tenant_id, id, store_id, title, created_at) values ($1, $2, $2, 'P', now())",
        "insert into variants (tenant_id, id, product_id, store_id, sku, sku_key, title, created_at) \
         select $1, gen_random_uuid(), $2, $2, 'Sku-' || n, 'sku-' || n, 'V', now() from generate_series(1, 20000) n",
    ] {
        sqlx::query(sql).bind(access.tenant().0).bind(store.id.0).execute(&owner).await.unwrap();
    }
    sqlx::query("analyze order_refs, customers, customer_emails, variants").execute(&owner).await.unwrap();
    let tx = scope.begin().await.unwrap();
    for text in ["b-1999", "c1999@", "1999", "sku-1999"] {
        let plan = search::explain(&tx, text).await.unwrap();
        assert!(!plan.contains("Seq Scan"), "{text}\n{plan}");
        for index in ["order_refs_number", "customer_emails_pkey", "customers_external_id", "variants_sku"] {
            assert!(plan.contains(index), "{text}: {index}\n{plan}");
        }
        // Read by the key, and not by the tenant alone and then sorted out.
        assert!(!plan.contains("Rows Removed"), "{text}\n{plan}");
    }
}
