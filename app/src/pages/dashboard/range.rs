//! The choice of days and of what they are compared with: links for the usual, a form for the rest.

use std::sync::Arc;

use chrono::NaiveDate;
use db::dashboards::{Dashboard, DashboardQuery};
use domain::fields::FieldErrors;
use domain::period::{Comparison, Period, Preset};
use domain::settings::StoreCalendar;
use leptos::prelude::*;

use crate::frame::TenantFrame;
use crate::ui::icon::{Icon, Sign};
use crate::ui::{Button, Field, Look, SelectField};
use crate::url;

const COMPARISONS: [(Comparison, &str); 3] =
    [(Comparison::Previous, "The days before"), (Comparison::Year, "A year earlier"), (Comparison::None, "Nothing")];

/// The choice, with what is chosen now.
#[component]
pub fn Range(
    /// What surrounds the page.
    frame: TenantFrame,
    /// What was asked for.
    query: DashboardQuery,
    /// The days as they were typed.
    typed: (String, String),
    /// What is wrong with them.
    faults: FieldErrors,
    /// The figures shown, if any.
    shown: Option<Arc<Dashboard>>,
    /// Today in their zone.
    today: NaiveDate,
    /// Weeks and years of the store.
    calendar: StoreCalendar,
) -> impl IntoView {
    let path = format!("/t/{}", frame.tenant());
    let period = shown.as_deref().map(|d| d.period);
    let presets = presets(&path, &query, today, period);
    let usual = Preset::ALL.iter().any(|p| Some(p.on(today)) == period);
    let (from, to) = match shown.as_deref() {
        Some(d) => (d.period.from.to_string(), d.period.to.to_string()),
        None => typed,
    };
    let fault = |name: &str| faults.of(name).map(str::to_owned);
    let own =
        [("This week", calendar.week(today)), ("This financial year", calendar.year(today))].map(|(label, days)| {
            let current = (Some(days) == period).then_some("true");
            view! { <a href=address(&path, &query, days) aria-current=current>{label}</a> }
        });
    let own = own.into_iter().collect_view();
    let options = COMPARISONS.map(|(with, words)| (with.as_str().to_owned(), words.to_owned())).to_vec();
    view! {
        <nav class="segments" aria-label="Days">{presets}</nav>
        <details class="menu menu-end range" open=!faults.is_empty()>
            <summary class="btn" aria-current=(!usual).then_some("true")>
                <Icon sign=Sign::Calendar/>
                "Other days"
            </summary>
            <form class="menu-box stack" method="get" action=path>
                <p class="menu-links">{own}</p>
                {query.store.clone().map(|store| view! { <input type="hidden" name="store" value=store/> })}
                <Field name="from" label="From" kind="date" value=from fault=fault("from")/>
                <Field name="to" label="To, included" kind="date" value=to fault=fault("to")/>
                <SelectField
                    name="compare"
                    label="Compare with"
                    options
                    chosen=query.compare.as_str()
                    fault=fault("compare")
                />
                <Button label="Show" look=Look::Primary/>
            </form>
        </details>
    }
}

fn presets(path: &str, query: &DashboardQuery, today: NaiveDate, shown: Option<Period>) -> impl IntoView + use<> {
    let link = |preset: Preset| {
        let period = preset.on(today);
        let current = (Some(period) == shown).then_some("true");
        view! { <a href=address(path, query, period) aria-current=current>{preset.label()}</a> }
    };
    Preset::ALL.map(link).into_iter().collect_view()
}

fn address(path: &str, query: &DashboardQuery, period: Period) -> String {
    let (from, to) = (period.from.to_string(), period.to.to_string());
    let mut pairs = vec![("from", from.as_str()), ("to", to.as_str())];
    pairs.extend(query.store.as_deref().map(|store| ("store", store)));
    pairs.extend((query.compare != Comparison::default()).then(|| ("compare", query.compare.as_str())));
    url::with_query(path, pairs)
}
