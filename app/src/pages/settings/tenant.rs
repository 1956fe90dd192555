//! What is set for the tenant as a whole: numbers, how long things are kept, when backups are made.

use chrono::TimeDelta;
use domain::numbers::NumberFormat;
use domain::settings::FEWEST_EVENTS;
use leptos::prelude::*;

use super::SettingsPage;
use crate::ui::money::count;
use crate::ui::{Button, Card, Clock, Field, SelectField};

/// Numbers, and how long things are kept.
pub fn general(page: &SettingsPage) -> AnyView {
    let action = format!("/t/{}/settings", page.frame.tenant());
    let formats = NumberFormat::ALL.map(|format| (format.as_str().to_owned(), format.sample().to_owned())).to_vec();
    let settings = &page.settings;
    let numbers = page.value("numbers", settings.numbers);
    let zone = page.value("zone", settings.zone.map(|zone| zone.name()).unwrap_or_default());
    let zoned = "Used on pages that show all stores. Leave empty to use the time zone of your first store.";
    let events = page.value("event_days", settings.event_days);
    let imports = page.value("import_days", settings.import_days.map(|days| days.to_string()).unwrap_or_default());
    let fault = |name: &str| page.faults.of(name).map(str::to_owned);
    let shown = "Used on pages. Exports and the API use plain numbers.";
    let feed = "How far back apps and open pages can catch up. At least the newest 10,000 events are stored.";
    let ended = "Days after an import finished. Leave empty to store it forever. Imported orders are never deleted.";
    let inner = view! {
            <form class="stack max-w-110" method="post" action=action>
                <SelectField name="numbers" label="Number format" options=formats chosen=numbers fault=fault("numbers") hint=shown/>
                <Field name="zone" label="Time zone (such as Europe/London)" value=zone fault=fault("zone") hint=zoned/>
                <Field name="event_days" label="Event history (days)" value=events fault=fault("event_days") hint=feed/>
                <Field name="import_days" label="Import history (days)" value=imports fault=fault("import_days") hint=ended/>
                <div class="actions"><Button label="Save settings"/></div>
            </form>
    };
    view! { <Card title="General">{inner}</Card> }.into_any()
}

/// When backups are made.
pub fn backups(page: &SettingsPage) -> AnyView {
    let action = format!("/t/{}/settings/backups", page.frame.tenant());
    let clock = page.frame.clock();
    let hint = format!("Time zone: {}, at today's offset.", clock.zone_name());
    let chosen = page.value("hour", page.settings.backup_hour);
    let fault = page.faults.of("hour").map(str::to_owned);
    let inner = view! {
            <form class="stack max-w-110" method="post" action=action>
                <SelectField name="hour" label="Daily backup at" options=hours(&clock) chosen=chosen fault=fault/>
                <p class="hint">{hint}</p>
                <div class="actions"><Button label="Save backup time"/></div>
            </form>
    };
    view! { <Card title="Backups">{inner}</Card> }.into_any()
}

// The hours of UTC by which backups are made, as the page's clock tells them, in its order.
fn hours(clock: &Clock) -> Vec<(String, String)> {
    let midnight = clock.now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    let hour = |h: i64| (clock.hour(midnight + TimeDelta::hours(h)), h.to_string());
    let mut hours: Vec<_> = (0..24).map(hour).collect();
    hours.sort();
    hours.into_iter().map(|(told, hour)| (hour, told)).collect()
}

/// How long things are kept, whoever decides it.
pub fn kept(page: &SettingsPage) -> AnyView {
    let days = |n: u32| format!("{} days", count(n.into()));
    let orders = match page.retention_quarters {
        0 => "Forever".to_owned(),
        n => format!("Available for {n} quarters, then archived. Ask your platform admin to restore archived orders."),
    };
    let backups = days(page.backup_days);
    let events = format!("{}, and at least the newest {}", days(page.settings.event_days.into()), count(FEWEST_EVENTS));
    let imports = page.settings.import_days.map_or_else(|| "Forever".to_owned(), |n| days(n.into()));
    let inner = view! {
            <dl class="facts">
                <dt>"Orders"</dt><dd>{orders}</dd>
                <dt>"Backups"</dt><dd>{backups}</dd>
                <dt>"Events"</dt><dd>{events}</dd>
                <dt>"Imports"</dt><dd>{imports}</dd>
                <dt>"Audit log"</dt><dd>"Forever"</dd>
            </dl>
            <p class="hint">"You set event and import history above. Your plan and your platform admin set the rest."</p>
    };
    view! { <Card title="Data retention">{inner}</Card> }.into_any()
}
