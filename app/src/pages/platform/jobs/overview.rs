//! The overview: what needs a person first, then how many jobs stand where, charts, and who works at what.

use db::queue::alerts::Alert;
use db::queue::console::Counts;
use domain::jobs::{JobQuery, JobState, JobView, RunOutcome};
use leptos::prelude::*;

use super::charts::{charts, spans};
use super::model::Overview;
use super::running::workers;
use super::standing::{locks, notes, queues, timetable};
use crate::document::Document;
use crate::pages::jobs::Shown;
use crate::ui::field::sentence;
use crate::ui::money::count;
use crate::ui::{Figure, Notice, PageHeader, Tone};

/// Seconds between two looks.
const LIVE: u32 = 3;

/// Renders the page.
pub fn page(page: &Overview) -> Document {
    page.frame.render_live("Jobs", LIVE, || {
        let spans = spans(page.span);
        view! {
            <PageHeader title="Jobs">{spans}</PageHeader>
            {page.done.clone().map(|words| view! { <Notice tone=Tone::Positive>{words}</Notice> })}
            <div class="flex flex-col gap-3.5 empty:hidden" data-live="alerts">{alerts(&page.alerts)}</div>
            <div data-live="figures">{figures(&page.counts)}</div>
            <div data-live="charts">{charts(page.span, &page.points, page.clock)}</div>
            <div data-live="queues">{queues(&page.queues, &page.people, page.clock)}</div>
            <div data-live="workers">{workers(&page.workers, page.clock)}</div>
            <div data-live="timetable">{timetable(&page.entries, page.clock)}</div>
            <div data-live="locks">{locks(&page.locks, page.clock)}</div>
            <div data-live="notes">{notes(&page.notes, &page.people, page.clock)}</div>
        }
    })
}

fn alerts(alerts: &[Alert]) -> AnyView {
    let one = |alert: &Alert| {
        let tone = match alert {
            Alert::NoWorker | Alert::Dead(_) | Alert::Parked(_) => Tone::Critical,
            Alert::Wait { .. } | Alert::Failures { .. } | Alert::Missed { .. } => Tone::Attention,
        };
        let link = link(alert).map(|(href, words)| view! { " "<a href=href>{words}</a> });
        let words = sentence(&alert.to_string());
        view! { <Notice tone><p>{words}{link}</p></Notice> }
    };
    alerts.iter().map(one).collect_view().into_any()
}

// Where the jobs behind an alert are listed.
fn link(alert: &Alert) -> Option<(String, &'static str)> {
    let list = |query: JobQuery| Shown::Platform.list(&query);
    match alert {
        Alert::Wait { queue, .. } => {
            let view = JobView::Live(JobState::Ready);
            Some((list(JobQuery { queue: Some(queue.clone()), ..JobQuery::of(view) }), "Show jobs"))
        }
        Alert::Failures { kind, .. } => {
            let view = JobView::Ended(Some(RunOutcome::Failed));
            Some((list(JobQuery { kind: Some(kind.clone()), ..JobQuery::of(view) }), "Show jobs"))
        }
        Alert::Dead(_) => Some((list(JobQuery::of(JobView::Live(JobState::Dead))), "Show jobs")),
        Alert::Parked(_) => Some((list(JobQuery::of(JobView::Live(JobState::Parked))), "Show jobs")),
        Alert::Missed { .. } | Alert::NoWorker => None,
    }
}

// Each number leads to its list.
fn figures(counts: &Counts) -> AnyView {
    let state = |label: &'static str, state: JobState, number: String| {
        (label, Shown::Platform.list(&JobQuery::of(JobView::Live(state))), number)
    };
    let ended = |label: &'static str, outcome: RunOutcome, number: i64| {
        (label, Shown::Platform.list(&JobQuery::of(JobView::Ended(Some(outcome)))), count(number))
    };
    let cards = [
        state("Ready", JobState::Ready, counts.ready.to_string()),
        state("Scheduled", JobState::Scheduled, counts.scheduled.to_string()),
        state("Running", JobState::Running, counts.running.to_string()),
        state("Dead", JobState::Dead, counts.dead.to_string()),
        state("Parked", JobState::Parked, counts.parked.to_string()),
        ended("Done, last hour", RunOutcome::Done, counts.done_hour),
        ended("Failed, last hour", RunOutcome::Failed, counts.failed_hour),
    ];
    let card = |(label, href, number): (&'static str, String, String)| {
        view! { <Figure label value=number.into_any() href/> }
    };
    view! { <div class="grid grid-cols-2 gap-2 sm:grid-cols-4 sm:gap-3 2xl:grid-cols-7 max-sm:*:last:col-span-2">{cards.map(card).into_iter().collect_view()}</div> }.into_any()
}
