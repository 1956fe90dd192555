//! Jobs and attempts as rows.

use db::queue::console::{JobRow, RunRow};
use domain::jobs::JobState;
use leptos::prelude::*;

use super::Shown;
use super::words::{self, outcome};
use crate::ui::money::count;
use crate::ui::pill::Pill;
use crate::ui::table::{Column, Table};
use crate::ui::time::{milliseconds, since};
use crate::ui::{Clock, When};

/// Live jobs of one state. With `choose`, each has a box: the rows stand in a form then.
pub fn live_table(shown: Shown<'_>, rows: &[JobRow], state: JobState, clock: Clock, choose: bool) -> AnyView {
    let time = match state {
        JobState::Ready => "Ready since",
        JobState::Scheduled => "Scheduled for",
        JobState::Running => "Running since",
        JobState::Dead | JobState::Parked => "Since",
    };
    let platform = shown == Shown::Platform;
    let mut columns = Vec::new();
    columns.extend(choose.then(|| Column::text("Select")));
    columns.push(Column::text("Job"));
    columns.extend(platform.then(|| Column::text("Tenant").wide()));
    columns.extend([
        Column::text("Queue").wide(),
        Column::time(time, &clock),
        Column::figures("Attempts").wide(),
        Column::text("Last error").wide(),
    ]);
    let rows = rows.iter().map(|job| live(shown, job, clock, choose)).collect_view();
    view! { <Table caption="Jobs" columns dense=true>{rows}</Table> }.into_any()
}

fn live(shown: Shown<'_>, job: &JobRow, clock: Clock, choose: bool) -> impl IntoView + use<> {
    let href = shown.job(job.tenant, job.tenant_slug.as_deref(), job.id);
    let tick = choose.then(|| {
        let value = format!("{}/{}", job.tenant, job.id);
        view! { <td class="w-4"><input type="checkbox" name="job" value=value aria-label=format!("Select {} {}", words::kind(&job.kind), job.id)/></td> }
    });
    let at = if job.state == JobState::Running { job.started_at.unwrap_or(job.run_at) } else { job.run_at };
    let tenant =
        (shown == Shown::Platform).then(|| view! { <td class="wide">{owner(job.tenant_slug.as_deref())}</td> });
    let tries = format!("{} of {}", job.attempt, job.max_attempts);
    view! {
        <tr>
            {tick}
            <td>{name(href, &job.kind, job.key.as_deref())}</td>
            {tenant}
            <td class="wide">{job.queue.clone()}</td>
            <td>{since(at, clock)}</td>
            <td class="num wide">{tries}</td>
            <td class="wide"><span class="clip wide-clip" dir="auto" title=job.last_error.clone()>{job.last_error.clone()}</span></td>
        </tr>
    }
}

/// Attempts, newest first.
pub fn runs_table(shown: Shown<'_>, rows: &[RunRow], clock: Clock) -> AnyView {
    let platform = shown == Shown::Platform;
    let mut columns = vec![Column::text("Job")];
    columns.extend(platform.then(|| Column::text("Tenant").wide()));
    columns.extend([
        Column::text("Result"),
        Column::time("Finished", &clock),
        Column::figures("Attempt").wide(),
        Column::figures("Waited").wide(),
        Column::figures("Duration"),
        Column::text("Error").wide(),
    ]);
    let rows = rows.iter().map(|run| attempt(shown, run, clock)).collect_view();
    view! { <Table caption="Attempts" columns dense=true>{rows}</Table> }.into_any()
}

fn attempt(shown: Shown<'_>, run: &RunRow, clock: Clock) -> impl IntoView + use<> {
    let (tone, label) = outcome(run.outcome);
    let href = shown.job(run.tenant, run.tenant_slug.as_deref(), run.job);
    let tenant =
        (shown == Shown::Platform).then(|| view! { <td class="wide">{owner(run.tenant_slug.as_deref())}</td> });
    view! {
        <tr>
            <td>{name(href, &run.kind, run.key.as_deref())}</td>
            {tenant}
            <td><Pill tone label/></td>
            <td><When at=run.finished_at clock/></td>
            <td class="num wide">{count(run.attempt.into())}</td>
            <td class="num wide">{milliseconds(run.wait_ms)}</td>
            <td class="num">{milliseconds(run.run_ms)}</td>
            <td class="wide"><span class="clip wide-clip" dir="auto" title=run.error.clone()>{run.error.clone()}</span></td>
        </tr>
    }
}

/// Whose a job is.
pub fn owner(slug: Option<&str>) -> AnyView {
    match slug {
        Some(slug) => slug.to_owned().into_any(),
        None => view! { <span class="text-quiet">"Platform"</span> }.into_any(),
    }
}

fn name(href: String, kind: &str, key: Option<&str>) -> impl IntoView + use<> {
    let key = key.map(|key| view! { <span class="under"><span class="clip" dir="auto">{key.to_owned()}</span></span> });
    view! { <a class="font-medium text-ink" href=href>{words::kind(kind)}</a>{key} }
}
