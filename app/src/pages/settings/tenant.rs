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
    let zoned = "Pages about all stores show their times in it. Leave it empty to use the zone of your first store.";
    let events = page.value("event_days", settings.event_days);
    let imports = page.value("import_days", settings.import_days.map(|days| days.to_string()).unwrap_or_default());
    let fault = |name: &str| page.faults.of(name).map(str::to_owned);
    let shown = "On the pages of this account. Exports and the API stay plain.";
    let feed = "What programs and open pages can catch up with. The newest ten thousand are kept in any case.";
    let ended = "After they ended; empty for ever. Orders that an import stored are never removed by this.";
    let inner = view! {
            <form class="stack narrow" method="post" action=action>
                <SelectField name="numbers" label="Numbers are written" options=formats chosen=numbers fault=fault("numbers") hint=shown/>
                <Field name="zone" label="Time zone, such as Europe/London" value=zone fault=fault("zone") hint=zoned/>
                <Field name="event_days" label="Keep events of the feed for (days)" value=events fault=fault("event_days") hint=feed/>
                <Field name="import_days" label="Keep imports and their problems for (days)" value=imports fault=fault("import_days") hint=ended/>
                <div class="actions"><Button label="Save these settings"/></div>
            </form>
    };
    view! { <Card title="Account">{inner}</Card> }.into_any()
}

/// When backups are made.
pub fn backups(page: &SettingsPage) -> AnyView {
    let action = format!("/t/{}/settings/backups", page.frame.tenant());
    let clock = page.frame.clock();
    let hint = format!("In {}, as its clocks stand today.", clock.zone_name());
    let chosen = page.value("hour", page.settings.backup_hour);
    let fault = page.faults.of("hour").map(str::to_owned);
    let inner = view! {
            <form class="stack narrow" method="post" action=action>
                <SelectField name="hour" label="Every day at" options=hours(&clock) chosen=chosen fault=fault/>
                <p class="hint">{hint}</p>
                <div class="actions"><Button label="Save the hour"/></div>
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
        0 => "For ever".to_owned(),
        n => format!("At hand for {n} quarters, then in an archive that the platform brings back on request"),
    };
    let backups = days(page.backup_days);
    let events = format!("{}, and the newest {}", days(page.settings.event_days.into()), count(FEWEST_EVENTS));
    let imports = page.settings.import_days.map_or_else(|| "For ever".to_owned(), |n| days(n.into()));
    let inner = view! {
            <dl class="facts">
                <dt>"Orders"</dt><dd>{orders}</dd>
                <dt>"Backups"</dt><dd>{backups}</dd>
                <dt>"Events"</dt><dd>{events}</dd>
                <dt>"Imports"</dt><dd>{imports}</dd>
                <dt>"Audit"</dt><dd>"For ever"</dd>
            </dl>
            <p class="hint">"Events and imports are kept as you say above; your plan and the platform's settings decide the rest."</p>
    };
    view! { <Card title="How long things are kept">{inner}</Card> }.into_any()
}
