//! Orders and refunds as rows.

use db::orders::{OrderRow, RefundRow};
use domain::money::Money;
use domain::orders::number::{needs_sign, shown};
use domain::page::Sort;
use leptos::prelude::*;

use super::model::OrderIndex;
use crate::ui::pill::of_order;
use crate::ui::table::{Column, Sorted, Table};
use crate::ui::text::customer;
use crate::ui::{Amount, Card, Clock, Html, When};
use crate::url;

// What a row takes, roughly.
const ROW_BYTES: usize = 640;

/// One page of orders.
pub fn orders_table(index: &OrderIndex, rows: &[OrderRow]) -> AnyView {
    let several = index.frame.stores.len() > 1 && index.query.store.is_none();
    let clock = index.frame.clock();
    let mut columns = vec![Column::text("Number"), Column::time("Placed", &clock)];
    columns.extend(several.then(|| Column::text("Store").wide()));
    columns.extend([
        Column::text("Customer"),
        Column::figures("Items").wide(),
        Column::text("Status"),
        Column::figures("Total"),
    ]);
    let turned = url::orders(index.frame.tenant(), &index.query.turned());
    let sorted = Sorted { by: "Placed", descending: index.query.sort == Sort::Newest, turned };
    let mut html = Html::with_capacity(rows.len() * ROW_BYTES);
    for order in rows {
        row(&mut html, index, order, &clock, several);
    }
    view! { <Table caption="Orders" columns stacks=true sorted>{html.view()}</Table> }.into_any()
}

fn row(html: &mut Html, index: &OrderIndex, order: &OrderRow, clock: &Clock, several: bool) {
    html.markup("<tr><td><a class=\"row-link\" href=\"");
    html.text(&url::order(index.frame.tenant(), &order.store, &order.number));
    html.markup(if needs_sign(&order.number) { "\">#" } else { "\">" }).text(&order.number);
    html.markup("</a></td><td class=\"at-time\">");
    html.moment(order.placed_at, clock, index.frame.zone_of(&order.store));
    html.markup("</td>");
    if several {
        html.markup("<td class=\"wide\">").text(&index.frame.store_name(&order.store)).markup("</td>");
    }
    html.markup("<td class=\"at-who\">");
    match customer(order.customer.as_ref()) {
        Some(name) => html.markup("<span class=\"clip\" dir=\"auto\">").text(&name).markup("</span>"),
        None => html.markup("<span class=\"text-quiet\">No customer</span>"),
    };
    html.markup("</td><td class=\"num wide\">");
    html.count(order.item_count.into());
    html.markup("</td><td class=\"at-state\">");
    for (tone, label) in of_order(order) {
        html.pill(tone, label);
    }
    html.markup("</td><td class=\"num at-sum\">");
    html.amount(order.total());
    html.markup("</td></tr>");
}

/// Refunds that count on the same days: the other half of what counts as returns.
pub fn refunds_table(index: &OrderIndex, refunds: &[RefundRow]) -> Option<AnyView> {
    let clock = index.frame.clock();
    let row = |refund: &RefundRow| {
        let local = index.frame.zone_of(&refund.store);
        let href = url::order(index.frame.tenant(), &refund.store, &refund.number);
        view! {
            <tr>
                <td><a class="row-link" href=href>{shown(&refund.number).into_owned()}</a></td>
                <td><When at=refund.at clock local=Some(local)/></td>
                <td class="wide"><span class="clip" dir="auto">{refund.reason.clone()}</span></td>
                <td class="num"><Amount money=Money::new(refund.amount, refund.currency)/></td>
            </tr>
        }
    };
    let columns = vec![
        Column::text("Order"),
        Column::time("Refunded", &clock),
        Column::text("Reason").wide(),
        Column::figures("Amount"),
    ];
    (!refunds.is_empty()).then(|| {
        let rows = refunds.iter().map(row).collect_view();
        view! {
            <Card title="Refunds in this period" flush=true>
                <Table caption="Refunds" columns dense=true>{rows}</Table>
            </Card>
        }
        .into_any()
    })
}
