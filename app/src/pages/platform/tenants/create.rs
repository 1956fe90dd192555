//! Making a tenant.

use leptos::prelude::*;

use super::model::{MadeOwner, NewTenantForm};
use crate::document::Document;
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, PageHeader, SelectField, Tone};

/// Renders the form. It posts `slug`, `name`, `tier` and `email`.
pub fn form(form: &NewTenantForm) -> Document {
    form.frame.render("New tenant", || {
        let value = |name: &str| form.typed.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
        let fault = |name: &str| form.faults.of(name).map(str::to_owned);
        let tiers = form.tiers.iter().map(|tier| (tier.slug.clone(), tier.name.clone())).collect();
        let (name, slug, email, tier) = (value("name"), value("slug"), value("email"), value("tier"));
        let (bad_name, bad_slug, bad_email, bad_tier) = (fault("name"), fault("slug"), fault("email"), fault("tier"));
        view! {
            <PageHeader title="New tenant" back=("/platform/tenants".to_owned(), "Tenants")/>
            <Card>
                <form class="stack max-w-110" method="post" action="/platform/tenants">
                    <Field name="name" label="Name" value=name fault=bad_name required=true autofocus=true/>
                    <Field name="slug" label="Slug" value=slug fault=bad_slug required=true
                        hint="Lower-case letters, digits and dashes. Cannot be changed later." example="north-sea"/>
                    <SelectField name="tier" label="Tier" options=tiers chosen=tier fault=bad_tier/>
                    <Field name="email" label="Email of the first owner" value=email fault=bad_email required=true
                        hint="Existing users keep their password. New users get a one-time password."/>
                    <div class="actions">
                        <Button label="Create tenant" look=Look::Primary/>
                        <ButtonLink href="/platform/tenants" label="Go back" look=Look::Quiet/>
                    </div>
                </form>
            </Card>
        }
    })
}

/// Says what was made, with the password of the owner's new account.
pub fn made(made: &MadeOwner) -> Document {
    made.frame.render("Tenant created", || {
        let (email, password, href) =
            (made.email.clone(), made.password.clone(), format!("/platform/tenants/{}", made.slug));
        view! {
            <PageHeader title="Tenant created" back=("/platform/tenants".to_owned(), "Tenants")/>
            <Notice tone=Tone::Attention>"This password is shown only once. Send it to the owner, who should change \
                it after signing in."</Notice>
            <Card>
                <dl class="facts">
                    <dt>"Owner"</dt><dd dir="auto">{email}</dd>
                    <dt>"Password"</dt><dd><code>{password}</code></dd>
                </dl>
                <div class="actions"><ButtonLink href label="Show tenant" look=Look::Primary/></div>
            </Card>
        }
    })
}
