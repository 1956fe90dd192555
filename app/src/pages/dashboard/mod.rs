//! `/t/{tenant}`: what happened in a period, in figures.

mod attention;
mod cards;
mod lists;
mod main_chart;
mod model;
mod range;

pub use model::DashboardPage;

use std::sync::Arc;

use db::dashboards::{CurrencyPart, Dashboard, DashboardQuery};
use domain::orders::any_of::AnyOf;
use domain::orders::{OrderKind, OrderQuery, OrderStatus};
use domain::period::Comparison;
use leptos::prelude::*;

use crate::document::Document;
use crate::pages::usage;
use crate::ui::ignored::ignored;
use crate::ui::time::days;
use crate::ui::{ButtonLink, Empty, Look, PageHeader};
use crate::url;
use range::Range;

/// Renders the page.
pub fn page(page: &DashboardPage) -> Document {
    let frame = page.frame.clone();
    let title = frame.store.as_deref().map_or_else(|| "All stores".to_owned(), |slug| frame.store_name(slug));
    frame.render(&title, || {
        let note = as_of(page);
        let range = view! {
            <Range
                frame=page.frame.clone()
                query=page.query.clone()
                chosen=page.chosen
                shown=page.dashboard.period
                today=page.today
                calendar=page.calendar
            />
        };
        view! {
            <PageHeader title=title.clone() note=note>{range}</PageHeader>
            {usage::warnings(&page.warnings, frame.clock(), Some(format!("/t/{}/usage", frame.tenant())))}
            {ignored(&format!("/t/{}", frame.tenant()), &page.typed, &page.faults)}
            {figures(page, &page.dashboard)}
        }
    })
}

/// The orders behind a figure: the same store and days. Of sales only those that stand; a list of everything leaves
/// cancelled ones out of its sums by itself.
fn behind(query: &DashboardQuery, dashboard: &Dashboard, kind: Option<OrderKind>) -> OrderQuery {
    OrderQuery {
        store: query.store.clone(),
        kind,
        status: if kind == Some(OrderKind::Sale) {
            AnyOf::new([OrderStatus::Open, OrderStatus::Closed])
        } else {
            AnyOf::default()
        },
        from: Some(dashboard.period.from),
        to: Some(dashboard.period.to),
        ..OrderQuery::default()
    }
}

/// With what the figures are compared, in words.
fn against(query: &DashboardQuery, dashboard: &Dashboard) -> Option<String> {
    let period = dashboard.compared?;
    let days = days(period.from, period.to);
    let part = if dashboard.running { ", same elapsed time" } else { "" };
    match query.compare {
        Comparison::None => None,
        Comparison::Previous if period.days() == 1 => Some(format!("Previous day ({days}){part}")),
        Comparison::Previous => Some(format!("Previous period ({days}){part}")),
        Comparison::Year => Some(format!("Previous year ({days}){part}")),
    }
}

fn figures(page: &DashboardPage, dashboard: &Arc<Dashboard>) -> AnyView {
    if dashboard.currencies.is_empty() {
        return nothing(page);
    }
    let several = dashboard.currencies.len() > 1;
    let parts = dashboard.currencies.iter().enumerate().map(|(n, part)| {
        let heading = several.then(|| view! { <h2 class="mt-2 text-muted">{part.currency.code().to_owned()}</h2> });
        view! {
            <section class="flex flex-col gap-3" aria-label=part.currency.code().to_owned()>
                {heading}
                {cards::cards(page, dashboard, part)}
                {chart_and_attention(page, dashboard, part, n == 0)}
            </section>
        }
    });
    view! {
        {parts.collect_view()}
        <div class="grid grid-cols-1 items-start gap-3 md:grid-cols-2">
            {lists::top_products(page, dashboard)}
            {page.latest.as_ref().map(|orders| lists::latest(page, orders))}
        </div>
    }
    .into_any()
}

// What needs doing stands beside the first chart.
fn chart_and_attention(page: &DashboardPage, dashboard: &Dashboard, part: &CurrencyPart, first: bool) -> AnyView {
    let chart = main_chart::main_chart(page, dashboard, part);
    if first {
        view! { <div class="grid grid-cols-1 items-start gap-3 md:grid-cols-aside">{chart}{attention::attention(page)}</div> }
            .into_any()
    } else {
        chart.into_any()
    }
}

fn nothing(page: &DashboardPage) -> AnyView {
    let tenant = page.frame.tenant();
    if page.latest.as_ref().is_some_and(Vec::is_empty) {
        let href = format!("/t/{tenant}/imports/new");
        return view! {
            <Empty
                title="No orders yet"
                text="Sales figures will appear here. Import past orders from a file, or send new ones to the API."
            >
                <ButtonLink href=href label="Import orders" writes=true look=Look::Primary/>
            </Empty>
        }
        .into_any();
    }
    let all = url::orders(tenant, &OrderQuery { store: page.query.store.clone(), ..OrderQuery::default() });
    let (text, link) = match page.latest {
        Some(_) => (
            "Choose another period, or show all orders.",
            view! { <ButtonLink href=all label="Show all orders"/> }.into_any(),
        ),
        None => ("Choose another period.", ().into_any()),
    };
    view! {
        <Empty title="No orders in this period" text=text>{link}</Empty>
        {attention::attention(page)}
    }
    .into_any()
}

fn as_of(page: &DashboardPage) -> AnyView {
    let (dashboard, clock) = (&page.dashboard, page.frame.clock());
    let zones = if dashboard.mixed_zones { "days in each store's time zone, hours in " } else { "" };
    let exact = clock.exact(dashboard.as_of);
    view! {
        {days(dashboard.period.from, dashboard.period.to)}
        " · as of "
        <time datetime=dashboard.as_of.to_rfc3339() title=exact>{clock.hour(dashboard.as_of)}</time>
        ", "
        {zones}
        {clock.zone_name()}
    }
    .into_any()
}
