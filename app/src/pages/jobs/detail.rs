//! One job: where it stands, why it waits, every attempt with what it said, and what people did to it.

use std::collections::HashMap;

use db::queue::console::{JobDetail, LogLine, NoteRow, RunDetail};
use domain::audit::{Changed, difference};
use domain::words;
use leptos::prelude::*;

use super::Shown;
use super::table::owner;
use super::words::{outcome, state, who};
use crate::ui::field::sentence;
use crate::ui::pill::{Pill, Tone};
use crate::ui::time::milliseconds;
use crate::ui::{Card, Clock, Notice, When};

/// Everything about `job` but its heading. `people` maps actors to e-mail addresses.
pub fn detail(shown: Shown<'_>, job: &JobDetail, people: &HashMap<String, String>, clock: Clock) -> AnyView {
    let waiting = job.waiting.iter().map(|why| view! { <p>{sentence(&why.to_string())}</p> }).collect_view();
    let waiting = (!job.waiting.is_empty()).then(|| {
        let needed = job.job.as_ref().is_some_and(|job| job.state.needs_a_person());
        let tone = if needed { Tone::Critical } else { Tone::Info };
        view! { <Notice tone><p><strong>"Why this job is not running"</strong></p>{waiting}</Notice> }
    });
    let runs = job.runs.iter().map(|run| attempt(run, clock)).collect_view();
    let attempts = if job.runs.is_empty() {
        view! { <p class="text-quiet">"No attempts yet."</p> }.into_any()
    } else {
        view! { <ol class="timeline">{runs}</ol> }.into_any()
    };
    view! {
        {waiting}
        <div class="grid grid-cols-1 items-start gap-3.5 md:grid-cols-two-thirds">
            <div class="flex flex-col gap-3.5">
                <Card title="Attempts">{attempts}</Card>
                {notes(&job.notes, people, clock)}
            </div>
            <div class="flex flex-col gap-3.5">
                {facts(shown, job, people, clock)}
                {payload(job)}
            </div>
        </div>
    }
    .into_any()
}

fn attempt(detail: &RunDetail, clock: Clock) -> impl IntoView + use<> {
    let run = &detail.run;
    let (tone, label) = outcome(run.outcome);
    let error = run.error.clone().map(|error| view! { <pre class="output" dir="auto">{error}</pre> });
    let log = (!detail.log.is_empty()).then(|| log(&detail.log));
    let took = format!("waited {}, ran for {}", milliseconds(run.wait_ms), milliseconds(run.run_ms));
    view! {
        <li>
            <p>{format!("Attempt {} ", run.attempt)}<Pill tone label/></p>
            <p class="text-xs/5 text-quiet"><When at=run.finished_at clock/>" · "{took}</p>
            {error}
            {log}
        </li>
    }
}

fn log(lines: &[LogLine]) -> impl IntoView + use<> {
    let line = |line: &LogLine| {
        let class = (line.level == "warn").then_some("text-attention");
        let text = format!(
            "{:>8}  {}{}",
            milliseconds(line.ms),
            if line.level == "warn" { "warning: " } else { "" },
            line.text
        );
        view! { <span class=class>{text}"\n"</span> }
    };
    let lines = lines.iter().map(line).collect_view();
    view! { <pre class="log" tabindex="0" aria-label="Log">{lines}</pre> }
}

fn facts(shown: Shown<'_>, detail: &JobDetail, people: &HashMap<String, String>, clock: Clock) -> AnyView {
    let last = detail.runs.first().map(|run| &run.run);
    let fact = |label: &'static str, value: AnyView| view! { <dt>{label}</dt><dd>{value}</dd> }.into_any();
    let text = |label: &'static str, value: String| fact(label, view! { <span dir="auto">{value}</span> }.into_any());
    let mut lines: Vec<AnyView> = Vec::new();
    match (&detail.job, last) {
        (Some(job), _) => {
            let (tone, label) = state(job.state);
            lines.push(fact("Status", view! { <Pill tone label/> }.into_any()));
            lines.push(text("Queue", job.queue.clone()));
            lines.extend(job.key.clone().map(|key| text("Key", key)));
            lines.push(text("Attempts", format!("{} of {}", job.attempt, job.max_attempts)));
            lines.push(text("Priority", job.priority.to_string()));
            lines.extend((job.crashes > 0).then(|| text("Crashes", job.crashes.to_string())));
            lines.push(fact("Enqueued", view! { <When at=job.enqueued_at clock/> }.into_any()));
            lines.push(fact(
                if job.run_at > clock.now { "Scheduled for" } else { "Ready since" },
                view! { <When at=job.run_at clock/> }.into_any(),
            ));
            lines.push(text("Requested by", who(&job.actor, people)));
            lines.extend(job.request_id.clone().map(|id| fact("Request ID", view! { <code>{id}</code> }.into_any())));
            lines.push(fact("Tenant", owner(job.tenant_slug.as_deref())));
        }
        (None, Some(run)) => {
            let (tone, label) = outcome(run.outcome);
            lines.push(fact("Result", view! { <Pill tone label/> }.into_any()));
            lines.push(text("Queue", run.queue.clone()));
            lines.extend(run.key.clone().map(|key| text("Key", key)));
            lines.push(fact("Enqueued", view! { <When at=run.enqueued_at clock/> }.into_any()));
            lines.push(fact("Finished", view! { <When at=run.finished_at clock/> }.into_any()));
            lines.push(fact("Tenant", owner(run.tenant_slug.as_deref())));
        }
        (None, None) => {}
    }
    // A tenant knows whose its jobs are.
    if shown != Shown::Platform {
        lines.pop();
    }
    view! { <Card title="Job"><dl class="facts">{lines}</dl></Card> }.into_any()
}

fn payload(detail: &JobDetail) -> Option<AnyView> {
    let payload =
        detail.job.as_ref().map(|job| &job.payload).or_else(|| detail.runs.first().map(|run| &run.payload))?;
    let fields = difference(None, Some(payload));
    let line = |field: Changed| {
        let value = words::value(&field.field, &field.after.unwrap_or_default());
        view! { <dt>{words::field(&field.field)}</dt><dd dir="auto">{value}</dd> }
    };
    let lines = fields.into_iter().map(line).collect_view();
    (payload.as_object().is_none_or(|fields| !fields.is_empty()))
        .then(|| view! { <Card title="Details"><dl class="facts">{lines}</dl></Card> }.into_any())
}

fn notes(notes: &[NoteRow], people: &HashMap<String, String>, clock: Clock) -> Option<AnyView> {
    let note = |note: &NoteRow| {
        view! {
            <li>
                <p>{words::sentence_of(&note.action)}<span class="text-xs/5 text-quiet">" by "{who(&note.actor, people)}</span></p>
                <p class="whitespace-pre-line text-muted" dir="auto">{note.reason.clone()}</p>
                <p class="text-xs/5 text-quiet"><When at=note.at clock/></p>
            </li>
        }
    };
    (!notes.is_empty()).then(|| {
        let notes = notes.iter().map(note).collect_view();
        view! { <Card title="Manual changes"><ol class="timeline">{notes}</ol></Card> }.into_any()
    })
}
