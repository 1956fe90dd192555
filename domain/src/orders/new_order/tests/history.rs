//! What an order tells of its past, and how its total is made: discounts, tax in prices, shipping lines, addresses.

use serde_json::{Value, json};

use super::{faults, good, now};
use crate::orders::new_order::{Draft, NewOrder};
use crate::orders::refund::{Parts, RefundLine, RefundRequest};
use crate::orders::{FulfilmentStatus, OrderStatus, PaymentKind, PaymentStatus};

// Two at 4.50, carriage of 3.00, 1.00 and 0.50 off, 1.20 tax: 11.70.
fn told(more: &Value) -> Value {
    let mut body = good();
    let fields = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(fields);
    body
}

fn order(more: &Value) -> NewOrder {
    Draft::checked_from_json(&told(more), now()).unwrap_or_else(|faults| panic!("{more}: {faults}")).1
}

fn statuses(more: &Value) -> (OrderStatus, PaymentStatus, FulfilmentStatus) {
    let standing = order(more).standing().clone();
    (standing.status, standing.payment_status(), standing.fulfilment_status())
}

#[test]
fn an_order_of_which_nothing_is_told_is_paid_and_to_be_fulfilled() {
    let order = order(&json!({}));
    assert!(order.history().is_empty() && !order.prices_include_tax());
    assert_eq!((order.standing().paid, order.standing().refunded), (1_170, Parts::default()));
    let expected = (OrderStatus::Open, PaymentStatus::Paid, FulfilmentStatus::Unfulfilled);
    for nothing in [
        json!({}),
        json!({"payments": null, "fulfilments": null, "refunds": [], "cancelled_at": null, "closed_at": null, "on_hold": false}),
    ] {
        assert_eq!(statuses(&nothing), expected, "{nothing}");
    }
    assert_eq!(faults(&told(&json!({"cancel_reason": "never mind"}))), ["cancelled_at"]);
}

#[test]
fn statuses_follow_from_what_is_told() {
    use FulfilmentStatus::{Fulfilled, NotRequired, OnHold, PartiallyFulfilled, Unfulfilled};
    use OrderStatus::{Cancelled, Closed, Open};
    use PaymentStatus::{Authorized, Paid, PartiallyPaid, PartiallyRefunded, Pending, Refunded, Voided};

    let at = "2026-02-28T10:00:00Z";
    for (more, expected) in [
        (json!({"payments": []}), (Open, Pending, Unfulfilled)),
        (json!({"payments": [{"kind": "authorization", "amount": 1_170}]}), (Open, Authorized, Unfulfilled)),
        (json!({"payments": [{"kind": "authorization", "amount": 9}, {"kind": "void"}]}), (Open, Voided, Unfulfilled)),
        (
            json!({"payments": [{"kind": "authorization", "amount": 1_170}, {"kind": "capture", "amount": 170}]}),
            (Open, PartiallyPaid, Unfulfilled),
        ),
        (json!({"payments": [{"amount": 1_000}, {"kind": "charge", "amount": 170}]}), (Open, Paid, Unfulfilled)),
        (json!({"fulfilments": [{"lines": [{"line": 1, "quantity": 1}]}]}), (Open, Paid, PartiallyFulfilled)),
        (json!({"fulfilments": [{"lines": [{"line": 1, "quantity": 1}]}, {}]}), (Open, Paid, Fulfilled)),
        (
            json!({"fulfilments": [{}], "refunds": [{"amount": 1}], "closed_at": at}),
            (Closed, PartiallyRefunded, Fulfilled),
        ),
        (json!({"refunds": [{}]}), (Open, Refunded, NotRequired)),
        (json!({"refunds": [{"lines": [{"line": 1, "quantity": 2}]}]}), (Open, PartiallyRefunded, NotRequired)),
        (json!({"refunds": [{"shipping": 300}]}), (Open, PartiallyRefunded, Unfulfilled)),
        (json!({"on_hold": true}), (Open, Paid, OnHold)),
        (json!({"cancelled_at": at, "cancel_reason": "customer"}), (Cancelled, Paid, Unfulfilled)),
        (json!({"payments": [], "cancelled_at": at, "closed_at": at}), (Cancelled, Pending, Unfulfilled)),
        (json!({"fulfilments": [{}], "refunds": [{}], "cancelled_at": at}), (Cancelled, Refunded, Fulfilled)),
    ] {
        assert_eq!(statuses(&more), expected, "{more}");
    }
}

#[test]
fn everything_that_is_told_is_kept() {
    let order = order(&json!({
        "external_id": " 6723", "source": "web", "updated_at": "2026-03-01T10:00:00Z", "customer_note": "Ring twice",
        "shipping_address": {"name": "Ada Byron", "line1": "1 High Street", "city": "York", "postal_code": "YO1 7HZ", "country": "GB"},
        "billing_address": {},
        "payments": [{"kind": "charge", "method": "card", "amount": 1_170, "reference": "pi_1", "at": "2026-02-01T10:00:00.1234567Z"}],
        "fulfilments": [{"lines": [{"line": 1, "quantity": 2}], "carrier": "DPD", "tracking_number": "123",
            "tracking_url": "https://example.org/123", "at": "2026-02-02T08:00:00Z"}],
        "refunds": [{"lines": [{"line": 1, "quantity": 1, "restock": true}], "shipping": 100, "reason": "Damaged\nbadly"}],
    }));
    let details = order.details();
    assert_eq!((details.external_id.as_deref(), details.source.as_deref()), (Some("6723"), Some("web")));
    assert_eq!((details.customer_note.as_deref(), &details.billing_address), (Some("Ring twice"), &None));
    assert_eq!(details.shipping_address.as_ref().unwrap().city, "York");
    assert_eq!(details.source_updated_at.unwrap().to_rfc3339(), "2026-03-01T10:00:00+00:00");
    let payment = &order.history().payments.as_ref().unwrap()[0];
    assert_eq!(
        (payment.kind, payment.method.as_str(), payment.reference.as_str()),
        (PaymentKind::Charge, "card", "pi_1")
    );
    assert_eq!(payment.at.to_rfc3339(), "2026-02-01T10:00:00.123456+00:00", "as precise as it is stored");
    let (sent, lines) = order.fulfilments().next().unwrap();
    assert_eq!((sent.carrier.as_str(), sent.tracking_number.as_str(), lines), ("DPD", "123", &[(1, 2)][..]));
    let (refund, parts, lines) = order.refunds().next().unwrap();
    assert_eq!(
        (refund.reason.as_str(), refund.at),
        ("Damaged badly", order.placed_at()),
        "without a time it is the order's"
    );
    assert_eq!(lines, [RefundLine { position: 1, quantity: 1, restock: true }]);
    // Half of 9.00 less 1.50 with half of 1.20 tax, and shipping.
    assert_eq!(parts, Parts { goods: 375, shipping: 100, tax: 60, fees: 0 });
    assert_eq!(order.standing().lines[0].refunded, 1);
    assert!(matches!(refund.request, RefundRequest::Lines { shipping: 100, .. }));
}

#[test]
fn every_fault_of_the_past_bears_the_name_of_its_field() {
    let long = "x".repeat(501);
    for (more, fields) in [
        (json!({"payments": {}}), vec!["payments"]),
        (json!({"payments": [1]}), vec!["payments[0]"]),
        (json!({"payments": [{}]}), vec!["payments[0].amount"]),
        (json!({"payments": [{"amount": 0}]}), vec!["payments[0].amount"]),
        (json!({"payments": [{"amount": 1}, {"amount": -1}]}), vec!["payments[1].amount"]),
        (json!({"payments": [{"kind": "void", "amount": -1}]}), vec!["payments[0].amount"]),
        (json!({"payments": [{"amount": 1, "kind": "barter"}]}), vec!["payments[0].kind"]),
        (json!({"payments": [{"amount": 1, "at": "yesterday"}]}), vec!["payments[0].at"]),
        (json!({"payments": [{"amount": 1, "at": "1970-01-01T00:00:00Z"}]}), vec!["payments[0].at"]),
        (json!({"payments": [{"amount": 1, "method": long}]}), vec!["payments[0].method"]),
        (json!({"payments": [{"amount": 1, "colour": "red"}]}), vec!["payments[0].colour"]),
        (json!({"fulfilments": [{"lines": [{"line": 1, "quantity": 3}]}]}), vec!["fulfilments[0].lines[1]"]),
        (json!({"fulfilments": [{}, {}]}), vec!["fulfilments[1]"]),
        (json!({"fulfilments": [{"lines": [{"line": 1}]}]}), vec!["fulfilments[0].lines[0].quantity"]),
        (json!({"fulfilments": [{"lines": [{"line": 2, "quantity": 1}]}]}), vec!["fulfilments[0].lines[2]"]),
        (json!({"fulfilments": [{"tracking_url": "javascript:x"}]}), vec!["fulfilments[0].tracking_url"]),
        (json!({"fulfilments": [{"at": "2026-03-03T00:00:00Z"}]}), vec!["fulfilments[0].at"]),
        (json!({"refunds": [{"amount": 1_171}]}), vec!["refunds[0].amount"]),
        (json!({"refunds": [{}, {}]}), vec!["refunds[1]"]),
        (json!({"refunds": [{"lines": [{"line": 9, "quantity": 1}]}]}), vec!["refunds[0].lines[9]"]),
        (json!({"refunds": [{"lines": [{"line": 3, "quantity": 1}]}]}), vec!["refunds[0].lines[3]"]),
        (json!({"refunds": [{"shipping": 301}]}), vec!["refunds[0].shipping"]),
        (json!({"refunds": [{"amount": 5, "shipping": 1}]}), vec!["refunds[0].amount"]),
        (
            json!({"refunds": [{"lines": [{"line": 1, "quantity": 1, "restock": "yes"}]}]}),
            vec!["refunds[0].lines[0].restock"],
        ),
        (json!({"refunds": [{"amount": 1, "at": "2026-03-03T00:00:00Z"}]}), vec!["refunds[0].at"]),
        (json!({"refunds": [{"amount": 1}], "payments": []}), vec!["refunds[0]"]),
        (json!({"cancelled_at": "soon"}), vec!["cancelled_at"]),
        (json!({"cancelled_at": "2026-03-03T00:00:00Z", "cancel_reason": long}), vec!["cancel_reason", "cancelled_at"]),
        (json!({"closed_at": 1}), vec!["closed_at"]),
        (json!({"on_hold": "no"}), vec!["on_hold"]),
        (json!({"prices_include_tax": 1}), vec!["prices_include_tax"]),
        (json!({"updated_at": "soon"}), vec!["updated_at"]),
        (json!({"customer_note": 1}), vec!["customer_note"]),
        (json!({"shipping_address": []}), vec!["shipping_address"]),
        (json!({"shipping_address": {"planet": "Mars"}}), vec!["shipping_address.planet"]),
        (json!({"billing_address": {"city": 1}}), vec!["billing_address.city"]),
        (json!({"shipping_lines": [{"title": "DPD"}]}), vec!["shipping_lines[0].amount"]),
        (
            json!({"shipping_lines": [{"amount": 1}, {"amount": -5, "tax": -1}]}),
            vec!["shipping_lines[1].amount", "shipping_lines[1].tax"],
        ),
        (json!({"shipping_lines": [{"amount": 1, "weight": 2}]}), vec!["shipping_lines[0].weight"]),
    ] {
        assert_eq!(faults(&told(&more)), fields, "{more}");
    }
    let many = vec![json!({"amount": 1}); 201];
    assert_eq!(faults(&told(&json!({"payments": many}))), ["payments"]);
}

#[test]
fn every_fault_of_money_bears_the_name_of_its_field() {
    for (item, more, fields) in [
        (json!({"discount": 901}), json!({}), vec!["items[0].discount"]),
        (json!({"discount": -1}), json!({}), vec!["items[0].discount"]),
        (json!({"tax": -1}), json!({}), vec!["items[0].tax"]),
        (json!({"tax": "1"}), json!({}), vec!["items[0].tax"]),
        (json!({"tax": 121}), json!({}), vec!["tax"]),
        (json!({"kind": "discount", "tax": 1}), json!({}), vec!["items[0].tax"]),
        (json!({"tax": 901}), json!({"tax": 901, "prices_include_tax": true}), vec!["items[0].tax"]),
        (json!({"tax": 0}), json!({"tax": 301, "prices_include_tax": true}), vec!["tax"]),
        (json!({"discount": 900}), json!({"discount": 321}), vec!["discount"]),
    ] {
        let mut body = told(&more);
        body["items"][0].as_object_mut().unwrap().extend(item.as_object().unwrap().clone());
        assert_eq!(faults(&body), fields, "{item} {more}");
    }
    let credit = json!({"kind": "return", "discount": 0, "tax": 0, "cancelled_at": "2026-02-28T10:00:00Z",
        "items": [{"title": "Tea", "quantity": -1, "unit_price": 450, "discount": 5}]});
    assert_eq!(faults(&told(&credit)), ["items[0].discount", "cancelled_at"]);
}

#[test]
fn tax_that_prices_contain_is_no_part_of_the_goods_and_of_no_total() {
    let body = json!({
        "prices_include_tax": true, "discount": 0, "tax": 833,
        "items": [{"title": "Lamp", "quantity": 1, "unit_price": 6_295}, {"title": "Shade", "quantity": 1, "unit_price": 3_795}],
    });
    let lamps = order(&body);
    let amounts = *lamps.amounts();
    assert_eq!((amounts.total(), amounts.gross, amounts.tax), (10_090, 9_257, 833));
    assert_eq!(lamps.shares().iter().map(|share| share.tax).collect::<Vec<_>>(), [520, 313]);
    assert_eq!(lamps.standing().lines.iter().map(|line| line.value).collect::<Vec<_>>(), [5_775, 3_482]);

    // What no line bears is in the price of shipping.
    let mut with_shipping = body.clone();
    with_shipping["items"][0]["tax"] = json!(500);
    with_shipping["items"][1]["tax"] = json!(300);
    with_shipping["shipping"] = json!(395);
    with_shipping["discount"] = json!(1_009);
    let order_of = |body: &Value| *order(body).amounts();
    let amounts = order_of(&with_shipping);
    assert_eq!((amounts.total(), amounts.gross, amounts.shipping), (10_090 - 1_009 + 395, 9_290, 362));

    // So it is where the goods were free, or cost less than the tax of everything.
    let mut sample = body.clone();
    sample["items"] = json!([{"title": "Sample", "quantity": 1, "unit_price": 0}]);
    (sample["shipping_lines"], sample["tax"]) = (json!([{"title": "DPD", "amount": 500}]), json!(83));
    let amounts = order_of(&sample);
    assert_eq!((amounts.total(), amounts.gross, amounts.shipping, amounts.tax), (500, 0, 417, 83));
}

#[test]
fn shipping_lines_are_items_and_lines_bring_their_own_discount_and_tax() {
    let mut body = told(&json!({"shipping_lines": [{"title": "DPD", "amount": 395, "tax": 69}, {"amount": 5}]}));
    body["items"][0]["discount"] = json!(40);
    body["items"][0]["tax"] = json!(80);
    body.as_object_mut().unwrap().remove("tax");
    let (_, order) = Draft::checked_from_json(&body, now()).unwrap();
    let amounts = order.amounts();
    assert_eq!((amounts.gross, amounts.discounts, amounts.shipping, amounts.tax), (900, 190, 700, 149), "{amounts:?}");
    assert_eq!(order.items()[4].title, "Shipping");
    assert_eq!((order.shares()[0].discount, order.shares()[0].tax, order.shares()[3].tax), (190, 80, 69));
    assert_eq!(order.standing().shipping_tax(), 0);
}
