//! The overview of the queue.

use app::frame::Place;
use app::pages::platform::jobs::{Overview, Span, overview};
use axum::extract::Query;
use axum::response::Response;
use db::people;
use db::queue::{alerts, console};
use domain::page::Limit;
use serde::Deserialize;

use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::platform::{clock, frame};
use crate::pages::visit::Visit;

const NOTES: u64 = 10;

/// How much time the charts show.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    span: String,
}

/// The overview.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn show(admin: PlatformAdmin, visit: Visit, Query(wanted): Query<Wanted>) -> Result<Response, PageError> {
    let (platform, clock) = (&admin.platform, clock(&admin.platform));
    let span = Span::read(&wanted.span);
    let queues = console::queues(platform).await?;
    let notes = console::notes(platform, None, Limit::new(NOTES).unwrap_or_default()).await?.rows;
    let actors = notes.iter().map(|note| note.actor.as_str());
    let actors = actors.chain(queues.iter().filter_map(|queue| queue.paused_by.as_deref()));
    let people = people::emails(platform.db(), actors).await?;
    let page = Overview {
        alerts: alerts::alerts(platform).await?,
        counts: console::counts(platform).await?,
        span,
        points: console::series(platform, span.around(clock.now), span.step(), None, None).await?,
        queues,
        workers: console::workers(platform).await?,
        entries: console::schedule(platform).await?,
        locks: console::locks(platform).await?,
        notes,
        people,
        done: visit.done().and_then(done_words),
        frame: frame(&admin, visit, Place::Jobs),
        clock,
    };
    Ok(answer::ok(page, overview).await)
}

fn done_words(word: &str) -> Option<String> {
    let words = match word {
        "paused" => "Queue paused. Running jobs continue; no new jobs start.",
        "resumed" => "Queue resumed.",
        "enabled" => "Schedule entry enabled.",
        "disabled" => "Schedule entry disabled.",
        "enqueued" => "Job queued.",
        "live" => "This job is already queued or running.",
        "broken" => "Lock broken. Later writes of its holder are rejected.",
        "unchanged" => "No changes to save.",
        _ => return None,
    };
    Some(words.to_owned())
}
