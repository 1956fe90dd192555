//! Orders of a product, the ranks of products, and their names.

use chrono::Duration;
use db::dashboards::{DashboardQuery, dashboard};
use db::orders::summary;
use db::testing::{self, TestDb};
use domain::orders::{NewOrder, OrderQuery};
use domain::period::Period;
use domain::permission::Permission;

use super::{at, numbers, sale, shop};

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
