//! What an order holds.

use db::orders::ItemRow;
use domain::orders::ItemKind;
use leptos::prelude::*;

use super::model::OrderPage;
use crate::ui::Card;
use crate::ui::money::{Amount, count, text, things};
use crate::ui::table::{Column, Table};

/// The lines of the order: what each costs, what of it was sent, and what was given back.
pub fn items_card(page: &OrderPage) -> AnyView {
    let row = |item: &ItemRow| {
        let sku = item.sku.clone().map(|sku| view! { <code>{sku}</code> });
        let kind =
            (item.kind != ItemKind::Product).then(|| view! { <span class="text-quiet">{kind(item.kind)}</span> });
        let said = said(page, item).into_iter().map(|words| view! { <span class="text-quiet">{words}</span> });
        let said = said.collect_view();
        view! {
            <tr>
                <td>
                    <span class="clip wide-clip" dir="auto">{item.title.clone()}</span>
                    <span class="under">{sku}{kind}{said}</span>
                </td>
                <td class="num">{count(item.quantity)}</td>
                <td class="num"><Amount money=page.money(item.unit_price)/></td>
                <td class="num"><Amount money=page.money(item.amount)/></td>
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

/// Whether a line is the only one of its title.
pub fn is_unique(page: &OrderPage, item: &ItemRow) -> bool {
    page.order.items.iter().filter(|other| other.title == item.title).count() == 1
}

fn said(page: &OrderPage, item: &ItemRow) -> Vec<String> {
    let amount = |minor: i64| text(page.money(minor));
    let tax = if page.order.facts.prices_include_tax { "tax included" } else { "tax" };
    [
        (item.discount != 0 && item.kind != ItemKind::Discount).then(|| format!("{} discount", amount(item.discount))),
        (item.tax != 0).then(|| format!("{} {tax}", amount(item.tax))),
        (item.fulfilled_quantity > 0).then(|| format!("{} sent", count(item.fulfilled_quantity))),
        (item.refunded_quantity > 0).then(|| format!("{} refunded", count(item.refunded_quantity))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const fn kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Product => "Product",
        ItemKind::Shipping => "Shipping",
        ItemKind::Discount => "Discount",
        ItemKind::Fee => "Fee",
    }
}
