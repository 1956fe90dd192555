//! What an order comes to, and what of it was paid and given back.

use db::orders::{OrderDetail, RefundRow};
use domain::money::Money;
use domain::orders::OrderKind;
use leptos::prelude::*;

use super::model::OrderPage;
use super::pay_form::{buttons, payments};
use crate::ui::money::{Amount, text};
use crate::ui::{Card, When, numbers};

/// The value of the order.
pub fn value_card(page: &OrderPage) -> AnyView {
    let detail = &page.order;
    let line = line(page);
    let some = |label: &'static str, minor: i64| (minor != 0).then(|| line(label, minor));
    let free = is_free(detail).then(|| view! { <p class="text-quiet">"This order was free."</p> });
    let included = (detail.tax != 0 && detail.facts.prices_include_tax)
        .then(|| view! { <p class="text-quiet">"Prices include tax. It is shown here apart."</p> });
    let lines = view! {
        {line("Items", detail.gross)}
        {some("Discounts", -detail.discounts)}
        {some("Shipping", detail.shipping)}
        {some("Tax", detail.tax)}
        {some("Fees", detail.fees)}
        <div class="sum">{line("Total", detail.order.total)}</div>
    }
    .into_any();
    view! { <Card title="Order value"><dl class="sums">{lines}</dl>{included}{free}</Card> }.into_any()
}

/// What was paid and given back of a sale, and what can be done about it.
pub fn payment_card(page: &OrderPage) -> Option<AnyView> {
    let detail = &page.order;
    if detail.order.kind == OrderKind::Return {
        return None;
    }
    let (standing, clock) = (&detail.standing, page.clock());
    let line = line(page);
    let some = |label: &'static str, minor: i64| (minor != 0).then(|| line(label, minor));
    let refund = |refund: &RefundRow| {
        let split = split(page, refund).map(|split| view! { <span class="under">{split}</span> });
        view! {
            <dt>"Refunded "<When at=refund.at clock/>{split}</dt>
            <dd><Amount money=page.money(-refund.amount)/></dd>
        }
    };
    let refunds = detail.refunds.iter().map(refund).collect_view();
    let kept = (detail.order.refunded != 0).then(|| line("Net payment", standing.paid - detail.order.refunded));
    let outstanding = standing.outstanding();
    let lines = view! {
        {line("Paid", standing.paid)}
        {some("Authorized", standing.authorized)}
        {refunds}
        {kept.map(|kept| view! { <div class="sum">{kept}</div> })}
        {(outstanding > 0).then(|| view! { <div class="sum">{line("Outstanding", outstanding)}</div> })}
    }
    .into_any();
    let (payments, buttons) = (payments(page), buttons(page));
    let card = view! {
        <Card title="Payment">
            <div class="stack">
                <dl class="sums">{lines}</dl>
                {payments}
                {buttons}
            </div>
        </Card>
    };
    Some(card.into_any())
}

/// An amount as a field wants it: what people type in their number format.
pub fn typed_amount(money: Money) -> String {
    money.plain().replace('.', numbers::format().decimal())
}

fn line(page: &OrderPage) -> impl Fn(&'static str, i64) -> AnyView {
    let currency = page.order.order.currency;
    move |label, minor| view! { <dt>{label}</dt><dd><Amount money=Money::new(minor, currency)/></dd> }.into_any()
}

// The parts of a refund, where it has more than one.
fn split(page: &OrderPage, refund: &RefundRow) -> Option<String> {
    let parts = [
        ("items", refund.parts.goods),
        ("shipping", refund.parts.shipping),
        ("tax", refund.parts.tax),
        ("fees", refund.parts.fees),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(_, minor)| *minor != 0)
        .map(|(of, minor)| format!("{} {of}", text(page.money(minor))))
        .collect();
    (parts.len() > 1).then(|| parts.join(", "))
}

// A free sale; of a return, nobody paid anything to begin with.
fn is_free(detail: &OrderDetail) -> bool {
    detail.order.kind == OrderKind::Sale && detail.order.total == 0
}
