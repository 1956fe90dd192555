//! Numbers of orders, however shops write them and people type them.

use db::orders::summary;
use db::testing::{self, TestDb};
use domain::orders::NewOrder;

use super::{at, numbers, searching, shop};

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
