//! Which jobs: tabs with their numbers, and a form for the rest.

use db::queue::console::{Capped, Counts};
use domain::fields::FieldErrors;
use domain::jobs::{JobQuery, JobState, JobView, RunOutcome};
use leptos::prelude::*;

use super::Shown;
use super::words;
use crate::ui::filter_form::tenant_field;
use crate::ui::{FilterForm, Search, Tab, Tabs, Typed};

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
        let count = number.filter(|n| n.number() > 0).map(|n| n.to_string());
        view! { <Tab href label current=here count/> }
    };
    let states = JobState::ALL.map(|state| tab(words::state(state).1, JobView::Live(state), Some(number(state))));
    let ended = tab("Finished", JobView::Ended(None), None);
    let states = states.into_iter().collect_view();
    view! { <Tabs label="Status">{states}{ended}</Tabs> }.into_any()
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
