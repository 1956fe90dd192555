//! The board of health: a card for each part of the installation. Green is quiet, only trouble has a colour.

use chrono::Datelike;
use db::health::DatabaseHealth;
use db::platform::Census;
use db::queue::alerts::Alert;
use leptos::prelude::*;

use super::cache::found;
use super::model::{BackupHealth, Board, JobHealth, RouteRow};
use super::partitions::runway_tone;
use super::performance;
use crate::document::Document;
use crate::ui::field::sentence;
use crate::ui::money::{count, things};
use crate::ui::text::size;
use crate::ui::time::span;
use crate::ui::{Health, PageHeader, Tone};

/// Seconds between two looks.
const LIVE: u32 = 10;
/// A round trip to PostgreSQL that takes longer than so many microseconds is slow.
const SLOW: i64 = 20_000;
// Characters.
const MOST_OF_A_HEADLINE: usize = 120;

/// Renders the board.
pub fn page(board: &Board) -> Document {
    board.frame.render_live("Health", LIVE, || {
        let note = format!("as of {}, {}", board.clock.hour(board.clock.now), board.clock.zone.name()).into_any();
        view! {
            <PageHeader title="Health" note=note/>
            <div class="grid grid-cols-board gap-3" data-live="board">
                {jobs(board)}
                {partitions(board)}
                {backups(board)}
                {database(board)}
                {cache(board)}
                {routes(board)}
                {tenants(board)}
            </div>
        }
    })
}

fn jobs(board: &Board) -> AnyView {
    let JobHealth { alerts, counts } = &board.jobs;
    let critical = |alert: &Alert| matches!(alert, Alert::NoWorker | Alert::Dead(_) | Alert::Parked(_));
    let first = alerts.iter().find(|alert| critical(alert)).or_else(|| alerts.first());
    let (tone, words) = match first {
        Some(alert) if critical(alert) => (Tone::Critical, headline(&alert.to_string())),
        Some(alert) => (Tone::Attention, headline(&alert.to_string())),
        None => (Tone::Neutral, "No delayed jobs".to_owned()),
    };
    let facts = vec![
        ("Ready", counts.ready.to_string()),
        ("Running", counts.running.to_string()),
        ("Done in the last hour", count(counts.done_hour)),
        ("Failed in the last hour", count(counts.failed_hour)),
    ];
    view! { <Health title="Jobs" words=words tone facts href="/platform/jobs"/> }.into_any()
}

fn partitions(board: &Board) -> AnyView {
    let overview = &board.partitions;
    let failed = overview.upkeep.iter().find_map(|row| row.error.as_ref());
    let runway = things(overview.runway_days, "day", "days");
    let (tone, words) = match (failed, overview.default_rows) {
        (Some(_), _) => (Tone::Critical, "Last maintenance failed".to_owned()),
        (None, 1..) => (Tone::Attention, "Rows in the default partition".to_owned()),
        (None, _) => (runway_tone(overview.runway_days), format!("{runway} covered")),
    };
    let upkeep = overview.upkeep.iter().filter_map(|row| row.done_at).min();
    let upkeep = upkeep.map_or_else(|| "never".to_owned(), |at| format!("{} ago", span(board.clock.now - at)));
    let quarters = i64::try_from(overview.quarters.len()).unwrap_or(i64::MAX);
    let facts = vec![("Days covered", runway), ("Partitions", count(quarters)), ("Last maintenance", upkeep)];
    view! { <Health title="Partitions" words=words tone facts href="/platform/partitions"/> }.into_any()
}

fn backups(board: &Board) -> AnyView {
    let BackupHealth { alarms, summary } = &board.backups;
    let (tone, words) = match alarms.as_slice() {
        [] => (Tone::Neutral, "All verified".to_owned()),
        [one] => (Tone::Critical, headline(&one.words)),
        [one, rest @ ..] => (Tone::Critical, format!("{}; and {} more", headline(&one.words), rest.len())),
    };
    let newest = summary.kinds.iter().filter_map(|kind| kind.last_verification).max();
    let newest = newest.map_or_else(|| "never".to_owned(), |at| format!("{} ago", span(board.clock.now - at)));
    let facts = vec![("Stored", count(summary.count)), ("Size", size(summary.bytes)), ("Last verified", newest)];
    view! { <Health title="Backups" words=words tone facts href="/platform/backups"/> }.into_any()
}

fn database(board: &Board) -> AnyView {
    let DatabaseHealth { version, bytes, connections, most_connections } = board.database;
    let crowded = connections * 10 >= most_connections * 9;
    let (tone, words) = if crowded {
        (Tone::Critical, "Almost out of connections")
    } else if board.round_trip > SLOW {
        (Tone::Attention, "Slow to respond")
    } else {
        (Tone::Neutral, "Responding")
    };
    let facts = vec![
        ("Round trip", milliseconds(board.round_trip)),
        ("Connections", format!("{} of {}", count(connections), count(most_connections))),
        ("Size", size(bytes)),
        ("Version", format!("{}.{}", version / 10_000, version % 10_000)),
    ];
    view! { <Health title="Database" words=words tone facts/> }.into_any()
}

fn cache(board: &Board) -> AnyView {
    let (tone, words, redis) = match board.redis {
        Some(true) => (Tone::Neutral, "Redis connected", "connected"),
        Some(false) => (Tone::Attention, "Redis unavailable", "unavailable; Stoa runs without it"),
        None => (Tone::Neutral, "In-process only", "not configured"),
    };
    let found = found(&board.cache).unwrap_or_else(|| "no requests yet".to_owned());
    let bytes = i64::try_from(board.cache.bytes).unwrap_or(i64::MAX);
    let facts = vec![("Redis", redis.to_owned()), ("Hit rate", found), ("Stored", size(bytes))];
    view! { <Health title="Cache" words=words tone facts href="/platform/cache"/> }.into_any()
}

fn routes(board: &Board) -> AnyView {
    let slow: Vec<&RouteRow> = board.routes.iter().filter(|row| row.is_slow()).collect();
    let number = i64::try_from(slow.len()).unwrap_or(i64::MAX);
    let (tone, words) = match slow.first() {
        None => (Tone::Neutral, "All routes are fast".to_owned()),
        Some(first) => {
            (Tone::Attention, format!("{} slow; slowest: {}", things(number, "route", "routes"), first.route))
        }
    };
    let answers: u64 = board.routes.iter().map(|row| row.answers).sum();
    let failed: u64 = board.routes.iter().map(|row| row.failed).sum();
    let whole = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
    let slowest = board.routes.first().map_or_else(|| "none yet".to_owned(), |row| performance::taken(row.most));
    let facts = vec![("Requests", whole(answers)), ("Failed", whole(failed)), ("Slowest p95", slowest)];
    view! { <Health title="Performance" words=words tone facts href="/platform/performance"/> }.into_any()
}

fn tenants(board: &Board) -> AnyView {
    let Census { tenants, suspended, leaving, stores, orders, over } = board.census;
    let day = i64::from(board.clock.now.day());
    let facts = vec![
        ("Active", count(tenants - suspended)),
        ("Suspended", count(suspended - leaving)),
        ("Deletion scheduled", count(leaving)),
        ("Stores", count(stores)),
        ("Orders per day, this month", count(orders / day)),
    ];
    let (tone, words) = match over {
        0 => (Tone::Neutral, things(tenants, "tenant", "tenants")),
        over => (Tone::Attention, format!("{} over the order limit", things(over, "tenant", "tenants"))),
    };
    view! { <Health title="Tenants" words=words tone facts href="/platform/tenants"/> }.into_any()
}

// A sentence without its full stop; what programs said at length stands behind the link.
fn headline(words: &str) -> String {
    let words = sentence(words);
    match words.char_indices().nth(MOST_OF_A_HEADLINE) {
        Some((end, _)) => format!("{}\u{2026}", words[..end].trim_end()),
        None => words.trim_end_matches('.').to_owned(),
    }
}

// `0.4 ms`.
fn milliseconds(micros: i64) -> String {
    format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100)
}
