//! The list of imports, newest first.

use db::imports::Run;
use domain::imports::{ImportQuery, ImportView, RunStatus};
use domain::page::{Page, Place};
use leptos::prelude::*;

use super::model::ImportIndex;
use crate::document::Document;
use crate::ui::ignored::ignored;
use crate::ui::money::{count, things};
use crate::ui::pager::Pager;
use crate::ui::pill::{self, Pill};
use crate::ui::table::{Column, Table};
use crate::ui::{ButtonLink, Card, Chip, Empty, Look, PageHeader, Tab, Tabs, When};
use crate::url;

/// Renders the page.
pub fn page(index: &ImportIndex) -> Document {
    index.frame.render("Imports", || {
        let new = format!("{}/new", url::imports(index.frame.tenant()));
        let action = index.may_run.then(|| {
            view! { <ButtonLink href=new label="Import file" writes=true look=Look::Primary/> }
        });
        view! {
            <PageHeader title="Imports">{action}</PageHeader>
            {views(index)}
            {narrowed(index)}
            {ignored(&url::imports(index.frame.tenant()), &index.typed, &index.faults)}
            {listed(index, &index.page)}
        }
    })
}

fn views(index: &ImportIndex) -> AnyView {
    let link = |label: &'static str, view: Option<ImportView>| {
        let query = ImportQuery { view, cursor: None, ..index.query.clone() };
        let href = url::imports_under(index.frame.tenant(), &query);
        view! { <Tab href label current=view == index.query.view/> }
    };
    let all = link("All", None);
    let failed = link("Failed", Some(ImportView::Failed));
    let rejected = link("With rejected orders", Some(ImportView::Rejected));
    view! { <Tabs label="Views">{all}{failed}{rejected}</Tabs> }.into_any()
}

// What else narrows the list, each with the way to take it away.
fn narrowed(index: &ImportIndex) -> Option<AnyView> {
    let chip = |words: String, query: ImportQuery| {
        let href = url::imports_under(index.frame.tenant(), &query);
        view! { <Chip href words/> }
    };
    let first = ImportQuery { cursor: None, ..index.query.clone() };
    let store = first
        .store
        .as_deref()
        .map(|slug| chip(index.frame.store_name(slug), ImportQuery { store: None, ..first.clone() }));
    let from = first.from.map(|day| chip(format!("from {day}"), ImportQuery { from: None, ..first.clone() }));
    (store.is_some() || from.is_some()).then(|| view! { <div class="chips">{store}{from}</div> }.into_any())
}

fn listed(index: &ImportIndex, page: &Page<Run, Place>) -> AnyView {
    if page.rows.is_empty() && index.query.is_filtered() {
        let all = url::imports(index.frame.tenant());
        return view! {
            <Empty title="No matching imports" text="Remove the filters to see every import.">
                <ButtonLink href=all label="Show all imports"/>
            </Empty>
        }
        .into_any();
    }
    if page.rows.is_empty() {
        let text = "Imports of past orders will be listed here. You see a preview before anything is imported.";
        return view! { <Empty title="No imports yet" text=text/> }.into_any();
    }
    let rows = page.rows.iter().map(|run| row(index, run)).collect_view();
    let columns = vec![
        Column::text("File"),
        Column::text("Store").wide(),
        Column::time("Started", &index.frame.clock()).wide(),
        Column::text("Status"),
        Column::figures("Orders"),
        Column::figures("Problems").wide(),
    ];
    let address = |place: Place| {
        let query = ImportQuery { cursor: Some(place), ..index.query.clone() };
        url::imports_under(index.frame.tenant(), &query)
    };
    let (newer, older) = (page.newer.map(address), page.older.map(address));
    let pager = (newer.is_some() || older.is_some()).then(|| view! { <Pager newer older/> });
    view! {
        <Card flush=true><Table caption="Imports" columns>{rows}</Table></Card>
        {pager}
    }
    .into_any()
}

fn row(index: &ImportIndex, run: &Run) -> impl IntoView + use<> {
    let (tone, label) = pill::import(run.status);
    let (clock, local) = (index.frame.clock(), index.frame.zone_of(&run.store));
    let href = format!("{}/{}", url::imports(index.frame.tenant()), run.id);
    let summary = match (run.status, &run.preview) {
        (RunStatus::Checked, Some(preview)) => &preview.summary,
        _ => &run.summary,
    };
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let orders = number(summary.orders + summary.returns);
    let would = if run.status == RunStatus::Checked { "ready to import: " } else { "" };
    view! {
        <tr>
            <td><a class="row-link clip" href=href dir="auto">{run.file_name.clone()}</a></td>
            <td class="wide">{run.store_name.clone()}</td>
            <td class="wide"><When at=run.created_at clock local=Some(local)/></td>
            <td><Pill tone label/></td>
            <td class="num" title=format!("{would}{}", things(orders, "order", "orders"))>{count(orders)}</td>
            <td class="num wide">{count(number(run.problem_count))}</td>
        </tr>
    }
}
