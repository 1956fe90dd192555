//! The board of health: a card for each part of the installation. Green is quiet, only trouble has a colour.

use db::platform::Census;
use db::health::DatabaseHealth;
use leptos::prelude::*;

use crate::document::Rendered;
use crate::frame::PlatformFrame;
use crate::ui::money::{count, things};
use crate::ui::text::size;
use crate::ui::{Clock, Health, PageHeader, Tone};

/// Seconds between two looks.
const LIVE: u32 = 10;
/// A round trip to PostgreSQL that takes longer than so many microseconds is slow.
const SLOW: i64 = 20_000;

/// What the board shows.
#[derive(Clone, Debug)]
pub struct Board {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// How PostgreSQL is.
    pub database: DatabaseHealth,
    /// How long a round trip to it took, in microseconds.
    pub round_trip: i64,
    /// Whether Redis answers; none when there is none.
    pub redis: Option<bool>,
    /// How many tenants there are.
    pub census: Census,
    /// Now.
    pub clock: Clock,
}

/// Renders the board.
pub fn page(board: &Board) -> Rendered {
    board.frame.render_live("Health", LIVE, || {
        let note = format!("as of {}, {}", board.clock.hour(board.clock.now), board.clock.zone.name()).into_any();
        view! {
            <PageHeader title="Health" note=note/>
            <div class="board" data-live="board">
                {database(board)}
                {cache(board)}
                {tenants(board)}
            </div>
        }
    })
}

fn database(board: &Board) -> AnyView {
    let DatabaseHealth { version, bytes, connections, most_connections } = board.database;
    let crowded = connections * 10 >= most_connections * 9;
    let (tone, words) = if crowded {
        (Tone::Critical, "Nearly all connections are taken")
    } else if board.round_trip > SLOW {
        (Tone::Attention, "Answers slowly")
    } else {
        (Tone::Neutral, "Answers")
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
        Some(true) => (Tone::Neutral, "Redis answers", "answers"),
        Some(false) => (Tone::Attention, "Redis does not answer", "does not answer; everything goes on without it"),
        None => (Tone::Neutral, "In this process alone", "none is set up"),
    };
    let facts = vec![("Redis", redis.to_owned())];
    view! { <Health title="Cache" words=words tone facts/> }.into_any()
}

fn tenants(board: &Board) -> AnyView {
    let Census { tenants, suspended } = board.census;
    let facts = vec![("Active", count(tenants - suspended)), ("Suspended", count(suspended))];
    let words = things(tenants, "tenant", "tenants");
    view! { <Health title="Tenants" words=words facts href=Some("/platform/tenants")/> }.into_any()
}

// `0.4 ms`.
fn milliseconds(micros: i64) -> String {
    format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100)
}
