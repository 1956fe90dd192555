//! How many backups there are, how large, and whether somebody must look.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::backups::{KindSummary, Summary};
use domain::backups::Alarm;
use domain::ids::TenantId;
use leptos::prelude::*;

use super::table::kind;
use crate::ui::field::sentence;
use crate::ui::money::{count, things};
use crate::ui::pill::Tone;
use crate::ui::text::size;
use crate::ui::time::{since, span};
use crate::ui::{Clock, Figure, Notice};

/// Most alarms that are shown one by one.
const ALARMS: usize = 20;

/// What somebody must look at. `names` says whose, where that is not plain.
pub fn alarms(alarms: &[Alarm], names: &HashMap<TenantId, String>) -> AnyView {
    let one = |alarm: &Alarm| {
        let whose = names.get(&alarm.tenant).map(|name| format!("{name}: "));
        let words = sentence(&alarm.words);
        view! { <Notice tone=Tone::Critical><p>{whose}{words}</p></Notice> }
    };
    let more = alarms.len().saturating_sub(ALARMS);
    let more = (more > 0).then(|| {
        let words = format!("{} more.", things(i64::try_from(more).unwrap_or(i64::MAX), "alarm", "alarms"));
        view! { <Notice tone=Tone::Critical><p>{words}</p></Notice> }
    });
    let shown = alarms.iter().take(ALARMS).map(one).collect_view();
    view! { {shown}{more} }.into_any()
}

/// Count, size and age, as a whole and by kind; when the next is due.
pub fn figures(summary: &Summary, due: DateTime<Utc>, clock: Clock) -> AnyView {
    let whole = card("Stored backups", count(summary.count), size(summary.bytes));
    let kinds = summary.kinds.iter().map(|k| by_kind(k, clock)).collect_view();
    let next = card(
        "Next backup",
        format!("in {}", span(due - clock.now)),
        format!("{} {}", clock.short(due), clock.zone_name()),
    );
    view! { <div class="grid grid-cols-tiles gap-2 sm:gap-3">{whole}{kinds}{next}</div> }.into_any()
}

fn card(label: &'static str, value: String, foot: String) -> AnyView {
    let foot = view! { <span class="text-quiet">{foot}</span> }.into_any();
    view! { <Figure label value=value.into_any() foot/> }.into_any()
}

fn by_kind(found: &KindSummary, clock: Clock) -> AnyView {
    let newest = match found.newest_verified {
        Some(at) => view! { "last verified "{since(at, clock)} }.into_any(),
        None => view! { <span class="text-critical">"none verified"</span> }.into_any(),
    };
    let failed = (found.failed > 0).then(|| {
        view! { " "<span class="text-critical">{format!("{} failed", count(found.failed))}</span> }
    });
    let foot = view! { <span class="text-quiet">{size(found.bytes)}", "{newest}{failed}</span> }.into_any();
    view! { <Figure label=kind(found.kind) value=count(found.count).into_any() foot/> }.into_any()
}
