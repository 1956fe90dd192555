//! The usual questions to an order list, one link each.

use domain::orders::{FulfilmentStatus, OrderKind, OrderQuery, OrderStatus, PaymentStatus};
use leptos::prelude::*;

use crate::url;

/// The links; the one that is open is marked.
pub fn views(tenant: &str, query: &OrderQuery) -> impl IntoView + use<> {
    let store = OrderQuery { store: query.store.clone(), limit: query.limit, ..OrderQuery::default() };
    let sales = OrderQuery { kind: Some(OrderKind::Sale), status: Some(OrderStatus::Open), ..store.clone() };
    let choices = [
        ("All", store.clone()),
        ("To fulfil", OrderQuery { fulfilment: Some(FulfilmentStatus::Unfulfilled), ..sales.clone() }),
        ("Partly refunded", OrderQuery { payment: Some(PaymentStatus::PartiallyRefunded), ..sales }),
        ("Returns", OrderQuery { kind: Some(OrderKind::Return), ..store.clone() }),
        ("Cancelled", OrderQuery { status: Some(OrderStatus::Cancelled), ..store }),
    ];
    let here = query.at(None);
    let link = |(label, choice): (&'static str, OrderQuery)| {
        let current = (choice == here).then_some("page");
        view! { <a href=url::orders(tenant, &choice) aria-current=current>{label}</a> }
    };
    view! { <nav class="tabs" aria-label="Views">{choices.map(link).into_iter().collect_view()}</nav> }
}
