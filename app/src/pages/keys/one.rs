//! One key, and its end.

use db::api_keys::OVERLAPS;
use leptos::prelude::*;

use super::index::state;
use super::model::OneKey;
use crate::document::Document;
use crate::ui::{Button, Card, Look, Notice, PageHeader, SelectField, Tone, When};

/// Renders the page.
pub fn page(page: &OneKey) -> Document {
    let title = super::name(&page.key);
    page.frame.render(&title, || {
        let keys = format!("/t/{}/settings/keys", page.frame.tenant());
        let made = page.made.clone().map(|key| {
            view! {
                <Notice tone=Tone::Positive>
                    <p>"Replacement key created. It is shown only once:"</p>
                    <code class="once">{key}</code>
                </Notice>
            }
        });
        let refused = page.refused.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
        let orphan = (page.key.is_orphan && page.key.is_alive(page.clock.now)).then(|| {
            view! {
                <Notice tone=Tone::Attention>
                    "The member who created this key left, or their role changed. They may still know the key. Rotate or revoke it."
                </Notice>
            }
        });
        let changes = page.key.is_alive(page.clock.now).then(|| changes(page, &keys));
        view! {
            <PageHeader title=title.clone() back=(keys.clone(), "API keys")/>
            {made}
            {refused}
            {orphan}
            {facts(page)}
            {changes}
        }
    })
}

fn facts(page: &OneKey) -> impl IntoView + use<> {
    let (key, clock) = (&page.key, page.clock);
    let used = match key.last_used_at {
        Some(at) => view! { <When at clock/> }.into_any(),
        None => view! { "never" }.into_any(),
    };
    let (made_at, may) = (key.created_at, super::scopes(&key.scopes));
    let by = key.maker.clone().map(|email| format!(" by {email}"));
    let (state, stores) = (state(key, clock), key.store.clone().unwrap_or_else(|| "All stores".to_owned()));
    view! {
        <Card>
            <dl class="facts">
                <dt>"Status"</dt>
                <dd>{state}</dd>
                <dt>"Scopes"</dt>
                <dd><code>{may}</code></dd>
                <dt>"Stores"</dt>
                <dd>{stores}</dd>
                <dt>"Created"</dt>
                <dd><When at=made_at clock/>{by}</dd>
                <dt>"Last used"</dt>
                <dd>{used}</dd>
            </dl>
        </Card>
    }
}

fn changes(page: &OneKey, keys: &str) -> impl IntoView + use<> {
    let address = format!("{keys}/{}", page.key.id);
    let (rotate, revoke) = (format!("{address}/rotate"), format!("{address}/revoke"));
    let overlap = |hours: i64| match hours {
        0 => "now".to_owned(),
        1 => "in 1 hour".to_owned(),
        24 => "in 1 day".to_owned(),
        hours => format!("in {} days", hours / 24),
    };
    let options = OVERLAPS.map(|hours| (hours.to_string(), overlap(hours))).to_vec();
    let fault = page.faults.of("hours").map(str::to_owned);
    view! {
        <div class="grid grid-cols-1 items-start gap-3.5 md:grid-cols-two-thirds">
            <Card title="Rotate key">
                <form class="stack" method="post" action=rotate>
                    <p>"Creates a new key with the same scopes. Both keys work until this one expires."</p>
                    <SelectField name="hours" label="This key expires" options chosen="24" fault/>
                    <Button label="Rotate key" look=Look::Primary/>
                </form>
            </Card>
            <Card title="Revoke key">
                <form class="stack" method="post" action=revoke>
                    <p>"The key and its open event streams stop working within a second. You cannot undo this."</p>
                    <Button label="Revoke key" look=Look::Danger/>
                </form>
            </Card>
        </div>
    }
}
