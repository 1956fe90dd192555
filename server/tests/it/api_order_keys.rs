//! What happens to an order happens once under its idempotency key, and only by a key that may and that sees the order.

use domain::permission::KeyScope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api_client::{Client, Reply, World, order};
use crate::api_order_changes::{add, stored, unpaid};

/// Everything that can be done to an order, each with a body that a fresh one allows.
fn calls() -> [(Method, &'static str, Value); 6] {
    [
        (Method::POST, "/payments", json!({"amount": 100})),
        (Method::POST, "/fulfilments", json!({"lines": [{"line": 1, "quantity": 1}]})),
        (Method::POST, "/refunds", json!({"amount": 10})),
        (Method::POST, "/notes", json!({"text": "x"})),
        (Method::PATCH, "", json!({"note": "x"})),
        (Method::POST, "/cancellation", json!({"reason": "customer"})),
    ]
}

async fn call(client: &Client, method: Method, path: &str, key: &str, body: String) -> Reply {
    let headers = [("idempotency-key", key)];
    client.send(method, path, if key.is_empty() { &[] } else { &headers }, body).await
}

#[tokio::test]
async fn each_call_is_done_once_under_its_key_and_answered_alike() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let elsewhere = unpaid(&client, "K-0", 2).await;
    for (n, (method, part, body)) in (1..).zip(calls()) {
        let mut new = order(&format!("K-{n}"), 2);
        new["payments"] = json!([{"amount": 500}]);
        let path = format!("{}{part}", stored(&client, &new).await);
        let (key, text) = (format!("key-{n}"), body.to_string());
        let first = call(&client, method.clone(), &path, &key, text.clone()).await;
        assert_eq!(first.status, if method == Method::POST { 201 } else { 200 }, "{path}: {}", first.json());
        let head = world.head(&world.demo).await;
        let again = call(&client, method.clone(), &path, &key, text.clone()).await;
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "{path}");
        let told = |reply: &Reply| {
            (reply.header("etag").map(str::to_owned), reply.header("idempotency-replayed").map(str::to_owned))
        };
        assert_eq!(told(&first), (Some("\"2\"".into()), None), "{path}");
        assert_eq!(told(&again), (Some("\"2\"".into()), Some("true".into())), "{path}");
        // Another body, even if it says the same, and the same body for another order.
        let other = call(&client, method.clone(), &path, &key, format!("{text} ")).await;
        assert_eq!(other.fields(), ["Idempotency-Key"], "{path}");
        let other = call(&client, method, &format!("{elsewhere}{part}"), &key, text).await;
        assert_eq!(other.fields(), ["Idempotency-Key"], "{path}");
        assert_eq!(world.head(&world.demo).await, head, "{path}");
    }
    assert_eq!(client.get(&elsewhere).await.json()["version"], 1);
}

#[tokio::test]
async fn a_refused_call_leaves_its_key_free() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let path = unpaid(&client, "F-1", 2).await;
    for _ in 0..5 {
        assert_eq!(add(&client, &path, "payments", "k", &json!({"amount": 1_201})).await.fields(), ["amount"]);
    }
    assert_eq!(add(&client, &path, "payments", "k", &json!({"amount": 1_200})).await.status, 201);
    assert_eq!(add(&client, &path, "payments", "", &json!({"amount": 1})).await.fields(), ["amount"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_40_times_at_once_is_one_payment_and_other_keys_pay_no_more_than_is_left() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let path = unpaid(&client, "T-1", 2).await;
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..80 {
        let (client, path) = (client.clone(), path.clone());
        // Half of them under one key, and each of the others under its own: three times 400 is all there is to pay.
        let key = if n % 2 == 0 { "one".to_owned() } else { format!("own-{n}") };
        calls.spawn(async move { add(&client, &path, "payments", &key, &json!({"amount": 400})).await });
    }
    while let Some(reply) = calls.join_next().await {
        let reply = reply.unwrap();
        assert!([201, 409, 422].contains(&reply.status), "{}", reply.json());
    }
    let told = client.get(&path).await.json();
    assert_eq!((&told["paid"], &told["payment_status"], &told["version"]), (&json!(1_200), &json!("paid"), &json!(4)));
    assert_eq!(told["payments"].as_array().unwrap().len(), 3);
    let again = add(&client, &path, "payments", "one", &json!({"amount": 400})).await;
    assert!(
        matches!((again.status, again.header("idempotency-replayed")), (201, Some("true")) | (422, None)),
        "{}",
        again.json()
    );
}

#[tokio::test]
async fn an_order_that_the_key_does_not_see_is_absent_whatever_is_sent() {
    let world = World::new().await;
    let demo = world.client(&world.demo).await;
    let mut south = order("S-1", 2);
    south["store"] = json!("south");
    let path = stored(&demo, &south).await;
    let (shown, head) = (demo.get(&path).await.bytes, world.head(&world.demo).await);
    let theirs = world.client(&world.other).await;
    let north = world.client_with(&world.demo, &KeyScope::ALL, Some(&world.north)).await;
    let absent = "/api/v1/orders/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f";
    for (method, part, body) in calls() {
        for sent in [body.to_string(), "{\"x\": 1}".to_owned(), "no JSON".to_owned()] {
            let seen = call(&demo, method.clone(), &format!("{absent}{part}"), "", sent.clone()).await;
            assert_eq!(seen.status, 404, "{part} {sent}");
            for (client, path) in
                [(&theirs, path.as_str()), (&north, path.as_str()), (&demo, "/api/v1/orders/nonsense")]
            {
                for key in ["", "k"] {
                    let reply = call(client, method.clone(), &format!("{path}{part}"), key, sent.clone()).await;
                    assert_eq!(
                        (reply.status, reply.without_request_id()),
                        (404, seen.without_request_id()),
                        "{part} {sent}"
                    );
                }
            }
        }
        for scope in KeyScope::ALL.into_iter().filter(|scope| *scope != KeyScope::OrdersWrite) {
            let reader = world.client_with(&world.demo, &[scope], None).await;
            let reply = call(&reader, method.clone(), &format!("{path}{part}"), "", body.to_string()).await;
            assert_eq!(reply.status, 403, "{part} with {}", scope.as_str());
        }
    }
    assert_eq!((demo.get(&path).await.bytes, world.head(&world.demo).await), (shown, head));
}
