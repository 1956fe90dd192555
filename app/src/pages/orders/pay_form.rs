//! Payments: what was paid, the buttons for the usual case, and the form for every other.

use db::orders::PaymentRow;
use domain::orders::{OrderKind, OrderStatus, PaymentKind};
use leptos::prelude::*;

use super::faults::notices;
use super::model::{Asked, Filled, OrderPage};
use super::money::typed_amount;
use crate::ui::money::{Amount, text};
use crate::ui::pill::Tone;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, SelectField, When};

/// The form, with what was typed before.
pub fn pay_form(page: &OrderPage, filled: &Filled) -> AnyView {
    let kinds = kinds(page);
    let refused =
        notices(filled, |field| !kinds.is_empty() && ["kind", "amount", "method", "reference"].contains(&field));
    if kinds.is_empty() {
        let nothing = || view! { <Notice tone=Tone::Info>"This order has nothing left to pay."</Notice> }.into_any();
        return refused.unwrap_or_else(nothing);
    }
    let (action, back) = (page.below("pay"), page.address());
    let usual = typed_amount(page.money(page.order.standing.outstanding()));
    let amount = filled.value("amount").unwrap_or(usual);
    let (method, reference) =
        (filled.value("method").unwrap_or_default(), filled.value("reference").unwrap_or_default());
    let fault = |name: &str| filled.fault(name);
    let amount_label = format!("Amount ({})", page.order.order.currency.code());
    let hint = format!("{} is still to be paid.", text(page.money(page.order.standing.outstanding())));
    let chosen = filled.value("kind").unwrap_or_default();
    let fields = view! {
        {version(page)}
        <div class="grid-fields">
            <SelectField name="kind" label="Kind" options=kinds chosen fault=fault("kind")/>
            <Field
                name="amount"
                label=amount_label
                kind="amount"
                value=amount
                fault=fault("amount")
                hint="Not needed to void an authorization."
            />
            <Field name="method" label="Method" value=method fault=fault("method") example="Card, cash, bank transfer"/>
            <Field name="reference" label="Reference" value=reference fault=fault("reference")/>
        </div>
    }
    .into_any();
    view! {
        <Card title="Record a payment">
            <form class="stack" method="post" action=action>
                {refused}
                <p class="text-quiet">{hint}</p>
                {fields}
                <div class="actions">
                    <Button label="Record payment" look=Look::Primary/>
                    <ButtonLink href=back label="Back to order" look=Look::Quiet/>
                </div>
            </form>
        </Card>
    }
    .into_any()
}

/// The buttons of the payment card.
pub fn buttons(page: &OrderPage) -> Option<AnyView> {
    let standing = &page.order.standing;
    let (outstanding, authorized) = (standing.outstanding(), standing.authorized);
    let is_offered = page.may_write && may_be_paid(page) && !matches!(page.asked, Asked::Pay(_));
    if !is_offered || (outstanding == 0 && authorized == 0) {
        return None;
    }
    let one = |kind: &'static str, amount: Option<String>, label: String, look: Look| {
        let amount = amount.map(|amount| view! { <input type="hidden" name="amount" value=amount/> });
        view! {
            <form method="post" action=page.below("pay")>
                {version(page)}
                <input type="hidden" name="kind" value=kind/>
                {amount}
                <Button label look/>
            </form>
        }
        .into_any()
    };
    let capture = (authorized > 0).then(|| {
        let money = page.money(authorized);
        one("capture", Some(typed_amount(money)), format!("Capture {}", text(money)), Look::Primary)
    });
    let void = (authorized > 0).then(|| one("void", None, "Void authorization".to_owned(), Look::Secondary));
    // Where an amount is reserved, capturing it is the usual way.
    let look = if authorized > 0 { Look::Secondary } else { Look::Primary };
    let paid = (outstanding > 0).then(|| one("outstanding", None, "Mark as paid".to_owned(), look));
    let record = (outstanding > 0)
        .then(|| view! { <ButtonLink href=page.below("pay") label="Record payment" writes=true/> }.into_any());
    Some(view! { <div class="actions">{capture}{void}{paid}{record}</div> }.into_any())
}

/// What was paid, oldest first.
pub fn payments(page: &OrderPage) -> Option<AnyView> {
    let clock = page.clock();
    let row = |payment: &PaymentRow| {
        let said = [&payment.method, &payment.reference].into_iter().filter(|text| !text.is_empty()).cloned();
        let said: Vec<String> = said.collect();
        let said = (!said.is_empty()).then(|| view! { <span class="under" dir="auto">{said.join(" \u{b7} ")}</span> });
        let amount = (payment.kind != PaymentKind::Void).then(|| view! { <Amount money=page.money(payment.amount)/> });
        view! {
            <dt>{words(payment.kind)}" "<When at=payment.at clock/>{said}</dt>
            <dd>{amount}</dd>
        }
    };
    let rows = page.order.payments.iter().map(row).collect_view();
    (!page.order.payments.is_empty()).then(|| view! { <dl class="sums">{rows}</dl> }.into_any())
}

/// The version of the order that a form is filled in for.
pub fn version(page: &OrderPage) -> AnyView {
    view! { <input type="hidden" name="version" value=page.order.facts.version.to_string()/> }.into_any()
}

/// What a payment did.
pub const fn words(kind: PaymentKind) -> &'static str {
    match kind {
        PaymentKind::Charge => "Paid",
        PaymentKind::Authorization => "Authorized",
        PaymentKind::Capture => "Captured",
        PaymentKind::Void => "Authorization voided",
        PaymentKind::Refund => "Refunded",
    }
}

fn may_be_paid(page: &OrderPage) -> bool {
    let standing = &page.order.standing;
    standing.kind == OrderKind::Sale && standing.status != OrderStatus::Cancelled
}

fn kinds(page: &OrderPage) -> Vec<(String, String)> {
    let standing = &page.order.standing;
    if !may_be_paid(page) {
        return Vec::new();
    }
    let choice = |kind: PaymentKind, words: &str| (kind.to_string(), words.to_owned());
    let (outstanding, authorized) = (standing.outstanding(), standing.authorized);
    let charge = (outstanding > 0).then(|| choice(PaymentKind::Charge, "Payment"));
    let authorization = (outstanding > authorized).then(|| choice(PaymentKind::Authorization, "Authorization"));
    let capture = (authorized > 0).then(|| choice(PaymentKind::Capture, "Capture of an authorization"));
    let void = (authorized > 0).then(|| choice(PaymentKind::Void, "Void of the authorization"));
    [charge, authorization, capture, void].into_iter().flatten().collect()
}
