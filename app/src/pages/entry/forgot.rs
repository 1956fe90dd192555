//! A forgotten password.

use leptos::prelude::*;

use crate::document::{Head, Rendered, Theme};
use crate::frame::bare;
use crate::ui::pill::Tone;
use crate::ui::{Button, Card, Field, Look, Notice};

/// What the form shows.
#[derive(Clone, Debug, Default)]
pub struct ForgotForm {
    /// The address typed.
    pub email: String,
    /// Whether a letter is on its way, if there is such an account.
    pub is_sent: bool,
    /// What stands in the way.
    pub fault: Option<String>,
    /// The theme of this browser.
    pub theme: Theme,
}

/// Renders the form. It posts `email` to `/forgot-password`.
pub fn page(form: ForgotForm) -> Rendered {
    bare(&Head::plain("Forgotten password", form.theme), None, || {
        let sent = form.is_sent.then(|| {
            view! {
                <Notice tone=Tone::Positive>
                    {format!("If {} has an account here, a letter with a link is on its way. The link opens for two hours.", form.email)}
                </Notice>
            }
        });
        view! {
            <div class="sign-in">
                <h1>"Forgotten password"</h1>
                {sent}
                {form.fault.map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> })}
                <Card>
                    <form class="stack" method="post" action="/forgot-password">
                        <Field name="email" label="E-mail" kind="email" value=form.email autocomplete="username" required=true autofocus=true/>
                        <Button label="Send me a link" look=Look::Primary/>
                    </form>
                </Card>
                <p><a href="/login">"Back to signing in"</a></p>
            </div>
        }
    })
}
