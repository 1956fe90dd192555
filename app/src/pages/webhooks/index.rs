//! All webhooks, and the form for a new one.

use db::webhooks::Webhook;
use leptos::prelude::*;

use super::form::fields;
use super::model::WebhookIndex;
use super::words::{kinds, state, store};
use crate::document::Document;
use crate::ui::table::{Column, Table};
use crate::ui::{Card, Empty, Notice, PageHeader, Pill, Tone, When};

/// Renders the page.
pub fn page(page: &WebhookIndex) -> Document {
    page.frame.render("Webhooks", || {
        let action = super::address(page.frame.tenant());
        let note = view! { "Send events to another app as they happen. Payloads and signatures are described in the "<a href="/api/docs#webhooks">"API \
            documentation"</a>"." };
        let made = page.made.clone().map(|secret| {
            view! {
                <Notice tone=Tone::Positive>
                    <p>"Webhook created. Verify its messages with this secret. It is shown only once:"</p>
                    <code class="once">{secret}</code>
                </Notice>
            }
        });
        let deleted = page.done.as_deref() == Some("deleted");
        let deleted = deleted
            .then(|| view! { <Notice tone=Tone::Positive>"Webhook deleted."</Notice> });
        let fields = fields(&page.frame, &page.form, action, "Create webhook", None);
        view! {
            <PageHeader title="Webhooks" note=note.into_any()/>
            {made}
            {deleted}
            {table(page)}
            <Card title="New webhook">{fields}</Card>
        }
    })
}

fn table(page: &WebhookIndex) -> AnyView {
    if page.webhooks.is_empty() {
        let text = "Webhooks will be listed here. Create one to send order, refund and import events to another app.";
        return view! { <Card><Empty title="No webhooks yet" text/></Card> }.into_any();
    }
    let base = super::address(page.frame.tenant());
    let row = |webhook: &Webhook| {
        let clock = page.clock;
        let (tone, label) = state(webhook);
        let came = if webhook.last_ok == Some(true) { ", delivered" } else { ", failed" };
        let last = match webhook.last_at {
            Some(at) => view! { <When at clock/><span class="text-quiet">{came}</span> }.into_any(),
            None => view! { <span class="text-quiet">"never"</span> }.into_any(),
        };
        let since = webhook.failing_since.map(|at| view! { <span class="text-quiet">" since "<When at clock/></span> });
        let description = (!webhook.description.is_empty()).then(|| {
            view! { <span class="text-quiet clip wide-clip" dir="auto">{webhook.description.clone()}</span> }
        });
        view! {
            <tr>
                <td>
                    <a class="clip wide-clip" dir="auto" href=format!("{base}/{}", webhook.id) title=webhook.url.clone()>{webhook.url.clone()}</a>
                    {description}
                </td>
                <td class="wide"><span class="clip">{kinds(webhook)}</span></td>
                <td class="wide"><span class="clip" dir="auto">{store(webhook)}</span></td>
                <td>{last}</td>
                <td><Pill tone label/>{since}</td>
            </tr>
        }
    };
    let rows = page.webhooks.iter().map(row).collect_view();
    let columns = vec![
        Column::text("URL"),
        Column::text("Events").wide(),
        Column::text("Stores").wide(),
        Column::time("Last event", &page.clock),
        Column::text("Status"),
    ];
    view! { <Card flush=true><Table caption="Webhooks" columns>{rows}</Table></Card> }.into_any()
}
