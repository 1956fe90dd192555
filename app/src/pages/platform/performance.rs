//! `/platform/performance`: how long every route takes, and which requests took too long.

use leptos::prelude::*;

use super::model::{Performance, RouteRow, SlowRow};
use crate::document::Document;
use crate::ui::money::{count, things};
use crate::ui::pill::{Pill, Tone};
use crate::ui::table::{Column, Table};
use crate::ui::time::{since, span};
use crate::ui::{Card, Clock, Empty, PageHeader};

/// Seconds between two looks.
const LIVE: u32 = 10;
/// A route is slow when one answer in twenty takes longer than so many microseconds.
const SLOW: u64 = 100_000;

impl RouteRow {
    /// Whether it is slow.
    pub const fn is_slow(&self) -> bool {
        self.most > SLOW
    }
}

/// `0.4 ms`, `120 ms`, `1.2 s`.
pub fn taken(micros: u64) -> String {
    match micros {
        0..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
    }
}

/// Renders the page.
pub fn page(page: &Performance) -> Document {
    page.frame.render_live("Performance", LIVE, || {
        let begun = span(page.clock.now - page.since);
        let note = format!("Since this process started, {begun} ago").into_any();
        view! {
            <PageHeader title="Performance" note=note/>
            <div class="flex flex-col gap-3.5" data-live="performance">
                {routes(page)}
                {slow(page)}
            </div>
        }
    })
}

fn routes(page: &Performance) -> AnyView {
    let rows = page.routes.iter().map(route).collect_view();
    let columns = vec![
        Column::text("Route"),
        Column::figures("Requests"),
        Column::figures("Failed").wide(),
        Column::figures("p50").wide(),
        Column::figures("p95"),
        Column::figures("Max"),
    ];
    view! { <Card title="Routes" flush=true><Table caption="Routes" columns dense=true>{rows}</Table></Card> }
        .into_any()
}

fn route(row: &RouteRow) -> impl IntoView + use<> {
    let whole = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
    let slow = row.is_slow().then(|| view! { " "<Pill tone=Tone::Attention label="Slow"/> });
    let failed = match row.failed {
        0 => view! { <span class="text-quiet">"0"</span> }.into_any(),
        n => view! { <span class="text-critical">{whole(n)}</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="wrap-anywhere whitespace-normal"><code>{row.route.clone()}</code>{slow}</td>
            <td class="num">{whole(row.answers)}</td>
            <td class="num wide">{failed}</td>
            <td class="num wide">{taken(row.median)}</td>
            <td class="num">{taken(row.most)}</td>
            <td class="num">{taken(row.longest)}</td>
        </tr>
    }
}

fn slow(page: &Performance) -> AnyView {
    let title = "Slow requests";
    if page.slow.is_empty() {
        let text = format!("The last 50 requests slower than {} ms will be listed here.", page.too_long);
        return view! { <Card title><Empty title="No slow requests" text=text/></Card> }.into_any();
    }
    let rows = page.slow.iter().map(|row| slow_row(row, page.clock)).collect_view();
    let columns = vec![
        Column::text("When"),
        Column::text("Route"),
        Column::figures("Status").wide(),
        Column::figures("Duration"),
        Column::text("Request ID").wide(),
    ];
    let note =
        format!("slower than {} ms; {} listed", page.too_long, things(page.slow.len() as i64, "request", "requests"));
    view! {
        <Card title flush=true>
            <p class="px-4 text-quiet">{note}</p>
            <Table caption="Slow requests" columns dense=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn slow_row(row: &SlowRow, clock: Clock) -> impl IntoView + use<> {
    view! {
        <tr>
            <td>{since(row.at, clock)}</td>
            <td class="wrap-anywhere whitespace-normal"><code>{row.route.clone()}</code></td>
            <td class="num wide">{row.status.to_string()}</td>
            <td class="num">{taken(row.micros)}</td>
            <td class="wide"><code>{row.request_id.clone()}</code></td>
        </tr>
    }
}
