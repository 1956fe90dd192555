//! The usual questions to an order list, one link each, with the number of orders that it finds.

use db::orders::counts::{Count, ViewCounts};
use domain::orders::any_of::AnyOf;
use domain::orders::{FulfilmentStatus, OrderKind, OrderQuery, OrderStatus, PaymentStatus};
use leptos::prelude::*;

use crate::ui::money::at_least;
use crate::ui::{Tab, Tabs};
use crate::url;

/// The links; the one that is open is marked.
#[component]
pub fn Views(
    /// Whose orders.
    tenant: String,
    /// The filters of the page.
    query: OrderQuery,
    /// How many orders each finds, when known.
    counts: Option<ViewCounts>,
) -> impl IntoView {
    let here = query.at(None);
    let link = |(label, choice, count): (&'static str, OrderQuery, Option<Count>)| {
        let count = count.filter(|count| count.number > 0).map(|count| at_least(count.number, count.more));
        view! { <Tab href=url::orders(&tenant, &choice) label current=choice == here count/> }
    };
    let links = choices(&query, counts.as_ref()).map(link);
    let links = links.into_iter().collect_view();
    view! { <Tabs label="Views">{links}</Tabs> }
}

fn choices(query: &OrderQuery, counts: Option<&ViewCounts>) -> [(&'static str, OrderQuery, Option<Count>); 8] {
    use FulfilmentStatus::{PartiallyFulfilled, Unfulfilled};
    use PaymentStatus::{Authorized, PartiallyPaid, PartiallyRefunded, Pending};

    let store = OrderQuery { store: query.store.clone(), limit: query.limit, ..OrderQuery::default() };
    let status = |status| OrderQuery { status: AnyOf::new([status]), ..store.clone() };
    let sales = OrderQuery { kind: Some(OrderKind::Sale), ..status(OrderStatus::Open) };
    let unpaid = OrderQuery { payment: AnyOf::new([Pending, Authorized, PartiallyPaid]), ..sales.clone() };
    let to_fulfil = OrderQuery { fulfilment: AnyOf::new([Unfulfilled, PartiallyFulfilled]), ..sales.clone() };
    let partly_refunded = OrderQuery { payment: AnyOf::new([PartiallyRefunded]), ..sales };
    let returns = OrderQuery { kind: Some(OrderKind::Return), ..store.clone() };
    [
        ("All", store.clone(), counts.map(|c| c.all)),
        ("Unpaid", unpaid, counts.map(|c| c.unpaid)),
        ("To fulfil", to_fulfil, counts.map(|c| c.to_fulfil)),
        ("Open", status(OrderStatus::Open), None),
        ("Closed", status(OrderStatus::Closed), None),
        ("Partly refunded", partly_refunded, counts.map(|c| c.partly_refunded)),
        ("Returns", returns, counts.map(|c| c.returns)),
        ("Cancelled", status(OrderStatus::Cancelled), counts.map(|c| c.cancelled)),
    ]
}
