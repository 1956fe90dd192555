//! What an order holds and what it comes to.

use db::orders::{ItemRow, OrderDetail, RefundRow};
use domain::money::Money;
use domain::orders::{ItemKind, OrderKind};
use leptos::prelude::*;

use super::model::OrderPage;
use crate::ui::money::{Amount, count, things};
use crate::ui::table::{Column, Table};
use crate::ui::{Card, When};

/// The lines of the order.
pub fn items_card(page: &OrderPage) -> AnyView {
    let currency = page.order.order.currency;
    let row = |item: &ItemRow| {
        let sku = item.sku.clone().map(|sku| view! { <code>{sku}</code> });
        let kind =
            (item.kind != ItemKind::Product).then(|| view! { <span class="text-quiet">{kind(item.kind)}</span> });
        let back = (item.refunded_quantity > 0).then(|| {
            view! { <span class="text-quiet">{format!("{} refunded", count(item.refunded_quantity))}</span> }
        });
        view! {
            <tr>
                <td>
                    <span class="clip wide-clip" dir="auto">{item.title.clone()}</span>
                    <span class="under">{sku}{kind}{back}</span>
                </td>
                <td class="num">{count(item.quantity)}</td>
                <td class="num"><Amount money=Money::new(item.unit_price, currency)/></td>
                <td class="num"><Amount money=Money::new(item.amount, currency)/></td>
            </tr>
        }
    };
    let rows = page.order.items.iter().map(row).collect_view();
    let columns =
        vec![Column::text("Item"), Column::figures("Qty"), Column::figures("Price"), Column::figures("Amount")];
    let number = i64::try_from(page.order.items.len()).unwrap_or(i64::MAX);
    let aside = view! { <span class="text-quiet">{things(number, "line", "lines")}</span> }.into_any();
    view! { <Card title="Items" flush=true aside=aside><Table caption="Items" columns>{rows}</Table></Card> }.into_any()
}

/// The sums of the order, and what was given back.
pub fn money_card(page: &OrderPage) -> AnyView {
    let detail = &page.order;
    let (order, clock) = (&detail.order, page.clock());
    let line = |label: &'static str, minor: i64| {
        view! { <dt>{label}</dt><dd><Amount money=Money::new(minor, order.currency)/></dd> }
    };
    let some = |label: &'static str, minor: i64| (minor != 0).then(|| line(label, minor));
    let refund = |refund: &RefundRow| {
        view! {
            <dt>"Refunded "<When at=refund.at clock/></dt>
            <dd><Amount money=Money::new(-refund.amount, order.currency)/></dd>
        }
    };
    let refunds = detail.refunds.iter().map(refund).collect_view();
    let kept = (order.refunded != 0).then(|| line("Net payment", order.total - order.refunded));
    let free = is_free(detail).then(|| view! { <p class="text-quiet">"This order was free."</p> });
    let lines = view! {
        {line("Items", detail.gross)}
        {some("Discounts", -detail.discounts)}
        {some("Shipping", detail.shipping)}
        {some("Tax", detail.tax)}
        {some("Fees", detail.fees)}
        <div class="sum">{line("Total", order.total)}</div>
        {refunds}
        {kept.map(|kept| view! { <div class="sum">{kept}</div> })}
    }
    .into_any();
    view! { <Card title="Payment"><dl class="sums">{lines}</dl>{free}</Card> }.into_any()
}

// A free sale; of a return, nobody paid anything to begin with.
fn is_free(detail: &OrderDetail) -> bool {
    detail.order.kind == OrderKind::Sale && detail.order.total == 0
}

const fn kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Product => "Product",
        ItemKind::Shipping => "Shipping",
        ItemKind::Discount => "Discount",
        ItemKind::Fee => "Fee",
    }
}
