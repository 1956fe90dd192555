//! One webhook: how it fares, what can be done to it, and what it was told.

use db::webhooks::{Delivery, Webhook};
use domain::fields::FieldErrors;
use domain::page::{Page, Place};
use domain::webhooks::{DeliveryQuery, WebhookState};
use leptos::prelude::*;

use super::log;
use super::words::{kinds, state, store};
use crate::document::Rendered;
use crate::frame::TenantFrame;
use crate::ui::{Button, ButtonLink, Card, Clock, Look, Notice, PageHeader, Pill, SelectField, Tone, When};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct OneWebhook {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The webhook.
    pub webhook: Webhook,
    /// The secret that was just made.
    pub made: Option<String>,
    /// The word for what was just done.
    pub done: Option<String>,
    /// Why a change was refused.
    pub refused: Option<String>,
    /// Which deliveries, as far as that could be understood.
    pub query: DeliveryQuery,
    /// The address as it was typed.
    pub typed: Vec<(String, String)>,
    /// What of it could not be understood, and is ignored.
    pub faults: FieldErrors,
    /// One page of deliveries.
    pub page: Page<Delivery, Place>,
    /// Now.
    pub clock: Clock,
}

impl OneWebhook {
    /// Where it is.
    pub(super) fn address(&self) -> String {
        format!("{}/{}", super::address(self.frame.tenant()), self.webhook.id)
    }
}

/// Renders the page.
pub fn page(page: &OneWebhook) -> Rendered {
    page.frame.render("Webhook", || {
        let all = super::address(page.frame.tenant());
        let edit = format!("{}/edit", page.address());
        let made = page.made.clone().map(|secret| {
            view! {
                <Notice tone=Tone::Positive>
                    <p>"This secret signs from now on. It is shown only now; the former signs as well for a day:"</p>
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
            <PageHeader title="Webhook" back=(all, "Webhooks")><ButtonLink href=edit label="Change it" writes=true/></PageHeader>
            {made}
            {done}
            {refused}
            {orphan(page)}
            {standing(page)}
            <div class="two-thirds">
                {log::card(page)}
                <div class="stack">
                    {facts(page)}
                    {changes(page)}
                </div>
            </div>
        }
    })
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "saved" => Some("The webhook is saved."),
        "paused" => Some("Nothing is sent until it is resumed."),
        "resumed" => Some("It sends again."),
        "tested" => Some("A test is on its way. It stands first below; load the page again to see its answer."),
        "again" => Some("It is sent again, under the same id."),
        _ => None,
    }
}

fn orphan(page: &OneWebhook) -> Option<impl IntoView + use<>> {
    page.webhook.is_orphan.then(|| {
        view! {
            <Notice tone=Tone::Attention>
                "The member who created this webhook could not create it now: they left, or their role changed. Check that its address is still yours."
            </Notice>
        }
    })
}

// What stands in the way, if something does.
fn standing(page: &OneWebhook) -> Option<AnyView> {
    let Webhook { state, reason, failing_since, .. } = &page.webhook;
    if *state == WebhookState::Off {
        let reason = reason.clone().unwrap_or_default();
        let words = "Repair its address, then resume it. ";
        return Some(
            view! { <Notice tone=Tone::Critical><p><strong>"It was switched off. "</strong>{reason}</p><p>{words}</p></Notice> }
                .into_any(),
        );
    }
    let at = (*failing_since)?;
    let clock = page.clock;
    Some(
        view! {
            <Notice tone=Tone::Attention>
                "Nothing went well since "<When at clock/>". After three days it is switched off, if ten deliveries failed by then."
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
        fact("State", view! { <Pill tone label/> }.into_any()),
        fact("Address", view! { <code class="once" dir="ltr">{webhook.url.clone()}</code> }.into_any()),
    ];
    if !webhook.description.is_empty() {
        lines.push(fact("For", view! { <span dir="auto">{webhook.description.clone()}</span> }.into_any()));
    }
    lines.push(fact("Events", kinds(webhook).into_any()));
    lines.push(fact("Stores", view! { <span dir="auto">{store(webhook)}</span> }.into_any()));
    lines.extend(webhook.last_at.map(|at| fact("Last event", moment(at))));
    lines.extend((webhook.behind > 0).then(|| fact("Events to look at", webhook.behind.to_string().into_any())));
    if webhook.waiting > 0 {
        let words = if webhook.waiting < 100 { webhook.waiting.to_string() } else { "100 or more".to_owned() };
        lines.push(fact("Waiting", words.into_any()));
    }
    lines.extend(webhook.former_until.map(|at| fact("Former secret until", moment(at))));
    lines.push(fact("Made", moment(webhook.created_at)));
    lines.extend(webhook.maker.clone().map(|email| fact("Made by", email.into_any())));
    view! { <Card title="Facts"><dl class="facts">{lines}</dl></Card> }
}

fn changes(page: &OneWebhook) -> impl IntoView + use<> {
    let one = page.address();
    let [pause, resume, test, rotate, delete] =
        ["pause", "resume", "test", "rotate", "delete"].map(|verb| format!("{one}/{verb}"));
    let rest = if page.webhook.state == WebhookState::Live {
        view! {
            <form class="stack" method="post" action=pause>
                <p>"Nothing is sent until it is resumed; what happens meanwhile is kept for then."</p>
                <Button label="Pause it"/>
            </form>
        }
        .into_any()
    } else {
        let options = vec![
            ("where-it-stopped".to_owned(), "where it stopped: tell what happened meanwhile".to_owned()),
            ("now".to_owned(), "from now on: leave that out".to_owned()),
        ];
        let fault = page.faults.of("from").map(str::to_owned);
        view! {
            <form class="stack" method="post" action=resume>
                <SelectField name="from" label="It goes on" options chosen="where-it-stopped" fault/>
                <Button label="Resume it" look=Look::Primary/>
            </form>
        }
        .into_any()
    };
    view! {
        <Card title="Try it">
            <form class="stack" method="post" action=test>
                <p>"Sends one message that is no event, once."</p>
                <Button label="Send a test"/>
            </form>
        </Card>
        <Card title="Let it rest">{rest}</Card>
        <Card title="Another secret">
            <form class="stack" method="post" action=rotate>
                <p>"Another one is made and shown once. Both sign for a day; a former one that still signs ends now."</p>
                <Button label="Make another secret"/>
            </form>
        </Card>
        <Card title="Delete it">
            <p>"Nothing is sent any more, and what is listed here goes with it."</p>
            <ButtonLink href=delete label="Delete it" writes=true look=Look::Danger/>
        </Card>
    }
}
