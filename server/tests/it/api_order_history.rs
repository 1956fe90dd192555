//! An order that arrives with its whole past, and the events and entries that tell of what happens to it later.

use reqwest::Method;
use serde_json::{Value, json};

use crate::api_client::World;
use crate::api_order_changes::{add, stored, unpaid};
use crate::events::Stream;

// 2 at 9.95 less 1.99 and carriage of 3.95, 3.80 tax in these prices: 21.86, paid, sent, and one piece given back.
fn whole() -> Value {
    json!({
        "store": "north", "number": "6723", "placed_at": "2026-02-02T09:58:00Z", "currency": "GBP",
        "external_id": "gid-6723", "source": "web", "updated_at": "2026-02-05T10:00:00Z", "prices_include_tax": true,
        "customer": {"email": "ada@example.com", "name": "Ada Byron"}, "customer_note": "Ring twice",
        "items": [{"sku": "TEA", "title": "Tea", "quantity": 2.0, "unit_price": 995, "discount": 199, "tax": 311}],
        "shipping_lines": [{"title": "DPD", "amount": 395, "tax": 69}],
        "shipping_address": {"name": "Ada Byron", "company": "", "line1": "1 High Street", "line2": "", "city": "York",
            "region": "", "postal_code": "YO1 7HZ", "country": "GB", "phone": ""},
        "billing_address": {},
        "payments": [{"kind": "charge", "method": "card", "amount": 2186, "reference": "pi_1", "at": "2026-02-02T10:00:00Z"}],
        "fulfilments": [{"lines": [{"line": 1, "quantity": 2}], "carrier": "DPD", "tracking_number": "123",
            "tracking_url": "https://example.org/123", "at": "2026-02-03T08:00:00Z"}],
        "refunds": [{"lines": [{"line": 1, "quantity": 1, "restock": true}], "shipping": 0, "reason": "Damaged", "at": "2026-02-05T08:00:00Z"}],
        "cancelled_at": null, "cancel_reason": null, "closed_at": "2026-02-06T08:00:00Z",
    })
}

#[tokio::test]
async fn an_order_arrives_with_its_whole_past_and_reads_as_it_was_answered() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let first = client.place("whole", &whole()).await;
    assert_eq!(first.status, 201, "{}", first.json());
    let told = first.json();
    let statuses = [&told["status"], &told["payment_status"], &told["fulfilment_status"]];
    assert_eq!(statuses, ["closed", "partially_refunded", "fulfilled"]);
    let amounts =
        ["gross", "discounts", "shipping", "tax", "fees", "total", "paid", "refunded"].map(|name| &told[name]);
    assert_eq!(amounts, [1_679, 199, 326, 380, 0, 2_186, 2_186, 896]);
    assert_eq!((&told["shipping_address"], &told["billing_address"]), (&whole()["shipping_address"], &json!(null)));
    assert_eq!([&told["external_id"], &told["source"], &told["customer_note"]], ["gid-6723", "web", "Ring twice"]);
    let tea = &told["items"][0];
    assert_eq!(["discount", "tax", "refunded_quantity", "fulfilled_quantity"].map(|name| &tea[name]), [199, 311, 1, 2]);

    let mut shown = client.get(first.header("location").unwrap()).await.json();
    let records = shown.as_object_mut().unwrap();
    let [payments, fulfilments, refunds, timeline] =
        ["payments", "fulfilments", "refunds", "timeline"].map(|name| records.remove(name).unwrap());
    assert_eq!(shown, told);
    assert_eq!((&payments[0]["amount"], &payments[0]["at"]), (&json!(2_186), &json!("2026-02-02T10:00:00Z")));
    assert_eq!(
        (&fulfilments[0]["lines"], &fulfilments[0]["tracking_number"]),
        (&json!([{"line": 1, "quantity": 2}]), &json!("123"))
    );
    // Half of what the line cost without tax, and half of its tax.
    assert_eq!(["amount", "goods", "shipping", "tax"].map(|name| &refunds[0][name]), [896, 740, 0, 156]);
    let kinds: Vec<&Value> = timeline.as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, ["placed", "closed", "refunded", "fulfilled", "payment"]);

    assert_eq!(client.place("whole", &whole()).await.bytes, first.bytes);
    let same = client.place("", &whole()).await;
    assert_eq!((same.status, same.json()), (200, told));
    assert_eq!(world.counts(&world.demo).await, (1, 1), "one event tells of it");
}

#[tokio::test]
async fn the_past_counts_on_its_own_days_and_nothing_of_what_was_cancelled() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    stored(&client, &whole()).await;
    let mut cancelled = whole();
    cancelled["number"] = json!("6724");
    (cancelled["cancelled_at"], cancelled["cancel_reason"]) = (json!("2026-02-04T08:00:00Z"), json!("customer"));
    let path = stored(&client, &cancelled).await;
    let told = client.get(&path).await.json();
    assert_eq!((&told["status"], &told["cancel_reason"]), (&json!("cancelled"), &json!("customer")));
    let of = async |from: &str, to: &str| {
        let report = client.get(&format!("/api/v1/reports/sales?store=north&from={from}&to={to}")).await.json();
        ["orders", "net_sales", "returns", "total"]
            .map(|name| report["currencies"][0]["totals"][name].as_i64().unwrap())
    };
    assert_eq!(of("2026-02-02", "2026-02-02").await, [1, 1_480, 0, 2_186]);
    assert_eq!(of("2026-02-05", "2026-02-05").await, [0, -740, 740, -896]);
    assert_eq!(of("2026-02-01", "2026-02-28").await, [1, 740, 740, 1_290]);
    for (filter, number) in [("status=closed", "6723"), ("status=cancelled", "6724")] {
        let listed = client.get(&format!("/api/v1/orders?{filter}")).await.json();
        let numbers: Vec<&Value> = listed["orders"].as_array().unwrap().iter().map(|order| &order["number"]).collect();
        assert_eq!(numbers, [number], "{filter}");
    }
    let scope = world.demo.scope(domain::permission::Permission::ReadReports).unwrap();
    assert!(db::rollups::verify(&scope).await.unwrap().is_empty());
}

#[tokio::test]
async fn faults_of_the_past_are_named_beside_all_others() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let mut body = whole();
    (body["currency"], body["payments"][0]["amount"]) = (json!("pounds"), json!("2186"));
    body["fulfilments"][0]["tracking_url"] = json!("example.org");
    assert_eq!(
        client.place("", &body).await.fields(),
        ["currency", "payments[0].amount", "fulfilments[0].tracking_url"]
    );
    let mut body = whole();
    body["refunds"][0]["lines"][0]["quantity"] = json!(3);
    assert_eq!(client.place("", &body).await.fields(), ["refunds[0].lines[1]"]);
    assert_eq!(world.counts(&world.demo).await, (0, 0));
}

#[tokio::test]
async fn each_change_is_told_once_and_then_that_the_order_is_another() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let [one, two] = [unpaid(&client, "E-1", 2).await, unpaid(&client, "E-2", 2).await];
    let begin = world.head(&world.demo).await;
    let mut stream = Stream::open(&client, &format!("/api/v1/events?after={begin}"), None).await;
    let mut expected: Vec<(&str, &str)> = Vec::new();
    for (path, part, body, kind) in [
        (&one, "payments", json!({"amount": 200}), None),
        (&one, "payments", json!({"amount": 1_000}), Some("order.paid")),
        (&one, "fulfilments", json!({"lines": [{"line": 1, "quantity": 1}]}), Some("order.fulfilled")),
        (&one, "fulfilments", json!({}), Some("order.fulfilled")),
        (&one, "refunds", json!({"amount": 450}), Some("order.refunded")),
        (&one, "notes", json!({"text": "x"}), None),
        (&one, "", json!({"note": "x"}), Some("order.edited")),
        (&two, "payments", json!({"kind": "authorization", "amount": 1_200}), None),
        (&two, "payments", json!({"kind": "capture", "amount": 1_200}), Some("order.paid")),
        (&two, "cancellation", json!({"reason": "customer"}), Some("order.cancelled")),
        (&two, "refunds", json!({}), Some("order.refunded")),
    ] {
        // Under a key, and again under it: that tells of nothing more.
        for _ in 0..2 {
            let key = format!("k{}", expected.len());
            let reply = match part {
                "" => client.send(Method::PATCH, path, &[("idempotency-key", key.as_str())], body.to_string()).await,
                part => add(&client, path, part, &key, &body).await,
            };
            assert!([200, 201].contains(&reply.status), "{part} {body}: {}", reply.json());
        }
        expected.extend(kind.into_iter().chain(["order.updated"]).map(|kind| (path.as_str(), kind)));
        // Wrong ones in between tell of nothing either.
        assert_eq!(add(&client, path, "payments", "", &json!({"amount": -1})).await.status, 422);
    }
    for (n, (path, kind)) in (1..).zip(&expected) {
        let block = stream.event().await.unwrap();
        assert_eq!((block.id, block.event.as_str()), (Some(begin + n), *kind));
        let id = block.data["id"].as_str().unwrap();
        assert!(path.ends_with(id) && block.data["status"].is_string(), "{}", block.data);
    }
    assert_eq!(world.head(&world.demo).await, begin + i64::try_from(expected.len()).unwrap());
    let last = client.get(&two).await.json();
    assert_eq!([&last["status"], &last["payment_status"]], ["cancelled", "refunded"]);
    let kinds: Vec<&Value> = last["timeline"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, ["refunded", "cancelled", "payment", "payment", "placed"]);
}
