//! Orders of WooCommerce: every state, every kind of line, and what is refused.

use domain::imports::ProblemKind;
use domain::orders::{FulfilmentStatus, ItemKind, OrderStatus, PaymentKind, PaymentStatus};
use serde_json::{Value, json};

use super::*;

fn sold(status: &str, more: Value) -> Value {
    let mut order = json!({
        "id": 6723, "number": "6723", "status": status, "currency": "EUR", "prices_include_tax": true,
        "date_created": "2026-02-01T09:00:00", "date_created_gmt": "2026-02-01T08:00:00",
        "date_modified_gmt": "2026-02-03T08:00:00", "total": "27.86", "total_tax": "4.84", "customer_id": 0,
        "billing": {
            "first_name": "Ada", "last_name": "Byron", "company": "", "address_1": "1 High Street", "city": "York",
            "postcode": "YO1 7HZ", "country": "GB", "email": "ada@example.com", "phone": "123"
        },
        "shipping": { "first_name": "Ada", "last_name": "Byron", "address_1": "2 Low Street", "country": "GB" },
        "payment_method": "stripe", "payment_method_title": "Card", "transaction_id": "pi_1", "created_via": "checkout",
        "customer_note": "Ring twice",
        "line_items": [
            { "name": "Tea", "sku": "TEA", "quantity": 3, "subtotal": "20.00", "total": "18.00", "total_tax": "3.78", "price": 6.0 },
        ],
        "shipping_lines": [{ "method_title": "DPD", "total": "5.02", "total_tax": "1.06" }],
        "coupon_lines": [{ "code": "AUTUMN", "discount": "2.00" }],
        "refunds": [],
        "meta_data": [{ "id": 1, "key": "_any", "value": { "a": [1, 2.5, null] } }]
    });
    let fields = order.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    order
}

fn imported(orders: &[Value]) -> Vec<Parsed> {
    read(Format::WoocommerceJson, Value::from(orders.to_vec()).to_string().as_bytes()).unwrap()
}

fn states(status: &str, more: Value) -> (OrderStatus, PaymentStatus, FulfilmentStatus) {
    let all = imported(&[sold(status, more)]);
    let standing = order(&all[0]).standing();
    (standing.status, standing.payment_status(), standing.fulfilment_status())
}

#[test]
fn an_order_is_read_whole() {
    let all = imported(&[sold(
        "completed",
        json!({
            "date_paid_gmt": "2026-02-01T08:01:00", "date_completed_gmt": "2026-02-02T08:00:00",
            "meta_data": [{ "key": "_wc_shipment_tracking_items", "value": [{ "tracking_provider": "DPD", "tracking_number": "77" }] }],
        }),
    )]);
    let read = order(&all[0]);
    assert_eq!((read.number(), read.currency().code(), read.prices_include_tax()), ("6723", "EUR", false));
    assert_eq!(read.placed_at().to_rfc3339(), "2026-02-01T08:00:00+00:00");
    assert_eq!((read.amounts().total(), read.amounts().tax, read.amounts().discounts), (2_786, 484, 201));
    // Three pieces for 20.00 are 6.67 each, and a cent less.
    let tea = &read.items()[0];
    assert_eq!((tea.quantity, tea.unit_price, tea.discount, tea.tax), (3, 667, 201, Some(378)));
    let shipping = &read.items()[1];
    assert_eq!((shipping.kind, shipping.title.as_str(), shipping.tax), (ItemKind::Shipping, "DPD", Some(106)));
    let customer = read.customer().unwrap();
    assert_eq!((customer.name.as_deref(), customer.external_id.as_deref()), (Some("Ada Byron"), None));
    let details = read.details();
    assert_eq!((details.external_id.as_deref(), details.source.as_deref()), (Some("6723"), Some("checkout")));
    assert_eq!(details.source_updated_at.unwrap().to_rfc3339(), "2026-02-03T08:00:00+00:00");
    assert_eq!(details.customer_note.as_deref(), Some("Ring twice"));
    assert_eq!(details.shipping_address.as_ref().unwrap().line1, "2 Low Street");
    assert_eq!(details.billing_address.as_ref().unwrap().postal_code, "YO1 7HZ");
    let payment = &read.history().payments.as_ref().unwrap()[0];
    assert_eq!((payment.method.as_str(), payment.reference.as_str(), payment.amount), ("Card", "pi_1", 2_786));
    assert_eq!(payment.at.to_rfc3339(), "2026-02-01T08:01:00+00:00");
    let sent = &read.history().fulfilments[0];
    assert_eq!((sent.carrier.as_str(), sent.tracking_number.as_str()), ("DPD", "77"));
    assert_eq!(sent.at.to_rfc3339(), "2026-02-02T08:00:00+00:00");
    assert!(all[0].notes.is_empty(), "{:?}", all[0].notes);
}

#[test]
fn states_are_read_by_state_and_date() {
    use FulfilmentStatus::{Fulfilled, NotRequired, Unfulfilled};
    use OrderStatus::{Cancelled, Open};
    use PaymentStatus::{Paid, PartiallyRefunded, Pending, Refunded, Voided};
    let paid = json!({ "date_paid_gmt": "2026-02-01T08:01:00" });
    for (status, more, expected) in [
        ("pending", json!({}), (Open, Pending, Unfulfilled)),
        ("on-hold", json!({}), (Open, Pending, Unfulfilled)),
        ("processing", json!({}), (Open, Pending, Unfulfilled)),
        ("processing", paid.clone(), (Open, Paid, Unfulfilled)),
        ("wc-completed", json!({}), (Open, Paid, Fulfilled)),
        ("cancelled", json!({}), (Cancelled, Voided, Unfulfilled)),
        ("cancelled", paid.clone(), (Cancelled, Paid, Unfulfilled)),
        ("failed", json!({}), (Cancelled, Voided, Unfulfilled)),
        ("refunded", json!({}), (Open, Refunded, NotRequired)),
        ("refunded", json!({ "date_completed_gmt": "2026-02-02T08:00:00" }), (Open, Refunded, Fulfilled)),
        ("completed", json!({ "refunds": [{ "id": 1, "total": "-9.00" }] }), (Open, PartiallyRefunded, Fulfilled)),
        ("refunded", json!({ "refunds": [{ "id": 1, "total": "-27.86" }] }), (Open, Refunded, NotRequired)),
        ("refunded", json!({ "refunds": [{ "id": 1, "total": "-9.00" }] }), (Open, Refunded, NotRequired)),
        ("packed", paid, (Open, Paid, Unfulfilled)),
    ] {
        assert_eq!(states(status, more.clone()), expected, "{status} {more}");
    }
    let all = imported(&[sold("packed", json!({}))]);
    assert_eq!((all[0].notes[0].column.as_str(), all[0].notes[0].kind), ("status", ProblemKind::Adjusted));
}

#[test]
fn a_refund_has_its_own_time_or_that_of_the_last_change() {
    let refunds = json!({ "refunds": [
        { "id": 2, "reason": "Late", "total": "-4.00" },
        { "id": 1, "reason": "Damaged", "amount": "9.00", "date_created_gmt": "2026-02-02T10:00:00" },
        { "id": 3, "total": "0.00" },
    ] });
    let all = imported(&[sold("completed", refunds)]);
    let refunds: Vec<_> = order(&all[0])
        .refunds()
        .map(|(told, parts, _)| (told.reason.as_str(), parts.total(), told.at.to_rfc3339()))
        .collect();
    assert_eq!(
        refunds,
        [
            ("Damaged", 900, "2026-02-02T10:00:00+00:00".to_owned()),
            ("Late", 400, "2026-02-03T08:00:00+00:00".to_owned())
        ]
    );
    let all = imported(&[sold("completed", json!({ "refunds": [{ "id": 1, "total": "-99.00" }] }))]);
    assert_eq!(faults(&all[0])[0].1, "refunds");
}

#[test]
fn fees_count_and_those_below_zero_are_discounts() {
    let all = imported(&[sold(
        "processing",
        json!({
            "fee_lines": [
                { "name": "Gift wrap", "total": "2.00", "total_tax": "0.42" },
                { "name": "Regular guest", "total": "-3.00", "total_tax": "-0.63" },
            ],
            "total": "26.65", "total_tax": "4.63",
        }),
    )]);
    let read = order(&all[0]);
    assert_eq!((read.amounts().total(), read.amounts().tax, read.amounts().fees), (2_665, 463, 200));
    assert_eq!(read.items()[3].kind, ItemKind::Discount);
    assert_eq!(read.items().iter().map(|item| item.tax.unwrap()).sum::<i64>(), 463);
}

#[test]
fn the_rounding_of_the_shop_is_a_line_and_a_greater_gap_an_error() {
    let all = imported(&[
        sold("processing", json!({ "total": "27.87" })),
        sold("processing", json!({ "total": "27.85", "number": "2" })),
        sold("processing", json!({ "total": "27.99", "number": "3" })),
    ]);
    assert_eq!((order(&all[0]).amounts().total(), order(&all[0]).items()[2].kind), (2_787, ItemKind::Fee));
    assert_eq!((order(&all[1]).amounts().total(), order(&all[1]).items()[2].kind), (2_785, ItemKind::Discount));
    assert_eq!((all[0].notes[0].column.as_str(), all[0].notes[0].kind), ("total", ProblemKind::Adjusted));
    let words = "The lines come to 27.86 EUR, but the total of the order is 27.99 EUR.";
    assert_eq!(faults(&all[2]), [(3, "total", words)]);
}

#[test]
fn amounts_may_have_more_decimals_than_the_currency() {
    let all = imported(&[sold(
        "processing",
        json!({
            "line_items": [{ "name": "Tea", "quantity": 1, "subtotal": "8.264463", "total": "8.264463", "total_tax": "1.735537" }],
            "shipping_lines": [], "total": "10.000000", "total_tax": "1.735537",
        }),
    )]);
    let read = order(&all[0]);
    assert_eq!((read.amounts().total(), read.amounts().gross, read.amounts().tax), (1_000, 826, 174));
}

#[test]
fn a_free_order_has_no_payments() {
    let free = json!({
        "line_items": [{ "name": "Sample", "quantity": 1, "subtotal": "0.00", "total": "0.00", "total_tax": "0.00" }],
        "shipping_lines": [], "total": "0.00", "total_tax": "0.00",
    });
    for status in ["completed", "refunded", "cancelled"] {
        let all = imported(&[sold(status, free.clone())]);
        assert_eq!(order(&all[0]).history().payments.as_deref(), Some(&[][..]), "{status}");
    }
}

#[test]
fn drafts_and_the_bin_are_skipped() {
    let names = ["checkout-draft", "auto-draft", "draft", "new", "trash"];
    let orders: Vec<Value> = names.iter().map(|name| sold(name, json!({}))).collect();
    let all = imported(&orders);
    assert_eq!(all.len(), 5);
    for parsed in &all {
        let Content::Skipped(problems) = &parsed.content else { panic!("{parsed:?}") };
        assert_eq!((problems[0].column.as_str(), problems[0].kind), ("status", ProblemKind::Skipped));
        assert_eq!(problems[0].order.as_deref(), Some("6723"));
    }
}

#[test]
fn faults_stand_where_they_are_and_cost_their_own_order() {
    let all = imported(&[
        sold("processing", json!({ "total": 27.86, "currency": "EURO" })),
        sold("processing", json!({ "line_items": [{ "name": "Tea", "quantity": 0.5, "total": "x" }] })),
        sold("processing", json!({ "date_created_gmt": "soon" })),
        json!(7),
        sold("processing", json!({ "status": null })),
        sold("processing", json!({ "number": "6" })),
    ]);
    let columns = |parsed: &Parsed| -> Vec<String> { faults(parsed).iter().map(|f| f.1.to_owned()).collect() };
    assert_eq!(columns(&all[0]), ["currency", "total"]);
    assert_eq!(columns(&all[1]), ["line_items[0].total", "line_items[0].quantity"]);
    assert_eq!(columns(&all[2]), ["date_created_gmt"]);
    assert_eq!(faults(&all[3]), [(4, "", "Use a JSON object for each order.")]);
    assert_eq!(columns(&all[4]), ["status"]);
    assert_eq!((order(&all[5]).number(), all[5].first_line), ("6", 6));
}

#[test]
fn lists_and_lines_are_read_alike() {
    let orders = [sold("pending", json!({})), sold("pending", json!({ "number": "2" }))];
    let lines: Vec<String> = orders.iter().map(Value::to_string).collect();
    let list = read(Format::WoocommerceJson, format!("\u{feff}[\n{}\n]\n", lines.join(",\n")).as_bytes()).unwrap();
    let lines = read(Format::WoocommerceJson, format!("{}\n\n{{oops\n", lines.join("\n")).as_bytes()).unwrap();
    let numbers = |all: &[Parsed]| -> Vec<String> { all[..2].iter().map(|p| order(p).number().to_owned()).collect() };
    assert_eq!((numbers(&list), list.len()), (numbers(&lines), 2));
    assert_eq!((lines.len(), faults(&lines[2])[0].0), (3, 4));
}

#[test]
fn other_files_are_refused() {
    let refused = |text: &str| read(Format::WoocommerceJson, text.as_bytes()).unwrap_err().to_string();
    for text in ["a,b", "{\"number\": \"1\", \"items\": []}", "[{\"number\": 1}]"] {
        assert!(refused(text).contains("is not in the format woocommerce-json"), "{text}");
    }
    assert!(refused("[{\"line_items\": []}").contains("is not valid JSON: it ends in the middle of the list"));
    assert_eq!(refused("[]"), "the file is empty");
}

#[test]
fn a_file_is_known_by_its_beginning() {
    let text = Value::from(vec![sold("pending", json!({}))]).to_string();
    assert!(super::super::woocommerce_json::looks_like(text.as_bytes()));
    assert!(!super::super::woocommerce_json::looks_like(b"{\"number\": \"1\", \"prices_include_tax\": true}"));
}

#[test]
fn an_unpaid_order_that_is_off_has_a_void() {
    let all = imported(&[sold("failed", json!({}))]);
    let history = order(&all[0]).history();
    assert_eq!(history.payments.as_ref().unwrap()[0].kind, PaymentKind::Void);
    assert_eq!(history.cancelled.as_ref().unwrap().reason, "Payment failed");
}
