//! Asking whoever is signed in once more who they are.

use leptos::prelude::*;

use super::model::AgainForm;
use crate::document::{Document, Head};
use crate::frame::bare;
use crate::pages::entry::passkey_button;
use crate::ui::pill::Tone;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice};

/// Renders the form. It posts `confirm_password` or `confirm_code` with what was sent before.
pub fn page(form: &AgainForm) -> Document {
    bare(&Head::plain("Confirm your identity", form.theme), None, || {
        let fault = form.fault.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
        let passkey = form.has_passkeys.then(|| passkey_button(Some(form.back.clone())));
        let back = form.back.clone();
        let step = match form.provider.clone() {
            Some(slug) => provider(&slug, &form.back).into_any(),
            None => fields(form).into_any(),
        };
        view! {
            <div class="sign-in">
                <h1>"Confirm your identity"</h1>
                <p>"This action needs a recent sign-in. You will not be asked again for 10 minutes."</p>
                {fault}
                <Card>{step}</Card>
                {passkey}
                <p><a href=back>"Go back"</a></p>
            </div>
        }
    })
}

fn fields(form: &AgainForm) -> impl IntoView + use<> {
    let sent = form.sent.iter().cloned().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let code = form.has_codes.then(|| {
        view! {
            <Field
                name="confirm_code"
                label="Or a code from your authenticator app"
                autocomplete="one-time-code"
                hint="The 6-digit code that the app shows now."
            />
        }
    });
    view! {
        <form class="stack" method="post" action=form.action.clone()>
            {sent.collect_view()}
            <Field
                name="confirm_password"
                label="Current password"
                kind="password"
                autocomplete="current-password"
                autofocus=true
            />
            {code}
            <Button label="Confirm" look=Look::Primary/>
        </form>
    }
}

fn provider(slug: &str, back: &str) -> impl IntoView + use<> {
    let href = crate::url::with_query(&format!("/login/sso/{}", crate::url::escape(slug)), [("next", back)]);
    view! {
        <p>"You signed in with SSO. Sign in with SSO again, then repeat the action."</p>
        <ButtonLink href label="Sign in again" look=Look::Primary/>
    }
}
