//! Single sign-on through the tenant's own OpenID Connect provider.

use domain::fields::FieldErrors;
use leptos::prelude::*;

use crate::document::Document;
use crate::frame::TenantFrame;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, PageHeader, Tone};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct SsoSettings {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The issuer, as it is or was typed.
    pub issuer: String,
    /// The client, as it is or was typed.
    pub client_id: String,
    /// The domains, as they are or were typed.
    pub domains: String,
    /// Whether a provider is set.
    pub is_set: bool,
    /// Where the provider sends people back to.
    pub callback: String,
    /// What people type to get here.
    pub public_url: String,
    /// What is wrong.
    pub faults: FieldErrors,
    /// What was just done.
    pub done: Option<&'static str>,
}

/// Where the provider of the tenant called `slug` sends people back to. Owners have registered this address at their
/// providers, which accept no other: it keeps the name that it was given first.
pub fn callback(public_url: &str, slug: &str) -> String {
    format!("{public_url}/login/oidc/{slug}/callback")
}

/// Renders the page.
pub fn page(page: &SsoSettings) -> Document {
    page.frame.render("Single sign-on", || {
        let base = format!("/t/{}", page.frame.tenant());
        let done = page.done.map(|words| view! { <Notice tone=Tone::Positive>{words}</Notice> });
        view! {
            <PageHeader title="Single sign-on" back=(format!("{base}/team"), "Team")/>
            {done}
            {about(page)}
            {form(page, format!("{base}/settings/sso"))}
        }
    })
}

fn about(page: &SsoSettings) -> impl IntoView + use<> {
    let address = format!("{}/login/sso/{}", page.public_url, page.frame.tenant());
    let callback = page.callback.clone();
    let here = page.is_set.then(|| view! { <dt>"Sign-in URL"</dt><dd><code>{address}</code></dd> });
    view! {
        <Card title="How it works">
            <p>"Members and invited users sign in at your OpenID Connect provider. The provider must report their \
                email as verified."</p>
            <p>"SSO gives access to this tenant only, not to the user's account. Use a provider that you trust: its \
                administrators can sign in as any member. The provider is responsible for two-factor authentication. \
                Passwords and passkeys still work."</p>
            <dl class="facts">
                <dt>"Redirect URL for your provider"</dt>
                <dd><code>{callback}</code></dd>
                {here}
            </dl>
        </Card>
    }
}

fn form(page: &SsoSettings, action: String) -> impl IntoView + use<> {
    let fault = |field: &str| page.faults.of(field).map(str::to_owned);
    let (issuer, client, secret, domains) =
        (fault("issuer"), fault("client_id"), fault("client_secret"), fault("domains"));
    let (issuer_value, client_value, domains_value) =
        (page.issuer.clone(), page.client_id.clone(), page.domains.clone());
    let hint = if page.is_set {
        "Leave empty to keep the current secret. A new issuer needs a new secret."
    } else {
        "Stored encrypted and never shown again."
    };
    let remove = page.is_set.then(
        || view! { <ButtonLink href=format!("{action}/remove") label="Remove SSO" writes=true look=Look::Danger/> },
    );
    let warning = page.is_set.then(|| view! { <p>"Saving signs out all members who signed in with SSO."</p> });
    view! {
        <Card title="Provider">
            <form class="stack max-w-110" method="post" action=action.clone()>
                <Field name="issuer" label="Issuer" kind="url" value=issuer_value required=true fault=issuer example="https://login.example.com" hint="Exactly \
                    as your provider states it. Stoa checks it when you save."/>
                <Field name="client_id" label="Client ID" value=client_value required=true fault=client hint="The ID \
                    that your provider gave to Stoa."/>
                <Field name="client_secret" label="Client secret" kind="password" autocomplete="off" fault=secret hint/>
                <Field name="domains" label="Email domains" value=domains_value required=true fault=domains example="example.com, example.org" hint="Only \
                    emails in these domains can sign in with SSO."/>
                {warning}
                <div class="actions"><Button label="Save provider" look=Look::Primary/>{remove}</div>
            </form>
        </Card>
    }
}
