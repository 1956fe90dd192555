//! `/t/{tenant}/settings/jobs` and below it: a tenant's own jobs. Nothing can be changed here.

use db::queue::console::JobDetail;
use domain::jobs::{JobQuery, JobState, JobView};
use domain::page::Place;
use leptos::prelude::*;

use super::model::{Listed, TenantJob, TenantJobs};
use super::words;
use super::{Shown, detail, filters, live_table, runs_table, tabs};
use crate::document::Document;
use crate::ui::ignored::ignored;
use crate::ui::pager::Pager;
use crate::ui::{Card, Clock, Empty, PageHeader};

/// Seconds between two looks.
const LIVE: u32 = 4;

/// Renders the list.
pub fn index(page: &TenantJobs) -> Document {
    let shown = Shown::Tenant(page.frame.tenant());
    page.frame.render_live("Jobs", LIVE, || {
        view! {
            <PageHeader title="Jobs" note="Work that Stoa does in the background.".into_any()/>
            <div data-live="tabs">{tabs(shown, &page.query, &page.counts)}</div>
            {filters(shown, &page.query, &page.typed, &page.faults)}
            {ignored(&shown.path(), &page.typed, &page.faults)}
            <div class="flex flex-col gap-3.5" data-live="list">{listed(shown, &page.query, &page.found, page.clock)}</div>
        }
    })
}

/// Renders one job.
pub fn show(page: &TenantJob) -> Document {
    let shown = Shown::Tenant(page.frame.tenant());
    let kind = kind(&page.job);
    page.frame.render_live(&kind, LIVE, || {
        let back = (shown.list(&JobQuery::default()), "Jobs");
        view! {
            <PageHeader title=kind.clone() back=back/>
            <div class="flex flex-col gap-3.5" data-live="job">{detail(shown, &page.job, &page.people, page.clock)}</div>
        }
    })
}

/// Which work a job is.
pub fn kind(job: &JobDetail) -> String {
    let live = job.job.as_ref().map(|job| job.kind.clone());
    let name = live.or_else(|| job.runs.first().map(|run| run.run.kind.clone())).unwrap_or_default();
    words::kind(&name)
}

fn listed(shown: Shown<'_>, query: &JobQuery, found: &Listed, clock: Clock) -> AnyView {
    let (table, newer, older, is_empty) = match found {
        Listed::Live(state, page) => {
            (live_table(shown, &page.rows, *state, clock, false), page.newer, page.older, page.rows.is_empty())
        }
        Listed::Ended(page) => (runs_table(shown, &page.rows, clock), page.newer, page.older, page.rows.is_empty()),
    };
    let pager = pager(shown, query, newer, older);
    if is_empty {
        return view! { {nothing(query)}{pager} }.into_any();
    }
    view! { <Card flush=true>{table}</Card>{pager} }.into_any()
}

/// What stands where a list is empty.
pub fn nothing(query: &JobQuery) -> AnyView {
    let (title, text) = match query.view {
        _ if query.is_filtered() => ("No matching jobs", "Remove a filter or choose another status."),
        JobView::Live(JobState::Running) => {
            ("No running jobs", "Queued jobs are under Ready and Scheduled. Completed jobs are under Finished.")
        }
        JobView::Live(JobState::Dead | JobState::Parked) => ("No jobs here", "No jobs need attention."),
        JobView::Live(_) => ("No queued jobs", "Completed jobs are under Finished."),
        JobView::Ended(_) => ("No finished jobs yet", "Finished jobs are listed here for 30 days."),
    };
    view! { <Empty title=title text=text/> }.into_any()
}

/// The way to newer and older rows, when there is any.
pub fn pager(shown: Shown<'_>, query: &JobQuery, newer: Option<Place>, older: Option<Place>) -> Option<AnyView> {
    let address = |place: Place| shown.list(&query.at(Some(place)));
    let (newer, older) = (newer.map(address), older.map(address));
    (newer.is_some() || older.is_some()).then(|| view! { <Pager newer older/> }.into_any())
}
