//! The usual questions to an order list, one link each, with the number of orders that it finds.

use db::orders::counts::{Count, ViewCounts};
use domain::orders::{FulfilmentStatus, OrderKind, OrderQuery, OrderStatus, PaymentStatus};
use leptos::prelude::*;

use crate::ui::Html;
use crate::ui::money::at_least;
use crate::url;

// What the links take, roughly.
const VIEWS_BYTES: usize = 1_024;

/// The links; the one that is open is marked.
pub fn views(tenant: &str, query: &OrderQuery, counts: Option<&ViewCounts>) -> impl IntoView + use<> {
    let (here, mut html) = (query.at(None), Html::with_capacity(VIEWS_BYTES));
    for (label, choice, count) in choices(query, counts) {
        html.markup("<a").attribute("href", Some(&url::orders(tenant, &choice)));
        html.attribute("aria-current", (choice == here).then_some("page")).markup(">").markup(label);
        if let Some(count) = count.filter(|count| count.number > 0) {
            html.markup(" <span class=\"tab-count\">").text(&at_least(count.number, count.more)).markup("</span>");
        }
        html.markup("</a>");
    }
    view! { <nav class="tabs" aria-label="Views">{html.view()}</nav> }
}

fn choices(query: &OrderQuery, counts: Option<&ViewCounts>) -> [(&'static str, OrderQuery, Option<Count>); 5] {
    let store = OrderQuery { store: query.store.clone(), limit: query.limit, ..OrderQuery::default() };
    let sales = OrderQuery { kind: Some(OrderKind::Sale), status: Some(OrderStatus::Open), ..store.clone() };
    let to_fulfil = OrderQuery { fulfilment: Some(FulfilmentStatus::Unfulfilled), ..sales.clone() };
    let partly_refunded = OrderQuery { payment: Some(PaymentStatus::PartiallyRefunded), ..sales };
    let returns = OrderQuery { kind: Some(OrderKind::Return), ..store.clone() };
    let cancelled = OrderQuery { status: Some(OrderStatus::Cancelled), ..store.clone() };
    [
        ("All", store, counts.map(|c| c.all)),
        ("To fulfil", to_fulfil, counts.map(|c| c.to_fulfil)),
        ("Partly refunded", partly_refunded, counts.map(|c| c.partly_refunded)),
        ("Returns", returns, counts.map(|c| c.returns)),
        ("Cancelled", cancelled, counts.map(|c| c.cancelled)),
    ]
}
