//! The choice of days and of what they are compared with: links for the usual, a form for the rest.

use chrono::NaiveDate;
use db::dashboards::DashboardQuery;
use domain::period::{Comparison, Period, Preset};
use domain::settings::StoreCalendar;
use leptos::prelude::*;

use crate::frame::TenantFrame;
use crate::ui::icon::{Icon, Sign};
use crate::ui::{Button, Field, Look, SelectField};
use crate::url;

const COMPARISONS: [(Comparison, &str); 3] = [
    (Comparison::Previous, "Previous period"),
    (Comparison::Year, "Previous year"),
    (Comparison::None, "No comparison"),
];

/// The choice, with what is chosen now: one period at most, whichever others mean the same days.
#[component]
pub fn Range(
    /// What surrounds the page.
    frame: TenantFrame,
    /// What was asked for.
    query: DashboardQuery,
    /// The period that the address names.
    chosen: Option<Preset>,
    /// The days that are shown.
    shown: Period,
    /// Today in their zone.
    today: NaiveDate,
    /// Weeks and years of the store.
    calendar: StoreCalendar,
) -> impl IntoView {
    let path = format!("/t/{}", frame.tenant());
    let is_shown = |preset: &Preset| preset.by(calendar, today) == shown;
    let lit = chosen.or_else(|| Preset::ALL.into_iter().chain(Preset::OF_CALENDAR).find(is_shown));
    let usual = lit.is_some_and(|preset| Preset::ALL.contains(&preset));
    let link = |preset: Preset| {
        let current = (Some(preset) == lit).then_some("true");
        view! { <a href=address(&path, &query, preset) aria-current=current>{preset.label()}</a> }
    };
    let presets = Preset::ALL.map(link).into_iter().collect_view();
    let own = Preset::OF_CALENDAR.map(link).into_iter().collect_view();
    let (from, to) = (shown.from.to_string(), shown.to.to_string());
    let options = COMPARISONS.map(|(with, words)| (with.as_str().to_owned(), words.to_owned())).to_vec();
    view! {
        <nav class="segments" aria-label="Period">{presets}</nav>
        <details class="menu menu-end menu-form">
            <summary class="btn" aria-current=(!usual).then_some("true")>
                <Icon sign=Sign::Calendar/>
                "Custom range"
            </summary>
            <form class="menu-box w-62" method="get" action=path>
                <p class="flex flex-wrap gap-x-3 gap-y-1">{own}</p>
                {query.store.clone().map(|store| view! { <input type="hidden" name="store" value=store/> })}
                <Field name="from" label="From" kind="date" value=from/>
                <Field name="to" label="To (inclusive)" kind="date" value=to/>
                <SelectField
                    name="compare"
                    label="Compare with"
                    options
                    chosen=query.compare.as_str()
                />
                <Button label="Apply" look=Look::Primary/>
            </form>
        </details>
    }
}

fn address(path: &str, query: &DashboardQuery, preset: Preset) -> String {
    let mut pairs = vec![("period", preset.as_str())];
    pairs.extend(query.store.as_deref().map(|store| ("store", store)));
    pairs.extend((query.compare != Comparison::default()).then(|| ("compare", query.compare.as_str())));
    url::with_query(path, pairs)
}
