//! A forgotten password.

use leptos::prelude::*;

use super::model::ForgotForm;
use crate::document::{Document, Head};
use crate::frame::bare;
use crate::ui::pill::Tone;
use crate::ui::{Button, Card, Field, Look, Notice};

/// Renders the form. It posts `email` to `/forgot-password`.
pub fn page(form: &ForgotForm) -> Document {
    bare(&Head::plain("Password reset", form.theme), None, || {
        let sent = form.is_sent.then(|| {
            let words = format!(
                "If {} has an account here, we sent a reset link to it. The link expires in 2 hours.",
                form.email
            );
            view! { <Notice tone=Tone::Positive>{words}</Notice> }
        });
        let email = form.email.clone();
        view! {
            <div class="sign-in">
                <h1>"Password reset"</h1>
                {sent}
                {form.fault.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> })}
                <Card>
                    <form class="stack" method="post" action="/forgot-password">
                        <Field name="email" label="Email" kind="email" value=email autocomplete="username" required=true autofocus=true/>
                        <Button label="Send reset link" look=Look::Primary/>
                    </form>
                </Card>
                <p><a href="/login">"Back to sign-in"</a></p>
            </div>
        }
    })
}
