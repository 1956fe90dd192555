//! Which jobs: tabs with their numbers, and a form for the rest.

use db::queue::console::{Capped, Counts};
use domain::fields::FieldErrors;
use domain::jobs::{INSTALLATION, JobQuery, JobState, JobView, RunOutcome};
use leptos::prelude::*;

use super::Shown;
use super::words;
use crate::ui::icon::{Icon, Sign};
use crate::ui::{Button, Field, Look, SelectField};

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
    let ended = tab("Ended", JobView::Ended(None), None);
    view! { <nav class="tabs" aria-label="States">{states.into_iter().collect_view()}{ended}</nav> }.into_any()
}

/// The form. It shows what was typed, understood or not.
pub fn filters(shown: Shown<'_>, query: &JobQuery, typed: &[(String, String)], faults: &FieldErrors) -> AnyView {
    let value = |name: &str| typed.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let fault = |name: &str| faults.of(name).map(str::to_owned);
    let field = |name: &'static str, label: &'static str, kind: &'static str| {
        view! { <Field name label kind value=value(name) fault=fault(name)/> }
    };
    let (state, ended) = match query.view {
        JobView::Live(state) => (state.as_str(), false),
        JobView::Ended(_) => ("ended", true),
    };
    let hint = format!("A name in addresses, or {INSTALLATION} for the installation's own.");
    let tenant = (shown == Shown::Platform).then(|| {
        view! { {field("tenant", "Tenant", "text")}<p class="hint field-note">{hint}</p> }
    });
    let narrow =
        if ended { outcomes(value("outcome"), fault("outcome")) } else { field("queue", "Queue", "text").into_any() };
    let path = shown.list(&JobQuery::default());
    let path = path.split('?').next().unwrap_or_default().to_owned();
    view! {
        <form class="filters" method="get" action=path>
            <input type="hidden" name="state" value=state/>
            <div class="search">
                <Icon sign=Sign::Search/>
                <input
                    type="search"
                    name="q"
                    value=value("q")
                    placeholder="Words of the error"
                    aria-label="Search these jobs by words of their error"
                />
            </div>
            <Button label="Search"/>
            <details class="menu filter-menu" open=!faults.is_empty()>
                <summary class="btn"><Icon sign=Sign::Filter/>"Filter"</summary>
                <div class="menu-box">
                    <div class="grid-fields">
                        {field("kind", "Kind", "text")}
                        {field("key", "Key, exactly", "text")}
                        {narrow}
                        {field("from", "From (UTC)", "date")}
                        {field("to", "To, included", "date")}
                    </div>
                    {tenant}
                    <Button label="Apply" look=Look::Primary/>
                </div>
            </details>
        </form>
    }
    .into_any()
}

fn outcomes(chosen: String, fault: Option<String>) -> AnyView {
    let words = |o: &RunOutcome| (o.as_str().to_owned(), words::outcome(*o).1.to_owned());
    let all = (String::new(), "Whatever it came to".to_owned());
    let options = std::iter::once(all).chain(RunOutcome::ALL.iter().map(words)).collect();
    view! { <SelectField name="outcome" label="Came to" options chosen fault/> }.into_any()
}
