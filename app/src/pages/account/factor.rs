//! Setting the second factor up, and taking it down.

use db::people::second_factor::{Enrolment, Standing};
use domain::fields::FieldErrors;
use leptos::prelude::*;

use crate::document::{Head, Rendered};
use crate::frame::{Visitor, bare};
use crate::ui::money::things;
use crate::ui::qr::Qr;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, PageHeader, Tone};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct FactorPage {
    /// Who looks.
    pub visitor: Visitor,
    /// Where they stand.
    pub standing: Standing,
    /// What the app needs to be told, while it is being set up.
    pub enrolment: Option<Enrolment>,
    /// Who asks for it, if they were sent here.
    pub asked_by: Option<String>,
    /// What is wrong.
    pub faults: FieldErrors,
    /// Why something was refused.
    pub refused: Option<String>,
}

/// Recovery codes that can be read only now.
#[derive(Clone, Debug)]
pub struct Codes {
    /// Who looks.
    pub visitor: Visitor,
    /// The codes.
    pub codes: Vec<String>,
}

/// Renders the page.
pub fn page(page: &FactorPage) -> Rendered {
    bare(&Head::plain("Second factor", page.visitor.theme), Some(page.visitor.clone()), || {
        let asked = page.asked_by.clone().map(|who| {
            view! { <Notice tone=Tone::Attention>{format!("{who} asks for a second factor. Set it up to go on.")}</Notice> }
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
            <PageHeader title="Second factor" back=("/account".to_owned(), "Account")/>
            {asked}
            {refused}
            {body}
        }
    })
}

/// Renders the codes.
pub fn codes(page: &Codes) -> Rendered {
    bare(&Head::plain("Recovery codes", page.visitor.theme), Some(page.visitor.clone()), || {
        let list = page.codes.join("\n");
        view! {
            <PageHeader title="Recovery codes" back=("/account".to_owned(), "Account")/>
            <Notice tone=Tone::Positive>"The second factor is on."</Notice>
            <Card title="Keep these">
                <p>"Each lets you in once when your phone is lost. They are shown only now: print them, or keep them where you keep passwords."</p>
                <pre class="once" tabindex="0" aria-label="Recovery codes">{list}</pre>
                <div class="actions"><ButtonLink href="/" label="I have kept them" look=Look::Primary/></div>
            </Card>
        }
    })
}

fn set_up(page: &FactorPage, enrolment: &Enrolment) -> impl IntoView + use<> {
    let fault = page.faults.of("code").map(str::to_owned);
    let password = page.faults.of("password").map(str::to_owned);
    let (text, secret) = (enrolment.address.clone(), enrolment.secret.clone());
    view! {
        <Card title="1. Tell your app">
            <p>"Scan this with an app for codes, such as Aegis, Google Authenticator or a password manager."</p>
            <Qr text label="QR code for your app"/>
            <p>"Or type this key into it:"</p>
            <code class="once">{secret}</code>
        </Card>
        <Card title="2. Show that it works">
            <form class="stack narrow" method="post" action="/account/second-factor">
                <Field name="code" label="The code that it shows" autocomplete="one-time-code" required=true fault/>
                <Field name="password" label="Your password" kind="password" autocomplete="current-password" required=true fault=password/>
                <Button label="Turn it on" look=Look::Primary/>
            </form>
        </Card>
    }
}

fn change(page: &FactorPage) -> impl IntoView + use<> {
    let left = things(page.standing.recovery_codes, "recovery code is", "recovery codes are");
    let remove = page.faults.of("remove_password").map(str::to_owned);
    let words = if page.standing.passkeys > 0 {
        "From then on your password asks for a passkey or a recovery code. To use another phone, turn it off and set it up again."
    } else {
        "From then on your password alone opens this account. To use another phone, turn it off and set it up again."
    };
    view! {
        <Notice tone=Tone::Positive>{format!("It is on; {left} left.")}</Notice>
        {renewal(page)}
        <Card title="Turn it off">
            <form class="stack narrow" method="post" action="/account/second-factor/remove">
                <p>{words}</p>
                <Field name="remove_password" label="Your password" kind="password" autocomplete="current-password" required=true fault=remove/>
                <Button label="Turn it off" look=Look::Danger/>
            </form>
        </Card>
    }
}

fn renewal(page: &FactorPage) -> impl IntoView + use<> {
    let fault = page.faults.of("renew_password").map(str::to_owned);
    view! {
        <Card title="Other recovery codes">
            <form class="stack narrow" method="post" action="/account/second-factor/codes">
                <p>"You get ten others; those that you have now open nothing any more."</p>
                <Field name="renew_password" label="Your password" kind="password" autocomplete="current-password" required=true fault/>
                <Button label="Make other codes"/>
            </form>
        </Card>
    }
}
