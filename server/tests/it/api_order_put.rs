//! The latest state of an order, one by one and in batches.

use reqwest::Method;
use serde_json::{Value, json};

use crate::api_client::World;

fn state(updated_at: &str, quantity: i64) -> Value {
    json!({
        "placed_at": "2026-02-02T09:58:00Z", "currency": "GBP", "updated_at": updated_at,
        "items": [{"sku": "TEA", "title": "Tea", "quantity": quantity, "unit_price": 450}],
    })
}

#[tokio::test]
async fn put_creates_then_replaces_and_says_what_it_did() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let put = async |path: &str, headers: &[(&str, &str)], body: Value| {
        client.send(Method::PUT, path, headers, body.to_string()).await
    };
    let path = "/api/v1/orders/north/P-1";
    let first = put(path, &[("idempotency-key", "p")], state("2026-02-02T10:00:00Z", 1)).await;
    assert_eq!((first.status, &first.json()["result"], &first.json()["total"]), (201, &json!("created"), &json!(450)));
    let again = put(path, &[("idempotency-key", "p")], state("2026-02-02T10:00:00Z", 1)).await;
    assert_eq!((again.bytes, again.headers["idempotency-replayed"].as_str()), (first.bytes.clone(), "true"));
    let same = put(path, &[], state("2026-02-02T10:00:00Z", 1)).await;
    assert_eq!((same.status, &same.json()["result"]), (200, &json!("unchanged")));
    let newer = put(path, &[], state("2026-02-03T10:00:00Z", 3)).await;
    assert_eq!(
        (newer.status, &newer.json()["result"], &newer.json()["total"]),
        (200, &json!("updated"), &json!(1_350))
    );
    assert_eq!((&newer.json()["id"], newer.header("etag")), (&first.json()["id"], Some("\"2\"")));
    let older = put(path, &[], state("2026-02-02T12:00:00Z", 2)).await;
    assert_eq!((older.status, &older.json()["result"], &older.json()["total"]), (200, &json!("older"), &json!(1_350)));
    let report = client.get("/api/v1/reports/sales?from=2026-02-02&to=2026-02-02&group=none").await.json();
    assert_eq!(report["currencies"][0]["totals"]["gross_sales"], 1_350);

    let mut other = state("2026-02-04T10:00:00Z", 1);
    other["number"] = json!("P-2");
    let differs = put(path, &[], other).await;
    assert_eq!((differs.status, &differs.json()["errors"][0]["field"]), (422, &json!("number")));
    assert_eq!(put("/api/v1/orders/nowhere/P-1", &[], state("2026-02-04T10:00:00Z", 1)).await.status, 404);
    // A number that is the name of a path below an order.
    let named = put("/api/v1/orders/north/~payments", &[], state("2026-02-04T10:00:00Z", 1)).await;
    assert_eq!((named.status, &named.json()["number"]), (201, &json!("payments")));
}

#[tokio::test]
async fn a_batch_updates_when_it_is_asked_to() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let order = |number: &str, updated_at: &str, quantity| {
        let mut order = state(updated_at, quantity);
        (order["store"], order["number"]) = (json!("north"), json!(number));
        order
    };
    let first = json!([order("B-1", "2026-02-02T10:00:00Z", 1), order("B-2", "2026-02-03T10:00:00Z", 1)]);
    assert_eq!(client.post("/api/v1/orders/batch", &[], first.to_string()).await.json()["counts"]["created"], 2);
    let next = json!([
        order("B-1", "2026-02-04T10:00:00Z", 2),
        order("B-2", "2026-02-02T10:00:00Z", 2),
        order("B-3", "2026-02-04T10:00:00Z", 2),
    ]);
    let report = client.post("/api/v1/orders/batch", &[], next.to_string()).await.json();
    let results =
        |report: &Value| report["results"].as_array().unwrap().iter().map(|r| r["status"].clone()).collect::<Vec<_>>();
    assert_eq!(results(&report), ["conflict", "conflict", "created"]);
    let report = client.post("/api/v1/orders/batch?mode=update", &[], next.to_string()).await.json();
    assert_eq!(results(&report), ["updated", "older", "unchanged"]);
    let refused = client.post("/api/v1/orders/batch?mode=replace", &[], next.to_string()).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("mode")));
}
