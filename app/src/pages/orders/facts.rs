//! Where an order goes, where it came from, and how it ended.

use chrono::{DateTime, Utc};
use domain::orders::new_order::Address;
use leptos::prelude::*;

use super::model::OrderPage;
use crate::ui::{Card, When};

/// The addresses, when there are any; one card where both are the same.
pub fn addresses_card(page: &OrderPage) -> Option<AnyView> {
    let details = &page.order.facts.details;
    let known = |address: &Option<Address>| address.clone().filter(|address| !address.is_empty());
    let (shipping, billing) = (known(&details.shipping_address), known(&details.billing_address));
    if shipping.is_none() && billing.is_none() {
        return None;
    }
    let is_same = shipping == billing;
    let part = |label: &'static str, address: Option<Address>| {
        address.map(|address| view! { <dt>{label}</dt><dd>{lines(&address)}</dd> })
    };
    let shipping = part(if is_same { "Shipping and billing" } else { "Shipping" }, shipping);
    let billing = if is_same { None } else { part("Billing", billing) };
    Some(view! { <Card title="Addresses"><dl class="facts">{shipping}{billing}</dl></Card> }.into_any())
}

/// Source, external ID, and when it was cancelled or closed, when any of it is known.
pub fn facts_card(page: &OrderPage) -> Option<AnyView> {
    let (facts, clock) = (&page.order.facts, page.clock());
    let text = |label: &'static str, value: &Option<String>| {
        let value = value.clone().filter(|value| !value.is_empty());
        value.map(|value| view! { <dt>{label}</dt><dd dir="auto">{value}</dd> }.into_any())
    };
    let time = |label: &'static str, at: Option<DateTime<Utc>>| {
        at.map(|at| view! { <dt>{label}</dt><dd><When at clock/></dd> }.into_any())
    };
    let rows: Vec<AnyView> = [
        text("Source", &facts.details.source),
        text("External ID", &facts.details.external_id),
        time("Updated at source", facts.details.source_updated_at),
        time("Cancelled", facts.cancelled_at),
        text("Cancel reason", &facts.cancel_reason),
        time("Closed", facts.closed_at),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!rows.is_empty()).then(|| view! { <Card title="Details"><dl class="facts">{rows}</dl></Card> }.into_any())
}

fn lines(address: &Address) -> AnyView {
    let Address { name, company, line1, line2, city, region, postal_code, country, phone } = address;
    let town = [postal_code, city].into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    let lines =
        [name, company, line1, line2, &town, region, country, phone].into_iter().filter(|line| !line.is_empty());
    lines.map(|line| view! { <span class="block" dir="auto">{line.clone()}</span> }).collect_view().into_any()
}
