//! `/t/{tenant}/usage`: what the tier allows, what is used of it, and what happens at a limit.

mod model;

pub use model::UsagePage;

use db::limits::Usage;
use domain::limits::{Feature, Level};
use leptos::prelude::*;

use crate::document::Document;
use crate::ui::meter::{Meter, tone, word};
use crate::ui::table::{Column, Table};
use crate::ui::{Card, Clock, Notice, PageHeader, Pill, Tone, numbers};

/// Renders the page.
pub fn page(page: &UsagePage) -> Document {
    page.frame.render("Usage", || {
        let note = format!("Plan: {}. As of {}, {}.", page.plan.name, page.clock.hour(page.clock.now), page.clock.zone_name());
        let warned: Vec<Usage> = page.usage.iter().filter(|usage| usage.level().warns()).cloned().collect();
        let (clock, tier) = (page.clock, page.plan.name.clone());
        let limited = rows(page, true);
        let open = rows(page, false);
        view! {
            <PageHeader title="Usage" note=note.into_any()/>
            {warnings(&warned, clock, None)}
            {limited.map(|rows| view! {
                <Card title="Limits of your plan" flush=true><Table caption="Limits" columns=columns()>{rows}</Table></Card>
            })}
            {open.map(|rows| view! {
                <Card title="No limit" flush=true><Table caption="No limit" columns=open_columns()>{rows}</Table></Card>
            })}
            {features(page)}
            <p class="hint">
                {format!("Your plan is {tier}. Ask your platform admin to change it. On a smaller plan, your data \
                    stays, but you cannot add more.")}
            </p>
        }
    })
}

/// A message for every limit that is near or reached; `more` is where there is more.
pub fn warnings(warned: &[Usage], clock: Clock, more: Option<String>) -> Option<AnyView> {
    if warned.is_empty() {
        return None;
    }
    let worst = warned.iter().map(Usage::level).max().unwrap_or(Level::Near);
    let lines = warned.iter().map(|usage| view! { <p>{sentence(usage, clock)}</p> }).collect_view();
    let more = more.map(|href| view! { <p><a href=href>"Show usage"</a></p> });
    Some(view! { <Notice tone=tone(worst)>{lines}{more}</Notice> }.into_any())
}

/// `Stores: 4 of 5 used. At this pace the limit is reached on 3 May.`
fn sentence(usage: &Usage, clock: Clock) -> String {
    let (used, allowed) = (usage.used.unwrap_or(0), usage.allowed.unwrap_or(0));
    let figures = format!(
        "{}: {} of {} used.",
        usage.limit.label(),
        usage.limit.number_in(numbers::format(), used),
        usage.limit.number_in(numbers::format(), allowed)
    );
    match (usage.level(), usage.forecast) {
        (Level::Full | Level::Over, _) => format!("{figures} {}", usage.limit.consequence()),
        (_, Some(at)) => format!("{figures} At this rate you reach the limit on {}.", clock.day_at(at)),
        (_, None) => figures,
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::text("Limit"),
        Column::figures("Used"),
        Column::figures("Allowed"),
        Column::text("Usage").wide(),
        Column::text("Limit reached").wide(),
        Column::text("At the limit").wide(),
    ]
}

fn open_columns() -> Vec<Column> {
    vec![Column::text("Metric"), Column::figures("Used")]
}

fn rows(page: &UsagePage, limited: bool) -> Option<AnyView> {
    let chosen: Vec<&Usage> = page.usage.iter().filter(|usage| usage.allowed.is_some() == limited).collect();
    if chosen.is_empty() {
        return None;
    }
    let row = |usage: &&Usage| match usage.allowed {
        Some(allowed) => limited_row(usage, allowed, page.clock),
        None => open_row(usage),
    };
    Some(chosen.iter().map(row).collect_view().into_any())
}

fn limited_row(usage: &Usage, allowed: i64, clock: Clock) -> AnyView {
    let level = usage.level();
    let pill = word(level).map(|label| view! { " "<Pill tone=tone(level) label/> });
    let used = usage.used.map(|used| usage.limit.number_in(numbers::format(), used)).unwrap_or_else(|| "–".to_owned());
    let meter = usage.used.map(|used| view! { <Meter used allowed/> });
    let reached = match (usage.over_since, usage.forecast) {
        (Some(since), _) => format!("over since {}", clock.short(since)),
        (None, Some(at)) => format!("around {}", clock.day_at(at)),
        (None, None) if level >= Level::Full => "now".to_owned(),
        (None, None) => "not soon".to_owned(),
    };
    let reached = usage.used.map_or_else(String::new, |_| reached);
    view! {
        <tr>
            <td>{usage.limit.label()}{pill}</td>
            <td class="num">{used}</td>
            <td class="num">{usage.limit.number_in(numbers::format(), allowed)}</td>
            <td class="wide">{meter}</td>
            <td class="wide">{reached}</td>
            <td class="wide wrap">{usage.limit.consequence()}</td>
        </tr>
    }
    .into_any()
}

fn open_row(usage: &Usage) -> AnyView {
    let used = usage.used.map(|used| usage.limit.number_in(numbers::format(), used)).unwrap_or_else(|| "–".to_owned());
    view! { <tr><td>{usage.limit.label()}</td><td class="num">{used}</td></tr> }.into_any()
}

fn features(page: &UsagePage) -> AnyView {
    let row = |feature: Feature| {
        let pill = if page.plan.terms.has(feature) {
            view! { <Pill tone=Tone::Positive label="Included"/> }
        } else {
            view! { <Pill label="Not included"/> }
        };
        view! { <tr><td>{feature.label()}</td><td>{pill}</td></tr> }
    };
    let rows = Feature::ALL.map(row).into_iter().collect_view();
    let columns = vec![Column::text("Feature"), Column::text("Status")];
    view! { <Card title="Features of your plan" flush=true><Table caption="Features" columns>{rows}</Table></Card> }
        .into_any()
}
