//! Single sign-on: which tenant, the way to its provider, and why nobody was signed in.

use leptos::prelude::*;

use crate::document::{Document, Head, Theme};
use crate::frame::bare;
use crate::ui::{Button, ButtonLink, Card, Field, Look, PageHeader};

/// What the form shows.
#[derive(Clone, Debug, Default)]
pub struct SsoForm {
    /// The tenant's name in addresses, as it was typed.
    pub tenant: String,
    /// The page they wanted to see: a path on this server.
    pub next: Option<String>,
    /// What is wrong with it.
    pub fault: Option<String>,
    /// The theme of this browser.
    pub theme: Theme,
}

/// The way on.
#[derive(Clone, Debug, Default)]
pub struct SsoPage {
    /// The tenant's name.
    pub tenant: String,
    /// The host to which it leads.
    pub host: String,
    /// Where exactly.
    pub address: String,
    /// The theme of this browser.
    pub theme: Theme,
}

/// Renders the form. It posts `tenant` and `next` to `/login/sso`.
pub fn form(form: &SsoForm) -> Document {
    bare(&Head::plain("Single sign-on", form.theme), None, || {
        let SsoForm { tenant, next, fault, .. } = form.clone();
        view! {
            <div class="sign-in">
                <PageHeader title="Single sign-on"/>
                <Card>
                    <form class="stack" method="post" action="/login/sso">
                        {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
                        <Field
                            name="tenant"
                            label="Tenant"
                            value=tenant
                            hint="The part of your Stoa URL after /t/."
                            fault
                            required=true
                            autofocus=true
                        />
                        <Button label="Continue" look=Look::Primary/>
                    </form>
                </Card>
                <p><a href="/login">"Back to sign-in"</a></p>
            </div>
        }
    })
}

/// Renders the way on. It is a link, and not where a form leads: pages here send forms nowhere else.
pub fn page(page: &SsoPage) -> Document {
    bare(&Head::plain("Single sign-on", page.theme), None, || {
        let title = format!("Sign in to {}", page.tenant);
        let (words, address) = (format!("You will sign in at {}, then return here.", page.host), page.address.clone());
        view! {
            <div class="sign-in">
                <PageHeader title/>
                <Card>
                    <p>{words}</p>
                    <div class="actions"><ButtonLink href=address label="Continue" look=Look::Primary/></div>
                </Card>
                <p><a href="/login">"Back to sign-in"</a></p>
            </div>
        }
    })
}

/// Says why nobody was signed in.
pub fn refused(slug: &str, why: &str, theme: Theme) -> Document {
    let (again, why) = (format!("/login/sso/{}", crate::url::escape(slug)), why.to_owned());
    bare(&Head::plain("Sign-in failed", theme), None, || {
        view! {
            <div class="error-page">
                <h1>"Sign-in failed"</h1>
                <p role="alert">{why}</p>
                <div class="actions">
                    <ButtonLink href=again label="Try again" look=Look::Primary/>
                    <ButtonLink href="/login" label="Sign in another way"/>
                </div>
            </div>
        }
    })
}
