//! `/t/{tenant}/backups`: a tenant's own.

use std::collections::HashMap;

use db::backups::Backup;
use domain::backups::Status;
use domain::page::{Page, Place};
use leptos::prelude::*;

use super::model::TenantBackups;
use super::{alarms, figures, table};
use crate::document::Document;
use crate::ui::ignored::ignored;
use crate::ui::pager::Pager;
use crate::ui::{Button, Card, Empty, Look, Notice, PageHeader, Tone};
use crate::url;

/// Seconds between two looks: while one is written, and otherwise.
const LIVE: [u32; 2] = [2, 15];

/// Renders the page.
pub fn page(page: &TenantBackups) -> Document {
    let runs = page.page.rows.iter().any(|backup| backup.status == Status::Running);
    page.frame.render_live("Backups", if runs { LIVE[0] } else { LIVE[1] }, || {
        let note = format!(
            "Created and verified every day. Stored for {} days; the newest verified backup is never deleted.",
            page.days
        );
        let ask = page.may_ask.then(|| ask(format!("/t/{}/backups", page.frame.tenant())));
        view! {
            <PageHeader title="Backups" note=note.into_any()>{ask}</PageHeader>
            {page.done.map(|words| view! { <Notice tone=Tone::Info>{words}</Notice> })}
            <div class="flex flex-col gap-3.5" data-live="backups">
                {alarms(&page.alarms, &HashMap::new())}
                {figures(&page.summary, page.due, page.clock)}
                {ignored(&format!("/t/{}/backups", page.frame.tenant()), &page.typed, &page.faults)}
                {listed(page, &page.page)}
            </div>
        }
    })
}

/// The button that asks for a backup now.
pub fn ask(action: String) -> impl IntoView {
    view! { <form method="post" action=action><Button label="Back up now" look=Look::Primary/></form> }
}

fn listed(page: &TenantBackups, rows: &Page<Backup, Place>) -> AnyView {
    if rows.rows.is_empty() {
        let text = "Your first backup will be listed here. Stoa creates it at the time above.";
        return view! { <Empty title="No backups yet" text=text/> }.into_any();
    }
    let path = format!("/t/{}/backups", page.frame.tenant());
    let address = |place: Place| url::with_query(&path, [("cursor", place.text())]);
    let (newer, older) = (rows.newer.map(address), rows.older.map(address));
    let pager = (newer.is_some() || older.is_some()).then(|| view! { <Pager newer older/> });
    let table = table(&rows.rows, page.clock, false, page.may_ask.then_some(path.as_str()));
    view! { <Card flush=true>{table}</Card>{pager} }.into_any()
}
