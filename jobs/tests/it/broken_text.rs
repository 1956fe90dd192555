//! Files whose cells hold what PostgreSQL has no place for, and files that are made to be large in memory.

use domain::imports::Format;

use crate::setup::Shop;

const HEADER: &str = "order_number,kind,placed_at,currency,customer_email,customer_name,customer_phone,customer_external_id,\
                      customer_country,discount,shipping,tax,note,tags,item_sku,item_title,item_kind,quantity,unit_price";
const LINE: &str = "B-1,sale,2026-01-02 10:00,GBP,a@x.test,Ana,1,e1,GB,0,0,0,note,tag,S,Tea,product,1,4.50";

#[tokio::test]
async fn a_nul_in_any_cell_is_a_problem_of_its_line_and_never_ends_a_run() {
    let shop = Shop::new().await;
    let columns = LINE.split(',').count();
    let mut text = format!("{HEADER}\n");
    for column in 0..columns {
        let mut cells: Vec<String> = LINE.split(',').map(str::to_owned).collect();
        cells[0] = format!("B-{column}");
        cells[column].push_str("\0x");
        text.push_str(&(cells.join(",") + "\n"));
    }
    text.push_str(&LINE.replace("B-1,", "B-good,"));
    let outcome = shop.import(Format::OrdersCsv, shop.file("nul.csv", text)).await.unwrap();
    assert_eq!(outcome.summary.orders + outcome.summary.rejected, u64::try_from(columns).unwrap() + 1);
    assert!(outcome.summary.orders >= 1, "the good one goes in");
    assert_eq!(shop.count("select count(*) from orders where number = 'B-good'").await, 1);
}

#[tokio::test]
async fn a_line_of_many_tiny_values_is_passed_over() {
    let shop = Shop::new().await;
    let tiny = vec![r#"{"":0}"#; 140_000].join(",");
    let good = r#"{"number":"T-1","placed_at":"2026-01-02T10:00:00Z","currency":"GBP","items":[{"title":"Tea","quantity":1,"unit_price":1}]}"#;
    let text = format!("{{\"items\":[{tiny}]}}\n{good}\n");
    let outcome = shop.import(Format::OrdersJsonl, shop.file("tiny.jsonl", text)).await.unwrap();
    assert_eq!((outcome.summary.orders, outcome.summary.rejected), (1, 1));
    assert!(outcome.problems[0].reason.contains("at most"), "{:?}", outcome.problems[0]);
}

#[tokio::test]
async fn a_header_without_an_end_is_refused_in_few_words() {
    let shop = Shop::new().await;
    for (columns, words) in [(500_000, "columns; at most"), (900, "and 880 more")] {
        let text = format!("{HEADER}{}\n{LINE}\n", ",a".repeat(columns));
        let refused = shop.import(Format::OrdersCsv, shop.file("wide.csv", text)).await.unwrap_err().to_string();
        assert!(refused.contains(words) && refused.len() < 2_000, "{columns}: {refused:.300}");
    }
}
