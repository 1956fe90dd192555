//! Who works, and at what.

use db::queue::console::{AtWork, WorkerRow, WorkerState};
use leptos::prelude::*;

use crate::pages::jobs::Shown;
use crate::ui::pill::{Pill, Tone};
use crate::ui::table::{Column, Table};
use crate::ui::time::since;
use crate::ui::{Card, Clock};

/// Those at work, and those that were lately.
pub fn workers(workers: &[WorkerRow], clock: Clock) -> AnyView {
    if workers.is_empty() {
        let words = "No worker ran in the last day. Start one with: stoa worker";
        return view! { <Card title="Workers"><p class="text-quiet">{words}</p></Card> }.into_any();
    }
    let rows = workers.iter().map(|worker| row(worker, clock)).collect_view();
    let columns = vec![
        Column::text("Process"),
        Column::text("Status"),
        Column::text("Queues").wide(),
        Column::figures("Busy"),
        Column::text("Current jobs"),
        Column::text("Started").wide(),
        Column::text("Last seen").wide(),
    ];
    view! { <Card title="Workers" flush=true><Table caption="Workers" columns dense=true>{rows}</Table></Card> }
        .into_any()
}

fn row(worker: &WorkerRow, clock: Clock) -> impl IntoView + use<> {
    let (tone, label) = match worker.state {
        WorkerState::Working => (Tone::Neutral, "Working"),
        WorkerState::Stopping => (Tone::Info, "Stopping"),
        WorkerState::Lost => (Tone::Critical, "Lost"),
        WorkerState::Stopped => (Tone::Neutral, "Stopped"),
    };
    let process = format!("{}:{}", worker.host, worker.pid);
    let jobs = worker.jobs.iter().take(5).map(|job| at_work(job, clock)).collect_view();
    let more = worker.jobs.len().saturating_sub(5);
    let more = (more > 0).then(|| view! { <span class="text-quiet">{format!("and {more} more")}</span> });
    let idle = worker.jobs.is_empty().then(|| view! { <span class="text-quiet">"nothing"</span> });
    view! {
        <tr>
            <td><span class="clip" title=format!("version {}", worker.version)>{process}</span></td>
            <td><Pill tone label/></td>
            <td class="wide">{worker.queues.join(", ")}</td>
            <td class="num">{format!("{} of {}", worker.jobs.len(), worker.slots)}</td>
            <td><span class="flex flex-col">{idle}{jobs}{more}</span></td>
            <td class="wide">{since(worker.started_at, clock)}</td>
            <td class="wide">{since(worker.seen_at, clock)}</td>
        </tr>
    }
}

fn at_work(job: &AtWork, clock: Clock) -> impl IntoView + use<> {
    let href = Shown::Platform.job(job.tenant, job.tenant_slug.as_deref(), job.id);
    let whose = job.tenant_slug.clone().map(|slug| format!(" of {slug}"));
    let at = job.started_at.map(|at| view! { " "<span class="text-quiet">{since(at, clock)}</span> });
    view! { <span><a class="underline" href=href>{job.kind.clone()}</a>{whose}{at}</span> }
}
