//! Setting the second factor up, and taking it down.

use db::people::second_factor::Enrolment;
use leptos::prelude::*;

use super::model::{Codes, FactorPage};
use crate::document::{Document, Head};
use crate::frame::bare;
use crate::ui::money::things;
use crate::ui::qr::Qr;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, PageHeader, Tone};

/// Renders the page.
pub fn page(page: &FactorPage) -> Document {
    bare(&Head::plain("Two-factor authentication", page.visitor.theme), Some(page.visitor.clone()), || {
        let asked = page.asked_by.clone().map(|who| {
            view! { <Notice tone=Tone::Attention>{format!("{who} requires two-factor authentication. Set it up to \
            continue.")}</Notice> }
        });
        let refused = page.refused.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> });
        let body = match &page.enrolment {
            Some(enrolment) => {
                let renewal = (page.standing.passkeys > 0).then(|| renewal(page));
                view! { {set_up(page, enrolment)} {renewal} }.into_any()
            }
            None => change(page).into_any(),
        };
        view! {
            <PageHeader title="Two-factor authentication" back=("/account".to_owned(), "Account")/>
            {asked}
            {refused}
            {body}
        }
    })
}

/// Renders the codes.
pub fn codes(page: &Codes) -> Document {
    bare(&Head::plain("Recovery codes", page.visitor.theme), Some(page.visitor.clone()), || {
        let list = page.codes.join("\n");
        view! {
            <PageHeader title="Recovery codes" back=("/account".to_owned(), "Account")/>
            <Notice tone=Tone::Positive>"Two-factor authentication is on."</Notice>
            <Card title="Save your recovery codes">
                <p>"Use a recovery code to sign in if you lose your phone. Each code works once. They are shown only \
                    once: print them, or store them in a password manager."</p>
                <pre class="once" tabindex="0" aria-label="Recovery codes">{list}</pre>
                <div class="actions"><ButtonLink href="/" label="I saved my codes" look=Look::Primary/></div>
            </Card>
        }
    })
}

fn set_up(page: &FactorPage, enrolment: &Enrolment) -> impl IntoView + use<> {
    let fault = page.faults.of("code").map(str::to_owned);
    let password = page.faults.of("password").map(str::to_owned);
    let (text, secret) = (enrolment.address.clone(), enrolment.secret.clone());
    view! {
        <Card title="1. Add Stoa to your authenticator app">
            <p>"Scan this code with an authenticator app, such as Aegis, Google Authenticator or a password manager."</p>
            <Qr text label="QR code for your authenticator app"/>
            <p>"Or enter this key in the app:"</p>
            <code class="once">{secret}</code>
        </Card>
        <Card title="2. Enter a code from the app">
            <form class="stack max-w-110" method="post" action="/account/second-factor">
                <Field name="code" label="Code from the app" autocomplete="one-time-code" required=true fault/>
                <Field name="password" label="Current password" kind="password" autocomplete="current-password" required=true fault=password/>
                <Button label="Turn on two-factor authentication" look=Look::Primary/>
            </form>
        </Card>
    }
}

fn change(page: &FactorPage) -> impl IntoView + use<> {
    let left = things(page.standing.recovery_codes, "recovery code is", "recovery codes are");
    let remove = page.faults.of("remove_password").map(str::to_owned);
    let words = if page.standing.passkeys > 0 {
        "You will sign in with your password and a passkey or a recovery code. To use another phone, turn this off \
         and set it up again."
    } else {
        "You will sign in with your password alone. To use another phone, turn this off and set it up again."
    };
    view! {
        <Notice tone=Tone::Positive>{format!("Two-factor authentication is on. {left} left.")}</Notice>
        {renewal(page)}
        <Card title="Turn off two-factor authentication">
            <form class="stack max-w-110" method="post" action="/account/second-factor/remove">
                <p>{words}</p>
                <Field name="remove_password" label="Current password" kind="password" autocomplete="current-password" required=true fault=remove/>
                <Button label="Turn off two-factor authentication" look=Look::Danger/>
            </form>
        </Card>
    }
}

fn renewal(page: &FactorPage) -> impl IntoView + use<> {
    let fault = page.faults.of("renew_password").map(str::to_owned);
    view! {
        <Card title="New recovery codes">
            <form class="stack max-w-110" method="post" action="/account/second-factor/codes">
                <p>"You get ten new codes. Your current codes stop working."</p>
                <Field name="renew_password" label="Current password" kind="password" autocomplete="current-password" required=true fault/>
                <Button label="Create new codes"/>
            </form>
        </Card>
    }
}
