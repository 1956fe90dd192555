//! Before anything is changed by hand: what follows, and why it is done.

use domain::fields::FieldErrors;
use leptos::prelude::*;

use crate::document::Document;
use crate::frame::PlatformFrame;
use crate::ui::{Button, ButtonLink, Card, Look, PageHeader, TextArea};

/// What the page asks.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// The question.
    pub title: String,
    /// What follows, a sentence a line.
    pub words: Vec<String>,
    /// Where the answer goes.
    pub action: String,
    /// What goes along.
    pub hidden: Vec<(String, String)>,
    /// What the button says; none where there is nothing to do.
    pub label: Option<String>,
    /// Whether a reason is needed.
    pub asks_why: bool,
    /// Whether it cannot be taken back.
    pub is_final: bool,
    /// Where to go instead.
    pub back: String,
    /// The reason typed before.
    pub reason: String,
    /// What is wrong with it.
    pub faults: FieldErrors,
}

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
