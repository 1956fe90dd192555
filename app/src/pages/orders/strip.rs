//! What a filter found and what it comes to: the same figures as on the dashboard, by currency.

use domain::money::{Currency, Money};
use domain::orders::{Figures, OrderKind};
use leptos::prelude::*;

use super::model::{Found, OrderIndex};
use crate::ui::money::{Amount, count, things};

/// The strip above the table.
pub fn strip(index: &OrderIndex, found: &Found) -> impl IntoView + use<> {
    let summary = &found.summary;
    let number = if summary.more {
        format!("More than {} orders", count(summary.found))
    } else {
        things(summary.found, "order", "orders")
    };
    let more = summary.more.then(|| {
        let text = format!("Totals are shown for up to {} orders. Add a filter to see them.", count(summary.found));
        view! { <span class="text-quiet">{text}</span> }
    });
    let returns_only = index.query.kind == Some(OrderKind::Return);
    let several = summary.currencies.len() > 1;
    let currencies = summary.currencies.iter().map(|(c, f)| sums(*c, f, returns_only, several)).collect_view();
    view! {
        <section class="flex flex-wrap items-baseline gap-x-6 gap-y-1 text-sm" aria-label="Totals">
            <span class="font-semibold">{number}</span>
            {more}
            {currencies}
        </section>
    }
}

fn sums(currency: Currency, figures: &Figures, returns_only: bool, several: bool) -> impl IntoView + use<> {
    let amount = |label: &'static str, minor: i64| {
        view! {
            <span>
                <span class="text-quiet">{label}</span>
                " "
                <Amount money=Money::new(minor, currency)/>
            </span>
        }
    };
    let name =
        several.then(|| view! { <span class="min-w-[3ch] font-medium text-muted">{currency.code().to_owned()}</span> });
    let parts = if returns_only {
        vec![
            amount("Return orders", figures.returned),
            amount("Refunds", figures.refunded),
            amount("Returns", figures.returns()),
        ]
    } else {
        let extra = figures.shipping + figures.tax + figures.fees;
        let mut parts = vec![
            amount("Gross sales", figures.gross),
            amount("Discounts", figures.discounts),
            amount("Returns", figures.returns()),
            amount("Net sales", figures.net()),
        ];
        parts.extend((extra != 0).then(|| amount("Shipping, tax and fees", extra)));
        parts.push(amount("Total", figures.total()));
        parts
    };
    let class = if several { "flex basis-full flex-wrap gap-x-5 gap-y-1" } else { "flex flex-wrap gap-x-5 gap-y-1" };
    view! { <span class=class>{name}{parts}</span> }
}
