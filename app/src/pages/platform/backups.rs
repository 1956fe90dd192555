//! `/platform/backups`: those of the installation and of every tenant.

use db::backups::Backup;
use domain::backups::{Kind, Status};
use domain::page::{Page, Place};
use leptos::prelude::*;

use super::model::Backups;
use crate::document::Document;
use crate::pages::backups::{alarms, ask, figures, kind, table};
use crate::ui::ignored::ignored;
use crate::ui::pager::Pager;
use crate::ui::{Card, Empty, Notice, PageHeader, Tab, Tabs, Tone};
use crate::url;

/// Seconds between two looks: while one is written, and otherwise.
const LIVE: [u32; 2] = [2, 10];
const PATH: &str = "/platform/backups";

/// Renders the page.
pub fn page(page: &Backups) -> Document {
    let runs = page.page.rows.iter().any(|backup| backup.status == Status::Running);
    page.frame.render_live("Backups", if runs { LIVE[0] } else { LIVE[1] }, || {
        let ask = ask(PATH.to_owned());
        view! {
            <PageHeader title="Backups">{ask}</PageHeader>
            {page.done.map(|words| view! { <Notice tone=Tone::Info>{words}</Notice> })}
            {ignored(PATH, &page.typed, &page.faults)}
            <div class="flex flex-col gap-3.5" data-live="summary">
                {alarms(&page.alarms, &page.names)}
                {figures(&page.summary, page.due, page.clock)}
            </div>
            {kinds(page.kind)}
            <div class="flex flex-col gap-3.5" data-live="list">{listed(page, &page.page)}</div>
        }
    })
}

fn address(kind: Option<Kind>, place: Option<Place>) -> String {
    let pairs = [("kind", kind.map(|k| k.as_str())), ("cursor", place.as_ref().map(Place::text))];
    url::with_query(PATH, pairs.into_iter().filter_map(|(name, value)| value.map(|v| (name, v))))
}

fn kinds(chosen: Option<Kind>) -> AnyView {
    let link = |label: &'static str, to: Option<Kind>| {
        view! { <Tab href=address(to, None) label current=to == chosen/> }
    };
    let all = link("All", None);
    let rest = Kind::ALL.iter().map(|k| link(kind(*k), Some(*k))).collect_view();
    view! { <Tabs label="Type">{all}{rest}</Tabs> }.into_any()
}

fn listed(page: &Backups, rows: &Page<Backup, Place>) -> AnyView {
    if rows.rows.is_empty() {
        let text = "Backups will be listed here. A worker creates them every day. Check that one is running.";
        return view! { <Empty title="No backups yet" text=text/> }.into_any();
    }
    let at = |place: Place| address(page.kind, Some(place));
    let (newer, older) = (rows.newer.map(at), rows.older.map(at));
    let pager = (newer.is_some() || older.is_some()).then(|| view! { <Pager newer older/> });
    let table = table(&rows.rows, page.clock, true, None);
    view! { <Card flush=true>{table}</Card>{pager} }.into_any()
}
