//! Which entries: a form, and a chip for each filter that is set.

use domain::audit::{AuditQuery, Via};
use domain::jobs::INSTALLATION;
use leptos::prelude::*;

use super::AuditPage;
use super::table::who;
use crate::ui::icon::{Icon, Sign};
use crate::ui::{Button, Field, Look, SelectField};

/// The form. It shows what was typed, understood or not.
pub fn form(page: &AuditPage) -> AnyView {
    let value = |name: &str| page.typed.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let fault = |name: &str| page.faults.of(name).map(str::to_owned);
    let field = |name: &'static str, label: &'static str, kind: &'static str| {
        view! { <Field name label kind value=value(name) fault=fault(name)/> }
    };
    let ways = Via::ALL.iter().map(|via| (via.as_str().to_owned(), via.words().to_owned()));
    let ways = std::iter::once((String::new(), "Any way".to_owned())).chain(ways).collect();
    let tenant = page.around.is_platform().then(|| {
        let hint = format!("A name in addresses, or {INSTALLATION} for the installation itself.");
        view! { {field("tenant", "Tenant", "text")}<p class="hint field-note">{hint}</p> }
    });
    let path = page.around.list(&AuditQuery::default());
    view! {
        <form class="filters" method="get" action=path>
            <div class="search">
                <Icon sign=Sign::Search/>
                <input
                    type="search"
                    name="actor"
                    value=value("actor")
                    placeholder="Who: an e-mail address"
                    aria-label="Search by who did it"
                />
            </div>
            <Button label="Search"/>
            <details class="menu filter-menu" open=!page.faults.is_empty()>
                <summary class="btn"><Icon sign=Sign::Filter/>"Filter"</summary>
                <div class="menu-box">
                    <div class="grid-fields">
                        {field("action", "Action, such as order.refund", "text")}
                        {field("object", "Object, exactly", "text")}
                        <SelectField name="via" label="By way of" options=ways chosen=value("via") fault=fault("via")/>
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

/// What narrows the list, each with the way to take it away.
pub fn chips(page: &AuditPage) -> Option<AnyView> {
    let query = page.query.at(None);
    let chip = |words: String, rest: AuditQuery| {
        let href = page.around.list(&rest);
        let label = format!("Take away the filter: {words}");
        view! { <a class="chip" href=href aria-label=label><span dir="auto">{words.clone()}</span><Icon sign=Sign::Close/></a> }
            .into_any()
    };
    let without = |change: fn(&mut AuditQuery)| {
        let mut rest = query.clone();
        change(&mut rest);
        rest
    };
    let words = [
        (query.tenant.clone(), without(|q| q.tenant = None)),
        (query.actor.as_deref().map(|actor| who(actor, &page.people)), without(|q| q.actor = None)),
        (query.action.clone(), without(|q| q.action = None)),
        (query.object.clone(), without(|q| q.object = None)),
        (query.via.map(|via| via.words().to_owned()), without(|q| q.via = None)),
        (query.from.map(|day| format!("from {day}")), without(|q| q.from = None)),
        (query.to.map(|day| format!("to {day}")), without(|q| q.to = None)),
    ];
    let chips: Vec<AnyView> = words.into_iter().filter_map(|(words, rest)| Some(chip(words?, rest))).collect();
    (!chips.is_empty()).then(|| view! { <div class="chips">{chips}</div> }.into_any())
}
