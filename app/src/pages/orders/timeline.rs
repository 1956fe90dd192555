//! Who bought, what was noted, and what happened since.

use db::orders::TimelineRow;
use domain::money::{Currency, Money};
use domain::orders::OrderQuery;
use leptos::prelude::*;

use super::model::OrderPage;
use crate::ui::{Card, When, money};
use crate::url;

/// What happened, newest first.
pub fn timeline_card(page: &OrderPage) -> AnyView {
    let clock = page.clock();
    let entry = |row: &TimelineRow| {
        let reason = text(row, "reason")
            .map(|reason| view! { <p class="whitespace-pre-line text-muted" dir="auto">{reason}</p> });
        view! {
            <li>
                <p>{words(row, page.order.order.currency)}<span class="text-xs/5 text-quiet">" by "{row.actor.clone()}</span></p>
                {reason}
                <p class="text-xs/5 text-quiet"><When at=row.at clock/></p>
            </li>
        }
    };
    let entries = page.order.timeline.iter().map(entry).collect_view();
    view! { <Card title="Timeline"><ol class="timeline">{entries}</ol></Card> }.into_any()
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

/// Note and tags, when there are any.
pub fn notes_card(page: &OrderPage) -> Option<AnyView> {
    let note = page.order.note.clone().filter(|note| !note.is_empty());
    let tags = page.order.tags.clone();
    (note.is_some() || !tags.is_empty()).then(|| {
        let tags = tags.into_iter().map(|tag| view! { <span class="me-1 mb-1 inline-block rounded-sm border border-line px-1.75 text-xs/5" dir="auto">{tag}</span> }).collect_view();
        let note = note.map(|note| view! { <p class="whitespace-pre-line text-muted" dir="auto">{note}</p> });
        view! { <Card title="Notes">{note}<p>{tags}</p></Card> }.into_any()
    })
}

fn words(row: &TimelineRow, currency: Currency) -> String {
    match row.kind.as_str() {
        "placed" => "Order received".into(),
        "cancelled" => "Order cancelled".into(),
        "refunded" => {
            let amount = row.details.get("amount").and_then(serde_json::Value::as_i64).unwrap_or(0);
            format!("{} refunded", money::text(Money::new(amount, currency)))
        }
        other => other.to_owned(),
    }
}

fn text(row: &TimelineRow, name: &str) -> Option<String> {
    let text = row.details.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
