//! Many orders in one request.

use serde_json::{Value, json};

use crate::api_client::{World, order};

#[tokio::test]
async fn a_batch_reports_every_line() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    client.place("", &order("A-0", 1)).await;
    let mut south = order("S-1", 1);
    south["store"] = json!("south");
    let mut elsewhere = order("W-1", 1);
    elsewhere["store"] = json!("west");
    let mut faulty = order("A-2", 0);
    faulty["colour"] = json!("red");
    let batch =
        json!([order("A-0", 1), order("A-1", 1), faulty, south, elsewhere, order("A-1", 9), order("A-1", 1), 5]);
    let first = client.post("/api/v1/orders/batch", &[("idempotency-key", "b")], batch.to_string()).await;
    assert_eq!(first.status, 200, "{}", first.json());
    let report = first.json();
    let fates: Vec<_> = report["results"].as_array().unwrap().iter().map(|r| r["status"].as_str().unwrap()).collect();
    let expected = ["unchanged", "created", "rejected", "created", "rejected", "conflict", "unchanged", "rejected"];
    assert_eq!(fates, expected);
    assert_eq!(
        report["counts"],
        json!({"created": 2, "updated": 0, "unchanged": 2, "older": 0, "conflict": 1, "rejected": 3})
    );
    assert_eq!(report["results"][1]["id"], report["results"][6]["id"]);
    assert_eq!(
        (&report["results"][2]["number"], &report["results"][4]["errors"][0]["field"]),
        (&json!("A-2"), &json!("store"))
    );
    assert_eq!(world.counts(&world.demo).await, (3, 3));

    let again = client.post("/api/v1/orders/batch", &[("idempotency-key", "b")], batch.to_string()).await;
    assert_eq!((again.bytes, again.headers["idempotency-replayed"].as_str()), (first.bytes, "true"));
    let wrapped = json!({"orders": batch}).to_string();
    assert_eq!(client.post("/api/v1/orders/batch", &[("idempotency-key", "b")], wrapped.clone()).await.status, 422);
    let repeated = client.post("/api/v1/orders/batch", &[], wrapped).await.json();
    assert_eq!(
        repeated["counts"],
        json!({"created": 0, "updated": 0, "older": 0, "unchanged": 4, "conflict": 1, "rejected": 3})
    );
    assert_eq!(world.counts(&world.demo).await, (3, 3));
}

#[tokio::test]
async fn a_thousand_orders_are_a_batch_and_one_more_is_not() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let batch = |n: usize| Value::from_iter((0..n).map(|i| order(&format!("B-{i}"), 1))).to_string();
    assert_eq!(client.post("/api/v1/orders/batch", &[], batch(1_001)).await.fields(), ["orders"]);
    assert_eq!(client.post("/api/v1/orders/batch", &[], "[]").await.fields(), ["orders"]);
    assert_eq!(world.counts(&world.demo).await, (0, 0));
    let report = client.post("/api/v1/orders/batch", &[], batch(1_000)).await.json();
    assert_eq!(report["counts"]["created"], 1_000);
    assert_eq!(world.counts(&world.demo).await.1, 1_000);
}
