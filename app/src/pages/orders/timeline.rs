//! Who bought, what was noted, and what happened since.

use db::orders::TimelineRow;
use domain::money::{Currency, Money};
use domain::orders::new_order::MAX_NOTE;
use domain::orders::{OrderQuery, PaymentKind};
use leptos::prelude::*;

use super::faults::notices;
use super::model::{Asked, OrderPage};
use super::pay_form;
use crate::ui::{Button, Card, TextArea, When, money};
use crate::url;

/// What happened, newest first.
pub fn timeline_card(page: &OrderPage) -> AnyView {
    let clock = page.clock();
    let entry = |row: &TimelineRow| {
        let said = said(row).map(|said| view! { <p class="whitespace-pre-line text-muted" dir="auto">{said}</p> });
        view! {
            <li>
                <p>{words(row, page.order.order.currency)}<span class="text-xs/5 text-quiet">" by "{row.actor.clone()}</span></p>
                {said}
                <p class="text-xs/5 text-quiet"><When at=row.at clock/></p>
            </li>
        }
    };
    let entries = page.order.timeline.iter().map(entry).collect_view();
    let form = page.may_write.then(|| note_form(page));
    view! {
        <Card title="Timeline">
            <div class="stack">
                {form}
                <ol class="timeline">{entries}</ol>
            </div>
        </Card>
    }
    .into_any()
}

fn note_form(page: &OrderPage) -> AnyView {
    let (text, fault, refused) = match &page.asked {
        Asked::Note(filled) => (filled.value("text"), filled.fault("text"), notices(filled, |field| field == "text")),
        _ => (None, None, None),
    };
    view! {
        <form class="stack" method="post" action=page.below("note")>
            {refused}
            <TextArea name="text" label="Note" value=text.unwrap_or_default() fault hint="Internal. Not shown to the \
                customer." most=MAX_NOTE/>
            <Button label="Add note"/>
        </form>
    }
    .into_any()
}

/// Who bought, with the way to their other orders.
pub fn customer_card(page: &OrderPage) -> AnyView {
    let Some(customer) = &page.order.order.customer else {
        return view! { <Card title="Customer"><p class="text-quiet">"No customer details"</p></Card> }.into_any();
    };
    let line = |label: &'static str, value: &Option<String>| {
        let value = value.clone().filter(|v| !v.is_empty());
        value.map(|value| view! { <dt>{label}</dt><dd dir="auto">{value}</dd> })
    };
    let search = customer.email.clone().or_else(|| customer.external_id.clone());
    let others = search.map(|q| {
        let query = OrderQuery { q: Some(q), ..OrderQuery::default() };
        view! { <p><a href=url::orders(page.frame.tenant(), &query)>"All orders of this customer"</a></p> }
    });
    let lines = view! {
        {line("Name", &customer.name)}
        {line("Email", &customer.email)}
        {line("Phone", &customer.phone)}
        {line("Customer ID", &customer.external_id)}
        {line("Country", &customer.country)}
    }
    .into_any();
    view! { <Card title="Customer"><dl class="facts">{lines}</dl>{others}</Card> }.into_any()
}

/// Note, what the customer wrote, and tags, when there are any.
pub fn notes_card(page: &OrderPage) -> Option<AnyView> {
    let note = page.order.note.clone().filter(|note| !note.is_empty());
    let customer_note = page.order.facts.details.customer_note.clone().filter(|note| !note.is_empty());
    let tags = page.order.tags.clone();
    (note.is_some() || customer_note.is_some() || !tags.is_empty()).then(|| {
        let tags = tags.into_iter().map(|tag| view! { <span class="me-1 mb-1 inline-block rounded-sm border border-line px-1.75 text-xs/5" dir="auto">{tag}</span> }).collect_view();
        let note = note.map(|note| view! { <p class="whitespace-pre-line text-muted" dir="auto">{note}</p> });
        let customer_note = customer_note.map(|note| {
            view! {
                <p class="mt-2 text-xs/5 text-quiet">"From the customer"</p>
                <p class="whitespace-pre-line text-muted" dir="auto">{note}</p>
            }
        });
        view! { <Card title="Notes">{note}{customer_note}<p>{tags}</p></Card> }.into_any()
    })
}

fn words(row: &TimelineRow, currency: Currency) -> String {
    let amount = || {
        let amount = row.details.get("amount").and_then(serde_json::Value::as_i64).unwrap_or(0);
        money::text(Money::new(amount, currency))
    };
    match row.kind.as_str() {
        "placed" => "Order received".into(),
        "payment" => {
            let kind = row.details.get("kind").and_then(serde_json::Value::as_str).unwrap_or_default();
            match kind.parse() {
                Ok(PaymentKind::Void) => pay_form::words(PaymentKind::Void).to_owned(),
                Ok(kind) => format!("{} {}", amount(), pay_form::words(kind).to_lowercase()),
                Err(_) => format!("{} paid", amount()),
            }
        }
        "fulfilled" => {
            let pieces = row.details.get("pieces").and_then(serde_json::Value::as_i64).unwrap_or(0);
            format!("{} sent", money::things(pieces, "unit", "units"))
        }
        "refunded" => format!("{} refunded", amount()),
        "cancelled" => "Order cancelled".into(),
        "closed" => "Order closed".into(),
        "reopened" => "Order reopened".into(),
        "held" => "Order put on hold".into(),
        "released" => "Hold released".into(),
        "edited" => "Order edited".into(),
        "note" => "Note".into(),
        other => other.to_owned(),
    }
}

// What goes with an entry: a reason, a note, how it was paid or sent, or which fields were changed.
fn said(row: &TimelineRow) -> Option<String> {
    let of = |names: &[&str]| {
        let parts: Vec<String> = names.iter().filter_map(|name| text(row, name)).collect();
        (!parts.is_empty()).then(|| parts.join(" \u{b7} "))
    };
    match row.kind.as_str() {
        "note" => text(row, "text"),
        "payment" => of(&["method"]),
        "fulfilled" => of(&["carrier", "tracking_number"]),
        "edited" => {
            let fields = row.details.get("fields")?.as_array()?;
            let names: Vec<String> =
                fields.iter().filter_map(|name| name.as_str()).map(|name| name.replace('_', " ")).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        _ => text(row, "reason"),
    }
}

fn text(row: &TimelineRow, name: &str) -> Option<String> {
    let text = row.details.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
