//! The form of a webhook: for a new one, and for one that is there.

use domain::feed::EventKind;
use leptos::prelude::*;

use super::model::{EditWebhook, WebhookForm};
use crate::document::Document;
use crate::frame::TenantFrame;
use crate::ui::{Button, ButtonLink, Card, Choice, Choices, Field, Look, PageHeader, SelectField};

/// Renders the page.
pub fn page(page: &EditWebhook) -> Document {
    page.frame.render("Edit webhook", || {
        let one = format!("{}/{}", super::address(page.frame.tenant()), page.webhook.id);
        let cancel = view! { <ButtonLink href=one.clone() label="Go back" look=Look::Quiet/> }.into_any();
        let fields = fields(&page.frame, &page.form, format!("{one}/edit"), "Save webhook", Some(cancel));
        view! {
            <PageHeader title="Edit webhook" back=(one, "Webhook")/>
            <Card>{fields}</Card>
        }
    })
}

/// The form itself.
pub(super) fn fields(
    frame: &TenantFrame,
    form: &WebhookForm,
    action: String,
    label: &'static str,
    cancel: Option<AnyView>,
) -> impl IntoView + use<> {
    let fault = |field: &str| form.faults.of(field).map(str::to_owned);
    let [url_fault, description_fault, kinds_fault, store_fault] = ["url", "description", "kinds", "store"].map(fault);
    let choice = |kind: EventKind| Choice {
        value: kind.as_str().to_owned(),
        words: format!("{}, {}", kind.as_str(), kind.words()),
        is_chosen: form.kinds.iter().any(|chosen| chosen == kind.as_str()),
    };
    let choices: Vec<Choice> = EventKind::CHOSEN.into_iter().map(choice).collect();
    let all = std::iter::once((String::new(), "All stores and tenant-wide events".to_owned()));
    let stores = all.chain(frame.stores.iter().map(|s| (s.slug.clone(), s.name.clone()))).collect();
    let WebhookForm { url, description, store, .. } = form.clone();
    view! {
        <form class="stack max-w-110" method="post" action=action>
            <Field name="url" label="URL" kind="url" value=url fault=url_fault example="https://example.com/stoa" required=true hint="Stoa \
                sends each event to this URL as a signed JSON POST request."/>
            <Field name="description" label="Description" value=description fault=description_fault example="Bookkeeping"/>
            <Choices name="kinds" label="Events" choices fault=kinds_fault hint="Select none to send all events, \
                including future ones."/>
            <SelectField name="store" label="Stores" options=stores chosen=store fault=store_fault/>
            <div class="actions"><Button label look=Look::Primary/>{cancel}</div>
        </form>
    }
}
