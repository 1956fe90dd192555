//! One order in its life: what it shows of it, and the forms by which it goes on.

use db::orders::{FulfilmentRow, OrderDetail, PaymentRow, RefundRow, TimelineRow};
use domain::ids::Uuid;
use domain::orders::new_order::Address;
use domain::orders::refund::Parts;
use domain::orders::{Amounts, OrderStatus, PaymentKind};
use serde_json::json;

use super::fixtures::{HOSTILE, now};
use super::orders::{filled, one};
use super::{attributes, texts};
use crate::pages::orders::{Asked, Conflict, Editing, Filled};

// Two lines of 30.00 and 10.00, 2.00 of carriage and 8.00 of tax; nothing was given back.
fn taxed(order: &mut OrderDetail) {
    order.standing.amounts = Amounts { gross: 4_000, shipping: 200, tax: 800, ..Amounts::default() };
    (order.order.total, order.standing.paid) = (5_000, 5_000);
    (order.shipping, order.tax) = (200, 800);
    for (line, tax) in order.standing.lines.iter_mut().zip([601, 199]) {
        (line.refunded, line.tax) = (0, tax);
    }
    for item in &mut order.items {
        item.refunded_quantity = 0;
    }
}

fn unpaid(order: &mut OrderDetail) {
    taxed(order);
    order.standing.paid = 0;
}

fn buttons(html: &str) -> Vec<String> {
    texts(html, "main form button")
}

#[test]
fn what_is_to_be_paid_is_paid_by_one_button() {
    let html = one(Asked::Nothing, true, unpaid);
    assert!(buttons(&html).contains(&"Mark as paid".to_owned()), "{html}");
    assert!(texts(&html, "dl.sums .sum").contains(&"Outstanding£50.00".to_owned()), "{html}");
    let html = one(Asked::Nothing, true, |d| {
        unpaid(d);
        d.standing.authorized = 5_000;
    });
    assert!(buttons(&html).contains(&"Capture £50.00".to_owned()), "{html}");
    assert!(buttons(&html).contains(&"Void authorization".to_owned()), "{html}");
    for html in [one(Asked::Nothing, true, taxed), one(Asked::Nothing, false, unpaid)] {
        assert!(!buttons(&html).contains(&"Mark as paid".to_owned()), "{html}");
    }
}

#[test]
fn a_payment_that_was_refused_keeps_what_was_typed() {
    let typed = [("kind", "charge"), ("amount", "99"), ("method", "cash")];
    let html = one(Asked::Pay(filled(&typed, ("amount", "This is too much."))), true, unpaid);
    assert_eq!(attributes(&html, "#f-amount", "value"), ["99"]);
    assert_eq!(attributes(&html, "#f-method", "value"), ["cash"]);
    assert_eq!(texts(&html, "#f-amount-note"), ["This is too much."]);
    let html = one(Asked::Pay(Filled::default()), true, unpaid);
    assert_eq!(attributes(&html, "#f-amount", "value"), ["50.00"]);
    assert_eq!(attributes(&html, "form[action$='/pay'] [name=version]", "value"), ["1"]);
}

#[test]
fn what_is_left_to_be_sent_is_filled_in() {
    let html = one(Asked::Fulfil(Filled::default()), true, |d| {
        taxed(d);
        d.standing.lines[0].fulfilled = 1;
    });
    assert_eq!(attributes(&html, "[name=line_1]", "value"), ["2"]);
    assert_eq!(attributes(&html, "[name=line_2]", "max"), ["1"]);
    let refused = filled(&[("line_1", "2")], ("lines[7]", "This order has no such item to send."));
    let html = one(Asked::Fulfil(refused), true, taxed);
    assert_eq!(texts(&html, ".notice.critical"), ["This order has no such item to send."]);
}

#[test]
fn a_refund_says_what_each_unit_gives_back() {
    let html = one(Asked::Refund(Filled::default()), true, taxed);
    // A third of 30.00 with a third of 6.01, and all of 10.00 with 1.99.
    assert_eq!(texts(&html, "table.dense td:nth-child(2)"), ["£12.00", "£11.99"]);
    assert_eq!(attributes(&html, "[name=extent]", "value"), ["lines", "amount", "full"]);
    assert_eq!(texts(&html, "label[for=f-shipping]"), ["Shipping to refund, at most £2.00"]);
    let props = attributes(&html, "leptos-island[data-component^=RefundSum]", "data-props").concat();
    assert!(props.contains("/refund/sum") && props.contains("line_2") && props.contains("shipping"), "{props}");
    let html = one(Asked::Refund(filled(&[("extent", "lines")], ("amount", "Choose at least one line."))), true, taxed);
    assert_eq!(texts(&html, ".notice.critical"), ["Choose at least one line."]);
}

#[test]
fn goods_go_back_into_stock_where_they_are_counted() {
    for asked in [Asked::Cancel(Filled::default()), Asked::Refund(Filled::default())] {
        let html = one(asked, true, taxed);
        assert!(attributes(&html, "[name=restock]", "type").is_empty(), "the store of these tests counts none");
    }
}

#[test]
fn both_versions_stand_beside_each_other() {
    let conflict = Conflict { label: "Note".into(), typed: "mine".into(), stored: HOSTILE.into() };
    let mut editing = Editing { is_stale: true, conflicts: vec![conflict], ..Editing::default() };
    editing.filled.typed = vec![("note".into(), "mine".into())];
    let html = one(Asked::Edit(editing), true, |d| d.facts.version = 4);
    assert_eq!(texts(&html, "table tbody tr:has(th[scope=row]) > *"), ["Note", "mine", HOSTILE]);
    assert_eq!(attributes(&html, "form[action$='/edit'] [name=version]", "value"), ["4"]);
    assert_eq!(attributes(&html, "[name='shown.note']", "value"), [HOSTILE]);
    assert_eq!(texts(&html, "[name=note]"), ["mine"]);
}

#[test]
fn a_form_with_faults_stays_one_of_the_version_that_it_was_opened_for() {
    let typed = [("version", "2"), ("shown.tags", "old"), ("tags", "new")];
    let editing = Editing { filled: filled(&typed, ("tags[0]", "Use at most 50 characters.")), ..Editing::default() };
    let html = one(Asked::Edit(editing), true, |d| d.facts.version = 4);
    assert_eq!(attributes(&html, "form[action$='/edit'] [name=version]", "value"), ["2"]);
    assert_eq!(attributes(&html, "[name='shown.tags']", "value"), ["old"]);
    assert_eq!(texts(&html, "#f-tags-note"), ["Use at most 50 characters."]);
}

#[test]
fn what_happened_is_shown_and_hostile_text_stays_text() {
    let html = one(Asked::Nothing, true, |d| {
        taxed(d);
        let id = Uuid::nil();
        let fulfilment = |url: &str| FulfilmentRow {
            id: id.into(),
            at: now(),
            lines: vec![(1, 2)],
            carrier: HOSTILE.into(),
            tracking_number: "123".into(),
            tracking_url: url.into(),
        };
        d.fulfilments = vec![fulfilment("https://example.org/123"), fulfilment("javascript:alert(1)")];
        let (kind, method, reference) = (PaymentKind::Charge, HOSTILE.into(), "pi_1".into());
        d.payments = vec![PaymentRow { id: id.into(), at: now(), kind, method, amount: 5_000, reference }];
        d.refunds = vec![RefundRow {
            id: id.into(),
            at: now(),
            amount: 600,
            parts: Parts { goods: 400, tax: 200, ..Parts::default() },
            lines: vec![(1, 1)],
            reason: String::new(),
            number: d.order.number.clone(),
            store: "shop".into(),
            currency: d.order.currency,
        }];
        let address = Address { name: HOSTILE.into(), city: "York".into(), ..Address::default() };
        d.facts.details.shipping_address = Some(address);
        d.facts.details.source = Some("web".into());
        d.facts.closed_at = Some(now());
        d.order.status = OrderStatus::Closed;
    });
    assert!(!html.contains("<script>alert"), "{html}");
    assert_eq!(attributes(&html, "a[target=_blank]", "href"), ["https://example.org/123"]);
    assert_eq!(attributes(&html, "a[target=_blank]", "rel"), ["noopener noreferrer"]);
    assert!(!html.contains("javascript:"), "{html}");
    assert!(html.contains("£4.00 items, £2.00 tax"), "{html}");
    assert!(texts(&html, "dl.facts dt").contains(&"Closed".to_owned()), "{html}");
    assert!(buttons(&html).contains(&"Reopen order".to_owned()), "{html}");
}

#[test]
fn every_entry_of_a_timeline_has_words() {
    let html = one(Asked::Nothing, true, |d| {
        let entry = |(kind, details): (&str, serde_json::Value)| TimelineRow {
            at: now(),
            kind: kind.into(),
            actor: "API key".into(),
            details,
        };
        let entries = [
            ("payment", json!({"kind": "charge", "amount": 1_000, "method": "card"})),
            ("payment", json!({"kind": "void", "amount": 0, "method": ""})),
            ("fulfilled", json!({"pieces": 2, "carrier": "DPD", "tracking_number": "123"})),
            ("held", json!({})),
            ("released", json!({})),
            ("edited", json!({"fields": ["shipping_address", "note"]})),
            ("note", json!({"text": HOSTILE})),
            ("closed", json!({})),
            ("reopened", json!({})),
        ];
        d.timeline = entries.map(entry).to_vec();
    });
    assert_eq!(
        texts(&html, ".timeline li > p:first-child"),
        [
            "£10.00 paid by API key",
            "Authorization voided by API key",
            "2 units sent by API key",
            "Order put on hold by API key",
            "Hold released by API key",
            "Order edited by API key",
            "Note by API key",
            "Order closed by API key",
            "Order reopened by API key",
        ]
    );
    let said = texts(&html, ".timeline li > p.text-muted");
    assert_eq!(said, ["card", "DPD \u{b7} 123", "shipping address, note", HOSTILE]);
}

#[test]
fn a_note_that_was_refused_stays_in_its_field() {
    let html = one(Asked::Note(filled(&[("text", "Call back")], ("text", "Enter a note."))), true, |_| {});
    assert_eq!(texts(&html, "[name=text]"), ["Call back"]);
    assert!(texts(&one(Asked::Nothing, false, |_| {}), "[name=text]").is_empty());
    let html = one(Asked::Refused("This order is already closed.".into()), true, |_| {});
    assert_eq!(texts(&html, ".notice.critical"), ["This order is already closed."]);
}

#[test]
fn cancelling_says_what_follows_before_it_happens() {
    let html = one(Asked::Cancel(filled(&[], ("order", "This order is already fulfilled."))), true, |_| {});
    assert!(texts(&html, ".card h2").contains(&"Cancel order #10/4?8#2?".to_owned()));
    assert_eq!(texts(&html, ".notice.critical"), ["This order is already fulfilled."]);
    assert!(attributes(&html, "main form", "method").iter().all(|method| method == "post"), "{html}");
    assert!(attributes(&html, "main form", "action").iter().any(|action| action.ends_with("/cancel")), "{html}");
}
