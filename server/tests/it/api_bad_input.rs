//! Bad input: each with its status, the field it names, and nothing changed.

use serde_json::{Value, json};

use crate::api_client::{Client, Reply, World, order};

const JSON: (&str, &str) = ("content-type", "application/json");

fn with(path: &str, value: Value) -> String {
    let mut body = order("X-1", 1);
    *body.pointer_mut(path).unwrap() = value;
    body.to_string()
}

fn and(name: &str, value: Value) -> String {
    let mut body = order("X-1", 1);
    body[name] = value;
    body.to_string()
}

/// Body and headers of a POST to `/orders`, the status and what the answer must name.
type Case = (Vec<u8>, Vec<(&'static str, &'static str)>, u16, &'static str);

fn bodies() -> Vec<Case> {
    let good = order("X-1", 1).to_string();
    let text = |body: &str, status, names| (body.as_bytes().to_vec(), vec![JSON], status, names);
    let long = "x".repeat(256);
    vec![
        text("", 400, "empty"),
        text("{", 400, "line 1, column 1"),
        text("{\"store\": \"north\",\n \"number\": }", 400, "line 2, column 12"),
        text(&format!("{good} {good}"), 400, "trailing characters"),
        text("{\"store\": \"north\", \"store\": \"south\"}", 400, "is set twice"),
        text(&"[".repeat(5_000), 400, "recursion limit"),
        (b"{\"store\": \"\xff\xfe\"}".to_vec(), vec![JSON], 400, "unicode"),
        text("[]", 422, "body"),
        text("null", 422, "body"),
        text("{}", 422, "items"),
        text(&with("/store", json!("nowhere")), 422, "store"),
        text(&with("/store", json!("west")), 422, "store"),
        text(&with("/number", json!(17)), 422, "number"),
        text(&with("/number", json!("a\u{0}b")), 422, "number"),
        text(&with("/placed_at", json!("2026-02-30T00:00:00Z")), 422, "placed_at"),
        text(&with("/placed_at", json!("2999-01-01T00:00:00Z")), 422, "placed_at"),
        text(&with("/currency", json!("EURO")), 422, "currency"),
        text(&with("/items", json!([])), 422, "items"),
        text(&with("/items/0/quantity", json!(-1)), 422, "items[0].quantity"),
        text(&with("/items/0/quantity", json!(1e30)), 422, "items[0].quantity"),
        text(&with("/items/1/unit_price", json!("3.00")), 422, "items[1].unit_price"),
        text(&and("kind", json!("gift")), 422, "kind"),
        text(&and("colour", json!("red")), 422, "colour"),
        text(&and("discount", json!(1_000_000)), 422, "discount"),
        text(&and("customer", json!({"email": 7})), 422, "customer.email"),
        text(&and("customer", json!({"name": "a\u{0}b"})), 422, "customer.name"),
        text(&and("discount", json!(0.5)), 422, "discount"),
        text(&and("currency", json!("XTS")), 422, "currency"),
        text("{\"items\": [{\"quantity\": 1, \"quantity\": 2}]}", 400, "is set twice"),
        text(&and("tags", json!([1])), 422, "tags"),
        (good.clone().into_bytes(), vec![("content-type", "text/plain")], 415, "text/plain"),
        (good.clone().into_bytes(), vec![JSON, ("content-encoding", "gzip")], 415, "gzip"),
        (good.clone().into_bytes(), vec![JSON, ("idempotency-key", "two words")], 422, "Idempotency-Key"),
        (good.into_bytes(), vec![JSON, ("idempotency-key", long.leak())], 422, "Idempotency-Key"),
        (vec![b' '; (1 << 20) + 1], vec![JSON], 413, "1048576 bytes"),
    ]
}

/// Addresses of GETs and the parameter that the answer must name.
const ADDRESSES: [(&str, &str); 18] = [
    ("/api/v1/orders?cursor=abc", "cursor"),
    ("/api/v1/orders?cursor=bm9ub25vbm9ub25vbm9ub25vbm9ub25vbm8", "cursor"),
    ("/api/v1/orders?limit=0", "limit"),
    ("/api/v1/orders?limit=201", "limit"),
    ("/api/v1/orders?limit=ten", "limit"),
    ("/api/v1/orders?status=gone", "status"),
    ("/api/v1/orders?from=2026-13-01", "from"),
    ("/api/v1/orders?from=2026-03-02&to=2026-03-01", "to"),
    ("/api/v1/orders?min=1.50", "min"),
    ("/api/v1/orders?colour=red", "colour"),
    ("/api/v1/orders?limit=5&limit=6", "limit"),
    ("/api/v1/orders?q=%00", "q"),
    ("/api/v1/reports/sales?group=week", "group"),
    ("/api/v1/reports/sales?compare=both", "compare"),
    ("/api/v1/reports/sales?from=2026-03-01", "to"),
    ("/api/v1/reports/sales?from=2000-01-01&to=2026-03-01", "to"),
    ("/api/v1/reports/sales?from=2026-01-01&to=2026-06-30&group=hour", "group"),
    ("/api/v1/reports/sales?until=2026-03-01", "until"),
];

fn check(case: &str, reply: &Reply, status: u16, names: &str) {
    let body = reply.json();
    assert_eq!((reply.status, &body["status"]), (status, &json!(status)), "{case}: {body}");
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{case}");
    assert_eq!(body["request_id"].as_str(), reply.header("x-request-id"), "{case}");
    if status == 422 {
        assert!(reply.fields().iter().any(|f| f == names), "{case}: {body}");
        assert!(body["errors"].as_array().unwrap().iter().all(|e| !e["message"].as_str().unwrap().is_empty()));
    } else {
        assert!(body["detail"].as_str().unwrap().contains(names), "{case}: {body}");
    }
}

#[tokio::test]
async fn bad_bodies_and_headers_are_named_and_change_nothing() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    for (body, headers, status, names) in bodies() {
        let case = format!("{:.80} {headers:?}", String::from_utf8_lossy(&body));
        check(&case, &client.post("/api/v1/orders", &headers, body).await, status, names);
    }
    let batch = async |body: &str| client.post("/api/v1/orders/batch", &[], body.to_owned()).await;
    check("batch", &batch("[{]").await, 400, "line 1, column 3");
    check("batch", &batch("[{\"customer\": {\"name\": \"a\", \"name\": \"b\"}}]").await, 400, "is set twice");
    check("batch", &batch("{\"order\": []}").await, 422, "body");
    check("batch", &batch("7").await, 422, "body");
    assert_eq!(world.counts(&world.demo).await, (0, 0));
}

#[tokio::test]
async fn bad_addresses_name_the_parameter() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    for (address, names) in ADDRESSES {
        check(address, &client.get(address).await, 422, names);
    }
    for (address, names) in [("/api/v1/events?after=x", "after"), ("/api/v1/events?since=1", "since")] {
        check(address, &client.get(address).await, 422, names);
    }
}

#[tokio::test]
async fn all_faults_are_told_at_once() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let told = async |client: &Client, body: Value| {
        let mut fields = client.place("", &body).await.fields();
        fields.sort();
        fields
    };
    let mut body = order("X-1", 0);
    body["store"] = json!("nowhere");
    body["tax"] = json!(-1);
    body["note"] = json!("\0");
    assert_eq!(told(&client, body).await, ["items[0].quantity", "note", "store", "tax"]);
    let body = json!({"store": "nowhere", "number": 1, "colour": "red", "items": [{"titel": "Tea", "quantity": "2"}]});
    let expected = [
        "colour",
        "currency",
        "items[0].quantity",
        "items[0].titel",
        "items[0].title",
        "items[0].unit_price",
        "number",
        "placed_at",
        "store",
    ];
    assert_eq!(told(&client, body).await, expected);
    assert_eq!(world.counts(&world.demo).await, (0, 0));
}
