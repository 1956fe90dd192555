//! Levels of stock and who hears of them.

use chrono::{DateTime, Duration, Utc};
use db::orders::place::{Placed, Via};
use db::stock;
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Clock, DataError, Scope};
use domain::orders::NewOrder;
use domain::orders::new_order::Draft;
use domain::permission::Permission;
use domain::settings::{Recipients, Setting};
use jobs::stock::alert;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::setup::Shop;
use crate::sink::{Sink, header, text};

async fn shop() -> (Shop, Sink, Clock) {
    let clock = Clock::fixed("2026-11-20T12:00:00Z".parse().unwrap());
    let shop = Shop::with(TestDb::with(clock.clone(), None).await).await;
    let sink = Sink::new(&shop.folder).await;
    (shop, sink, clock)
}

fn scope(shop: &Shop) -> Scope {
    shop.access.scope(Permission::ManageStores).unwrap()
}

async fn store(shop: &Shop) -> Store {
    let tx = shop.scope().begin().await.unwrap();
    db::stores::by_slug(&tx, "main").await.unwrap()
}

fn order(number: &str, at: DateTime<Utc>, lines: &[(&str, i64)]) -> NewOrder {
    let items: Vec<_> = lines
        .iter()
        .map(|(sku, n)| json!({"sku": sku, "title": format!("Thing {sku}"), "quantity": n, "unit_price": 100}))
        .collect();
    let kind = if lines.iter().any(|(_, n)| *n < 0) { "return" } else { "sale" };
    let body =
        json!({"store": "main", "number": number, "kind": kind, "placed_at": at, "currency": "GBP", "items": items});
    Draft::checked_from_json(&body, at).unwrap().1
}

async fn place(shop: &Shop, order: NewOrder) -> domain::ids::OrderId {
    match testing::place_all(&shop.scope(), &store(shop).await, &[order]).await[0] {
        Placed::Stored(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn left(shop: &Shop, sku: &str) -> Option<i64> {
    stock::level(&scope(shop), "main", sku).await.unwrap().map(|level| level.quantity)
}

async fn tell(shop: &Shop, sink: &Sink) -> u64 {
    alert(&shop.test.db, &sink.mailer(), &CancellationToken::new()).await.unwrap()
}

#[tokio::test]
async fn a_level_is_its_count_less_the_standing_sales_since() {
    let (shop, _sink, clock) = shop().await;
    let counted = clock.now();
    place(&shop, order("before", counted - Duration::hours(1), &[("CUP", 3), ("TEA", 1)])).await;
    assert_eq!(left(&shop, "CUP").await, None);
    stock::set(&scope(&shop), "main", "CUP", 10, 2).await.unwrap();
    let later = counted + Duration::hours(1);
    clock.set(later);
    let sold = place(&shop, order("sold", later, &[("CUP", 2), ("TEA", 5), ("CUP", 1)])).await;
    assert_eq!((left(&shop, "CUP").await, left(&shop, "TEA").await), (Some(7), None));
    // History that comes in late was in the count.
    let old = order("old", counted - Duration::days(30), &[("CUP", 5)]);
    db::orders::place::prepare(&shop.test.db, std::slice::from_ref(&old)).await.unwrap();
    let tx = shop.scope().begin().await.unwrap();
    db::orders::place::place(&tx, &store(&shop).await, &[old], Via::Import).await.unwrap();
    tx.commit().await.unwrap();
    place(&shop, order("credit", later, &[("CUP", -1)])).await;
    assert_eq!(left(&shop, "CUP").await, Some(7), "neither history nor a return counts");
    db::orders::cancel::cancel(&shop.scope(), sold, "").await.unwrap();
    assert_eq!(left(&shop, "CUP").await, Some(10), "a cancellation puts back");
    let too_much = place(&shop, order("more", later, &[("CUP", 12)])).await;
    assert_eq!(left(&shop, "CUP").await, Some(-2));
    clock.set(later + Duration::hours(1));
    stock::set(&scope(&shop), "main", "CUP", 4, 2).await.unwrap();
    db::orders::cancel::cancel(&shop.scope(), too_much, "").await.unwrap();
    assert_eq!(left(&shop, "CUP").await, Some(4), "what was sold before the count is in the count");
}

#[tokio::test]
async fn a_store_without_levels_pays_no_statement_and_one_with_levels_pays_one() {
    let (shop, _sink, clock) = shop().await;
    place(&shop, order("0", clock.now(), &[("CUP", 1)])).await;
    let mut counts = Vec::new();
    for n in 1..=2 {
        let store = store(&shop).await;
        let before = shop.test.db.statements();
        testing::place_all(&shop.scope(), &store, &[order(&n.to_string(), clock.now(), &[("CUP", 1)])]).await;
        counts.push(shop.test.db.statements() - before);
        stock::set(&scope(&shop), "main", "CUP", 5, 0).await.unwrap();
    }
    assert_eq!(counts[1], counts[0] + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_at_the_same_time_lose_no_piece() {
    let rounds = if testing::full_counts() { 2_000 } else { 60 };
    let (shop, _sink, clock) = shop().await;
    let skus = ["A", "B", "C", "D", "E"];
    place(&shop, order("0", clock.now(), &skus.map(|sku| (sku, 1)))).await;
    for sku in skus {
        stock::set(&scope(&shop), "main", sku, 100_000, 0).await.unwrap();
    }
    let store = store(&shop).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..rounds {
        let (scope, store, now) = (shop.scope(), store.clone(), clock.now());
        tasks.spawn(async move {
            let lines: Vec<(&str, i64)> = (0..5).map(|i| (skus[(i * 2 + n) % 5], 1 + (n % 3) as i64)).collect();
            testing::place_all(&scope, &store, &[order(&format!("n{n}"), now, &lines)]).await;
        });
        while tasks.len() >= 8 {
            tasks.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let sold: i64 = (0..rounds).map(|n| 1 + (n % 3) as i64).sum();
    for sku in skus {
        assert_eq!(left(&shop, sku).await, Some(100_000 - sold), "{sku}");
    }
}

#[tokio::test]
async fn each_fall_to_the_threshold_is_told_once() {
    let (shop, sink, clock) = shop().await;
    place(&shop, order("0", clock.now(), &[("CUP", 1), ("TEA", 1)])).await;
    for sku in ["CUP", "TEA"] {
        stock::set(&scope(&shop), "main", sku, 5, 3).await.unwrap();
    }
    let sell = async |number: &str, sku: &str, n: i64| place(&shop, order(number, clock.now(), &[(sku, n)])).await;
    sell("1", "CUP", 2).await;
    assert_eq!(tell(&shop, &sink).await, 0, "nobody wants to hear of it");
    let to = Recipients::parse("ana@example.com").unwrap();
    db::settings::set_recipients(&scope(&shop), "main", Setting::StockAlerts, &to).await.unwrap();
    assert_eq!((tell(&shop, &sink).await, tell(&shop, &sink).await), (1, 0));
    sell("2", "CUP", 1).await;
    assert_eq!(tell(&shop, &sink).await, 0, "it is low already");
    sell("3", "TEA", 1).await;
    assert_eq!(tell(&shop, &sink).await, 0, "above the threshold");
    let last = sell("4", "TEA", 1).await;
    assert_eq!(tell(&shop, &sink).await, 1);
    db::orders::cancel::cancel(&shop.scope(), last, "").await.unwrap();
    clock.set(clock.now() + Duration::seconds(1));
    sell("5", "TEA", 3).await;
    assert_eq!(tell(&shop, &sink).await, 1, "it rose and fell again");
    stock::set(&scope(&shop), "main", "CUP", 50, 3).await.unwrap();
    stock::set(&scope(&shop), "main", "CUP", 1, 3).await.unwrap();
    clock.set(clock.now() + Duration::seconds(1));
    assert_eq!(tell(&shop, &sink).await, 1);
    let messages = sink.messages();
    let subjects: Vec<&str> = messages.iter().map(|m| header(m, "Subject")).collect();
    assert_eq!(
        subjects,
        [
            "main: CUP is low in stock",
            "main: TEA is low in stock",
            "main: TEA is low in stock",
            "main: CUP is low in stock"
        ]
    );
    let text = text(&messages[2]);
    assert!(text.contains("TEA  Thing TEA         1          3"), "{text}");
}

#[tokio::test]
async fn another_tenants_sku_cannot_be_counted_or_seen() {
    let (shop, _sink, clock) = shop().await;
    place(&shop, order("0", clock.now(), &[("CUP", 1)])).await;
    stock::set(&scope(&shop), "main", "CUP", 5, 1).await.unwrap();
    let other = testing::tenant(&shop.test.db, "other").await;
    testing::store(&other, "main", "UTC", "GBP").await;
    let theirs = other.scope(Permission::ManageStores).unwrap();
    assert!(matches!(stock::set(&theirs, "main", "CUP", 1, 1).await, Err(DataError::NotFound("SKU"))));
    assert_eq!(stock::level(&theirs, "main", "CUP").await.unwrap(), None);
    assert!(matches!(stock::set(&theirs, "main", "CUP", -1, 1).await, Err(DataError::Invalid(_))));
    assert_eq!(left(&shop, "CUP").await, Some(5));
}
