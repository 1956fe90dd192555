//! `/login`: the form that lets people in.

use leptos::prelude::*;

use crate::document::{Document, Head, Theme};
use crate::frame::bare;
use crate::pages::entry;
use crate::ui::pill::Tone;
use crate::ui::{Button, Card, Field, Look, Notice};

/// What the form shows.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// The address typed before; empty the first time.
    pub email: String,
    /// Why the last attempt did not let them in: the same words for unknown people and wrong passwords.
    pub fault: Option<String>,
    /// Good news above the form, such as "Signed out".
    pub done: Option<&'static str>,
    /// The page they wanted to see: a path on this server.
    pub next: Option<String>,
    /// The theme of this browser.
    pub theme: Theme,
    /// Whether both steps are asked at once.
    pub asks_code: bool,
    /// Whether this installation can have passkeys.
    pub passkeys: bool,
    /// Whether to name the people of the demo.
    pub demo: bool,
}

/// Renders the form. It posts `email`, `password` and `next` to `/login`.
pub fn page(form: &SignIn) -> Document {
    bare(&Head::plain("Sign in", form.theme), None, || {
        let sso = match &form.next {
            Some(next) => crate::url::with_query("/login/sso", [("next", next.as_str())]),
            None => "/login/sso".to_owned(),
        };
        let passkey = form.passkeys.then(|| entry::passkey_button(form.next.clone()));
        let (email, next) = (form.email.clone(), form.next.clone());
        let focus_password = !form.email.is_empty();
        let code = form.asks_code.then(|| {
            view! {
                <Field
                    name="code"
                    label="Code"
                    autocomplete="one-time-code"
                    hint="The 6-digit code from your authenticator app, if you use one."
                />
            }
        });
        view! {
            <div class="sign-in">
                <h1>"Sign in"</h1>
                {form.fault.clone().map(|words| view! { <Notice tone=Tone::Critical>{words}</Notice> })}
                {form.done.map(|words| view! { <Notice tone=Tone::Positive>{words}</Notice> })}
                <Card>
                    <form class="stack" method="post" action="/login">
                        {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
                        <Field
                            name="email"
                            label="Email"
                            kind="email"
                            value=email
                            autocomplete="username"
                            required=true
                            autofocus=!focus_password
                        />
                        <Field
                            name="password"
                            label="Password"
                            kind="password"
                            autocomplete="current-password"
                            required=true
                            autofocus=focus_password
                        />
                        {code}
                        <Button label="Sign in" look=Look::Primary/>
                    </form>
                </Card>
                {passkey}
                <p><a href=sso>"Sign in with SSO"</a></p>
                <p><a href="/forgot-password">"Forgot your password?"</a></p>
                {form.demo.then(demo_people)}
            </div>
        }
    })
}

fn demo_people() -> impl IntoView {
    let people = [
        ("owner@demo.test", "owner of the tenant demo"),
        ("staff@demo.test", "staff of the tenant demo"),
        ("viewer@demo.test", "viewer of the tenant demo"),
        ("owner@other.test", "owner of the tenant other"),
        ("admin@stoa.test", "platform admin"),
    ];
    let rows = people.map(|(email, role)| view! { <li class="flex justify-between gap-3 border-t border-line py-0.75"><code>{email}</code><span>{role}</span></li> });
    view! {
        <section class="text-xs/5 text-quiet">
            <h2>"Demo data"</h2>
            <p class="mt-0.5 mb-2">"The password of every demo user is "<code>"stoa-demo-password"</code>"."</p>
            <ul>{rows.into_iter().collect_view()}</ul>
        </section>
    }
}
