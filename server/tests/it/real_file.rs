//! The real shop's orders sent one by one through the API come to the same figures as its file imported.

use std::collections::BTreeMap;
use std::fs;

use db::rollups;
use domain::permission::Permission;
use serde_json::{Value, json};

use crate::api_client::World;

const FILE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../jobs/tests/fixtures/online-retail/online-retail-2010-12.csv");

/// In minor units, recounted by hand from the file's lines: sum of quantity x price of invoices without and with a `C`.
const SALES_TOTAL: i64 = 54_036_113;
const RETURNS_TOTAL: i64 = -6_337_656;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn order_by_order_through_the_api_the_figures_are_the_same() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let bodies = bodies();
    assert_eq!(bodies.len(), 1_208);
    for (lane, chunk) in bodies.chunks(60).enumerate() {
        let orders: Vec<&Value> = chunk.iter().collect();
        // Some in batches, some one by one: both ways in are the same way.
        if lane % 4 == 0 {
            for order in orders {
                let reply = client.place(order["number"].as_str().unwrap(), order).await;
                assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.bytes));
            }
        } else {
            let reply = client.post("/api/v1/orders/batch", &[], json!(orders).to_string()).await;
            assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.bytes));
        }
    }
    let report = client.get("/api/v1/reports/sales?store=north&from=2010-12-01&to=2010-12-13&group=day").await.json();
    let totals = &report["currencies"][0]["totals"];
    assert_eq!((totals["orders"].as_i64(), totals["items"].as_i64()), (Some(1_052), Some(28_425)));
    assert_eq!(totals["returns"].as_i64(), Some(-RETURNS_TOTAL));
    assert_eq!(totals["total"].as_i64(), Some(SALES_TOTAL + RETURNS_TOTAL));
    let scope = world.demo.scope(Permission::ReadReports).unwrap();
    assert!(rollups::verify(&scope).await.unwrap().is_empty());
    let query = |pairs: &[(&str, &str)]| {
        domain::orders::OrderQuery::parse(
            pairs.iter().copied(),
            domain::orders::query::AmountsIn::Minor,
            &db::testing::seal(),
        )
        .unwrap()
    };
    for (pairs, total) in [
        (&[][..], SALES_TOTAL + RETURNS_TOTAL),
        (&[("kind", "sale")], SALES_TOTAL),
        (&[("kind", "return")], RETURNS_TOTAL),
        (&[("payment", "paid")], SALES_TOTAL + RETURNS_TOTAL),
        (&[("kind", "sale"), ("min", "-1")], SALES_TOTAL),
        (
            &[("from", "2010-12-01"), ("to", "2010-12-13"), ("fulfilment", "unfulfilled,not_required")],
            SALES_TOTAL + RETURNS_TOTAL,
        ),
    ] {
        let summary = db::orders::summary::summary(&scope, &query(pairs)).await.unwrap();
        assert_eq!(summary.currencies[0].1.total(), total, "{pairs:?}");
    }
}

/// The invoices of the file as bodies of the API, read without Stoa's own reader.
fn bodies() -> Vec<Value> {
    let text = fs::read_to_string(FILE).unwrap();
    let mut invoices: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells = cells(line);
        invoices.entry(cells[0].clone()).or_default().push(cells);
    }
    let adjusts = |lines: &[Vec<String>]| lines.iter().all(|l| l[3].starts_with('-') && minor(&l[5]) == 0);
    invoices.retain(|number, lines| number.starts_with('C') || !adjusts(lines));
    invoices.iter().map(|(number, lines)| body(number, lines)).collect()
}

fn body(number: &str, lines: &[Vec<String>]) -> Value {
    let items: Vec<Value> = lines.iter().map(|line| item(line)).collect();
    let kind = if number.starts_with('C') { "return" } else { "sale" };
    let mut body = json!({"store": "north", "number": number, "kind": kind, "placed_at": instant(&lines[0][4]), "currency": "GBP", "items": items});
    if !lines[0][6].is_empty() {
        body["customer"] = json!({"external_id": lines[0][6]});
    }
    body
}

fn item(line: &[String]) -> Value {
    let kind = match line[1].as_str() {
        "POST" | "DOT" | "C2" => "shipping",
        "D" => "discount",
        "M" | "S" | "B" | "AMAZONFEE" | "BANK CHARGES" | "CRUK" => "fee",
        _ => "product",
    };
    let title = if line[2].trim().is_empty() { &line[1] } else { line[2].trim() };
    json!({"sku": line[1].trim(), "title": title, "kind": kind, "quantity": line[3].parse::<i64>().unwrap(), "unit_price": minor(&line[5])})
}

/// `2.55` in pence, by text alone.
fn minor(price: &str) -> i64 {
    let (pounds, pence) = price.split_once('.').unwrap_or((price, ""));
    format!("{pounds}{pence:0<2}").parse().unwrap()
}

/// `12/1/10 8:26` of London in winter, which is UTC.
fn instant(text: &str) -> String {
    let (day, time) = text.split_once(' ').unwrap();
    let parts: Vec<&str> = day.split('/').collect();
    format!("20{}-{:0>2}-{:0>2}T{:0>5}:00Z", parts[2], parts[0], parts[1], time)
}

/// The cells of a CSV line, quotes honoured.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            '\r' => {}
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}
