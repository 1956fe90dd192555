//! Steps 2 and 3: what a check found, how far a run is, what it came to.

use domain::imports::RunStatus;
use leptos::prelude::*;

use super::model::ImportPage;
use super::outcome::{done, failed};
use super::preview::checked;
use super::problems::problems;
use super::steps;
use crate::document::Document;
use crate::islands::{ImportProgress, Progress};
use crate::ui::field::sentence;
use crate::ui::pill::{self, Pill, Tone};
use crate::ui::text::{format, size};
use crate::ui::{Card, Notice, PageHeader, When};
use crate::url;

/// Seconds after which a page without scripts looks again.
const RELOAD: u32 = 3;

/// Renders the page.
pub fn page(page: &ImportPage) -> Document {
    let run = &page.run;
    let moving = !run.status.is_settled();
    page.frame.render_with(&run.file_name, moving.then_some(RELOAD), || {
        let (tone, label) = pill::import(run.status);
        let size = size(i64::try_from(run.file_size).unwrap_or(i64::MAX));
        let about = format!(" · {size} · {} · into {} · ", format(run.format).0, run.store_name);
        let (at, clock) = (run.created_at, page.clock());
        let note = view! { <Pill tone label/>{about}<When at clock/> }.into_any();
        let back = (url::imports(page.frame.tenant()), "Imports");
        let begun = run.started_at.is_some() || matches!(run.status, RunStatus::Queued | RunStatus::Running);
        let step = if begun { 3 } else { 2 };
        let state = match run.status {
            RunStatus::Checking | RunStatus::Queued | RunStatus::Running => moving_on(page),
            RunStatus::Checked => checked(page),
            RunStatus::Done => done(page),
            RunStatus::Failed => failed(page),
        };
        view! {
            <PageHeader title=run.file_name.clone() note=note back=back/>
            {steps(step)}
            {page.done.map(|words| view! { <Notice tone=Tone::Positive>{words}</Notice> })}
            {state}
            {problems(page)}
        }
    })
}

// Lines a second since it began; 0 when that says nothing. Where scripts run, they measure what it is now.
fn rate(page: &ImportPage) -> u64 {
    let seconds = page.run.started_at.map_or(0, |at| (page.frame.now - at).num_seconds());
    u64::try_from(seconds).ok().and_then(|seconds| page.run.summary.read.checked_div(seconds)).unwrap_or_default()
}

fn moving_on(page: &ImportPage) -> AnyView {
    let run = &page.run;
    let title = match run.status {
        RunStatus::Checking => "Checking file",
        RunStatus::Queued => "Queued",
        _ => "Importing orders",
    };
    let begun = Progress {
        lines: run.summary.read,
        of: run.total_lines,
        stored: run.summary.orders + run.summary.returns,
        problems: run.problem_count,
        rate: rate(page),
    };
    let id = run.id.to_string();
    let apart = page.frame.numbers.thousands().to_owned();
    let events = page.frame.live.address(page.frame.tenant());
    let bar = events.map(|events| view! { <ImportProgress events run=id begun apart/> });
    let trouble = run.error.clone().map(|words| {
        view! { <Notice tone=Tone::Attention>{format!("The last attempt stopped: {} Stoa retries automatically.", sentence(&words))}</Notice> }
    });
    view! {
        <Card title=title>
            {trouble}
            {bar}
            <p class="text-quiet">"You can leave this page. The import continues."</p>
            <noscript><p class="text-quiet">"This page reloads every few seconds."</p></noscript>
        </Card>
    }
    .into_any()
}
