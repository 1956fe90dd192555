//! One webhook: how it fares, what can be done to it, and what it was told.

use db::webhooks::Webhook;
use domain::webhooks::WebhookState;
use leptos::prelude::*;

use super::log;
use super::model::OneWebhook;
use super::words::{kinds, state, store};
use crate::document::Document;
use crate::ui::{Button, ButtonLink, Card, Look, Notice, PageHeader, Pill, SelectField, Tone, When};

/// Renders the page.
pub fn page(page: &OneWebhook) -> Document {
    page.frame.render("Webhook", || {
        let all = super::address(page.frame.tenant());
        let edit = format!("{}/edit", page.address());
        let made = page.made.clone().map(|secret| {
            view! {
                <Notice tone=Tone::Positive>
                    <p>"Secret rotated. The new secret is shown only once. The previous secret stays valid for a day:"</p>
                    <code class="once">{secret}</code>
                </Notice>
            }
        });
        let done = page
            .done
            .as_deref()
            .and_then(done_words)
            .map(|words| view! { <Notice tone=Tone::Positive>{words}</Notice> });
        let refused = page.refused.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
        view! {
            <PageHeader title="Webhook" back=(all, "Webhooks")><ButtonLink href=edit label="Edit webhook" writes=true/></PageHeader>
            {made}
            {done}
            {refused}
            {orphan(page)}
            {standing(page)}
            <div class="grid grid-cols-1 items-start gap-3.5 md:grid-cols-two-thirds">
                {log::card(page)}
                <div class="flex flex-col gap-3.5">
                    {facts(page)}
                    {changes(page)}
                </div>
            </div>
        }
    })
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "saved" => Some("Webhook saved."),
        "paused" => Some("Webhook paused."),
        "resumed" => Some("Webhook resumed."),
        "tested" => Some("Test message queued. Reload the page to see the response."),
        "again" => Some("Message queued again with the same ID."),
        _ => None,
    }
}

fn orphan(page: &OneWebhook) -> Option<impl IntoView + use<>> {
    page.webhook.is_orphan.then(|| {
        view! {
            <Notice tone=Tone::Attention>
                "The member who created this webhook left, or their role changed. Check that its URL is still yours."
            </Notice>
        }
    })
}

// What stands in the way, if something does.
fn standing(page: &OneWebhook) -> Option<AnyView> {
    let Webhook { state, reason, failing_since, .. } = &page.webhook;
    if *state == WebhookState::Off {
        let reason = reason.clone().unwrap_or_default();
        let words = "Fix its URL, then resume it. ";
        return Some(
            view! { <Notice tone=Tone::Critical><p><strong>"This webhook is disabled. "</strong>{reason}</p><p>{words}</p></Notice> }
                .into_any(),
        );
    }
    let at = (*failing_since)?;
    let clock = page.clock;
    Some(
        view! {
            <Notice tone=Tone::Attention>
                "All deliveries have failed since "<When at clock/>". Stoa disables a webhook after 3 days of \
                    failures and at least 10 failed deliveries."
            </Notice>
        }
        .into_any(),
    )
}

fn facts(page: &OneWebhook) -> impl IntoView + use<> {
    let (webhook, clock) = (&page.webhook, page.clock);
    let (tone, label) = state(webhook);
    let fact = |label: &'static str, value: AnyView| view! { <dt>{label}</dt><dd>{value}</dd> }.into_any();
    let moment = |at| view! { <When at clock/> }.into_any();
    let mut lines = vec![
        fact("Status", view! { <Pill tone label/> }.into_any()),
        fact("URL", view! { <code class="once" dir="ltr">{webhook.url.clone()}</code> }.into_any()),
    ];
    if !webhook.description.is_empty() {
        lines.push(fact("Description", view! { <span dir="auto">{webhook.description.clone()}</span> }.into_any()));
    }
    lines.push(fact("Events", kinds(webhook).into_any()));
    lines.push(fact("Stores", view! { <span dir="auto">{store(webhook)}</span> }.into_any()));
    lines.extend(webhook.last_at.map(|at| fact("Last event", moment(at))));
    lines.extend((webhook.behind > 0).then(|| fact("Events to process", webhook.behind.to_string().into_any())));
    if webhook.waiting > 0 {
        let words = if webhook.waiting < 100 { webhook.waiting.to_string() } else { "100 or more".to_owned() };
        lines.push(fact("Pending deliveries", words.into_any()));
    }
    lines.extend(webhook.former_until.map(|at| fact("Previous secret valid until", moment(at))));
    lines.push(fact("Created", moment(webhook.created_at)));
    lines.extend(webhook.maker.clone().map(|email| fact("Created by", email.into_any())));
    view! { <Card title="Details"><dl class="facts">{lines}</dl></Card> }
}

fn changes(page: &OneWebhook) -> impl IntoView + use<> {
    let one = page.address();
    let [pause, resume, test, rotate, delete] =
        ["pause", "resume", "test", "rotate", "delete"].map(|verb| format!("{one}/{verb}"));
    let rest = if page.webhook.state == WebhookState::Live {
        view! {
            <form class="stack" method="post" action=pause>
                <p>"Stoa stores events and sends them when you resume."</p>
                <Button label="Pause webhook"/>
            </form>
        }
        .into_any()
    } else {
        let options = vec![
            ("where-it-stopped".to_owned(), "From the last delivery, including events since then".to_owned()),
            ("now".to_owned(), "From now on, skipping events since then".to_owned()),
        ];
        let fault = page.faults.of("from").map(str::to_owned);
        view! {
            <form class="stack" method="post" action=resume>
                <SelectField name="from" label="Resume" options chosen="where-it-stopped" fault/>
                <Button label="Resume webhook" look=Look::Primary/>
            </form>
        }
        .into_any()
    };
    view! {
        <Card title="Test">
            <form class="stack" method="post" action=test>
                <p>"Sends one test message."</p>
                <Button label="Send test message"/>
            </form>
        </Card>
        <Card title="Pause">{rest}</Card>
        <Card title="Rotate secret">
            <form class="stack" method="post" action=rotate>
                <p>"Creates a new secret, shown only once. The current secret stays valid for a day. An older one \
                    stops working now."</p>
                <Button label="Rotate secret"/>
            </form>
        </Card>
        <Card title="Delete webhook">
            <p>"Stoa stops sending events and deletes the deliveries listed here."</p>
            <ButtonLink href=delete label="Delete webhook" writes=true look=Look::Danger/>
        </Card>
    }
}
