//! Backups as rows: proof, size beside the one before, age.

use db::backups::{Backup, Proof};
use domain::backups::{Kind, Offsite, Trigger};
use leptos::prelude::*;

use crate::ui::change::{Change, Direction};
use crate::ui::field::sentence;
use crate::ui::icon::{Icon, Sign};
use crate::ui::money::{count, things};
use crate::ui::pill::Tone;
use crate::ui::table::{Column, Table};
use crate::ui::text::size;
use crate::ui::time::{since, span};
use crate::ui::{Clock, When};

/// What a backup holds.
pub const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Full => "Platform",
        Kind::Database => "Data",
        Kind::Files => "Files",
    }
}

/// One page of backups, newest first. On the platform each row says whose it is, and leads on; within a tenant each may
/// be downloaded from below `download`.
pub fn table(rows: &[Backup], clock: Clock, platform: bool, download: Option<&str>) -> AnyView {
    let mut columns = vec![Column::text("Status")];
    columns.extend(platform.then(|| Column::text("Tenant").wide()));
    columns.extend([
        Column::text("Type"),
        Column::figures("Size"),
        Column::time("Created", &clock).wide(),
        Column::time("Expires", &clock).wide(),
    ]);
    columns.extend(download.map(|_| Column::text("Download").wide()));
    let rows = rows.iter().map(|backup| row(backup, clock, platform, download)).collect_view();
    view! { <Table caption="Backups" columns>{rows}</Table> }.into_any()
}

fn row(backup: &Backup, clock: Clock, platform: bool, download: Option<&str>) -> impl IntoView + use<> {
    let whose = platform.then(|| {
        let whose = match (&backup.tenant_slug, backup.tenant.0.is_nil()) {
            (Some(slug), _) => slug.clone().into_any(),
            (None, true) => view! { <span class="text-quiet">"Platform"</span> }.into_any(),
            (None, false) => view! { <span class="text-quiet">"a deleted tenant"</span> }.into_any(),
        };
        view! { <td class="wide">{whose}</td> }
    });
    let why = match backup.trigger {
        Trigger::Schedule => None,
        Trigger::Demand => Some("on demand"),
        Trigger::BeforeRestore => Some("before a restore"),
    };
    let why = why.map(|why| view! { <span class="under"><span>{why}</span></span> });
    let until = backup.expires_at.filter(|_| backup.status.is_kept()).map(|at| view! { <When at clock/> });
    let holds = if platform {
        view! { <a href=format!("/platform/backups/{}", backup.id)>{kind(backup.kind)}</a> }.into_any()
    } else {
        kind(backup.kind).into_any()
    };
    let copy = download.map(|path| {
        let href = format!("{path}/{}/download", backup.id);
        let label =
            format!("Download the {} backup of {}", kind(backup.kind).to_lowercase(), clock.short(backup.started_at));
        let link = backup.status.is_kept().then(|| view! { <a href=href aria-label=label>"Download"</a> });
        view! { <td class="wide">{link}</td> }
    });
    view! {
        <tr>
            <td>{proof(backup, clock)}</td>
            {whose}
            <td>{holds}{elsewhere(backup)}</td>
            <td class="num">{measured(backup)}</td>
            <td class="wide">{since(backup.started_at, clock)}{why}</td>
            <td class="wide">{until}</td>
            {copy}
        </tr>
    }
}

// The first thing that a row says: what proves it.
fn proof(backup: &Backup, clock: Clock) -> AnyView {
    let things_of = |n: i64| match backup.kind {
        Kind::Files => things(n, "file", "files"),
        Kind::Full | Kind::Database => things(n, "row", "rows"),
    };
    let (tone, sign, words) = match backup.proof(clock.now) {
        Proof::ReadBack { ago, rows } => {
            (Tone::Positive, Sign::Check, format!("Verified {} ago, {} match", span(ago), things_of(rows)))
        }
        Proof::Running => return running(backup),
        Proof::Waiting => (Tone::Attention, Sign::Clock, "Not verified yet".to_owned()),
        Proof::Bad => (Tone::Critical, Sign::Stop, "Not usable".to_owned()),
    };
    let error = backup.verify_error.as_ref().or(backup.error.as_ref());
    let error = error
        .map(|error| view! { <span class="under ps-6"><span class="wrap" dir="auto">{sentence(error)}</span></span> });
    // Only trouble colours the text too.
    let text = if tone == Tone::Positive { "" } else { "toned" };
    view! {
        <span class=format!("inline-flex items-center gap-2 align-middle font-medium {} {text}", tone.as_str())>
            <span class="toned"><Icon sign/></span>
            {words}
        </span>
        {error}
    }
    .into_any()
}

fn running(backup: &Backup) -> AnyView {
    let progress = &backup.progress;
    let step = if progress.step.is_empty() { "Starting".to_owned() } else { sentence(&progress.step) };
    let number = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
    let words = match progress.total {
        0 => step,
        total => format!("{} {} of {}", step, number(progress.done), number(total)),
    };
    let (max, value) = (progress.total.max(1).to_string(), progress.done.to_string());
    view! {
        <span class="inline-flex items-center gap-2 align-middle font-medium"><Icon sign=Sign::Clock/>"In progress"</span>
        <span class="under ps-6"><span role="status">{words}</span></span>
        <progress class="my-1 ms-6 h-1.5 w-[min(220px,100%)]" max=max value=value aria-label="Backup progress"></progress>
    }
    .into_any()
}

// Its size in the storage; how much there was to save beside the one before.
fn measured(backup: &Backup) -> AnyView {
    if backup.finished_at.is_none() || !backup.status.is_kept() {
        return view! { <span class="text-quiet">"\u{2013}"</span> }.into_any();
    }
    let change = backup.bytes_before.map(|before| {
        let change = Change::new(Some(backup.plain_bytes), Some(before));
        let (way, bad) = match change.direction {
            Direction::Up => ("\u{2191} ", false),
            Direction::Down => ("\u{2193} ", backup.plain_bytes < before / 2),
            Direction::Level => ("", false),
        };
        let class = if bad { "text-critical" } else { "text-quiet" };
        view! { <span class="under justify-end"><span class=class title="compared with the previous backup">{way}{change.words}</span></span> }
    });
    let plain = format!("{} before compression", size(backup.plain_bytes));
    view! { <span title=plain>{size(backup.bytes)}</span>{change} }.into_any()
}

fn elsewhere(backup: &Backup) -> Option<AnyView> {
    let words = match backup.offsite {
        Offsite::None => return None,
        Offsite::Waiting => view! { <span>"off-site copy pending"</span> }.into_any(),
        Offsite::Copied => view! { <span>"off-site copy stored"</span> }.into_any(),
        Offsite::Failed => {
            let why = backup.offsite_error.clone().unwrap_or_default();
            view! { <span class="text-critical" title=why>"off-site copy failed"</span> }.into_any()
        }
    };
    Some(view! { <span class="under">{words}</span> }.into_any())
}
