//! What follows from a change, and whether it is meant.

use domain::fields::FieldErrors;
use leptos::prelude::*;

use crate::document::Document;
use crate::frame::TenantFrame;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, PageHeader, Tone};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// What is about to happen.
    pub title: String,
    /// What follows, a sentence each.
    pub plan: Vec<String>,
    /// What the button says.
    pub label: &'static str,
    /// Where the form goes.
    pub action: String,
    /// Where to go instead.
    pub back: String,
    /// Whether the password is asked.
    pub asks_password: bool,
    /// What is wrong.
    pub faults: FieldErrors,
    /// Why it was refused.
    pub refused: Option<String>,
}

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
