//! Lists of jobs, and what may be done to those chosen, or to all that match.

use domain::jobs::JobState;
use leptos::prelude::*;

use super::choice;
use super::model::JobList;
use crate::document::Document;
use crate::pages::jobs::{Listed, Shown, filters, live_table, nothing, pager, runs_table, tabs};
use crate::ui::ignored::ignored;
use crate::ui::{Card, Look, Notice, PageHeader, Tone};

/// Seconds between two looks.
const LIVE: u32 = 3;

/// Renders the page.
pub fn page(page: &JobList) -> Document {
    page.frame.render_live("Jobs", LIVE, || {
        let back = ("/platform/jobs".to_owned(), "Overview");
        view! {
            <PageHeader title="Jobs" back=back/>
            {page.done.clone().map(|words| view! { <Notice tone=Tone::Positive>{words}</Notice> })}
            <div data-live="tabs">{tabs(Shown::Platform, &page.query, &page.counts)}</div>
            {filters(Shown::Platform, &page.query, &page.typed, &page.faults)}
            {ignored(&Shown::Platform.path(), &page.typed, &page.faults)}
            <div class="flex flex-col gap-3.5" data-live="list">{listed(page, &page.found)}</div>
        }
    })
}

fn listed(page: &JobList, found: &Listed) -> AnyView {
    let (newer, older, is_empty) = match found {
        Listed::Live(_, rows) => (rows.newer, rows.older, rows.rows.is_empty()),
        Listed::Ended(rows) => (rows.newer, rows.older, rows.rows.is_empty()),
    };
    let pager = pager(Shown::Platform, &page.query, newer, older);
    if is_empty {
        return view! { {nothing(&page.query)}{pager} }.into_any();
    }
    let table = match found {
        Listed::Live(state, rows) => {
            changeable(page, *state, live_table(Shown::Platform, &rows.rows, *state, page.clock, true))
        }
        Listed::Ended(rows) => {
            let table = runs_table(Shown::Platform, &rows.rows, page.clock);
            view! { <Card flush=true>{table}</Card> }.into_any()
        }
    };
    view! { {table}{pager} }.into_any()
}

// One form around the rows: its buttons say what, its boxes say which.
fn changeable(page: &JobList, state: JobState, table: AnyView) -> AnyView {
    let hidden = page.query.at(None).pairs().into_iter();
    let hidden = hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    let waits = matches!(state, JobState::Scheduled | JobState::Dead | JobState::Parked);
    let retry = waits.then(|| choice("Retry jobs", "retry", Look::Secondary));
    let delete = (state != JobState::Running).then(|| choice("Delete jobs", "delete", Look::Danger));
    view! {
        <form class="stack" method="post" action="/platform/jobs/change">
            {hidden}
            <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
                <fieldset class="flex gap-4">
                    <legend class="sr-only">"Which jobs"</legend>
                    <label class="check"><input type="radio" name="which" value="chosen" checked=true/>"Selected jobs"</label>
                    <label class="check"><input type="radio" name="which" value="matching"/>"All matching jobs"</label>
                </fieldset>
                <div class="actions">{retry}{choice("Cancel jobs", "cancel", Look::Secondary)}{delete}</div>
            </div>
            <Card flush=true>{table}</Card>
        </form>
    }
    .into_any()
}
