//! Entries as rows. What an entry changed stands there field by field, as it was and as it is.

use std::collections::HashMap;

use db::audit::Entry;
use domain::audit::{Action, AuditQuery, Changed, Via, difference};
use domain::words;
use leptos::prelude::*;

use super::{Around, AuditPage};
use crate::ui::When;
use crate::ui::table::{Column, Table};

/// Fields that are shown without being asked for.
const SHOWN: usize = 4;

/// The table.
pub fn table(page: &AuditPage, entries: &[Entry]) -> AnyView {
    let platform = page.around.is_platform();
    let mut columns = vec![Column::time("Time", &page.clock), Column::text("User")];
    columns.extend(platform.then(|| Column::text("Tenant").wide()));
    columns.extend([
        Column::text("Action"),
        Column::text("Object"),
        Column::text("Changes").wide(),
        Column::text("Source").wide(),
    ]);
    let rows = entries.iter().map(|entry| row(page, entry)).collect_view();
    view! { <Table caption="Audit log" columns>{rows}</Table> }.into_any()
}

/// Who did something: by e-mail where `people` knows it.
pub fn who(actor: &str, people: &HashMap<String, String>) -> String {
    match actor.split_once(':').map_or(actor, |(kind, _)| kind) {
        "user" => people.get(actor).cloned().unwrap_or_else(|| "a deleted user".into()),
        "key" => "API key".into(),
        "command" => "Command line".into(),
        "job" => "Background job".into(),
        "nobody" => "Not signed in".into(),
        _ => actor.to_owned(),
    }
}

/// What was done, in words.
pub fn what(action: &str) -> String {
    Action::named(action).map_or_else(|| words::sentence_of(action), |action| action.words().to_owned())
}

fn row(page: &AuditPage, entry: &Entry) -> impl IntoView + use<> {
    let narrow = |change: &dyn Fn(&mut AuditQuery)| {
        let mut query = page.query.at(None);
        change(&mut query);
        page.around.list(&query)
    };
    // Who the platform's people are is the platform's business.
    let hidden = entry.via == Via::Platform && matches!(page.around, Around::Tenant(_));
    let name = if hidden { "Platform admin".to_owned() } else { who(&entry.actor, &page.people) };
    let by_actor = narrow(&|q| q.actor = Some(entry.actor.clone()));
    let by_action = narrow(&|q| q.action = Some(entry.action.clone()));
    let by_object = narrow(&|q| q.object = Some(entry.subject.clone()));
    let actor = if hidden { name.into_any() } else { view! { <a href=by_actor dir="auto">{name}</a> }.into_any() };
    let tenant = page.around.is_platform().then(|| {
        let words = match (&entry.slug, entry.tenant.0.is_nil()) {
            (Some(slug), _) => slug.clone(),
            (None, true) => "Platform".to_owned(),
            (None, false) => "a deleted tenant".to_owned(),
        };
        view! { <td class="wide">{words}</td> }
    });
    let from = entry.address.clone().unwrap_or_default();
    let request = entry.request_id.clone().map(|id| format!("Request {id}"));
    view! {
        <tr>
            <td><When at=entry.at clock=page.clock/></td>
            <td><span class="clip">{actor}</span></td>
            {tenant}
            <td><a href=by_action>{what(&entry.action)}</a></td>
            <td><a class="clip" href=by_object dir="auto" title=entry.subject.clone()>{entry.subject.clone()}</a></td>
            <td class="wide">{changes(&difference(entry.before.as_ref(), entry.after.as_ref()))}</td>
            <td class="wide" title=request>{entry.via.words()}" "<span class="text-quiet">{from}</span></td>
        </tr>
    }
}

fn changes(changed: &[Changed]) -> AnyView {
    let shown = changed.iter().take(SHOWN).map(line).collect_view();
    let rest = changed.get(SHOWN..).filter(|rest| !rest.is_empty()).map(|rest| {
        let words = format!("{} more", rest.len());
        let lines = rest.iter().map(line).collect_view();
        view! { <details><summary>{words}</summary><dl class="diff">{lines}</dl></details> }
    });
    if changed.is_empty() {
        return ().into_any();
    }
    view! { <dl class="diff">{shown}</dl>{rest} }.into_any()
}

fn line(changed: &Changed) -> impl IntoView + use<> {
    let value = |text: &String| words::value(&changed.field, text);
    let was = changed.before.as_ref().map(value).map(|text| {
        view! { <del dir="auto"><span class="sr-only">"before: "</span>{text}</del>" " }
    });
    let is = changed.after.as_ref().map(value).map(|text| {
        view! { <ins dir="auto"><span class="sr-only">"after: "</span>{text}</ins> }
    });
    view! { <div><dt>{words::field(&changed.field)}</dt><dd>{was}{is}</dd></div> }
}
