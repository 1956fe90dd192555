//! `/platform/partitions`: how far ahead quarters are made, what each holds, what waits, and what was archived.

use db::partitions::{ArchiveRow, ArchiveState, QuarterRow, QuarterState, TableRow};
use leptos::prelude::*;

use super::jobs::act;
use super::model::Partitions;
use crate::document::Document;
use crate::ui::field::sentence;
use crate::ui::money::{count, things};
use crate::ui::pill::{Pill, Tone};
use crate::ui::table::{Column, Table};
use crate::ui::text::size;
use crate::ui::time::since;
use crate::ui::{Card, Clock, Notice, PageHeader, When};

/// Seconds between two looks.
const LIVE: u32 = 15;
/// Days of runway that a full bar stands for.
const FULL: i64 = 270;
/// Days of runway below which somebody should look, and below which it is late.
const SHORT: [i64; 2] = [60, 14];

/// How a runway of so many days is.
pub const fn runway_tone(days: i64) -> Tone {
    if days < SHORT[1] {
        Tone::Critical
    } else if days < SHORT[0] {
        Tone::Attention
    } else {
        Tone::Neutral
    }
}

/// Renders the page.
pub fn page(page: &Partitions) -> Document {
    page.frame.render_live("Partitions", LIVE, || {
        let maintain = act("/platform/partitions/maintain".to_owned(), "Run maintenance", "all partitions");
        view! {
            <PageHeader title="Partitions">{maintain}</PageHeader>
            {page.done.map(|words| view! { <Notice tone=Tone::Info>{words}</Notice> })}
            <div class="flex flex-col gap-3.5" data-live="partitions">
                {troubles(page)}
                {figures(page)}
                {quarters(page)}
                {archives(page)}
            </div>
        }
    })
}

fn troubles(page: &Partitions) -> AnyView {
    let overview = &page.overview;
    let runway = match runway_tone(overview.runway_days) {
        Tone::Neutral => None,
        tone => Some((
            tone,
            format!(
                "Partitions cover only {}. Run maintenance, and check that a worker is running.",
                things(overview.runway_days, "day", "days")
            ),
        )),
    };
    let waiting = overview.waiting.iter().map(|w| {
        let rows = things(w.rows, "row", "rows");
        (
            Tone::Attention,
            format!("{rows} of {} from {} are in the default partition. Maintenance moves them.", w.parent, w.quarter),
        )
    });
    let failed = overview.upkeep.iter().filter_map(|row| {
        let error = row.error.as_ref()?;
        Some((Tone::Critical, format!("Maintenance of {} failed: {}", row.parent, sentence(error))))
    });
    let all = runway.into_iter().chain(waiting).chain(failed);
    all.map(|(tone, words)| view! { <Notice tone><p>{words}</p></Notice> }).collect_view().into_any()
}

fn figures(page: &Partitions) -> AnyView {
    let overview = &page.overview;
    let when = |at: Option<chrono::DateTime<chrono::Utc>>| match at {
        Some(at) => since(at, page.clock),
        None => "never".into_any(),
    };
    let upkeep = overview.upkeep.iter().filter_map(|row| row.done_at).min();
    let next = match overview.next_to_go {
        Some(going) => view! { {going.quarter.to_string()}", "{since(going.at, page.clock)} }.into_any(),
        None => "none (archiving is off)".into_any(),
    };
    let fact = |label: &'static str, value: AnyView| view! { <dt>{label}</dt><dd>{value}</dd> };
    let facts = view! {
        {fact("Last run", when(upkeep))}
        {fact("Last partition created", when(overview.last_made_at))}
        {fact("Rows in default partitions", count(overview.default_rows).into_any())}
        {fact("Next archived", next)}
    }
    .into_any();
    let (runway, class) = (
        overview.runway_days,
        format!("toned text-xl font-semibold tabular-nums {}", runway_tone(overview.runway_days).as_str()),
    );
    let (days, full, low) = (runway.clamp(0, FULL).to_string(), FULL.to_string(), SHORT[0].to_string());
    view! {
        <div class="grid grid-cols-1 items-start gap-3 md:grid-cols-2">
            <Card title="Days covered">
                <p class=class>{things(runway, "day", "days")}</p>
                <meter min="0" max=full low=low value=days aria-label="Days covered"></meter>
                <p class="text-quiet">"New orders have partitions for this long, even if maintenance stops."</p>
            </Card>
            <Card title="Maintenance"><dl class="sums">{facts}</dl></Card>
        </div>
    }
    .into_any()
}

fn quarters(page: &Partitions) -> AnyView {
    let rows = page.overview.quarters.iter().map(|row| quarter(page, row)).collect_view();
    let columns = vec![
        Column::text("Partition"),
        Column::text("Status"),
        Column::figures("Orders (estimate)"),
        Column::figures("Items (estimate)").wide(),
        Column::figures("Size"),
        Column::text("Created").wide(),
    ];
    view! { <Card title="Partitions" flush=true><Table caption="Partitions" columns dense=true>{rows}</Table></Card> }
        .into_any()
}

fn quarter(page: &Partitions, row: &QuarterRow) -> impl IntoView + use<> {
    let now = page.clock.now;
    let (tone, label) = match row.state {
        QuarterState::Filling => (Tone::Attention, "Filling"),
        QuarterState::Late => (Tone::Attention, "Late orders"),
        QuarterState::Whole if row.quarter.begins() > now => (Tone::Neutral, "Upcoming"),
        QuarterState::Whole if row.quarter.ends() > now => (Tone::Info, "Current"),
        QuarterState::Whole => (Tone::Neutral, "Complete"),
    };
    let table = |name: &str| row.tables.iter().find(|t| t.table.to_string() == name);
    let rows = |table: Option<&TableRow>| match table.and_then(|t| t.rows) {
        Some(rows) => count(rows).into_any(),
        None => view! { <span class="text-quiet">"unknown"</span> }.into_any(),
    };
    let bytes = row.tables.iter().map(|t| t.bytes).sum();
    let made = row.tables.iter().filter_map(|t| t.made_at).max().map(|at| since(at, page.clock));
    let goes = page.overview.next_to_go.filter(|going| going.quarter == row.quarter);
    let goes =
        goes.map(|going| view! { <span class="under"><span>"archived "{since(going.at, page.clock)}</span></span> });
    view! {
        <tr>
            <td>{row.quarter.to_string()}{goes}</td>
            <td><Pill tone label/></td>
            <td class="num">{rows(table("orders"))}</td>
            <td class="num wide">{rows(table("order_items"))}</td>
            <td class="num">{size(bytes)}</td>
            <td class="wide">{made}</td>
        </tr>
    }
}

fn archives(page: &Partitions) -> Option<AnyView> {
    let rows = page.overview.archives.iter().map(|row| archive(row, page.clock)).collect_view();
    let columns = vec![
        Column::text("Partition"),
        Column::text("Status"),
        Column::figures("Orders"),
        Column::figures("Size"),
        Column::text("Verified").wide(),
        Column::text("Restore"),
    ];
    (!page.overview.archives.is_empty()).then(|| {
        view! { <Card title="Archived partitions" flush=true><Table caption="Archived partitions" columns dense=true>{rows}</Table></Card> }
            .into_any()
    })
}

fn archive(row: &ArchiveRow, clock: Clock) -> impl IntoView + use<> {
    let (tone, label) = match row.state {
        ArchiveState::Planned => (Tone::Info, "Writing"),
        ArchiveState::Written => (Tone::Info, "Written"),
        ArchiveState::Verified => (Tone::Neutral, "Verified"),
        ArchiveState::Detached => (Tone::Neutral, "Detached"),
        ArchiveState::Dropped => (Tone::Neutral, "Archive only"),
        ArchiveState::Restoring => (Tone::Info, "Restoring"),
        ArchiveState::Restored => (Tone::Neutral, "Restored"),
    };
    let error = row
        .error
        .clone()
        .map(|error| view! { <span class="under"><span class="text-critical">{sentence(&error)}</span></span> });
    let quarter = row.quarter.to_string();
    let restore =
        row.state.is_away().then(|| act(format!("/platform/partitions/{quarter}/restore"), "Restore", &quarter));
    view! {
        <tr>
            <td>{format!("{}, part {}", row.quarter, row.part)}{error}</td>
            <td><Pill tone label/></td>
            <td class="num">{count(row.orders)}</td>
            <td class="num">{size(row.bytes)}</td>
            <td class="wide">{row.verified_at.map(|at| view! { <When at clock/> })}</td>
            <td>{restore}</td>
        </tr>
    }
}
