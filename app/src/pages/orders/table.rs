//! Orders and refunds as rows.

use db::orders::{OrderRow, RefundRow};
use domain::money::Money;
use leptos::prelude::*;

use super::list::OrderIndex;
use crate::ui::money::{Amount, count};
use crate::ui::pill::{Pill, of_order};
use crate::ui::table::{Column, Table};
use crate::ui::text::customer;
use crate::ui::{Card, When};
use crate::url;

/// One page of orders.
pub fn orders_table(index: &OrderIndex, rows: &[OrderRow]) -> AnyView {
    let several = index.frame.stores.len() > 1 && index.query.store.is_none();
    let mut columns = vec![Column::text("Number"), Column::text("Placed")];
    columns.extend(several.then(|| Column::text("Store").wide()));
    columns.extend([
        Column::text("Customer"),
        Column::figures("Items").wide(),
        Column::text("Status"),
        Column::figures("Total"),
    ]);
    let rows = rows.iter().map(|order| row(index, order, several)).collect_view();
    view! { <Table caption="Orders" columns stacks=true>{rows}</Table> }.into_any()
}

fn row(index: &OrderIndex, order: &OrderRow, several: bool) -> impl IntoView + use<> {
    let clock = index.frame.clock(&order.store, index.now);
    let states = of_order(order.kind, order.status, order.payment_status, order.fulfilment_status);
    let pills = states.into_iter().map(|(tone, label)| view! { <Pill tone label/> }).collect_view();
    let href = url::order(index.frame.tenant(), &order.store, &order.number);
    let store = several.then(|| view! { <td class="wide">{index.frame.store_name(&order.store)}</td> });
    let buyer = match customer(order.customer.as_ref()) {
        Some(name) => view! { <span class="clip" dir="auto">{name}</span> }.into_any(),
        None => view! { <span class="quiet">"Guest"</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="at-name"><a class="row-link" href=href>{format!("#{}", order.number)}</a></td>
            <td class="at-time"><When at=order.placed_at clock/></td>
            {store}
            <td class="at-who">{buyer}</td>
            <td class="num wide">{count(order.item_count.into())}</td>
            <td class="at-state">{pills}</td>
            <td class="num at-sum"><Amount money=order.total()/></td>
        </tr>
    }
}

/// Refunds of the same days: the other half of what counts as returns.
pub fn refunds_table(index: &OrderIndex, refunds: &[RefundRow]) -> Option<AnyView> {
    let row = |refund: &RefundRow| {
        let clock = index.frame.clock(&refund.store, index.now);
        let href = url::order(index.frame.tenant(), &refund.store, &refund.number);
        view! {
            <tr>
                <td><a class="row-link" href=href>{format!("#{}", refund.number)}</a></td>
                <td><When at=refund.at clock/></td>
                <td class="wide"><span class="clip" dir="auto">{refund.reason.clone()}</span></td>
                <td class="num"><Amount money=Money::new(refund.amount, refund.currency)/></td>
            </tr>
        }
    };
    let columns = vec![
        Column::text("On order"),
        Column::text("Refunded"),
        Column::text("Reason").wide(),
        Column::figures("Amount"),
    ];
    (!refunds.is_empty()).then(|| {
        let rows = refunds.iter().map(row).collect_view();
        view! {
            <Card title="Refunds in these days" flush=true>
                <Table caption="Refunds" columns dense=true>{rows}</Table>
            </Card>
        }
        .into_any()
    })
}
