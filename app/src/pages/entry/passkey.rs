//! Signing in with a passkey.

use leptos::prelude::*;

use super::model::PasskeyPage;
use crate::document::{Document, Head, Scripts};
use crate::frame::bare;
use crate::islands::PasskeyStep;
use crate::ui::{Button, Card};

/// Renders the page. It posts `credential` and `next` to `/login/passkey/finish` by itself.
pub fn page(page: &PasskeyPage) -> Document {
    let head = Head { scripts: Scripts::Islands, ..Head::plain("Sign in with a passkey", page.theme) };
    bare(&head, None, || {
        let PasskeyPage { options, next, .. } = page.clone();
        view! {
            <div class="sign-in">
                <h1>"Sign in with a passkey"</h1>
                <Card>
                    <PasskeyStep action="/login/passkey/finish".to_owned() options makes=false next/>
                </Card>
                <p><a href="/login">"Back to sign-in"</a></p>
            </div>
        }
    })
}

/// The button that leads here, as a form of its own.
pub fn button(next: Option<String>) -> impl IntoView {
    view! {
        <form class="stack" method="post" action="/login/passkey">
            {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
            <Button label="Sign in with a passkey"/>
        </form>
    }
}
