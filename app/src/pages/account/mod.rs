//! `/account`: who is signed in, where else, and what keeps the account safe.

mod factor;
mod model;
mod passkeys;
mod sessions;

pub use factor::{codes, page as factor};
pub use model::{AccountPage, Codes, FactorPage, RemovePasskey, SessionRow, Typed};
pub use passkeys::{add as add_passkey, remove as remove_passkey};

use db::people::Membership;
use leptos::prelude::*;

use crate::document::{Document, Head};
use crate::frame::bare;
use crate::ui::money::things;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, PageHeader, Tone};

/// Renders the page.
pub fn page(page: &AccountPage) -> Document {
    bare(&Head::plain("Account", page.visitor.theme), Some(page.visitor.clone()), || {
        view! {
            <PageHeader title="Account"/>
            {notice(page)}
            {unconfirmed(page)}
            {you(page)}
            {password(page)}
            {email(page)}
            {factor_card(page)}
            {page.takes_passkeys.then(|| passkeys::card(&page.passkeys, &page.typed.passkey, &page.faults, page.clock))}
            {sessions::card(&page.sessions, page.clock)}
        }
    })
}

fn unconfirmed(page: &AccountPage) -> Option<impl IntoView + use<>> {
    (!page.visitor.person.is_proven).then(|| {
        view! {
            <Notice tone=Tone::Attention>
                "Your email is not confirmed. You can open only tenants where an owner confirmed it. "
                "To get a confirmation link, enter your email below as the new one."
            </Notice>
        }
    })
}

fn notice(page: &AccountPage) -> Option<impl IntoView + use<>> {
    let words = match page.done.as_deref()? {
        "name" => "Name saved.",
        "password" => "Password changed. Your other sessions are signed out.",
        "email" => "We sent a confirmation link to the new email. Your email changes when you open it.",
        "email-changed" => "Email changed.",
        "ended" => "Session signed out.",
        "factor-off" => "Two-factor authentication is off.",
        "passkey" => "Passkey added.",
        "passkey-off" => "Passkey removed.",
        "passkey-gone" => "That passkey was already removed.",
        _ => return None,
    };
    Some(view! { <Notice tone=Tone::Positive>{words}</Notice> })
}

fn you(page: &AccountPage) -> impl IntoView + use<> {
    let email = page.visitor.person.email.clone();
    let tenant = |m: &Membership| {
        view! { <li><a href=format!("/t/{}", m.slug)>{m.name.clone()}</a>" "<span class="text-quiet">{m.role.name().to_owned()}</span></li> }
    };
    let tenants = page.memberships.iter().map(tenant).collect_view();
    let tenants = (!page.memberships.is_empty()).then(|| view! { <dt>"Tenants"</dt><dd><ul>{tenants}</ul></dd> });
    let name = page.typed.name.clone().unwrap_or_else(|| page.visitor.person.name.clone());
    let fault = page.faults.of("name").map(str::to_owned);
    view! {
        <Card title="Profile">
            <dl class="facts">
                <dt>"Email"</dt>
                <dd>{email}</dd>
                {tenants}
            </dl>
            <form class="stack max-w-110" method="post" action="/account/name">
                <Field name="name" label="Name" value=name autocomplete="name" fault/>
                <Button label="Save name"/>
            </form>
        </Card>
    }
}

fn password(page: &AccountPage) -> impl IntoView + use<> {
    let fault = |field: &str| page.faults.of(field).map(str::to_owned);
    let (current, new) = (fault("current"), fault("password"));
    view! {
        <Card title="Password">
            <form class="stack max-w-110" method="post" action="/account/password">
                <Field name="current" label="Current password" kind="password" autocomplete="current-password" required=true fault=current/>
                <Field
                    name="password"
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    required=true
                    fault=new
                    hint="At least 12 characters. A few unrelated words work well. Your other sessions are signed out."
                />
                <Button label="Change password"/>
            </form>
        </Card>
    }
}

fn email(page: &AccountPage) -> impl IntoView + use<> {
    let fault = |field: &str| page.faults.of(field).map(str::to_owned);
    let (address, password, value) = (fault("email"), fault("email_password"), page.typed.email.clone());
    view! {
        <Card title="Email">
            <form class="stack max-w-110" method="post" action="/account/email">
                <Field
                    name="email"
                    label="New email"
                    kind="email"
                    value
                    autocomplete="email"
                    required=true
                    fault=address
                    hint="We send a confirmation link to it, and a notification to your current email."
                />
                <Field name="email_password" label="Current password" kind="password" autocomplete="current-password" required=true fault=password/>
                <Button label="Send confirmation link"/>
            </form>
        </Card>
    }
}

fn factor_card(page: &AccountPage) -> impl IntoView + use<> {
    let left = things(page.factor.recovery_codes, "recovery code is", "recovery codes are");
    let (words, label) = if page.factor.is_on {
        (
            format!("You sign in with your password and a code from your authenticator app. {left} left."),
            "Manage \
            two-factor authentication",
        )
    } else if page.factor.passkeys > 0 {
        (
            format!("You sign in with your password and a passkey or a recovery code. {left} left."),
            "Set up an authenticator app",
        )
    } else {
        ("Add a second step so that a stolen password is not enough.".to_owned(), "Set up two-factor authentication")
    };
    view! {
        <Card title="Two-factor authentication">
            <p>{words}</p>
            <div class="actions"><ButtonLink href="/account/second-factor" label look=Look::Secondary/></div>
        </Card>
    }
}
