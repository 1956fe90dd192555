//! Orders through the API: what is stored, what is answered, and what repeating does.

use std::collections::HashSet;

use domain::permission::Permission;
use serde_json::{Value, json};

use crate::api_client::{World, order};

fn full() -> Value {
    json!({
        "store": "north", "number": "F-1", "placed_at": "2026-03-01T10:00:00.123456+05:45", "currency": "GBP",
        "customer": {"email": "ana@example.com", "name": "Ana", "external_id": "7"},
        "items": [
            {"sku": "TEA", "title": "Tea", "quantity": 2, "unit_price": 450},
            {"title": "Carriage", "kind": "shipping", "quantity": 1, "unit_price": 300},
            {"title": "Welcome", "kind": "discount", "quantity": 1, "unit_price": 100},
            {"title": "Wrapping", "kind": "fee", "quantity": 1, "unit_price": 50},
        ],
        "discount": 50, "shipping": 20, "tax": 120, "note": "Ring twice.\nThank you", "tags": ["web", "gift"],
    })
}

#[tokio::test]
async fn an_order_reads_as_it_was_answered() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let stored = client.place("f-1", &full()).await;
    assert_eq!(stored.status, 201, "{}", stored.json());
    let answer = stored.json();
    assert_eq!((&answer["total"], &answer["gross"], &answer["discounts"]), (&json!(1240), &json!(900), &json!(150)));
    assert_eq!(
        (&answer["placed_at"], &answer["items"][2]["amount"]),
        (&json!("2026-03-01T04:15:00.123456Z"), &json!(-100))
    );
    let path = stored.header("location").unwrap();
    assert_eq!(path, format!("/api/v1/orders/{}", answer["id"].as_str().unwrap()));

    let mut shown = client.get(path).await.json();
    let history = shown.as_object_mut().unwrap();
    for records in ["payments", "fulfilments", "refunds"] {
        assert_eq!(history.remove(records), Some(json!([])), "{records}");
    }
    assert_eq!(history.remove("timeline").unwrap()[0]["kind"], "placed");
    assert_eq!(shown, answer);
    assert_eq!(client.get("/api/v1/orders").await.json(), json!({"orders": [answer], "next_cursor": null}));
}

#[tokio::test]
async fn an_order_keeps_who_bought_as_it_was_told() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    client.place("", &full()).await;
    let sent = [
        json!({"external_id": "7"}),
        json!({"external_id": "7", "phone": "1", "name": "Anna"}),
        json!({"external_id": "7", "email": "New@example.com", "name": "Anna", "country": "CZ"}),
        json!({"email": "ANA@example.com"}),
        json!({"name": "Bo"}),
        Value::Null,
    ];
    for (n, customer) in sent.into_iter().enumerate() {
        let mut again = full();
        again["number"] = json!(format!("C-{n}"));
        again["customer"] = customer.clone();
        let stored = client.place("", &again).await;
        for part in ["email", "name", "phone", "external_id", "country"] {
            assert_eq!(stored.json()["customer"][part], customer[part], "{part} of {customer}");
        }
        let mut shown = client.get(stored.header("location").unwrap()).await.json();
        let history = ["payments", "fulfilments", "refunds", "timeline"];
        shown.as_object_mut().unwrap().retain(|name, _| !history.contains(&name.as_str()));
        assert_eq!(shown, stored.json());
    }
    let first = client.get("/api/v1/orders?q=F-1").await.json();
    assert_eq!(first["orders"][0]["customer"]["email"], "ana@example.com", "as it was sent, whatever came later");
    let found = client.get("/api/v1/orders?q=new@EXAMPLE.com").await.json();
    assert_eq!(found["orders"].as_array().unwrap().len(), 1, "only the order that bears the address");
}

#[tokio::test]
async fn a_second_60_is_one_moment_of_one_day_on_every_way_in() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let mut body = full();
    body["placed_at"] = json!("2016-12-31T23:59:60Z");
    body["number"] = json!("L-1");
    let stored = client.place("leap", &body).await;
    assert_eq!((stored.status, &stored.json()["placed_at"]), (201, &json!("2016-12-31T23:59:59.999999Z")));
    assert_eq!(client.place("leap", &body).await.bytes, stored.bytes);
    let mut again = body.clone();
    again["number"] = json!("L-2");
    let batch = client.post("/api/v1/orders/batch", &[], json!({"orders": [again]}).to_string()).await;
    assert!(batch.status < 300, "{}", batch.json());
    let listed = client.get("/api/v1/orders?from=2016-12-31&to=2016-12-31").await.json();
    let times: Vec<&Value> = listed["orders"].as_array().unwrap().iter().map(|o| &o["placed_at"]).collect();
    assert_eq!(times, [&json!("2016-12-31T23:59:59.999999Z"); 2]);
    let report = client.get("/api/v1/reports/sales?from=2016-12-31&to=2016-12-31&store=north").await.json();
    assert_eq!(report["currencies"][0]["totals"]["orders"], 2, "{report}");
}

#[tokio::test]
async fn a_repeated_key_repeats_the_answer_and_not_the_order() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let first = client.place("k", &order("A-1", 2)).await;
    let second = client.place("k", &order("A-1", 2)).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.bytes, second.bytes);
    assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), (None, Some("true")));
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(client.place("k", &order("A-2", 2)).await.fields(), ["Idempotency-Key"]);
    assert_eq!(world.counts(&world.demo).await, (1, 1));
}

#[tokio::test]
async fn a_number_is_taken_once() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let first = client.place("one", &order("A-1", 2)).await.json();
    for key in ["two", ""] {
        let same = client.place(key, &order("A-1", 2)).await;
        assert_eq!((same.status, same.json()), (200, first.clone()));
    }
    let replay = client.place("two", &order("A-1", 2)).await;
    assert_eq!((replay.status, replay.header("idempotency-replayed")), (200, Some("true")));
    let other = client.place("three", &order("A-1", 3)).await;
    assert_eq!((other.status, other.json()["type"].as_str()), (409, Some("urn:stoa:problem:number-taken")));
    assert_eq!(world.counts(&world.demo).await, (1, 1));
}

#[tokio::test]
async fn the_same_key_200_times_at_once_is_one_order() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let sending: Vec<_> = (0..200)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.place("once", &order("A-1", 2)).await })
        })
        .collect();
    let (mut bodies, mut first_answers) = (HashSet::new(), 0);
    for reply in sending {
        let reply = reply.await.unwrap();
        match reply.status {
            201 => {
                first_answers += usize::from(reply.header("idempotency-replayed").is_none());
                bodies.insert(reply.bytes);
            }
            409 => assert_eq!(reply.header("retry-after"), Some("1")),
            other => panic!("{other}: {}", reply.json()),
        }
    }
    assert_eq!((bodies.len(), first_answers), (1, 1));
    assert_eq!(world.counts(&world.demo).await, (1, 1));
}

#[tokio::test]
async fn pages_hold_every_order_once() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let orders = Value::from_iter((0..137).map(|i| {
        let mut order = order(&format!("P-{i}"), 1 + i % 3);
        // Many of the same instant: then the id decides.
        order["placed_at"] = json!(format!("2026-03-{:02}T10:00:00Z", 1 + i % 5));
        order
    }));
    client.post("/api/v1/orders/batch", &[], orders.to_string()).await;
    for (filter, expected) in [
        ("", 137),
        ("&sort=oldest", 137),
        ("&min=1650", 45),
        ("&from=2026-03-02&to=2026-03-03", 55),
        ("&store=south", 0),
    ] {
        let (mut numbers, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = client.get(&format!("/api/v1/orders?limit=20{filter}&cursor={cursor}")).await.json();
            numbers.extend(page["orders"].as_array().unwrap().iter().map(|o| o["number"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(numbers.len(), expected, "{filter}");
        assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), expected, "{filter}");
    }
}

#[tokio::test]
async fn refunds_show_in_the_order() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let id: domain::ids::OrderId =
        client.place("", &order("A-1", 2)).await.json()["id"].as_str().unwrap().parse().unwrap();
    let scope = world.demo.scope(Permission::RefundOrders).unwrap();
    let request = domain::orders::refund::RefundRequest::lines(vec![(1, 1)]);
    db::orders::refund::refund(&scope, id, &request, "broken", None).await.unwrap();
    let shown = client.get(&format!("/api/v1/orders/{id}")).await.json();
    assert_eq!((&shown["refunded"], &shown["payment_status"]), (&json!(450), &json!("partially_refunded")));
    assert_eq!((&shown["refunds"][0]["amount"], &shown["refunds"][0]["reason"]), (&json!(450), &json!("broken")));
    assert_eq!(shown["items"][0]["refunded_quantity"], 1);
    let same = client.place("", &order("A-1", 2)).await;
    assert_eq!((same.status, &same.json()["refunded"]), (200, &json!(450)));
}

#[tokio::test]
async fn a_small_blemish_costs_no_order_and_is_told() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let mut body = full();
    body["customer"] =
        json!({"email": "ana@example.com,", "name": " Jana\u{a0}", "phone": "1".repeat(50), "external_id": ""});
    body["items"][0]["title"] = json!("Tea,\tloose");
    let stored = client.place("blemish", &body).await;
    assert_eq!(stored.status, 201, "{}", stored.json());
    let answer = stored.json();
    let fields: Vec<_> = answer["adjusted"].as_array().unwrap().iter().map(|a| a["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["customer.email", "customer.phone", "items[0].title"]);
    assert_eq!(
        (&answer["customer"]["email"], &answer["customer"]["name"]),
        (&json!("ana@example.com"), &json!("Jana"))
    );
    assert_eq!(answer["items"][0]["title"], "Tea, loose");
    // As it is stored: what was said of it when it came is over.
    assert!(client.get(stored.header("location").unwrap()).await.json().get("adjusted").is_none());
    assert_eq!(client.place("blemish", &body).await.bytes, stored.bytes);
    assert_eq!(client.place("", &body).await.status, 200);

    let text = body.to_string().replacen("\"F-1\"", "\"F-2\"", 1).replacen("\"quantity\":2", "\"quantity\":2.0", 1);
    let text = text.replacen("\"discount\":50", "\"discount\":5e1", 1);
    let mut guest = full();
    (guest["number"], guest["customer"]) = (json!("F-3 "), json!({}));
    let batch = format!("[{text},{guest},{text}]");
    let report = client.post("/api/v1/orders/batch", &[], batch).await.json();
    assert_eq!(
        report["counts"],
        json!({"created": 2, "updated": 0, "unchanged": 1, "older": 0, "conflict": 0, "rejected": 0}),
        "{report}"
    );
    let adjusted: Vec<_> = (0..3).map(|n| report["results"][n]["adjusted"].as_array().map_or(0, Vec::len)).collect();
    assert_eq!(adjusted, [3, 0, 0]);
    let listed = client.get("/api/v1/orders?q=F-3").await.json();
    assert_eq!((&listed["orders"][0]["number"], &listed["orders"][0]["customer"]), (&json!("F-3"), &Value::Null));
}

#[tokio::test]
async fn orders_in_currencies_of_their_day_and_of_high_inflation_are_taken() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let mut body = full();
    (body["currency"], body["items"][0]["unit_price"]) = (json!("IRR"), json!(15_000_000_000_000_i64));
    assert_eq!(client.place("", &body).await.json()["total"], 30_000_000_000_340_i64);
    for (currency, day, status) in [("SKK", "2008-06-01", 201), ("SKK", "2026-02-01", 422), ("XXX", "2008-06-01", 422)]
    {
        let mut body = full();
        body["number"] = json!(format!("{currency}-{day}"));
        (body["currency"], body["placed_at"]) = (json!(currency), json!(format!("{day}T10:00:00+0100")));
        assert_eq!(client.place("", &body).await.status, status, "{currency} {day}");
    }
}
