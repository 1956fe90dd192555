//! The list of imports, newest first.

use chrono::{DateTime, Utc};
use db::imports::Run;
use domain::imports::RunStatus;
use domain::page::{Cursor, Page};
use leptos::prelude::*;

use crate::document::Rendered;
use crate::frame::TenantFrame;
use crate::ui::money::{count, things};
use crate::ui::pager::Pager;
use crate::ui::pill::{self, Pill};
use crate::ui::table::{Column, Table};
use crate::ui::{ButtonLink, Card, Empty, Look, PageHeader, When};
use crate::url;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct ImportIndex {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// One page of runs.
    pub page: Page<Run>,
    /// Whether whoever looks may run imports.
    pub may_run: bool,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Renders the page.
pub fn page(index: &ImportIndex) -> Rendered {
    index.frame.render("Imports", || {
        let new = format!("{}/new", url::imports(index.frame.tenant()));
        let action = index.may_run.then(|| {
            view! { <ButtonLink href=new label="Import a file" look=Look::Primary/> }
        });
        view! {
            <PageHeader title="Imports">{action}</PageHeader>
            {listed(index)}
        }
    })
}

fn listed(index: &ImportIndex) -> AnyView {
    if index.page.rows.is_empty() {
        let text = "An import takes past orders from a file. Nothing goes in before you have seen what would.";
        return view! { <Empty title="No imports yet" text=text/> }.into_any();
    }
    let rows = index.page.rows.iter().map(|run| row(index, run)).collect_view();
    let columns = vec![
        Column::text("File"),
        Column::text("Store").wide(),
        Column::text("Begun").wide(),
        Column::text("State"),
        Column::figures("Orders"),
        Column::figures("Problems").wide(),
    ];
    let address =
        |cursor: Cursor| url::with_query(&url::imports(index.frame.tenant()), [("cursor", cursor.encode().as_str())]);
    let (newer, older) = (index.page.newer.map(address), index.page.older.map(address));
    let pager = (newer.is_some() || older.is_some()).then(|| view! { <Pager newer older/> });
    view! {
        <Card flush=true><Table caption="Imports" columns>{rows}</Table></Card>
        {pager}
    }
    .into_any()
}

fn row(index: &ImportIndex, run: &Run) -> impl IntoView + use<> {
    let (tone, label) = pill::import(run.status);
    let clock = index.frame.clock(&run.store, index.now);
    let href = format!("{}/{}", url::imports(index.frame.tenant()), run.id);
    let summary = match (run.status, &run.preview) {
        (RunStatus::Checked, Some(preview)) => &preview.summary,
        _ => &run.summary,
    };
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let orders = number(summary.orders + summary.returns);
    let would = if run.status == RunStatus::Checked { "would be " } else { "" };
    view! {
        <tr>
            <td><a class="row-link clip" href=href dir="auto">{run.file_name.clone()}</a></td>
            <td class="wide">{run.store_name.clone()}</td>
            <td class="wide"><When at=run.created_at clock/></td>
            <td><Pill tone label/></td>
            <td class="num" title=format!("{would}{}", things(orders, "order", "orders"))>{count(orders)}</td>
            <td class="num wide">{count(number(run.problem_count))}</td>
        </tr>
    }
}
