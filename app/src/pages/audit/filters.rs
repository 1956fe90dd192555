//! Which entries: a form, and a chip for each filter that is set.

use domain::audit::{Action, AuditQuery, Via};
use leptos::prelude::*;

use super::AuditPage;
use super::table::{what, who};
use crate::ui::filter_form::tenant_field;
use crate::ui::{Chip, FilterForm, Search, Typed};

/// The form. It shows what was typed, understood or not.
pub fn form(page: &AuditPage) -> AnyView {
    let typed = Typed { pairs: &page.typed, faults: &page.faults };
    let ways = Via::ALL.iter().map(|via| (via.as_str().to_owned(), via.words().to_owned()));
    let fields = vec![
        typed.select("action", "Action", "Any action", actions(&typed.value("action"))),
        typed.field("object", "Object (exact match)", "text"),
        typed.select("via", "Source", "Any source", ways),
        typed.field("from", "From", "date"),
        typed.field("to", "To (inclusive)", "date"),
    ];
    let below = page.around.is_platform().then(|| tenant_field(&typed));
    let search = Search {
        name: "actor",
        value: typed.value("actor"),
        placeholder: "Email of a user",
        label: "Search by the user's email",
    };
    let action = page.around.list(&AuditQuery::default());
    view! { <FilterForm action search is_open=false fields below/> }.into_any()
}

// All of them by their words. One that was asked for otherwise, as by the beginning of its name, stays chosen.
fn actions(typed: &str) -> Vec<(String, String)> {
    let mut known: Vec<(String, String)> =
        Action::ALL.iter().map(|action| (action.as_str().to_owned(), action.words().to_owned())).collect();
    known.sort_by(|a, b| a.1.cmp(&b.1));
    if !typed.is_empty() && Action::named(typed).is_none() {
        known.push((typed.to_owned(), what(typed)));
    }
    known
}

/// What narrows the list, each with the way to take it away.
pub fn chips(page: &AuditPage) -> Option<AnyView> {
    let query = page.query.at(None);
    let chip = |words: String, rest: AuditQuery| view! { <Chip href=page.around.list(&rest) words/> }.into_any();
    let without = |change: fn(&mut AuditQuery)| {
        let mut rest = query.clone();
        change(&mut rest);
        rest
    };
    let words = [
        (query.tenant.clone(), without(|q| q.tenant = None)),
        (query.actor.as_deref().map(|actor| who(actor, &page.people)), without(|q| q.actor = None)),
        (query.action.as_deref().map(what), without(|q| q.action = None)),
        (query.object.clone(), without(|q| q.object = None)),
        (query.via.map(|via| via.words().to_owned()), without(|q| q.via = None)),
        (query.from.map(|day| format!("from {day}")), without(|q| q.from = None)),
        (query.to.map(|day| format!("to {day}")), without(|q| q.to = None)),
    ];
    let chips: Vec<AnyView> = words.into_iter().filter_map(|(words, rest)| Some(chip(words?, rest))).collect();
    (!chips.is_empty()).then(|| view! { <div class="chips">{chips}</div> }.into_any())
}
