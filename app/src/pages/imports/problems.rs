//! What is wrong with a file: line, column, reason, page by page.

use db::imports::MAX_STORED;
use domain::imports::{Problem, ProblemKind};
use domain::orders::number::shown;
use leptos::prelude::*;

use super::model::ImportPage;
use crate::ui::field::sentence;
use crate::ui::money::{count, things};
use crate::ui::pill::{Pill, Tone};
use crate::ui::table::{Column, Table};
use crate::ui::{ButtonLink, Card};
use crate::url;

/// One page of problems, when there are any.
pub fn problems(page: &ImportPage) -> Option<AnyView> {
    let total = i64::try_from(page.run.problem_count).unwrap_or(i64::MAX);
    let rows = page.problems.rows.iter().map(row).collect_view();
    let columns = vec![
        Column::figures("Line"),
        Column::text("Column"),
        Column::text("Order"),
        Column::text("Problem"),
        Column::text("Result"),
    ];
    let address = page.address();
    let first = (!page.is_first).then(|| view! { <ButtonLink href=address.clone() label="First problems"/> });
    let next = page.problems.next.map(|key| {
        let href = url::with_query(&address, [("after", key.to_string().as_str())]);
        view! { <ButtonLink href=href label="More problems"/> }
    });
    let kept = i64::try_from(MAX_STORED).unwrap_or(i64::MAX);
    let cut = (total > kept).then(|| {
        view! { <p class="px-4 pb-3.5 text-quiet">{format!("Only the first {} are listed.", count(kept))}</p> }
    });
    let checked = page.run.preview.as_ref().map(|preview| &preview.summary);
    let rejected = page.run.summary.rejected.max(checked.map_or(0, |summary| summary.rejected));
    let skipped = page.run.summary.skipped.max(checked.map_or(0, |summary| summary.skipped));
    let title = match (rejected, skipped) {
        (0, 0) => things(total, "adjustment", "adjustments"),
        (0, _) => format!("{} skipped by rule", things(total, "order", "orders")),
        _ => things(total, "problem", "problems"),
    };
    let found = !page.problems.rows.is_empty() || total > 0;
    found.then(|| {
        view! {
            <Card title=title flush=true>
                <Table caption="Problems" columns dense=true>{rows}</Table>
                {cut}
            </Card>
            <nav class="pager" aria-label="Pages of problems">{first}{next}</nav>
        }
        .into_any()
    })
}

fn row(problem: &Problem) -> impl IntoView + use<> {
    let (tone, label) = match problem.kind {
        ProblemKind::Rejected => (Tone::Critical, "Rejected"),
        ProblemKind::Skipped => (Tone::Neutral, "Skipped"),
        ProblemKind::Adjusted => (Tone::Info, "Adjusted"),
    };
    let column = if problem.column.is_empty() { "whole line".to_owned() } else { problem.column.clone() };
    view! {
        <tr>
            <td class="num">{count(i64::try_from(problem.line).unwrap_or(i64::MAX))}</td>
            <td><code>{column}</code></td>
            <td><span class="clip">{problem.order.as_deref().map(|order| shown(order).into_owned())}</span></td>
            <td class="wrap" dir="auto">{sentence(&problem.reason)}</td>
            <td><Pill tone label/></td>
        </tr>
    }
}
