//! The sales report against the list of the same orders, added up independently.

use domain::orders::refund::RefundRequest;
use domain::permission::Permission;
use serde_json::{Value, json};

use crate::api_client::{Client, World, order};

const FIGURES: [&str; 10] =
    ["orders", "items", "gross_sales", "discounts", "returns", "net_sales", "shipping", "tax", "fees", "total"];

async fn filled() -> (World, Client) {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let mut orders = Vec::new();
    for i in 0..40 {
        let mut one = order(&format!("R-{i}"), 1 + i % 4);
        // Two of these days have another date in London than in Kathmandu, one has 23 hours.
        one["placed_at"] = json!(format!("2026-03-{:02}T{:02}:30:00Z", 27 + i % 4, (i * 7) % 24));
        one["store"] = json!(if i % 3 == 0 { "south" } else { "north" });
        one["currency"] = json!(if i % 5 == 0 { "JPY" } else { "GBP" });
        one["tax"] = json!(i);
        one["discount"] = json!(i % 2);
        if i % 6 == 5 {
            one["kind"] = json!("return");
            one["discount"] = json!(0);
            one["tax"] = json!(-i);
            one["items"] = json!([{"sku": "TEA", "title": "Tea", "quantity": -1, "unit_price": 450}]);
        }
        orders.push(one);
    }
    let report = client.post("/api/v1/orders/batch", &[], Value::from(orders).to_string()).await.json();
    assert_eq!(report["counts"]["created"], 40, "{report}");
    (world, client)
}

/// The figures of the orders under `filter`, by currency, from the list alone.
async fn recount(client: &Client, filter: &str, currency: &str) -> [i64; 10] {
    let page = client.get(&format!("/api/v1/orders?limit=200&{filter}")).await.json();
    let mut sums = [0; 10];
    for order in page["orders"].as_array().unwrap().iter().filter(|o| o["currency"] == currency) {
        let amount = |name: &str| order[name].as_i64().unwrap();
        let items = i64::try_from(order["items"].as_array().unwrap().len()).unwrap();
        let parts = if order["kind"] == "sale" {
            let net = amount("gross") - amount("discounts");
            [
                1,
                items,
                amount("gross"),
                amount("discounts"),
                0,
                net,
                amount("shipping"),
                amount("tax"),
                amount("fees"),
                amount("total"),
            ]
        } else {
            [0, items, 0, 0, -amount("total"), amount("total"), 0, 0, 0, amount("total")]
        };
        for (sum, part) in sums.iter_mut().zip(parts) {
            *sum += part;
        }
    }
    sums
}

fn figures(of: &Value) -> [i64; 10] {
    FIGURES.map(|name| of[name].as_i64().unwrap_or_else(|| panic!("{name} in {of}")))
}

#[tokio::test]
async fn a_report_is_the_sum_of_its_list() {
    let (_world, client) = filled().await;
    for filter in [
        "from=2026-03-27&to=2026-03-31",
        "from=2026-03-28&to=2026-03-28&store=south",
        "from=2026-03-29&to=2026-03-29&store=north",
    ] {
        let report = client.get(&format!("/api/v1/reports/sales?{filter}")).await.json();
        let currencies = report["currencies"].as_array().unwrap();
        assert!(!currencies.is_empty(), "{filter}");
        for part in currencies {
            let code = part["currency"].as_str().unwrap();
            assert_eq!(figures(&part["totals"]), recount(&client, filter, code).await, "{filter} {code}");
        }
    }
}

#[tokio::test]
async fn rows_add_up_to_totals_whatever_their_size() {
    let (_world, client) = filled().await;
    for (group, label) in [("day", "day"), ("hour", "hour"), ("none", "")] {
        let path = format!("/api/v1/reports/sales?store=south&from=2026-03-27&to=2026-03-31&group={group}");
        let report = client.get(&path).await.json();
        assert_eq!((&report["from"], &report["time_zone"]), (&json!("2026-03-27"), &json!("Asia/Kathmandu")));
        for part in report["currencies"].as_array().unwrap() {
            let rows = part["rows"].as_array().unwrap();
            if group == "none" {
                assert!(rows.is_empty());
                continue;
            }
            let mut sums = [0; 10];
            for row in rows {
                assert!(row[label].is_string(), "{row}");
                for (sum, value) in sums.iter_mut().zip(figures(row)) {
                    *sum += value;
                }
            }
            assert_eq!(sums, figures(&part["totals"]), "{group}");
        }
        if group == "hour" {
            assert!(report["currencies"][0]["rows"][0]["hour"].as_str().unwrap().ends_with(":00:00+05:45"), "{report}");
        }
    }
}

#[tokio::test]
async fn a_refund_is_a_return_of_the_day_on_which_it_is_made() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let id = client.place("", &order("A-1", 2)).await.json()["id"].as_str().unwrap().parse().unwrap();
    let scope = world.demo.scope(Permission::RefundOrders).unwrap();
    db::orders::refund::refund(&scope, id, &RefundRequest::lines(vec![(1, 1)]), "", None).await.unwrap();
    let of = async |from: &str, to: &str| {
        let report = client.get(&format!("/api/v1/reports/sales?store=north&from={from}&to={to}")).await.json();
        report["currencies"][0]["totals"].clone()
    };
    let today = world.north.today(&scope).to_string();
    let then = of("2026-03-01", "2026-03-01").await;
    assert_eq!((&then["returns"], &then["net_sales"], &then["average_order"]), (&json!(0), &json!(900), &json!(900)));
    let now = of(&today, &today).await;
    assert_eq!((&now["returns"], &now["total"], &now["average_order"]), (&json!(450), &json!(-450), &json!(null)));
}

#[tokio::test]
async fn a_compared_period_comes_along_when_it_is_asked_for() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    client.place("", &order("A-1", 2)).await;
    let base = "/api/v1/reports/sales?store=north&from=2026-03-02&to=2026-03-02";
    assert!(client.get(base).await.json().get("compared").is_none());
    assert!(client.get(&format!("{base}&compare=none")).await.json().get("compared").is_none());
    for asked in ["compare", "compare=previous"] {
        let report = client.get(&format!("{base}&{asked}")).await.json();
        assert_eq!((&report["currencies"], &report["compared"]["from"]), (&json!([]), &json!("2026-03-01")));
        assert_eq!(report["compared"]["currencies"][0]["totals"]["total"], 1_200);
    }
    let report = client.get(&format!("{base}&compare=year")).await.json();
    assert_eq!(report["compared"]["to"], "2025-03-02");
}
