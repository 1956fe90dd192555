//! Orders as lines of JSON.

use domain::orders::{FulfilmentStatus, OrderStatus, PaymentStatus};

use super::*;

#[test]
fn orders_jsonl_refuses_a_name_that_stands_twice() {
    let body = |more: &str, item: &str| {
        format!(
            "{{\"number\":\"1\",\"placed_at\":\"2026-01-02T03:04:05Z\",\"currency\":\"EUR\",{more}\"items\":[{{\"title\":\"Tea\",{item}\"quantity\":2,\"unit_price\":450}}]}}\n"
        )
    };
    let text = [body("\"discount\":1,\"discount\":9,", ""), body("", "\"quantity\":1,"), body("", "")].concat();
    let all = read(Format::OrdersJsonl, text.as_bytes()).unwrap();
    assert!(faults(&all[0])[0].2.contains("\"discount\" is set twice in one object"), "{:?}", faults(&all[0]));
    assert!(faults(&all[1])[0].2.contains("\"quantity\" is set twice"), "{:?}", faults(&all[1]));
    assert_eq!(order(&all[2]).number(), "1");
}

#[test]
fn orders_jsonl_reads_api_bodies() {
    let body = |number: &str, more: &str| {
        format!(
            "{{\"number\":\"{number}\",\"placed_at\":\"2026-01-02T03:04:05Z\",\"currency\":\"EUR\",{more}\"items\":[{{\"title\":\"Tea\",\"quantity\":2,\"unit_price\":450}}]}}\n"
        )
    };
    let text = [
        body("1", ""),
        body("2", "\"store\":\"main\","),
        body("3", "\"store\":\"else\",\"colour\":1,"),
        body("4", "\"store\":\"else\","),
        "{oops\n".into(),
        "\n".into(),
        "[]".into(),
    ];
    let all = read(Format::OrdersJsonl, text.concat().as_bytes()).unwrap();
    assert_eq!((order(&all[0]).amounts().total(), order(&all[1]).number()), (900, "2"));
    assert_eq!(faults(&all[2])[0].1, "colour");
    assert_eq!(faults(&all[3]), [(4, "store", "The store is 'else', but this import is for 'main'.")]);
    assert_eq!(faults(&all[4]), [(5, "", "This line is not valid JSON: key must be a string at column 2.")]);
    assert_eq!(faults(&all[5]), [(7, "body", "Send a JSON object.")]);
}

#[test]
fn orders_jsonl_reads_the_whole_life_of_an_order() {
    let body = r#"{"number":"1","placed_at":"2026-01-02T10:00:00Z","currency":"EUR","external_id":"6723","source":"web","updated_at":"2026-01-05T08:00:00Z","prices_include_tax":true,"customer_note":"Ring twice","items":[{"title":"Tea","quantity":2,"unit_price":1000,"discount":200,"tax":312}],"shipping_address":{"name":"Ada Byron","city":"York"},"payments":[{"amount":1800,"method":"card","at":"2026-01-02T10:01:00Z"}],"fulfilments":[{"lines":[{"line":1,"quantity":2}],"tracking_number":"123"}],"refunds":[{"amount":300}],"closed_at":"2026-01-06T08:00:00Z"}"#;
    let all = read(Format::OrdersJsonl, body.as_bytes()).unwrap();
    let order = order(&all[0]);
    let (details, standing) = (order.details(), order.standing());
    assert_eq!((details.external_id.as_deref(), details.source.as_deref()), (Some("6723"), Some("web")));
    assert_eq!(details.shipping_address.as_ref().unwrap().city, "York");
    assert_eq!((order.amounts().total(), order.prices_include_tax()), (1_800, true));
    assert_eq!((standing.payment_status(), standing.refunded.total()), (PaymentStatus::PartiallyRefunded, 300));
    assert_eq!((standing.fulfilment_status(), standing.status), (FulfilmentStatus::Fulfilled, OrderStatus::Closed));
}
