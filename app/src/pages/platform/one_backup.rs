//! One backup: everything that is known of it, and how it is brought back. That is done at the command line, where nobody
//! who is signed in here can do it by accident.

use domain::backups::{Kind, Status};
use leptos::prelude::*;

use super::model::OneBackup;
use crate::document::Document;
use crate::pages::backups::{kind, table};
use crate::ui::money::things;
use crate::ui::text::size;
use crate::ui::time::milliseconds;
use crate::ui::{Card, Notice, PageHeader, Tone, When};

/// Renders the page.
pub fn page(page: &OneBackup) -> Document {
    let backup = &page.backup;
    let whose = backup.tenant_slug.clone().unwrap_or_else(|| "the platform".to_owned());
    page.frame.render(&format!("Backup of {whose}"), || {
        let title = format!("{} of {whose}", kind(backup.kind));
        let (at, clock) = (backup.started_at, page.clock);
        let note = view! { <When at clock/>" · "<code>{backup.id.to_string()}</code> }.into_any();
        let rows = table(std::slice::from_ref(backup), clock, true, None);
        view! {
            <PageHeader title=title note=note back=("/platform/backups".to_owned(), "Backups")/>
            <Card flush=true>{rows}</Card>
            <div class="grid grid-cols-1 items-start gap-3.5 md:grid-cols-two-thirds">
                {restore(page)}
                {facts(page)}
            </div>
        }
    })
}

fn restore(page: &OneBackup) -> AnyView {
    let steps = match &page.plan {
        Err(words) => {
            let words = words.clone();
            return view! { <Card title="Restore"><Notice tone=Tone::Attention>{words}</Notice></Card> }.into_any();
        }
        Ok(steps) => steps.iter().map(|step| view! { <li>{step.clone()}</li> }).collect_view(),
    };
    let command = format!("stoa backup restore {}", page.backup.id);
    view! {
        <Card title="Restore">
            <ol class="plan">{steps}</ol>
            <p>"Run this on the server. It shows the plan and asks before it restores:"</p>
            <pre class="output" tabindex="0" aria-label="Command">{command}</pre>
        </Card>
    }
    .into_any()
}

fn facts(page: &OneBackup) -> AnyView {
    let backup = &page.backup;
    let held = match backup.kind {
        Kind::Files => things(backup.rows, "file", "files"),
        Kind::Full | Kind::Database => {
            let tables = things(backup.tables.into(), "table", "tables");
            format!("{} in {tables}", things(backup.rows, "row", "rows"))
        }
    };
    let mut facts = vec![
        ("Contents", held),
        ("Size", format!("{}, {} before compression", size(backup.bytes), size(backup.plain_bytes))),
        ("Trigger", backup.trigger.to_string().replace('-', " ")),
        ("Storage", backup.location.clone()),
        ("Encrypted for", backup.recipient.clone().unwrap_or_else(|| "not encrypted".to_owned())),
    ];
    facts.extend(backup.duration().map(|took| ("Duration", milliseconds(took.num_milliseconds()))));
    facts.extend(backup.verify_ms.map(|took| ("Verification took", milliseconds(took))));
    facts.extend(backup.manifest_sha256.as_ref().map(|hash| ("Manifest", hex::encode(hash))));
    facts.retain(|(label, _)| backup.status != Status::Running || !matches!(*label, "Contents" | "Size"));
    let facts = facts.into_iter().map(|(label, value)| view! { <dt>{label}</dt><dd>{value}</dd> }).collect_view();
    view! { <Card title="Details"><dl class="facts">{facts}</dl></Card> }.into_any()
}
