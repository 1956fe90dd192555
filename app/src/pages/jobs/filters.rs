//! Which jobs: tabs with their numbers, and a form for the rest.

use db::queue::console::{Capped, Counts};
use domain::fields::FieldErrors;
use domain::jobs::{JobQuery, JobState, JobView, RunOutcome};
use leptos::prelude::*;

use super::Shown;
use super::words;
use crate::ui::filter_form::tenant_field;
use crate::ui::{FilterForm, Search, Typed};

/// One tab for each state of live jobs, and one for what ended.
pub fn tabs(shown: Shown<'_>, query: &JobQuery, counts: &Counts) -> AnyView {
    let number = |state: JobState| match state {
        JobState::Ready => counts.ready,
        JobState::Scheduled => counts.scheduled,
        JobState::Running => counts.running,
        JobState::Dead => counts.dead,
        JobState::Parked => counts.parked,
    };
    let tab = |label: &'static str, view: JobView, number: Option<Capped>| {
        let here = match (view, query.view) {
            (JobView::Ended(_), JobView::Ended(_)) => true,
            (a, b) => a == b,
        };
        let href = shown.list(&JobQuery { view, cursor: None, ..query.clone() });
        let number = number.filter(|n| n.number() > 0);
        let number = number.map(|n| view! { " "<span class="tab-count">{n.to_string()}</span> });
        view! { <a href=href aria-current=here.then_some("page")>{label}{number}</a> }
    };
    let states = JobState::ALL.map(|state| tab(words::state(state).1, JobView::Live(state), Some(number(state))));
    let ended = tab("Finished", JobView::Ended(None), None);
    view! { <nav class="tabs" aria-label="Status">{states.into_iter().collect_view()}{ended}</nav> }.into_any()
}

/// The form. It shows what was typed, understood or not.
pub fn filters(shown: Shown<'_>, query: &JobQuery, typed: &[(String, String)], faults: &FieldErrors) -> AnyView {
    let typed = Typed { pairs: typed, faults };
    let (state, narrow) = match query.view {
        JobView::Live(state) => (state.as_str(), typed.field("queue", "Queue", "text")),
        JobView::Ended(_) => ("ended", typed.select("outcome", "Result", "Any result", outcomes())),
    };
    let fields = vec![
        typed.field("kind", "Kind", "text"),
        typed.field("key", "Key (exact match)", "text"),
        narrow,
        typed.field("from", "From", "date"),
        typed.field("to", "To (inclusive)", "date"),
    ];
    let below = (shown == Shown::Platform).then(|| tenant_field(&typed));
    let search = Search {
        name: "q",
        value: typed.value("q"),
        placeholder: "Error message",
        label: "Search jobs by error message",
    };
    let list = shown.list(&JobQuery::default());
    let action = list.split('?').next().unwrap_or_default().to_owned();
    let rest = Some(view! { <input type="hidden" name="state" value=state/> }.into_any());
    view! { <FilterForm action search is_open=false rest fields below/> }.into_any()
}

fn outcomes() -> impl Iterator<Item = (String, String)> {
    RunOutcome::ALL.iter().map(|o| (o.as_str().to_owned(), words::outcome(*o).1.to_owned()))
}
