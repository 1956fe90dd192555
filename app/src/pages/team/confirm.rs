//! What follows from a change, and whether it is meant.

use leptos::prelude::*;

use super::model::Confirm;
use crate::document::Document;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, PageHeader, Tone};

/// Renders the page.
pub fn page(page: &Confirm) -> Document {
    page.frame.render(&page.title, || {
        let plan = page.plan.iter().map(|words| view! { <li>{words.clone()}</li> }).collect_view();
        let refused = page.refused.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
        let fault = page.faults.of("password").map(str::to_owned);
        let password = page.asks_password.then(|| {
            view! {
                <Field name="password" label="Current password" kind="password" autocomplete="current-password" required=true fault/>
            }
        });
        let (action, back, label) = (page.action.clone(), page.back.clone(), page.label);
        view! {
            <PageHeader title=page.title.clone()/>
            {refused}
            <Card>
                <form class="stack" method="post" action=action>
                    <ul class="plan">{plan}</ul>
                    {password}
                    <div class="actions">
                        <Button label look=Look::Danger/>
                        <ButtonLink href=back label="Go back" look=Look::Quiet/>
                    </div>
                </form>
            </Card>
        }
    })
}
