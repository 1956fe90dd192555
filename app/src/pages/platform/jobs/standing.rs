//! What stands: queues, timetable, locks, and what people changed lately.

use std::collections::HashMap;

use db::queue::console::{EntryRow, LockRow, NoteRow, QueueRow};
use domain::jobs::RunOutcome;
use leptos::prelude::*;

use super::act;
use crate::pages::jobs::who;
use crate::ui::money::count;
use crate::ui::pill::{Pill, Tone};
use crate::ui::table::{Column, Table};
use crate::ui::time::{since, span};
use crate::ui::{Card, Clock};
use crate::url::escape;

/// The queues.
pub fn queues(queues: &[QueueRow], people: &HashMap<String, String>, clock: Clock) -> AnyView {
    let row = |queue: &QueueRow| {
        let state = match queue.paused_at {
            Some(at) => {
                let by = queue.paused_by.as_deref().map(|actor| who(actor, people)).unwrap_or_default();
                let why = format!("by {by}: {}", queue.reason.clone().unwrap_or_default());
                view! {
                    <Pill tone=Tone::Attention label="Paused"/>
                    <span class="under"><span>{since(at, clock)}</span><span class="clip wide-clip" dir="auto">{why}</span></span>
                }
                .into_any()
            }
            None if queue.workers == 0 => view! { <Pill tone=Tone::Critical label="No worker"/> }.into_any(),
            None => view! { <Pill label="Active"/> }.into_any(),
        };
        let (label, verb) = if queue.paused_at.is_some() { ("Resume", "resume") } else { ("Pause", "pause") };
        let action = format!("/platform/jobs/queues/{}/{verb}", escape(&queue.name));
        view! {
            <tr>
                <td class="whitespace-nowrap">{queue.name.clone()}</td>
                <td>{state}</td>
                <td class="num">{count(queue.ready)}</td>
                <td class="num wide">{count(queue.running)}</td>
                <td class="wide">{queue.oldest.map(|at| span(clock.now - at))}</td>
                <td class="num wide">{count(queue.workers)}</td>
                <td class="num">{act(action, label, &queue.name)}</td>
            </tr>
        }
    };
    let rows = queues.iter().map(row).collect_view();
    let columns = vec![
        Column::text("Queue"),
        Column::text("Status"),
        Column::figures("Ready"),
        Column::figures("Running").wide(),
        Column::text("Oldest pending").wide(),
        Column::figures("Workers").wide(),
        Column::figures("Actions"),
    ];
    view! { <Card title="Queues" flush=true><Table caption="Queues" columns dense=true>{rows}</Table></Card> }
        .into_any()
}

/// The timetable.
pub fn timetable(entries: &[EntryRow], clock: Clock) -> AnyView {
    let row = |entry: &EntryRow| {
        let address = |verb: &str| format!("/platform/jobs/timetable/{}/{verb}", escape(&entry.name));
        let (label, verb) = if entry.enabled { ("Disable", "disable") } else { ("Enable", "enable") };
        let next = if entry.enabled {
            since(entry.next_tick, clock)
        } else {
            view! { <Pill tone=Tone::Attention label="Disabled"/> }.into_any()
        };
        let last = entry.last_tick.map(|at| since(at, clock));
        let outcome = entry.last_outcome.filter(|o| *o != RunOutcome::Done);
        let outcome = outcome.map(|o| view! { " "<span class="text-critical">{o.as_str()}</span> });
        let missed = entry.missed_at.filter(|_| entry.missed > 0).map(|at| {
            view! { <span class="under"><span>{count(entry.missed)}" missed, last "{since(at, clock)}</span></span> }
        });
        view! {
            <tr>
                <td><span class="whitespace-nowrap">{entry.name.clone()}</span><span class="under"><code>{entry.cron.clone()}</code><span>{entry.zone.replace('_', " ")}</span></span></td>
                <td>{next}</td>
                <td class="wide">{last}{outcome}{missed}</td>
                <td class="num"><span class="inline-flex gap-1.5">{act(address("run"), "Run now", &entry.name)}{act(address(verb), label, &entry.name)}</span></td>
            </tr>
        }
    };
    let rows = entries.iter().map(row).collect_view();
    let columns =
        vec![Column::text("Entry"), Column::text("Next"), Column::text("Last").wide(), Column::figures("Actions")];
    view! { <Card title="Schedule" flush=true><Table caption="Schedule" columns dense=true>{rows}</Table></Card> }
        .into_any()
}

/// Locks that are held.
pub fn locks(locks: &[LockRow], clock: Clock) -> AnyView {
    if locks.is_empty() {
        return view! { <Card title="Locks"><p class="text-quiet">"No locks are held."</p></Card> }.into_any();
    }
    let row = |lock: &LockRow| {
        let over = lock.is_over.then(|| view! { <Pill tone=Tone::Attention label="Lease expired"/> });
        let action = format!("/platform/jobs/locks/{}/break", escape(&lock.name));
        view! {
            <tr>
                <td><span class="clip wide-clip">{lock.name.clone()}</span>" "{over}</td>
                <td class="wide"><span class="clip">{lock.holder.clone()}</span></td>
                <td>{since(lock.acquired_at, clock)}</td>
                <td class="wide"><span class="clip" dir="auto">{lock.reason.clone()}</span></td>
                <td class="num">{act(action, "Break", &lock.name)}</td>
            </tr>
        }
    };
    let rows = locks.iter().map(row).collect_view();
    let columns = vec![
        Column::text("Lock"),
        Column::text("Holder").wide(),
        Column::text("Held since"),
        Column::text("Reason").wide(),
        Column::figures("Actions"),
    ];
    view! { <Card title="Locks" flush=true><Table caption="Locks" columns dense=true>{rows}</Table></Card> }.into_any()
}

/// What people changed lately.
pub fn notes(notes: &[NoteRow], people: &HashMap<String, String>, clock: Clock) -> Option<AnyView> {
    let row = |note: &NoteRow| {
        view! {
            <tr>
                <td>{note.action.replace('_', " ")}</td>
                <td><span class="clip wide-clip" dir="auto">{note.subject.clone()}</span></td>
                <td class="wide"><span class="clip">{who(&note.actor, people)}</span></td>
                <td class="wide"><span class="clip wide-clip" dir="auto">{note.reason.clone()}</span></td>
                <td>{since(note.at, clock)}</td>
            </tr>
        }
    };
    let columns = vec![
        Column::text("Actions"),
        Column::text("Target"),
        Column::text("By").wide(),
        Column::text("Reason").wide(),
        Column::text("Time"),
    ];
    (!notes.is_empty()).then(|| {
        let rows = notes.iter().map(row).collect_view();
        view! { <Card title="Manual changes" flush=true><Table caption="Manual changes" columns dense=true>{rows}</Table></Card> }
            .into_any()
    })
}
