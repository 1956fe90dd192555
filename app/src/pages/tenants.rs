//! `/`: the choice of a tenant, for people who belong to several or to none.

use db::people::Membership;
use leptos::prelude::*;

use crate::document::{Document, Head};
use crate::frame::{Visitor, bare};
use crate::ui::icon::{Icon, Sign};
use crate::ui::{Empty, PageHeader};

/// Renders the choice.
pub fn page(visitor: &Visitor, memberships: &[Membership]) -> Document {
    let is_admin = visitor.person.is_platform_admin;
    bare(&Head::plain("Your tenants", visitor.theme), Some(visitor.clone()), || {
        let links = memberships.iter().map(|m| {
            view! {
                <a class="flex items-center gap-3 rounded border border-line bg-surface px-4 py-3 text-ink hover:border-line-strong hover:no-underline" href=format!("/t/{}", m.slug)>
                    <span>{m.name.clone()}</span>
                    <span class="text-quiet">{if m.suspended.is_some() { "suspended".to_owned() } else { m.role.name().to_owned() }}</span>
                    <span class="ms-auto text-quiet"><Icon sign=Sign::ArrowRight/></span>
                </a>
            }
        });
        let platform = is_admin.then(|| {
            view! {
                <a class="flex items-center gap-3 rounded border border-line bg-surface px-4 py-3 text-ink hover:border-line-strong hover:no-underline" href="/platform">
                    <span>"Platform"</span>
                    <span class="text-quiet">"All tenants"</span>
                    <span class="ms-auto text-quiet"><Icon sign=Sign::ArrowRight/></span>
                </a>
            }
        });
        let none = (memberships.is_empty() && !is_admin).then(|| {
            view! { <Empty title="No tenants yet" text="Ask an owner to invite you, then reload this page."/> }
        });
        view! {
            <PageHeader title="Your tenants"/>
            <nav class="flex flex-col gap-2" aria-label="Tenants">{links.collect_view()}{platform}</nav>
            {none}
        }
    })
}
