//! What a run came to.

use domain::imports::Summary;
use domain::money::{Currency, Money};
use domain::orders::OrderQuery;
use leptos::prelude::*;

use super::model::ImportPage;
use crate::ui::field::sentence;
use crate::ui::money::{Amount, count};
use crate::ui::pill::Tone;
use crate::ui::{ButtonLink, Card, Look, Notice};
use crate::url;

/// The result of a run: the very figures that list and dashboard now show.
pub fn done(page: &ImportPage) -> AnyView {
    let query = OrderQuery { store: Some(page.run.store.clone()), ..OrderQuery::default() };
    let orders = url::orders(page.frame.tenant(), &query);
    let home = url::home(page.frame.tenant(), Some(&page.run.store));
    let sums = figures(&page.run.summary, page.run.problem_count);
    view! {
        <Card title="Import result">
            {sums}
            <div class="actions">
                <ButtonLink href=orders label="Show orders" look=Look::Primary/>
                <ButtonLink href=home label="Show dashboard"/>
            </div>
        </Card>
    }
    .into_any()
}

/// Why a run ended early, and what to do.
pub fn failed(page: &ImportPage) -> AnyView {
    let words = sentence(page.run.error.as_deref().unwrap_or("The import stopped."));
    let again = format!("{}/new", url::imports(page.frame.tenant()));
    let stored = page.run.summary.orders + page.run.summary.returns;
    let what_is_in = if stored > 0 {
        "Orders imported before the failure are stored. Import the same file again to continue."
    } else {
        "No orders were imported."
    };
    view! {
        <Notice tone=Tone::Critical>
            <p>{words}</p>
            <p>{what_is_in}</p>
        </Notice>
        <div class="actions"><ButtonLink href=again label="Choose file" writes=true look=Look::Primary/></div>
    }
    .into_any()
}

/// The counts and sums of a summary.
pub fn figures(summary: &Summary, problems: u64) -> AnyView {
    let number = |label: &'static str, n: u64| {
        view! { <dt>{label}</dt><dd>{count(i64::try_from(n).unwrap_or(i64::MAX))}</dd> }
    };
    let some = |label: &'static str, n: u64| (n > 0).then(|| number(label, n));
    let sums = summary.currencies.iter().filter_map(|(code, totals)| {
        let currency: Currency = code.parse().ok()?;
        Some(view! {
            <dt>{format!("Sales in {code}")}</dt>
            <dd><Amount money=Money::new(totals.sales_total, currency)/></dd>
            <dt>{format!("Returns in {code}")}</dt>
            <dd><Amount money=Money::new(totals.returns_total, currency)/></dd>
        })
    });
    let sums = sums.collect_view();
    view! {
        <dl class="sums max-w-95">
            {number("Lines read", summary.read)}
            {number("Sales", summary.orders)}
            {number("Returns", summary.returns)}
            {number("Items", summary.items)}
            {sums}
            {some("Unchanged", summary.unchanged)}
            {some("Skipped by rule", summary.skipped)}
            {some("Rejected", summary.rejected)}
            {some("Problems", problems)}
        </dl>
    }
    .into_any()
}
