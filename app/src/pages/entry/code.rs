//! The second step of signing in.

use leptos::prelude::*;

use super::model::CodeForm;
use crate::document::{Document, Head};
use crate::frame::bare;
use crate::pages::entry::passkey_button;
use crate::ui::pill::Tone;
use crate::ui::{Button, Card, Field, Look, Notice};

/// Renders the form. It posts `code` and `next` to `/login/code`.
pub fn page(form: &CodeForm) -> Document {
    bare(&Head::plain("Two-factor authentication", form.theme), None, || {
        let next = form.next.clone();
        let passkey = form.passkeys.then(|| passkey_button(form.next.clone()));
        view! {
            <div class="sign-in">
                <h1>"Two-factor authentication"</h1>
                {form.fault.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> })}
                <Card>
                    <form class="stack" method="post" action="/login/code">
                        {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
                        <Field
                            name="code"
                            label="Code"
                            autocomplete="one-time-code"
                            hint="The 6-digit code from your authenticator app, or a recovery code."
                            required=true
                            autofocus=true
                        />
                        <Button label="Sign in" look=Look::Primary/>
                    </form>
                </Card>
                {passkey}
                <p><a href="/login">"Start again"</a></p>
            </div>
        }
    })
}
