//! The other formats, and files of which only a part is good.

use std::io::Write;

use domain::imports::{Format, ProblemKind};
use jobs::imports::recognise;

use crate::setup::{Shop, jsonl};

#[tokio::test]
async fn jsonl_goes_in_plain_and_packed() {
    let shop = Shop::new().await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(jsonl(1_200).as_bytes()).unwrap();
    let first = shop.import(Format::OrdersJsonl, shop.file("a.jsonl.gz", packed.finish().unwrap())).await.unwrap();
    assert_eq!((first.summary.read, first.summary.orders, first.summary.items), (1_200, 1_200, 1_200));
    assert_eq!(first.summary.currencies["GBP"].sales_total, 1_200 * 450);
    let second = shop.import(Format::OrdersJsonl, shop.file("a.jsonl", jsonl(1_210))).await.unwrap();
    assert_eq!((second.summary.unchanged, second.summary.orders), (1_200, 10));
}

#[tokio::test]
async fn good_orders_go_in_and_bad_ones_are_reported_with_line_column_and_reason() {
    let shop = Shop::new().await;
    let csv = "order_number,placed_at,item_sku,item_title,quantity,unit_price,currency\n\
        A-1,2026-01-02 10:00,T1,Tea,2,4.50,GBP\nA-1,,T2,Cup,1,12,\n\
        A-2,2026-01-02 10:00,T1,Tea,two,4.50,GBP\nA-2,,T2,Cup,1,12,\n\
        A-3,2026-01-02 10:00,T1,Tea,2,4.50,EUR\n";
    let outcome = shop.import(Format::OrdersCsv, shop.file("a.csv", csv)).await.unwrap();
    let summary = &outcome.summary;
    assert_eq!((summary.read, summary.orders, summary.rejected, summary.items), (5, 2, 1, 3));
    assert_eq!((summary.currencies["GBP"].sales_total, summary.currencies["EUR"].sales_total), (2_100, 900));
    let problem = &outcome.problems[0];
    assert_eq!((problem.line, problem.column.as_str(), problem.order.as_deref()), (4, "quantity", Some("A-2")));
    assert_eq!((problem.reason.as_str(), problem.kind), ("Enter a whole number. Found 'two'.", ProblemKind::Rejected));
    assert_eq!(shop.count("select count(*) from orders where number = 'A-2'").await, 0);
}

#[tokio::test]
async fn a_number_that_is_taken_by_another_order_is_a_problem_of_its_line() {
    let shop = Shop::new().await;
    shop.import(Format::OrdersJsonl, shop.file("a.jsonl", jsonl(5))).await.unwrap();
    let changed = jsonl(6).replacen("\"unit_price\":450", "\"unit_price\":451", 1);
    let outcome = shop.import(Format::OrdersJsonl, shop.file("b.jsonl", changed)).await.unwrap();
    assert_eq!((outcome.summary.unchanged, outcome.summary.orders, outcome.summary.rejected), (4, 1, 1));
    assert_eq!((outcome.problems[0].line, outcome.problems[0].order.as_deref()), (1, Some("1")));
    assert_eq!(outcome.problems[0].reason, "The order number 1 already exists with different content.");
    assert_eq!(shop.count("select sum(total)::bigint from orders").await, 6 * 450);
}

#[tokio::test]
async fn problems_are_all_counted_though_not_all_kept() {
    let shop = Shop::new().await;
    let outcome = shop
        .import(Format::OrdersJsonl, shop.file("a.jsonl", format!("{{}}\n{}", "{oops\n".repeat(120_000))))
        .await
        .unwrap();
    assert_eq!((outcome.summary.rejected, outcome.problems.len()), (120_001, 20));
    assert_eq!(outcome.problem_count, 120_000 + 4);
    assert_eq!(shop.count("select count(*) from import_problems").await, 100_000);
}

#[tokio::test]
async fn nul_characters_in_a_file_are_reported_readably() {
    let shop = Shop::new().await;
    let lines = "{\"col\\u0000our\":1}\n{\"number\":\"a\\u0000b\",\"items\":[]}\n{\"a\": \0}\n";
    let outcome = shop.import(Format::OrdersJsonl, shop.file("a.jsonl", lines)).await.unwrap();
    assert_eq!(outcome.summary.rejected, 3);
    assert_eq!(outcome.problems[0].column, "col\u{fffd}our");
}

#[tokio::test]
async fn adjusted_values_are_listed_with_the_order_that_was_stored() {
    let shop = Shop::new().await;
    let lines = format!(
        "order_number;placed_at;customer_email;customer_phone;item_title;quantity;unit_price\n\
         A-1;2026-01-02 10:00;ana@example.com,;{};Tea;1.00;12,50\n;;;;;;\n\
         A-2;2026-01-02 10:00;n/a;;Tea;1;1.234,50\nA-3;2026-01-02 10:00;;;Tea;1;\n",
        "1".repeat(41)
    );
    let outcome = shop.import(Format::OrdersCsv, shop.file("a.csv", &lines)).await.unwrap();
    let summary = &outcome.summary;
    assert_eq!((summary.read, summary.orders, summary.rejected, outcome.problem_count), (3, 2, 1, 4));
    let found: Vec<_> = outcome.problems.iter().map(|p| (p.line, p.column.as_str(), p.kind)).collect();
    let adjusted = ProblemKind::Adjusted;
    let expected = [
        (2, "customer_email", adjusted),
        (2, "customer_phone", adjusted),
        (4, "customer_email", adjusted),
        (5, "unit_price", ProblemKind::Rejected),
    ];
    assert_eq!(found, expected);
    assert_eq!(summary.currencies.values().map(|totals| totals.sales_total).sum::<i64>(), 1_250 + 123_450);
}

#[tokio::test]
async fn an_export_of_shopify_goes_in_with_its_states_and_only_once() {
    let shop = Shop::new().await;
    let csv = "Name,Financial Status,Fulfillment Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Cancelled at,Refunded Amount\n\
        #1,paid,fulfilled,GBP,9.00,2026-01-02 10:00:00 +0100,2,Tea,4.50,,0.00\n\
        #2,partially_refunded,,GBP,9.00,2026-01-02 11:00:00 +0100,1,Tea,4.50,,4.00\n#2,,,,,2026-01-02 11:00:00 +0100,1,Cup,4.50,,\n\
        #3,voided,,GBP,4.50,2026-01-02 12:00:00 +0100,1,Tea,4.50,2026-01-03 12:00:00 +0100,0.00\n\
        #4,paid,,GBP,9.99,2026-01-02 12:00:00 +0100,1,Tea,4.50,,0.00\n";
    let path = shop.file("shop.csv", csv);
    assert_eq!(recognise(path.clone(), 1 << 30).await.unwrap(), Format::ShopifyCsv);
    let outcome = shop.import(Format::ShopifyCsv, path.clone()).await.unwrap();
    let summary = &outcome.summary;
    assert_eq!((summary.read, summary.orders, summary.rejected, summary.items), (5, 3, 1, 4));
    assert_eq!((outcome.problems[0].line, outcome.problems[0].column.as_str()), (6, "Total"));
    let states = "select count(*) from orders where (number, status, payment_status, fulfilment_status) in \
        (('#1', 'open', 'paid', 'fulfilled'), ('#2', 'open', 'partially_refunded', 'unfulfilled'), ('#3', 'cancelled', 'voided', 'unfulfilled'))";
    assert_eq!(shop.count(states).await, 3);
    assert_eq!(shop.count("select sum(refunded)::bigint from orders").await, 400);
    assert_eq!(shop.count("select count(*) from fulfilments").await, 1);
    let again = shop.import(Format::ShopifyCsv, path).await.unwrap();
    assert!(again.already_imported.is_some(), "{again:?}");
    let longer = format!("{csv}#5,paid,,GBP,4.50,2026-01-04 12:00:00 +0100,1,Tea,4.50,,0.00\n");
    let longer = shop.import(Format::ShopifyCsv, shop.file("longer.csv", longer)).await.unwrap();
    assert_eq!((longer.summary.unchanged, longer.summary.orders), (3, 1));
}
