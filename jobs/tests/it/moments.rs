//! Moments that not every program knows, and who bought, in files of every format.

use chrono::{DateTime, NaiveDate, Utc};
use db::orders::list;
use db::rollups;
use db::testing::{self, TestDb};
use domain::imports::Format;
use domain::orders::OrderQuery;
use domain::permission::Permission;
use jobs::imports::{FileImport, run_file};

use crate::setup::Shop;

const TIMES: [(&str, &str, &str); 4] = [
    ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999Z", "2017-01-01"),
    ("2016-12-31T22:59:60.5Z", "2016-12-31T22:59:59.999999Z", "2016-12-31"),
    ("2026-06-30T21:59:59.9999999Z", "2026-06-30T21:59:59.999999Z", "2026-06-30"),
    ("2026-07-01T22:30:60+00:00", "2026-07-01T22:30:59.999999Z", "2026-07-02"),
];

#[tokio::test]
async fn files_of_every_format_place_orders_where_they_are_listed_and_counted() {
    let shop = Shop::with(TestDb::new().await).await;
    testing::store(&shop.access, "south", "CET", "GBP").await;
    let buyer = "İrem@example.com";
    let jsonl: String = TIMES
        .iter()
        .enumerate()
        .map(|(n, (sent, ..))| {
            format!("{{\"number\":\"J{n}\",\"placed_at\":\"{sent}\",\"currency\":\"GBP\",\"customer\":{{\"email\":\"{buyer}\",\"name\":\"J{n}\"}},\
                     \"items\":[{{\"sku\":\"ŞİŞ\",\"title\":\"Tea\",\"quantity\":1,\"unit_price\":450}}]}}\n")
        })
        .collect();
    let head =
        "order_number,placed_at,customer_email,customer_name,item_sku,item_title,quantity,unit_price\n".to_owned();
    let csv = TIMES
        .iter()
        .enumerate()
        .fold(head, |text, (n, (sent, ..))| text + &format!("C{n},{sent},{buyer},C{n},ŞİŞ,Tea,1,4.50\n"));
    for (format, name, text) in [(Format::OrdersJsonl, "a.jsonl", jsonl), (Format::OrdersCsv, "a.csv", csv)] {
        let path = shop.file(name, text);
        let import = FileImport {
            store: "south".into(),
            format,
            path,
            mode: Default::default(),
            dry_run: false,
            size_limit: 1 << 30,
        };
        let outcome = run_file(&shop.access, import).await.unwrap();
        assert_eq!(outcome.summary.orders, 4, "{name}: {:?}", outcome.summary);
    }
    let scope = shop.access.scope(Permission::ReadOrders).unwrap();
    assert_eq!(rollups::verify(&scope).await.unwrap(), []);
    let find = async |query: OrderQuery| list::list(&scope, &query).await.unwrap().rows;
    for (n, (_, kept, day)) in TIMES.iter().enumerate() {
        let day: NaiveDate = day.parse().unwrap();
        let rows = find(OrderQuery { from: Some(day), to: Some(day), ..OrderQuery::default() }).await;
        let mut numbers: Vec<&str> = rows.iter().map(|row| row.number.as_str()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [format!("C{n}"), format!("J{n}")], "{day}");
        for row in &rows {
            assert_eq!(row.placed_at, kept.parse::<DateTime<Utc>>().unwrap());
            assert_eq!(row.customer.as_ref().unwrap().name.as_deref(), Some(row.number.as_str()));
        }
    }
    for text in [buyer, "şiş", "SIS"] {
        let wanted = if text == "SIS" { 0 } else { 8 };
        assert_eq!(find(OrderQuery { q: Some(text.into()), ..OrderQuery::default() }).await.len(), wanted, "{text}");
    }
}
