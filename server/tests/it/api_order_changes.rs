//! What happens to an order through the API: what each call answers, and what the rules refuse.

use reqwest::Method;
use serde_json::{Value, json};

use crate::api_client::{Client, Reply, World, order};

/// A stored order of `quantity` x 4.50 and carriage of 3.00 of which nothing was paid; its address.
pub async fn unpaid(client: &Client, number: &str, quantity: i64) -> String {
    let mut body = order(number, quantity);
    body["payments"] = json!([]);
    stored(client, &body).await
}

/// The address of an order that is stored now.
pub async fn stored(client: &Client, body: &Value) -> String {
    let placed = client.place("", body).await;
    assert_eq!(placed.status, 201, "{}", placed.json());
    placed.header("location").unwrap().to_owned()
}

/// Adds `body` to the order at `path`, with an idempotency key unless `key` is empty.
pub async fn add(client: &Client, path: &str, part: &str, key: &str, body: &Value) -> Reply {
    let headers = [("idempotency-key", key)];
    let headers: &[(&str, &str)] = if key.is_empty() { &[] } else { &headers };
    client.post(&format!("{path}/{part}"), headers, body.to_string()).await
}

async fn patch(client: &Client, path: &str, version: Option<&str>, body: &Value) -> Reply {
    let headers: Vec<(&str, &str)> = version.map(|version| ("if-match", version)).into_iter().collect();
    client.send(Method::PATCH, path, &headers, body.to_string()).await
}

#[tokio::test]
async fn an_order_is_paid_sent_and_given_back_and_each_answer_is_the_order() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let path = unpaid(&client, "L-1", 2).await;
    let parcel = json!({"lines": [{"line": 1, "quantity": 1}], "carrier": "DPD", "tracking_number": "123",
        "tracking_url": "https://example.org/123"});
    let authorization = json!({"kind": "authorization", "method": "card", "amount": 1_200, "reference": "pi_1"});
    let damaged = json!({"lines": [{"line": 1, "quantity": 1, "restock": true}], "reason": "Damaged"});
    let steps = [
        ("payments", authorization, "authorized", "unfulfilled"),
        (
            "payments",
            json!({"kind": "capture", "amount": 500, "at": "2026-03-01T11:00:00+01:00"}),
            "partially_paid",
            "unfulfilled",
        ),
        ("payments", json!({"amount": 700.0}), "paid", "unfulfilled"),
        ("notes", json!({"text": "Call first"}), "paid", "unfulfilled"),
        ("fulfilments", parcel, "paid", "partially_fulfilled"),
        ("fulfilments", json!({}), "paid", "fulfilled"),
        ("refunds", damaged, "partially_refunded", "fulfilled"),
        ("refunds", json!({"shipping": 100}), "partially_refunded", "fulfilled"),
        ("refunds", json!({"amount": 50}), "partially_refunded", "fulfilled"),
        ("refunds", json!({}), "refunded", "fulfilled"),
    ];
    for (version, (part, body, payment, fulfilment)) in (2..).zip(&steps) {
        let answer = add(&client, &path, part, "", body).await;
        assert_eq!(answer.status, 201, "{part} {body}: {}", answer.json());
        let told = answer.json();
        assert_eq!(
            (&told["payment_status"], &told["fulfilment_status"]),
            (&json!(payment), &json!(fulfilment)),
            "{body}"
        );
        assert_eq!((&told["version"], &told["status"]), (&json!(version), &json!("open")));
        assert_eq!(answer.header("etag"), Some(format!("\"{version}\"").as_str()));
        let shown = client.get(&path).await;
        assert_eq!((shown.json(), shown.header("etag")), (told, answer.header("etag")));
    }
    records_say_it(&client.get(&path).await.json());
}

fn records_say_it(told: &Value) {
    let all = |list: &str, field: &str| -> Vec<Value> {
        told[list].as_array().unwrap().iter().map(|entry| entry[field].clone()).collect()
    };
    assert_eq!((&told["paid"], &told["refunded"]), (&json!(1_200), &json!(1_200)));
    // Oldest first, by the times that were told.
    assert_eq!(all("payments", "kind"), ["capture", "authorization", "charge"]);
    assert_eq!(
        (&told["payments"][0]["at"], &told["payments"][1]["reference"]),
        (&json!("2026-03-01T10:00:00Z"), &json!("pi_1"))
    );
    let one = json!([{"line": 1, "quantity": 1}]);
    assert_eq!(all("fulfilments", "lines"), [one.clone(), one.clone()], "what is left, where no lines are named");
    assert_eq!(all("fulfilments", "tracking_url"), ["https://example.org/123", ""]);
    assert_eq!((&told["refunds"][0]["lines"], &told["refunds"][0]["reason"]), (&one, &json!("Damaged")));
    assert_eq!(all("refunds", "amount"), [450, 100, 50, 600]);
    let sum = |part: &str| all("refunds", part).iter().map(|amount| amount.as_i64().unwrap()).sum::<i64>();
    assert_eq!(["goods", "shipping", "tax", "fees"].map(sum), [900, 300, 0, 0]);
    assert_eq!(
        (&told["items"][0]["fulfilled_quantity"], &told["items"][0]["refunded_quantity"]),
        (&json!(2), &json!(2))
    );
    let kinds = [
        "refunded",
        "refunded",
        "refunded",
        "refunded",
        "fulfilled",
        "fulfilled",
        "note",
        "payment",
        "payment",
        "payment",
        "placed",
    ];
    assert_eq!(all("timeline", "kind"), kinds);
    assert_eq!(told["timeline"][6]["details"]["text"], "Call first");
    assert!(all("timeline", "actor").iter().all(|actor| actor == "API key"));
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named_and_changes_nothing() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let path = unpaid(&client, "R-1", 2).await;
    let (shown, head) = (client.get(&path).await.bytes, world.head(&world.demo).await);
    let lines = |line: i32, quantity: i32| json!({"lines": [{"line": line, "quantity": quantity}]});
    for (part, body, field) in [
        ("payments", json!([]), "body"),
        ("payments", json!({}), "amount"),
        ("payments", json!({"amount": 0}), "amount"),
        ("payments", json!({"amount": 1_201}), "amount"),
        ("payments", json!({"amount": "1"}), "amount"),
        ("payments", json!({"amount": 1, "colour": "red"}), "colour"),
        ("payments", json!({"amount": 1, "at": "2999-01-01T00:00:00Z"}), "at"),
        ("payments", json!({"amount": 1, "at": "1970-01-01T00:00:00Z"}), "at"),
        ("payments", json!({"amount": 1, "at": "yesterday"}), "at"),
        ("payments", json!({"kind": "barter", "amount": 1}), "kind"),
        ("payments", json!({"kind": "capture", "amount": 1}), "amount"),
        ("payments", json!({"kind": "refund", "amount": 1}), "kind"),
        ("payments", json!({"kind": "void"}), "kind"),
        ("payments", json!({"kind": "void", "amount": -1}), "amount"),
        ("fulfilments", lines(1, 3), "lines[1]"),
        ("fulfilments", lines(2, 1), "lines[2]"),
        ("fulfilments", json!({"tracking_url": "ftp://example.org"}), "tracking_url"),
        ("refunds", json!({}), "order"),
        ("refunds", json!({"amount": 1}), "order"),
        ("refunds", json!({"amount": 1, "shipping": 1}), "amount"),
        ("refunds", json!({"amount": 1, "at": "2999-01-01T00:00:00Z"}), "at"),
        ("cancellation", json!({"restock": "yes"}), "restock"),
        ("cancellation", json!({"why": "x"}), "why"),
        ("cancellation", json!({"reason": "x".repeat(501)}), "reason"),
        ("notes", json!({}), "text"),
        ("notes", json!({"text": " "}), "text"),
        ("notes", json!({"text": "x".repeat(5_001)}), "text"),
    ] {
        let refused = add(&client, &path, part, "", &body).await;
        assert_eq!(refused.fields(), [field], "{part} {body}");
    }
    for (body, field) in
        [(json!({}), "body"), (json!({"total": 1}), "total"), (json!({"customer": {"email": "ada"}}), "customer.email")]
    {
        assert_eq!(patch(&client, &path, None, &body).await.fields(), [field], "{body}");
    }
    assert_eq!((client.get(&path).await.bytes, world.head(&world.demo).await), (shown, head));
}

#[tokio::test]
async fn what_the_state_of_an_order_does_not_allow_is_said_in_the_words_of_the_rule() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let nothing = json!({});
    let paid = stored(&client, &order("S-1", 2)).await;
    let too_much = add(&client, &paid, "payments", "", &json!({"amount": 1})).await;
    let words = "This is more than the amount still to be paid.";
    assert_eq!(
        (too_much.fields(), &too_much.json()["errors"][0]["message"]),
        (vec!["amount".to_owned()], &json!(words))
    );
    let refused = async |path: &str, words: &str| {
        let answer = add(&client, path, "cancellation", "", &json!({"reason": "customer"})).await;
        assert_eq!((answer.status, &answer.json()["detail"]), (409, &json!(words)));
    };
    assert_eq!(
        add(&client, &paid, "fulfilments", "", &json!({"lines": [{"line": 1, "quantity": 1}]})).await.status,
        201
    );
    refused(&paid, "Items of this order were already sent. Record a refund instead.").await;

    let gone = stored(&client, &order("S-2", 2)).await;
    let cancelled = add(&client, &gone, "cancellation", "", &json!({"reason": "customer", "restock": false})).await;
    assert_eq!(cancelled.status, 201, "{}", cancelled.json());
    let told = cancelled.json();
    assert_eq!((&told["status"], &told["cancel_reason"]), (&json!("cancelled"), &json!("customer")));
    assert!(told["cancelled_at"].is_string() && told["timeline"][0]["kind"] == "cancelled", "{told}");
    refused(&gone, "This order is already cancelled.").await;
    assert_eq!(add(&client, &gone, "payments", "", &json!({"amount": 1})).await.fields(), ["order"]);
    assert_eq!(add(&client, &gone, "fulfilments", "", &nothing).await.fields(), ["order"]);
    let back = add(&client, &gone, "refunds", "", &nothing).await;
    assert_eq!((back.status, &back.json()["payment_status"]), (201, &json!("refunded")), "its money can be given back");
    assert_eq!(add(&client, &gone, "refunds", "", &nothing).await.fields(), ["order"]);

    let mut credit = order("S-3", -1);
    (credit["kind"], credit["items"][1]["quantity"]) = (json!("return"), json!(-1));
    let credit = stored(&client, &credit).await;
    for part in ["fulfilments", "refunds"] {
        assert_eq!(add(&client, &credit, part, "", &nothing).await.fields(), ["order"], "{part}");
    }
    refused(&credit, "A return cannot be cancelled.").await;
    let report = client.get("/api/v1/reports/sales?store=north&from=2026-03-01&to=2026-03-01").await.json();
    let totals = &report["currencies"][0]["totals"];
    assert_eq!(
        (&totals["orders"], &totals["total"]),
        (&json!(1), &json!(1_200 - 750)),
        "what is cancelled counts in nothing"
    );
}

#[tokio::test]
async fn an_edit_is_made_of_the_version_that_was_read() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let path = stored(&client, &order("E-1", 1)).await;
    let tag = client.get(&path).await.header("etag").unwrap().to_owned();
    let edit = json!({
        "customer": {"email": " new@example.com", "name": "Ada Byron", "phone": "+44 20 7946 0018"}, "customer_note": "Ring twice",
        "tags": ["gift", "web"], "shipping_address": {"name": "Ada Byron", "city": "York", "country": "GB"}, "note": "fragile",
    });
    let edited = patch(&client, &path, Some(&tag), &edit).await;
    assert_eq!((edited.status, edited.header("etag")), (200, Some("\"2\"")), "{}", edited.json());
    let told = edited.json();
    assert_eq!(told, client.get(&path).await.json());
    assert_eq!(
        (&told["customer"]["email"], &told["customer"]["name"]),
        (&json!("new@example.com"), &json!("Ada Byron"))
    );
    assert_eq!(
        (&told["note"], &told["customer_note"], &told["tags"]),
        (&json!("fragile"), &json!("Ring twice"), &edit["tags"])
    );
    assert_eq!((&told["shipping_address"]["city"], &told["billing_address"]), (&json!("York"), &json!(null)));
    assert_eq!((&told["timeline"][0]["kind"], &told["total"]), (&json!("edited"), &json!(750)));
    let found = client.get("/api/v1/orders?q=new@example.com").await.json();
    assert_eq!(found["orders"].as_array().unwrap().len(), 1);

    let head = world.head(&world.demo).await;
    let stale = patch(&client, &path, Some(&tag), &json!({"note": "mine"})).await;
    assert_eq!(stale.status, 412, "{}", stale.json());
    assert_eq!(patch(&client, &path, Some("2"), &json!({"note": "mine"})).await.fields(), ["If-Match"]);
    assert_eq!((client.get(&path).await.json(), world.head(&world.demo).await), (told, head), "nothing was changed");
    for (version, tag) in [("\"3\"", Some("\"2\"")), ("\"4\"", Some("*")), ("\"5\"", None)] {
        let edited = patch(&client, &path, tag, &json!({"note": null, "shipping_address": {}, "tags": []})).await;
        assert_eq!((edited.status, edited.header("etag")), (200, Some(version)));
        let told = edited.json();
        assert_eq!([&told["note"], &told["shipping_address"], &told["tags"]], [&json!(null), &json!(null), &json!([])]);
    }
}
