//! Below the figures: what sold best, and what came in last.

use db::dashboards::{Dashboard, TopProduct};
use db::orders::OrderRow;
use domain::money::Money;
use domain::orders::number::shown;
use domain::orders::{OrderKind, OrderQuery};
use leptos::prelude::*;

use super::{DashboardPage, behind};
use crate::ui::money::{Amount, count};
use crate::ui::pill::{Pill, of_order};
use crate::ui::table::{Column, Table};
use crate::ui::text::customer;
use crate::ui::{Card, When};
use crate::url;

/// The best-selling products of the period, a table for each currency: unlike amounts have no common rank.
pub fn top_products(page: &DashboardPage, dashboard: &Dashboard) -> impl IntoView + use<> {
    let all = behind(&page.query, dashboard, Some(OrderKind::Sale));
    let row = |product: &TopProduct| {
        let orders = OrderQuery { product: Some(product.product), ..all.clone() };
        let share = share(product, &dashboard.top_products);
        view! {
            <tr>
                <td>
                    <a class="clip" href=url::orders(page.frame.tenant(), &orders)>{product.title.clone()}</a>
                    <svg class="mt-0.5 block" width="100%" height="3" aria-hidden="true">
                        <rect class="fill-series-before opacity-70" width=format!("{share}%") height="3" rx="1.5"></rect>
                    </svg>
                </td>
                <td class="num">{count(product.quantity)}</td>
                <td class="num"><Amount money=Money::new(product.gross, product.currency)/></td>
            </tr>
        }
    };
    let several = dashboard.top_products.iter().any(|p| p.currency != dashboard.top_products[0].currency);
    let of_currency = |products: &[TopProduct]| {
        let rows = products.iter().map(row).collect_view();
        let columns = vec![Column::text("Product"), Column::figures("Qty"), Column::figures("Gross sales")];
        let code = products[0].currency.code();
        let caption = if several { format!("Top products in {code}") } else { "Top products".to_owned() };
        let heading =
            several.then(|| view! { <h3 class="mx-3 mt-2 text-xs font-semibold text-muted">{code.to_owned()}</h3> });
        view! { {heading}<Table caption columns>{rows}</Table> }
    };
    let table = if dashboard.top_products.is_empty() {
        view! { <p class="px-4 pb-3.5 text-quiet">"No products sold in this period."</p> }.into_any()
    } else {
        dashboard.top_products.chunk_by(|a, b| a.currency == b.currency).map(of_currency).collect_view().into_any()
    };
    view! { <Card title="Top products" flush=true>{table}</Card> }
}

/// The latest orders, whatever the period.
pub fn latest(page: &DashboardPage, orders: &[OrderRow]) -> impl IntoView + use<> {
    let within = OrderQuery { store: page.query.store.clone(), ..OrderQuery::default() };
    let all = url::orders(page.frame.tenant(), &within);
    let rows = orders.iter().map(|order| row(page, order, &within)).collect_view();
    let columns = vec![
        Column::time("Order", &page.frame.clock()),
        Column::text("Customer"),
        Column::text("Status").wide(),
        Column::figures("Total"),
    ];
    let aside = view! { <a href=all>"All orders"</a> }.into_any();
    view! {
        <Card title="Latest orders" flush=true aside=aside>
            <Table caption="Latest orders" columns>{rows}</Table>
        </Card>
    }
}

fn row(page: &DashboardPage, order: &OrderRow, within: &OrderQuery) -> impl IntoView + use<> {
    let (clock, local) = (page.frame.clock(), page.frame.zone_of(&order.store));
    let href = url::order_within(page.frame.tenant(), &order.store, &order.number, within);
    let states = of_order(order);
    let pills = states.into_iter().map(|(tone, label)| view! { <Pill tone label/> }).collect_view();
    let buyer = match customer(order.customer.as_ref()) {
        Some(name) => view! { <span class="clip" dir="auto">{name}</span> }.into_any(),
        None => view! { <span class="text-quiet">"No customer"</span> }.into_any(),
    };
    view! {
        <tr>
            <td>
                <a class="clip" href=href>{shown(&order.number).into_owned()}</a>
                <br/>
                <span class="text-quiet"><When at=order.placed_at clock local=Some(local)/></span>
            </td>
            <td>{buyer}</td>
            <td class="wide">{pills}</td>
            <td class="num"><Amount money=order.total()/></td>
        </tr>
    }
}

// In percent of the best of the same currency.
fn share(product: &TopProduct, all: &[TopProduct]) -> i64 {
    let best = all.iter().filter(|p| p.currency == product.currency).map(|p| p.gross).max().unwrap_or(0);
    if best > 0 { product.gross.max(0).saturating_mul(100) / best } else { 0 }
}
