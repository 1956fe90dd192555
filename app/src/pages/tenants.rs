//! `/`: the choice of a tenant, for people who belong to several or to none.

use db::people::Membership;
use leptos::prelude::*;

use crate::document::{Head, Rendered};
use crate::frame::{Visitor, bare};
use crate::ui::icon::{Icon, Sign};
use crate::ui::{Empty, PageHeader};

/// Renders the choice.
pub fn page(visitor: Visitor, memberships: &[Membership]) -> Rendered {
    let is_admin = visitor.person.is_platform_admin;
    bare(&Head::plain("Your tenants", visitor.theme), Some(visitor), || {
        let links = memberships.iter().map(|m| {
            view! {
                <a class="choice" href=format!("/t/{}", m.slug)>
                    <span>{m.name.clone()}</span>
                    <span class="quiet">{if m.suspended.is_some() { "suspended".to_owned() } else { m.role.name().to_owned() }}</span>
                    <Icon sign=Sign::ArrowRight/>
                </a>
            }
        });
        let platform = is_admin.then(|| {
            view! {
                <a class="choice" href="/platform">
                    <span>"Platform"</span>
                    <span class="quiet">"All tenants"</span>
                    <Icon sign=Sign::ArrowRight/>
                </a>
            }
        });
        let none = (memberships.is_empty() && !is_admin).then(|| {
            view! { <Empty title="No tenants yet" text="Ask an owner to invite you, then reload this page."/> }
        });
        view! {
            <PageHeader title="Your tenants"/>
            <nav class="choices" aria-label="Tenants">{links.collect_view()}{platform}</nav>
            {none}
        }
    })
}
