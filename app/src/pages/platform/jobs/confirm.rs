//! Before anything is changed by hand: what follows, and why it is done.

use leptos::prelude::*;

use super::model::Confirm;
use crate::document::Document;
use crate::ui::{Button, ButtonLink, Card, Look, PageHeader, TextArea};

/// Renders the page.
pub fn page(page: &Confirm) -> Document {
    page.frame.render(&page.title, || {
        let words = page.words.iter().map(|words| view! { <p>{words.clone()}</p> }).collect_view();
        let hidden = page.hidden.iter().cloned();
        let hidden = hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
        let look = if page.is_final { Look::Danger } else { Look::Primary };
        let ask = page.label.clone().map(|label| {
            let (reason, fault) = (page.reason.clone(), page.faults.of("reason").map(str::to_owned));
            let why = page.asks_why.then(|| {
                view! { <TextArea name="reason" label="Reason" value=reason fault hint="Recorded with the change."/> }
            });
            view! {
                {why}
                <div class="actions">
                    <Button label look/>
                    <ButtonLink href=page.back.clone() label="Go back" look=Look::Quiet/>
                </div>
            }
            .into_any()
        });
        let ask = ask.unwrap_or_else(|| {
            view! { <div class="actions"><ButtonLink href=page.back.clone() label="Back"/></div> }.into_any()
        });
        let action = page.action.clone();
        view! {
            <PageHeader title=page.title.clone()/>
            <Card>
                <form class="stack" method="post" action=action>
                    {hidden}
                    {words}
                    {ask}
                </form>
            </Card>
        }
    })
}
