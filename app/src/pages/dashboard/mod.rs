//! `/t/{tenant}`: what happened in a period, in figures.

mod attention;
mod cards;
mod lists;
mod main_chart;
mod range;

use std::sync::Arc;

use chrono::NaiveDate;
use db::attention::Attention;
use db::dashboards::{CurrencyPart, Dashboard, DashboardQuery};
use db::limits::Usage;
use db::orders::OrderRow;
use domain::fields::FieldErrors;
use domain::orders::{OrderKind, OrderQuery, OrderStatus};
use domain::period::Comparison;
use domain::settings::StoreCalendar;
use leptos::prelude::*;

use crate::document::Rendered;
use crate::frame::TenantFrame;
use crate::pages::usage;
use crate::ui::field::sentence;
use crate::ui::time::days;
use crate::ui::{ButtonLink, Clock, Empty, Look, Notice, PageHeader, Tone};
use crate::url;
use range::Range;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct DashboardPage {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// What was asked for, as far as it could be understood.
    pub query: DashboardQuery,
    /// The days as they were typed.
    pub typed: (String, String),
    /// What could not be understood; then there are no figures.
    pub faults: FieldErrors,
    /// The figures.
    pub dashboard: Option<Arc<Dashboard>>,
    /// The latest orders; none for whoever may not see orders.
    pub latest: Option<Vec<OrderRow>>,
    /// What needs doing.
    pub attention: Vec<Attention>,
    /// Limits of the tier that are near or reached, for those who can do something about it.
    pub warnings: Vec<Usage>,
    /// Today in the zone of the figures.
    pub today: NaiveDate,
    /// Weeks and years of the store.
    pub calendar: StoreCalendar,
}

/// Renders the page.
pub fn page(page: DashboardPage) -> Rendered {
    let frame = page.frame.clone();
    let title = frame.store.as_deref().map_or_else(|| "All stores".to_owned(), |slug| frame.store_name(slug));
    frame.render(&title, || {
        let note = page.dashboard.as_deref().map(as_of);
        let range = view! {
            <Range
                frame=page.frame.clone()
                query=page.query.clone()
                typed=page.typed.clone()
                faults=page.faults.clone()
                shown=page.dashboard.clone()
                today=page.today
                calendar=page.calendar
            />
        };
        view! {
            <PageHeader title=title.clone() note=note.unwrap_or_else(|| ().into_any())>{range}</PageHeader>
            {usage::warnings(&page.warnings, Clock::of_day(page.today), Some(format!("/t/{}/usage", frame.tenant())))}
            {(!page.faults.is_empty()).then(|| not_shown(&page.faults))}
            {page.dashboard.clone().map(|dashboard| figures(&page, &dashboard))}
        }
    })
}

/// The orders behind a figure: the same store and days. Of sales only those that stand; a list of everything leaves
/// cancelled ones out of its sums by itself.
fn behind(query: &DashboardQuery, dashboard: &Dashboard, kind: Option<OrderKind>) -> OrderQuery {
    OrderQuery {
        store: query.store.clone(),
        kind,
        status: (kind == Some(OrderKind::Sale)).then_some(OrderStatus::Open),
        from: Some(dashboard.period.from),
        to: Some(dashboard.period.to),
        ..OrderQuery::default()
    }
}

/// With what the figures are compared, in words.
fn against(query: &DashboardQuery, dashboard: &Dashboard) -> Option<String> {
    let period = dashboard.compared?;
    let days = days(period.from, period.to);
    let part = if dashboard.running { ", up to the same hour" } else { "" };
    match query.compare {
        Comparison::None => None,
        Comparison::Previous if period.days() == 1 => Some(format!("the day before, {days}{part}")),
        Comparison::Previous => Some(format!("the days before, {days}{part}")),
        Comparison::Year => Some(format!("a year earlier, {days}{part}")),
    }
}

// Every fault with the field that it concerns, as its label calls it.
fn not_shown(faults: &FieldErrors) -> AnyView {
    let label = |field: &str| match field {
        "from" => "From",
        "to" => "To",
        _ => "Compare with",
    };
    let lines = faults.0.iter().map(|f| view! { <p>{format!("{}: {}", label(&f.field), sentence(&f.message))}</p> });
    let lines = lines.collect_view();
    view! { <Notice tone=Tone::Critical><p>"These days cannot be shown. Choose others, or correct them."</p>{lines}</Notice> }.into_any()
}

fn figures(page: &DashboardPage, dashboard: &Arc<Dashboard>) -> AnyView {
    if dashboard.currencies.is_empty() {
        return nothing(page);
    }
    let clock = Clock::new(dashboard.as_of, dashboard.zone);
    let several = dashboard.currencies.len() > 1;
    let parts = dashboard.currencies.iter().enumerate().map(|(n, part)| {
        let heading = several.then(|| view! { <h2 class="currency">{part.currency.code().to_owned()}</h2> });
        view! {
            <section class="currency-part" aria-label=part.currency.code().to_owned()>
                {heading}
                {cards::cards(page, dashboard, part)}
                {chart_and_attention(page, dashboard, part, n == 0)}
            </section>
        }
    });
    view! {
        {parts.collect_view()}
        <div class="columns">
            {lists::top_products(page, dashboard)}
            {page.latest.as_ref().map(|orders| lists::latest(page, orders, clock))}
        </div>
    }
    .into_any()
}

// What needs doing stands beside the first chart.
fn chart_and_attention(page: &DashboardPage, dashboard: &Dashboard, part: &CurrencyPart, first: bool) -> AnyView {
    let chart = main_chart::main_chart(page, dashboard, part);
    if first {
        view! { <div class="beside">{chart}{attention::attention(page)}</div> }.into_any()
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
                text="Bring in past orders from a file, or let your shop send new ones to the API. They show up here at once."
            >
                <ButtonLink href=href label="Import orders" writes=true look=Look::Primary/>
            </Empty>
        }
        .into_any();
    }
    let all = url::orders(tenant, &OrderQuery { store: page.query.store.clone(), ..OrderQuery::default() });
    let (text, link) = match page.latest {
        Some(_) => (
            "No order, return or refund falls into them. Choose other days, or look at all orders.",
            view! { <ButtonLink href=all label="Show all orders"/> }.into_any(),
        ),
        None => ("No order, return or refund falls into them. Choose other days.", ().into_any()),
    };
    view! {
        <Empty title="Nothing in these days" text=text>{link}</Empty>
        {attention::attention(page)}
    }
    .into_any()
}

fn as_of(dashboard: &Dashboard) -> AnyView {
    let clock = Clock::new(dashboard.as_of, dashboard.zone);
    let zones = if dashboard.mixed_zones { "each store's own days; hours as in " } else { "" };
    let exact = clock.exact(dashboard.as_of);
    view! {
        {days(dashboard.period.from, dashboard.period.to)}
        " · as of "
        <time datetime=dashboard.as_of.to_rfc3339() title=exact>{clock.hour(dashboard.as_of)}</time>
        ", "
        {zones}
        {dashboard.zone.name().replace('_', " ")}
    }
    .into_any()
}
