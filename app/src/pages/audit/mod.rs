//! Who did what: a tenant's record, and everybody's for the platform. Nothing can be changed here.

mod filters;
mod model;
mod table;
mod too_large;

pub use model::{Around, AuditPage, TooLarge};
pub use too_large::page as too_large;

use db::audit::Entry;
use domain::audit::AuditQuery;
use domain::page::{Page, Place};
use leptos::prelude::*;

use crate::document::Document;
use crate::ui::ignored::ignored;
use crate::ui::pager::Pager;
use crate::ui::{ButtonLink, Card, Empty, PageHeader};
use crate::url;

/// Renders the page.
pub fn page(page: &AuditPage) -> Document {
    match &page.around {
        Around::Tenant(frame) => frame.render("Audit log", || body(page)),
        Around::Platform(frame) => frame.render("Audit log", || body(page)),
    }
}

fn body(page: &AuditPage) -> AnyView {
    let first = page.query.at(None);
    let export = page.around.export(&first);
    let note = "Every change, sign-in, export and denied request. Entries cannot be changed or deleted.";
    view! {
        <PageHeader title="Audit log" note=note.into_any()><ButtonLink href=export label="Export as CSV"/></PageHeader>
        {filters::form(page)}
        {filters::chips(page)}
        {ignored(&page.around.list(&AuditQuery::default()), &page.typed, &page.faults)}
        {listed(page, &page.page)}
    }
    .into_any()
}

fn listed(page: &AuditPage, found: &Page<Entry, Place>) -> AnyView {
    let address = |place: Place| page.around.list(&page.query.at(Some(place)));
    let (newer, older) = (found.newer.map(address), found.older.map(address));
    let pager = (newer.is_some() || older.is_some()).then(|| view! { <Pager newer older/> });
    if found.rows.is_empty() {
        let (title, text) = if page.query.is_filtered() {
            ("No matching entries", "Remove a filter or choose other dates.")
        } else {
            ("No entries yet", "Changes, sign-ins and exports will be listed here.")
        };
        return view! { <Empty title=title text=text/>{pager} }.into_any();
    }
    let table = table::table(page, &found.rows);
    view! { <Card flush=true>{table}</Card>{pager} }.into_any()
}

impl Around {
    /// The list under `query`.
    fn list(&self, query: &AuditQuery) -> String {
        self.at("", query)
    }

    fn export(&self, query: &AuditQuery) -> String {
        self.at("/export", query)
    }

    fn at(&self, end: &str, query: &AuditQuery) -> String {
        let path = match self {
            Self::Tenant(frame) => format!("/t/{}/audit{end}", frame.tenant()),
            Self::Platform(_) => format!("/platform/audit{end}"),
        };
        url::with_query(&path, query.pairs().iter().map(|(n, v)| (*n, v.as_str())))
    }

    const fn is_platform(&self) -> bool {
        matches!(self, Self::Platform(_))
    }
}
