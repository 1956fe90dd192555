//! Who may do what through the API, and what those who may not get to know.

use domain::permission::KeyScope;
use reqwest::Method;
use serde_json::json;

use crate::api_client::{Reply, World, order};

const OPERATIONS: [(&str, &str, KeyScope); 12] = [
    ("POST", "/api/v1/orders", KeyScope::OrdersWrite),
    ("POST", "/api/v1/orders/batch", KeyScope::OrdersWrite),
    ("GET", "/api/v1/orders", KeyScope::OrdersRead),
    ("GET", "/api/v1/orders/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f", KeyScope::OrdersRead),
    ("PATCH", "/api/v1/orders/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f", KeyScope::OrdersWrite),
    ("POST", "/api/v1/orders/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f/payments", KeyScope::OrdersWrite),
    ("POST", "/api/v1/orders/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f/fulfilments", KeyScope::OrdersWrite),
    ("POST", "/api/v1/orders/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f/refunds", KeyScope::OrdersWrite),
    ("POST", "/api/v1/orders/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f/cancellation", KeyScope::OrdersWrite),
    ("POST", "/api/v1/orders/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f/notes", KeyScope::OrdersWrite),
    ("GET", "/api/v1/reports/sales", KeyScope::ReportsRead),
    ("GET", "/api/v1/events", KeyScope::EventsRead),
];

#[tokio::test]
async fn every_operation_needs_its_scope_and_no_other() {
    let world = World::new().await;
    let call = async |client: &crate::api_client::Client, method: &str, path: &str| {
        let method: Method = method.parse().unwrap();
        client
            .request(method, path)
            .header("content-type", "application/json")
            .body("[]")
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    for (method, path, needed) in OPERATIONS {
        for scope in KeyScope::ALL {
            let client = world.client_with(&world.demo, &[scope], None).await;
            let status = call(&client, method, path).await;
            assert_eq!(status == 403, scope != needed, "{method} {path} with {}: {status}", scope.as_str());
        }
        let client = world.client(&world.demo).await;
        for key in ["", "stoa_nonsense", &client.key[..client.key.len() - 1], &format!("{}A", client.key)] {
            assert_eq!(call(&client.with_key(key), method, path).await, 401, "{method} {path} with {key}");
        }
    }
}

#[tokio::test]
async fn foreign_resources_look_like_absent_ones() {
    let world = World::new().await;
    let (demo, other) = (world.client(&world.demo).await, world.client(&world.other).await);
    let ours = demo.place("", &order("A-1", 1)).await.json();
    let same = |a: Reply, b: Reply| {
        assert_eq!(a.status, b.status);
        assert_eq!(a.without_request_id(), b.without_request_id());
    };
    let foreign = format!("/api/v1/orders/{}", ours["id"].as_str().unwrap());
    let absent = "/api/v1/orders/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f";
    assert_eq!(other.get(&foreign).await.status, 404);
    same(other.get(&foreign).await, other.get(absent).await);
    same(other.get("/api/v1/orders/nonsense").await, other.get(absent).await);
    same(other.get("/api/v1/orders/%FF").await, other.get(absent).await);
    for path in ["/api/v1/orders?store=", "/api/v1/reports/sales?store="] {
        assert_eq!(other.get(&format!("{path}north")).await.fields(), ["store"]);
        same(other.get(&format!("{path}north")).await, other.get(&format!("{path}nowhere")).await);
    }
    let mut nowhere = order("A-1", 1);
    nowhere["store"] = json!("nowhere");
    same(other.place("", &order("A-1", 1)).await, other.place("", &nowhere).await);
    assert_eq!(other.get("/api/v1/orders").await.json()["orders"], json!([]));
    assert_eq!(other.get("/api/v1/reports/sales").await.json()["currencies"], json!([]));
    assert_eq!(world.counts(&world.other).await, (0, 0));
}

#[tokio::test]
async fn a_key_of_one_store_sees_no_other() {
    let world = World::new().await;
    let all = world.client(&world.demo).await;
    let mut south = order("S-1", 1);
    south["store"] = json!("south");
    let theirs = all.place("", &south).await.json();
    all.place("", &order("N-1", 1)).await;
    let north = world.client_with(&world.demo, &KeyScope::ALL, Some(&world.north)).await;
    let listed = north.get("/api/v1/orders").await.json();
    assert_eq!(listed["orders"].as_array().unwrap().len(), 1);
    assert_eq!(listed["orders"][0]["number"], "N-1");
    assert_eq!(north.get(&format!("/api/v1/orders/{}", theirs["id"].as_str().unwrap())).await.status, 404);
    assert_eq!(north.get("/api/v1/orders?store=south").await.fields(), ["store"]);
    south["number"] = json!("S-2");
    assert_eq!(north.place("", &south).await.fields(), ["store"]);
    let report = north.get("/api/v1/reports/sales?from=2026-03-01&to=2026-03-01").await.json();
    assert_eq!(report["currencies"][0]["totals"]["orders"], 1);
}

#[tokio::test]
async fn the_documents_need_no_key() {
    let world = World::new().await;
    let nobody = world.client(&world.demo).await.with_key("");
    let document = nobody.get("/api/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for (method, path, _) in OPERATIONS {
        let path = path.replace("0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f", "{id}");
        assert!(document["paths"][&path][method.to_lowercase()].is_object(), "{method} {path}");
    }
    let page = nobody.get("/api/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(nobody.get("/api/docs.css").await.status, 200);
    let absent = nobody.get("/api/v1/nothing").await;
    assert_eq!((absent.status, absent.header("content-type")), (404, Some("application/problem+json")));
    let method = nobody.post("/api/v1/reports/sales", &[], "{}").await;
    assert_eq!((method.status, method.header("content-type")), (405, Some("application/problem+json")));
}
